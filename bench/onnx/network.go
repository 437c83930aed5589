package onnx

import (
	"fmt"

	"rnnrun/format"
	"rnnrun/internal/modeltest"
)

// gateOrder says which of PyTorch's gates stand where in ONNX: of an LSTM
// i o f g instead of i f g o, of a GRU z r n instead of r z n.
var gateOrder = map[format.Cell][]int{
	format.RNN:  {0},
	format.LSTM: {0, 3, 1, 2},
	format.GRU:  {1, 0, 2},
}

// Network returns the network of a spec, with the spec's weights, for one
// stream. It must have one direction, and be of a cell as PyTorch has it.
//
// With steps of 0 it makes one step, from the states h0, c0, h1, … (an input
// of that name for every layer, and c of an LSTM only) to the states next_h0,
// and so on. With more it reads a sequence of so many steps from a state of
// zeros.
//
// The input is x [steps][1][I], or tokens [steps][1] of int64. The output is
// y: of a step next_h of the last layer itself where there is no head.
func Network(s modeltest.Spec, steps int) *Graph {
	b := builder{spec: s, steps: steps, length: max(steps, 1)}
	x := b.input()
	for i := range max(s.Layers, 1) {
		x = b.layer(i, x)
	}
	b.head(x)
	return &b.graph
}

type builder struct {
	spec   modeltest.Spec
	steps  int
	length int // steps of a call
	graph  Graph
}

func (b *builder) node(operator string, inputs, outputs []string, attributes ...Attribute) {
	b.graph.Nodes = append(b.graph.Nodes, Node{operator, inputs, outputs, attributes})
}

func (b *builder) constant(name string, data []float32, shape ...int) string {
	b.graph.Constants = append(b.graph.Constants, Tensor{Name: name, Shape: shape, Float: data})
	return name
}

func (b *builder) integers(name string, data ...int64) string {
	b.graph.Constants = append(b.graph.Constants, Tensor{Name: name, Shape: []int{len(data)}, Int: data})
	return name
}

func (b *builder) input() string {
	if b.spec.Tokens == 0 {
		b.graph.Inputs = append(b.graph.Inputs, Value{"x", Float32, []int{b.length, 1, b.spec.Input}})
		return "x"
	}
	b.graph.Inputs = append(b.graph.Inputs, Value{"tokens", Int64, []int{b.length, 1}})
	table := b.constant("embedding", b.spec.Embedding(), b.spec.Tokens, b.spec.Input)
	b.node("Gather", []string{table, "tokens"}, []string{"x"})
	return "x"
}

// layer adds a layer, and returns the name of its output: [steps][1][H].
func (b *builder) layer(i int, x string) string {
	l := b.spec.Layer(i)
	p := b.spec.Weights(i, 0)
	gates, in, h := l.Cell.Gates(), l.InputSize, l.HiddenSize
	name := func(s string) string { return fmt.Sprintf("%s%d", s, i) }
	inputs := []string{
		x,
		b.constant(name("W"), reorder(l.Cell, p.WeightIH, in*h), 1, gates*h, in),
		b.constant(name("R"), reorder(l.Cell, p.WeightHH, h*h), 1, gates*h, h),
		b.constant(name("B"), append(reorder(l.Cell, p.BiasIH, h), reorder(l.Cell, p.BiasHH, h)...), 1, 2*gates*h),
	}
	attributes := []Attribute{{"hidden_size", int64(h)}}
	if l.Cell == format.GRU {
		attributes = append(attributes, Attribute{"linear_before_reset", 1})
	}
	operator := map[format.Cell]string{format.RNN: "RNN", format.LSTM: "LSTM", format.GRU: "GRU"}[l.Cell]
	if b.steps == 0 {
		// The last state of one step is its output, in the same shape.
		inputs, outputs := append(inputs, ""), []string{""}
		for _, state := range states(l.Cell) {
			v := Value{name(state), Float32, []int{1, 1, h}}
			b.graph.Inputs = append(b.graph.Inputs, v)
			inputs = append(inputs, v.Name)
			v.Name = "next_" + v.Name
			b.graph.Outputs = append(b.graph.Outputs, v)
			outputs = append(outputs, v.Name)
		}
		b.node(operator, inputs, outputs, attributes...)
		return name("next_h")
	}
	all := name("all")
	b.node(operator, inputs, []string{all}, attributes...)
	if i == max(b.spec.Layers, 1)-1 && b.spec.Outputs == 0 {
		b.graph.Outputs = append(b.graph.Outputs, Value{all, Float32, []int{b.length, 1, 1, h}})
		return all
	}
	b.node("Squeeze", []string{all, b.integers(name("direction"), 1)}, []string{name("y")})
	return name("y")
}

// head adds the dense layer and its softmax.
func (b *builder) head(x string) {
	if b.spec.Outputs == 0 {
		return
	}
	weight, bias := b.spec.Head()
	w := b.constant("weight", weight, b.spec.Outputs, b.spec.Features())
	c := b.constant("bias", bias, b.spec.Outputs)
	b.node("Squeeze", []string{x, b.integers("batch", 1)}, []string{"features"})
	b.node("Gemm", []string{"features", w, c}, []string{"logits"}, Attribute{"transB", 1})
	y := "logits"
	if b.spec.Output == format.Softmax {
		y = "y"
		b.node("Softmax", []string{"logits"}, []string{y})
	}
	b.graph.Outputs = append([]Value{{y, Float32, []int{b.length, b.spec.Outputs}}}, b.graph.Outputs...)
}

// states returns the names of a cell's states.
func states(c format.Cell) []string {
	if c == format.LSTM {
		return []string{"h", "c"}
	}
	return []string{"h"}
}

// reorder returns the rows of PyTorch's gates, each of n numbers, in ONNX's
// order.
func reorder(c format.Cell, rows []float32, n int) []float32 {
	var out []float32
	for _, gate := range gateOrder[c] {
		out = append(out, rows[gate*n:][:n]...)
	}
	return out
}
