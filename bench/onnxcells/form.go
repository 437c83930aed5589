package main

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// steps is the number of steps of a model that has them written out, and of those that are
// compared.
const steps = 5

func node(operator string, in, out []string, attributes ...onnxtest.Attribute) onnxtest.Node {
	return onnxtest.Node{Operator: operator, Inputs: in, Outputs: out, Attributes: attributes}
}

func list(names ...string) []string { return names }

func floating(name string, shape ...any) onnxtest.Value {
	return onnxtest.Value{Name: name, Type: onnxtest.Float, Shape: shape}
}

func scalar(name string, v int) onnxtest.Tensor {
	return onnxtest.Tensor{Name: name, Type: onnxtest.Int64, Shape: []int{}, Ints: []int64{int64(v)}}
}

func (c *cell) width(state string) int {
	if state == "c" {
		return c.units
	}
	return c.state
}

// model is the cell with a dense layer after its states h, or after the last one.
func (c *cell) model() *onnxtest.Model {
	m := &onnxtest.Model{Opset: 13, Constants: append(slices.Clone(c.constants), scalar("zero", 0), onnxtest.Ints("first", 0), onnxtest.Ints("second", 1))}
	head := c.floats(c.state, 2)
	m.Constants = append(m.Constants, c.constants[len(c.constants)-1])
	m.Outputs = []onnxtest.Value{floating("y")}
	if c.form == "one step" {
		m.Inputs = []onnxtest.Value{floating("x_t", 1, c.inputs)}
		for _, s := range c.states() {
			m.Inputs = append(m.Inputs, floating(s, 1, c.width(s)))
			m.Outputs = append(m.Outputs, floating(s+"'"))
		}
		m.Nodes = append(slices.Clone(c.nodes), node("MatMul", list("h'", head), list("y")))
		return m
	}
	m.Inputs = []onnxtest.Value{floating("x", "T", 1, c.inputs)}
	for _, s := range c.states() {
		start := make([]float32, c.width(s))
		if c.IntN(3) == 0 {
			start = c.random(len(start))
		}
		m.Constants = append(m.Constants, onnxtest.Floats(s+"_0", []int{1, c.width(s)}, start))
	}
	var all string
	switch c.form {
	case "Loop":
		all = c.looped(m)
	case "Scan":
		all = c.scanned(m)
	default:
		all = c.written(m)
	}
	if c.IntN(3) == 0 {
		all = "h_end"
		m.Nodes = slices.DeleteFunc(m.Nodes, func(n onnxtest.Node) bool {
			return n.Operator == "Unsqueeze" || n.Outputs[0] == "hs" && n.Operator == "Concat" || n.Outputs[0] == "turned"
		})
	}
	m.Nodes = append(m.Nodes, node("MatMul", list(all, head), list("y")))
	return m
}

// body is the graph of a step, whose outputs are the states and h.
func (c *cell) body() *onnxtest.Model {
	body := &onnxtest.Model{Nodes: slices.Clone(c.nodes)}
	for _, s := range c.states() {
		body.Inputs = append(body.Inputs, floating(s, 1, c.width(s)))
		body.Outputs = append(body.Outputs, floating(s+"'", 1, c.width(s)))
	}
	body.Nodes = append(body.Nodes, node("Identity", list("h'"), list("h_t")))
	body.Outputs = append(body.Outputs, floating("h_t", 1, c.state))
	return body
}

func (c *cell) looped(m *onnxtest.Model) string {
	body := c.body()
	body.Inputs = append([]onnxtest.Value{{Name: "k", Type: onnxtest.Int64, Shape: []any{}}, {Name: "more", Type: onnxtest.Bool, Shape: []any{}}}, body.Inputs...)
	body.Outputs = append([]onnxtest.Value{{Name: "more'", Type: onnxtest.Bool, Shape: []any{}}}, body.Outputs...)
	body.Nodes = append([]onnxtest.Node{node("Gather", list("x", "k"), list("x_t")), node("Identity", list("more"), list("more'"))}, body.Nodes...)
	if c.backward {
		m.Constants = append(m.Constants, scalar("unit", 1))
		body.Nodes = append([]onnxtest.Node{node("Sub", list("count", "unit"), list("most")), node("Sub", list("most", "k"), list("at"))}, body.Nodes...)
		body.Nodes[2].Inputs[1] = "at"
	}
	in, out := list("count", ""), []string(nil)
	for _, s := range c.states() {
		in, out = append(in, s+"_0"), append(out, s+"_end")
	}
	m.Nodes = append(m.Nodes, node("Shape", list("x"), list("shape")), node("Gather", list("shape", "zero"), list("count")),
		node("Loop", in, append(out, "hs"), attribute("body", body)))
	if c.backward {
		return c.turned(m)
	}
	return "hs"
}

// turned puts the steps of "hs" into the reverse order.
func (c *cell) turned(m *onnxtest.Model) string {
	m.Constants = append(m.Constants, onnxtest.Ints("last", -1), onnxtest.Ints("before", -1<<31))
	m.Nodes = append(m.Nodes, node("Slice", list("hs", "last", "before", "first", "last"), list("turned")))
	return "turned"
}

func (c *cell) scanned(m *onnxtest.Model) string {
	body := c.body()
	body.Inputs = append(body.Inputs, floating("x_t", 1, c.inputs))
	var in, out []string
	for _, s := range c.states() {
		in, out = append(in, s+"_0"), append(out, s+"_end")
	}
	scan := node("Scan", append(in, "x"), append(out, "hs"), attribute("body", body), attribute("num_scan_inputs", 1))
	m.Nodes = append(m.Nodes, scan)
	if !c.backward {
		return "hs"
	}
	n := &m.Nodes[len(m.Nodes)-1]
	n.Attributes = append(n.Attributes, attribute("scan_input_directions", []int{1}))
	if c.IntN(2) == 0 {
		return c.turned(m)
	}
	n.Attributes = append(n.Attributes, attribute("scan_output_directions", []int{1}))
	return "hs"
}

// written has the nodes of each step.
func (c *cell) written(m *onnxtest.Model) string {
	m.Inputs[0].Shape[0] = steps
	var all []string
	for step := range steps {
		m.Constants = append(m.Constants, scalar(fmt.Sprint("k", step), step))
		at := step
		if c.backward {
			at = steps - 1 - step
		}
		m.Nodes = append(m.Nodes, node("Gather", list("x", fmt.Sprint("k", at)), list(fmt.Sprintf("x_t_%d", step))))
		name := func(s string, step int) string {
			if step == steps {
				return s + "_end"
			}
			return fmt.Sprintf("%s_%d", s, step)
		}
		for _, n := range c.nodes {
			rename := func(names []string) []string {
				names = slices.Clone(names)
				for i, s := range names {
					switch {
					case s == "h'" || s == "c'":
						names[i] = name(s[:1], step+1)
					case c.widths[s] > 0:
						names[i] = name(s, step)
					}
				}
				return names
			}
			n.Inputs, n.Outputs = rename(n.Inputs), rename(n.Outputs)
			m.Nodes = append(m.Nodes, n)
		}
		m.Nodes = append(m.Nodes, node("Unsqueeze", list(name("h", step+1), "first"), list(fmt.Sprintf("u_%d", step))))
		all = append(all, fmt.Sprintf("u_%d", step))
	}
	if c.backward {
		slices.Reverse(all)
	}
	m.Nodes = append(m.Nodes, node("Concat", all, list("hs"), attribute("axis", 0)))
	return "hs"
}
