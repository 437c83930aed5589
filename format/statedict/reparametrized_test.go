package statedict_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// A weight that is stored as magnitudes and directions is g v / |v|, in the norm
// of each row, of each column, or of all.
func TestWeightNorm(t *testing.T) {
	v := []float32{3, 4, 0, 0, 5, 12}
	for _, c := range []struct {
		name  string
		shape []int
		g     []float32
		want  []float32
	}{
		{"by row", []int{2, 1}, []float32{10, 26}, []float32{6, 8, 0, 0, 10, 24}},
		{"by column", []int{1, 3}, []float32{1, 2, 3}, []float32{1, float32(8 / math.Sqrt(41)), 0, 0, float32(10 / math.Sqrt(41)), 3}},
		{"of all", []int{}, []float32{float32(math.Sqrt(194))}, v},
	} {
		for _, names := range [][2]string{
			{"fc.weight_g", "fc.weight_v"},
			{"fc.parametrizations.weight.original0", "fc.parametrizations.weight.original1"},
		} {
			t.Run(c.name+", "+names[0], func(t *testing.T) {
				n, err := statedict.Network(join(rnn("rnn.", 3, 2, 3), []statedict.Tensor{
					{Name: names[1], Shape: []int{2, 3}, Data: v}, {Name: names[0], Shape: c.shape, Data: c.g},
				}), &statedict.Architecture{Pool: "last"})
				require.NoError(t, err)
				require.Equal(t, []string{"GRU", "dense"}, kinds(n))
				require.InDeltaSlice(t, c.want, n.Layers[1].Directions[0].WeightIH, 1e-6)
			})
		}
	}
}

// The weights of a recurrent module may be stored so, too.
func TestWeightNormOfARecurrentModule(t *testing.T) {
	v := tensor("rnn.weight_hh_l0_v", 9, 3)
	g := tensor("rnn.weight_hh_l0_g", 9, 1)
	for i := range g.Data {
		sum := 0.0
		for _, x := range v.Data[3*i : 3*i+3] {
			sum += float64(x) * float64(x)
		}
		g.Data[i] = float32(math.Sqrt(sum))
	}
	n, err := statedict.Network([]statedict.Tensor{tensor("rnn.weight_ih_l0", 9, 2), g, v}, nil)
	require.NoError(t, err)
	require.InDeltaSlice(t, v.Data, n.Layers[0].Directions[0].WeightHH, 1e-6)
}

// AWD-LSTM drops weights in training; the ones that count are the raw ones.
func TestWeightsBeforeDropout(t *testing.T) {
	raw := tensor("", 9, 3)
	for i := range raw.Data {
		raw.Data[i] = -raw.Data[i]
	}
	ih, hh := tensor("", 9, 2), tensor("", 9, 3)
	named := func(t statedict.Tensor, name string) statedict.Tensor { t.Name = name; return t }
	for _, c := range []struct {
		name    string
		tensors []statedict.Tensor
		layer   string
		notes   int
	}{
		{"beside the module", []statedict.Tensor{named(raw, "rnns.0.weight_hh_l0_raw"), named(ih, "rnns.0.module.weight_ih_l0"), named(hh, "rnns.0.module.weight_hh_l0")},
			"rnns.0.module.weight_ih_l0", 1},
		{"beside the module, alone", []statedict.Tensor{named(raw, "rnns.0.weight_hh_l0_raw"), named(ih, "rnns.0.module.weight_ih_l0")}, "rnns.0.module.weight_ih_l0", 0},
		{"in the module", []statedict.Tensor{named(ih, "rnn.module.weight_ih_l0"), named(raw, "rnn.module.weight_hh_l0_raw")}, "rnn.module.weight_ih_l0", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := statedict.Network(c.tensors, nil)
			require.NoError(t, err)
			require.Equal(t, c.layer, n.Layers[0].Name)
			require.Equal(t, raw.Data, n.Layers[0].Directions[0].WeightHH)
			require.Len(t, n.Notes, c.notes)
		})
	}
}

// A pruned weight is what its mask leaves of it.
func TestAPrunedWeight(t *testing.T) {
	lstm := []statedict.Tensor{
		tensor("lstm.weight_ih_l0", 8, 3), tensor("lstm.weight_hh_l0_orig", 8, 2), {Name: "lstm.weight_hh_l0_mask", DType: "F32", Shape: []int{8, 2}, Data: make([]float32, 16)},
	}
	for i := range lstm[2].Data {
		lstm[2].Data[i] = float32(i % 2)
	}
	n, err := statedict.Network(lstm, nil)
	require.NoError(t, err)
	for i, v := range n.Layers[0].Directions[0].WeightHH {
		require.Equal(t, lstm[1].Data[i]*float32(i%2), v)
	}
	lstm[2].Shape = []int{2, 8}
	_, err = statedict.Network(lstm, nil)
	require.ErrorIs(t, err, network.ErrShape)
}
