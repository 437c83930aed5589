package tensorflow

import (
	"github.com/rnnrun/rnnrun/format/onnx/proto"

	"fmt"
	"slices"
	"strings"
)

// A value is the value of a node: a *tensor, an *array, a *flow, a *random, or
// dead.
type value any

// dead is the value of a branch that is not taken.
type dead struct{}

// A number is an integer of a constant. In a loop it may grow by the same amount at
// each step.
type number struct {
	n      int64
	step   int64
	open   bool // it depends on the number of steps, which the file leaves open
	length bool // it is the length of a sequence, which is read to its end
}

// A dimension is the length of an axis.
type dimension struct {
	n    int
	open bool
}

// dimension returns a number as the length of an axis.
func (n number) dimension() (dimension, bool) {
	return dimension{int(n.n), n.open}, n.step == 0 && !n.length && n.n >= 0 && n.n < 1<<31
}

func (d dimension) number() number { return number{n: int64(d.n), open: d.open} }

// A tensor is a value of the graph that is written, or a constant.
type tensor struct {
	dtype dtype
	shape []dimension
	name  string // in the graph that is written; empty: it is a constant that is not written yet
	body  *graph // the loop in whose body it is a value; nil: none
	given string // the placeholder whose values it has unchanged; empty: none
	made  *made  // the node that gives it; nil: none does
	fixed bool   // nodes compute it from constants only

	constant bool
	ints     []number  // of a constant of integers, or of 0 and 1 for false and true
	floats   []float32 // of a constant of floats; a single one if all are the same
	limits   []number  // for a condition: it is true while fewer steps than each of these were made

	// reversed is the axis along which the tensor has the values of the graph from the
	// last to the first; -1: none.
	reversed int
}

// A made is a node that was written.
type made struct {
	operator   string
	attributes []proto.Attribute
	in         []*tensor
}

// madeBy returns the node that gives a tensor, if it has an operator and the tensor is as
// the node gives it.
func (t *tensor) madeBy(operator string) *made {
	if t.made == nil || t.made.operator != operator || t.reversed >= 0 {
		return nil
	}
	return t.made
}

// count returns the number of elements, or a number too large for any file if there are
// more.
func (t *tensor) count() int {
	const most = 1 << 30
	n := int64(1)
	for _, d := range t.shape {
		if n *= min(int64(d.n), most); n > most {
			return most
		}
	}
	return int(n)
}

// uniform returns the value of all elements of a constant of floats.
func (t *tensor) uniform() (float32, bool) {
	if !t.constant || len(t.floats) != 1 {
		return 0, false
	}
	return t.floats[0], true
}

// isOpen reports whether the length of an axis is open.
func (t *tensor) isOpen() bool {
	return slices.ContainsFunc(t.shape, func(d dimension) bool { return d.open })
}

func shapeText(shape []dimension) string {
	var list []string
	for _, d := range shape {
		if d.open {
			list = append(list, "steps")
		} else {
			list = append(list, fmt.Sprint(d.n))
		}
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// describe says what a value is.
func describe(v value) string {
	switch v := v.(type) {
	case *tensor:
		if v.constant {
			return fmt.Sprintf("a constant of shape %s", shapeText(v.shape))
		}
		return fmt.Sprintf("a tensor of shape %s", shapeText(v.shape))
	case *array, *flow:
		return "a TensorArray"
	case *sound:
		return "text or sound"
	case *random:
		return "random numbers"
	}
	return "nothing"
}

// whole returns constants of integers.
func whole(t dtype, shape []dimension, data ...number) *tensor {
	return &tensor{dtype: t, shape: shape, constant: true, ints: data, reversed: -1}
}

// isFixed reports whether a number is the file's number of steps, which is taken as
// open.
func (t *translator) isFixed(n number) bool {
	return t.trial.opened && t.someSteps > 1 && n == number{n: int64(t.someSteps)}
}

// scalar returns a constant integer.
func scalar(t dtype, n number) *tensor { return whole(t, nil, n) }

// filled returns a constant whose elements are all the same.
func filled(t dtype, shape []dimension, v float32) *tensor {
	return &tensor{dtype: t, shape: shape, constant: true, floats: []float32{v}, reversed: -1}
}
