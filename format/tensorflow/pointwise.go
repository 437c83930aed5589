package tensorflow

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// pointwise adds the operators that compute each number alone.
func pointwise(ops map[string]operator) {
	for name, operator := range map[string]string{
		"Relu": "Relu", "Tanh": "Tanh", "Sigmoid": "Sigmoid", "Softplus": "Softplus", "Softsign": "Softsign", "Elu": "Elu", "Selu": "Selu", "Exp": "Exp",
		"Log": "Log", "Neg": "Neg", "Abs": "Abs", "Sqrt": "Sqrt", "Reciprocal": "Reciprocal", "Inv": "Reciprocal", "Sign": "Sign", "Floor": "Floor",
		"Sin": "Sin", "Cos": "Cos", "Erf": "Erf",
	} {
		ops[name] = func(c *call) ([]value, error) {
			if out, ok, err := c.randomly(operator); ok {
				return out, err
			}
			return one(c.function(operator))
		}
	}
	ops["Relu6"] = func(c *call) ([]value, error) {
		return one(c.function("Clip", filled(typeFloat, nil, 0), filled(typeFloat, nil, 6)))
	}
	ops["LeakyRelu"] = (*call).leakyRelu
	ops["Softmax"] = func(c *call) ([]value, error) { return one(c.function("Softmax")) }
	ops["LogSoftmax"] = func(c *call) ([]value, error) { return one(c.function("LogSoftmax")) }
	ops["Square"] = func(c *call) ([]value, error) {
		c.in = append(c.in, c.in...)
		return one(c.binary(multiply))
	}
	ops["Rsqrt"] = func(c *call) ([]value, error) {
		t, err := c.function("Sqrt")
		if err != nil {
			return nil, err
		}
		c.in = []value{t}
		return one(c.function("Reciprocal"))
	}
	for name, b := range map[string]pairwise{
		"Add": add, "AddV2": add, "Sub": subtract, "Mul": multiply, "RealDiv": divide, "Div": divide, "Maximum": greatest, "Minimum": least,
		"FloorDiv": floorDivide, "FloorMod": floorRemainder, "Pow": power,
	} {
		ops[name] = func(c *call) ([]value, error) {
			if out, ok, err := c.randomly(b.operator); ok {
				return out, err
			}
			return one(c.binary(b))
		}
	}
	ops["BiasAdd"] = (*call).biasAdd
	ops["SquaredDifference"] = func(c *call) ([]value, error) {
		t, err := c.binary(subtract)
		if err != nil {
			return nil, err
		}
		c.in = []value{t, t}
		return one(c.binary(multiply))
	}
	ops["AddN"] = (*call).sumOf
	ops["ClipByValue"] = (*call).clip
	ops["Cast"] = (*call).cast
	ops["RandomUniform"] = (*call).random
}

// function applies a function to the first input. limits are further inputs of the node.
func (c *call) function(operator string, limits ...*tensor) (*tensor, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if len(c.in) != 1 || !x.dtype.isFloat() {
		return nil, c.unsupported("it is of %s, want one tensor of floats", describe(x))
	}
	if y, ok := constantFunction(operator, x); ok {
		return y, nil
	}
	return c.reversible([]*tensor{x}, func(in []*tensor) (*tensor, error) {
		return c.nodeOf(operator, x.dtype, x.shape, nil, append(in, limits...)...)
	})
}

// constantFunction returns a function of a constant that graphs apply to one.
func constantFunction(operator string, x *tensor) (*tensor, bool) {
	f, ok := map[string]func(v float64) float64{
		"Floor": math.Floor, "Sqrt": math.Sqrt, "Abs": math.Abs,
		"Neg": func(v float64) float64 { return -v }, "Reciprocal": func(v float64) float64 { return 1 / v },
	}[operator]
	if !ok || !x.constant {
		return nil, false
	}
	y := *x
	y.name, y.floats = "", make([]float32, len(x.floats))
	for i, v := range x.floats {
		y.floats[i] = float32(f(float64(v)))
	}
	return &y, true
}

// alike reports whether two constants have the same shape, or one of them is a number.
func (t *tensor) alike(u *tensor) bool {
	return slices.Equal(t.shape, u.shape) || t.count() == 1 && len(t.shape) <= len(u.shape) || u.count() == 1 && len(u.shape) <= len(t.shape)
}

// constants computes with constants that are alike.
func (b pairwise) constants(x, y *tensor, shape []dimension) *tensor {
	t := &tensor{dtype: x.dtype, shape: shape, constant: true, floats: make([]float32, max(len(x.floats), len(y.floats))), reversed: -1}
	for i := range t.floats {
		t.floats[i] = b.float(x.floats[i%len(x.floats)], y.floats[i%len(y.floats)])
	}
	return t
}

// nodeOf writes a node of one output.
func (c *call) nodeOf(operator string, t dtype, shape []dimension, attributes []proto.Attribute, inputs ...*tensor) (*tensor, error) {
	return c.writer.node(operator, t, shape, attributes, inputs...)
}

// reversible writes a node that computes each number along an axis by itself, so that
// tensors that are reversed along it can stay so.
func (c *call) reversible(in []*tensor, write func(in []*tensor) (*tensor, error)) (*tensor, error) {
	rank, axis := 0, -1
	for _, t := range in {
		rank = max(rank, len(t.shape))
	}
	for _, t := range in {
		if t.reversed >= 0 {
			axis = t.reversed + rank - len(t.shape)
		}
	}
	forward := slices.Clone(in)
	for i, t := range in {
		k := axis - rank + len(t.shape)
		switch {
		case axis < 0:
		case t.reversed >= 0 && t.reversed == k:
			forward[i] = t.forward()
		case t.reversed < 0 && (k < 0 || t.shape[k] == dimension{n: 1}):
		default:
			return write(in)
		}
	}
	y, err := write(forward)
	if err == nil {
		y.reversed = axis
	}
	return y, err
}

// A pairwise is a function of two numbers.
type pairwise struct {
	operator string
	whole    func(a, b number) (number, bool)
	float    func(a, b float32) float32
}

var (
	add = pairwise{"Add", func(a, b number) (number, bool) {
		return number{n: a.n + b.n, step: a.step + b.step, open: a.open || b.open}, !a.length && !b.length
	}, func(a, b float32) float32 { return a + b }}
	subtract = pairwise{"Sub", func(a, b number) (number, bool) {
		return number{n: a.n - b.n, step: a.step - b.step, open: a.open || b.open}, !a.length && !b.length
	}, func(a, b float32) float32 { return a - b }}
	multiply = pairwise{"Mul", func(a, b number) (number, bool) {
		return number{n: a.n * b.n, open: a.open || b.open}, a.isPlain() && b.isPlain()
	}, func(a, b float32) float32 { return a * b }}
	divide      = pairwise{"Div", nil, func(a, b float32) float32 { return a / b }}
	floorDivide = pairwise{"", func(a, b number) (number, bool) {
		return number{n: floor(a.n, b.n), open: a.open || b.open}, a.isPlain() && b.isPlain() && b.n > 0
	}, nil}
	floorRemainder = pairwise{"", func(a, b number) (number, bool) {
		return number{n: a.n - b.n*floor(a.n, b.n), open: a.open || b.open}, a.isPlain() && b.isPlain() && b.n > 0
	}, nil}
	power    = pairwise{"Pow", nil, nil}
	greatest = pairwise{"Max", func(a, b number) (number, bool) { return choose(a, b, true) }, func(a, b float32) float32 { return max(a, b) }}
	least    = pairwise{"Min", func(a, b number) (number, bool) { return choose(a, b, false) }, func(a, b float32) float32 { return min(a, b) }}
)

func (n number) isPlain() bool { return n.step == 0 && !n.length }

func floor(a, b int64) int64 {
	if b <= 0 {
		return 0
	}
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// choose returns the greater or the lesser of two numbers. The length of a sequence is
// taken as the number of steps.
func choose(a, b number, greater bool) (number, bool) {
	switch {
	case a == b:
		return a, true
	case a.step != 0 || b.step != 0:
		return a, false
	case a.length && (greater && b.n <= 1 && !b.open || !greater && (b.open || b.n > 1)):
		return a, true
	case b.length && (greater && a.n <= 1 && !a.open || !greater && (a.open || a.n > 1)):
		return b, true
	case a.length || b.length:
		return a, false
	case (a.n > b.n) == greater:
		return a, true
	}
	return b, true
}

// broadcast returns the shape of two together.
func (c *call) broadcast(a, b []dimension) ([]dimension, error) {
	shape := slices.Clone(a)
	other := b
	if len(shape) < len(other) {
		shape, other = slices.Clone(b), a
	}
	for i, d := range other {
		k := len(shape) - len(other) + i
		switch {
		case shape[k] == d || d == dimension{n: 1}:
		case shape[k] == dimension{n: 1}:
			shape[k] = d
		default:
			return nil, c.damaged("of the shapes %s and %s", shapeText(a), shapeText(b))
		}
	}
	return shape, nil
}

// binary applies a function to two inputs.
func (c *call) binary(b pairwise) (*tensor, error) {
	list, err := c.tensors(2)
	if err != nil {
		return nil, err
	}
	x, y := list[0], list[1]
	shape, err := c.broadcast(x.shape, y.shape)
	if err != nil {
		return nil, err
	}
	if x.constant && y.constant && !x.dtype.isFloat() && !y.dtype.isFloat() {
		return c.wholeBinary(b, x, y, shape)
	}
	if !x.dtype.isFloat() || !y.dtype.isFloat() {
		return nil, c.unsupported("of %s and %s, want floats", describe(x), describe(y))
	}
	v, ok1 := x.uniform()
	w, ok2 := y.uniform()
	switch {
	case ok1 && ok2 && b.float != nil:
		return filled(x.dtype, shape, b.float(v, w)), nil
	case ok2 && b.changesNothing(w) && slices.Equal(shape, x.shape):
		return x, nil
	case ok1 && b.changesNothing(v) && b.commutes() && slices.Equal(shape, y.shape):
		return y, nil
	case b.operator == "":
		return nil, c.unsupported("of floats")
	case x.constant && y.constant && b.float != nil && x.alike(y):
		return b.constants(x, y, shape), nil
	}
	return c.reversible(list, func(in []*tensor) (*tensor, error) {
		return c.nodeOf(b.operator, x.dtype, shape, nil, single(in[0]), single(in[1]))
	})
}

// single returns a constant whose numbers are all the same as a single number.
func single(t *tensor) *tensor {
	v, ok := t.uniform()
	if !ok || len(t.shape) == 0 {
		return t
	}
	return filled(t.dtype, slices.Repeat([]dimension{{n: 1}}, len(t.shape)), v)
}

func (b pairwise) commutes() bool { return b.operator == "Add" || b.operator == "Mul" }

// changesNothing reports whether a function of a number and v is the number.
func (b pairwise) changesNothing(v float32) bool {
	switch b.operator {
	case "Add", "Sub":
		return v == 0
	case "Mul", "Div":
		return v == 1
	}
	return false
}

// wholeBinary applies a function to constants of integers.
func (c *call) wholeBinary(b pairwise, x, y *tensor, shape []dimension) (*tensor, error) {
	if c.node.op == "Div" && !slices.ContainsFunc(x.ints, func(v number) bool { return v.n < 0 }) {
		b = floorDivide
	}
	t := whole(x.dtype, shape)
	if b.whole == nil || x.limits != nil || y.limits != nil {
		return nil, c.unsupported("of integers")
	}
	return t, c.each(t, x, y, func(v, w number) (number, error) {
		n, ok := b.whole(v, w)
		if !ok {
			return n, c.unsupported("of numbers that depend on the step of a loop")
		}
		return n, nil
	})
}

// each sets the elements of a constant to a function of those of two others, of which one
// has as many, and the other as many or one.
func (c *call) each(t, x, y *tensor, f func(v, w number) (number, error)) error {
	n := t.count()
	if n > maxIntegers || len(x.ints) != 1 && len(x.ints) != n || len(y.ints) != 1 && len(y.ints) != n {
		return c.unsupported("of constants of the shapes %s and %s", shapeText(x.shape), shapeText(y.shape))
	}
	for i := range n {
		v, err := f(x.ints[min(i, len(x.ints)-1)], y.ints[min(i, len(y.ints)-1)])
		if err != nil {
			return err
		}
		t.ints = append(t.ints, v)
	}
	return nil
}

func (c *call) leakyRelu() ([]value, error) {
	alpha, err := c.float("alpha", 0.2)
	if err != nil {
		return nil, err
	}
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	return one(c.reversible([]*tensor{x}, func(in []*tensor) (*tensor, error) {
		return c.nodeOf("LeakyRelu", x.dtype, x.shape, []proto.Attribute{{Name: "alpha", Value: alpha}}, in...)
	}))
}

// biasAdd adds a bias of channels, the last axis or the second.
func (c *call) biasAdd() ([]value, error) {
	list, err := c.tensors(2)
	if err != nil {
		return nil, err
	}
	layout, err := c.text("data_format", "NHWC")
	if err != nil {
		return nil, err
	}
	x, bias := list[0], list[1]
	if len(bias.shape) != 1 || len(x.shape) < 2 {
		return nil, c.damaged("of the shapes %s and %s", shapeText(x.shape), shapeText(bias.shape))
	}
	if layout == "NCHW" && len(x.shape) > 2 {
		axes := make([]int64, len(x.shape)-2)
		for i := range axes {
			axes[i] = int64(i + 1)
		}
		shape := append(slices.Clone(bias.shape), slices.Repeat([]dimension{{n: 1}}, len(axes))...)
		if list[1], err = c.nodeOf("Unsqueeze", bias.dtype, shape, nil, bias, integers(axes...)); err != nil {
			return nil, err
		}
	}
	c.in = []value{list[0], list[1]}
	return one(c.binary(add))
}

// sumOf adds all inputs.
func (c *call) sumOf() ([]value, error) {
	all := c.in
	if len(all) == 0 {
		return nil, c.damaged("it has no input")
	}
	for len(all) > 1 {
		c.in = all[:2]
		sum, err := c.binary(add)
		if err != nil {
			return nil, err
		}
		all = append([]value{sum}, all[2:]...)
	}
	return all, nil
}

// clip bounds numbers by two constants.
func (c *call) clip() ([]value, error) {
	list, err := c.tensors(3)
	if err != nil {
		return nil, err
	}
	x := list[0]
	if len(list[1].shape) > 0 || len(list[2].shape) > 0 {
		return nil, c.unsupported("between limits that are not single numbers")
	}
	return one(c.reversible(list[:1], func(in []*tensor) (*tensor, error) {
		return c.nodeOf("Clip", x.dtype, x.shape, nil, in[0], list[1], list[2])
	}))
}

// cast changes the type of numbers.
func (c *call) cast() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	to, err := c.kind("DstT", 0)
	if err != nil {
		return nil, err
	}
	as := *x
	as.dtype = to
	switch {
	case to == x.dtype, to.isFloat() && x.dtype.isFloat(), x.limits != nil && to == typeBool:
		return one(&as, nil)
	case to == typeBool || x.dtype == typeBool || !to.isFloat() && !to.isInteger():
	case to.isInteger() && x.dtype.isInteger():
		return one(&as, nil)
	case to.isInteger() && x.given != "":
		return one(c.tokens(x, to))
	case to.isInteger() && x.constant && len(x.floats) == 1:
		return one(c.repeated(to, x.shape, number{n: int64(x.floats[0])}))
	case to.isFloat() && x.constant && len(x.ints) == 1 && x.ints[0] == number{n: x.ints[0].n}:
		return one(filled(to, x.shape, float32(x.ints[0].n)), nil)
	case to.isFloat() && !x.constant:
		return one(c.nodeOf("Cast", to, x.shape, []proto.Attribute{{Name: "to", Value: proto.Float}}, x))
	}
	return nil, c.unsupported("from %v to %v", x.dtype, to)
}

// tokens turns a placeholder that every node converts to integers into an input of
// integers.
func (c *call) tokens(x *tensor, to dtype) (*tensor, error) {
	for _, n := range c.readers[x.given] {
		if n.op != "Cast" && n.op != "Shape" {
			return nil, c.unsupported("the input %.60q is converted to integers here, but other nodes read it as floats", x.given)
		}
	}
	for i := range c.top.model.Inputs {
		if c.top.model.Inputs[i].Name == x.given {
			c.top.model.Inputs[i].Type = proto.Int64
		}
	}
	as := *x
	as.dtype = to
	return &as, nil
}
