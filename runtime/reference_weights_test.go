package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// referenceWeights are the weights that the reference computes with.
type referenceWeights struct {
	layers     [][]format.Plain // [layer][direction]
	embedding  []float32        // [Tokens][Input]
	head, bias []float32
	rounds     bool // whether products round their inputs, as int8 products do
}

// exactWeights returns the weights of a spec in float32.
func exactWeights(s modeltest.Spec) referenceWeights {
	var w referenceWeights
	m := s.Model()
	for i := range m.Layers {
		var directions []format.Plain
		for d := range m.Layers[i].Directions {
			directions = append(directions, s.Weights(i, d))
		}
		w.layers = append(w.layers, directions)
	}
	if s.Tokens > 0 {
		w.embedding = s.Embedding()
	}
	if s.Outputs > 0 {
		w.head, w.bias = s.Head()
	}
	return w
}

// heldWeights returns the weights in the model of a spec, and requires that
// each is as near to the spec's weight as the number format allows. Biases and
// peepholes are always float32.
func heldWeights(t *testing.T, s modeltest.Spec) referenceWeights {
	t.Helper()
	w, m := exactWeights(s), s.Model()
	w.rounds = s.DType == format.DTypeInt8
	for i := range w.layers {
		l := &m.Layers[i]
		for d := range w.layers[i] {
			p, held := &w.layers[i][d], l.Unpack(&l.Directions[d])
			p.WeightIH = requireNear(t, s.DType, l.InputSize, p.WeightIH, held.WeightIH)
			p.WeightHH = requireNear(t, s.DType, l.StateSize(), p.WeightHH, held.WeightHH)
			p.Projection = requireNear(t, s.DType, l.HiddenSize, p.Projection, held.Projection)
		}
	}
	if e := m.Embedding; e != nil {
		var held []float32
		for token := range s.Tokens {
			for k := range e.Size {
				held = append(held, e.At(token, k))
			}
		}
		w.embedding = requireNear(t, e.DType, e.Size, w.embedding, held)
	}
	if m.Head != nil {
		held, _ := m.Head.Unpack()
		w.head = requireNear(t, s.DType, m.Head.InputSize, w.head, held)
	}
	return w
}

// requireNear requires that the weights in each row of the model are within
// half a step of the number format from the given weights, and returns the
// model's.
func requireNear(t *testing.T, dtype format.DType, columns int, given, held []float32) []float32 {
	t.Helper()
	require.Len(t, held, len(given))
	const rounded = 1.001 // scales are rounded, too
	for ; len(given) > 0; given = given[columns:] {
		row, got := given[:columns], held[len(held)-len(given):][:columns]
		switch dtype {
		case format.DTypeF32:
			require.Equal(t, bits(row), bits(got))
		case format.DTypeF16:
			for k, v := range row {
				require.InDelta(t, v, got[k], 0x1p-11*math.Abs(float64(v))+0x1p-25)
			}
		case format.DTypeInt8:
			for k, v := range row {
				require.InDelta(t, v, got[k], rounded*greatest(row)/127/2)
			}
		case format.DTypeInt4:
			// A scale is the best one for 32 columns, by the sum of squares.
			for from := 0; from < columns; from += 32 {
				group, sum := row[from:min(from+32, columns)], 0.0
				for k, v := range group {
					sum += math.Pow(float64(got[from+k]-v), 2)
				}
				require.LessOrEqual(t, math.Sqrt(sum/float64(len(group))), rounded*greatest(group)/7/2)
			}
		}
	}
	return held
}

func greatest(v []float32) float64 {
	most := float32(0)
	for _, x := range v {
		most = max(most, x, -x)
	}
	return float64(most)
}

// A rounding rounds the numbers that a layer's products read: its inputs, its
// states, and the units that a projection reads.
type rounding struct{ input, state, units func(x []float64) []float64 }

func exact(x []float64) []float64 { return x }

var noRounding = rounding{exact, exact, exact}

// rounding returns the rounding of a layer, or of the head, which comes after
// the last layer, as the documentation of package format says.
func (w referenceWeights) rounding(m *format.Model, layer int) rounding {
	if !w.rounds {
		return noRounding
	}
	of := func(bounded bool) func(x []float64) []float64 {
		if bounded {
			return toSteps(1. / 127)
		}
		return toSteps(0)
	}
	// bounded reports whether the units of a layer are within ±1.
	bounded := func(l *format.Layer) bool {
		return l.Cell.Recurrent() && l.Variant != format.VariantReLU && l.Directions[0].Activations == nil
	}
	var r rounding
	switch {
	case layer > 0:
		below := &m.Layers[layer-1]
		r.input = of(bounded(below) && below.ProjectionSize == 0)
	case m.Embedding != nil: // its rows are integers already
		r.input = exact
	default:
		r.input = toSteps(m.Layers[0].Directions[0].InputScale)
	}
	if layer < len(m.Layers) {
		l := &m.Layers[layer]
		r.state, r.units = of(bounded(l) && l.ProjectionSize == 0), of(bounded(l))
	}
	return r
}

// toSteps rounds numbers to multiples of a step, from -127 to 127. If the step
// is 0, the greatest number determines it.
func toSteps(step float32) func(x []float64) []float64 {
	return func(x []float64) []float64 {
		step := float64(step)
		if step == 0 {
			for _, v := range x {
				step = max(step, math.Abs(v)/127)
			}
		}
		y := make([]float64, len(x))
		for k, v := range x {
			if step > 0 {
				y[k] = step * min(max(math.RoundToEven(v/step), -127), 127)
			}
		}
		return y
	}
}
