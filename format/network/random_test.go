package network_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/runtime"
)

// draw returns one of the values.
func draw[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func uniform(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = r.Float32() - 0.5
	}
	return v
}

func randomActivation(r *rand.Rand) format.Activation {
	a := format.ActivationKind(r.IntN(int(format.ActivationSoftplus) + 1)).Default()
	if a.Alpha != 0 {
		a.Alpha *= draw[float32](r, 0.5, 1)
	}
	return a
}

// randomLayer returns a layer of any kind, with any of its features.
func randomLayer(r *rand.Rand, in int) network.Layer {
	l := network.Layer{Cell: draw(r, format.CellRNN, format.CellLSTM, format.CellGRU, format.CellDense), InputSize: in, HiddenSize: 1 + r.IntN(20)}
	directions := 1
	if l.Cell == format.CellDense {
		l.Activation = randomActivation(r)
	} else {
		directions = draw(r, 1, 1, 2)
		l.Reverse = directions == 1 && r.IntN(4) == 0
		l.Clip = draw[float32](r, 0, 0, 0.75)
	}
	if l.Cell == format.CellGRU && r.IntN(2) == 0 {
		l.Variant = format.VariantResetBefore
	}
	if l.Cell == format.CellLSTM {
		l.InputForget = r.IntN(4) == 0
		l.ProjectionSize = draw(r, 0, 0, 1+r.IntN(20))
	}
	gates, h, state := l.Cell.Gates(), l.HiddenSize, l.StateSize()
	for range directions {
		d := network.Direction{Plain: format.Plain{WeightIH: uniform(r, gates*h*in)}}
		if r.IntN(3) > 0 {
			d.BiasIH = uniform(r, gates*h)
		}
		if l.Cell.Recurrent() {
			d.WeightHH = uniform(r, gates*h*state)
			if r.IntN(3) > 0 {
				d.BiasHH = uniform(r, gates*h)
			}
			if r.IntN(3) == 0 {
				d.H0 = uniform(r, state)
			}
			if r.IntN(3) == 0 {
				for range l.Cell.Activations(format.VariantStandard) {
					d.Activations = append(d.Activations, randomActivation(r))
				}
			}
		}
		if l.Cell == format.CellLSTM {
			if r.IntN(3) == 0 {
				d.C0 = uniform(r, h)
			}
			if r.IntN(3) == 0 {
				d.Peephole = uniform(r, 3*h)
			}
			d.Projection = uniform(r, l.ProjectionSize*h)
			if l.ProjectionSize == 0 {
				d.Projection = nil
			}
		}
		l.Directions = append(l.Directions, d)
	}
	return l
}

// randomNetwork returns a network of a few layers, with any pool and output.
func randomNetwork(r *rand.Rand) network.Network {
	n := network.Network{}
	in := 1 + r.IntN(5)
	recurrent := false
	for range 1 + r.IntN(4) {
		l := randomLayer(r, in)
		recurrent = recurrent || l.Cell.Recurrent()
		n.Layers = append(n.Layers, l)
		in = l.OutputSize()
	}
	n.Output = format.Output(r.IntN(int(format.OutputArgMax) + 1))
	if recurrent {
		n.Pool = draw(r, format.PoolNone, format.PoolLast, format.PoolMax, format.PoolMean, format.PoolLastOutput)
	}
	n.Skip = n.Pool == format.PoolNone && n.OutputSize() <= n.InputSize()
	return n
}

// What the runtime computes of a network's model is what the network says, with
// every feature beside every other.
func TestRandomNetworksRunAsTheySay(t *testing.T) {
	const count, steps = 400, 7
	for seed := range uint64(count) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			n := randomNetwork(r)
			description, err := n.Model()
			require.NoError(t, err)
			file, err := description.Append(nil)
			require.NoError(t, err)
			again, err := format.Read(format.Align(file))
			require.NoError(t, err)
			m, err := runtime.New(again)
			require.NoError(t, err)
			xs := uniform(r, steps*n.InputSize())
			y, err := m.NewSession().Run(xs)
			require.NoError(t, err)
			var x [][]float64
			for step := range slices.Chunk(xs, n.InputSize()) {
				x = append(x, onnxtest.Widened(step))
			}
			if n.Output == format.OutputArgMax && !clear(n, x) {
				return
			}
			want := slices.Concat(onnxtest.Evaluate(&n, x)...)
			require.Len(t, y, len(want))
			for i, w := range want {
				require.InDelta(t, w, y[i], 1e-4*max(1, math.Abs(w)))
			}
			if !m.Streamable() {
				return
			}
			session := m.NewSession()
			var stepped []float32
			for step := range slices.Chunk(xs, n.InputSize()) {
				out, err := session.Step(step)
				require.NoError(t, err)
				if m.Pooled() {
					stepped = nil
				}
				stepped = append(stepped, out...)
			}
			require.Equal(t, y, stepped)
		})
	}
}

// clear reports whether one of the outputs is the greatest by more than rounding.
func clear(n network.Network, x [][]float64) bool {
	n.Output, n.Skip = format.OutputLinear, false
	for _, y := range onnxtest.Evaluate(&n, x) {
		slices.Sort(y)
		if k := len(y); k > 1 && y[k-1]-y[k-2] < 1e-3 {
			return false
		}
	}
	return true
}
