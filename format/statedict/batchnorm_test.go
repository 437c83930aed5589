package statedict_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// normalized is what a batch normalization of norm computes, by its formula.
func normalized(x []float64, eps float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		t := float64(float32(i+1) / 128) // weight, bias, mean and variance
		y[i] = (v-t)/math.Sqrt(t+eps)*t + t
	}
	return y
}

// sums are the products of a layer's first direction with inputs x.
func sums(l *network.Layer, x []float64) []float64 {
	w := &l.Directions[0]
	y := make([]float64, len(w.WeightIH)/l.InputSize)
	for i := range y {
		if w.BiasIH != nil {
			y[i] = float64(w.BiasIH[i])
		}
		for k, v := range x {
			y[i] += float64(w.WeightIH[i*l.InputSize+k]) * v
		}
	}
	return y
}

// A batch normalization becomes part of a layer beside it, and changes no output.
func TestBatchNormalizationFolds(t *testing.T) {
	eps := 0.25
	x := []float64{0.5, -1, 2}
	fc := one(tensor("fc.weight", 2, 3))
	head := statedict.Module{Name: "fc", Activation: "none"}
	plain, err := statedict.Network(join(rnn("rnn.", 3, 3, 3), fc), &statedict.Architecture{Pool: "last", Modules: []statedict.Module{{Name: "rnn"}, head}})
	require.NoError(t, err)

	t.Run("into the linear layer above", func(t *testing.T) {
		n, err := statedict.Network(join(rnn("rnn.", 3, 2, 3), fc, norm("bn.", 3)), &statedict.Architecture{Pool: "last"})
		require.NoError(t, err)
		require.Equal(t, []string{"GRU", "dense"}, kinds(n))
		require.InDeltaSlice(t, sums(&plain.Layers[1], normalized(x, 1e-5)), sums(&n.Layers[1], x), 1e-6)
		require.Len(t, n.Notes, 1)
		require.Contains(t, n.Notes[0], `eps of the batch normalization "bn" is taken to be 1e-05`)
	})
	t.Run("into the linear layer below", func(t *testing.T) {
		n, err := statedict.Network(join(rnn("rnn.", 3, 2, 3), fc, norm("bn.", 2)),
			&statedict.Architecture{Pool: "last", Modules: []statedict.Module{{Name: "rnn"}, head, {Name: "bn", Eps: &eps, Activation: "relu"}}})
		require.NoError(t, err)
		require.Equal(t, []string{"GRU", "dense"}, kinds(n))
		require.InDeltaSlice(t, normalized(sums(&plain.Layers[1], x), eps), sums(&n.Layers[1], x), 1e-6)
		require.Equal(t, format.ActivationReLU, n.Layers[1].Activation.Kind)
		require.Empty(t, n.Notes, "eps is given")
	})
	t.Run("into the recurrent layer above", func(t *testing.T) {
		n, err := statedict.Network(join(norm("bn.", 3), rnn("rnn.", 3, 3, 3)),
			&statedict.Architecture{Modules: []statedict.Module{{Name: "bn", Eps: &eps}, {Name: "rnn"}}})
		require.NoError(t, err)
		require.Equal(t, []string{"GRU"}, kinds(n))
		require.InDeltaSlice(t, sums(&plain.Layers[0], normalized(x, eps)), sums(&n.Layers[0], x), 1e-6)
	})
	t.Run("into none, where a function stands between", func(t *testing.T) {
		head := statedict.Module{Name: "fc", Activation: "relu"}
		n, err := statedict.Network(join(rnn("rnn.", 3, 2, 3), fc, norm("bn.", 2)),
			&statedict.Architecture{Pool: "last", Modules: []statedict.Module{{Name: "rnn"}, head, {Name: "bn", Eps: &eps}}})
		require.NoError(t, err)
		require.Equal(t, []string{"GRU", "dense", "dense"}, kinds(n))
		require.InDeltaSlice(t, normalized(x[:2], eps), sums(&n.Layers[2], x[:2]), 1e-6)
	})
	t.Run("two in a row", func(t *testing.T) {
		n, err := statedict.Network(join(rnn("rnn.", 3, 2, 3), norm("a.", 3), norm("b.", 3), fc),
			&statedict.Architecture{Pool: "last", Modules: []statedict.Module{{Name: "rnn"}, {Name: "a", Eps: &eps}, {Name: "b", Eps: &eps}, {Name: "fc"}}})
		require.NoError(t, err)
		y := x
		for i := range n.Layers[1:] {
			y = sums(&n.Layers[1+i], y)
		}
		require.InDeltaSlice(t, sums(&plain.Layers[1], normalized(normalized(x, eps), eps)), y, 1e-6)
	})
}
