package export

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// The names of the open axes.
const (
	sequences = "batch"
	steps     = "steps"
)

// shape returns the axes of a value as inputs and outputs have them.
func (v *value) shape() []any {
	shape := []any{sequences}
	if v.EachStep() {
		shape = append(shape, steps)
	}
	if v.Frames > 1 {
		shape = append(shape, v.Frames)
	}
	if v.Tokens == 0 {
		shape = append(shape, v.Channels)
	}
	return shape
}

// inputs writes the inputs, and the normalization of numbers.
func (w *writer) inputs() error {
	for i, in := range w.graph.Inputs {
		v := &w.values[i]
		port := proto.Value{Name: in.Name, Type: proto.Float, Shape: v.shape()}
		if in.Tokens > 0 {
			port.Type = proto.Int64
		}
		w.file.Inputs = append(w.file.Inputs, port)
		t := in.Name
		if n := w.model.Normalization; n != nil && len(n.Mean) > 0 && in.Tokens == 0 {
			w.title = "normalization"
			t = w.node("Sub", []string{t, w.floats("mean", false, n.Mean, len(n.Mean))})
			t = w.node("Mul", []string{t, w.floats("scale", false, n.Scale, len(n.Scale))})
		}
		w.set(i, external, t)
	}
	return nil
}

// outputs writes the outputs, with their function and normalization.
func (w *writer) outputs() error {
	for _, out := range w.graph.Outputs {
		v := &w.values[out.Value]
		w.title = "output"
		t := w.as(out.Value, external)
		port := proto.Value{Name: out.Name, Type: proto.Float, Shape: v.shape()}
		t = w.outputFunction(t, v, &port)
		if n := w.model.Normalization; n != nil && len(n.OutputMean) > 0 {
			shape := []int{v.Channels}
			if v.Frames > 1 {
				shape = []int{v.Frames, v.Channels}
			}
			t = w.node("Mul", []string{t, w.floats("scale", false, n.OutputScale, shape...)})
			t = w.node("Add", []string{t, w.floats("mean", false, n.OutputMean, shape...)})
		}
		if w.skip {
			x, n := w.graph.Inputs[0].Name, w.model.OutputSize()
			if n < w.graph.Inputs[0].Channels {
				x = w.part(x, 2, 0, int64(n))
			}
			t = w.node("Add", []string{t, x})
		}
		w.called(t, out.Name)
		w.file.Outputs = append(w.file.Outputs, port)
	}
	return nil
}

// outputFunction applies the function of the outputs to all numbers of a step.
func (w *writer) outputFunction(t string, v *value, port *proto.Value) string {
	operators := map[format.Output]string{
		format.OutputSoftmax: "Softmax", format.OutputSigmoid: "Sigmoid", format.OutputLogSoftmax: "LogSoftmax", format.OutputArgMax: "ArgMax",
	}
	operator, ok := operators[w.model.Output]
	switch {
	case !ok:
		return t
	case operator == "Sigmoid":
		return w.node(operator, []string{t})
	}
	joined, each := []int64{0, int64(v.Size())}, []int64{0, int64(v.Frames), int64(v.Channels)}
	if v.EachStep() {
		joined, each = append([]int64{0}, joined...), append([]int64{0}, each...)
	}
	if v.Frames > 1 {
		t = w.reshape(t, joined...)
	}
	if operator == "ArgMax" {
		port.Shape = append(port.Shape[:len(joined)-1:len(joined)-1], 1)
		t = w.node(operator, []string{t}, "axis", -1)
		if w.skip {
			return w.node("Cast", []string{t}, "to", proto.Float)
		}
		port.Type = proto.Int64
		return t
	}
	t = w.node(operator, []string{t}, "axis", -1)
	if v.Frames > 1 {
		t = w.reshape(t, each...)
	}
	return t
}
