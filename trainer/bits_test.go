package trainer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"rnnrun/format"
	"rnnrun/models"
	"rnnrun/runtime"
)

// The trainer's forward pass gives the bits of the runtime.
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
								Pool: pool, Outputs: 11, Output: format.Softmax,
							}, uint64(layers))
							require.NoError(t, err)
							requireRuntimeBits(t, net, batch)
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
	p := newPass(net)
	require.NoError(t, p.batch.load(net.Model(), sequences))
	p.forward(false, dropout{})

	model, err := runtime.New(net.Model())
	require.NoError(t, err)
	session := model.NewSession()
	for b, i := range p.batch.order {
		session.Reset()
		want, err := session.RunTokens(sequences[i].Tokens)
		require.NoError(t, err)
		var got []float32
		if net.Model().Pool != format.PoolNone {
			got = append(got, p.outputs.row(b)...)
		} else {
			for step := range p.batch.lengths[b] {
				got = append(got, p.outputs.row(p.batch.offset[step]+b)...)
			}
		}
		require.Equal(t, bits(want), bits(got), "sequence %d", i)
	}
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
				data, err := models.Load(name)
				require.NoError(t, err)
				model, err := format.Read(data)
				require.NoError(t, err)
				net, err := FromModel(model)
				require.NoError(t, err)
				requireRuntimeBits(t, net, batch)
			})
		}
	}
}
