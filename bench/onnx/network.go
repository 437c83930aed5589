// Package onnx writes the networks of the benchmarks as ONNX models.
package onnx

import (
	"fmt"
	"math"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// Microsoft is the domain of ONNX Runtime's own operators.
const Microsoft = "com.microsoft"

// gateOrder gives ONNX's order of PyTorch's gates: i o f g instead of i f g o
// for an LSTM, z r n instead of r z n for a GRU.
var gateOrder = map[format.Cell][]int{
	format.CellRNN:  {0},
	format.CellLSTM: {0, 3, 1, 2},
	format.CellGRU:  {1, 0, 2},
}

// Network returns the network of a spec, with the spec's weights, for so many
// streams: more than one have neither tokens nor a head. It must have one direction, and be of a cell as PyTorch has it.
//
// With steps of 0 it makes one step, from the states h0, c0, h1, … (an input
// of that name for every layer, and c of an LSTM only) to the states next_h0,
// and so on. With more it reads a sequence of so many steps from a state of
// zeros.
//
// The input is x [steps][streams][I], or tokens [steps][1] of int64. The output is
// y; for a step without a head it is next_h of the last layer.
func Network(s modeltest.Spec, steps, streams int) *proto.Model {
	b := builder{spec: s, steps: steps, streams: streams, length: max(steps, 1)}
	return b.build()
}

// Quantized returns the same network with int8 weights, as ONNX Runtime's
// dynamic quantization makes it: an LSTM becomes a DynamicQuantizeLSTM and a
// dense layer a DynamicQuantizeMatMul, which quantize their inputs anew in every
// step. A matrix has one scale. The embedding stays as it is. Other cells have
// no such operator.
func Quantized(s modeltest.Spec, steps, streams int) *proto.Model {
	b := builder{spec: s, steps: steps, streams: streams, length: max(steps, 1), int8: true}
	return b.build()
}

func (b *builder) build() *proto.Model {
	b.graph.Opset, b.graph.Imports = 14, []proto.Import{{Domain: Microsoft, Version: 1}}
	x := b.input()
	for i := range max(b.spec.Layers, 1) {
		x = b.layer(i, x)
	}
	b.head(x)
	return &b.graph
}

type builder struct {
	spec    modeltest.Spec
	steps   int
	streams int
	length  int // steps of a call
	int8    bool
	graph   proto.Model
}

func (b *builder) node(operator string, inputs, outputs []string, attributes ...proto.Attribute) {
	domain := ""
	if strings.HasPrefix(operator, "DynamicQuantize") {
		domain = Microsoft
	}
	b.graph.Nodes = append(b.graph.Nodes, proto.Node{Operator: operator, Domain: domain, Inputs: inputs, Outputs: outputs, Attributes: attributes})
}

func (b *builder) constant(name string, data []float32, shape ...int) string {
	b.graph.Constants = append(b.graph.Constants, proto.Floats(name, shape, data))
	return name
}

func (b *builder) integers(name string, data ...int64) string {
	b.graph.Constants = append(b.graph.Constants, proto.Ints(name, data...))
	return name
}

func (b *builder) input() string {
	if b.spec.Tokens == 0 {
		b.graph.Inputs = append(b.graph.Inputs, proto.Value{Name: "x", Type: proto.Float, Shape: []any{b.length, b.streams, b.spec.Input}})
		return "x"
	}
	b.graph.Inputs = append(b.graph.Inputs, proto.Value{Name: "tokens", Type: proto.Int64, Shape: []any{b.length, 1}})
	table := b.constant("embedding", b.spec.Embedding(), b.spec.Tokens, b.spec.Input)
	b.node("Gather", []string{table, "tokens"}, []string{"x"})
	return "x"
}

// layer adds a layer, and returns the name of its output: [steps][1][H].
func (b *builder) layer(i int, x string) string {
	l := b.spec.Layer(i)
	name := func(s string) string { return fmt.Sprintf("%s%d", s, i) }
	attributes := []proto.Attribute{{Name: "hidden_size", Value: l.HiddenSize}}
	if l.Cell == format.CellGRU {
		attributes = append(attributes, proto.Attribute{Name: "linear_before_reset", Value: 1})
	}
	before, after := b.states(i, l.Cell, l.HiddenSize)
	operator, inputs := b.recurrence(i, l, x, before)
	if b.steps == 0 {
		// The last state of one step is its output, in the same shape.
		b.node(operator, inputs, append([]string{absent}, after...), attributes...)
		return after[0]
	}
	all := name("all")
	b.node(operator, inputs, []string{all}, attributes...)
	if i == max(b.spec.Layers, 1)-1 && b.spec.Outputs == 0 {
		b.graph.Outputs = append(b.graph.Outputs, proto.Value{Name: all, Type: proto.Float, Shape: []any{b.length, 1, 1, l.HiddenSize}})
		return all
	}
	b.node("Squeeze", []string{all, b.integers(name("direction"), 1)}, []string{name("y")})
	return name("y")
}

// absent is the name of an input or an output that is left out.
const absent = ""

// states returns the names of a layer's states before and after a step, h
// first. A whole sequence starts from zeros, which are left out.
func (b *builder) states(i int, cell format.Cell, hidden int) (before, after []string) {
	names := []string{"h"}
	if cell == format.CellLSTM {
		names = append(names, "c")
	}
	for _, state := range names {
		if b.steps > 0 {
			before = append(before, absent)
			continue
		}
		v := proto.Value{Name: fmt.Sprintf("%s%d", state, i), Type: proto.Float, Shape: []any{1, b.streams, hidden}}
		b.graph.Inputs = append(b.graph.Inputs, v)
		before = append(before, v.Name)
		v.Name = "next_" + v.Name
		b.graph.Outputs = append(b.graph.Outputs, v)
		after = append(after, v.Name)
	}
	return before, after
}

// recurrence adds a layer's weights, and returns its operator and the inputs of
// that.
func (b *builder) recurrence(i int, l format.Layer, x string, before []string) (operator string, inputs []string) {
	p := b.spec.Weights(i, 0)
	rows, in, h := l.Cell.Gates()*l.HiddenSize, l.InputSize, l.HiddenSize
	name := func(s string) string { return fmt.Sprintf("%s%d", s, i) }
	w, r := reorder(l.Cell, p.WeightIH, in*h), reorder(l.Cell, p.WeightHH, h*h)
	bias := b.constant(name("B"), append(reorder(l.Cell, p.BiasIH, h), reorder(l.Cell, p.BiasHH, h)...), 1, 2*rows)
	if !b.int8 {
		w, r := b.constant(name("W"), w, 1, rows, in), b.constant(name("R"), r, 1, rows, h)
		return l.Cell.String(), append([]string{x, w, r, bias, absent}, before...)
	}
	wq, rq := b.quantized(name("W"), transpose(w, in), 1, in, rows), b.quantized(name("R"), transpose(r, h), 1, h, rows)
	inputs = append([]string{x, wq.numbers, rq.numbers, bias, absent}, before...)
	return "DynamicQuantizeLSTM", append(inputs, absent, wq.scale, wq.zero, rq.scale, rq.zero)
}

// head adds the dense layer and its softmax.
func (b *builder) head(x string) {
	if b.spec.Outputs == 0 {
		return
	}
	weight, bias := b.spec.Head()
	outputs, features := b.spec.Outputs, b.spec.Features()
	c := b.constant("bias", bias, outputs)
	b.node("Squeeze", []string{x, b.integers("batch", 1)}, []string{"features"})
	if b.int8 {
		w := b.quantized("weight", transpose(weight, features), features, outputs)
		b.node("DynamicQuantizeMatMul", []string{"features", w.numbers, w.scale, w.zero, c}, []string{"logits"})
	} else {
		w := b.constant("weight", weight, outputs, features)
		b.node("Gemm", []string{"features", w, c}, []string{"logits"}, proto.Attribute{Name: "transB", Value: 1})
	}
	y := "logits"
	if b.spec.Output == format.OutputSoftmax {
		y = "y"
		b.node("Softmax", []string{"logits"}, []string{y})
	}
	b.graph.Outputs = append([]proto.Value{{Name: y, Type: proto.Float, Shape: []any{b.length, outputs}}}, b.graph.Outputs...)
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

// A quantized matrix is the names of its constants.
type quantized struct{ numbers, scale, zero string }

// quantizedMost bounds quantized weights to 7 bits, as ONNX Runtime advises for
// CPUs without VNNI (reduce_range): its sums of 8 bits saturate there.
const quantizedMost = 64

// quantized adds a matrix in int8, with one scale: that of its greatest number.
func (b *builder) quantized(name string, data []float32, shape ...int) quantized {
	greatest := float32(0)
	for _, v := range data {
		greatest = max(greatest, v, -v)
	}
	scale := greatest / quantizedMost
	numbers := make([]int64, len(data))
	for i, v := range data {
		numbers[i] = int64(math.RoundToEven(float64(v / scale)))
	}
	var one []int // the shape of one number, for each direction if there are any
	if len(shape) == 3 {
		one = shape[:1]
	}
	q := quantized{name, name + "_scale", name + "_zero"}
	b.graph.Constants = append(b.graph.Constants,
		proto.Tensor{Name: q.numbers, Type: proto.Int8, Shape: shape, Ints: numbers},
		proto.Floats(q.scale, one, []float32{scale}),
		proto.Tensor{Name: q.zero, Type: proto.Int8, Shape: one, Ints: []int64{0}})
	return q
}

// transpose returns the transpose of a matrix of that many columns.
func transpose(rows []float32, columns int) []float32 {
	out := make([]float32, len(rows))
	n := len(rows) / columns
	for i, v := range rows {
		out[i%columns*n+i/columns] = v
	}
	return out
}
