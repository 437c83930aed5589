package quantize_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/quantize"
)

// A loss that is not a number is within no bound.
func TestALossThatIsNotANumberIsNotAccepted(t *testing.T) {
	m := modeltest.ConvLSTM(1)
	// Whoever keeps the LSTM in int8 gets NaN.
	loss := func(q *format.Model) (float64, error) {
		if nodeFormat(q.Graph.Nodes[4]) == format.DTypeInt8 {
			return math.NaN(), nil
		}
		return 0.5, nil
	}
	r, err := quantize.Search(m, quantize.Options{DType: format.DTypeInt8, Loss: loss, MaxLoss: 1})
	require.NoError(t, err)
	require.Equal(t, 0.5, r.Loss)
	for _, p := range r.Parts {
		require.Equal(t, p.Name == "value 5", p.Kept, p.Name)
	}
	r, err = quantize.Search(m, quantize.Options{DType: format.DTypeInt8, Loss: loss, MaxLoss: math.Inf(1)})
	require.NoError(t, err)
	require.True(t, math.IsNaN(r.Loss), "every loss is accepted")
	r, err = quantize.Search(m, quantize.Options{DType: format.DTypeInt8, Loss: loss, MaxLoss: math.Inf(1), MaxPartLoss: 1})
	require.NoError(t, err)
	require.Equal(t, 0.5, r.Loss, "the part is kept at once")
}

// Parts that have a format of their own keep it, whatever that costs.
func TestPartsMayHaveTheirFormat(t *testing.T) {
	const f32, f16, int8 = format.DTypeF32, format.DTypeF16, format.DTypeInt8
	loss := func(q *format.Model) (float64, error) { return float64(q.WeightBytes(int8)), nil }
	for _, test := range []struct {
		name  string
		model *format.Model
		parts map[string]format.DType
		max   float64
		want  []format.DType
	}{
		{"of a graph", modeltest.ConvLSTM(1), map[string]format.DType{"value 2": f32, "value 6": f16}, math.Inf(1), []format.DType{f32, int8, f16, int8}},
		{"within a loss", modeltest.ConvLSTM(1), map[string]format.DType{"value 2": int8}, 0, []format.DType{int8, f16, f16, f16}},
		{"of a stack", tokens().Model(), map[string]format.DType{"layer 1": f32, "head": f16}, math.Inf(1), []format.DType{int8, int8, f32, f16}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := quantize.Search(test.model, quantize.Options{DType: int8, Parts: test.parts, Loss: loss, MaxLoss: test.max})
			require.NoError(t, err)
			var got []format.DType
			if test.model.Graph == nil {
				got = formats(r.Model)
			} else {
				for _, i := range []int{1, 4, 5, 6} {
					got = append(got, nodeFormat(r.Model.Graph.Nodes[i]))
				}
			}
			require.Equal(t, test.want, got)
		})
	}
	var unknown *quantize.UnknownPartError
	_, err := quantize.Search(tokens().Model(), quantize.Options{DType: int8, Parts: map[string]format.DType{"layer 2": f16}, Loss: loss})
	require.ErrorAs(t, err, &unknown)
	require.EqualError(t, err, `the model has no part "layer 2": it has embedding, layer 0, layer 1, head`)
}
