package benchmark

import (
	"math"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
)

// A Shape is the shape of a model with random weights: recurrent layers in one direction,
// without a head.
type Shape struct {
	Cell    format.Cell
	Variant format.Variant
	Input   int // inputs per step
	Hidden  int // units per layer
	Layers  int
	DType   format.DType
}

// Model returns a model of the shape. It is always the same. Weights have PyTorch's
// initial distribution, uniform within ±1/√Hidden. Inputs of an int8 model are within ±1.
func (s Shape) Model() (*format.Model, error) {
	m := &format.Model{InputSize: s.Input}
	r := rand.New(rand.NewPCG(1, 2))
	in := s.Input
	for range s.Layers {
		l := format.Layer{Cell: s.Cell, Variant: s.Variant, InputSize: in, HiddenSize: s.Hidden}
		w, err := l.Pack(s.weights(r, in))
		if err != nil {
			return nil, err
		}
		l.Directions = []format.Weights{w}
		m.Layers = append(m.Layers, l)
		in = l.OutputSize()
	}
	m, err := m.Convert(s.DType)
	if err == nil && s.DType == format.DTypeInt8 {
		m.Layers[0].Directions[0].InputScale = 1.0 / 127 // the result of calibration
	}
	return m, err
}

// weights returns random weights of a layer.
func (s Shape) weights(r *rand.Rand, in int) format.Plain {
	rows := s.Cell.Gates() * s.Hidden
	bound := 1 / math.Sqrt(float64(s.Hidden))
	return format.Plain{
		WeightIH: uniform(r, rows*in, bound),
		WeightHH: uniform(r, rows*s.Hidden, bound),
		BiasIH:   uniform(r, rows, bound),
		BiasHH:   uniform(r, rows, bound),
	}
}

func uniform(r *rand.Rand, n int, bound float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32((2*r.Float64() - 1) * bound)
	}
	return v
}
