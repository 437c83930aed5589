package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// traced returns the operators of flows by their names.
func traced() map[string]operator {
	const any = 1 << 16
	t := func(f func(t *tracer, c *call) ([]value, error)) func(c *call) ([]value, error) {
		return func(c *call) ([]value, error) { return f(c.trace, c) }
	}
	m := map[string]operator{
		"Conv":          {2, 3, 1, t((*tracer).conv)},
		"ConvTranspose": {2, 3, 1, t((*tracer).convTranspose)},
		"MatMul":        {2, 2, 1, t((*tracer).matMul)},
		"Gemm":          {2, 3, 1, t((*tracer).gemm)},
		"RNN":           {3, 6, 2, t((*tracer).recurrent)},
		"GRU":           {3, 6, 2, t((*tracer).recurrent)},
		"LSTM":          {3, 8, 3, t((*tracer).recurrent)},
		"Loop":          {0, any, any, t((*tracer).loop)},
		"Scan":          {1, any, any, t((*tracer).scan)},
		"Gather":        {2, 2, 1, t((*tracer).gather)},
		"Concat":        {1, any, 1, t((*tracer).joinFlows)},

		"ReverseSequence": {2, 2, 1, t((*tracer).reverseSequence)},

		"Cast":        {1, 1, 1, t((*tracer).castFlow)},
		"Pad":         {1, 4, 1, t((*tracer).pad)},
		"MaxPool":     {1, 1, 1, t((*tracer).framePool)},
		"AveragePool": {1, 1, 1, t((*tracer).framePool)},
		"Softmax":     {1, 1, 1, t((*tracer).softmax)},
		"Expand":      {2, 2, 1, t((*tracer).expandFlow)},
		"Tile":        {2, 2, 1, t((*tracer).expandFlow)},
		"LogSoftmax":  {1, 1, 1, t((*tracer).logSoftmax)},
		"Selu":        {1, 1, 1, t((*tracer).selu)},
		"Celu":        {1, 1, 1, t((*tracer).celu)},
		"Erf":         {1, 1, 1, t((*tracer).erf)},
		"Resize":      {1, 4, 1, t((*tracer).resize)},
		"Upsample":    {1, 2, 1, t((*tracer).resize)},
		"Shape":       {1, 1, 1, t((*tracer).shapeOfFlow)},
		"Size":        {1, 1, 1, t((*tracer).shapeOfFlow)},
		"Pow":         {2, 2, 1, t((*tracer).power)},
		"PRelu":       {2, 2, 1, t((*tracer).prelu)},
		"Clip":        {1, 3, 1, t((*tracer).clip)},
		"Gelu":        {1, 1, 1, t((*tracer).gelu)},
		"HardSwish":   {1, 1, 1, t(mapped(format.Activation{Kind: format.ActivationHardSwish}))},

		"LayerNormalization":    {2, 3, 1, t((*tracer).layerNorm)},
		"InstanceNormalization": {3, 3, 1, t((*tracer).instanceNorm)},
		"BatchNormalization":    {5, 5, 5, t((*tracer).batchNorm)},
		"LpNormalization":       {1, 1, 1, t((*tracer).lpNorm)},
	}
	chain := operators()
	for name := range layouts {
		if _, ok := m[name]; !ok {
			op := chain[name]
			m[name] = operator{op.least, op.most, op.outputs, t((*tracer).layout)}
		}
	}
	for name, f := range map[string]format.BinaryFunction{
		"Add": format.BinaryAdd, "Sub": format.BinarySub, "Mul": format.BinaryMul, "Div": format.BinaryDiv, "Max": format.BinaryMax, "Min": format.BinaryMin,
	} {
		m[name] = operator{2, 2, 1, t(binaryFlow(f))}
	}
	for _, name := range []string{"ReduceMean", "ReduceSum", "ReduceMax", "ReduceL2", "GlobalMaxPool", "GlobalAveragePool"} {
		m[name] = operator{1, 2, 1, t((*tracer).reduced)}
	}
	for name, kind := range map[string]format.ActivationKind{
		"Exp": format.ActivationExp, "Log": format.ActivationLog, "Sqrt": format.ActivationSqrt, "Abs": format.ActivationAbs,
		"Reciprocal": format.ActivationReciprocal, "Sin": format.ActivationSin, "Cos": format.ActivationCos, "Sign": format.ActivationSign, "Floor": format.ActivationFloor,
		"Relu": format.ActivationReLU, "Tanh": format.ActivationTanh, "Sigmoid": format.ActivationSigmoid, "Softsign": format.ActivationSoftsign, "Softplus": format.ActivationSoftplus,
	} {
		m[name] = operator{1, 1, 1, t(mapped(format.Activation{Kind: kind}))}
	}
	m["Neg"] = operator{1, 1, 1, t(mapped(format.Activation{Kind: format.ActivationAffine, Alpha: -1}))}
	for _, kind := range []format.ActivationKind{format.ActivationLeakyReLU, format.ActivationThresholdedReLU, format.ActivationHardSigmoid, format.ActivationELU} {
		m[kind.String()] = operator{1, 1, 1, t(mappedWithConstants(kind))}
	}
	return m
}

// settled returns input i as a flow without edges.
func (t *tracer) settled(c *call, i int) (*flow, error) {
	f, err := t.stream(c, i)
	if err == nil {
		err = f.ready(c)
	}
	return f, err
}

// ready refuses a flow that has something due.
func (f *flow) ready(c *call) error {
	switch {
	case f.late != nil:
		return f.late.err
	case f.only:
		return c.unsupported("it computes with a cache of frames")
	case f.reversed:
		return c.unsupported("it reads steps from the last to the first, which only recurrent layers can do")
	case f.edges != [2]int{}:
		return c.unsupported("it reads padded steps, which only a convolution can do")
	case f.pending():
		return c.unsupported("it uses a softmax over the steps, but not in a weighted sum")
	}
	return nil
}

func mapped(a format.Activation) func(t *tracer, c *call) ([]value, error) {
	return func(t *tracer, c *call) ([]value, error) { return t.apply(c, a) }
}

func mappedWithConstants(kind format.ActivationKind) func(t *tracer, c *call) ([]value, error) {
	return func(t *tracer, c *call) ([]value, error) {
		a := kind.Default()
		var err error
		if a.Alpha, err = c.floatAttribute("alpha", a.Alpha); err != nil {
			return nil, err
		}
		if kind.Constants() > 1 {
			if a.Beta, err = c.floatAttribute("beta", a.Beta); err != nil {
				return nil, err
			}
		}
		return t.apply(c, a)
	}
}

// apply applies a function to input 0.
func (t *tracer) apply(c *call, a format.Activation) ([]value, error) {
	if p, ok := c.in[0].(*part); ok && !t.plainly {
		return []value{p.applied(c, a)}, nil
	}
	f, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	v, err := t.put(c, &format.Map{Function: a}, f.value)
	return one(f.with(v, f.shape, f.memory), err)
}

func (t *tracer) gelu(c *call) ([]value, error) {
	approximate, err := c.textAttribute("approximate", "none")
	if err != nil {
		return nil, err
	}
	if approximate == "tanh" {
		return t.apply(c, format.Activation{Kind: format.ActivationGELUTanh})
	}
	return t.apply(c, format.Activation{Kind: format.ActivationGELU})
}

// scalar returns the only number of a constant.
func (t *tracer) scalar(a *array) (float32, bool) {
	if !a.isFloat() || !a.uniform() || a.length() != 1 && len(a.shape) > 0 && !a.uniform() {
		return 0, false
	}
	for _, n := range a.shape {
		if !n.is(1) {
			return 0, false
		}
	}
	return a.floats[0], true
}

func (t *tracer) clip(c *call) ([]value, error) {
	a := format.Activation{Kind: format.ActivationClip, Alpha: -math.MaxFloat32, Beta: math.MaxFloat32}
	for i, to := range []*float32{&a.Alpha, &a.Beta} {
		if c.model.opset < 11 {
			v, err := c.floatAttribute([]string{"min", "max"}[i], *to)
			if err != nil {
				return nil, err
			}
			*to = v
			continue
		}
		bound, err := c.array(i+1, "a bound")
		if err != nil {
			return nil, err
		}
		if bound != nil {
			v, ok := t.scalar(bound)
			if !ok {
				return nil, c.unsupported("a bound is not a number")
			}
			*to = v
		}
	}
	return t.apply(c, a)
}

func (t *tracer) power(c *call) ([]value, error) {
	exponent, err := c.array(1, "the exponent")
	if err != nil {
		return nil, err
	}
	n, ok := t.scalar(exponent)
	if !exponent.isFloat() && exponent.length() == 1 {
		n, ok = float32(exponent.ints[0].constant), true
	}
	kinds := map[float32]format.ActivationKind{2: format.ActivationSquare, 0.5: format.ActivationSqrt, -1: format.ActivationReciprocal, 1: format.ActivationNone}
	if kind, known := kinds[n]; ok && known {
		return t.apply(c, format.Activation{Kind: kind})
	}
	if ok && n == 3 {
		f, err := t.settled(c, 0)
		if err != nil {
			return nil, err
		}
		v, err := t.put(c, &format.Map{Function: format.Activation{Kind: format.ActivationSquare}}, f.value)
		if err != nil {
			return nil, err
		}
		v, err = t.put(c, &format.Binary{Function: format.BinaryMul}, v, f.value)
		return one(f.with(v, f.shape, f.memory), err)
	}
	return nil, c.unsupported("the exponent is %v, want 2, 3, 1/2 or -1", n)
}

// castFlow evaluates Cast of numbers to another floating-point format, and of
// tokens to other integers. Everything is computed in float32.
func (t *tracer) castFlow(c *call) ([]value, error) {
	to, err := c.intAttribute("to", 0)
	if err != nil {
		return nil, err
	}
	s, isTensors := c.in[0].(*tensors)
	tokens := false
	if isTensors {
		o, _ := t.list(s)
		tokens = o >= 0 && t.owners[o].input != nil && t.owners[o].input.dtype.isInteger()
	}
	if tokens != dtype(to).isInteger() || !tokens && !dtype(to).isFloat() {
		return nil, c.unsupported("to %v, which rounds numbers, or computes with tokens", dtype(to))
	}
	return same(c)
}

// unchanged returns the value to which a node adds zeros, as exporters do to keep an
// input that nothing else reads; nil: the node does something else. States stay states.
func unchanged(c *call, function format.BinaryFunction) value {
	for i := range 2 {
		a, ok := c.in[i].(*array)
		if ok && a.isFloat() && a.isZero() && within(a.shape, shapeOfFlow(c.in[1-i])) && (function == format.BinaryAdd || function == format.BinarySub && i == 1) {
			return c.in[1-i]
		}
	}
	return nil
}

// binaryFlow returns the operator of two values.
func binaryFlow(function format.BinaryFunction) func(t *tracer, c *call) ([]value, error) {
	return func(t *tracer, c *call) ([]value, error) {
		out, err := t.binary(c, function)
		if err == nil && function == format.BinaryAdd {
			t.keepsBias(c, out[0])
		}
		return out, err
	}
}

// binary evaluates the operator of two values.
func (t *tracer) binary(c *call, function format.BinaryFunction) ([]value, error) {
	if v := unchanged(c, function); v != nil {
		return []value{v}, nil
	}
	if v, ok, err := t.partBinary(c, function); ok || err != nil {
		return []value{v}, err
	}
	if f, e, err := t.erfBinary(c, function); f != nil {
		return []value{f}, err
	} else if e != nil || err != nil {
		return []value{e}, err
	}
	if f, err := t.weighed(c, function); f != nil || err != nil {
		return []value{f}, err
	}
	if f, err := t.scaled(c, function); f != nil || err != nil {
		return []value{f}, err
	}
	for i := range c.in {
		if a, ok := c.in[i].(*array); ok {
			if n, ok := t.scalar(a); ok {
				if f, ok := affineOf(function, n, i == 1); ok && len(a.shape) <= rankOfFlow(c.in[1-i]) {
					one := &call{importer: c.importer, node: &node{operator: c.node.operator, name: c.node.name, inputs: []string{c.node.inputs[1-i]}, outputs: c.node.outputs}, in: []value{c.in[1-i]}}
					out, err := t.apply(one, f)
					if err == nil {
						if p, ok := out[0].(*part); ok {
							p.origin = origin{c, 0} // which has both operands
						}
					}
					return out, err
				}
			}
		}
	}
	if v, ok, err := t.biased(c, function); ok || err != nil {
		return []value{v}, err
	}
	x, err := t.operands(c)
	if err != nil {
		return nil, err
	}
	return one(t.combine(c, function, x[0], x[1]))
}

// shapeOfFlow returns the lengths of a value's axes, as far as they are known.
func shapeOfFlow(v value) []int {
	switch v := v.(type) {
	case *flow:
		return v.shape
	case *tensors:
		return v.lengths()
	case *part:
		return v.shape
	}
	return nil
}

// within reports whether an array, broadcast to another shape, leaves that shape as it
// is.
func within(a []size, shape []int) bool {
	by := len(shape) - len(a)
	if by < 0 {
		return false
	}
	for k, n := range a {
		if !n.is(1) && !n.is(int64(shape[by+k])) {
			return false
		}
	}
	return true
}

func rankOfFlow(v value) int {
	switch v := v.(type) {
	case *flow:
		return len(v.shape)
	case *tensors:
		return len(v.ids.shape)
	case *part:
		return len(v.shape)
	case *array:
		return len(v.shape)
	}
	return 0
}

// affineOf returns the function of x with a number, which is the second operand or
// the first.
func affineOf(function format.BinaryFunction, n float32, second bool) (format.Activation, bool) {
	a := format.Activation{Kind: format.ActivationAffine, Alpha: 1}
	switch {
	case function == format.BinaryAdd:
		a.Beta = n
	case function == format.BinarySub && second:
		a.Beta = -n
	case function == format.BinarySub:
		a.Alpha, a.Beta = -1, n
	case function == format.BinaryMul:
		a.Alpha = n
	case function == format.BinaryDiv && !second && n == 1:
		a = format.Activation{Kind: format.ActivationReciprocal}
	default:
		return a, false
	}
	return a, true
}

// extended returns the flow with axes of length 1 in front.
func (f *flow) extended(rank int) *flow {
	by := rank - len(f.shape)
	if by == 0 {
		return f
	}
	r := f.with(f.value, append(slices.Repeat([]int{1}, by), f.shape...), slices.Clone(f.memory))
	for i := range r.memory {
		r.memory[i] += by
	}
	if f.time >= 0 {
		r.time = f.time + by
	}
	r.due = f.due
	return r
}

// combine combines two flows, number by number.
func (t *tracer) combine(c *call, function format.BinaryFunction, x, y *flow) (*flow, error) {
	for _, f := range []*flow{x, y} {
		if err := f.ready(c); err != nil {
			return nil, err
		}
	}
	rank := max(len(x.shape), len(y.shape))
	x, y = x.extended(rank), y.extended(rank)
	if x.time >= 0 && y.time >= 0 && x.time != y.time {
		return nil, c.unsupported("it combines steps along the axes %d and %d of the shapes %v and %v", x.time, y.time, x.shape, y.shape)
	}
	shape := make([]int, rank)
	for k := range shape {
		shape[k] = max(x.shape[k], y.shape[k])
		if x.shape[k] != shape[k] && x.shape[k] != 1 || y.shape[k] != shape[k] && y.shape[k] != 1 {
			return nil, c.shape("the shapes %v and %v", x.shape, y.shape)
		}
	}
	memory := x.memory
	if length(y.shape) > length(x.shape) {
		memory = y.memory
	}
	if len(memory) < len(canonical(shape)) {
		memory = canonical(shape)
	}
	r := &flow{shape: shape, memory: slices.Clone(memory), time: max(x.time, y.time)}
	for p := range len(memory) + 1 {
		frames, channels := memory[:p], memory[p:]
		if !x.covers(frames, shape) || !x.covers(channels, shape) || !y.covers(frames, shape) || !y.covers(channels, shape) {
			continue
		}
		a, err := t.matrix(c, x, frames, channels)
		if err != nil {
			return nil, err
		}
		b, err := t.matrix(c, y, frames, channels)
		if err != nil {
			return nil, err
		}
		r.value, err = t.put(c, &format.Binary{Function: function}, a, b)
		return r, err
	}
	return nil, c.unsupported("it broadcasts the shapes %v and %v to each other", x.shape, y.shape)
}

// covers reports whether the flow has all of some axes, or is of length 1 along all.
func (f *flow) covers(axes, shape []int) bool {
	all, none := true, true
	for _, k := range axes {
		all = all && f.shape[k] == shape[k]
		none = none && f.shape[k] == 1
	}
	return all || none
}

// softmaxAxes returns input 0, and the axes of its softmax.
func (t *tracer) softmaxAxes(c *call) (*flow, []int, error) {
	f, err := t.settled(c, 0)
	if err != nil {
		return nil, nil, err
	}
	otherwise := int64(-1)
	if c.model.opset < 13 {
		otherwise = 1
	}
	at, err := c.intAttribute("axis", otherwise)
	if err != nil {
		return nil, nil, err
	}
	k, err := c.axis(at, len(f.shape))
	if err != nil {
		return nil, nil, err
	}
	axes := []int{k}
	if c.model.opset < 13 { // over all axes from that one on
		axes = nil
		for i := k; i < len(f.shape); i++ {
			axes = append(axes, i)
		}
	}
	return f, axes, nil
}

// axesWithout returns the axes that are not among others.
func axesWithout(axes, others []int) []int {
	return slices.DeleteFunc(slices.Clone(axes), func(k int) bool { return slices.Contains(others, k) })
}

func (t *tracer) softmax(c *call) ([]value, error) {
	f, axes, err := t.softmaxAxes(c)
	if err != nil {
		return nil, err
	}
	if f.time >= 0 && slices.Contains(axes, f.time) {
		return t.softmaxOverTime(c, f, axes)
	}
	others := axesWithout(f.memory, axes)
	axes = f.withoutOnes(axes...)
	v, err := t.matrix(c, f, others, axes)
	if err != nil {
		return nil, err
	}
	v, err = t.put(c, &format.Map{Function: format.Activation{Kind: format.ActivationSoftmax}}, v)
	return one(f.with(v, f.shape, slices.Concat(others, axes)), err)
}

func (t *tracer) prelu(c *call) ([]value, error) {
	f, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	a, err := c.array(1, "the slope")
	if err != nil {
		return nil, err
	}
	shape, slope, err := t.floats(c, a)
	if err != nil {
		return nil, err
	}
	s := (&flow{shape: shape, memory: canonical(shape)}).extended(len(f.shape))
	if len(s.memory) > 1 || len(slope) > 1 && f.shape[s.memory[0]] != len(slope) {
		return nil, c.unsupported("slopes of the shape %v for %v", shape, f.shape)
	}
	if len(slope) == 1 {
		v, err := t.put(c, &format.Map{Function: format.Activation{Kind: format.ActivationLeakyReLU, Alpha: slope[0]}}, f.value)
		return one(f.with(v, f.shape, f.memory), err)
	}
	k := s.memory[0]
	v, err := t.matrix(c, f, f.others(k), []int{k})
	if err != nil {
		return nil, err
	}
	v, err = t.put(c, &format.PReLU{Slope: slope, Size: len(slope)}, v)
	return one(f.with(v, f.shape, append(f.others(k), k)), err)
}

// reduced evaluates the operators that reduce axes.
func (t *tracer) reduced(c *call) ([]value, error) {
	if f, err := t.sumOfWeighed(c); f != nil || err != nil {
		return one(f, err)
	}
	f, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	axes, keep, err := t.reducedAxes(c, f)
	if err != nil {
		return nil, err
	}
	var gone, left []int
	for _, k := range f.memory {
		if axes[k] && k != f.time {
			gone = append(gone, k)
		} else {
			left = append(left, k)
		}
	}
	name := c.node.operator
	if name == "ReduceL2" {
		v, err := t.put(c, &format.Map{Function: format.Activation{Kind: format.ActivationSquare}}, f.value)
		if err != nil {
			return nil, err
		}
		f = f.with(v, f.shape, f.memory)
	}
	r, err := t.reduce(c, f, gone, left)
	if err != nil {
		return nil, err
	}
	if f.time >= 0 && axes[f.time] {
		if r, err = t.overTime(c, r, name); err != nil {
			return nil, err
		}
	}
	if name == "ReduceL2" {
		v, err := t.put(c, &format.Map{Function: format.Activation{Kind: format.ActivationSqrt}}, r.value)
		if err != nil {
			return nil, err
		}
		r = r.with(v, r.shape, r.memory)
	}
	if !keep {
		r = r.squeezed(axes)
	}
	return []value{r}, nil
}

// reducedAxes returns the axes that an operator reduces, and whether they stay.
func (t *tracer) reducedAxes(c *call, f *flow) (axes map[int]bool, keepDims bool, err error) {
	var list []int64
	keep := int64(1)
	global := c.node.operator == "GlobalMaxPool" || c.node.operator == "GlobalAveragePool"
	if global {
		for k := 2; k < len(f.shape); k++ {
			list = append(list, int64(k))
		}
	} else {
		if keep, err = c.intAttribute("keepdims", 1); err != nil {
			return nil, false, err
		}
		noop, err := c.intAttribute("noop_with_empty_axes", 0)
		if err != nil {
			return nil, false, err
		}
		if noop != 0 {
			return nil, false, c.unsupported("with noop_with_empty_axes")
		}
		upTo := int64(17)
		if c.node.operator == "ReduceSum" {
			upTo = 12
		}
		if list, _, err = c.listOf("axes", 1, upTo); err != nil {
			return nil, false, err
		}
	}
	if len(list) == 0 {
		for k := range f.shape {
			list = append(list, int64(k))
		}
	}
	axes, err = c.axes(list, len(f.shape))
	return axes, keep != 0, err
}

// squeezed returns the flow without some axes of length 1.
func (f *flow) squeezed(axes map[int]bool) *flow {
	place := make([]int, len(f.shape))
	var shape []int
	for k, n := range f.shape {
		place[k] = len(shape)
		if !axes[k] {
			shape = append(shape, n)
		}
	}
	r := f.with(f.value, shape, nil)
	for _, k := range f.memory {
		r.memory = append(r.memory, place[k])
	}
	if f.time >= 0 && !axes[f.time] {
		r.time = place[f.time]
	} else {
		r.time = -1
	}
	return r
}

// reduce reduces axes of each step: as frames if they can come first, and otherwise
// as channels with a row of ones.
func (t *tracer) reduce(c *call, f *flow, gone, left []int) (*flow, error) {
	shape := slices.Clone(f.shape)
	for _, k := range gone {
		shape[k] = 1
	}
	n := f.size(gone)
	if n == 1 {
		return f, nil
	}
	mean := c.node.operator == "ReduceMean" || c.node.operator == "GlobalAveragePool"
	greatest := c.node.operator == "ReduceMax" || c.node.operator == "GlobalMaxPool"
	timed := f.time >= 0 && f.shape[f.time] > 1
	if !timed {
		v, err := t.matrix(c, f, gone, left)
		if err != nil {
			return nil, err
		}
		switch {
		case mean || greatest:
			v, err = t.put(c, &format.FramePool{Mean: mean, Kernel: n, Stride: 1}, v)
		default:
			channels := f.size(left)
			if err := c.spend(n * channels); err != nil {
				return nil, err
			}
			ones := slices.Repeat([]float32{1}, n*channels)
			v, err = t.put(c, &format.Depthwise{Channels: channels, Kernel: n, Stride: 1, Dilation: 1, Weight: ones, Bias: make([]float32, channels)}, v)
		}
		return f.with(v, shape, left), err
	}
	v, err := t.matrix(c, f, left, gone)
	if err != nil {
		return nil, err
	}
	if greatest {
		if v, err = t.reshaped(v, f.size(left)*n, 1); err == nil {
			v, err = t.put(c, &format.FramePool{Kernel: n, Stride: n}, v)
		}
		return f.with(v, shape, left), err
	}
	weight := float32(1)
	if mean {
		weight = 1 / float32(n)
	}
	v, err = t.linear(c, v, n, 1, slices.Repeat([]float32{weight}, n), nil)
	return f.with(v, shape, left), err
}

// overTime reduces the steps of a sequence.
func (t *tracer) overTime(c *call, f *flow, name string) (*flow, error) {
	others := f.others(f.time)
	frames := f.shape[f.time]
	mean := name == "ReduceMean" || name == "GlobalAveragePool"
	if !mean && name != "ReduceMax" && name != "GlobalMaxPool" {
		return nil, c.unsupported("the sum of the steps of a sequence")
	}
	v, err := t.matrix(c, f, []int{f.time}, others)
	if err != nil {
		return nil, err
	}
	if frames > 1 {
		if v, err = t.put(c, &format.FramePool{Mean: mean, Kernel: frames, Stride: 1}, v); err != nil {
			return nil, err
		}
	}
	pool := format.PoolMax
	if mean {
		pool = format.PoolMean
	}
	v, err = t.put(c, &format.SequencePool{Pool: pool}, v)
	shape := slices.Clone(f.shape)
	shape[f.time] = 1
	r := f.with(v, shape, others)
	r.time = -1
	return r, err
}

// linear adds a dense layer with weights [outputs][inputs].
func (t *tracer) linear(c *call, x, inputs, outputs int, weight, bias []float32) (int, error) {
	if err := c.spend(2 * len(weight)); err != nil {
		return 0, err
	}
	l, err := network.NewDense(c.node.label(), inputs, outputs, weight, bias).Pack()
	if err != nil {
		return 0, c.unsupported("%v", err)
	}
	return t.put(c, &l, x)
}
