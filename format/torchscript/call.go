package torchscript

import (
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/internal/message"
)

// An operator follows a call of a PyTorch operator.
type operator func(c *operatorCall) (value, error)

// An operatorCall is a call of an operator with its arguments.
type operatorCall struct {
	*interpreter
	name      string // without a namespace
	arguments []value
	named     map[string]value
}

// operate calls an operator. An operator whose name ends with _ changes its first
// argument.
func (in *interpreter) operate(name string, arguments []value, named map[string]value) (value, error) {
	c := &operatorCall{in, name, arguments, named}
	if err := c.current(arguments); err != nil {
		return nil, err
	}
	if op := in.operators[name]; op != nil {
		return op(c)
	}
	base, inPlace := strings.CutSuffix(name, "_")
	if op := in.operators[base]; inPlace && op != nil && len(arguments) > 0 {
		c.name = base
		if t, ok := arguments[0].(*tensor); ok {
			return c.inPlace(t, op)
		}
	}
	return nil, c.unsupported("the operator %.60q is not known", name)
}

// inPlace lets an operator change a tensor. Other views of its memory can no longer be
// read.
func (c *operatorCall) inPlace(t *tensor, op operator) (value, error) {
	v, err := op(c)
	if err != nil {
		return nil, err
	}
	result, ok := v.(*tensor)
	if !ok {
		return nil, c.unsupported("%s changes %s", c.name, describe(t))
	}
	if result == t {
		return t, nil
	}
	return c.replace(t, result)
}

// replace gives a tensor's memory new content.
func (c *operatorCall) replace(t, by *tensor) (value, error) {
	if t.data != nil && t.place == nil {
		return nil, c.unsupported("%s changes a constant", c.name)
	}
	t.memory.changed = true
	now := *by
	now.memory = &memory{}
	if t.place != nil {
		if err := c.change(*t.place, &now); err != nil {
			return nil, err
		}
		now.place = t.place
	}
	return &now, nil
}

// current refuses tensors whose memory has changed.
func (c *operatorCall) current(values []value) error {
	for _, v := range values {
		switch v := v.(type) {
		case *list:
			if err := c.spend(len(v.items)); err != nil {
				return err
			}
			if err := c.current(v.items); err != nil {
				return err
			}
		case *tensor:
			if v.memory != nil && v.memory.changed {
				return c.unsupported("%s reads a tensor that an operator has changed in place", c.name)
			}
		}
	}
	return nil
}

// argument returns an argument, by its position or its name; nil if it is not given.
func (c *operatorCall) argument(i int, name string) value {
	if i >= 0 && i < len(c.arguments) {
		return c.arguments[i]
	}
	return c.named[name]
}

func (c *operatorCall) tensor(i int) (*tensor, error) {
	if i < len(c.arguments) {
		if t, ok := c.arguments[i].(*tensor); ok {
			if t.name == "" {
				return nil, c.unsupported("%s reads a constant of integers", c.name)
			}
			return t, nil
		}
		return nil, c.unsupported("%s of %s, want a tensor", c.name, describe(c.arguments[i]))
	}
	return nil, c.unsupported("%s of %s", c.name, message.Count(len(c.arguments), "argument"))
}

// optional returns a tensor, or nil for None.
func (c *operatorCall) optional(i int) (*tensor, error) {
	if c.argument(i, "") == nil {
		return nil, nil
	}
	return c.tensor(i)
}

// long returns a constant integer, or usual if it is not given.
func (c *operatorCall) long(i int, name string, usual int64) (int64, error) {
	switch v := c.argument(i, name).(type) {
	case nil:
		return usual, nil
	case int64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	default:
		return 0, c.unsupported("%s with %s, want a constant integer", c.name, describe(v))
	}
}

// integer returns a constant integer that a size or an axis can be.
func (c *operatorCall) integer(i int, name string, usual int) (int, error) {
	n, err := c.long(i, name, int64(usual))
	if err == nil && (n < math.MinInt32 || n > math.MaxInt32) {
		return 0, c.unsupported("%s with %d", c.name, n)
	}
	return int(n), err
}

// flag returns a bool.
func (c *operatorCall) flag(i int, name string, usual bool) (bool, error) {
	switch v := c.argument(i, name).(type) {
	case nil:
		return usual, nil
	case bool:
		return v, nil
	default:
		return false, c.unsupported("%s with %s, want true or false", c.name, describe(v))
	}
}

// float returns a constant number.
func (c *operatorCall) float(i int, name string, usual float64) (float64, error) {
	switch v := c.argument(i, name).(type) {
	case nil:
		return usual, nil
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	default:
		return 0, c.unsupported("%s with %s, want a constant number", c.name, describe(v))
	}
}

// integers returns a list of constant integers, or one integer as a list.
func (c *operatorCall) integers(i int, name string) ([]int, error) {
	v := c.argument(i, name)
	l, ok := v.(*list)
	if !ok {
		l = &list{[]value{v}}
	}
	var all []int
	for _, item := range l.items {
		n, ok := item.(int64)
		if !ok || n < math.MinInt32 || n > math.MaxInt32 {
			return nil, c.unsupported("%s with %s, want constant integers", c.name, describe(v))
		}
		all = append(all, int(n))
	}
	return all, nil
}

// axis returns an axis of a tensor with that many axes.
func (c *operatorCall) axis(i int, name string, usual, rank int) (int, error) {
	n, err := c.integer(i, name, usual)
	if err != nil {
		return 0, err
	}
	return c.within(n, rank)
}

// along returns the first argument, a tensor, and an axis of it.
func (c *operatorCall) along(i int, name string, usual int) (*tensor, int, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, 0, err
	}
	axis, err := c.axis(i, name, usual, len(t.shape))
	return t, axis, err
}

func (c *operatorCall) within(axis, rank int) (int, error) {
	if axis < -rank || axis >= rank {
		return 0, c.unsupported("%s along axis %d of a tensor of %d", c.name, axis, rank)
	}
	if axis < 0 {
		axis += rank
	}
	return axis, nil
}

// tensors returns the tensors of a list.
func (c *operatorCall) tensors(i int) ([]*tensor, error) {
	l, ok := c.argument(i, "").(*list)
	if !ok || len(l.items) == 0 {
		return nil, c.unsupported("%s of %s, want a list of tensors", c.name, describe(c.argument(i, "")))
	}
	var all []*tensor
	for _, v := range l.items {
		t, ok := v.(*tensor)
		if !ok || t.name == "" {
			return nil, c.unsupported("%s of %s, want a tensor", c.name, describe(v))
		}
		all = append(all, t)
	}
	return all, nil
}

// view returns a tensor that looks into the memory of another.
func view(of, v *tensor) *tensor {
	v.memory = of.memory
	v.whole = of.whole
	return v
}

// only refuses arguments beyond that many.
func (c *operatorCall) only(n int, named ...string) error {
	if len(c.arguments) > n {
		return c.unsupported("%s of %s", c.name, message.Count(len(c.arguments), "argument"))
	}
	for name, v := range c.named {
		if !slices.Contains(named, name) && v != nil {
			return c.unsupported("%s with %s", c.name, name)
		}
	}
	return nil
}
