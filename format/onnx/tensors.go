package onnx

import (
	"slices"
	"sort"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// tensors are elements of the graph's inputs, or of layers' final states, that no node
// has computed with yet, only changed the layout, cut and joined. This tells apart the
// parts of a state that several layers share.
type tensors struct {
	ids  *array // of float, which counts all of them exactly: the number of each element
	time int    // the axis of time; -1: there is none
	origin
}

// An origin is the node that made a value, which may be evaluated again.
type origin struct {
	node   *call // nil: there is none
	output int
}

// An owner is the input or state that elements belong to.
type owner struct {
	first int    // its first element
	input *input // or else
	layer *tracedLayer
	cell  bool // the cell state of the layer

	shape []int
	time  int // axis of an input
}

// A tracedLayer is a recurrent layer of the graph of layers.
type tracedLayer struct {
	node    *node
	value   int // of its outputs
	units   int // of a direction
	dirs    int
	reverse bool // the only direction is
	time    bool // its frames are those of time
	initial [2]*tensors
	finals  [2]int // owners of h and c
	cache   *input // a window's cache of frames; nil: it is a recurrent layer
}

// newOwner numbers the elements of an owner, and returns its number and them all.
// Frames of time are outermost in memory, wherever the file has them.
func (t *tracer) newOwner(c *call, o owner) (int, *tensors, error) {
	n := length(o.shape)
	if len(t.owners) > 0 {
		last := &t.owners[len(t.owners)-1]
		o.first = last.first + length(last.shape)
	}
	if n > format.MaxNumbers-o.first {
		return 0, nil, c.unsupported("more elements of inputs and states than a model can have")
	}
	if err := c.spend(n); err != nil {
		return 0, nil, err
	}
	a := &array{dtype: typeFloat, stored: slices.Clone(o.shape), floats: make([]float32, n)}
	for _, d := range o.shape {
		a.shape = append(a.shape, number(int64(d)))
	}
	inner := 1
	if o.time >= 0 {
		inner = length(o.shape[o.time+1:])
	}
	for i := range n {
		at := i
		if o.time >= 0 {
			outer, frame, rest := i/inner/o.shape[o.time], i/inner%o.shape[o.time], i%inner
			at = frame*(n/o.shape[o.time]) + outer*inner + rest
		}
		a.floats[i] = float32(o.first + at)
	}
	t.owners = append(t.owners, o)
	return len(t.owners) - 1, &tensors{ids: a, time: o.time}, nil
}

// lengths returns the lengths of the axes.
func (s *tensors) lengths() []int {
	shape := make([]int, len(s.ids.shape))
	for k, n := range s.ids.shape {
		shape[k] = n.known()
	}
	return shape
}

// ownerOf returns the owner of an element.
func (t *tracer) ownerOf(id float32) int {
	return sort.Search(len(t.owners), func(i int) bool { return t.owners[i].first > int(id) }) - 1
}

// list returns the owner of all elements, and which they are; -1: there are several
// owners.
func (t *tracer) list(s *tensors) (owner int, elements []int) {
	a := s.ids
	if a.length() == 0 {
		return -1, nil
	}
	owner = t.ownerOf(a.floats[0])
	for _, v := range a.floats {
		if t.ownerOf(v) != owner {
			return -1, nil
		}
	}
	if !a.plain() {
		a = a.view(a.shape, s.lengths(), a.strides(), 0)
	}
	elements = make([]int, len(a.floats))
	for i, v := range a.floats {
		elements[i] = int(v) - t.owners[owner].first
	}
	return owner, elements
}

// timeOfTensors returns the axis of elements that counts the frames of their input; -1:
// there is none.
func (t *tracer) timeOfTensors(s *tensors) int {
	o, list := t.list(s)
	if o < 0 || t.owners[o].input == nil || t.owners[o].time < 0 {
		return -1
	}
	from := &t.owners[o]
	frame := length(from.shape) / from.shape[from.time]
	strides, ok := stridesOf(s.lengths(), list)
	if !ok {
		return -1
	}
	for k, n := range s.lengths() {
		// An axis that goes through all of it holds time, perhaps with a part of each frame.
		if n == from.shape[from.time] && strides[k] == frame || n%probe == 0 && strides[k]*n == length(from.shape) {
			return k
		}
	}
	return -1
}

// layouts are the operators that change the layout of elements without
// computing with them.
var layouts = map[string]bool{
	"Transpose": true, "Squeeze": true, "Unsqueeze": true, "Reshape": true, "Flatten": true, "Identity": true,
	"Gather": true, "Slice": true, "Split": true, "Dropout": true,
}

func allTensors(in []value) bool {
	for _, v := range in {
		if _, ok := elementsOf(v); !ok {
			return false
		}
	}
	return len(in) > 0
}

// elementsOf returns the elements of a value.
func elementsOf(v value) (*tensors, bool) {
	switch v := v.(type) {
	case *tensors:
		return v, true
	case *flow:
		return v.final, v.final != nil && v.final.isWhole()
	case *part:
		if v.cell != nil {
			return v.cell.finals[1], true
		}
	}
	return nil, false
}

// layoutOfTensors evaluates a node on the numbers of elements.
func (t *tracer) layoutOfTensors(c *call) ([]value, error) {
	ids := &call{importer: t.importer, node: c.node}
	for _, v := range c.in {
		if s, ok := elementsOf(v); ok {
			v = s.ids
			if err := c.spend(s.ids.length()); err != nil {
				return nil, err
			}
		}
		ids.in = append(ids.in, v)
	}
	out, err := t.importer.operators[c.node.operator].run(ids)
	if s, ok := c.in[0].(*tensors); ok && err != nil {
		if n := framesOfReshape(c, s.lengths(), s.time); n > 1 {
			return nil, errFrames(n)
		}
	}
	for i, v := range out {
		if a, ok := v.(*array); ok {
			out[i] = &tensors{ids: a, time: -1, origin: origin{c, i}}
		}
	}
	return out, err
}

// flow returns input i of a node as a flow, or the constant that it is.
func (t *tracer) flow(c *call, i int) (*flow, *array, error) {
	v := c.input(i)
	if a, ok := v.(*array); ok {
		return nil, a, nil
	}
	if v == nil {
		return nil, nil, c.damaged("input %d is left out", i)
	}
	f, err := t.plain(c, v, c.node.inputs[i])
	return f, nil, err
}

// plain returns a value as a flow that nodes can compute with. A value that stands
// for elements, or for a part of a cell, becomes one by evaluating its node again.
func (t *tracer) plain(c *call, v value, name string) (*flow, error) {
	var from origin
	switch v := v.(type) {
	case *flow:
		return v, nil
	case *tensors:
		if f, err := t.compute(c, v, name); f != nil || err != nil {
			return f, err
		}
		from = v.origin
	case *part:
		from = v.origin
	}
	if from.node == nil {
		return nil, c.unsupported("it computes with %s, which is not read there", quote(name))
	}
	if f := t.replayed[v]; f != nil {
		return f, nil
	}
	if err := c.spend(1); err != nil {
		return nil, err
	}
	was := t.plainly
	t.plainly = true
	again := *from.node
	again.in = slices.Clone(again.in)
	var err error
	for i, in := range again.in {
		if _, ok := in.(*array); in == nil || ok {
			continue
		}
		if again.in[i], err = t.plain(c, in, again.node.inputs[i]); err != nil {
			return nil, err
		}
	}
	out, err := t.operators[again.node.operator].run(&again)
	t.plainly = was
	if err != nil {
		return nil, err
	}
	f, ok := out[from.output].(*flow)
	if !ok {
		return nil, c.unsupported("it computes with %s, which is not read there", quote(name))
	}
	t.keepTime(again.node.outputs[from.output], f)
	t.replayed[v] = f
	return f, nil
}

// stream returns input i, which is not a constant.
func (t *tracer) stream(c *call, i int) (*flow, error) {
	f, a, err := t.flow(c, i)
	if err == nil && a != nil {
		err = c.unsupported("input %d (%s) is constant", i, quote(c.node.inputs[i]))
	}
	return f, err
}

// compute returns a whole input, or units of a final state, as a flow; nil: the
// elements are something else.
func (t *tracer) compute(c *call, s *tensors, name string) (*flow, error) {
	o, list := t.list(s)
	if o < 0 {
		return nil, nil
	}
	from := &t.owners[o]
	if from.layer != nil {
		return t.finalState(c, s, from, list)
	}
	t.read[from.input] = true
	port, ok := t.ports[from.input]
	if !ok {
		return nil, errFrames(1) // the next pass has it as an input
	}
	shape := s.lengths()
	memory, first, ok := affine(shape, list)
	whole := ok && first == 0 && len(list) == length(from.shape)
	if t.probing {
		t.whole[name] = whole
	}
	// A value of one frame of time is the whole input if that has no other
	// frame.
	if !whole || from.time >= 0 && !t.whole[name] {
		return nil, nil
	}
	return &flow{value: port, shape: shape, memory: memory, time: s.time}, nil
}

// affine returns the order in which the axes longer than 1 lie in memory, if the
// elements are those of all indices at strides of their own, and the first element.
func affine(shape, list []int) (memory []int, first int, ok bool) {
	if len(list) == 0 {
		return nil, 0, false
	}
	first = list[0]
	strides := make([]int, len(shape))
	unit := 1
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] > 1 {
			strides[k] = list[unit] - first
		}
		unit *= shape[k]
	}
	for i, v := range list {
		at, rest := first, i
		for k := len(shape) - 1; k >= 0; k-- {
			at += rest % shape[k] * strides[k]
			rest /= shape[k]
		}
		if at != v {
			return nil, 0, false
		}
	}
	memory = canonical(shape)
	slices.SortStableFunc(memory, func(a, b int) int { return strides[b] - strides[a] })
	for i := 1; i < len(memory); i++ {
		inner := 1
		for _, k := range memory[i:] {
			inner *= shape[k]
		}
		if strides[memory[i-1]] != inner {
			return nil, 0, false
		}
	}
	return memory, first, len(memory) == 0 || strides[memory[len(memory)-1]] == 1
}

// finalState returns the final state h of a layer as a flow.
func (t *tracer) finalState(c *call, s *tensors, o *owner, list []int) (*flow, error) {
	l := o.layer
	if l.cache != nil {
		return nil, nil
	}
	if o.cell {
		return nil, c.unsupported("it computes with the cell state of %s", quote(l.node.label()))
	}
	direction := list[0] / l.units
	count := len(list) / l.units
	shape := s.lengths()
	memory, first, ok := affine(shape, list)
	if !ok || first%l.units != 0 || len(list)%l.units != 0 {
		return nil, nil
	}
	var parts []int
	for d := direction; d < direction+count; d++ {
		v := l.value
		var err error
		if l.dirs > 1 {
			if v, err = t.put(c, &format.Slice{Axis: format.AxisChannels, Start: d * l.units, Count: l.units, Step: 1}, v); err != nil {
				return nil, err
			}
		}
		back := d == 1 || l.reverse
		if l.time {
			// A step may have several frames, whose last or first counts.
			if v, err = t.edgeFrame(c, v, back); err != nil {
				return nil, err
			}
			pool := format.PoolLast
			if back {
				pool = format.PoolFirst
			}
			v, err = t.put(c, &format.SequencePool{Pool: pool}, v)
		} else {
			v, err = t.edgeFrame(c, v, back)
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, v)
	}
	v := parts[0]
	if len(parts) > 1 {
		var err error
		if v, err = t.put(c, &format.Concat{Axis: format.AxisChannels}, parts...); err != nil {
			return nil, err
		}
	}
	return &flow{value: v, shape: shape, memory: memory, time: -1, final: s}, nil
}

// edgeFrame returns the last frame of a value, or the first one.
func (t *tracer) edgeFrame(c *call, v int, first bool) (int, error) {
	n := t.shapes[v].Frames
	if n == 1 {
		return v, nil
	}
	at := n - 1
	if first {
		at = 0
	}
	return t.put(c, &format.Slice{Axis: format.AxisFrames, Start: at, Count: 1, Step: 1}, v)
}

// outputs makes the outputs of the graph, and matches the states that it gives with
// those that it reads.
func (t *tracer) outputs() error {
	given := map[int]spot{}    // of elements of final states
	others := map[string]int{} // outputs that are not states, and how many numbers they have in a call
	for _, name := range t.model.graph.outputs {
		x, err := t.wholeOutput(name)
		if err != nil {
			return err
		}
		if s, ok := x.(*tensors); ok || t.isFinal(x) {
			if !ok {
				s = x.(*flow).final
			}
			if err := t.giveStates(given, name, s); err != nil {
				return err
			}
			continue
		}
		f, ok := x.(*flow)
		if !ok {
			return tensorError(name, network.ErrUnsupported, "this output is constant")
		}
		c := t.outputCall(name)
		if f.edges != [2]int{} {
			return tensorError(name, network.ErrUnsupported, "this output has padded steps")
		}
		if err := f.ready(c); err != nil {
			return err
		}
		v, err := t.framed(c, f)
		if err != nil {
			return err
		}
		if f.time < 0 {
			others[name] = length(f.shape)
		}
		t.graph.Outputs = append(t.graph.Outputs, format.Port{Name: name, Value: v})
	}
	if err := t.checkChanged(given, others); err != nil {
		return err
	}
	t.noteStates(others)
	if len(t.graph.Outputs) == 0 {
		if err := t.onlyStates(); err != nil {
			return err
		}
		given = nil
	}
	if err := t.checkStates(given); err != nil {
		return err
	}
	return t.checkInputs()
}

func (t *tracer) outputCall(name string) *call {
	return &call{importer: t.importer, node: &node{name: name, operator: "output", inputs: []string{name}}}
}

// wholeOutput returns the value of an output, computed number by number if it is that of
// gates that make no layer.
func (t *tracer) wholeOutput(name string) (value, error) {
	x := t.values[name]
	s, ok := elementsOf(x)
	if _, isFlow := x.(*flow); isFlow {
		return x, nil
	}
	if ok {
		for _, id := range s.ids.floats {
			l := t.owners[t.ownerOf(id)].layer
			ok = ok && (l == nil || slices.Contains(t.layers, l))
		}
	}
	if ok {
		return s, nil
	}
	if _, constant := x.(*array); constant {
		return x, nil
	}
	return t.plain(t.outputCall(name), x, name)
}

// A spot is the place of an element in an output.
type spot struct {
	output string
	index  int
}

// giveStates notes the places of elements of final states in an output.
func (t *tracer) giveStates(given map[int]spot, name string, s *tensors) error {
	if err := t.spendFor(name, s.ids.length()); err != nil {
		return err
	}
	for i, id := range s.ids.floats {
		if l := t.owners[t.ownerOf(id)].layer; l == nil {
			return tensorError(name, network.ErrUnsupported, "this output has elements of an input, as they are")
		} else if !slices.Contains(t.layers, l) {
			return tensorError(name, network.ErrUnsupported, "this output has the state of a cell that was not recognized")
		}
		if _, ok := given[int(id)]; !ok {
			given[int(id)] = spot{name, i}
		}
	}
	return nil
}

// spendFor takes the cost of a value from the budget.
func (t *tracer) spendFor(name string, n int) error {
	return (&call{importer: t.importer, node: &node{name: name, operator: "value"}}).spend(n)
}

// checkInputs refuses an input that no node reads, and a state that is also read in
// another way.
func (t *tracer) checkInputs() error {
	states := map[*input]bool{}
	read := map[int]bool{}
	for _, l := range t.layers {
		for _, s := range l.initial {
			if s == nil {
				continue
			}
			for _, id := range s.ids.floats {
				from := t.owners[t.ownerOf(id)].input
				if read[int(id)] {
					return tensorError(from.name, network.ErrUnsupported, "this input of the graph has an initial state that two layers start from")
				}
				read[int(id)], states[from] = true, true
			}
		}
	}
	for i := range t.owners {
		o := &t.owners[i]
		if !states[o.input] {
			continue
		}
		for k := range length(o.shape) {
			if !read[o.first+k] {
				return tensorError(o.input.name, network.ErrUnsupported, "this input of the graph has initial states, and more that no layer starts from")
			}
		}
	}
	for _, l := range t.layers {
		if l.cache != nil && t.read[l.cache] {
			return errCache{l.cache}
		}
	}
	for i := range t.model.graph.inputs {
		v := &t.model.graph.inputs[i]
		if t.values[v.name] == nil || t.graphConstant(v.name) {
			continue
		}
		switch {
		case states[v] && t.read[v]:
			return tensorError(v.name, network.ErrUnsupported, "this input of the graph is an initial state, and is also read in another way")
		case !states[v] && !t.read[v]:
			return tensorError(v.name, network.ErrUnsupported, "no output of the graph depends on the numbers of this input")
		}
		if states[v] {
			t.notes = append(t.notes, "the input "+quote(v.name)+" is left out: the model keeps its state itself, and starts from zeros")
		}
	}
	return nil
}

// graphConstant reports whether a value is constant.
func (t *tracer) graphConstant(name string) bool {
	_, ok := t.values[name].(*array)
	return ok
}

// framed returns the value of an output with the frames of time, or otherwise those of
// its outermost axis, as its frames. The other axes keep their order.
func (t *tracer) framed(c *call, f *flow) (int, error) {
	axes := canonical(f.shape)
	frames := []int{f.time}
	switch {
	case f.time >= 0:
		axes = slices.DeleteFunc(axes, func(k int) bool { return k == f.time })
	case len(axes) > 1:
		frames, axes = axes[:1], axes[1:]
	default:
		frames = nil
	}
	return t.matrix(c, f, frames, axes)
}
