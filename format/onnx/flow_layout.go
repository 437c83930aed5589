package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// layout evaluates a node that changes the layout of a flow, or takes a part of it:
// it runs the node on the positions of the elements in memory, and finds from the
// result what the node did.
func (t *tracer) layout(c *call) ([]value, error) {
	if p, ok := c.in[0].(*part); ok && !t.plainly {
		if p.cell != nil {
			return t.layoutOfTensors(c)
		}
		return t.layoutOfPart(c, p)
	}
	f, err := t.stream(c, 0)
	if err != nil {
		return nil, err
	}
	if f.late != nil {
		return t.layoutOfLate(c, f)
	}
	if f.edges != [2]int{} {
		return t.layoutOfEdges(c, f)
	}
	out, err := t.layoutOf(c, f)
	if err == errOrder {
		if f, err = t.ordered(c, f); err == nil {
			out, err = t.layoutOf(c, f)
		}
	}
	if err == errOrder {
		err = c.unsupported("it takes elements of the shape %v that are not contiguous", f.shape)
	}
	return out, err
}

// errOrder: elements are not in the order that an operator needs.
var errOrder = conflict("order")

type conflict string

func (c conflict) Error() string { return string(c) }

func (t *tracer) layoutOf(c *call, f *flow) ([]value, error) {
	if err := c.spend(length(f.shape)); err != nil {
		return nil, err
	}
	results, err := t.rearranged(c, f.positions())
	if n := framesOfReshape(c, f.shape, f.time); err != nil && n > 1 {
		return nil, errFrames(n)
	}
	if err != nil {
		return nil, err
	}
	finals, err := t.finals(c, f, len(results))
	if err != nil {
		return nil, err
	}
	out := make([]value, len(results))
	for i, r := range results {
		a, ok := r.(*array)
		if !ok {
			continue
		}
		x, err := t.selected(c, f, a, c.node.outputs[i])
		if err != nil {
			return nil, err
		}
		if finals[i] != nil {
			x.final = finals[i]
		}
		x.keepsDense(f, a)
		out[i] = x
	}
	return out, nil
}

// finals returns the outputs of a node, of which there are that many, for a flow
// that is a final state. They are nil if it is not one.
func (t *tracer) finals(c *call, f *flow, outputs int) ([]*tensors, error) {
	list := make([]*tensors, outputs)
	if f.final == nil {
		return list, nil
	}
	results, err := t.rearranged(c, f.final.ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if a, ok := results[i].(*array); ok {
			list[i] = &tensors{ids: a, time: -1}
		}
	}
	return list, nil
}

// framesOfReshape returns how many times as many frames a step needs so that Reshape
// makes whole frames of them.
func framesOfReshape(c *call, shape []int, time int) int {
	to, ok := c.input(1).(*array)
	if c.node.operator != "Reshape" || time < 0 || !ok || to.isFloat() {
		return 1
	}
	n, open := 1, false
	for k, v := range to.ints {
		switch {
		case v.is(0) && k < len(shape):
			n *= shape[k]
		case v.is(-1):
			open = true
		case v.known() > 0:
			n *= v.known()
		}
		if n < 1 || n > format.MaxNumbers {
			return 1
		}
	}
	if !open {
		return 1
	}
	return n / gcd(n, length(shape))
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// rearranged runs a node's operator on an array instead of its first input.
func (t *tracer) rearranged(c *call, a *array) ([]value, error) {
	ids := &call{importer: t.importer, node: c.node, in: slices.Clone(c.in)}
	ids.in[0] = a
	return t.importer.operators[c.node.operator].run(ids)
}

// positions returns the position of each element of the flow in memory, as floats,
// which count all of them exactly.
func (f *flow) positions() *array {
	n := length(f.shape)
	a := &array{dtype: typeFloat, stored: slices.Clone(f.shape), floats: make([]float32, n)}
	strides, unit := make([]int, len(f.shape)), 1
	for i := len(f.memory) - 1; i >= 0; i-- {
		strides[f.memory[i]] = unit
		unit *= f.shape[f.memory[i]]
	}
	for _, d := range f.shape {
		a.shape = append(a.shape, number(int64(d)))
	}
	for i := range n {
		at, rest := 0, i
		for k := len(f.shape) - 1; k >= 0; k-- {
			at += rest % f.shape[k] * strides[k]
			rest /= f.shape[k]
		}
		a.floats[i] = float32(at)
	}
	return a
}

// selected returns the flow of some elements of another, given their positions.
func (t *tracer) selected(c *call, f *flow, a *array, name string) (*flow, error) {
	if !a.plain() {
		stored := make([]int, len(a.shape))
		for k, n := range a.shape {
			stored[k] = n.known()
		}
		a = a.view(a.shape, stored, a.strides(), 0)
	}
	list := make([]int, len(a.floats))
	for i, v := range a.floats {
		list[i] = int(v)
	}
	shape := slices.Clone(a.stored)
	if len(list) == 0 {
		return nil, c.unsupported("it takes no elements")
	}
	strides, ok := stridesOf(shape, list)
	if !ok {
		return nil, errOrder
	}
	list[0] = t.turnedSteps(f, shape, strides, list[0], name)
	memory := canonical(shape)
	slices.SortStableFunc(memory, func(a, b int) int { return abs1(strides[b]) - abs1(strides[a]) })
	r := &flow{value: f.value, shape: shape, memory: memory, time: -1, due: f.due}
	if t.turned[name] {
		r.reversed = !f.reversed
	}
	pool, err := t.timeOf(c, f, r, strides, list[0], name)
	if err != nil {
		return nil, err
	}
	if pool != format.PoolNone {
		r.reversed = false
		frame := length(f.shape) / f.shape[f.time]
		back := pool == format.PoolFirst
		v, err := t.reshaped(f.value, f.shape[f.time], frame)
		if err != nil {
			return nil, err
		}
		if v, err = t.edgeFrame(c, v, back); err != nil {
			return nil, err
		}
		if r.value, err = t.put(c, &format.SequencePool{Pool: pool}, v); err != nil {
			return nil, err
		}
		rest := list[0] % frame
		return t.cut(c, r, strides, rest, frame)
	}
	return t.cut(c, r, strides, list[0], length(f.shape))
}

// stridesOf returns how far apart elements along each axis lie.
func stridesOf(shape, list []int) ([]int, bool) {
	strides, unit := make([]int, len(shape)), 1
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] > 1 {
			strides[k] = list[unit] - list[0]
		}
		unit *= shape[k]
	}
	for i, v := range list {
		at, rest := list[0], i
		for k := len(shape) - 1; k >= 0; k-- {
			at += rest % shape[k] * strides[k]
			rest /= shape[k]
		}
		if at != v {
			return nil, false
		}
	}
	return strides, true
}

func abs1(v int) int { return max(v, -v) }

// timeOf finds the time axis of elements of a flow. If they belong to one frame, it
// returns the pool that takes it.
func (t *tracer) timeOf(c *call, f, r *flow, strides []int, first int, name string) (format.Pool, error) {
	if !t.probing {
		r.time = t.times[name]
		return t.pools[name], nil
	}
	if f.time < 0 {
		return format.PoolNone, nil
	}
	frames := f.shape[f.time]
	frame := length(f.shape) / frames
	// Time is outermost in memory, so an axis that goes through all of it holds time,
	// perhaps with a part of each frame.
	for k, n := range r.shape {
		if n%probe == 0 && strides[k]*n == length(f.shape) {
			r.time = k
			return format.PoolNone, nil
		}
	}
	// Without an axis of time all elements are of one frame, the first or the last.
	last := first
	for k, n := range r.shape {
		last += (n - 1) * strides[k]
	}
	switch at := first / frame; {
	case f.due != due{reversed: f.reversed} || at != last/frame:
	case at == frames-1 && !f.reversed || at == 0 && f.reversed:
		t.pools[name] = format.PoolLast
		return format.PoolLast, nil
	case at == frames-1 || at == 0:
		t.pools[name] = format.PoolFirst
		return format.PoolFirst, nil
	}
	return 0, c.unsupported("it takes some steps of a sequence of any length, or mixes them with other axes: the shape %v becomes %v", f.shape, r.shape)
}

// A block is a number of elements that lie a stride apart.
type block struct{ count, stride int }

// cut takes elements of a value of n numbers: those from the first on at the strides
// of r's axes. They are all of it, a range, or a range of equal rows.
func (t *tracer) cut(c *call, r *flow, strides []int, first, n int) (*flow, error) {
	if length(r.shape) == n && first == 0 {
		return r, r.dense1(strides)
	}
	var blocks []block
	for i := len(r.memory) - 1; i >= 0; i-- {
		b := block{r.shape[r.memory[i]], strides[r.memory[i]]}
		if k := len(blocks) - 1; k >= 0 && b.stride == blocks[k].count*blocks[k].stride {
			blocks[k].count *= b.count
		} else {
			blocks = append(blocks, b)
		}
	}
	slice := func(v int, axis format.Axis, start int, b block) (int, error) {
		whole := t.shapes[v].Channels
		if axis == format.AxisFrames {
			whole = t.shapes[v].Frames
		}
		if start == 0 && b == (block{whole, 1}) {
			return v, nil
		}
		return t.put(c, &format.Slice{Axis: axis, Start: start, Count: b.count, Step: b.stride}, v)
	}
	var err error
	switch len(blocks) {
	case 0, 1:
		b := block{1, 1}
		if len(blocks) == 1 {
			b = blocks[0]
		}
		// Rows of the stride, if that is wide, so that frames stay frames.
		if r.value, err = t.reshaped(r.value, 1, n); err == nil {
			r.value, err = slice(r.value, format.AxisChannels, first, b)
		}
	case 2:
		width := blocks[1].stride
		inner := first%width + (blocks[0].count-1)*blocks[0].stride
		if width < 1 || n%width != 0 || inner >= width || inner < 0 {
			return nil, errOrder
		}
		if r.value, err = t.reshaped(r.value, n/width, width); err != nil {
			return nil, err
		}
		if r.value, err = slice(r.value, format.AxisFrames, first/width, block{blocks[1].count, 1}); err != nil {
			return nil, err
		}
		r.value, err = slice(r.value, format.AxisChannels, first%width, blocks[0])
	default:
		return nil, errOrder
	}
	return r, err
}

// dense1 returns errOrder unless the axes lie one within the other.
func (f *flow) dense1(strides []int) error {
	unit := 1
	for i := len(f.memory) - 1; i >= 0; i-- {
		if k := f.memory[i]; strides[k] != unit {
			return errOrder
		}
		unit *= f.shape[f.memory[i]]
	}
	return nil
}

// shapeOfFlow evaluates Shape and Size.
func (t *tracer) shapeOfFlow(c *call) ([]value, error) {
	ids := &call{importer: t.importer, node: c.node, in: slices.Clone(c.in)}
	var shape []int
	switch v := c.in[0].(type) {
	case *part:
		shape = v.shape
	case *flow:
		shape = v.shape
	case *tensors:
		shape = v.lengths()
	}
	if shape == nil {
		return nil, c.unsupported("it is of a part of a function")
	}
	a := &array{dtype: typeFloat, stored: slices.Repeat([]int{1}, len(shape)), floats: []float32{0}}
	for _, n := range shape {
		a.shape = append(a.shape, number(int64(n)))
	}
	ids.in[0] = a
	return t.importer.operators[c.node.operator].run(ids)
}

// joinFlows evaluates Concat.
func (t *tracer) joinFlows(c *call) ([]value, error) {
	at, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	parts, err := t.operands(c)
	if err != nil {
		return nil, err
	}
	k, err := c.axis(at, len(parts[0].shape))
	if err != nil {
		return nil, err
	}
	if len(parts) == 1 {
		return []value{parts[0]}, nil
	}
	if f := t.zerosAround(c, parts, k); f != nil {
		return []value{f}, nil
	}
	time := -1
	for _, p := range parts {
		switch {
		case p.pending():
			return nil, p.ready(c)
		case p.time == k:
			return nil, c.unsupported("it joins steps of sequences one after the other")
		case p.time >= 0 && time >= 0 && p.time != time:
			return nil, c.unsupported("it joins steps along the axes %d and %d", time, p.time)
		}
		time = max(time, p.time)
	}
	// All have the layout of the first, with the axis outermost, innermost, or
	// between.
	shape := slices.Clone(parts[0].shape)
	shape[k] = 0
	memory := canonical(parts[0].shape)
	if len(parts[0].memory) >= len(memory) {
		memory = slices.Clone(parts[0].memory)
	}
	for _, p := range parts {
		if len(p.shape) != len(shape) {
			return nil, c.shape("the shapes %v and %v", parts[0].shape, p.shape)
		}
		for axis, n := range p.shape {
			if axis != k && n != parts[0].shape[axis] {
				return nil, c.shape("the shapes %v and %v", parts[0].shape, p.shape)
			}
		}
		shape[k] += p.shape[k]
	}
	memory = slices.DeleteFunc(memory, func(axis int) bool { return axis == k })
	// The values of one step in the body of a loop have one frame each.
	outermost := t.given == nil && (len(memory) == 0 || time < 0 && len(parts[0].memory) > 0 && parts[0].memory[0] == k)
	axis := format.AxisChannels
	if outermost {
		axis = format.AxisFrames
	}
	var values []int
	for _, p := range parts {
		v := 0
		if outermost {
			v, err = t.matrix(c, p, []int{k}, memory)
		} else {
			v, err = t.matrix(c, p, memory, []int{k})
		}
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	v, err := t.put(c, &format.Concat{Axis: axis}, values...)
	if err != nil {
		return nil, err
	}
	if outermost {
		memory = append([]int{k}, memory...)
	} else {
		memory = append(memory, k)
	}
	return []value{&flow{value: v, shape: shape, memory: memory, time: time}}, nil
}

// operands returns all inputs of a node as flows, constants among them.
func (t *tracer) operands(c *call) ([]*flow, error) {
	var list []*flow
	for i := range c.in {
		f, a, err := t.flow(c, i)
		if err != nil {
			return nil, err
		}
		if a != nil {
			if f, err = t.constant(c, a); err != nil {
				return nil, err
			}
		}
		list = append(list, f)
	}
	return list, nil
}

// constant returns a constant as a flow.
func (t *tracer) constant(c *call, a *array) (*flow, error) {
	shape, data, err := t.floats(c, a)
	if err != nil {
		return nil, err
	}
	v, err := t.put(c, &format.Constant{Frames: 1, Channels: len(data), Data: data})
	return &flow{value: v, shape: shape, memory: canonical(shape), time: -1}, err
}

// floats returns the shape and all numbers of a constant.
func (t *tracer) floats(c *call, a *array) ([]int, []float32, error) {
	shape := make([]int, len(a.shape))
	for k, n := range a.shape {
		shape[k] = n.known()
	}
	n := length(shape)
	if !a.isFloat() || n == 0 || n > format.MaxNumbers || slices.Contains(shape, -1) {
		return nil, nil, c.unsupported("a constant of the type %v and shape %v, want numbers", a.dtype, shapeText(a.shape))
	}
	if err := c.spend(n); err != nil {
		return nil, nil, err
	}
	return shape, a.view(a.shape, shape, a.strides(), 0).floats, nil
}
