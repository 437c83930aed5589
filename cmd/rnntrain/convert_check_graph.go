package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// A port is an input or an output of a graph, or all of them side by side, with the
// array of its numbers or tokens.
type port struct {
	name             string
	frames, channels int
	tokens           bool
	sequence         bool // an output of the whole sequence, not of each step
	array            *npy.Array
	deviation        // of an output
}

// A deviation is the difference between an output and its expected value.
type deviation struct {
	max, mean float64
	worst     place
}

func (p *port) size() int { return p.frames * p.channels }

// fits reports whether the array has the port's numbers for n sequences of t steps. Its
// rows are steps or frames. The dimension n may be missing if it is 1.
func (p *port) fits(n, t int) bool {
	rows := [][]int{{t, p.size()}, {t, p.frames, p.channels}, {t * p.frames, p.channels}, {t * p.frames}}
	last := p.channels > 1 // the numbers of a row have a dimension
	if p.sequence {
		rows = [][]int{{p.size()}, {p.frames, p.channels}, {}}
		last = p.size() > 1
	}
	if last {
		rows = rows[:len(rows)-1]
	}
	return slices.ContainsFunc(rows, func(row []int) bool {
		return n == 1 && slices.Equal(p.array.Shape, row) || slices.Equal(p.array.Shape, append([]int{n}, row...))
	})
}

// String returns the expected shape.
func (p *port) String() string {
	switch {
	case p.sequence:
		return fmt.Sprintf("[N, %d]", p.size())
	case p.frames > 1:
		return fmt.Sprintf("[N, T, %d] (steps) or [N, %d*T, %d] (frames)", p.size(), p.frames, p.channels)
	case p.tokens:
		return "[N, T]"
	}
	return fmt.Sprintf("[N, T, %d]", p.size())
}

// graphPorts returns the inputs and the outputs of a graph with their arrays: those with
// their names, or x and y.
func (p *proof) graphPorts(m *runtime.Model, states []*checkedState) (inputs, outputs []port, err error) {
	for _, in := range m.Inputs() {
		inputs = append(inputs, port{name: in.Name, frames: in.Frames, channels: in.Channels, tokens: in.Tokens > 0})
	}
	for _, out := range m.Outputs() {
		outputs = append(outputs, port{name: out.Name, frames: out.Frames, channels: out.Channels, sequence: out.Sequence})
	}
	arrays := p.arrays(states)
	if inputs, arrays, err = takeArrays("x", inputs, arrays); err != nil {
		return nil, nil, err
	}
	if outputs, arrays, err = takeArrays("y", outputs, arrays); err != nil {
		return nil, nil, err
	}
	if len(arrays) > 0 {
		return nil, nil, fmt.Errorf("the array %s is neither x (inputs), y (outputs), nor one of the model's inputs and outputs", message.Quote(arrays[0].Name))
	}
	return inputs, outputs, nil
}

// arrays returns all arrays of the check except the states.
func (p *proof) arrays(states []*checkedState) []*npy.Array {
	var list []*npy.Array
	for _, a := range []*npy.Array{&p.x, &p.y} {
		if a.Name != "" {
			list = append(list, a)
		}
	}
	for i := range p.parts {
		if !slices.ContainsFunc(states, func(c *checkedState) bool { return c.name == p.parts[i].Name }) {
			list = append(list, &p.parts[i])
		}
	}
	return list
}

// takeArrays assigns arrays to the ports by name, and returns the other arrays. If no
// array has the name of a port, the array all has the numbers of all ports side by side.
func takeArrays(all string, ports []port, arrays []*npy.Array) ([]port, []*npy.Array, error) {
	take := func(p *port, name string) bool {
		i := slices.IndexFunc(arrays, func(a *npy.Array) bool { return a.Name == name })
		if i >= 0 {
			p.array, arrays = arrays[i], slices.Delete(slices.Clone(arrays), i, i+1)
		}
		return i >= 0
	}
	missing := ""
	for i := range ports {
		if !take(&ports[i], ports[i].name) && missing == "" {
			missing = ports[i].name
		}
	}
	if missing == "" {
		return ports, arrays, nil
	}
	whole := port{name: all, frames: 1, tokens: ports[0].tokens, sequence: ports[0].sequence}
	alike := len(ports) == 1
	if alike {
		whole.frames, whole.channels = ports[0].frames, ports[0].channels
	} else {
		for i := range ports {
			whole.channels += ports[i].size()
			alike = i == 0 || alike && ports[i].tokens == whole.tokens && ports[i].sequence == whole.sequence
		}
	}
	if alike && take(&whole, all) {
		return []port{whole}, arrays, nil
	}
	return nil, nil, fmt.Errorf("there is neither an array %s nor one for the model's %s", all, message.Quote(missing))
}

// layoutGraph determines the number of sequences and steps of the arrays.
func (p *proof) layoutGraph(inputs, outputs []port) error {
	first := inputs[0].array
	if len(first.Shape) == 0 || slices.Contains(first.Shape, 0) {
		return fmt.Errorf("%s has the shape %v, so there is nothing to check", message.Quote(first.Name), first.Shape)
	}
	numbers := max(len(first.Floats), len(first.Integers))
	var fault error
	for _, n := range []int{1, first.Shape[0]} {
		p.sequences, p.steps = n, numbers/(n*inputs[0].size())
		if fault == nil || numbers%(n*inputs[0].size()) == 0 && inputs[0].fits(n, p.steps) {
			if fault = p.checkShapes(slices.Concat(inputs, outputs)); fault == nil {
				return nil
			}
		}
	}
	return fault
}

// checkShapes refuses arrays with another number of sequences or steps.
func (p *proof) checkShapes(ports []port) error {
	for i := range ports {
		port := &ports[i]
		if !port.fits(p.sequences, p.steps) {
			if i == 0 {
				return fmt.Errorf("the array %s has the shape %v, want %v for N sequences of T steps", message.Quote(port.array.Name), port.array.Shape, port)
			}
			return fmt.Errorf("the array %s has the shape %v, want %v for %s of %s, as in %s",
				message.Quote(port.array.Name), port.array.Shape, port, message.Count(p.sequences, "sequence"), message.Count(p.steps, "step"), message.Quote(ports[0].array.Name))
		}
		if port.tokens && !port.array.DType.Integer() {
			return fmt.Errorf("the array %s is of %v, but the model takes tokens there: integers", message.Quote(port.array.Name), port.array.DType)
		}
	}
	return nil
}

// A graphInput is the input of a graph for one sequence.
type graphInput struct {
	tokens  []int32
	numbers []float32
}

// gather returns the steps of a sequence in the form in which the model reads them.
func (p *proof) gather(sequence int, inputs []port) (in graphInput) {
	for t := range p.steps {
		for _, port := range inputs {
			at := (sequence*p.steps + t) * port.size()
			if port.tokens {
				in.tokens = append(in.tokens, port.array.Integers[at:][:port.size()]...)
			} else {
				in.numbers = append(in.numbers, port.array.Floats[at:][:port.size()]...)
			}
		}
	}
	return in
}

// runGraph runs a graph on every sequence, and compares its outputs.
func (p *proof) runGraph(m *runtime.Model) error {
	session := m.NewSession()
	states := p.checkedStates(session)
	inputs, outputs, err := p.graphPorts(m, states)
	if err != nil {
		return err
	}
	if err := p.layoutGraph(inputs, outputs); err != nil {
		return err
	}
	for _, port := range slices.Concat(inputs, outputs) {
		if !port.tokens {
			port.array.Floats = port.array.Numbers()
			port.array.DType = npy.Float32
		}
	}
	for _, c := range states {
		if err := c.settle(p.sequences); err != nil {
			return err
		}
	}
	p.graph = nil
	padding := p.paddingOf(m)
	for i := range p.sequences {
		in := p.gather(i, inputs)
		in.tokens, in.numbers = padding.without(in.tokens, in.numbers)
		p.graph = append(p.graph, in)
		session.Reset()
		for _, c := range states {
			c.start(session, i)
		}
		y, err := session.RunInputs(in.numbers, in.tokens)
		if err != nil {
			return err
		}
		p.compareGraph(i, session, y, outputs)
		for _, c := range states {
			c.compareEnd(session, i, p.steps)
		}
	}
	for _, c := range states {
		if c.end {
			outputs = append(outputs, c.port)
		}
	}
	p.report(outputs)
	return nil
}

// compareGraph compares the outputs of a sequence.
func (p *proof) compareGraph(sequence int, s *runtime.Session, y []float32, outputs []port) {
	each := len(y) / p.steps
	at := 0
	for i := range outputs {
		out := &outputs[i]
		if out.sequence {
			values := y
			if len(outputs) > 1 {
				values = s.Output(out.name)
			}
			out.compare(values, sequence, p.steps)
			continue
		}
		values := make([]float32, 0, p.steps*out.size())
		for t := range p.steps {
			values = append(values, y[t*each+at:][:out.size()]...)
		}
		out.compare(values, sequence, p.steps)
		at += out.size()
	}
}

// compare compares the values of a sequence with those of the array. The error of NaN is
// infinite.
func (p *port) compare(values []float32, sequence, steps int) {
	all := p.array.Floats
	for i, want := range all[sequence*len(values):][:len(values)] {
		e := math.Abs(float64(values[i]) - float64(want))
		if math.IsNaN(e) {
			e = math.Inf(1)
		}
		p.mean += e / float64(len(all))
		if e > p.max {
			p.max, p.worst = e, place{sequence, i / p.size(), i % p.size()}
			if p.sequence {
				p.worst.step = steps - 1
			}
		}
	}
}

// report sets the errors of the proof from the deviations of the outputs.
func (p *proof) report(outputs []port) {
	p.outputs, p.max, p.mean, p.greatest = nil, 0, 0, ""
	numbers := 0
	for _, out := range outputs {
		p.outputs = append(p.outputs, out)
		p.mean += out.mean * float64(len(out.array.Floats))
		numbers += len(out.array.Floats)
		if out.max > p.max {
			p.max, p.worst, p.greatest = out.max, out.worst, out.name
		}
	}
	p.mean /= float64(numbers)
	if len(outputs) == 1 {
		p.outputs, p.greatest = nil, ""
	}
}
