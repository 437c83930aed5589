package onnx_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// sequence returns the input of sequence n of a case.
func sequence(c *onnxtest.Cell, n int) [][]float64 {
	steps := onnxtest.Steps
	if c.Lengths {
		steps = onnxtest.SequenceLengths()[n]
	}
	all := c.X()
	var x [][]float64
	for t := range steps {
		x = append(x, onnxtest.Widened(all[(t*onnxtest.Batch+n)*onnxtest.Input:][:onnxtest.Input]))
	}
	return x
}

// Every single operator computes, with all its attributes and inputs, what its
// specification says: the network that is read exactly, and its model in float32.
func TestCellsComputeTheirSpecification(t *testing.T) {
	const exact, rounded = 1e-12, 2e-6
	for _, c := range onnxtest.Cells() {
		want := c.Reference()
		y, err := onnx.Read(c.Model("Y").Marshal())
		require.NoError(t, err, c)
		state, err := onnx.Read(c.Model("Y_h").Marshal())
		require.NoError(t, err, c)
		outputs := []string{"Y", "Y_h", "Y_c"}
		if c.Operator != "LSTM" {
			outputs = outputs[:2]
		}
		all, err := onnx.Read(c.Model(outputs...).Marshal())
		require.NoError(t, err, c)
		require.Equal(t, y, all, c)
		for n := range onnxtest.Batch {
			x := sequence(c, n)
			in32 := run(t, y, x)
			for at, step := range onnxtest.Evaluate(y, x) {
				for i, v := range step {
					due := want.Y[at][i/onnxtest.Hidden][n][i%onnxtest.Hidden]
					require.InDelta(t, due, v, exact, "%v: step %d", c, at)
					require.InDelta(t, due, in32[at][i], rounded*max(1, math.Abs(due)), "%v: step %d", c, at)
				}
			}
			in32 = run(t, state, x)
			for i, v := range onnxtest.Evaluate(state, x)[0] {
				due := want.YH[i/onnxtest.Hidden][n][i%onnxtest.Hidden]
				require.InDelta(t, due, v, exact, "%v: final state", c)
				require.InDelta(t, due, in32[0][i], rounded*max(1, math.Abs(due)), "%v: final state", c)
			}
		}
	}
}
