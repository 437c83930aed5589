package modeltest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// layers returns all layers of the spec, without their weights.
func (s Spec) layers() []format.Layer {
	s = s.defaults()
	var layers []format.Layer
	in := s.Input
	dense := func(outputs int) {
		if outputs > 0 {
			layers = append(layers, format.Layer{Cell: cmp.Or(s.Stateless, format.CellDense), InputSize: in, HiddenSize: outputs})
			in = outputs
		}
	}
	dense(s.Below)
	for i := range s.Layers {
		if i > 0 {
			dense(s.Between)
		}
		l := format.Layer{
			Cell: s.Cell, Variant: s.Variant, InputSize: in, HiddenSize: s.Hidden,
			Reverse: s.Reverse, InputForget: s.InputForget, ProjectionSize: s.Projection, Clip: s.Clip,
		}
		layers = append(layers, l)
		in = l.StateSize() * s.directions()
	}
	dense(s.Above)
	return layers
}

func (s Spec) directionsOf(l *format.Layer) int {
	if l.Cell.Recurrent() {
		return s.directions()
	}
	return 1
}

// activations returns the activations of a layer's direction; nil: the defaults of the
// cell.
func (s Spec) activations(l *format.Layer, direction int) []format.Activation {
	var a []format.Activation
	own := l.Cell.Activations(l.Variant)
	switch {
	case !l.Cell.Recurrent():
		a = []format.Activation{s.DenseActivation}
	case s.Activations == [3]format.Activation{}:
		return nil
	default:
		a = slices.Clone(s.Activations[:len(own)])
		if direction == 1 {
			slices.Reverse(a)
		}
	}
	if slices.Equal(a, own) {
		return nil
	}
	return a
}

// StepActivations returns the activations of a layer's direction.
func (s Spec) StepActivations(layer, direction int) []format.Activation {
	l := s.Layer(layer)
	if a := s.activations(&l, direction); a != nil {
		return a
	}
	return l.Cell.Activations(l.Variant)
}

// describeRare writes the rare features of the spec.
func (s Spec) describeRare(b *strings.Builder) {
	for _, f := range []struct {
		given bool
		name  string
	}{
		{s.Skip, "skip"},
		{s.Below > 0, fmt.Sprint("below", s.Below)},
		{s.Between > 0, fmt.Sprint("between", s.Between)},
		{s.Above > 0, fmt.Sprint("above", s.Above)},
		{s.DenseActivation.Kind != format.ActivationNone, s.DenseActivation.Kind.String()},
		{s.Reverse, "reverse"},
		{s.InputForget, "coupled"},
		{s.Peephole, "peephole"},
		{s.Projection > 0, fmt.Sprint("projection", s.Projection)},
		{s.Clip > 0, "clip"},
		{s.Activations != [3]format.Activation{}, fmt.Sprintf("%v-%v-%v", s.Activations[0].Kind, s.Activations[1].Kind, s.Activations[2].Kind)},
	} {
		if f.given {
			b.WriteString("-" + f.name)
		}
	}
}
