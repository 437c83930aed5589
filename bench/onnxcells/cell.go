package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// A cell is the nodes of one step from x_t and states to the next ones.
type cell struct {
	*rand.Rand
	name                 string // LSTM, GRU or RNN
	form                 string // how steps are written
	inputs, units, state int    // numbers of a step, of the cell state, and of the state h
	constants            []onnxtest.Tensor
	nodes                []onnxtest.Node
	widths               map[string]int // of values
	changed              bool           // it has an operand that it should not have
	backward             bool           // it goes through the steps from the last to the first
	names                int
}

func newCell(r *rand.Rand) *cell {
	c := &cell{Rand: r, inputs: 1 + r.IntN(5), units: 1 + r.IntN(4), widths: map[string]int{}}
	c.state = c.units
	c.name = []string{"LSTM", "LSTM", "GRU", "RNN"}[r.IntN(4)]
	if c.name == "LSTM" && r.IntN(3) == 0 {
		c.state = 1 + r.IntN(4)
	}
	c.widths["x_t"], c.widths["h"] = c.inputs, c.state
	switch c.name {
	case "LSTM":
		c.widths["c"] = c.units
		c.lstm()
	case "GRU":
		c.gru()
	default:
		c.rnn()
	}
	if c.changed = r.IntN(3) == 0; c.changed {
		c.change()
	}
	c.backward = r.IntN(3) == 0
	c.form = []string{"Loop", "Scan", "written out", "one step"}[r.IntN(4)]
	return c
}

func (c *cell) kind() string {
	kind := c.name + ", " + c.form
	if c.state != c.units {
		kind += ", projected"
	}
	if c.backward && c.form != "one step" {
		kind += ", backward"
	}
	if c.changed {
		kind += ", changed"
	}
	return kind
}

func (c *cell) states() []string {
	if c.name == "LSTM" {
		return []string{"h", "c"}
	}
	return []string{"h"}
}

func (c *cell) fresh() string {
	c.names++
	return fmt.Sprint("v", c.names)
}

// add adds a node, and returns its output, of so many numbers.
func (c *cell) add(operator string, width int, in []string, attributes ...onnxtest.Attribute) string {
	out := c.fresh()
	c.nodes = append(c.nodes, onnxtest.Node{Operator: operator, Inputs: in, Outputs: []string{out}, Attributes: attributes})
	c.widths[out] = width
	return out
}

func attribute(name string, value any) onnxtest.Attribute {
	return onnxtest.Attribute{Name: name, Value: value}
}

func (c *cell) floats(shape ...int) string {
	n := 1
	for _, d := range shape {
		n *= d
	}
	name := c.fresh()
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(c.NormFloat64()) * 0.6
	}
	c.constants = append(c.constants, onnxtest.Floats(name, shape, data))
	return name
}

func (c *cell) number(v float32) string {
	name := c.fresh()
	c.constants = append(c.constants, onnxtest.Floats(name, nil, []float32{v}))
	return name
}

// pair applies an operator of two values of the same width, in any order if that is the same.
func (c *cell) pair(operator, a, b string) string {
	if operator != "Sub" && c.IntN(2) == 0 {
		a, b = b, a
	}
	return c.add(operator, max(c.widths[a], c.widths[b]), []string{a, b})
}

// times multiplies a matrix.
func (c *cell) times(x string, outputs int) string {
	n := c.widths[x]
	switch c.IntN(3) {
	case 0:
		return c.add("Gemm", outputs, []string{x, c.floats(outputs, n), c.floats(outputs)}, attribute("transB", 1))
	case 1:
		return c.add("Gemm", outputs, []string{x, c.floats(n, outputs)})
	}
	return c.add("MatMul", outputs, []string{x, c.floats(n, outputs)})
}

// biased adds a bias, or not.
func (c *cell) biased(x string) string {
	switch c.IntN(4) {
	case 0:
		return x
	case 1:
		return c.pair("Add", x, c.number(1))
	}
	return c.pair("Add", x, c.floats(c.widths[x]))
}

// product is a product with a step, and with a value of the state.
func (c *cell) product(state string, outputs int) string {
	var sum string
	switch axis := attribute("axis", []int{1, -1}[c.IntN(2)]); c.IntN(3) {
	case 0:
		sum = c.times(c.add("Concat", c.inputs+c.widths[state], []string{"x_t", state}, axis), outputs)
	case 1:
		sum = c.times(c.add("Concat", c.inputs+c.widths[state], []string{state, "x_t"}, axis), outputs)
	default:
		sum = c.pair("Add", c.biased(c.times("x_t", outputs)), c.biased(c.times(state, outputs)))
	}
	return c.biased(sum)
}

// split takes equal parts of a value.
func (c *cell) split(x string, n int) []string {
	width := c.widths[x] / n
	if c.IntN(3) == 0 {
		var parts []string
		for i := range n {
			parts = append(parts, c.add("Slice", width, []string{x, c.list(i * width), c.list((i + 1) * width), c.list([]int{1, -1}[c.IntN(2)])}))
		}
		return parts
	}
	node := onnxtest.Node{Operator: "Split", Inputs: []string{x}, Attributes: []onnxtest.Attribute{attribute("axis", []int{1, -1}[c.IntN(2)])}}
	for range n {
		node.Outputs = append(node.Outputs, c.fresh())
		c.widths[node.Outputs[len(node.Outputs)-1]] = width
	}
	c.nodes = append(c.nodes, node)
	return node.Outputs
}

func (c *cell) list(v int) string {
	t := onnxtest.Ints(c.fresh(), int64(v))
	c.constants = append(c.constants, t)
	return t.Name
}

// gates are sums of so many gates, of a state.
func (c *cell) gates(state string, n int) []string {
	if c.IntN(3) > 0 {
		parts := c.split(c.product(state, n*c.units), n)
		c.Shuffle(n, func(i, k int) { parts[i], parts[k] = parts[k], parts[i] })
		return parts
	}
	var parts []string
	for range n {
		parts = append(parts, c.product(state, c.units))
	}
	return parts
}

// sigmoid is one of the functions that sigmoids are, by a number.
func (c *cell) sigmoid(x string, which int) string {
	w := c.widths[x]
	switch which {
	case 0:
		return c.add("HardSigmoid", w, []string{x}, attribute("alpha", float32(0.25)))
	case 1:
		y := c.pair("Add", c.pair("Mul", x, c.number(0.2)), c.number(0.5))
		if c.IntN(2) == 0 {
			return c.add("Clip", w, []string{y, c.number(0), c.number(1)})
		}
		return c.pair("Max", c.pair("Min", y, c.number(1)), c.number(0))
	}
	return c.add("Sigmoid", w, []string{x})
}

func (c *cell) function(x string) string {
	name := []string{"Tanh", "Tanh", "Relu", "Softsign", ""}[c.IntN(5)]
	if name == "" {
		return x
	}
	return c.add(name, c.widths[x], []string{x})
}

// ends gives the last node's output a name.
func (c *cell) ends(from, to string) {
	for i := range c.nodes {
		if at := slices.Index(c.nodes[i].Outputs, from); at >= 0 {
			c.nodes[i].Outputs[at] = to
		}
		for k, name := range c.nodes[i].Inputs {
			if name == from {
				c.nodes[i].Inputs[k] = to
			}
		}
	}
	c.widths[to] = c.widths[from]
	delete(c.widths, from)
}

func (c *cell) lstm() {
	g := c.gates("h", 4)
	which := c.IntN(6)
	peep := func(sum, state string) string {
		if c.IntN(3) > 0 {
			return sum
		}
		return c.pair("Add", sum, c.pair("Mul", state, c.floats(c.units)))
	}
	i, f := c.sigmoid(peep(g[0], "c"), which), c.sigmoid(peep(g[1], "c"), which)
	next := c.pair("Add", c.pair("Mul", f, "c"), c.pair("Mul", i, c.function(g[2])))
	o := c.sigmoid(peep(g[3], next), which)
	h := c.pair("Mul", o, c.function(next))
	if c.state != c.units || c.IntN(8) == 0 {
		h = c.add("MatMul", c.state, []string{h, c.floats(c.units, c.state)})
	}
	c.ends(next, "c'")
	c.ends(h, "h'")
}

func (c *cell) gru() {
	which := c.IntN(6)
	g := c.gates("h", 2)
	r, z := c.sigmoid(g[0], which), c.sigmoid(g[1], which)
	var n string
	if c.IntN(2) == 0 {
		n = c.product(c.pair("Mul", r, "h"), c.units)
	} else {
		n = c.pair("Add", c.biased(c.times("x_t", c.units)), c.pair("Mul", r, c.biased(c.times("h", c.units))))
	}
	n = c.function(n)
	h := "h"
	if c.IntN(3) == 0 {
		h, n = n, h
	}
	if c.IntN(2) == 0 {
		h = c.pair("Add", c.pair("Mul", z, h), c.pair("Mul", c.pair("Sub", c.number(1), z), n))
	} else {
		h = c.pair("Add", n, c.pair("Mul", z, c.pair("Sub", h, n)))
	}
	c.ends(h, "h'")
}

func (c *cell) rnn() {
	x := c.function(c.product("h", c.units))
	c.ends(x, "h'")
}

// change puts another value of as many numbers in the place of an operand.
func (c *cell) change() {
	for range 100 {
		at := c.IntN(len(c.nodes))
		n := &c.nodes[at]
		k := c.IntN(len(n.Inputs))
		width, ok := c.widths[n.Inputs[k]]
		others := []string{"h", "c", "x_t"}
		for _, before := range c.nodes[:at] {
			others = append(others, before.Outputs...)
		}
		other := others[c.IntN(len(others))]
		if ok && c.widths[other] == width && other != n.Inputs[k] {
			n.Inputs[k] = other
			break
		}
	}
	c.prune()
}

// prune leaves out what the states do not depend on.
func (c *cell) prune() {
	needed := map[string]bool{"h'": true, "c'": true}
	for i := len(c.nodes) - 1; i >= 0; i-- {
		n := &c.nodes[i]
		if !slices.ContainsFunc(n.Outputs, func(name string) bool { return needed[name] }) {
			c.nodes = slices.Delete(c.nodes, i, i+1)
			continue
		}
		for _, name := range n.Inputs {
			needed[name] = true
		}
	}
	c.constants = slices.DeleteFunc(c.constants, func(t onnxtest.Tensor) bool { return !needed[t.Name] })
}
