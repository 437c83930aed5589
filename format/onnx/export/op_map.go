package export

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// mapped writes a function of each number.
func (w *writer) mapped(m *format.Map, in, out int) error {
	l, t := w.any(in)
	w.set(out, l, w.function(m.Function, t))
	return nil
}

// function writes a function of a tensor's numbers, a softmax of its last axis.
func (w *writer) function(a format.Activation, x string) string {
	mul := func(x string, v float32) string { return w.node("Mul", []string{x, w.number(v)}) }
	add := func(x string, v float32) string { return w.node("Add", []string{x, w.number(v)}) }
	switch a.Kind {
	case format.ActivationNone:
		return x
	case format.ActivationAffine:
		return add(mul(x, a.Alpha), a.Beta)
	case format.ActivationLeakyReLU, format.ActivationELU:
		return w.node(a.Kind.String(), []string{x}, "alpha", a.Alpha)
	case format.ActivationThresholdedReLU: // the operator of that name is 0 at alpha, too
		return w.node("Where", []string{w.node("Less", []string{x, w.number(a.Alpha)}), w.number(0), x})
	case format.ActivationScaledTanh:
		return mul(w.node("Tanh", []string{mul(x, a.Beta)}), a.Alpha)
	case format.ActivationHardSigmoid:
		return w.node("HardSigmoid", []string{x}, "alpha", a.Alpha, "beta", a.Beta)
	case format.ActivationSoftmax:
		return w.node("Softmax", []string{x}, "axis", -1)
	case format.ActivationSquare:
		return w.node("Mul", []string{x, x})
	case format.ActivationGELU:
		erf := w.node("Erf", []string{w.node("Div", []string{x, w.number(math.Sqrt2)})})
		return mul(w.node("Mul", []string{x, add(erf, 1)}), 0.5)
	case format.ActivationGELUTanh:
		cube := w.node("Mul", []string{w.node("Mul", []string{x, x}), x})
		inner := w.node("Add", []string{x, mul(cube, 0.044715)})
		tanh := w.node("Tanh", []string{mul(inner, 0.79788456)})
		return mul(w.node("Mul", []string{x, add(tanh, 1)}), 0.5)
	case format.ActivationSiLU:
		return w.node("Mul", []string{x, w.node("Sigmoid", []string{x})})
	case format.ActivationClip:
		return w.node("Clip", []string{x, w.number(a.Alpha), w.number(a.Beta)})
	}
	return w.node(a.Kind.String(), []string{x}) // that has ONNX's name
}

func (w *writer) prelu(p *format.PReLU, in, out int) error {
	l, t := w.any(in)
	w.set(out, l, w.node("PRelu", []string{t, w.floats("weight", false, p.Slope, p.Size)}))
	return nil
}
