package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// open returns a reader of the steps of all inputs side by side, and how they are read.
func (v *conversion) open(m *rnn.Model) (series.Reader[float32], series.Options, error) {
	switch {
	case v.input.archive():
		return v.openArchive(m)
	case v.input.all == "":
		return v.openParts(m)
	}
	o := series.Options{Width: stepWidth(m), Header: v.header, Records: new(series.Records)}
	if inputs := m.Inputs(); len(inputs) == 1 {
		o.Frames = inputs[0].Frames
	}
	in, err := v.openInput(v.input.all, &o)
	if err != nil {
		return nil, o, err
	}
	if o.Kind == series.KindRaw && mixed(m) {
		return nil, o, cli.Usagef("the model reads numbers and tokens: give each of its inputs a file, -i NAME=FILE")
	}
	if err := v.choose(&o, m); err != nil {
		return nil, o, err
	}
	r, err := newReader(in, o, m.Description().TokenWidth() == o.Width)
	if err != nil || !r.Layout().Frames {
		return r, o, err
	}
	if v.columns+v.keep != "" {
		return nil, o, cli.Usagef("--columns and --keep are for lines that are steps, and those of %s are frames, of which a step has %d", o.Name, o.Frames)
	}
	o.Columns = series.Columns{}
	o.Records.Drop()
	return r, o, nil
}

// newReader returns a reader of numbers, or of tokens as numbers, which hold them exactly.
func newReader(in *bufio.Reader, o series.Options, tokens bool) (series.Reader[float32], error) {
	if tokens {
		return numbers(series.NewReader[int32](in, o))
	}
	return series.NewReader[float32](in, o)
}

func numbers(r series.Reader[int32], err error) (series.Reader[float32], error) {
	if err != nil {
		return nil, err
	}
	return series.Numbers(r), nil
}

// stepWidth returns how many numbers and tokens a step of all inputs has.
func stepWidth(m *rnn.Model) (n int) {
	for _, in := range m.Inputs() {
		n += in.Frames * in.Channels
	}
	return n
}

// mixed reports whether a model reads numbers and tokens.
func mixed(m *rnn.Model) bool {
	tokens := m.Description().TokenWidth()
	return tokens > 0 && tokens < stepWidth(m)
}

// openInput opens a file, or the standard input, and sets its name and kind.
func (v *conversion) openInput(path string, o *series.Options) (*bufio.Reader, error) {
	o.Name = "stdin"
	from := v.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		v.opened = append(v.opened, f)
		from, o.Name = f, path
	}
	in := bufio.NewReaderSize(from, maxLine)
	if o.Kind = v.inputKind(path, in); o.Header && o.Kind != series.KindCSV {
		return nil, cli.Usagef("--header is for CSV, and %s is %v", o.Name, o.Kind)
	}
	return in, nil
}

// close closes the inputs.
func (v *conversion) close() {
	for _, f := range v.opened {
		f.Close()
	}
}

// openParts opens a file for each input.
func (v *conversion) openParts(m *rnn.Model) (series.Reader[float32], series.Options, error) {
	return v.join(m, func(i int, o *series.Options) (series.Reader[float32], error) {
		in, err := v.openInput(v.input.ports[i], o)
		if err != nil {
			return nil, err
		}
		return newReader(in, *o, m.Inputs()[i].Tokens > 0)
	})
}

// openArchive opens an .npz file with an array for each input; of a single input it
// may have another name.
func (v *conversion) openArchive(m *rnn.Model) (series.Reader[float32], series.Options, error) {
	path := v.input.all
	if v.header {
		return nil, series.Options{}, cli.Usagef("--header is for CSV, and %s is .npz", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, series.Options{}, err
	}
	arrays, err := npy.ReadArchive(data)
	if err != nil {
		return nil, series.Options{}, fmt.Errorf("%s: %w", path, err)
	}
	find, err := matchArrays(path, arrays, m.Inputs())
	if err != nil {
		return nil, series.Options{}, err
	}
	return v.join(m, func(i int, o *series.Options) (series.Reader[float32], error) {
		o.Name, o.Kind = fmt.Sprintf("%s, array %s", path, message.Quote(find[i].Name)), series.KindNPY
		a, err := find[i].Reader()
		if err == nil && m.Inputs()[i].Tokens > 0 {
			return numbers(series.NewArrayReader[int32](a, *o))
		} else if err == nil {
			return series.NewArrayReader[float32](a, *o)
		}
		return nil, err
	})
}

// matchArrays returns the array of each input.
func matchArrays(path string, arrays []npy.Array, inputs []format.Input) (list []*npy.Array, err error) {
	var names []string
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	for i := range arrays {
		if len(arrays) > 1 && !slices.Contains(names, arrays[i].Name) {
			return nil, fmt.Errorf("%s: the array %s is no input of the model, whose inputs are %s", path, message.Quote(arrays[i].Name), message.List(names))
		}
	}
	for _, name := range names {
		i := slices.IndexFunc(arrays, func(a npy.Array) bool { return a.Name == name })
		if i < 0 && len(arrays) == 1 && len(names) == 1 {
			i = 0
		}
		if i < 0 {
			return nil, fmt.Errorf("%s: it lacks an array for the input %s", path, message.Quote(name))
		}
		list = append(list, &arrays[i])
	}
	return list, nil
}

// join reads the inputs side by side, each by the reader of numbers or tokens that open
// returns.
func (v *conversion) join(m *rnn.Model, open func(i int, o *series.Options) (series.Reader[float32], error)) (series.Reader[float32], series.Options, error) {
	all := series.Options{Name: "the inputs", Width: stepWidth(m), Records: new(series.Records)}
	if v.columns+v.keep != "" {
		return nil, all, cli.Usagef("--columns and --keep are for one file of all inputs")
	}
	var parts []*series.Part
	for i, in := range m.Inputs() {
		o := series.Options{Width: in.Frames * in.Channels, Frames: in.Frames, Header: v.header}
		r, err := open(i, &o)
		if err != nil {
			return nil, all, err
		}
		parts = append(parts, &series.Part{Name: o.Name, Width: o.Width, Reader: r})
		if i == 0 {
			all.Kind = o.Kind
		}
		if len(m.Inputs()) == 1 {
			all.Name = o.Name
		}
	}
	if err := v.choose(&all, m); err != nil {
		return nil, all, err
	}
	all.Columns = series.Columns{}
	r, err := series.Join(parts)
	return r, all, err
}

// runOf returns a function that runs steps of all inputs side by side.
func runOf(s *rnn.Session) func([]float32) ([]float32, error) {
	m := s.Model()
	if m.Description().TokenWidth() == 0 {
		return s.Run
	}
	var numbers []float32
	var tokens []int32
	return func(xs []float32) ([]float32, error) {
		numbers, tokens = numbers[:0], tokens[:0]
		for len(xs) > 0 {
			for _, in := range m.Inputs() {
				n := in.Frames * in.Channels
				if in.Tokens == 0 {
					numbers = append(numbers, xs[:n]...)
				} else {
					for _, v := range xs[:n] {
						tokens = append(tokens, int32(v))
					}
				}
				xs = xs[n:]
			}
		}
		return s.RunInputs(numbers, tokens)
	}
}
