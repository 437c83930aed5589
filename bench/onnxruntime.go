package main

import (
	"strings"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/bench/onnx"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// onnxRuntime is ONNX Runtime, called from Go: its environment is there once,
// whatever the number format.
type onnxRuntime struct{ dtype format.DType }

func newONNXRuntime(dtype format.DType) (Peer, error) {
	library, err := fetchONNXRuntime()
	if err != nil {
		return nil, err
	}
	if !ort.IsInitialized() {
		ort.SetSharedLibraryPath(library)
		if err := ort.InitializeEnvironment(); err != nil {
			return nil, err
		}
	}
	return onnxRuntime{dtype}, nil
}

func (o onnxRuntime) Name() string {
	if o.dtype == format.DTypeInt8 {
		return "ONNX Runtime int8"
	}
	return "ONNX Runtime"
}

func (o onnxRuntime) DType() format.DType { return o.dtype }

func (o onnxRuntime) Version() string {
	v := ort.GetVersion() + ", onnxruntime_go, one thread"
	if o.dtype == format.DTypeInt8 {
		v += ", DynamicQuantizeLSTM; it has none for other cells"
	}
	return v
}

func (onnxRuntime) Close() {
	if ort.IsInitialized() {
		_ = ort.DestroyEnvironment()
	}
}

func (o onnxRuntime) Open(c *Case) (Runner, error) {
	network := onnx.Network
	if o.dtype == format.DTypeInt8 {
		if c.Spec.Cell != format.CellLSTM {
			return nil, errNotApplicable
		}
		network = onnx.Quantized
	}
	r := &onnxRunner{c: c}
	if err := r.open(network(c.Spec, c.Steps, max(c.Streams, 1))); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// An onnxRunner has the states twice, for the two bindings of its session.
type onnxRunner struct {
	onnxSession
	c *Case

	x      *ort.Tensor[float32]
	tokens *ort.Tensor[int64]
	states [2][]*ort.Tensor[float32]
	y      [2]*ort.Tensor[float32] // the output of a binding
	next   int                     // step
}

func (r *onnxRunner) open(g *proto.Model) error {
	if err := r.onnxSession.open(g.Marshal(), names(g.Inputs), names(g.Outputs)); err != nil {
		return err
	}
	return r.bind(g)
}

func names(values []proto.Value) []string {
	var list []string
	for _, v := range values {
		list = append(list, v.Name)
	}
	return list
}

// shapeOf returns the shape of a value.
func shapeOf(v proto.Value) (shape ort.Shape) {
	for _, n := range v.Shape {
		shape = append(shape, int64(n.(int)))
	}
	return shape
}

// bind makes the tensors and binds them.
func (r *onnxRunner) bind(g *proto.Model) (err error) {
	states := map[string][2]*ort.Tensor[float32]{}
	for _, v := range g.Inputs {
		switch {
		case v.Type == proto.Int64:
			if r.tokens, err = newTensor[int64](&r.onnxSession, shapeOf(v)); err != nil {
				return err
			}
			err = r.bindInput(v.Name, r.tokens, r.tokens)
		case v.Name == "x":
			if r.x, err = newTensor[float32](&r.onnxSession, shapeOf(v)); err != nil {
				return err
			}
			err = r.bindInput(v.Name, r.x, r.x)
		default:
			var pair [2]*ort.Tensor[float32]
			for i := range pair {
				if pair[i], err = newTensor[float32](&r.onnxSession, shapeOf(v)); err != nil {
					return err
				}
				r.states[i] = append(r.states[i], pair[i])
			}
			states["next_"+v.Name] = pair
			err = r.bindInput(v.Name, pair[0], pair[1])
		}
		if err != nil {
			return err
		}
	}
	for _, v := range g.Outputs {
		pair, isState := states[v.Name]
		if isState {
			err = r.bindOutput(v.Name, pair[1], pair[0])
			if strings.HasPrefix(v.Name, "next_h") && r.c.Spec.Outputs == 0 {
				r.y = [2]*ort.Tensor[float32]{pair[1], pair[0]} // of the last layer in the end
			}
		} else {
			y, failed := newTensor[float32](&r.onnxSession, shapeOf(v))
			if failed != nil {
				return failed
			}
			r.y = [2]*ort.Tensor[float32]{y, y}
			err = r.bindOutput(v.Name, y, y)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *onnxRunner) Outputs() ([]float32, error) {
	if r.c.Steps > 0 {
		r.fill()
		return r.run()
	}
	for _, s := range r.states[r.turn] {
		s.ZeroContents()
	}
	var all []float32
	steps := sequenceSteps
	if r.c.Streams > 0 {
		steps = batchSteps
	}
	for i := range steps {
		y, err := r.step(i)
		if err != nil {
			return nil, err
		}
		all = append(all, y...)
	}
	return all, nil
}

func (r *onnxRunner) Measure(d time.Duration) (float64, error) {
	if r.c.Steps > 0 {
		r.fill()
	}
	return measure(d, max(r.c.Steps, r.c.Streams), func(n int) error {
		for range n {
			var err error
			if r.c.Steps > 0 {
				_, err = r.run()
			} else {
				_, err = r.step(r.next)
				r.next++
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// fill sets the inputs of a sequence.
func (r *onnxRunner) fill() {
	if r.tokens == nil {
		copy(r.x.GetData(), r.c.Inputs)
		return
	}
	for i, token := range r.c.Tokens {
		r.tokens.GetData()[i] = int64(token)
	}
}

func (r *onnxRunner) step(i int) ([]float32, error) {
	if r.c.Streams > 0 {
		copy(r.x.GetData(), r.c.batchInput(i))
	} else if r.tokens == nil {
		copy(r.x.GetData(), r.c.input(i))
	} else {
		r.tokens.GetData()[0] = int64(r.c.token(i))
	}
	return r.run()
}

// run runs the network once, and returns its output.
func (r *onnxRunner) run() ([]float32, error) {
	y := r.y[r.turn]
	if err := r.onnxSession.run(); err != nil {
		return nil, err
	}
	return y.GetData(), nil
}
