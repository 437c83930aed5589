package format_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rnnrun/rnnrun/format"
)

// gru returns a model with a GRU of 2 inputs and 3 units, as PyTorch has it.
func gru() (*format.Model, error) {
	layer := format.Layer{Cell: format.CellGRU, Variant: format.VariantResetAfter, InputSize: 2, HiddenSize: 3}
	weights, err := layer.Pack(format.Plain{
		WeightIH: make([]float32, 9*2),
		WeightHH: make([]float32, 9*3),
	})
	if err != nil {
		return nil, err
	}
	layer.Directions = []format.Weights{weights}
	return &format.Model{
		Task:       format.TaskRegress,
		InputSize:  2,
		Layers:     []format.Layer{layer},
		Provenance: []format.Property{{Key: "source", Value: "an example"}},
	}, nil
}

func ExampleRead() {
	m, err := gru()
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := m.Append(nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	m, err = format.Read(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	l := &m.Layers[0]
	fmt.Printf("%v (%v), %d → %d\n", l.Cell, l.Variant, l.InputSize, l.HiddenSize)

	data[100] ^= 1
	_, err = format.Read(data)
	fmt.Println(errors.Is(err, format.ErrCorrupt))
	// Output:
	// GRU (reset after), 2 → 3
	// true
}

func ExampleWriteFile() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.rnn")

	m, err := gru()
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := format.WriteFile(path, m); err != nil {
		fmt.Println(err)
		return
	}

	f, err := format.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	fmt.Println(f.Model.Parameters(), "parameters from", f.Model.Provenance[0].Value)
	// Output: 57 parameters from an example
}

// The weights of a small layer take more than a quarter in int8, since columns
// are padded.
func ExampleModel_Convert() {
	m, err := gru()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8} {
		c, err := m.Convert(dtype)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(dtype, c.WeightBytes(dtype), "bytes")
	}
	// Output:
	// f32 608 bytes
	// f16 240 bytes
	// int8 192 bytes
}

// A row's greatest weight becomes 127.
func ExampleMatrix_Quantize() {
	dense, err := format.PackDense(3, 1, []float32{1, -0.5, 0.25}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	q := dense.Weight.Quantize(dense.InputSize)
	for k := range dense.InputSize {
		fmt.Printf("%d × %.5f = %.4f\n", q.Int8[q.Index(0, k)], q.Scale[0], q.At(0, k))
	}
	// Output:
	// 127 × 0.00787 = 1.0000
	// -64 × 0.00787 = -0.5039
	// 32 × 0.00787 = 0.2520
}

func ExampleEmbedding_Quantize() {
	e := format.Embedding{Tokens: 2, Size: 3, Table: []float32{1.27, 0.5, 0, -254, 2, 127}}
	q := e.Quantize()
	fmt.Println(q.Int8)
	fmt.Println(e.At(1, 2), q.At(1, 2))
	// Output:
	// [127 50 0 0 -127 1 64 0]
	// 127 128
}

// The error says what is wrong, where, and what to do.
func ExampleError() {
	_, err := format.Read([]byte("name,age\n"))
	fmt.Println(err)
	var e *format.Error
	if errors.As(err, &e) {
		fmt.Println(e.Section, e.Offset, errors.Is(err, format.ErrNotModel))
	}
	// Output:
	// not a .rnn file: header, byte 0: it starts with 6e 61 6d 65 2c 61 67 65, want 89 52 4e 4e 0d 0a 1a 0a (give a file that rnntrain made)
	// header 0 true
}

// A dense layer below an LSTM with peepholes, a bound, and a hard sigmoid for its
// gates, as ONNX has them.
func ExampleLayer() {
	dense := format.Layer{Cell: format.CellDense, InputSize: 1, HiddenSize: 2}
	w, err := dense.Pack(format.Plain{WeightIH: []float32{1, -1}, BiasIH: []float32{0, 0.5}})
	if err != nil {
		panic(err)
	}
	w.Activations = []format.Activation{{Kind: format.ActivationReLU}}
	dense.Directions = []format.Weights{w}

	lstm := format.Layer{Cell: format.CellLSTM, InputSize: 2, HiddenSize: 1, Clip: 3}
	w, err = lstm.Pack(format.Plain{
		WeightIH: make([]float32, 4*2), WeightHH: make([]float32, 4), // [gates * units][inputs], [gates * units][units]
		Peephole: []float32{0.1, 0.2, 0.3}, // i, f, o
	})
	if err != nil {
		panic(err)
	}
	w.Activations = []format.Activation{
		{Kind: format.ActivationHardSigmoid, Alpha: 0.2, Beta: 0.5}, // i, f, o
		{Kind: format.ActivationTanh},                               // g
		{Kind: format.ActivationSoftsign},                           // the cell's output
	}
	lstm.Directions = []format.Weights{w}

	m := format.Model{InputSize: 1, Layers: []format.Layer{dense, lstm}}
	fmt.Println(m.Validate(), m.Parameters(), lstm.Special())
	// Output: <nil> 23 true
}
