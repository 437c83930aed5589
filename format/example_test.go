package format_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"rnnrun/format"
)

// gru returns a model with a GRU of 2 inputs and 3 units, as PyTorch has it.
func gru() (*format.Model, error) {
	layer := format.Layer{Cell: format.GRU, Variant: format.ResetAfter, InputSize: 2, HiddenSize: 3}
	weights, err := layer.Pack(format.Plain{
		WeightIH: make([]float32, 9*2),
		WeightHH: make([]float32, 9*3),
	})
	if err != nil {
		return nil, err
	}
	layer.Directions = []format.Weights{weights}
	return &format.Model{
		Task:       format.Regress,
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

// The error says what is wrong, where, and what to do.
func ExampleError() {
	_, err := format.Read([]byte("name,age\n"))
	fmt.Println(err)
	var e *format.Error
	if errors.As(err, &e) {
		fmt.Println(e.Section, e.Offset, errors.Is(err, format.ErrNotModel))
	}
	// Output:
	// not a .rnn file: header, byte 0: it starts with 6e 61 6d 65 2c 61 67 65, where 89 52 4e 4e 0d 0a 1a 0a is due (give a file that rnntrain made)
	// header 0 true
}
