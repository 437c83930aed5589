package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// A stream is a value that depends on an input of the graph. Streams do not
// change; operators make new ones.
type stream struct {
	input *input
	dtype dtype

	// axes has the atoms of every axis, outermost first. An axis of length 1
	// has none, since an atom of size 1 makes no difference to a layout.
	axes [][]*atom
	// steps and batch are the atoms of time and of the sequences; nil before the
	// first recurrent layer, and if there is only one.
	steps, batch *atom
	// features are the atoms of a step's features in the order in which a layer
	// takes them: first those of tracks, if any.
	features []*atom
	known    bool // features are known: they went through a layer

	sorted     *sorting // the order of the sequences; nil: that of the input
	sortedAxis *atom    // of the sequences, if they are sorted

	cuts     []cut   // of an input that no node has computed with yet
	stage    *stage  // the last layer; nil before the first
	tracks   []track // of a recurrent layer's outputs, by its directions; otherwise nil
	reversed bool    // the steps go backwards

	pool   format.Pool // of the layers after the last recurrent one
	output format.Output
	skip   bool
}

// An atom is an axis that no node divides further.
type atom struct {
	size  size
	track bool // it counts tracks
}

// A cut is a range of an input's axis.
type cut struct {
	axis     *atom
	from, to int64
	left     []*atom // of the axis: none if it is of length 1
}

// A track is the output of one direction of a recurrent layer, at some steps.
type track struct {
	stage     *stage
	direction int // of the network's layer
	when      when
	cell      bool // it is the cell state of an LSTM
}

// when says which steps a track has.
type when uint8

const (
	everyStep when = iota
	firstStep
	lastStep
	final // the state after all steps
	maximum
	mean
)

// A stage is a layer on the way of a stream.
type stage struct {
	before    *stage
	nodes     []*node
	embedding *format.Embedding // or else
	layer     network.Layer

	lengths *input     // of a recurrent layer; nil: all sequences are whole
	states  [2]*source // of a recurrent layer: the input from which h and c start, if any
	single  bool       // it reads one step, of a sequence that other calls go on with
}

// A source is the range of an input that an initial state is.
type source struct {
	input           *input
	from, to, total int64 // to is 0 if all is taken
}

// role is the purpose of an input of the graph.
type role struct {
	kind   string
	states []*source
}

func (im *importer) newStream(v *input) (*stream, error) {
	fail := func(format string, args ...any) (*stream, error) {
		return nil, tensorError(v.name, network.ErrUnsupported, format, args...)
	}
	s := &stream{input: v, dtype: v.dtype}
	switch {
	case !v.shaped:
		return fail("this input of the graph has no shape; give it one, with open dimensions as names")
	case !v.dtype.isFloat() && !v.dtype.isInteger():
		return fail("this input of the graph is of the type %v", v.dtype)
	}
	for _, d := range v.shape {
		if d.value == 1 {
			s.axes = append(s.axes, nil)
			continue
		}
		n := number(d.value)
		if d.value == 0 {
			n = im.openDimension(d.name)
		}
		if im.open > maxOpen {
			return fail("with this input the graph has more than %d open dimensions", maxOpen)
		}
		s.axes = append(s.axes, []*atom{{size: n}})
	}
	return s, nil
}

// openDimension returns the symbol of a dimension: the same for the same name.
func (im *importer) openDimension(name string) size {
	if i, ok := im.symbols[name]; ok {
		return symbol(i)
	}
	i := im.open
	im.open++
	if name != "" {
		im.symbols[name] = i
	}
	return symbol(i)
}

func (s *stream) clone() *stream {
	c := *s
	return &c
}

// raw reports whether the stream is a graph's input that no layer has read yet.
func (s *stream) raw() bool {
	return s.stage == nil && s.tracks == nil && s.output == format.OutputLinear && !s.skip
}

// whole reports whether it is a raw input without a cut.
func (s *stream) whole() bool { return s.raw() && len(s.cuts) == 0 && !s.reversed }

func sizes(atoms []*atom) []size {
	var list []size
	for _, a := range atoms {
		list = append(list, a.size)
	}
	return list
}

// axisSize returns the length of an axis. It cannot be too large: the sizes
// have been multiplied before, or are bounded by their number.
func axisSize(atoms []*atom) size {
	n, _ := total(sizes(atoms))
	return n
}

func (s *stream) shape() []size {
	var list []size
	for _, atoms := range s.axes {
		list = append(list, axisSize(atoms))
	}
	return list
}

// width returns the number of features, or -1 if it is open.
func (s *stream) width() int { return axisSize(s.features).known() }

// trackAtoms returns the atoms of the features that count tracks, and the others.
func (s *stream) trackAtoms() (tracks, others []*atom) {
	i := 0
	for i < len(s.features) && s.features[i].track {
		i++
	}
	return s.features[:i], s.features[i:]
}

// pooled reports whether the stream has one value for the whole sequence.
func (s *stream) pooled() bool {
	if s.pool != format.PoolNone {
		return true
	}
	for _, p := range s.tracks {
		if p.when != everyStep {
			return true
		}
	}
	return false
}

// replace replaces some adjacent atoms by others, on the axes and among the
// features. It reports whether it found them.
func (s *stream) replace(old, with []*atom) (*stream, bool) {
	c := s.clone()
	c.axes = slices.Clone(s.axes)
	found := false
	swap := func(list []*atom) []*atom {
		i := slices.Index(list, old[0])
		if i < 0 || i+len(old) > len(list) || !slices.Equal(list[i:i+len(old)], old) {
			return list
		}
		found = true
		return slices.Concat(list[:i], with, list[i+len(old):])
	}
	for k := range c.axes {
		c.axes[k] = swap(c.axes[k])
	}
	if !found {
		return s, false
	}
	found = false
	c.features = swap(c.features)
	return c, found || !s.known
}

// newAtoms returns an atom of a size, or none for the size 1.
func newAtoms(n int, track bool) []*atom {
	if n == 1 {
		return nil
	}
	return []*atom{{size: number(int64(n)), track: track}}
}
