package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/npy"
)

// readConstants reads the files of the flag --input.
func readConstants(flags []string) ([]onnx.Constant, error) {
	var constants []onnx.Constant
	for _, flag := range flags {
		name, path, ok := strings.Cut(flag, "=")
		if !ok || name == "" || path == "" || path == "-" {
			return nil, cli.Usagef("--input %s: give NAME=FILE or NAME=NUMBER", flag)
		}
		for i := range constants {
			if constants[i].Name == name {
				return nil, cli.Usagef("--input names %s twice", name)
			}
		}
		if isNumber(path) {
			constants = append(constants, onnx.Constant{Name: name, Number: path})
			continue
		}
		c, err := readConstant(path)
		if err != nil {
			return nil, fmt.Errorf("--input %s: %w", flag, err)
		}
		c.Name = name
		constants = append(constants, *c)
	}
	return constants, nil
}

// isNumber reports whether the value is a number, not the name of a file.
func isNumber(value string) bool {
	_, err := strconv.ParseFloat(value, 64)
	return err == nil || value == "true" || value == "false"
}

// readConstant reads a NumPy array or an ONNX tensor.
func readConstant(path string) (*onnx.Constant, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(data, []byte("\x93NUMPY")) {
		return onnx.ReadTensor(data)
	}
	r, err := npy.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if !r.DType.Integer() {
		shape, numbers, err := npy.ReadAll(bytes.NewReader(data))
		return &onnx.Constant{Shape: shape, Floats: numbers}, err
	}
	c := &onnx.Constant{Shape: r.Shape, Ints: []int64{}}
	for r.Left() > 0 {
		var v [1]int32
		if err := r.ReadInt32(v[:]); err != nil {
			return nil, err
		}
		c.Ints = append(c.Ints, int64(v[0]))
	}
	return c, nil
}
