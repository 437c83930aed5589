package torchscript

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/pickle"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// Options give what the archive does not tell.
type Options struct {
	// Shape is that of forward's first input, such as [1, 0, 41]: 0 is the open number
	// of steps. nil: the package tries shapes.
	Shape []int
	// Output chooses the network's output if there are several: "output", "output.1"
	// ….
	Output string
	// Report receives what becomes of each operation of the code. It may be nil.
	Report *network.Report
}

// Read reads an archive of torch.jit.save. The error is a [*network.ImportError], or
// one of package onnx.
func (o Options) Read(data []byte) (*network.Network, error) {
	script, err := pickle.ReadScript(data)
	if err != nil {
		return nil, err
	}
	first := network.Refuse(network.ErrUnsupported, "forward", "its weights do not tell the shape of its first input: give it with --shape, with 0 for the number of steps")
	most := -1
	report := o.Report
	for _, s := range o.shapes(script.Module) {
		if report != nil {
			o.Report = &network.Report{}
		}
		n, followed, err := o.try(script, s, len(data))
		if report != nil && (err == nil || followed > most) {
			*report = *o.Report
		}
		if err == nil {
			return n, nil
		}
		if !s.open() { // the last resort
			followed = 0
		}
		if followed > most {
			first, most = err, followed
		}
	}
	return nil, first
}

// steps is the number of steps that stands for an open one: a prime that is unlikely
// to be another size.
const steps = 107

// A trial is the shape of the first input.
type trial struct {
	shape  []dimension
	tokens bool
}

// shapes returns possible shapes of the first input, likely ones first.
func (o Options) shapes(m *pickle.Object) []trial {
	t := dimension{steps, true}
	one := dimension{n: 1}
	if o.Shape != nil {
		var s []dimension
		for _, n := range o.Shape {
			if n == 0 {
				s = append(s, t)
			} else {
				s = append(s, dimension{n: n})
			}
		}
		return []trial{{s, false}, {s, true}}
	}
	var list []trial
	widths, tokens := inputs(m)
	if tokens {
		list = append(list, trial{[]dimension{one, t}, true}, trial{[]dimension{t, one}, true}, trial{[]dimension{t}, true}, trial{[]dimension{one}, true})
	}
	for _, n := range widths {
		f := dimension{n: n}
		for _, s := range [][]dimension{{one, t, f}, {t, one, f}, {one, f, t}, {one, f}, {t, f}, {one, one, f}, {f}} {
			list = append(list, trial{s, false})
		}
	}
	return list
}

// maxWidths bounds how many numbers of features are tried.
const maxWidths = 6

// inputs returns the numbers of features that modules read, in their order, and whether
// there is an embedding.
func inputs(m *pickle.Object) (widths []int, tokens bool) {
	walk(m, "", func(name string, of *pickle.Object, t *statedict.Tensor) {
		_, last := split(name)
		_, class := split(of.Class)
		switch {
		case last == "weight" && strings.Contains(class, "Embedding"):
			tokens = true
		case (last == "weight" || last == "weight_ih_l0" || last == "weight_ih") && len(t.Shape) >= 2 && len(widths) < maxWidths:
			if !slices.Contains(widths, t.Shape[1]) {
				widths = append(widths, t.Shape[1])
			}
		}
	})
	return widths, tokens
}

// walk calls a function for each tensor of a module and of those in it.
func walk(m *pickle.Object, prefix string, f func(name string, of *pickle.Object, t *statedict.Tensor)) {
	for _, name := range m.Names {
		switch v := m.Attrs[name].(type) {
		case *statedict.Tensor:
			f(prefix+name, m, v)
		case *pickle.Object:
			walk(v, prefix+name+".", f)
		}
	}
}

// StateDict returns the tensors of an archive by their names, for networks whose code
// is not followed.
func StateDict(data []byte) ([]statedict.Tensor, error) {
	script, err := pickle.ReadScript(data)
	if err != nil {
		return nil, err
	}
	var list []statedict.Tensor
	walk(script.Module, "", func(name string, _ *pickle.Object, t *statedict.Tensor) {
		named := *t
		named.Name = name
		list = append(list, named)
	})
	return list, nil
}

// try follows forward with an input of that shape, and reads the graph. It returns how
// far it got.
func (o Options) try(script *pickle.Script, t trial, size int) (*network.Network, int, error) {
	in, err := follow(script, t, size, nil)
	if err == nil && len(in.changed) > 0 {
		in, err = follow(script, t, size, in.changed)
	}
	followed := maxStatements - in.left
	if err != nil {
		if o.Report != nil {
			in.survey(o.Report)
		}
		return nil, followed, err
	}
	in.model.Prune()
	read := onnx.Options{Output: o.Output, Report: o.Report}
	n, err := read.Read(in.model.Marshal())
	if err != nil {
		return nil, followed + maxStatements, fmt.Errorf("the graph of its code, for an input of %s: %w", shapeText(t.shape), err)
	}
	if !t.open() && len(in.model.Inputs) == 1 && o.Shape == nil { // it would start again at each step
		return nil, 0, in.unsupported("a module without states reads one step at a time")
	}
	return n, 0, nil
}

// open reports whether the number of steps is open.
func (t trial) open() bool {
	return slices.ContainsFunc(t.shape, func(d dimension) bool { return d.open })
}

// follow follows forward, with buffers that it is known to change as states.
func follow(script *pickle.Script, t trial, size int, changed []place) (*interpreter, error) {
	in := &interpreter{graph: newGraph(), script: script, files: map[string]*file{}, operators: map[string]operator{}, left: maxStatements, steps: maxSteps, tokens: maxTokens + size/16, most: size + 1<<16}
	for _, add := range []func(map[string]operator){arithmetic, layouts, functions, products, reductions, recurrences} {
		add(in.operators)
	}
	f, err := in.attribute(script.Module, "forward")
	if err != nil {
		return in, err
	}
	forward, ok := f.(*callable)
	if !ok || forward.script == nil || len(forward.script.parameters) < 2 {
		return in, in.unsupported("the module has no forward with an input")
	}
	x := &tensor{name: "input", shape: t.shape, whole: t.tokens, memory: &memory{}}
	in.input(x)
	if err := in.state(changed); err != nil {
		return in, err
	}
	arguments := []value{x}
	for _, p := range forward.script.parameters[2:] {
		v, err := in.stateArgument(p)
		if err != nil {
			return in, err
		}
		if v == nil {
			break
		}
		arguments = append(arguments, v)
	}
	result, err := in.call(forward, arguments, nil)
	if err != nil {
		return in, err
	}
	return in, in.outputs(result)
}

// stateArgument turns a further parameter into an input, as a state of the first
// recurrent module; nil if the parameter can be left out.
func (in *interpreter) stateArgument(p parameter) (value, error) {
	if p.usual != nil {
		return nil, nil
	}
	shape := recurrentState(in.script.Module)
	if shape == nil {
		return nil, in.unsupported("forward has the input %.60q beside the first, and no recurrent module whose state it could be", p.name)
	}
	one := func(name string) value {
		t := &tensor{name: name, shape: shape, memory: &memory{}}
		in.input(t)
		return t
	}
	if p.tensor {
		return one(p.name), nil
	}
	return &list{[]value{one(p.name + ".h"), one(p.name + ".c")}}, nil
}

// recurrentState returns the shape of the first recurrent module's states.
func recurrentState(m *pickle.Object) (shape []dimension) {
	walk(m, "", func(name string, of *pickle.Object, t *statedict.Tensor) {
		if _, last := split("." + name); last != "weight_hh_l0" || shape != nil || len(t.Shape) != 2 {
			return
		}
		n := 0
		for _, other := range of.Names {
			if strings.HasPrefix(other, "weight_hh_l") {
				n++
			}
		}
		shape = []dimension{{n: n}, {n: 1}, {n: t.Shape[1]}}
	})
	return shape
}

// outputs turns the values that forward returned, and the buffers that it changed,
// into outputs.
func (in *interpreter) outputs(result value) error {
	var all []*tensor
	var flatten func(v value) error
	flatten = func(v value) error {
		switch v := v.(type) {
		case *tensor:
			all = append(all, v)
		case *list:
			if err := in.spend(len(v.items)); err != nil {
				return err
			}
			for _, item := range v.items {
				if err := flatten(item); err != nil {
					return err
				}
			}
		default:
			return in.unsupported("forward returns %s", describe(v))
		}
		return nil
	}
	if err := flatten(result); err != nil {
		return err
	}
	for i, t := range all {
		name := "output"
		if i > 0 {
			name = fmt.Sprintf("output.%d", i)
		}
		if t.name == "" || t.data != nil {
			return in.unsupported("forward returns a constant")
		}
		in.output(t, name)
	}
	for i, at := range in.changed {
		in.output(in.buffers[at], fmt.Sprintf("state.%d.next", i))
	}
	return nil
}
