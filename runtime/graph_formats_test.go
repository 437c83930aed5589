package runtime_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A wideNode is an op with weights and its inputs. Its sizes fill several tiles of
// the kernels, and a part of one more.
type wideNode struct {
	name string
	in   format.Input
	op   func(r *rand.Rand) format.Op
}

func wideNodes() []wideNode {
	conv := func(channels, outputs, kernel, stride, dilation int) func(r *rand.Rand) format.Op {
		return func(r *rand.Rand) format.Op {
			weight, bias := make([]float32, outputs*channels*kernel), make([]float32, outputs)
			for i := range weight {
				weight[i] = (2*r.Float32() - 1) / float32(math.Sqrt(float64(channels*kernel)))
			}
			for i := range bias {
				bias[i] = r.Float32() - 0.5
			}
			c, err := format.PackConv(channels, outputs, kernel, stride, dilation, weight, bias)
			if err != nil {
				panic(err)
			}
			return c
		}
	}
	layer := func(s modeltest.Spec) func(r *rand.Rand) format.Op {
		return func(r *rand.Rand) format.Op {
			s.Seed = r.Uint64()
			l := s.Model().Layers[0]
			return &l
		}
	}
	numbers := func(frames, channels int) format.Input {
		return format.Input{Name: "x", Frames: frames, Channels: channels}
	}
	list := []wideNode{
		{"conv of a frame", numbers(5, 27), conv(27, 77, 5, 1, 1)},
		{"conv", numbers(9, 27), conv(27, 77, 3, 1, 1)},
		{"conv with strides", numbers(12, 19), conv(19, 64, 4, 3, 1)},
		{"dilated conv", numbers(11, 13), conv(13, 40, 3, 1, 4)},
		{"conv of one channel", numbers(160, 1), conv(1, 130, 64, 32, 1)},
		{"pointwise conv", numbers(6, 50), conv(50, 33, 1, 1, 1)},
		{"dense", numbers(1, 70), layer(modeltest.Spec{Variant: format.VariantTanh, Input: 70, Below: 85})},
		{"dense of frames", numbers(4, 70), layer(modeltest.Spec{Variant: format.VariantTanh, Input: 70, Below: 85})},
		{"embedding", format.Input{Name: "x", Frames: 3, Channels: 1, Tokens: 50}, func(r *rand.Rand) format.Op {
			e := &format.Embedding{Tokens: 50, Size: 37}
			for range e.Tokens * e.Size {
				e.Table = append(e.Table, 2*r.Float32()-1)
			}
			return e
		}},
	}
	for _, c := range modeltest.Cells() {
		c.Input, c.Hidden = 45, 50
		for _, frames := range []int{1, 3} {
			list = append(list, wideNode{fmt.Sprintf("%v, %d frames", c, frames), numbers(frames, 45), layer(c)})
		}
	}
	return list
}

// In every number format, every op with weights gives the same bits on all kernel
// sets, step by step and as a sequence, and nearly the outputs of float32. A function
// before and after the op makes the model a graph.
func TestWideNodesInEveryFormat(t *testing.T) {
	const steps = 9
	for i, n := range wideNodes() {
		t.Run(n.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(i), 77))
			m := &format.Model{Graph: &format.Graph{
				Inputs:  []format.Input{n.in},
				Nodes:   []format.Node{{Op: n.op(r), Inputs: []int{0}}, {Op: &format.Map{Function: format.Activation{Kind: format.ActivationSoftsign}}, Inputs: []int{1}}},
				Outputs: []format.Port{{Name: "y", Value: 2}},
			}}
			if n.in.Tokens == 0 {
				m.InputSize = n.in.Frames * n.in.Channels
			}
			in := newGraphInput(r, m.Graph, steps)
			float, err := rnn.New(m)
			require.NoError(t, err)
			want, err := float.NewSession().RunInputs(in.xs, in.tokens)
			require.NoError(t, err)
			for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8, format.DTypeInt4} {
				c, err := m.Convert(dtype)
				require.NoError(t, err)
				var bits []uint32
				for _, set := range kernels.Available() {
					q, err := rnn.New(c, rnn.WithKernels(set.Name()))
					require.NoError(t, err)
					got := runAll(t, q, in)
					if bits == nil {
						bits = got
						requireClose(t, want, q, in, map[format.DType]float64{format.DTypeF32: 0, format.DTypeF16: 0.002, format.DTypeInt8: 0.05, format.DTypeInt4: 0.5}[dtype])
					}
					require.Equal(t, bits, got, "%v on %s", dtype, set.Name())
					s := q.NewSession()
					var stepped []uint32
					for k := range steps {
						stepped = append(stepped, in.step(t, q, s, k)...)
					}
					require.Equal(t, bits, stepped, "%v on %s, step by step", dtype, set.Name())
				}
			}
		})
	}
}

// requireClose requires that a model's outputs are within most of want, on
// average.
func requireClose(t *testing.T, want []float32, m *rnn.Model, in graphInput, most float64) {
	t.Helper()
	got, err := m.NewSession().RunInputs(in.xs, in.tokens)
	require.NoError(t, err)
	sum := 0.0
	for i, w := range want {
		sum += math.Abs(float64(got[i] - w))
	}
	require.LessOrEqual(t, sum/float64(len(want)), most)
	if most > 0 {
		require.Positive(t, sum, "the weights are others")
	}
}
