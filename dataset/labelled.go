package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// A LabelledSeries is a sequence of numbers with its label.
type LabelledSeries struct {
	Inputs []float32 // [steps][Width]
	Width  int
	Label  string
	Line   int // of the file; 0: it has none
}

var inputColumns = []string{"inputs", "values", "sequence"}

// ReadLabelledSeries yields the labelled sequences of numbers of a file. In a
// .jsonl or .ndjson file every line is a JSON object, with a list of steps, each
// a number or a list of numbers, and a label; an empty name stands for the
// first of the usual names that there is. A .npy file, or one in the IDX format, has
// an array [N, steps] or [N, steps, width]; the labels are then in another file:
// an array [N] of whole numbers, or a label a line. An error ends it.
func ReadLabelledSeries(path, labels, inputColumn, labelColumn string) iter.Seq2[LabelledSeries, error] {
	return func(yield func(LabelledSeries, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(LabelledSeries{}, err)
			return
		}
		defer file.Close()
		var next func() (LabelledSeries, error)
		switch extension := strings.ToLower(filepath.Ext(path)); {
		case extension == ".jsonl" || extension == ".ndjson":
			c := columns{usual("sequence", inputColumn, inputColumns), usual("label", labelColumn, labelColumns)}
			next = c.series(file)
		case isArray(path):
			var label func() (string, error)
			var done func()
			if label, done, err = openLabels(labels); err == nil {
				defer done()
				next, err = labelledArray(file, path, label)
			}
		default:
			err = errors.New("it is neither a .npy file, nor one of IDX, nor a .jsonl file")
		}
		for err == nil {
			var s LabelledSeries
			if s, err = next(); err == nil && !yield(s, nil) {
				return
			}
		}
		if err != io.EOF {
			yield(LabelledSeries{}, fmt.Errorf("%w %s: %w", ErrSeries, path, err))
		}
	}
}

// HasSeries reports whether the file holds sequences of numbers: whether it is
// an array, or the first object of a .jsonl file has a field for them.
func HasSeries(path, inputColumn string) (bool, error) {
	extension := strings.ToLower(filepath.Ext(path))
	if isArray(path) {
		return true, nil
	} else if extension != ".jsonl" && extension != ".ndjson" {
		return false, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	var object map[string]json.RawMessage
	if _, err := jsonLines(file)(&object); err != nil {
		return false, nil // who reads it will say what is wrong
	}
	for _, name := range usual("sequence", inputColumn, inputColumns).list {
		if v, found := object[name]; found && v[0] == '[' {
			return true, nil
		}
	}
	return false, nil
}

// series returns a function that gives the sequence of the next line.
func (c columns) series(r io.Reader) func() (LabelledSeries, error) {
	next := jsonLines(r)
	return func() (LabelledSeries, error) {
		var object map[string]json.RawMessage
		line, err := next(&object)
		if err == io.EOF {
			return LabelledSeries{}, io.EOF
		} else if err != nil {
			return LabelledSeries{}, fmt.Errorf("line %d: no JSON object: %w", line, err)
		}
		s := LabelledSeries{Line: line}
		err = c.text.use(object, s.setInputs)
		if err == nil {
			err = c.label.use(object, func(v json.RawMessage) (err error) { s.Label, err = scalar(v); return err })
		}
		if err != nil {
			return s, fmt.Errorf("line %d: %w", line, err)
		}
		return s, nil
	}
}

// setInputs takes a list of numbers, or of lists of as many numbers each.
func (s *LabelledSeries) setInputs(v json.RawMessage) error {
	if json.Unmarshal(v, &s.Inputs) == nil && len(s.Inputs) > 0 {
		s.Width = 1
		return nil
	}
	var steps [][]float32
	if err := json.Unmarshal(v, &steps); err != nil || len(steps) == 0 || len(steps[0]) == 0 {
		return errors.New("it is neither a list of numbers nor one of lists of numbers")
	}
	s.Inputs, s.Width = nil, len(steps[0])
	for i, step := range steps {
		if len(step) != s.Width {
			return fmt.Errorf("step %d has %d numbers, and the first has %d", i, len(step), s.Width)
		}
		s.Inputs = append(s.Inputs, step...)
	}
	return nil
}

func labelledArray(r io.Reader, path string, label func() (string, error)) (func() (LabelledSeries, error), error) {
	a, err := newArray(r, path)
	if err != nil {
		return nil, err
	}
	if len(a.Shape) != 2 && len(a.Shape) != 3 {
		return nil, fmt.Errorf("an array %v, but [N, steps] or [N, steps, width] is due", a.Shape)
	}
	shape := append(a.Shape, 1)
	n := 0
	return func() (LabelledSeries, error) {
		l, err := label()
		if n == shape[0] && err == io.EOF {
			return LabelledSeries{}, io.EOF
		} else if n == shape[0] && err == nil || err == io.EOF {
			return LabelledSeries{}, fmt.Errorf("it has %d sequences, and there are not as many labels", shape[0])
		} else if err != nil {
			return LabelledSeries{}, err
		}
		s := LabelledSeries{Inputs: make([]float32, shape[1]*shape[2]), Width: shape[2], Label: l}
		n++
		return s, a.ReadFloat32(s.Inputs)
	}, nil
}

// openLabels returns a function that gives the next label of a file.
func openLabels(path string) (next func() (string, error), done func(), err error) {
	if path == "" {
		return nil, nil, errors.New("an array has no labels: give the file that has them")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	done = func() { file.Close() }
	if isArray(path) {
		a, err := newArray(file, path)
		if err == nil && len(a.Shape) != 1 {
			err = fmt.Errorf("an array %v, but [N] is due", a.Shape)
		}
		if err != nil {
			done()
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
		return func() (string, error) {
			if a.Left() == 0 {
				return "", io.EOF
			}
			var v [1]int32
			if err := a.ReadInt32(v[:]); err != nil {
				return "", fmt.Errorf("%s: %w", path, err)
			}
			return fmt.Sprint(v[0]), nil
		}, done, nil
	}
	lines := tabs(file)
	return func() (string, error) {
		fields, line, err := lines()
		if err != nil {
			return "", err
		}
		if len(fields) != 1 || fields[0] == "" {
			return "", fmt.Errorf("%s: line %d: it has no label alone", path, line)
		}
		return fields[0], nil
	}, done, nil
}
