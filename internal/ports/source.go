package ports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/internal/wav"
	"github.com/rnnrun/rnnrun/npy"
)

// readAhead is the default buffer size of a reader.
const readAhead = 1 << 20

// A Source opens the files with the inputs of a model.
type Source struct {
	Flag   string // the flag that names the files
	Files  Files
	Inputs []format.Input
	Stdin  io.Reader // the reader for "-"
	Name   string    // of Stdin, for messages; "": stdin

	Others []string // arrays in an .npz to ignore, such as outputs beside inputs

	Raw    bool // files are raw numbers, whatever their names
	Header bool // the first line of a CSV names its columns
	Lists  bool // the lines of a CSV may be JSON lists, steps or sequences
	Sound  *series.Sound

	ReadAhead int // buffer of a reader in bytes, the longest line of a CSV; 0: 1 MiB

	// Columns, if not nil, chooses the columns of a file with all inputs. Chosen means that
	// a flag asked for them, so that there must be such a file.
	Columns func(o *series.Options) error
	Chosen  bool

	opened []*os.File
}

// Open returns a reader of the steps of all inputs side by side, with tokens as numbers,
// and its options. The caller must close the source.
func (s *Source) Open() (series.Reader[float32], series.Options, error) {
	switch {
	case s.Files.Archive():
		return s.openArchive()
	case s.Files.All == "":
		return s.openParts()
	}
	o := series.Options{Width: Width(s.Inputs), Header: s.Header, Lists: s.Lists, Records: new(series.Records), Sound: s.Sound}
	if len(s.Inputs) == 1 {
		o.Frames = s.Inputs[0].Frames
	}
	in, err := s.open(s.Files.All, &o)
	if err != nil {
		return nil, o, err
	}
	if o.Kind == series.KindRaw && mixed(s.Inputs) {
		return nil, o, cli.Usagef("the model reads numbers and tokens: give each of its inputs a file, %s NAME=FILE", s.Flag)
	}
	if err := s.choose(&o); err != nil {
		return nil, o, err
	}
	r, err := newReader(in, o, !slices.ContainsFunc(s.Inputs, isNumbers))
	if err != nil || !r.Layout().Frames {
		return r, o, err
	}
	if s.Chosen {
		return nil, o, cli.Usagef("--columns and --keep need one step per line, but the lines of %s are frames, %d to a step", o.Name, o.Frames)
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

// choose sets the columns that are read.
func (s *Source) choose(o *series.Options) error {
	if s.Columns == nil {
		return nil
	}
	return s.Columns(o)
}

// open opens a file, or the standard input, and sets its name and kind.
func (s *Source) open(path string, o *series.Options) (*bufio.Reader, error) {
	o.Name = cmp.Or(s.Name, "stdin")
	from := s.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		s.opened = append(s.opened, f)
		from, o.Name = f, path
	}
	in := bufio.NewReaderSize(from, cmp.Or(s.ReadAhead, readAhead))
	if o.Kind = s.kind(path, in); o.Header && o.Kind != series.KindCSV {
		return nil, cli.Usagef("--header is for CSV, but %s is %v", o.Name, o.Kind)
	}
	return in, nil
}

// kind returns the kind of a file by its name, or else by its first bytes.
func (s *Source) kind(path string, in *bufio.Reader) series.Kind {
	switch {
	case s.Raw:
		return series.KindRaw
	case s.Sound != nil && s.Sound.Raw != wav.Unknown:
		return series.KindSound
	}
	if kind := series.KindOf(path); kind != series.KindUnknown {
		return kind
	}
	return series.Sniff(in)
}

// Close closes the files.
func (s *Source) Close() {
	for _, f := range s.opened {
		f.Close()
	}
}

// openParts opens a file for each input.
func (s *Source) openParts() (series.Reader[float32], series.Options, error) {
	return s.join(func(i int, o *series.Options) (series.Reader[float32], error) {
		in, err := s.open(s.Files.Each[i], o)
		if err != nil {
			return nil, err
		}
		return newReader(in, *o, s.Inputs[i].Tokens > 0)
	})
}

// openArchive opens an .npz file with an array for each input. The array of a single input
// may have any name.
func (s *Source) openArchive() (series.Reader[float32], series.Options, error) {
	path := s.Files.All
	if s.Header {
		return nil, series.Options{}, cli.Usagef("--header is for CSV, but %s is .npz", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, series.Options{}, err
	}
	arrays, err := npy.ReadArchive(data)
	if err != nil {
		return nil, series.Options{}, fmt.Errorf("%s: %w", path, err)
	}
	find, err := matchArrays(path, s.without(arrays), s.Inputs)
	if err != nil {
		return nil, series.Options{}, err
	}
	return s.join(func(i int, o *series.Options) (series.Reader[float32], error) {
		o.Name, o.Kind = fmt.Sprintf("%s, array %s", path, message.Quote(find[i].Name)), series.KindNPY
		a, err := find[i].Reader()
		if err == nil && s.Inputs[i].Tokens > 0 {
			return numbers(series.NewArrayReader[int32](a, *o))
		} else if err == nil {
			return series.NewArrayReader[float32](a, *o)
		}
		return nil, err
	})
}

// without removes the arrays that are not inputs.
func (s *Source) without(arrays []npy.Array) []npy.Array {
	return slices.DeleteFunc(arrays, func(a npy.Array) bool {
		input := slices.ContainsFunc(s.Inputs, func(in format.Input) bool { return in.Name == a.Name })
		return !input && slices.Contains(s.Others, a.Name)
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
			return nil, fmt.Errorf("%s: the array %s is not an input of the model, whose inputs are %s", path, message.Quote(arrays[i].Name), message.List(names))
		}
	}
	for _, name := range names {
		i := slices.IndexFunc(arrays, func(a npy.Array) bool { return a.Name == name })
		if i < 0 && len(arrays) == 1 && len(names) == 1 {
			i = 0
		}
		if i < 0 {
			return nil, fmt.Errorf("%s: there is no array for the input %s", path, message.Quote(name))
		}
		list = append(list, &arrays[i])
	}
	return list, nil
}

// join reads the inputs side by side. open returns the reader of numbers or tokens for
// each.
func (s *Source) join(open func(i int, o *series.Options) (series.Reader[float32], error)) (series.Reader[float32], series.Options, error) {
	all := series.Options{Name: "the inputs", Width: Width(s.Inputs), Records: new(series.Records)}
	if s.Chosen {
		return nil, all, cli.Usagef("--columns and --keep need one file with all inputs")
	}
	var parts []*series.Part
	for i, in := range s.Inputs {
		o := series.Options{Width: in.Frames * in.Channels, Frames: in.Frames, Header: s.Header, Lists: s.Lists}
		r, err := open(i, &o)
		if err != nil {
			return nil, all, err
		}
		parts = append(parts, &series.Part{Name: o.Name, Width: o.Width, Reader: r})
		if i == 0 {
			all.Kind = o.Kind
		}
		if len(s.Inputs) == 1 {
			all.Name = o.Name
		}
	}
	if err := s.choose(&all); err != nil {
		return nil, all, err
	}
	all.Columns = series.Columns{}
	r, err := series.Join(parts)
	return r, all, err
}
