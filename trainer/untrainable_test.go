package trainer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

func TestFromModelRefuses(t *testing.T) {
	lstm := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 2}
	for _, c := range []struct {
		name   string
		change func(m *format.Model)
		reason string
	}{
		{"a dense layer", func(m *format.Model) {
			l := format.Layer{Cell: format.CellDense, InputSize: 2, HiddenSize: 2}
			l.Directions = []format.Weights{l.NewWeights()}
			m.Layers = append(m.Layers, l)
		}, "layer 1 is dense"},
		{"a reverse layer", func(m *format.Model) { m.Layers[0].Reverse = true }, "layer 0 reads sequences only in reverse"},
		{"a bound", func(m *format.Model) { m.Layers[0].Clip = 1 }, "layer 0 is not a plain LSTM"},
		{"a skip connection to probabilities", func(m *format.Model) { m.Skip, m.Output = true, format.OutputSigmoid }, "inputs are added"},
		{"an output", func(m *format.Model) { m.Output = format.OutputLogSoftmax }, "log-softmax"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := lstm.Model()
			_, err := FromModel(m)
			require.NoError(t, err)
			c.change(m)
			_, err = FromModel(m)
			require.ErrorIs(t, err, ErrUntrainable)
			require.ErrorContains(t, err, c.reason)
		})
	}
}
