package onnx

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// A Twin is a network of the layers and sizes of one that people deploy, with random
// weights.
type Twin struct {
	Name string
	*proto.Model
}

// Twins returns the twins of networks that find speech, suppress noise in two parts,
// split texts and tell the attitude of a body. All but the one of texts read a step,
// and give the states after it. That of texts reads all tokens of one.
func Twins() []Twin {
	return []Twin{
		{"voice activity 576→1", voiceActivity()},
		{"noise suppression 257→257", spectralMask()},
		{"noise suppression 512→512", learnedMask()},
		{"sentence splitter", splitter()},
		{"attitude 7→4", attitude()},
	}
}

// A weaver writes a graph with random weights.
type weaver struct {
	proto.Model
	r *rand.Rand
}

func newWeaver(seed uint64) *weaver {
	return &weaver{Model: proto.Model{Opset: 14}, r: rand.New(rand.NewPCG(seed, 0x7e))}
}

// name returns a new name.
func (w *weaver) name() string { return fmt.Sprintf("v%d", len(w.Nodes)+len(w.Constants)) }

// op adds a node of one output, and returns its name.
func (w *weaver) op(operator string, inputs []string, attributes ...proto.Attribute) string {
	out := w.name()
	w.Nodes = append(w.Nodes, proto.Node{Operator: operator, Inputs: inputs, Outputs: []string{out}, Attributes: attributes})
	return out
}

// weights adds a constant that is uniform in ±1/√fan.
func (w *weaver) weights(fan int, shape ...int) string {
	n := 1
	for _, d := range shape {
		n *= d
	}
	data := make([]float32, n)
	for i := range data {
		data[i] = (2*w.r.Float32() - 1) / float32(math.Sqrt(float64(fan)))
	}
	return w.constant(proto.Floats(w.name(), shape, data))
}

func (w *weaver) constant(t proto.Tensor) string {
	w.Constants = append(w.Constants, t)
	return t.Name
}

func (w *weaver) integers(list ...int64) string {
	return w.constant(proto.Ints(w.name(), list...))
}

func (w *weaver) input(name string, kind int, shape ...any) string {
	w.Inputs = append(w.Inputs, proto.Value{Name: name, Type: kind, Shape: shape})
	return name
}

// give makes a value the output of a name.
func (w *weaver) give(name, value string, shape ...any) {
	w.Nodes = append(w.Nodes, proto.Node{Operator: "Identity", Inputs: []string{value}, Outputs: []string{name}})
	w.Outputs = append([]proto.Value{{Name: name, Type: proto.Float, Shape: shape}}, w.Outputs...)
}

// conv adds a convolution of [1][in][frames].
func (w *weaver) conv(x string, in, out, kernel, stride, pad int) string {
	return w.op("Conv", []string{x, w.weights(in*kernel, out, in, kernel), w.weights(in*kernel, out)},
		proto.Attribute{Name: "kernel_shape", Value: []int{kernel}}, proto.Attribute{Name: "strides", Value: []int{stride}},
		proto.Attribute{Name: "pads", Value: []int{pad, pad}})
}

// dense adds a product with [in][out], and a bias.
func (w *weaver) dense(x string, in, out int) string {
	return w.op("Add", []string{w.op("MatMul", []string{x, w.weights(in, in, out)}), w.weights(in, out)})
}

// recurrent adds an LSTM or a GRU over [T][1][in]. Its states are inputs and outputs,
// unless it reads both ways.
func (w *weaver) recurrent(operator, x string, in, hidden int, both bool) string {
	gates, states, directions := 4, []string{"h", "c"}, 1
	attributes := []proto.Attribute{{Name: "hidden_size", Value: hidden}}
	if operator == "GRU" {
		gates, states = 3, states[:1]
		attributes = append(attributes, proto.Attribute{Name: "linear_before_reset", Value: 1})
	}
	if both {
		directions, states = 2, nil
		attributes = append(attributes, proto.Attribute{Name: "direction", Value: "bidirectional"})
	}
	rows := gates * hidden
	inputs := []string{x, w.weights(hidden, directions, rows, in), w.weights(hidden, directions, rows, hidden),
		w.weights(hidden, directions, 2*rows)}
	outputs := []string{w.name()}
	if len(states) > 0 {
		inputs = append(inputs, absent)
	}
	for _, s := range states {
		s = fmt.Sprintf("%s_%d", s, len(w.Nodes))
		inputs = append(inputs, w.input(s, proto.Float, 1, 1, hidden))
		outputs = append(outputs, "next_"+s)
		w.Outputs = append(w.Outputs, proto.Value{Name: "next_" + s, Type: proto.Float, Shape: []any{1, 1, hidden}})
	}
	w.Nodes = append(w.Nodes, proto.Node{Operator: operator, Inputs: inputs, Outputs: outputs, Attributes: attributes})
	if !both {
		return w.op("Squeeze", []string{outputs[0], w.integers(1)})
	}
	y := w.op("Transpose", outputs[:1], proto.Attribute{Name: "perm", Value: []int{0, 2, 1, 3}})
	return w.op("Reshape", []string{y, w.integers(0, 0, int64(2*hidden))})
}

// voiceActivity reads 576 samples: a transform of 256 of them into 129 magnitudes,
// convolutions, and an LSTM.
func voiceActivity() *proto.Model {
	const bins = 129
	w := newWeaver(1)
	x := w.op("Pad", []string{w.input("x", proto.Float, 1, 576), w.integers(0, 0, 0, 64)}, proto.Attribute{Name: "mode", Value: "reflect"})
	x = w.conv(w.op("Unsqueeze", []string{x, w.integers(1)}), 1, 2*bins, 256, 128, 0)
	square := func(from int64) string {
		part := w.op("Slice", []string{x, w.integers(from), w.integers(from + bins), w.integers(1)})
		return w.op("Mul", []string{part, part})
	}
	x = w.op("Sqrt", []string{w.op("Add", []string{square(0), square(bins)})})
	in := bins
	for _, c := range [][2]int{{128, 1}, {64, 2}, {64, 2}, {128, 1}} {
		x = w.op("Relu", []string{w.conv(x, in, c[0], 3, c[1], 1)})
		in = c[0]
	}
	x = w.op("Transpose", []string{x}, proto.Attribute{Name: "perm", Value: []int{2, 0, 1}})
	x = w.op("Relu", []string{w.recurrent("LSTM", x, in, in, false)})
	w.give("y", w.op("Sigmoid", []string{w.dense(x, in, 1)}), 1, 1, 1)
	return &w.Model
}

// spectralMask reads the magnitudes of 257 frequencies, and gives a mask of them.
func spectralMask() *proto.Model {
	const bins, hidden = 257, 128
	w := newWeaver(2)
	x := w.recurrent("LSTM", w.input("x", proto.Float, 1, 1, bins), bins, hidden, false)
	x = w.recurrent("LSTM", x, hidden, hidden, false)
	w.give("y", w.op("Sigmoid", []string{w.dense(x, hidden, bins)}), 1, 1, bins)
	return &w.Model
}

// learnedMask reads 512 samples: a product in place of a transform, which is
// normalized for the mask and multiplied with it.
func learnedMask() *proto.Model {
	const samples, bins, hidden = 512, 256, 128
	w := newWeaver(3)
	coded := w.dense(w.input("x", proto.Float, 1, 1, samples), samples, bins)
	x := w.op("Sub", []string{coded, w.mean(coded)})
	variance := w.op("Add", []string{w.mean(w.op("Mul", []string{x, x})), w.numbers(1e-7)})
	x = w.op("Div", []string{x, w.op("Sqrt", []string{variance})})
	x = w.op("Add", []string{w.op("Mul", []string{x, w.weights(1, bins)}), w.weights(1, bins)})
	x = w.recurrent("LSTM", x, bins, hidden, false)
	x = w.recurrent("LSTM", x, hidden, hidden, false)
	mask := w.op("Sigmoid", []string{w.dense(x, hidden, bins)})
	w.give("y", w.dense(w.op("Mul", []string{coded, mask}), bins, samples), 1, 1, samples)
	return &w.Model
}

func (w *weaver) mean(x string) string {
	return w.op("ReduceMean", []string{x}, proto.Attribute{Name: "axes", Value: []int{-1}}, proto.Attribute{Name: "keepdims", Value: 1})
}

func (w *weaver) numbers(list ...float32) string {
	return w.constant(proto.Floats(w.name(), []int{len(list)}, list))
}

// splitter reads the bytes of a text, two a step, by LSTMs both ways.
func splitter() *proto.Model {
	const size, hidden, outputs = 64, 128, 4
	w := newWeaver(4)
	ids := w.input("x", proto.Int64, 1, "steps")
	x := w.op("Gather", []string{w.weights(1, 256, size), ids})
	x = w.op("Transpose", []string{x}, proto.Attribute{Name: "perm", Value: []int{0, 2, 1}})
	x = w.conv(x, size, size, 2, 2, 0)
	x = w.op("Transpose", []string{x}, proto.Attribute{Name: "perm", Value: []int{2, 0, 1}})
	in := size
	for range 3 {
		x = w.recurrent("LSTM", x, in, hidden, true)
		in = 2 * hidden
	}
	w.give("y", w.dense(x, in, outputs), "steps", 1, outputs)
	return &w.Model
}

// attitude reads 7 measurements, and gives a quaternion of length 1.
func attitude() *proto.Model {
	const inputs, hidden, outputs = 7, 200, 4
	w := newWeaver(5)
	x := w.recurrent("GRU", w.input("x", proto.Float, 1, 1, inputs), inputs, hidden, false)
	x = w.dense(w.recurrent("GRU", x, hidden, hidden, false), hidden, outputs)
	length := w.op("Sqrt", []string{w.op("ReduceSum", []string{w.op("Mul", []string{x, x}), w.integers(-1)}, proto.Attribute{Name: "keepdims", Value: 1})})
	w.give("y", w.op("Div", []string{x, length}), 1, 1, outputs)
	return &w.Model
}
