package onnxtest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// The sizes of all cells.
const (
	Steps, Batch, Input, Hidden = 6, 3, 2, 3
)

// A Cell is a single node of the operator RNN, GRU or LSTM. Its name determines its
// random weights.
type Cell struct {
	Operator          string
	Direction         string // empty: not given
	Layout            int
	Bias, Initial     bool // it has B; it has constant initial states
	Peepholes         bool
	Lengths           bool // the sequences have the lengths of SequenceLengths
	Clip              float32
	InputForget       bool
	LinearBeforeReset bool
	Activations       []string
	Alpha, Beta       []float32
}

// SequenceLengths returns the lengths of a cell's sequences if Lengths is set.
func SequenceLengths() []int { return []int{Steps, 2, 4} }

// String returns the case's name.
func (c *Cell) String() string {
	list := []string{c.Operator, c.Direction}
	add := func(is bool, what string) {
		if is {
			list = append(list, what)
		}
	}
	add(c.Layout == 1, "layout")
	add(c.Bias, "bias")
	add(c.Initial, "initial")
	add(c.Peepholes, "peepholes")
	add(c.Lengths, "lengths")
	add(c.Clip > 0, "clip")
	add(c.InputForget, "forget")
	add(c.LinearBeforeReset, "linear")
	add(len(c.Activations) > 0, strings.Join(c.Activations, "+"))
	add(len(c.Alpha)+len(c.Beta) > 0, fmt.Sprint(c.Alpha, c.Beta))
	return strings.Join(list, "-")
}

// Gates returns the number of the operator's gates.
func (c *Cell) Gates() int { return map[string]int{"RNN": 1, "GRU": 3, "LSTM": 4}[c.Operator] }

// Directions returns the number of directions.
func (c *Cell) Directions() int {
	if c.Direction == "bidirectional" {
		return 2
	}
	return 1
}

// Random returns n random numbers from -1 to 1, determined by a name.
func Random(name string, n int) []float32 {
	h := fnv.New64a()
	h.Write([]byte(name))
	r := rand.New(rand.NewPCG(h.Sum64(), 0))
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.Float64()*2 - 1)
	}
	return v
}

func (c *Cell) random(name string, shape ...int) Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return Floats(name, shape, Random(c.String()+name, n))
}

// weights returns the node's constants by name.
func (c *Cell) weights() map[string]Tensor {
	d, g := c.Directions(), c.Gates()
	w := map[string]Tensor{
		"W": c.random("W", d, g*Hidden, Input),
		"R": c.random("R", d, g*Hidden, Hidden),
	}
	if c.Bias {
		w["B"] = c.random("B", d, 2*g*Hidden)
	}
	if c.Peepholes {
		w["P"] = c.random("P", d, 3*Hidden)
	}
	if c.Initial {
		for _, name := range []string{"initial_h", "initial_c"} {
			if name == "initial_c" && c.Operator != "LSTM" {
				break
			}
			// The states of all sequences are equal, as in a network.
			one := Random(c.String()+name, d*Hidden)
			var data []float32
			if c.Layout == 1 {
				for range Batch {
					data = append(data, one...)
				}
				w[name] = Floats(name, []int{Batch, d, Hidden}, data)
				continue
			}
			for k := range d {
				for range Batch {
					data = append(data, one[k*Hidden:][:Hidden]...)
				}
			}
			w[name] = Floats(name, []int{d, Batch, Hidden}, data)
		}
	}
	return w
}

// X returns the input of a cell, [Steps][Batch][Input], also if Layout is 1.
func (c *Cell) X() []float32 { return Random(c.String()+"X", Steps*Batch*Input) }

// Model returns a model of the node, with some of the outputs Y, Y_h and Y_c.
func (c *Cell) Model(outputs ...string) *Model {
	weights := c.weights()
	n := Node{Name: "cell", Operator: c.Operator, Inputs: []string{"X"}}
	m := &Model{Opset: 14, Inputs: []Value{{Name: "X", Type: Float, Shape: []any{Steps, Batch, Input}}}}
	if c.Layout == 1 {
		m.Inputs[0].Shape = []any{Batch, Steps, Input}
	}
	for _, name := range []string{"W", "R", "B", "lengths", "initial_h", "initial_c", "P"} {
		t, ok := weights[name]
		switch {
		case name == "lengths" && c.Lengths:
			m.Inputs = append(m.Inputs, Value{Name: name, Type: Int32, Shape: []any{Batch}})
		case ok:
			m.Constants = append(m.Constants, t)
		default:
			name = ""
		}
		n.Inputs = append(n.Inputs, name)
	}
	for n.Inputs[len(n.Inputs)-1] == "" {
		n.Inputs = n.Inputs[:len(n.Inputs)-1]
	}
	n.Attributes = c.attributes()
	shapes := map[string][]any{
		"Y":   {Steps, c.Directions(), Batch, Hidden},
		"Y_h": {c.Directions(), Batch, Hidden},
		"Y_c": {c.Directions(), Batch, Hidden},
	}
	if c.Layout == 1 {
		shapes = map[string][]any{
			"Y":   {Batch, Steps, c.Directions(), Hidden},
			"Y_h": {Batch, c.Directions(), Hidden},
			"Y_c": {Batch, c.Directions(), Hidden},
		}
	}
	for _, name := range []string{"Y", "Y_h", "Y_c"} {
		put := ""
		for _, o := range outputs {
			if o == name {
				put = name
				m.Outputs = append(m.Outputs, Value{Name: name, Type: Float, Shape: shapes[name]})
			}
		}
		n.Outputs = append(n.Outputs, put)
	}
	for n.Outputs[len(n.Outputs)-1] == "" {
		n.Outputs = n.Outputs[:len(n.Outputs)-1]
	}
	m.Nodes = []Node{n}
	return m
}

func (c *Cell) attributes() []Attribute {
	list := []Attribute{{Name: "hidden_size", Value: Hidden}}
	add := func(is bool, name string, value any) {
		if is {
			list = append(list, Attribute{Name: name, Value: value})
		}
	}
	add(c.Direction != "", "direction", c.Direction)
	add(c.Layout == 1, "layout", 1)
	add(c.Clip > 0, "clip", c.Clip)
	add(c.InputForget, "input_forget", 1)
	add(c.LinearBeforeReset, "linear_before_reset", 1)
	add(len(c.Activations) > 0, "activations", c.Activations)
	add(len(c.Alpha) > 0, "activation_alpha", c.Alpha)
	add(len(c.Beta) > 0, "activation_beta", c.Beta)
	return list
}
