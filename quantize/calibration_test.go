package quantize_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestCalibrationBringsColumnsToOneRange(t *testing.T) {
	for _, test := range []struct {
		name string
		xs   []float32 // [2][3]
		want []float32
	}{
		{"ranges alike", []float32{1, -1.5, 1, 0, 1.9, 0}, nil},
		{"a smaller column", []float32{1, -4, 4, 0, 1.9, 0}, []float32{4, 1, 1}},
		{"never above the greatest", []float32{-1.1, 4, 4, 0, 0, 0}, []float32{2, 1, 1}},
		{"a column of zeros", []float32{0, 4, 1, 0, 0, 0}, []float32{1, 1, 4}},
		{"zeros", make([]float32, 6), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, quantize.Calibrate(numbers().Model(), test.xs).Factors)
		})
	}
}

// scaled returns m, for inputs whose column k is factors[k] times as great.
func scaled(m *format.Model, factors []float32) *format.Model {
	for d := range m.Layers[0].Directions {
		w := &m.Layers[0].Directions[d]
		for _, matrix := range []*format.Matrix{&w.Gates, &w.Candidate} {
			for row := range matrix.Rows {
				for k, factor := range factors {
					matrix.Data[matrix.Index(row, k)] /= factor
				}
			}
		}
	}
	return m
}

// Inputs that differ by five orders of magnitude lose no more than inputs of one
// range: each column has its own step.
func TestColumnsOfAllRangesBearInt8(t *testing.T) {
	factors := []float32{1, 1e5, 1e-2}
	for _, cell := range []format.Cell{format.CellLSTM, format.CellGRU, format.CellRNN} {
		for _, normalized := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, normalized %v", cell, normalized), func(t *testing.T) {
				spec := modeltest.Spec{Cell: cell, Variant: cell.DefaultVariant(), Input: 3, Hidden: 16, Outputs: 2, Seed: 3, Normalized: normalized}
				m := scaled(spec.Model(), factors)
				xs := make([]float32, 3*200)
				for i := range xs {
					xs[i] = factors[i%3] * float32(math.Sin(float64(i)*(1+0.3*float64(i%3))))
				}
				original, err := rnn.New(m)
				require.NoError(t, err)
				measure, err := quantize.NewOutputs(original, quantize.Sequence{Inputs: xs, Width: 3})
				require.NoError(t, err)
				p := quantize.Uniform(m, format.DTypeInt8)
				p.Calibration = quantize.Calibrate(m, xs)
				q, err := p.Model(m)
				require.NoError(t, err)
				loss, err := measure.Loss(q)
				require.NoError(t, err)
				require.Less(t, loss, 5.)

				p.Calibration.Factors = nil
				q, err = p.Model(m)
				require.NoError(t, err)
				loss, err = measure.Loss(q)
				require.NoError(t, err)
				require.Greater(t, loss, 10., "one step for all columns loses those of a small range")
			})
		}
	}
}
