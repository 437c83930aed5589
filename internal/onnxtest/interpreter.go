package onnxtest

import (
	"fmt"
	"math"
	"slices"
)

// An Array is a value of an interpreted model, in row-major order. Its elements may be
// integers.
type Array struct {
	Shape []int
	Data  []float64
}

// Filled returns an array whose element at index is at(index).
func Filled(shape []int, at func(index []int) float64) Array {
	a := Array{slices.Clone(shape), make([]float64, size(shape))}
	index := make([]int, len(shape))
	for i := range a.Data {
		a.Data[i] = at(index)
		for k := len(index) - 1; k >= 0; k-- {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
	}
	return a
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// At returns the element at an index.
func (a Array) At(index ...int) float64 {
	at := 0
	for k, i := range index {
		at = at*a.Shape[k] + i
	}
	return a.Data[at]
}

// broadcast returns the element at an index of the shape to which the array is broadcast.
func (a Array) broadcast(index []int) float64 {
	at := 0
	for k, n := range a.Shape {
		i := index[len(index)-len(a.Shape)+k]
		if n == 1 {
			i = 0
		}
		at = at*n + i
	}
	return a.Data[at]
}

// arrayOf returns a constant as an array.
func arrayOf(t *Tensor) Array {
	a := Array{Shape: slices.Clone(t.Shape), Data: Widened(t.Floats)}
	for _, v := range t.Ints {
		a.Data = append(a.Data, float64(v))
	}
	return a
}

// Interpret computes the outputs of a model in float64, operator by operator, as the ONNX
// specification defines them. It panics if the model is invalid, or has an operator that
// the tests do not use.
func Interpret(m *Model, inputs map[string]Array) map[string]Array {
	i := &interpreter{opset: m.Opset, values: map[string]Array{}}
	for name, a := range inputs {
		i.values[name] = a
	}
	i.run(m)
	out := map[string]Array{}
	for _, v := range m.Outputs {
		out[v.Name] = i.values[v.Name]
	}
	return out
}

type interpreter struct {
	opset  int
	values map[string]Array
}

// run evaluates nodes as their inputs become known.
func (i *interpreter) run(m *Model) {
	for k := range m.Constants {
		i.values[m.Constants[k].Name] = arrayOf(&m.Constants[k])
	}
	left := slices.Clone(m.Nodes)
	for len(left) > 0 {
		before := len(left)
		left = slices.DeleteFunc(left, func(n Node) bool {
			for _, name := range n.Inputs {
				if _, ok := i.values[name]; name != "" && !ok {
					return false
				}
			}
			for k, a := range i.node(&n) {
				if k < len(n.Outputs) {
					i.values[n.Outputs[k]] = a
				}
			}
			return true
		})
		if len(left) == before {
			panic(fmt.Sprintf("onnxtest: %s lacks an input", left[0].Operator))
		}
	}
}

// An evaluation is the evaluation of one node.
type evaluation struct {
	*interpreter
	*Node
	in []Array // without data if left out
}

func (i *interpreter) node(n *Node) []Array {
	e := &evaluation{interpreter: i, Node: n}
	for _, name := range n.Inputs {
		e.in = append(e.in, i.values[name])
	}
	if f, ok := pairs[n.Operator]; ok {
		return e.pair(f)
	}
	if f, ok := e.function(); ok {
		x := e.in[0]
		return []Array{Filled(x.Shape, func(index []int) float64 { return f(x.At(index...)) })}
	}
	f, ok := interpreted()[n.Operator]
	if !ok {
		panic("onnxtest: the operator " + n.Operator + " is not interpreted")
	}
	return f(e)
}

func (e *evaluation) value(name string) any {
	for _, a := range e.Attributes {
		if a.Name == name {
			return a.Value
		}
	}
	return nil
}

func (e *evaluation) int(name string, otherwise int) int {
	if v, ok := e.value(name).(int); ok {
		return v
	}
	return otherwise
}

func (e *evaluation) float(name string, otherwise float64) float64 {
	if v, ok := e.value(name).(float32); ok {
		return float64(v)
	}
	return otherwise
}

func (e *evaluation) text(name, otherwise string) string {
	if v, ok := e.value(name).(string); ok {
		return v
	}
	return otherwise
}

// ints returns the integers of an attribute or, without it, of input k.
func (e *evaluation) ints(name string, k int) []int {
	if v, ok := e.value(name).([]int); ok {
		return v
	}
	if k <= 0 || k >= len(e.in) {
		return nil
	}
	var list []int
	for _, v := range e.in[k].Data {
		list = append(list, int(v))
	}
	return list
}

// axis returns axis k of a rank; a negative k counts from the end.
func axis(k, rank int) int {
	if k < 0 {
		k += rank
	}
	return k
}

var pairs = map[string]func(x, y float64) float64{
	"Add": func(x, y float64) float64 { return x + y },
	"Sub": func(x, y float64) float64 { return x - y },
	"Mul": func(x, y float64) float64 { return x * y },
	"Div": func(x, y float64) float64 { return x / y },
	"Pow": math.Pow,
	"Max": math.Max,
	"Min": math.Min,
	"PRelu": func(x, y float64) float64 {
		if x < 0 {
			return x * y
		}
		return x
	},
	"Less": func(x, y float64) float64 {
		if x < y {
			return 1
		}
		return 0
	},
	"And": func(x, y float64) float64 { return x * y },
	"Equal": func(x, y float64) float64 {
		if x == y {
			return 1
		}
		return 0
	},
}

func (e *evaluation) pair(f func(x, y float64) float64) []Array {
	x, y := e.in[0], e.in[1]
	shape := make([]int, max(len(x.Shape), len(y.Shape)))
	for k := range shape {
		shape[k] = 1
		for _, a := range []Array{x, y} {
			if i := k - len(shape) + len(a.Shape); i >= 0 && a.Shape[i] != 1 {
				if shape[k] != 1 && shape[k] != a.Shape[i] {
					panic(fmt.Sprintf("onnxtest: %s of the shapes %v and %v", e.Operator, x.Shape, y.Shape))
				}
				shape[k] = a.Shape[i]
			}
		}
	}
	return []Array{Filled(shape, func(index []int) float64 { return f(x.broadcast(index), y.broadcast(index)) })}
}

// function returns the function of an elementwise operator.
func (e *evaluation) function() (func(x float64) float64, bool) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	f := map[string]func(x float64) float64{
		"Exp": math.Exp, "Log": math.Log, "Sqrt": math.Sqrt, "Abs": math.Abs, "Sin": math.Sin, "Cos": math.Cos, "Floor": math.Floor, "Tanh": math.Tanh,
		"Sigmoid":    sigmoid,
		"Neg":        func(x float64) float64 { return -x },
		"Reciprocal": func(x float64) float64 { return 1 / x },
		"Relu":       func(x float64) float64 { return max(x, 0) },
		"Softsign":   func(x float64) float64 { return x / (1 + math.Abs(x)) },
		"Softplus":   func(x float64) float64 { return math.Log1p(math.Exp(x)) },
		"HardSwish":  func(x float64) float64 { return x * max(0, min(1, x/6+0.5)) },
		"Identity":   func(x float64) float64 { return x },
		"Cast":       func(x float64) float64 { return x },
		"Dropout":    func(x float64) float64 { return x },
		"Sign": func(x float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return 0
		},
		"LeakyRelu": func(x float64) float64 {
			if x < 0 {
				return x * e.float("alpha", 0.01)
			}
			return x
		},
		"Elu": func(x float64) float64 {
			if x < 0 {
				return e.float("alpha", 1) * math.Expm1(x)
			}
			return x
		},
		"Selu": func(x float64) float64 {
			if x < 0 {
				x = e.float("alpha", 1.67326319217681884765625) * math.Expm1(x)
			}
			return e.float("gamma", 1.05070102214813232421875) * x
		},
		"Celu": func(x float64) float64 {
			a := e.float("alpha", 1)
			return max(x, 0) + min(0, a*math.Expm1(x/a))
		},
		"Erf":         math.Erf,
		"HardSigmoid": func(x float64) float64 { return max(0, min(1, x*e.float("alpha", 0.2)+e.float("beta", 0.5))) },
		"Gelu": func(x float64) float64 {
			if e.text("approximate", "none") == "tanh" {
				return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
			}
			return x / 2 * (1 + math.Erf(x/math.Sqrt2))
		},
		"Clip": func(x float64) float64 {
			low, high := e.float("min", math.Inf(-1)), e.float("max", math.Inf(1))
			if len(e.in) > 1 && e.in[1].Data != nil {
				low = e.in[1].Data[0]
			}
			if len(e.in) > 2 {
				high = e.in[2].Data[0]
			}
			return min(max(x, low), high)
		},
	}[e.Operator]
	return f, f != nil
}
