package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx"
)

// That a GRU resets before the product is doubtful if PyTorch says so, whose own
// resets after it.
func TestResetIsDoubtfulFromPyTorch(t *testing.T) {
	for _, c := range []struct {
		name, producer string
		reset          []int // linear_before_reset, if there is any
		doubtful       bool
	}{
		{"PyTorch without", "pytorch", nil, true},
		{"PyTorch with 0", "pytorch", []int{0}, true},
		{"PyTorch with 1", "pytorch", []int{1}, false},
		{"another exporter", "tf2onnx", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			m.Producer = c.producer
			gru := find(m, "GRU")
			var kept attrs
			for _, a := range gru.Attributes {
				if a.Name != "linear_before_reset" {
					kept = append(kept, a)
				}
			}
			if gru.Attributes = kept; c.reset != nil {
				set(gru, attr("linear_before_reset", c.reset[0]))
			}
			n, err := onnx.Read(m.Marshal())
			require.NoError(t, err)
			require.Equal(t, c.doubtful, n.DoubtfulReset)
			if c.doubtful {
				require.Equal(t, format.VariantResetBefore, n.Layers[0].Variant, "it is as the file says")
				require.Equal(t, 1, n.SetVariant(format.VariantResetAfter))
				require.Equal(t, format.VariantResetAfter, n.Layers[0].Variant)
				require.False(t, n.DoubtfulReset)
			}
		})
	}
}
