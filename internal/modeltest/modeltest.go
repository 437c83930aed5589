// Package modeltest makes random models for tests, of every cell, form and shape. The
// same seed gives the same model.
package modeltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// A Spec describes a model. The zero value of a field means the simplest choice.
type Spec struct {
	Cell          format.Cell
	Variant       format.Variant
	Input         int // features per step, or the width of the embedding; 0: 1
	Hidden        int // units per layer; 0: 1
	Layers        int // 0: 1
	Bidirectional bool
	Tokens        int // rows of the embedding; 0: real-valued inputs
	Task          format.Task
	Pool          format.Pool
	Outputs       int // outputs of the head; 0: no head
	Output        format.Output
	InitialState  bool // the model has H0 and C0
	Normalized    bool // inputs and outputs are normalized
	DType         format.DType
	InputScale    float32 // input scale of an Int8 model that reads numbers
	Skip          bool    // inputs are added to outputs

	// The outputs of dense layers before, between and after the recurrent layers, all
	// with the same activation; 0: no such layer.
	Below, Between, Above int
	DenseActivation       format.Activation
	Stateless             format.Cell // the kind of these layers; 0: dense

	// The features of every recurrent layer beyond its cell. Activations are those of the
	// forward direction; the reverse direction has them in reverse order. nil: the
	// defaults of the cell.
	Reverse     bool
	InputForget bool
	Peephole    bool
	Projection  int
	Clip        float32
	Activations [3]format.Activation

	Seed uint64
}

// Cells returns a Spec for each variant of each recurrent cell of the format.
func Cells() []Spec {
	var list []Spec
	for c := format.Cell(0); c.Known(); c++ {
		if !c.Recurrent() {
			continue
		}
		for _, v := range c.Variants() {
			list = append(list, Spec{Cell: c, Variant: v})
		}
	}
	return list
}

// cellName returns the name of a cell for subtests, with the last word of the variant if
// there are several: "lstm", "gru-after".
func (s Spec) cellName() string {
	name := strings.ToLower(s.Cell.String())
	if len(s.Cell.Variants()) > 1 {
		words := strings.Fields(s.Variant.String())
		name += "-" + words[len(words)-1]
	}
	return name
}

// String returns the name of the spec for subtests.
func (s Spec) String() string {
	s = s.defaults()
	var b strings.Builder
	fmt.Fprintf(&b, "%s-%d-%dx%d", s.cellName(), s.Input, s.Layers, s.Hidden)
	if s.Bidirectional {
		b.WriteString("-both")
	}
	if s.Tokens > 0 {
		fmt.Fprintf(&b, "-tokens%d", s.Tokens)
	}
	if s.Pool != format.PoolNone {
		b.WriteString([...]string{"", "-last", "-max", "-mean", "-output"}[s.Pool])
	}
	if s.Outputs > 0 {
		fmt.Fprintf(&b, "-%v%d", s.Output, s.Outputs)
	}
	s.describeRare(&b)
	if s.InitialState {
		b.WriteString("-h0")
	}
	if s.Normalized {
		b.WriteString("-normalized")
	}
	if s.DType != format.DTypeF32 {
		fmt.Fprintf(&b, "-%v", s.DType)
	}
	if s.InputScale != 0 {
		b.WriteString("-calibrated")
	}
	return b.String()
}

func (s Spec) defaults() Spec {
	s.Input, s.Hidden, s.Layers = max(s.Input, 1), max(s.Hidden, 1), max(s.Layers, 1)
	return s
}

func (s Spec) directions() int {
	if s.Bidirectional {
		return 2
	}
	return 1
}

// Layer returns a layer of the spec, without its weights.
func (s Spec) Layer(layer int) format.Layer { return s.layers()[layer] }

// InputSize returns the number of inputs per step.
func (s Spec) InputSize() int { return s.defaults().Input }

// random returns the random generator for one part of the model, so that parts do not
// depend on each other.
func (s Spec) random(part uint64) *rand.Rand { return rand.New(rand.NewPCG(s.Seed, part)) }

// The parts of a model with their own random numbers.
const (
	partEmbedding = 1 << 32
	partHead      = 2 << 32
	partNormal    = 3 << 32
	partState     = 4 << 32
)

func uniform(r *rand.Rand, n int, bound float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32((2*r.Float64() - 1) * bound)
	}
	return v
}

// Weights returns the plain weights of a layer's direction, with PyTorch's initial
// distribution: uniform within ±1/√hidden.
func (s Spec) Weights(layer, direction int) format.Plain {
	l := s.Layer(layer)
	r := s.random(uint64(layer*2 + direction))
	gates, h := l.Cell.Gates(), l.HiddenSize
	if !l.Cell.Recurrent() {
		bound := 1 / math.Sqrt(float64(l.InputSize))
		p := l.NewPlain()
		return format.Plain{WeightIH: uniform(r, len(p.WeightIH), bound), BiasIH: uniform(r, len(p.BiasIH), bound)}
	}
	bound := 1 / math.Sqrt(float64(h))
	p := format.Plain{
		WeightIH: uniform(r, gates*h*l.InputSize, bound),
		WeightHH: uniform(r, gates*h*l.StateSize(), bound),
		BiasIH:   uniform(r, gates*h, bound),
		BiasHH:   uniform(r, gates*h, bound),
	}
	if s.Peephole {
		p.Peephole = uniform(r, 3*h, 1)
	}
	if s.Projection > 0 {
		p.Projection = uniform(r, s.Projection*h, bound)
	}
	return p
}

// State returns the initial states of a layer's direction.
func (s Spec) State(layer, direction int) (h, c []float32) {
	l := s.Layer(layer)
	if !l.Cell.Recurrent() {
		return nil, nil
	}
	if !s.InitialState {
		return make([]float32, l.StateSize()), make([]float32, l.HiddenSize)
	}
	r := s.random(partState + uint64(layer*2+direction))
	return uniform(r, l.StateSize(), 1), uniform(r, l.HiddenSize, 2)
}

// Features returns the number of outputs of the last layer.
func (s Spec) Features() int {
	layers := s.layers()
	last := &layers[len(layers)-1]
	return last.StateSize() * s.directionsOf(last)
}

// Head returns the plain weights [Outputs][Features] and the bias of the head.
func (s Spec) Head() (weight, bias []float32) {
	r := s.random(partHead)
	bound := 2 / math.Sqrt(float64(s.Features()))
	return uniform(r, s.Outputs*s.Features(), bound), uniform(r, s.Outputs, bound)
}

// Embedding returns the table [Tokens][Input].
func (s Spec) Embedding() []float32 {
	return uniform(s.random(partEmbedding), s.Tokens*s.defaults().Input, 1)
}

// Normalization returns the means and scales of inputs and outputs.
func (s Spec) Normalization() *format.Normalization {
	s = s.defaults()
	r := s.random(partNormal)
	n := new(format.Normalization)
	if s.Tokens == 0 {
		n.Mean, n.Scale = uniform(r, s.Input, 1), uniform(r, s.Input, 2)
	}
	if s.Output == format.OutputLinear {
		outputs := s.Outputs
		if outputs == 0 {
			outputs = s.Features()
		}
		n.OutputMean, n.OutputScale = uniform(r, outputs, 1), uniform(r, outputs, 2)
	}
	return n
}

// Model returns the model.
func (s Spec) Model() *format.Model {
	s = s.defaults()
	m := &format.Model{
		Task: s.Task, InputSize: s.Input, Pool: s.Pool, Output: s.Output, Skip: s.Skip,
		Provenance: []format.Property{{Key: "made by", Value: "modeltest " + s.String()}},
	}
	if s.Tokens > 0 {
		m.Embedding = &format.Embedding{Tokens: s.Tokens, Size: s.Input, Table: s.Embedding()}
	}
	for i, l := range s.layers() {
		for d := range s.directionsOf(&l) {
			w, err := l.Pack(s.Weights(i, d))
			if err != nil {
				panic(err)
			}
			if h, c := s.State(i, d); s.InitialState && h != nil {
				w.H0 = padded(h)
				if l.Cell.HasCellState() {
					w.C0 = padded(c)
				}
			}
			w.Activations = s.activations(&l, d)
			l.Directions = append(l.Directions, w)
		}
		m.Layers = append(m.Layers, l)
	}
	if s.Outputs > 0 {
		weight, bias := s.Head()
		head, err := format.PackDense(s.Features(), s.Outputs, weight, bias)
		if err != nil {
			panic(err)
		}
		m.Head = head
	}
	if s.Normalized {
		m.Normalization = s.Normalization()
	}
	if s.DType == format.DTypeF32 {
		return m
	}
	m, err := m.Convert(s.DType)
	if err != nil {
		panic(err)
	}
	if s.InputScale != 0 {
		for d := range m.Layers[0].Directions {
			m.Layers[0].Directions[d].InputScale = s.InputScale
		}
	}
	return m
}

func padded(v []float32) []float32 {
	return append(v, make([]float32, (8-len(v)%8)%8)...)
}

// Inputs returns the inputs [steps][Input] of a sequence.
func (s Spec) Inputs(steps int, seed uint64) []float32 {
	return uniform(rand.New(rand.NewPCG(seed, 1)), steps*s.defaults().Input, 2)
}

// Sequence returns the tokens of a sequence.
func (s Spec) Sequence(steps int, seed uint64) []int32 {
	r := rand.New(rand.NewPCG(seed, 2))
	tokens := make([]int32, steps)
	for i := range tokens {
		tokens[i] = r.Int32N(int32(s.Tokens))
	}
	return tokens
}
