package trainer

import (
	"math"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
)

// An Initialization says how the weights of a new network are initialized. The zero
// value is PyTorch's default, except for the forget gate: weights and biases are
// uniform in ±1/√(hidden size), the head's in ±1/√(features), and an embedding is
// normal unless it is tied to the head's weights.
type Initialization struct {
	Input     Init // weights over a layer's input
	Recurrent Init // weights over a layer's state
	// ForgetBias is the sum of the biases of an LSTM's forget gates; nil: 1
	// (Jozefowicz et al. 2015).
	ForgetBias *float64
}

// Init is a way to draw a matrix.
type Init uint8

// The ways to draw a matrix.
const (
	// InitUniform is uniform in ±1/√(hidden size).
	InitUniform Init = iota
	// InitXavier is uniform in ±√(6/(rows+columns)), with the rows of all gates
	// together (Glorot & Bengio 2010), as PyTorch's xavier_uniform_.
	InitXavier
	// InitOrthogonal has orthonormal rows or columns in each gate (Saxe et al.
	// 2014), as PyTorch's orthogonal_.
	InitOrthogonal
	// InitIdentity has ones on the diagonal of each gate, for the recurrent
	// weights of a ReLU RNN (Le et al. 2015).
	InitIdentity
)

// String returns the name of the initialization.
func (i Init) String() string { return [...]string{"uniform", "xavier", "orthogonal", "identity"}[i] }

func (z *Initialization) fill(m *format.Model, tied bool, rng *rand.Rand) {
	if m.Embedding != nil && (!tied || m.Decoder != nil) {
		for i := range m.Embedding.Table {
			m.Embedding.Table[i] = float32(rng.NormFloat64())
		}
	}
	for i := range m.Layers {
		l := &m.Layers[i]
		for d := range l.Directions {
			w, err := l.Pack(z.draw(l, rng))
			if err != nil {
				panic(err) // cannot happen: the sizes fit
			}
			l.Directions[d] = w
		}
	}
	if h := m.Head; h != nil {
		bound := 1 / math.Sqrt(float64(h.InputSize))
		weight := uniform(rng, h.InputSize*h.OutputSize, bound)
		head, err := format.PackDense(h.InputSize, h.OutputSize, weight, uniform(rng, h.OutputSize, bound))
		if err != nil {
			panic(err)
		}
		m.Head = head
		if tied {
			copy(m.Embedding.Table, weight)
		}
	}
	if m.Decoder != nil {
		z.fill(m.Decoder, tied, rng)
	}
}

// draw returns the weights of a direction of a layer.
func (z *Initialization) draw(l *format.Layer, rng *rand.Rand) format.Plain {
	bound := 1 / math.Sqrt(float64(l.HiddenSize))
	gates := l.Cell.Gates()
	p := format.Plain{
		WeightIH: z.Input.draw(rng, gates, l.HiddenSize, l.InputSize, bound),
		WeightHH: z.Recurrent.draw(rng, gates, l.HiddenSize, l.HiddenSize, bound),
		BiasIH:   uniform(rng, gates*l.HiddenSize, bound),
		BiasHH:   uniform(rng, gates*l.HiddenSize, bound),
	}
	opOf(l).initialize(z, l, &p)
	return p
}

// draw returns the weights of gates, [gates][rows][columns].
func (i Init) draw(rng *rand.Rand, gates, rows, columns int, bound float64) []float32 {
	switch i {
	case InitXavier:
		return uniform(rng, gates*rows*columns, math.Sqrt(6/float64(gates*rows+columns)))
	case InitOrthogonal:
		var w []float32
		for range gates {
			w = append(w, orthogonal(rng, rows, columns)...)
		}
		return w
	case InitIdentity:
		w := make([]float32, gates*rows*columns)
		for g := range gates {
			for k := range min(rows, columns) {
				w[(g*rows+k)*columns+k] = 1
			}
		}
		return w
	}
	return uniform(rng, gates*rows*columns, bound)
}

func uniform(rng *rand.Rand, n int, bound float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32((2*rng.Float64() - 1) * bound)
	}
	return v
}

// orthogonal returns a matrix with orthonormal rows, or columns if there are
// fewer of them. It orthogonalizes normal vectors by the Gram–Schmidt process,
// twice, since once is not exact enough.
func orthogonal(rng *rand.Rand, rows, columns int) []float32 {
	n, size := min(rows, columns), max(rows, columns)
	vectors := make([][]float64, n)
	for i := range vectors {
		v := make([]float64, size)
		for k := range v {
			v[k] = rng.NormFloat64()
		}
		for range 2 {
			for _, u := range vectors[:i] {
				along := dot(u, v)
				for k := range v {
					v[k] -= float64(along * u[k]) // never fused: the same bits everywhere
				}
			}
		}
		norm := math.Sqrt(dot(v, v))
		for k := range v {
			v[k] /= norm
		}
		vectors[i] = v
	}
	w := make([]float32, rows*columns)
	for i, v := range vectors {
		for k, x := range v {
			if rows <= columns {
				w[i*columns+k] = float32(x)
			} else {
				w[k*columns+i] = float32(x)
			}
		}
	}
	return w
}

func dot(a, b []float64) float64 {
	var sum float64
	for k, v := range a {
		sum += float64(v * b[k])
	}
	return sum
}
