package network

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

func inRange(v int) bool { return v >= 1 && v <= format.MaxSize }

// Validate reports the first layer that does not fit itself or the one below, by
// its name in the source. The error is an [*Error] that wraps [ErrInvalid]. The
// rules of the whole are those of [format.Model.Validate], which [Network.Model]
// applies.
func (n *Network) Validate() error {
	if n.Graph != nil {
		if _, err := n.Graph.Values(); err != nil {
			return &Error{Err: err, Layer: -1}
		}
		return nil
	}
	if len(n.Layers) < 1 || len(n.Layers) > format.MaxLayers {
		return fail(ErrInvalid, "%s, want 1 to %d", message.Count(len(n.Layers), "layer"), format.MaxLayers)
	}
	if err := n.validateEmbedding(); err != nil {
		return err
	}
	in := n.InputSize()
	for i := range n.Layers {
		if err := n.Layers[i].validate(i, in); err != nil {
			return err
		}
		in = n.Layers[i].OutputSize()
	}
	if len(n.Labels) > 0 && len(n.Labels) != in {
		return fail(ErrInvalid, "%s for %s", message.Count(len(n.Labels), "label"), message.Count(in, "output"))
	}
	return nil
}

func (n *Network) validateEmbedding() error {
	e := n.Embedding
	if e == nil {
		return nil
	}
	if !inRange(e.Tokens) || !inRange(e.Size) {
		return fail(ErrInvalid, "an embedding of %s and %s, want 1 to %d", message.Count(e.Tokens, "token"), message.Count(e.Size, "feature"), format.MaxSize)
	}
	if int64(len(e.Table)) != int64(e.Tokens)*int64(e.Size) {
		return fail(ErrInvalid, "an embedding of %s and %s with %s", message.Count(e.Tokens, "token"), message.Count(e.Size, "feature"), message.Count(len(e.Table), "number"))
	}
	if i := notFinite(e.Table); i >= 0 {
		return fail(ErrInvalid, "the embedding has %v as number %d", e.Table[i], i)
	}
	return nil
}

// validate checks layer i, which reads in numbers.
func (l *Layer) validate(i, in int) error {
	invalid := func(reason string, args ...any) error { return l.fail(ErrInvalid, i, reason, args...) }
	n := len(l.Directions)
	switch {
	case !l.Cell.Known():
		return invalid("the unknown %v", l.Cell)
	case !inRange(l.InputSize) || !inRange(l.HiddenSize) || l.ProjectionSize < 0 || l.ProjectionSize > format.MaxSize:
		return invalid("%s, %s and a projection to %d, want 1 to %d", message.Count(l.InputSize, "input"), message.Count(l.HiddenSize, "unit"), l.ProjectionSize, format.MaxSize)
	case l.InputSize != in:
		return invalid("%s, but what it reads has %d", message.Count(l.InputSize, "input"), in)
	case n != 1 && (n != 2 || !l.Cell.Recurrent()):
		return invalid("a %v of %s", l.Cell, message.Count(n, "direction"))
	case l.Reverse && (n != 1 || !l.Cell.Recurrent()):
		return invalid("reverse, but not a recurrent layer of one direction")
	case !slices.Contains(l.Cell.Variants(), l.namedVariant()):
		return invalid("a %v of the variant %v, which that cell does not have", l.Cell, l.Variant)
	case (l.ProjectionSize > 0 || l.InputForget) && !l.Cell.HasCellState():
		return invalid("a projection or a coupled forget gate, which only an LSTM can have")
	case !(l.Clip >= 0) || math.IsInf(float64(l.Clip), 0):
		return invalid("a clip of %v", l.Clip)
	case l.Clip > 0 && !l.Cell.Recurrent():
		return invalid("a clip, which only a recurrent layer has")
	case l.Activation != (format.Activation{}) && l.Cell.Recurrent():
		return invalid("an activation of its outputs, which only a dense layer has")
	}
	if err := l.validateActivation(i, l.Activation); err != nil {
		return err
	}
	if !inRange(l.OutputSize()) {
		return invalid("%s, want 1 to %d", message.Count(l.OutputSize(), "output"), format.MaxSize)
	}
	for d := range l.Directions {
		if err := l.validateDirection(i, d); err != nil {
			return err
		}
	}
	return nil
}

func (l *Layer) validateActivation(i int, a format.Activation) error {
	if !a.Kind.Known() || a.Kind == format.ActivationSoftmax || l.Cell.Recurrent() && !a.Kind.OfGates() {
		return l.fail(ErrInvalid, i, "the unknown %v", a.Kind)
	}
	if notFinite([]float32{a.Alpha, a.Beta}) >= 0 {
		return l.fail(ErrInvalid, i, "a %v with constants %v and %v", a.Kind, a.Alpha, a.Beta)
	}
	return nil
}

// validateDirection checks the arrays of direction d.
func (l *Layer) validateDirection(i, d int) error {
	w := &l.Directions[d]
	g, in, h, p := int64(l.Cell.Gates()), int64(l.InputSize), int64(l.HiddenSize), int64(l.StateSize())
	// An array that layers of the kind do not have must have 0 numbers.
	state, cell, projection := g*h*p, h, p*h
	if !l.Cell.HasCellState() {
		cell = 0
	}
	if !l.Cell.Recurrent() {
		state, p = 0, 0
	}
	if l.ProjectionSize == 0 {
		projection = 0
	}
	for _, c := range []struct {
		name     string
		data     []float32
		want     int64
		optional bool
	}{
		{"input weights", w.WeightIH, g * h * in, false},
		{"state weights", w.WeightHH, state, false},
		{"input biases", w.BiasIH, g * h, true},
		{"state biases", w.BiasHH, g * h * min(p, 1), true},
		{"peepholes", w.Peephole, 3 * cell, true},
		{"projection weights", w.Projection, projection, false},
		{"initial states", w.H0, p, true},
		{"initial cell states", w.C0, cell, true},
	} {
		if int64(len(c.data)) != c.want && !(c.optional && c.data == nil) {
			return l.fail(ErrInvalid, i, "%d %s, but a %v of %s, %s and a projection to %d has %d",
				len(c.data), c.name, l.Cell, message.Count(in, "input"), message.Count(h, "unit"), l.ProjectionSize, c.want)
		}
		if k := notFinite(c.data); k >= 0 {
			return l.fail(ErrInvalid, i, "%v as number %d of the %s", c.data[k], k, c.name)
		}
	}
	if a := w.Activations; a != nil && (!l.Cell.Recurrent() || len(a) != len(l.Cell.Activations(format.VariantStandard))) {
		return l.fail(ErrInvalid, i, "%s of a direction of a %v", message.Count(len(a), "activation"), l.Cell)
	}
	for _, a := range w.Activations {
		if err := l.validateActivation(i, a); err != nil {
			return err
		}
	}
	return nil
}

// notFinite returns the place of the first number that is not finite, or -1.
func notFinite(v []float32) int {
	for i, x := range v {
		if x-x != 0 {
			return i
		}
	}
	return -1
}
