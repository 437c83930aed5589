package score

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// rowsOf returns the rows of a Parquet file as JSON lines, one object per row, so that
// they are read and refused like lines. Numbers outside the range of JSON are written as
// in Go: NaN.
func rowsOf(data []byte) io.ReadCloser {
	r, w := io.Pipe()
	go func() { w.CloseWithError(writeRows(w, data)) }()
	return r
}

// writeRows writes the rows.
func writeRows(w io.Writer, data []byte) (err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some invalid files
			err = fmt.Errorf("not a valid Parquet file: %v", r)
		}
	}()
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("not a valid Parquet file: %w", err)
	}
	columns := make([][]parquet.Value, len(f.Schema().Columns()))
	root, _ := newField("", f.Root(), 0, level{})
	var line []byte
	for _, group := range f.RowGroups() {
		rows := group.Rows()
		defer rows.Close()
		buf := make([]parquet.Row, 64)
		for end := false; !end; {
			n, err := rows.ReadRows(buf)
			if end = errors.Is(err, io.EOF); err != nil && !end {
				return fmt.Errorf("not a valid Parquet file: %w", err)
			}
			for _, row := range buf[:n] {
				for i := range columns {
					columns[i] = nil
				}
				row.Range(func(i int, values []parquet.Value) bool {
					columns[i] = values
					return true
				})
				if line, err = root.append(line[:0], columns); err != nil {
					return err
				}
				if _, err := w.Write(append(line, '\n')); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// A level is the definition and the repetition level of a value.
type level struct{ definition, repetition int }

// A field is a node of a file's schema.
type field struct {
	name     string
	node     parquet.Node
	first    int // index of its first column
	count    int
	optional bool
	repeated bool
	level             // level of a value that is present
	fields   []*field // fields of a group
}

// newField returns the field for a node. column is the index of its first column, and of
// is the level above it. next is the column after the node.
func newField(name string, node parquet.Node, column int, of level) (f *field, next int) {
	f = &field{name: name, node: node, first: column, optional: node.Optional(), repeated: node.Repeated(), level: of}
	if f.optional || f.repeated {
		f.definition++
	}
	if f.repeated {
		f.repetition++
	}
	next = column + 1
	if !node.Leaf() {
		next = column
		for _, child := range node.Fields() {
			var c *field
			c, next = newField(child.Name(), child, next, f.level)
			f.fields = append(f.fields, c)
		}
	}
	f.count = next - column
	return f, next
}

// append appends the JSON text of the next value, and removes it from the columns. A
// missing value is null, and an empty list is [].
func (f *field) append(b []byte, columns [][]parquet.Value) ([]byte, error) {
	if f.repeated { // a list without annotation
		return f.appendList(b, columns, f)
	}
	if f.optional && f.peek(columns).DefinitionLevel() < f.definition {
		f.skip(columns)
		return append(b, "null"...), nil
	}
	return f.appendPresent(b, columns)
}

// appendPresent appends a value that is present.
func (f *field) appendPresent(b []byte, columns [][]parquet.Value) (_ []byte, err error) {
	if len(f.fields) == 0 {
		v := f.peek(columns)
		f.skip(columns)
		if b, err = appendValue(b, f.node.Type(), v); err != nil {
			return nil, fmt.Errorf("column %q: %w", f.name, err)
		}
		return b, nil
	}
	if l := f.node.Type().LogicalType(); isList(l) && len(f.fields) == 1 && f.fields[0].repeated {
		return f.appendList(b, columns, f.fields[0])
	}
	b = append(b, '{')
	for i, child := range f.fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, child.name), ':')
		if b, err = child.append(b, columns); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendList appends the elements of a repeated field. If it is a group of a single field
// inside a list, an element is that field.
func (f *field) appendList(b []byte, columns [][]parquet.Value, repeated *field) (_ []byte, err error) {
	b = append(b, '[')
	if repeated.peek(columns).DefinitionLevel() < repeated.definition {
		repeated.skip(columns)
		return append(b, ']'), nil
	}
	for n := 0; n == 0 || repeated.more(columns); n++ {
		if n > 0 {
			b = append(b, ',')
		}
		if f != repeated && len(repeated.fields) == 1 {
			b, err = repeated.fields[0].append(b, columns)
		} else {
			b, err = repeated.appendPresent(b, columns)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

// more reports whether the same list has another element.
func (f *field) more(columns [][]parquet.Value) bool {
	values := columns[f.first]
	return len(values) > 0 && values[0].RepetitionLevel() == f.repetition
}

// peek returns the next value of the first column.
func (f *field) peek(columns [][]parquet.Value) parquet.Value {
	if values := columns[f.first]; len(values) > 0 {
		return values[0]
	}
	return parquet.Value{}
}

// skip removes a value from each column.
func (f *field) skip(columns [][]parquet.Value) {
	for i := f.first; i < f.first+f.count; i++ {
		if len(columns[i]) > 0 {
			columns[i] = columns[i][1:]
		}
	}
}
