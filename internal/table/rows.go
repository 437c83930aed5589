package table

import (
	"bytes"
	"errors"
	"io"
)

// Rows reads the rows of a table, whose quoted fields may have line breaks.
type Rows struct {
	lines  *Lines
	format Format
	fields [][]byte
	text   []byte // text of the row, or of its first line
	long   []byte // a row of several lines
	texts  []byte
	row    []string
}

// NewRows returns the rows of lines.
func NewRows(lines *Lines, f Format) *Rows { return &Rows{lines: lines, format: f} }

// Next returns the fields of the next row, which are valid until the next call, and the
// number of its first line. The errors are those of [Lines.Next] and of [Format.Split].
func (r *Rows) Next() (fields []string, line int, err error) {
	r.text, err = r.lines.Next()
	line = r.lines.Number()
	if err != nil {
		return nil, line, err
	}
	r.fields, err = r.format.Split(r.fields[:0], r.text)
	if errors.Is(err, ErrOpenQuote) {
		if r.text, err = r.whole(r.text); err == nil {
			r.fields, err = r.format.Split(r.fields[:0], r.text)
		}
	}
	if err != nil {
		return nil, line, err
	}
	return r.strings(), line, nil
}

// HasReturns reports whether the row that was read last, even with an error, has carriage
// returns within lines.
func (r *Rows) HasReturns() bool { return bytes.IndexByte(r.text, '\r') >= 0 }

// whole completes a row with an open quote by the next lines, up to the line with the
// closing quote.
func (r *Rows) whole(begin []byte) ([]byte, error) {
	r.long = append(r.long[:0], begin...)
	for odd := true; odd; {
		line, err := r.lines.Next()
		if err == io.EOF {
			return nil, ErrOpenQuote
		} else if err != nil {
			return nil, err
		}
		if len(r.long)+1+len(line) > r.lines.most {
			return nil, &LongLineError{r.lines.most}
		}
		r.long = append(append(r.long, '\n'), line...)
		odd = bytes.Count(line, []byte{'"'})%2 == 0
	}
	return r.long, nil
}

// strings returns the fields as parts of one string.
func (r *Rows) strings() []string {
	r.texts, r.row = r.texts[:0], r.row[:0]
	for _, field := range r.fields {
		r.texts = append(r.texts, field...)
	}
	text := string(r.texts)
	for _, field := range r.fields {
		r.row = append(r.row, text[:len(field)])
		text = text[len(field):]
	}
	return r.row
}
