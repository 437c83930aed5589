package rtneural_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/rtneural"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// Everything in a JSON has a name, and what is no number no data.
func TestReadArrays(t *testing.T) {
	list, err := rtneural.ReadArrays([]byte(`{
		"model": "Thai", "rate": 48000, "on": true,
		"mat1": {"v": 1, "dim": [2, 1], "data": [1, 2]},
		"mat2": {"shape": [1], "data": [3]},
		"net": {"w": [[1, 2], [3, 4]], "data": [5]},
		"layers": [{"b": [6]}, {"b": [7]}], "ragged": [[8], [9, 10]]}`))
	require.NoError(t, err)
	require.Equal(t, []statedict.Tensor{
		{Name: "model", DType: "string"},
		{Name: "rate", DType: "number", Data: []float32{48000}},
		{Name: "on", DType: "bool"},
		{Name: "mat1", DType: "number", Shape: []int{2, 1}, Data: []float32{1, 2}},
		{Name: "mat2", DType: "number", Shape: []int{1}, Data: []float32{3}},
		{Name: "net.w", DType: "number", Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}},
		{Name: "net.data", DType: "number", Shape: []int{1}, Data: []float32{5}},
		{Name: "layers.0.b", DType: "number", Shape: []int{1}, Data: []float32{6}},
		{Name: "layers.1.b", DType: "number", Shape: []int{1}, Data: []float32{7}},
		{Name: "ragged.0", DType: "number", Shape: []int{1}, Data: []float32{8}},
		{Name: "ragged.1", DType: "number", Shape: []int{2}, Data: []float32{9, 10}},
	}, list)
}

func TestReadArraysRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no JSON":               {`{`, "unexpected EOF"},
		"a key twice":           {`{"a": 1, "a": 2}`, "occurs twice"},
		"another shape":         {`{"a": {"dim": [3], "data": [1, 2]}}`, `"a": it has 2 numbers, but its shape is [3]`},
		"a broken size":         {`{"a": {"dim": [1.5], "data": [1]}}`, "its shape has the number 1.5"},
		"a size below 0":        {`{"a": {"dim": [-1, -1], "data": [1]}}`, "its shape is [-1 -1]"},
		"a number of no float":  {`{"a": 1e99}`, "does not fit into float32"},
		"more values than fit":  {`{"a": [` + strings.Repeat(`"",`, 1<<16) + `""]}`, "more than 65536"},
		"arrays of great depth": {strings.Repeat("[", 99), "16 deep"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rtneural.ReadArrays([]byte(tt.text))
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// Any bytes give arrays whose shapes fit their numbers, or a typed error.
func FuzzReadArrays(f *testing.F) {
	f.Add([]byte(`{"a": {"v": 1, "dim": [2, 1], "data": [1, 2]}, "b": [[1], [2, 3]], "c": "x", "d": 1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := rtneural.ReadArrays(data)
		if err != nil {
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			return
		}
		for _, a := range list {
			if n, ok := statedict.Numbers(a.Shape, int64(len(a.Data))); a.Data != nil {
				require.True(t, ok && n == int64(len(a.Data)))
			}
		}
	})
}
