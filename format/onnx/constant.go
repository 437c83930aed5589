package onnx

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A Constant is a value for an input of the graph, which then is no longer an
// input. Exporters sometimes leave weights as inputs, and so do ONNX's own test
// models.
type Constant struct {
	Name   string // of the input
	Shape  []int
	Floats []float32 // row-major
	Ints   []int64   // instead of Floats, if the input is of integers
	// Number is, instead of all others, the value of every element of the input: a
	// decimal number, true or false. Open dimensions of the input are then 1.
	Number string
}

// ReadTensor reads a TensorProto, the form of ONNX's test data in files named
// .pb. The error is an [*Error].
func ReadTensor(data []byte) (*Constant, error) {
	t, err := new(parser).tensor(data)
	if err != nil {
		return nil, err
	}
	return &Constant{Name: t.name, Shape: t.shape, Floats: t.floats, Ints: t.ints}, nil
}

// set turns inputs of the graph into constants.
func (g *graph) set(constants []Constant) error {
	for i := range constants {
		t, err := g.constant(&constants[i])
		if err != nil {
			return err
		}
		g.initializers = append(g.withoutInitializer(t.name), t)
	}
	return nil
}

// withoutInitializer returns the initializers except that of a name, which is
// only the default of an input.
func (g *graph) withoutInitializer(name string) []*tensor {
	var kept []*tensor
	for _, t := range g.initializers {
		if t.name != name {
			kept = append(kept, t)
		}
	}
	return kept
}

// constant returns the tensor that a constant gives an input.
func (g *graph) constant(c *Constant) (*tensor, error) {
	var names []string
	for i := range g.inputs {
		v := &g.inputs[i]
		names = append(names, quote(v.name))
		if v.name != c.Name {
			continue
		}
		if c.Number != "" {
			return v.filled(c.Number)
		}
		t := &tensor{name: c.Name, dtype: v.dtype, shape: c.Shape, floats: c.Floats, ints: c.Ints}
		numbers, known := statedict.Numbers(c.Shape, int64(len(c.Floats)+len(c.Ints)))
		switch {
		case v.dtype.isInteger() != (c.Ints != nil):
			return nil, tensorError(c.Name, network.ErrShape, "the input is of the type %v, but the value given for it is not", v.dtype)
		case !known || numbers != int64(len(c.Floats)+len(c.Ints)):
			return nil, tensorError(c.Name, network.ErrShape, "the value given for the input has the shape %v and %s", c.Shape, message.Count(len(c.Floats)+len(c.Ints), "element"))
		case v.shaped && !v.fits(c.Shape):
			return nil, tensorError(c.Name, network.ErrShape, "the value given for the input has the shape %v, but the input has another", c.Shape)
		}
		return t, nil
	}
	return nil, tensorError(c.Name, network.ErrUnsupported, "the graph has no input of this name, but %s", strings.Join(names, ", "))
}

// filled returns the tensor for the input all of whose elements are a number.
func (v *input) filled(text string) (*tensor, error) {
	t := &tensor{name: v.name, dtype: v.dtype, shape: []int{}}
	for _, d := range v.shape {
		t.shape = append(t.shape, int(max(d.value, 1)))
	}
	n, known := statedict.Numbers(t.shape, maxIntegers)
	if !v.shaped || !known || n > maxIntegers {
		return nil, tensorError(v.name, network.ErrShape, "the input has no shape, or more than %d elements: give its value as a file", maxIntegers)
	}
	if least, greatest, ok := v.dtype.bounds(); ok {
		i, err := strconv.ParseInt(text, 10, 64)
		if b, isBool := map[string]int64{"false": 0, "true": 1}[text]; isBool {
			i, err = b, nil
		}
		if err != nil || i < least || i > greatest {
			return nil, tensorError(v.name, network.ErrShape, "the input is of the type %v, which %s is not", v.dtype, quote(text))
		}
		t.ints = slices.Repeat([]int64{i}, int(n))
		return t, nil
	}
	f, err := strconv.ParseFloat(text, 32)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || !v.dtype.isFloat() {
		return nil, tensorError(v.name, network.ErrShape, "the input is of the type %v, which %s is not", v.dtype, quote(text))
	}
	t.floats = slices.Repeat([]float32{float32(f)}, int(n))
	return t, nil
}

// fits reports whether a shape is one that the input may have.
func (v *input) fits(shape []int) bool {
	if len(shape) != len(v.shape) {
		return false
	}
	for i, d := range v.shape {
		if d.value != 0 && d.value != int64(shape[i]) {
			return false
		}
	}
	return true
}
