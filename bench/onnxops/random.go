package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// The sizes of random graphs. Two of them are equal, so that a mistake of one
// for the other has the right shape.
const (
	steps, batch, inputs = 3, 3, 2
)

// A walk makes a random graph: one or two recurrent layers, and upon their
// outputs or states operators that mostly change the layout.
type walk struct {
	*rand.Rand
	model onnxtest.Model
	value string // the last
	shape []int  // its own
	names int
}

func newWalk(seed uint64) *walk {
	w := &walk{Rand: rand.New(rand.NewPCG(seed, 0))}
	w.model.Opset = 13
	x := onnxtest.Value{Name: "x", Type: onnxtest.Float, Shape: []any{steps, batch, inputs}}
	if w.IntN(2) == 0 {
		x.Shape = []any{"T", "N", inputs}
	}
	w.model.Inputs = []onnxtest.Value{x}
	w.layers()
	for range 1 + w.IntN(7) {
		if len(w.shape) > 0 {
			w.step(w.IntN(len(w.shape)))
		}
	}
	w.model.Outputs = []onnxtest.Value{{Name: w.value, Type: onnxtest.Float}}
	return w
}

func (w *walk) name() string {
	w.names++
	return fmt.Sprint("v", w.names)
}

func attribute(name string, value any) onnxtest.Attribute {
	return onnxtest.Attribute{Name: name, Value: value}
}

// node adds a node, whose first input is the last value.
func (w *walk) node(operator string, shape []int, more []string, attributes ...onnxtest.Attribute) {
	out := w.name()
	w.model.Nodes = append(w.model.Nodes, onnxtest.Node{Operator: operator, Inputs: append([]string{w.value}, more...), Outputs: []string{out}, Attributes: attributes})
	w.value, w.shape = out, shape
}

func (w *walk) ints(list ...int) string {
	t := onnxtest.Ints(w.name())
	for _, v := range list {
		t.Ints = append(t.Ints, int64(v))
	}
	t.Shape = []int{len(list)}
	w.model.Constants = append(w.model.Constants, t)
	return t.Name
}

func (w *walk) floats(shape ...int) string {
	n := 1
	for _, d := range shape {
		n *= d
	}
	name := w.name()
	w.model.Constants = append(w.model.Constants, onnxtest.Floats(name, shape, onnxtest.Random(fmt.Sprint(name, w.Uint64()), n)))
	return name
}

// gru adds a recurrent layer, and returns the names of Y and Y_h.
func (w *walk) gru(x string, width int) (y, state string, directions, hidden int) {
	directions, hidden = 1+w.IntN(2), 1+w.IntN(3)
	direction := "bidirectional"
	if directions == 1 {
		direction = []string{"forward", "reverse"}[w.IntN(2)]
	}
	y, state = w.name(), w.name()
	w.model.Nodes = append(w.model.Nodes, onnxtest.Node{
		Operator: "GRU",
		Inputs:   []string{x, w.floats(directions, 3*hidden, width), w.floats(directions, 3*hidden, hidden), w.floats(directions, 6*hidden)},
		Outputs:  []string{y, state},
		Attributes: []onnxtest.Attribute{attribute("hidden_size", hidden), attribute("linear_before_reset", 1),
			attribute("direction", direction)},
	})
	return y, state, directions, hidden
}

func (w *walk) layers() {
	y, state, d, h := w.gru("x", inputs)
	if w.IntN(3) == 0 {
		w.value = y
		w.node("Transpose", nil, nil, attribute("perm", []int{0, 2, 1, 3}))
		w.node("Reshape", nil, []string{w.ints(0, 0, -1)})
		y, state, d, h = w.gru(w.value, d*h)
	}
	w.value, w.shape = y, []int{steps, d, batch, h}
	if w.IntN(2) == 0 {
		w.value, w.shape = state, []int{d, batch, h}
	}
}

// step adds an operator along axis k.
func (w *walk) step(k int) {
	s := w.shape
	n := s[k]
	with := func(d ...int) []int { return slices.Concat(s[:k], d, s[k+1:]) }
	switch w.IntN(12) {
	case 0, 1:
		perm, turned := w.Perm(len(s)), []int(nil)
		for _, i := range perm {
			turned = append(turned, s[i])
		}
		w.node("Transpose", turned, nil, attribute("perm", perm))
	case 2:
		if k+1 < len(s) {
			merged := slices.Concat(s[:k], []int{n * s[k+1]}, s[k+2:])
			w.node("Reshape", merged, []string{w.ints(merged...)})
		}
	case 3:
		if n%2 == 0 || n%3 == 0 {
			f := 2 + n%2
			w.node("Reshape", with(f, n/f), []string{w.ints(with(-1, n/f)...)})
		}
	case 4:
		w.node("Unsqueeze", with(1, n), []string{w.ints(k)})
	case 5:
		if n == 1 {
			w.node("Squeeze", with(), []string{w.ints(k)})
		}
	case 6:
		w.node("Gather", with(1), []string{w.ints([]int{0, -1, w.IntN(n)}[w.IntN(3)])}, attribute("axis", k))
	case 7:
		if w.IntN(3) == 0 {
			w.node("Slice", s, []string{w.ints(-1), w.ints(math.MinInt32), w.ints(k), w.ints(-1)})
			return
		}
		from := w.IntN(n)
		to := from + 1 + w.IntN(n-from)
		w.node("Slice", with(to-from), []string{w.ints(from), w.ints(to), w.ints(k)})
	case 8:
		if w.IntN(2) == 0 {
			w.node("ReduceSum", with(), []string{w.ints(k)}, attribute("keepdims", 0))
			return
		}
		w.node([]string{"ReduceMean", "ReduceMax"}[w.IntN(2)], with(1), nil, attribute("axes", []int{k}))
	case 9:
		outputs := 1 + w.IntN(3)
		w.node("MatMul", append(slices.Clone(s[:len(s)-1]), outputs), []string{w.floats(s[len(s)-1], outputs)})
	case 10:
		along := slices.Repeat([]int{1}, len(s)-k)
		along[0] = n
		w.node([]string{"Add", "Mul", "Sub"}[w.IntN(3)], s, []string{w.floats(along...)})
	case 11:
		w.node([]string{"Tanh", "Relu", "Sigmoid"}[w.IntN(3)], s, nil)
	}
}

// randomGraphs reads random graphs, and compares the networks of those that are
// not refused with ONNX Runtime.
func randomGraphs(count int) error {
	read, other := 0, 0
	for seed := range count {
		w := newWalk(uint64(seed))
		data := w.model.Marshal()
		n, err := onnx.Read(data)
		if err != nil {
			continue
		}
		read++
		x := onnxtest.Random(fmt.Sprint(seed), steps*batch*inputs)
		want, err := compute(data, w.value, x, batch)
		if err != nil {
			return fmt.Errorf("graph %d: %w", seed, err)
		}
		if n.Graph != nil { // it is read for a batch of one, which a constant may spread over more
			want = nil
		}
		// How a graph lays its outputs out is not a part of the network, so only
		// the numbers themselves are compared.
		var got []float64
		for i := range batch {
			var sequence [][]float64
			for t := range steps {
				sequence = append(sequence, onnxtest.Widened(x[(t*batch+i)*inputs:][:inputs]))
			}
			ys, err := evaluate(n, sequence)
			if err != nil {
				return fmt.Errorf("graph %d: %w", seed, err)
			}
			got = append(got, ys...)
			if n.Graph != nil {
				y, err := compute(data, w.value, narrowed(sequence), 1)
				if err != nil {
					return fmt.Errorf("graph %d, sequence %d: %w", seed, i, err)
				}
				want = append(want, y...)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= tolerance*max(1, math.Abs(b)) }) {
			other++
			fmt.Printf("graph %d is read as another network\n", seed)
		}
	}
	fmt.Printf("%d random graphs, %d are read, the others refused; %d of those that are read differ from ONNX Runtime\n", count, read, other)
	return nil
}

// compute returns the output of ONNX Runtime.
func compute(data []byte, output string, x []float32, batch int64) ([]float64, error) {
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(data, []string{"x"}, []string{output}, nil)
	if err != nil {
		return nil, err
	}
	defer session.Destroy()
	t, err := ort.NewTensor(ort.NewShape(steps, batch, inputs), x)
	if err != nil {
		return nil, err
	}
	out := []ort.Value{nil}
	if err := session.Run([]ort.Value{t}, out); err != nil {
		return nil, err
	}
	defer destroy([]ort.Value{t, out[0]})
	return onnxtest.Widened(out[0].(*ort.Tensor[float32]).GetData()), nil
}

// evaluate returns the outputs of a sequence: of a stack of layers by the specification, and
// of a graph by the runtime.
func evaluate(n *network.Network, sequence [][]float64) (all []float64, err error) {
	if n.Graph == nil {
		for _, y := range onnxtest.Evaluate(n, sequence) {
			all = append(all, y...)
		}
		return all, nil
	}
	d, err := n.Model()
	if err != nil {
		return nil, err
	}
	m, err := rnn.New(d)
	if err != nil {
		return nil, err
	}
	ys, err := m.NewSession().Run(narrowed(sequence))
	if err != nil {
		return nil, err
	}
	return onnxtest.Widened(ys), nil
}

// narrowed returns the steps of a sequence side by side.
func narrowed(sequence [][]float64) (xs []float32) {
	for _, x := range sequence {
		for _, v := range x {
			xs = append(xs, float32(v))
		}
	}
	return xs
}
