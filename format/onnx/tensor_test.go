package onnx_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// Every type of tensor, raw and in the field of its type, packed and not.
func TestTensorsOfEveryType(t *testing.T) {
	packed := func(numbers ...uint64) (b []byte) {
		for _, v := range numbers {
			b = protowire.AppendVarint(b, v)
		}
		return b
	}
	half := []byte{0x00, 0x38, 0x00, 0xc0} // 0.5, -2
	for _, c := range []struct {
		name  string
		dtype int64
		data  func(m *onnxtest.Message)
		want  []float32
	}{
		{"float, raw", onnxtest.Float, func(m *onnxtest.Message) { m.Bytes(9, raw32(0.5, -2)) }, []float32{0.5, -2}},
		{"float, packed", onnxtest.Float, func(m *onnxtest.Message) { m.Bytes(4, raw32(0.5, -2)) }, []float32{0.5, -2}},
		{"float, one by one", onnxtest.Float, func(m *onnxtest.Message) {
			m.Float(4, 0.5)
			m.Float(4, -2)
		}, []float32{0.5, -2}},
		{"double, raw", onnxtest.Double, func(m *onnxtest.Message) { m.Bytes(9, raw64(0.1, -2)) }, []float32{0.1, -2}},
		{"double, packed", onnxtest.Double, func(m *onnxtest.Message) { m.Bytes(10, raw64(0.1, -2)) }, []float32{0.1, -2}},
		{"float16, raw", 10, func(m *onnxtest.Message) { m.Bytes(9, half) }, []float32{0.5, -2}},
		{"float16, as integers", 10, func(m *onnxtest.Message) { m.Bytes(5, packed(0x3800, 0xc000)) }, []float32{0.5, -2}},
		{"bfloat16, raw", 16, func(m *onnxtest.Message) { m.Bytes(9, []byte{0x00, 0x3f, 0x00, 0xc0}) }, []float32{0.5, -2}},
		{"bfloat16, as integers", 16, func(m *onnxtest.Message) { m.Bytes(5, packed(0x3f00, 0xc000)) }, []float32{0.5, -2}},
		{"int64, raw", onnxtest.Int64, func(m *onnxtest.Message) {
			m.Bytes(9, []byte{3, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
		}, []float32{3, -2}},
		{"int64, packed", onnxtest.Int64, func(m *onnxtest.Message) { m.Bytes(7, packed(3, math.MaxUint64-1)) }, []float32{3, -2}},
		{"int32, raw", onnxtest.Int32, func(m *onnxtest.Message) { m.Bytes(9, []byte{3, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff}) }, []float32{3, -2}},
		{"int32, packed", onnxtest.Int32, func(m *onnxtest.Message) { m.Bytes(5, packed(3, math.MaxUint64-1)) }, []float32{3, -2}},
		{"int8, raw", 3, func(m *onnxtest.Message) { m.Bytes(9, []byte{3, 0xfe}) }, []float32{3, -2}},
		{"int8, packed", 3, func(m *onnxtest.Message) { m.Bytes(5, packed(3, math.MaxUint64-1)) }, []float32{3, -2}},
		{"uint8, raw", 2, func(m *onnxtest.Message) { m.Bytes(9, []byte{3, 0xfe}) }, []float32{3, 254}},
		{"uint8, packed", 2, func(m *onnxtest.Message) { m.Bytes(5, packed(3, 254)) }, []float32{3, 254}},
		{"uint16, raw", 4, func(m *onnxtest.Message) { m.Bytes(9, []byte{3, 0, 0xfe, 0xff}) }, []float32{3, 65534}},
		{"int16, raw", 5, func(m *onnxtest.Message) { m.Bytes(9, []byte{3, 0, 0xfe, 0xff}) }, []float32{3, -2}},
		{"bool, raw", onnxtest.Bool, func(m *onnxtest.Message) { m.Bytes(9, []byte{1, 0}) }, []float32{1, 0}},
		{"bool, packed", onnxtest.Bool, func(m *onnxtest.Message) { m.Bytes(5, packed(1, 0)) }, []float32{1, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			replace(m, "Add", node("Cast", list("numbers"), list("bias"), attr("to", 1)), node("Add", list("product", "bias"), list("y")))
			drop(m, "bias")
			var numbers, opset, data onnxtest.Message
			numbers.Number(1, 2)
			numbers.Number(2, c.dtype)
			numbers.Text(8, "numbers")
			c.data(&numbers)
			graph := m.Graph()
			graph.Bytes(5, numbers)
			opset.Number(2, 13)
			data.Number(1, 8)
			data.Bytes(7, graph)
			data.Bytes(8, opset)
			n, err := onnx.Read(data)
			require.NoError(t, err)
			require.Equal(t, c.want, n.Layers[1].Directions[0].BiasIH)
		})
	}
}

func raw32(numbers ...float32) (b []byte) {
	for _, v := range numbers {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func raw64(numbers ...float64) (b []byte) {
	for _, v := range numbers {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}
