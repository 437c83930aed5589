package onnx_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// Tokens are integers of any type, as they are, cast, or as ones among zeros.
func TestTokensOfEveryType(t *testing.T) {
	for _, way := range []string{"Gather", "Cast and Gather", "OneHot"} {
		for kind, name := range map[int]string{2: "uint8", 3: "int8", 4: "uint16", 5: "int16", onnxtest.Int32: "int32", onnxtest.Int64: "int64", 12: "uint32", 1: "float"} {
			t.Run(fmt.Sprint(way, " of ", name), func(t *testing.T) {
				m := gruModel("forward")
				m.Inputs[0] = onnxtest.Value{Name: "ids", Type: kind, Shape: []any{"T", "N"}}
				tokens := "ids"
				if way == "Cast and Gather" {
					add(m, node("Cast", list("ids"), list("wide"), attr("to", onnxtest.Int64)))
					tokens = "wide"
				}
				if way == "OneHot" {
					constants(m, onnxtest.Ints("depth", 2), onnxtest.Floats("values", []int{2}, []float32{0, 1}))
					add(m, node("OneHot", list(tokens, "depth", "values"), list("x")))
				} else {
					constants(m, floats("table", 5, 2))
					add(m, node("Gather", list("table", tokens), list("x")))
				}
				n, err := onnx.Read(m.Marshal())
				if name == "uint32" || name == "float" && way != "Cast and Gather" {
					require.ErrorIs(t, err, network.ErrUnsupported)
					return
				}
				require.NoError(t, err)
				require.Equal(t, 2, n.Embedding.Size)
				require.Equal(t, map[bool]int{true: 2, false: 5}[way == "OneHot"], n.Embedding.Tokens)
			})
		}
	}
}
