package onnx

import (
	"slices"
	"strings"
)

// These operators compute on which sequences of a batch the elements of values
// depend.

// depends evaluates a node that depends on the graph's inputs.
func (f *follower) depends(c *call) ([]value, error) {
	name := c.node.operator
	switch name {
	case "Shape", "Size":
		return f.laid(c)
	case "Gather":
		if _, ok := c.in[1].(*labels); ok {
			return f.table(c)
		}
	case "Cast", "Clip", "LeakyRelu", "PRelu", "Pow", "Gelu", "BatchNormalization":
		return c.in[:1], nil
	case "Add", "Sub", "Mul", "Div", "Max", "Min":
		return f.pair(c)
	case "MatMul":
		return f.product(c)
	case "Softmax", "LogSoftmax", "LpNormalization", "LayerNormalization", "InstanceNormalization":
		axes, err := f.axesOf(c)
		if err != nil {
			return nil, err
		}
		l, err := f.project(c, 0, axes)
		if err != nil {
			return nil, err
		}
		return f.spread(c, l, shapeOfLabels(c.in[0].(*labels).of))
	case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceL2", "ReduceMin":
		return f.reduce(c)
	case "GlobalMaxPool", "GlobalAveragePool", "Conv", "ConvTranspose", "MaxPool", "AveragePool", "Pad":
		return f.slides(c)
	case "RNN", "GRU", "LSTM":
		return f.recurrent(c)
	case "Gemm":
		return f.gemm(c)
	}
	if layouts[name] || name == "Concat" || name == "Expand" || name == "Tile" {
		return f.laid(c)
	}
	if op, ok := f.tracer.operators[name]; ok && op.least == 1 && op.most == 1 { // a function of each number
		return c.in[:1], nil
	}
	return nil, errOrder
}

func shapeOfLabels(a *array) []int {
	shape := make([]int, len(a.shape))
	for k, n := range a.shape {
		shape[k] = n.known()
	}
	return shape
}

// laid runs an operator that changes the layout on the labels of the elements.
func (f *follower) laid(c *call) ([]value, error) {
	ids := &call{importer: c.importer, node: c.node}
	for _, v := range c.in {
		switch x := v.(type) {
		case *labels:
			v = x.of
		case *array:
			if c.node.operator == "Concat" {
				v = newLabels(shapeOfLabels(x))
			}
		}
		ids.in = append(ids.in, v)
	}
	if err := c.spend(lengthOfLabels(ids.in)); err != nil {
		return nil, err
	}
	out, err := c.operators[c.node.operator].run(ids)
	if c.node.operator == "Shape" || c.node.operator == "Size" {
		return out, err
	}
	for i, v := range out {
		if a, ok := v.(*array); ok {
			out[i] = &labels{a.view(a.shape, shapeOfLabels(a), a.strides(), 0)}
		}
	}
	return out, err
}

func lengthOfLabels(in []value) (n int) {
	for _, v := range in {
		if a, ok := v.(*array); ok {
			n += a.length()
		}
	}
	return n
}

// axesOf returns the axes of input 0 along which an operator normalizes.
func (f *follower) axesOf(c *call) ([]int, error) {
	rank := len(c.in[0].(*labels).of.shape)
	otherwise := int64(-1)
	if strings.HasSuffix(c.node.operator, "oftmax") && c.model.opset < 13 {
		otherwise = 1
	}
	at, err := c.intAttribute("axis", otherwise)
	if err != nil {
		return nil, err
	}
	k, err := c.axis(at, rank)
	if err != nil {
		return nil, err
	}
	to := k + 1
	switch {
	case c.node.operator == "InstanceNormalization":
		k, to = 2, rank
	case c.node.operator == "LayerNormalization", strings.HasSuffix(c.node.operator, "oftmax") && c.model.opset < 13:
		to = rank
	}
	var axes []int
	for ; k < to; k++ {
		axes = append(axes, k)
	}
	return axes, nil
}

// project returns the labels of input i with axes of length 1 in the place of
// axes whose elements are combined.
func (f *follower) project(c *call, i int, axes []int) (*array, error) {
	var a *array
	switch v := c.in[i].(type) {
	case *labels:
		a = v.of
	case *array:
		a = newLabels(shapeOfLabels(v))
	}
	shape := shapeOfLabels(a)
	to := slices.Clone(shape)
	for _, k := range axes {
		to[k] = 1
	}
	if err := c.spend(length(shape) + length(to)); err != nil {
		return nil, err
	}
	r := newLabels(to)
	strides := r.strides()
	for i, v := range a.floats {
		at, rest := 0, i
		for k := len(shape) - 1; k >= 0; k-- {
			at += rest % shape[k] * strides[k]
			rest /= shape[k]
		}
		if err := meet(&r.floats[at], v); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// meet makes an element depend on one more sequence.
func meet(to *float32, label float32) error {
	if label != 0 && *to != 0 && *to != label {
		return errMixes
	}
	*to = max(*to, label)
	return nil
}

// spread returns labels along more axes.
func (f *follower) spread(c *call, a *array, shape []int) ([]value, error) {
	if err := c.spend(length(shape)); err != nil {
		return nil, err
	}
	r := newLabels(shape)
	if err := f.add(r, a); err != nil {
		return nil, err
	}
	return []value{&labels{r}}, nil
}

// add makes each element of r depend also on the sequences of those of a.
func (f *follower) add(r, a *array) error {
	shape, from := shapeOfLabels(r), shapeOfLabels(a)
	by := len(shape) - len(from)
	if by < 0 {
		return errOrder
	}
	strides := slices.Concat(make([]int, by), a.strides())
	for k, n := range from {
		if n != 1 && n != shape[by+k] {
			return errOrder
		}
	}
	for i := range r.floats {
		at, rest := 0, i
		for k := len(shape) - 1; k >= 0; k-- {
			at += rest % shape[k] * strides[k]
			rest /= shape[k]
		}
		if err := meet(&r.floats[i], a.floats[at]); err != nil {
			return err
		}
	}
	return nil
}

// together returns the labels of two values that are broadcast to one another.
func (f *follower) together(c *call, a, b *array) ([]value, error) {
	x, y := shapeOfLabels(a), shapeOfLabels(b)
	shape := make([]int, max(len(x), len(y)))
	for i := range shape {
		k := len(shape) - 1 - i
		shape[k] = 1
		for _, s := range [][]int{x, y} {
			if j := len(s) - 1 - i; j >= 0 {
				shape[k] = max(shape[k], s[j])
			}
		}
	}
	out, err := f.spread(c, a, shape)
	if err == nil {
		err = f.add(out[0].(*labels).of, b)
	}
	return out, err
}

func (f *follower) pair(c *call) ([]value, error) {
	a, err := f.project(c, 0, nil)
	if err != nil {
		return nil, err
	}
	b, err := f.project(c, 1, nil)
	if err != nil {
		return nil, err
	}
	return f.together(c, a, b)
}

// product evaluates MatMul.
func (f *follower) product(c *call) ([]value, error) {
	var sides [2]*array
	for i := range sides {
		rank := rankOfLabels(c.in[i])
		if rank < 2 {
			return nil, errOrder
		}
		var err error
		if sides[i], err = f.project(c, i, []int{rank - 1 - i}); err != nil {
			return nil, err
		}
	}
	return f.together(c, sides[0], sides[1])
}

func rankOfLabels(v value) int {
	switch v := v.(type) {
	case *labels:
		return len(v.of.shape)
	case *array:
		return len(v.shape)
	}
	return 0
}

func (f *follower) gemm(c *call) ([]value, error) {
	var sides [2]*array
	for i, name := range []string{"transA", "transB"} {
		turned, err := c.intAttribute(name, 0)
		if err != nil {
			return nil, err
		}
		k := 1 - i
		if turned != 0 {
			k = i
		}
		if sides[i], err = f.project(c, i, []int{k}); err != nil {
			return nil, err
		}
		if turned != 0 { // one of the axes is of length 1
			shape := shapeOfLabels(sides[i])
			slices.Reverse(shape)
			turned := newLabels(shape)
			copy(turned.floats, sides[i].floats)
			sides[i] = turned
		}
	}
	return f.together(c, sides[0], sides[1])
}

// reduce evaluates the operators that reduce axes.
func (f *follower) reduce(c *call) ([]value, error) {
	keep, err := c.intAttribute("keepdims", 1)
	if err != nil {
		return nil, err
	}
	upTo := int64(17)
	if c.node.operator == "ReduceSum" {
		upTo = 12
	}
	list, _, err := c.listOf("axes", 1, upTo)
	if err != nil {
		return nil, err
	}
	set, err := c.axes(list, rankOfLabels(c.in[0]))
	if err != nil {
		return nil, err
	}
	var axes, shape []int
	all := shapeOfLabels(c.in[0].(*labels).of)
	for k := range all {
		if set[k] || len(set) == 0 {
			axes = append(axes, k)
			if keep != 0 {
				shape = append(shape, 1)
			}
		} else {
			shape = append(shape, all[k])
		}
	}
	l, err := f.project(c, 0, axes)
	if err != nil {
		return nil, err
	}
	r := newLabels(shape)
	copy(r.floats, l.floats)
	return []value{&labels{r}}, nil
}

// slides evaluates operators whose outputs for a sequence may depend on all of it.
// Axis 0 counts the sequences.
func (f *follower) slides(c *call) ([]value, error) {
	shape := slices.Clone(f.lengths[c.node.outputs[0]])
	x := shapeOfLabels(c.in[0].(*labels).of)
	if len(shape) != len(x) || len(x) < 2 {
		return nil, errOrder
	}
	shape[0] = x[0]
	axes := make([]int, len(x)-1)
	for i := range axes {
		axes[i] = i + 1
	}
	l, err := f.project(c, 0, axes)
	if err != nil {
		return nil, err
	}
	return f.spread(c, l, shape)
}

// recurrent evaluates RNN, GRU and LSTM.
func (f *follower) recurrent(c *call) ([]value, error) {
	layout, err := c.intAttribute("layout", 0)
	if err != nil {
		return nil, err
	}
	y := f.lengths[c.node.outputs[0]]
	x, ok := c.in[0].(*labels)
	if !ok || len(x.of.shape) != 3 {
		return nil, errOrder
	}
	batch := 1 - int(layout)
	l, err := f.project(c, 0, []int{1 - batch, 2})
	if err != nil {
		return nil, err
	}
	n := shapeOfLabels(l)[batch]
	directions, units := 1, 1
	if len(y) == 4 {
		directions, units = y[1+int(layout)], y[3]
	}
	all, final := []int{1, directions, n, units}, []int{directions, n, units}
	if len(y) == 4 {
		all[0] = y[0]
	}
	at := []int{2, 1}
	if layout != 0 {
		all, final, at = []int{n, 1, directions, units}, []int{n, directions, units}, []int{0, 0}
		if len(y) == 4 {
			all[1] = y[1]
		}
	}
	var out []value
	for i, shape := range [][]int{all, final, final} {
		row := slices.Repeat([]int{1}, len(shape))
		row[at[min(i, 1)]] = n
		r := newLabels(row)
		copy(r.floats, l.floats)
		one, err := f.spread(c, r, shape)
		if err != nil {
			return nil, err
		}
		out = append(out, one[0])
	}
	return out, nil
}

// table evaluates Gather of a constant table by tokens.
func (f *follower) table(c *call) ([]value, error) {
	table, ok := c.in[0].(*array)
	if !ok || len(table.shape) != 2 {
		return nil, errOrder
	}
	at, err := c.intAttribute("axis", 0)
	if err != nil || at != 0 {
		return nil, errOrder
	}
	index := c.in[1].(*labels).of
	r := newLabels(append(shapeOfLabels(index), 1))
	copy(r.floats, index.floats)
	return f.spread(c, r, append(shapeOfLabels(index), table.shape[1].known()))
}
