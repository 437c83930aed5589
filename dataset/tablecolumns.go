package dataset

import (
	"io"
	"os"
	"strconv"
)

// TableColumns are the columns of a table, or the members of the first object of a
// JSON file.
type TableColumns struct {
	Read    []ReadColumn
	LeftOut []LeftOutColumn
}

// A ReadColumn is a column that is read.
type ReadColumn struct {
	Name  string // or its number from 0 if the table has no header
	Holds string // what is read: "text", "label", …
}

// Columns tells which columns of a file [ReadLabelledTexts] reads. The errors are
// those of reading.
func (o LabelledTextOptions) Columns(path string) (TableColumns, error) {
	text, label, group := o.columns()
	all := append(group, &text, &label)
	return tableColumns(path, layoutOf(path), all, func(next lines) (*textTable, error) { return openTable(next, all...) })
}

// Columns tells which columns of a file [ReadTextPairs] reads. The errors are those
// of reading.
func (o TextPairOptions) Columns(path string) (TableColumns, error) {
	source, target := o.columns()
	return tableColumns(path, layoutOf(path), []*column{&source, &target}, func(next lines) (*textTable, error) {
		return o.openTable(next, &source, &target)
	})
}

// Columns tells which columns of a file [ReadTaggedSequences] reads. The errors are
// those of reading.
func (o TaggedSequenceOptions) Columns(path string) (TableColumns, error) {
	l, err := taggedLayout(path)
	if err != nil {
		return TableColumns{}, err
	}
	token, tag, group := o.columns()
	all := append(group, &token, &tag)
	return tableColumns(path, l, all, func(next lines) (*textTable, error) { return openTable(next, all...) })
}

// Columns tells which members of the objects of a file [ReadLabelledSeries] reads. An
// array has none.
func (o LabelledSeriesOptions) Columns(path string) (TableColumns, error) {
	if layoutOf(path) != layoutJSON {
		return TableColumns{}, nil
	}
	inputs, label, group := o.columns()
	return tableColumns(path, layoutJSON, append(group, &inputs, &label), nil)
}

// tableColumns tells which columns of a file are read. The function open finds them in
// a table.
func tableColumns(path string, l layout, columns []*column, open func(next lines) (*textTable, error)) (TableColumns, error) {
	file, err := os.Open(path)
	if err != nil {
		return TableColumns{}, err
	}
	defer file.Close()
	var names []string
	if l == layoutJSON {
		names, err = memberNames(file, columns)
	} else {
		names, err = columnNames(newLines(file, l), open)
	}
	if err != nil {
		return TableColumns{}, newError(ErrTable, path, err)
	}
	var t TableColumns
	for i, name := range names {
		holds := ""
		for _, c := range columns {
			if c.at == i {
				holds = c.holds
			}
		}
		if holds == "" {
			t.LeftOut = append(t.LeftOut, LeftOutColumn{name, "it was not asked for"})
		} else {
			t.Read = append(t.Read, ReadColumn{name, holds})
		}
	}
	return t, nil
}

// columnNames returns the names of the columns of a table, or their numbers.
func columnNames(next lines, open func(next lines) (*textTable, error)) ([]string, error) {
	t, err := open(next)
	if err != nil {
		return nil, err
	}
	if t.header != nil {
		return t.header, nil
	}
	fields, _, err := t.next()
	if err == io.EOF {
		err = nil // who reads it will say so
	}
	numbers := make([]string, len(fields))
	for i := range fields {
		numbers[i] = strconv.Itoa(i)
	}
	return numbers, err
}

// memberNames returns the names of the members of the first object, and finds columns
// among them.
func memberNames(file io.Reader, columns []*column) ([]string, error) {
	o, err := firstObject(file)
	if err == io.EOF {
		return nil, nil // who reads it will say so
	} else if err != nil {
		return nil, err
	}
	names := o.names()
	for _, c := range columns {
		c.at = -1
		for _, name := range c.names {
			if i := indexName(names, name); i >= 0 && c.at < 0 {
				c.at = i
			}
		}
	}
	return names, nil
}
