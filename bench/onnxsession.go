package main

import ort "github.com/yalue/onnxruntime_go"

// An onnxSession is a session of ONNX Runtime with two bindings. A state has two
// tensors: while one binding takes it from the first and leaves it in the second,
// the other does the reverse. So a step copies no state.
type onnxSession struct {
	session  *ort.DynamicAdvancedSession
	bindings [2]*ort.IoBinding
	values   []ort.Value // to be destroyed
	turn     int         // binding of the next step
}

// open opens a model in the ONNX format, on one thread.
func (s *onnxSession) open(model []byte, inputs, outputs []string) error {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return err
	}
	defer options.Destroy()
	for _, set := range []func() error{
		func() error { return options.SetIntraOpNumThreads(1) },
		func() error { return options.SetInterOpNumThreads(1) },
		func() error { return options.SetExecutionMode(ort.ExecutionModeSequential) },
		func() error { return options.SetGraphOptimizationLevel(ort.GraphOptimizationLevelEnableAll) },
	} {
		if err := set(); err != nil {
			return err
		}
	}
	s.session, err = ort.NewDynamicAdvancedSessionWithONNXData(model, inputs, outputs, options)
	if err != nil {
		return err
	}
	for i := range s.bindings {
		if s.bindings[i], err = s.session.CreateIoBinding(); err != nil {
			return err
		}
	}
	return nil
}

// newTensor returns a tensor that is destroyed with the session.
func newTensor[T ort.TensorData](s *onnxSession, shape ort.Shape) (*ort.Tensor[T], error) {
	t, err := ort.NewEmptyTensor[T](shape)
	if err == nil {
		s.values = append(s.values, t)
	}
	return t, err
}

// bindInput binds a value to an input in even runs, and one in odd runs.
func (s *onnxSession) bindInput(name string, even, odd ort.Value) error {
	if err := s.bindings[0].BindInput(name, even); err != nil {
		return err
	}
	return s.bindings[1].BindInput(name, odd)
}

func (s *onnxSession) bindOutput(name string, even, odd ort.Value) error {
	if err := s.bindings[0].BindOutput(name, even); err != nil {
		return err
	}
	return s.bindings[1].BindOutput(name, odd)
}

// run runs the model once.
func (s *onnxSession) run() error {
	turn := s.turn
	s.turn = 1 - turn
	return s.session.RunWithBinding(s.bindings[turn])
}

func (s *onnxSession) Close() {
	for _, v := range s.values {
		_ = v.Destroy()
	}
	for _, b := range s.bindings {
		if b != nil {
			_ = b.Destroy()
		}
	}
	if s.session != nil {
		_ = s.session.Destroy()
	}
}
