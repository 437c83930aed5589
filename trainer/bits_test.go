package trainer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/models"
	"github.com/rnnrun/rnnrun/runtime"
)

var dtypes = []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8, format.DTypeInt4}

// The trainer's forward pass gives the bits of the runtime, in every number
// format.
func TestForwardBitsAreTheRuntimes(t *testing.T) {
	for _, c := range cells {
		for _, layers := range []int{1, 2, 3} {
			for _, bidirectional := range []bool{false, true} {
				for _, pool := range []format.Pool{format.PoolNone, format.PoolLast, format.PoolMax, format.PoolMean} {
					for _, batch := range []int{1, 3} {
						name := fmt.Sprintf("%s/%d layers/bidirectional %v/pool %v/batch %d", c.name, layers, bidirectional, pool, batch)
						t.Run(name, func(t *testing.T) {
							net, err := NewNetwork(Architecture{
								Cell: c.cell, Variant: c.variant, Tokens: 30, EmbeddingSize: 10,
								HiddenSize: 21, Layers: layers, Bidirectional: bidirectional,
								Pool: pool, Outputs: 11, Output: format.OutputSoftmax,
							}, uint64(layers))
							require.NoError(t, err)
							for _, dtype := range dtypes {
								require.NoError(t, net.SetDType(dtype))
								requireRuntimeBits(t, net, batch)
							}
						})
					}
				}
			}
		}
	}
}

func requireRuntimeBits(t *testing.T, net *Network, batch int) {
	t.Helper()
	sequences := randomSequences(net.Model(), rand.New(rand.NewPCG(1, 9)), []int{17, 5, 29}[:batch]...)
	p := newReplica(net)
	require.NoError(t, p.batch.load(net.Model(), sequences))
	p.forward(false, dropout{})

	exported, err := net.Export()
	require.NoError(t, err)
	model, err := runtime.New(exported)
	require.NoError(t, err)
	session := model.NewSession()
	for b, i := range p.batch.order {
		session.Reset()
		var want []float32
		if exported.Embedding != nil {
			want, err = session.RunTokens(sequences[i].Tokens)
		} else {
			want, err = session.Run(sequences[i].Inputs)
		}
		require.NoError(t, err)
		var got []float32
		if net.Model().Pool != format.PoolNone {
			got = append(got, p.outputs.row(b)...)
		} else {
			for step := range p.batch.lengths[b] {
				got = append(got, p.outputs.row(p.batch.offset[step]+b)...)
			}
		}
		require.Equal(t, bits(want), bits(got), "%v, sequence %d", net.dtype, i)
	}
}

// The same holds for numbers, with one quantization step for all of them or one
// for each.
func TestForwardBitsOfNumbersAreTheRuntimes(t *testing.T) {
	for _, c := range cells {
		for _, bidirectional := range []bool{false, true} {
			for _, outputs := range []int{0, 3} {
				t.Run(fmt.Sprintf("%s/bidirectional %v/outputs %d", c.name, bidirectional, outputs), func(t *testing.T) {
					net, err := NewNetwork(Architecture{
						Cell: c.cell, Variant: c.variant, InputSize: 3, HiddenSize: 13, Layers: 2,
						Bidirectional: bidirectional, Outputs: outputs,
					}, 1)
					require.NoError(t, err)
					net.Model().Normalization = &format.Normalization{Mean: []float32{1, 0, -1}, Scale: []float32{0.5, 2, 1}}
					for _, dtype := range dtypes {
						for _, net.inputScale = range []float32{0, 0.02} {
							require.NoError(t, net.SetDType(dtype))
							requireRuntimeBits(t, net, 3)
						}
					}
				})
			}
		}
	}
}

// weightBits returns the bits of everything that a network learns.
func weightBits(net *Network) [][]uint32 {
	var all [][]uint32
	for _, w := range net.weights() {
		all = append(all, bits(w))
	}
	return all
}

func bits(s []float32) []uint32 {
	b := make([]uint32, len(s))
	for i, v := range s {
		b[i] = math.Float32bits(v)
	}
	return b
}

func TestForwardBitsOfTheBuiltinModels(t *testing.T) {
	for _, name := range models.Names() {
		for _, batch := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s/batch %d", name, batch), func(t *testing.T) {
				data, err := models.File(name)
				require.NoError(t, err)
				model, err := format.Read(data)
				require.NoError(t, err)
				net, err := FromModel(model)
				if model.Graph != nil { // vad: a stack behind a front end
					require.ErrorContains(t, err, "it is a graph of layers, not a stack")
					return
				}
				require.NoError(t, err)
				if model.Decoder != nil {
					requireTranslatorBits(t, net, [][]int32{{3, 9, 4}, {5}, {1, 2, 3, 4, 5, 6}}[:batch])
					return
				}
				requireRuntimeBits(t, net, batch)
			})
		}
	}
}
