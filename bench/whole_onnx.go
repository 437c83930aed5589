package main

import (
	"fmt"
	"slices"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// A wholeONNX is ONNX Runtime with a whole model. Inputs that rnnrun's model does
// not have are constants, or states: these are fed from the outputs that it does
// not have, in their order.
type wholeONNX struct {
	onnxRuntime
	*wholeModel
}

func (o wholeONNX) Open(*Case) (Runner, error) {
	r := &wholeONNXRunner{wholeModel: o.wholeModel, calls: max(o.wholeModel.steps, 1)}
	if err := r.open(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

type wholeONNXRunner struct {
	*wholeModel
	onnxSession
	calls   int                                       // steps of a call
	fill    []func(numbers []float32, tokens []int32) // set an input to those of a call's steps
	states  []*ort.Tensor[float32]                    // what the even binding reads
	results []*ort.Tensor[float32]                    // in the order of rnnrun's outputs
	next    int
}

func (r *wholeONNXRunner) open() error {
	inputs, outputs, err := ort.GetInputOutputInfoWithONNXData(r.onnx)
	if err != nil {
		return err
	}
	if err := r.onnxSession.open(r.onnx, valueNames(inputs), valueNames(outputs)); err != nil {
		return err
	}
	var names []string
	for _, in := range r.model.Inputs() {
		names = append(names, in.Name)
	}
	var states []ort.InputOutputInfo
	for i, in := range inputs {
		k := portOf(names, inputs, i)
		switch {
		case k >= 0:
			err = r.bindStream(in, k)
		case in.DataType == ort.TensorElementDataTypeInt64:
			err = r.bindConstant(in)
		default:
			states = append(states, in)
		}
		if err != nil {
			return err
		}
	}
	return r.bindOutputs(outputs, states)
}

// portOf returns which of rnnrun's ports value i of ONNX Runtime is; -1: none. That
// of a stack of layers has a name of its own, and is the first.
func portOf(names []string, values []ort.InputOutputInfo, i int) int {
	if len(names) == 1 && !slices.Contains(valueNames(values), names[0]) {
		if i > 0 {
			return -1
		}
		return 0
	}
	return slices.Index(names, values[i].Name)
}

func valueNames(list []ort.InputOutputInfo) (names []string) {
	for _, v := range list {
		names = append(names, v.Name)
	}
	return names
}

// shapeOfSize gives a shape's open dimensions numbers: the last one what is left
// of so many elements, the others 1. 0: all are 1.
func shapeOfSize(v ort.InputOutputInfo, size int) (ort.Shape, error) {
	shape, open, known := v.Dimensions.Clone(), -1, int64(1)
	for i, n := range shape {
		if n > 0 {
			known *= n
			continue
		}
		shape[i], open = 1, i
	}
	if open >= 0 && size > 0 {
		shape[open] = int64(size) / known
	}
	if size > 0 && shape.FlattenedSize() != int64(size) {
		return nil, fmt.Errorf("%s of the shape %v has no %d elements", v.Name, v.Dimensions, size)
	}
	return shape, nil
}

// bindStream binds an input that rnnrun's model has as its input k.
func (r *wholeONNXRunner) bindStream(v ort.InputOutputInfo, k int) error {
	number, token := 0, 0 // where it begins in a step
	for _, in := range r.model.Inputs()[:k] {
		if in.Tokens > 0 {
			token += in.Frames
		} else {
			number += in.Frames * in.Channels
		}
	}
	in := r.model.Inputs()[k]
	if in.Tokens == 0 {
		return bindNumbers(r, v, in.Frames*in.Channels, number)
	}
	switch v.DataType {
	case ort.TensorElementDataTypeUint8:
		return bindTokens[uint8](r, v, in.Frames, token)
	case ort.TensorElementDataTypeInt32:
		return bindTokens[int32](r, v, in.Frames, token)
	}
	return bindTokens[int64](r, v, in.Frames, token)
}

func bindNumbers(r *wholeONNXRunner, v ort.InputOutputInfo, n, at int) error {
	shape, err := shapeOfSize(v, n*r.calls)
	if err != nil {
		return err
	}
	t, err := newTensor[float32](&r.onnxSession, shape)
	if err != nil {
		return err
	}
	r.fill = append(r.fill, func(numbers []float32, _ []int32) {
		for i := range r.calls {
			copy(t.GetData()[i*n:][:n], numbers[i*r.width+at:])
		}
	})
	return r.bindInput(v.Name, t, t)
}

func bindTokens[T uint8 | int32 | int64](r *wholeONNXRunner, v ort.InputOutputInfo, n, at int) error {
	shape, err := shapeOfSize(v, n*r.calls)
	if err != nil {
		return err
	}
	t, err := newTensor[T](&r.onnxSession, shape)
	if err != nil {
		return err
	}
	r.fill = append(r.fill, func(_ []float32, tokens []int32) {
		for i := range t.GetData() {
			t.GetData()[i] = T(tokens[i/n*r.ids+at+i%n])
		}
	})
	return r.bindInput(v.Name, t, t)
}

// bindConstant binds an input that is an integer.
func (r *wholeONNXRunner) bindConstant(v ort.InputOutputInfo) error {
	n, ok := r.constants[v.Name]
	if !ok {
		return fmt.Errorf("the input %s of ONNX Runtime is none of rnnrun's: give its number by -constant %s=N", v.Name, v.Name)
	}
	if len(v.Dimensions) == 0 {
		t, err := ort.NewScalar(n)
		if err != nil {
			return err
		}
		r.values = append(r.values, t)
		return r.bindInput(v.Name, t, t)
	}
	t, err := newTensor[int64](&r.onnxSession, v.Dimensions)
	if err != nil {
		return err
	}
	for i := range t.GetData() {
		t.GetData()[i] = n
	}
	return r.bindInput(v.Name, t, t)
}

// bindOutputs binds the outputs, and the states to those that rnnrun's model does
// not have.
func (r *wholeONNXRunner) bindOutputs(outputs, states []ort.InputOutputInfo) error {
	list := r.model.Outputs()
	r.results = make([]*ort.Tensor[float32], len(list))
	var names []string
	for _, o := range list {
		names = append(names, o.Name)
	}
	for i, v := range outputs {
		k := portOf(names, outputs, i)
		if k < 0 {
			if len(states) == 0 {
				return fmt.Errorf("the output %s of ONNX Runtime is none of rnnrun's, and no state is left for it", v.Name)
			}
			if err := r.bindState(states[0], v); err != nil {
				return err
			}
			states = states[1:]
			continue
		}
		shape, err := shapeOfSize(v, list[k].Frames*list[k].Channels*r.calls)
		if err != nil {
			return err
		}
		if r.results[k], err = newTensor[float32](&r.onnxSession, shape); err != nil {
			return err
		}
		if err := r.bindOutput(v.Name, r.results[k], r.results[k]); err != nil {
			return err
		}
	}
	return nil
}

// bindState has a state pass from an output to an input.
func (r *wholeONNXRunner) bindState(in, out ort.InputOutputInfo) error {
	shape, err := shapeOfSize(in, 0)
	if err != nil {
		return err
	}
	var pair [2]*ort.Tensor[float32]
	for i := range pair {
		if pair[i], err = newTensor[float32](&r.onnxSession, shape); err != nil {
			return err
		}
	}
	r.states = append(r.states, pair[0])
	if err := r.bindInput(in.Name, pair[0], pair[1]); err != nil {
		return err
	}
	return r.bindOutput(out.Name, pair[1], pair[0])
}

// Outputs returns those of each step side by side.
func (r *wholeONNXRunner) Outputs() ([]float32, error) {
	r.turn = 0
	for _, s := range r.states {
		s.ZeroContents()
	}
	var all []float32
	for i := 0; i < wholeSteps; i += r.calls {
		if err := r.call(i); err != nil {
			return nil, err
		}
		for k := range r.calls {
			for _, t := range r.results {
				n := len(t.GetData()) / r.calls
				all = append(all, t.GetData()[k*n:][:n]...)
			}
		}
	}
	return all, nil
}

// call runs the model for the steps of a call from step i on.
func (r *wholeONNXRunner) call(i int) error {
	i %= wholeSteps
	for _, set := range r.fill {
		set(r.numbers[i*r.width:], r.tokens[i*r.ids:])
	}
	return r.run()
}

func (r *wholeONNXRunner) Measure(d time.Duration) (float64, error) {
	return measure(d, r.steps, func(n int) error {
		for range n {
			if err := r.call(r.next); err != nil {
				return err
			}
			r.next += r.calls
		}
		return nil
	})
}
