package dataset

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// A LabelledSeries is a sequence of numbers with its label.
type LabelledSeries struct {
	Inputs []float32 // [steps][Width]
	Width  int
	Label  string
	Line   int    // of the file, from 1; 0: it has none
	Group  string // of the group field; "": there is none
}

// LabelledSeriesOptions say where sequences of numbers and their labels are. An
// empty name stands for the first of the usual names that exists.
type LabelledSeriesOptions struct {
	InputField string // of a JSON object; usual: inputs, values, sequence
	LabelField string // of a JSON object; usual: label, class, sentiment
	GroupField string // of a JSON object: what sequences have in common, such as the person; "": none
	// LabelPath is the file of an array's labels: an array [N] of whole
	// numbers, or one label per line.
	LabelPath string
}

// columns returns the members of an object that are read.
func (o LabelledSeriesOptions) columns() (inputs, label column, group group) {
	return newColumn("sequence", o.InputField, table.ListNames), newColumn("label", o.LabelField, labelColumns), newGroup(o.GroupField)
}

// ReadLabelledSeries yields the labelled sequences of numbers of a file, one after
// the other. In a file of JSON objects each has a list of steps, which are numbers
// or lists of numbers, and a label. An array is [N, steps] or
// [N, steps, width], and its labels are in another file. An error ends the
// sequences.
func ReadLabelledSeries(path string, o LabelledSeriesOptions) iter.Seq2[LabelledSeries, error] {
	return func(yield func(LabelledSeries, error) bool) {
		labels := &labelFile{}
		defer func() { _ = labels.Close() }() // it was only read
		records(path, ErrSeries, func(file io.Reader) (func() (LabelledSeries, error), error) {
			switch layoutOf(path) {
			case layoutJSON:
				inputs, label, group := o.columns()
				return objects(file, func(o *object) LabelledSeries {
					s := member(o, inputs, decodeSteps)
					s.Label, s.Group, s.Line = o.label(label), group.of(o), o.line
					return s
				}), nil
			case layoutArray:
				if o.GroupField != "" {
					return nil, errors.New("an array has no groups: write the sequences as JSON objects, one per line, with a field for the group")
				}
				if err := labels.open(o.LabelPath); err != nil {
					return nil, err
				}
				return labelledArray(file, path, labels)
			}
			return nil, errors.New("it is not a .npy, IDX or .jsonl file")
		})(yield)
	}
}

// HasSeries reports whether a file holds sequences of numbers: whether it is an
// array, or the first of its JSON objects has a list in that field. An empty
// name stands for the usual names.
func HasSeries(path, inputField string) (bool, error) {
	switch layoutOf(path) {
	case layoutArray:
		return true, nil
	case layoutTabs, layoutCommas:
		return false, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	o, err := firstObject(file)
	if err != nil {
		return false, nil // the reader of the file will say what is wrong
	}
	has := member(&o, newColumn("sequence", inputField, table.ListNames), func(m table.Member) (bool, error) {
		return m.Nested && m.Value[0] == '[', nil
	})
	return has, nil
}

// decodeSteps returns the numbers of a list, or of a list of lists of equal
// length. None may be missing.
func decodeSteps(m table.Member) (s LabelledSeries, err error) {
	if m.Nested && m.Value[0] == '[' {
		s.Inputs, s.Width, err = table.AppendSteps(nil, m.Value)
	}
	if err == nil && len(s.Inputs) == 0 {
		err = errors.New("it is neither a list of numbers nor one of lists of numbers")
	}
	if err != nil {
		return s, err
	}
	nested := s.Width > 0
	s.Width = max(1, s.Width)
	for i, v := range s.Inputs {
		if v-v == 0 {
			continue
		}
		what := "null or NaN"
		if v == v {
			what = "not a finite number"
		}
		if nested {
			return s, fmt.Errorf("step %d: number %d of the list is %s", i/s.Width, i%s.Width, what)
		}
		return s, fmt.Errorf("number %d of the list is %s", i, what)
	}
	return s, nil
}

// labelledArray returns a function that gives the next sequence of an array.
func labelledArray(file io.Reader, path string, labels *labelFile) (func() (LabelledSeries, error), error) {
	a, err := newSeriesArray(file, path, "[N, steps] or [N, steps, width]", func(d []int) []int {
		if len(d) != 2 && len(d) != 3 {
			return nil
		}
		return append(d, 1)[:3]
	})
	if err != nil {
		return nil, err
	}
	return func() (LabelledSeries, error) {
		label, errLabel := labels.next()
		switch err := a.next(); {
		case err == io.EOF && errLabel == io.EOF:
			return LabelledSeries{}, io.EOF
		case err == io.EOF && errLabel == nil, errLabel == io.EOF:
			return LabelledSeries{}, fmt.Errorf("it has %s, but there are fewer or more labels", message.Count(a.count, "sequence"))
		case errLabel != nil:
			return LabelledSeries{}, errLabel
		case err != nil:
			return LabelledSeries{}, err
		}
		s := LabelledSeries{Inputs: make([]float32, a.steps*a.width), Width: a.width, Label: label}
		if err := a.read(s.Inputs); err != nil && err != io.EOF {
			return s, err
		}
		return s, nil
	}, nil
}

// A labelFile gives the labels of an array's sequences.
type labelFile struct {
	file *os.File
	next func() (string, error) // io.EOF after the last label
}

// Close closes the file, if it has been opened.
func (f *labelFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

func (f *labelFile) open(path string) (err error) {
	if path == "" {
		return errors.New("an array has no labels: give the file that has them")
	}
	if f.file, err = os.Open(path); err != nil {
		return err
	}
	if layoutOf(path) == layoutArray {
		return f.openArray(path)
	}
	next := newLines(f.file, layoutTabs)
	f.next = func() (string, error) {
		fields, line, err := next()
		if err == nil && (len(fields) != 1 || strings.TrimSpace(fields[0]) == "") {
			err = &lineError{line, errors.New("want just a label")}
		} else if err == nil && !utf8.ValidString(fields[0]) {
			err = &lineError{line, table.ErrNotUTF8}
		}
		if err == io.EOF {
			return "", err
		} else if err != nil {
			return "", newError(ErrSeries, path, err)
		}
		return labelOf(fields[0]), nil
	}
	return nil
}

func (f *labelFile) openArray(path string) error {
	a, err := newArray(f.file, path)
	if err == nil && len(a.Shape) != 1 {
		err = fmt.Errorf("an array %v, want [N]", a.Shape)
	}
	if err != nil {
		return newError(ErrSeries, path, err)
	}
	f.next = func() (string, error) {
		if a.Left() == 0 {
			return "", io.EOF
		}
		var v [1]int32
		if err := a.ReadInt32(v[:]); err != nil {
			return "", newError(ErrSeries, path, err)
		}
		return fmt.Sprint(v[0]), nil
	}
	return nil
}
