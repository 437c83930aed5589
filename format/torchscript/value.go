package torchscript

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format/pickle"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// A value of the code is nil, a bool, a string, an int64, a float64, a *size, a *list,
// a *tensor, a *pickle.Object, a *callable, or a pickle.Unknown.
type value any

// A list is a list or a tuple.
type list struct{ items []value }

// A size is a number that depends on the open number of steps: n is its value for the
// sequence that is tried, and name its name in the graph.
type size struct {
	n    int64
	name string // of an int64 tensor of shape [1]
}

// A dimension is one of a tensor's shape.
type dimension struct {
	n    int
	open bool // it depends on the number of steps
}

// A tensor is a value of the graph.
type tensor struct {
	name  string
	shape []dimension
	whole bool // it is of integers

	data  []float32 // for a constant of floats; nil: it is not one
	zeros bool      // it is a constant of zeros, perhaps of an open size
	place *place    // the attribute of which it is the value, or a view of all of it; nil: none

	memory *memory // what it shares with its views; nil: a constant's or an input's own
}

// A memory is shared by a tensor and its views. Once an operator has changed it in
// place, only the operator's result is valid.
type memory struct{ changed bool }

// A place is an attribute of a module.
type place struct {
	of   *pickle.Object
	name string
}

// A callable is a function of the code, a method of a module, or an operator.
type callable struct {
	name   string
	self   *pickle.Object // nil: it is not a method
	script *function      // nil: it is an operator
}

// shapeOf returns the shape of a constant.
func shapeOf(t *statedict.Tensor) []dimension {
	var s []dimension
	for _, n := range t.Shape {
		s = append(s, dimension{n: n})
	}
	return s
}

// describe says what a value is.
func describe(v value) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool, int64, float64:
		return fmt.Sprint(v)
	case string:
		return fmt.Sprintf("%.40q", v)
	case *size:
		return "a number of steps"
	case *list:
		return fmt.Sprintf("a list of %d", len(v.items))
	case *tensor:
		return "a tensor of shape " + shapeText(v.shape)
	case *pickle.Object:
		return fmt.Sprintf("a module of %.80q", v.Class)
	case *callable:
		return fmt.Sprintf("the function %.80q", v.name)
	case pickle.Unknown:
		return v.What
	}
	return "a value"
}

func shapeText(s []dimension) string {
	text := "["
	for i, d := range s {
		if i > 0 {
			text += ", "
		}
		if d.open {
			text += "steps"
		} else {
			text += fmt.Sprint(d.n)
		}
	}
	return text + "]"
}

// number returns a value as a number.
func count(v value) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case *size:
		return v.n, true
	}
	return 0, false
}
