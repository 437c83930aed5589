package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// errDifferent: the converted model's outputs differ from the source's.
var errDifferent = errors.New("the converted model computes something else")

// A proof has inputs, the outputs that the source framework computed for them, and the
// errors of the converted model's outputs.
type proof struct {
	x, y  npy.Array
	parts []npy.Array // arrays of single inputs and outputs of a graph, by name
	open  bool        // the pool of the model is unknown

	padded  *float32 // the network's Padding
	padding padding  // of the sequences

	logits bool // y are the model's logits, not its outputs

	sequences, steps int     // of x
	max, mean        float64 // absolute error of an output
	worst            place   // place of the greatest error

	graph    []graphInput // inputs of each sequence of a graph
	outputs  []port       // errors of the outputs, if a graph has several
	greatest string       // output with the greatest error
}

// A place is the position of an output.
type place struct{ sequence, step, output int }

// readProof reads x and y, or the single inputs and outputs in their place, from an .npz
// file or from files of single arrays, NAME=FILE.
func readProof(files []string) (*proof, error) {
	arrays, err := readArrays(files)
	if err != nil {
		return nil, err
	}
	p := &proof{}
	for _, a := range arrays {
		switch a.Name {
		case "x":
			p.x = a
		case "y":
			p.y = a
		default:
			p.parts = append(p.parts, a)
		}
	}
	p.y.Floats = p.y.Numbers()
	return p, nil
}

// readArrays reads the files of a check.
func readArrays(files []string) (list []npy.Array, err error) {
	for _, file := range files {
		name, path, single := strings.Cut(file, "=")
		if _, err := os.Stat(file); err == nil || !single {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			arrays, err := npy.ReadArchive(data)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			list = append(list, arrays...)
			continue
		}
		a, err := readArray(path)
		if err != nil {
			return nil, fmt.Errorf("--check %s: %w", file, err)
		}
		a.Name = name
		list = append(list, a)
	}
	for i, a := range list {
		if slices.ContainsFunc(list[:i], func(b npy.Array) bool { return a.Name == b.Name }) {
			return nil, cli.Usagef("--check: there are two arrays %s", message.Quote(a.Name))
		}
	}
	return list, nil
}

// readArray reads an array of NumPy, or a tensor of ONNX.
func readArray(path string) (npy.Array, error) {
	c, err := readConstant(path)
	if err != nil {
		return npy.Array{}, err
	}
	a := npy.Array{Shape: c.Shape, DType: npy.Float32, Floats: c.Floats}
	if c.Ints == nil {
		return a, nil
	}
	a.DType = npy.Int32
	for _, v := range c.Ints {
		if v != int64(int32(v)) {
			return a, fmt.Errorf("%s: the number %d does not fit in 32 bits", path, v)
		}
		a.Integers = append(a.Integers, int32(v))
	}
	return a, nil
}

// whole refuses a proof that does not consist of x and y.
func (p *proof) whole() error {
	switch {
	case len(p.parts) > 0:
		return fmt.Errorf("the array %q is neither x (inputs) nor y (outputs)", p.parts[0].Name)
	case p.x.Name == "" || p.y.Name == "":
		return errors.New("it must have the arrays x (inputs) and y (outputs)")
	}
	return nil
}

// tokens reports whether the inputs may be tokens: integers that are not vectors
// of features.
func (p *proof) tokens() bool { return p.x.DType.Integer() && len(p.x.Shape) < 3 }

// pool returns the pool that the shapes imply: whether each step or each sequence has
// outputs.
func (p *proof) pool() string {
	steps := len(p.x.Shape) - 1 // dimensions without the features of numbers
	if p.tokens() {
		steps = len(p.x.Shape)
	}
	if len(p.y.Shape) > steps {
		return "none"
	}
	return "last"
}

// layout sets the number of sequences and steps, and checks the shapes.
func (p *proof) layout(m *runtime.Model) error {
	shape := slices.Clone(p.x.Shape)
	if n := len(shape); !p.tokens() && m.InputSize() == 1 && (n == 1 || n == 2 && shape[1] != 1) {
		shape = append(shape, 1) // a single feature has no dimension
	}
	if !p.tokens() {
		if len(shape) < 2 || shape[len(shape)-1] != m.InputSize() {
			return fmt.Errorf("x has the shape %v, want [T %d] or [N T %d]", shape, m.InputSize(), m.InputSize())
		}
		shape = shape[:len(shape)-1]
	}
	if len(shape) < 1 || len(shape) > 2 {
		return fmt.Errorf("x has the shape %v, want [T] or [N T] for tokens, or [T I] or [N T I] for numbers", p.x.Shape)
	}
	p.sequences, p.steps = 1, shape[len(shape)-1]
	if len(shape) == 2 {
		p.sequences = shape[0]
	}
	if p.sequences == 0 || p.steps == 0 {
		return fmt.Errorf("x has the shape %v, so there is nothing to check", p.x.Shape)
	}
	want := slices.Clone(shape)
	if m.Pooled() {
		want = want[:len(want)-1]
	}
	alone := m.OutputSize() == 1 && slices.Equal(p.y.Shape, want) // a single output has no dimension
	if want = append(want, m.OutputSize()); !alone && !slices.Equal(p.y.Shape, want) {
		return fmt.Errorf("y has the shape %v, but the model's outputs for x of the shape %v have %v (sequences, steps, features)", p.y.Shape, p.x.Shape, want)
	}
	return nil
}

// choose checks the model of a network, and returns it. If the pool of the network is
// unknown, it returns the model with the first pool whose outputs are y.
func (p *proof) choose(n *network.Network, m *format.Model, tolerance float64) (*format.Model, error) {
	p.padded = n.Padding
	first := p.prove(m, tolerance)
	if n.DoubtfulReset && (first == nil || errors.Is(first, errDifferent)) {
		return p.chooseReset(n, m, tolerance, first)
	}
	if !errors.Is(first, errDifferent) || !p.open {
		return m, first
	}
	for _, n.Pool = range []format.Pool{format.PoolLastOutput, format.PoolMax, format.PoolMean} {
		other, err := n.Model()
		if err != nil {
			return nil, err
		}
		if p.prove(other, tolerance) == nil {
			return other, nil
		}
	}
	return nil, fmt.Errorf("%w. The other pools (the last step of all directions, the maximum and the mean over the steps) do not give y either", first)
}

// chooseReset checks the model of a network whose GRUs may reset after the product
// instead of before, and returns the one whose outputs are y. first is the error of m.
func (p *proof) chooseReset(n *network.Network, m *format.Model, tolerance float64, first error) (*format.Model, error) {
	if first == nil {
		n.DoubtfulReset = false
		return m, nil
	}
	n.SetVariant(format.VariantResetAfter)
	other, err := n.Model()
	if err != nil {
		return nil, err
	}
	if p.prove(other, tolerance) != nil {
		return nil, fmt.Errorf("%w. GRUs that reset after the product (--gru reset-after) do not give y either", first)
	}
	n.Notes = append(n.Notes, resetShown)
	return other, nil
}

// prove compares the model's outputs with y and, if they differ, the model's logits. It
// stores the inputs in the model. If both differ, it returns the error of the outputs,
// which wraps errDifferent.
func (p *proof) prove(d *format.Model, tolerance float64) error {
	p.logits = false
	err := p.run(d, tolerance)
	if errors.Is(err, errDifferent) && d.Output != format.OutputLinear && d.OutputSize() == d.LogitCount() {
		outputs := *p
		if p.run(withLogits(d), tolerance) != nil {
			*p = outputs
			return err
		}
		p.logits, err = true, nil
	}
	if err != nil {
		return err
	}
	return p.store(d)
}

// store stores the inputs in the model, with the model's outputs for them.
func (p *proof) store(d *format.Model) error {
	m, err := runtime.New(d)
	if err != nil {
		return err
	}
	defer m.Close()
	d.Goldens = nil
	for i := range p.sequences {
		g, err := m.Golden(p.input(i))
		if err != nil {
			return err
		}
		d.Goldens = append(d.Goldens, g)
	}
	return nil
}

// run runs the model on every sequence of x, and compares its outputs with y. A
// difference above the tolerance is an error that wraps errDifferent.
func (p *proof) run(d *format.Model, tolerance float64) error {
	m, err := runtime.New(d)
	if err != nil {
		return err
	}
	defer m.Close()
	if d.Graph != nil {
		if err := p.runGraph(m); err != nil {
			return err
		}
		return p.judge(tolerance)
	}
	if err := p.whole(); err != nil {
		return err
	}
	switch {
	case d.Embedding != nil && !p.tokens():
		return fmt.Errorf("x is of %v with the shape %v, but the model takes tokens: integers [T] or [N T]", p.x.DType, p.x.Shape)
	case d.Embedding == nil && p.x.DType.Integer():
		p.x.Floats, p.x.DType = p.x.Numbers(), npy.Float32
	}
	p.max, p.mean = 0, 0
	if err := p.layout(m); err != nil {
		return err
	}
	p.padding = p.paddingOf(m)
	session := m.NewSession()
	sum := 0.0
	for i := range p.sequences {
		tokens, numbers := p.input(i)
		session.Reset()
		var y []float32
		if tokens != nil {
			y, err = session.RunTokens(tokens)
		} else {
			y, err = session.Run(numbers)
		}
		if err != nil {
			return err
		}
		sum += p.compare(i, y, m.OutputSize())
	}
	p.mean = sum / float64(len(p.y.Floats))
	return p.judge(tolerance)
}

// judge returns an error if an output differs too much.
func (p *proof) judge(tolerance float64) error {
	where := p.worst.String()
	if p.greatest != "" {
		where = message.Quote(p.greatest) + ", " + where
	}
	if !(p.max <= tolerance) {
		return fmt.Errorf("%w: its outputs differ from y by up to %.3g and on average by %.3g, but --tolerance is %g; the greatest difference is at %v. "+
			"The commonest cause is that the other framework computed y in training mode, with dropout: call model.eval() first. "+
			"If x or y have the time first, transpose them to [N T …]; if y are the outputs after a function such as softmax, name it with --output-function", errDifferent, p.max, p.mean, tolerance, where)
	}
	return nil
}

// input returns the tokens or the numbers of a sequence.
func (p *proof) input(sequence int) ([]int32, []float32) {
	if p.graph != nil {
		return p.graph[sequence].tokens, p.graph[sequence].numbers
	}
	if p.tokens() {
		return p.padding.without(p.x.Integers[sequence*p.steps:][:p.steps], nil)
	}
	n := len(p.x.Floats) / p.sequences
	return p.padding.without(nil, p.x.Floats[sequence*n:][:n])
}

// compare compares a sequence's outputs with y, and returns the sum of the errors. The
// error of NaN is infinite.
func (p *proof) compare(sequence int, y []float32, size int) float64 {
	sum := 0.0
	for i, want := range p.y.Floats[sequence*len(y):][:len(y)] {
		e := math.Abs(float64(y[i]) - float64(want))
		if math.IsNaN(e) {
			e = math.Inf(1)
		}
		sum += e
		if e > p.max {
			p.max, p.worst = e, place{sequence, i / size, i % size}
		}
	}
	return sum
}

// String says where it is.
func (p place) String() string {
	return fmt.Sprintf("sequence %d, step %d, output %d", p.sequence, p.step, p.output)
}
