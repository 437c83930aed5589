package onnx

import (
	"math"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// activations are the functions of operators and of gates.
func activations() []format.ActivationKind {
	return []format.ActivationKind{
		format.ActivationReLU, format.ActivationTanh, format.ActivationSigmoid, format.ActivationAffine,
		format.ActivationLeakyReLU, format.ActivationThresholdedReLU, format.ActivationScaledTanh,
		format.ActivationHardSigmoid, format.ActivationELU, format.ActivationSoftsign, format.ActivationSoftplus,
	}
}

// gateFunctions are the activations of gates by their names in lower case.
func gateFunctions() map[string]format.ActivationKind {
	m := map[string]format.ActivationKind{}
	for _, k := range activations() {
		m[strings.ToLower(k.String())] = k
	}
	return m
}

// activation applies a function to every element of a stream.
func activation(kind format.ActivationKind) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		a := kind.Default()
		if kind == format.ActivationAffine || kind == format.ActivationScaledTanh {
			return nil, c.unsupported("an operator that is not supported")
		}
		var err error
		if kind.Constants() > 0 {
			if a.Alpha, err = c.floatAttribute("alpha", a.Alpha); err != nil {
				return nil, err
			}
		}
		if kind.Constants() > 1 {
			if a.Beta, err = c.floatAttribute("beta", a.Beta); err != nil {
				return nil, err
			}
		}
		return one(c.activate(a))
	}
}

func (c *call) activate(a format.Activation) (value, error) {
	s, ok := c.in[0].(*stream)
	if !ok {
		return c.activateConstants(a)
	}
	if st := onTop(s); st != nil {
		l := st.layer
		l.Activation = a
		return c.changed(s, l), nil
	}
	if !s.known {
		var err error
		if s, err = c.features(s, max(len(s.axes)-1, 0)); err != nil {
			return nil, err
		}
	}
	// Only dense layers of a network have activations; this one otherwise
	// changes nothing.
	w, err := c.identity(s.width())
	if err != nil {
		return nil, err
	}
	return c.dense(s, s, w, nil, a)
}

// activateConstants computes functions of constants, as exporters apply them to
// learned initial states.
func (c *call) activateConstants(a format.Activation) (value, error) {
	var f func(x float64) float64
	switch a.Kind {
	case format.ActivationTanh:
		f = math.Tanh
	case format.ActivationSigmoid:
		f = func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	case format.ActivationReLU:
		f = func(x float64) float64 { return max(x, 0) }
	default:
		return nil, c.unsupported("of constants")
	}
	v, err := unary(func(x float32) float32 { return float32(f(float64(x))) })(c)
	if err != nil {
		return nil, err
	}
	return v[0], nil
}

// gateActivations returns the activations of every direction of a recurrent
// node, or nil for the default. Activations take their constants in turn, as in
// ONNX Runtime.
func (c *call) gateActivations(kind format.Cell, directions int) ([][]format.Activation, error) {
	names, err := c.attribute("activations", attributeStrings)
	if err != nil {
		return nil, err
	}
	var alphas, betas []float32
	for _, v := range []struct {
		name string
		to   *[]float32
	}{{"activation_alpha", &alphas}, {"activation_beta", &betas}} {
		a, err := c.attribute(v.name, attributeFloats)
		if err != nil {
			return nil, err
		}
		if a != nil {
			*v.to = a.floats
		}
	}
	list := make([][]format.Activation, directions)
	each := len(kind.Activations(format.VariantStandard))
	if names != nil && len(names.strings) > 0 {
		if len(names.strings) != each*directions {
			return nil, c.damaged("%s, want %d", message.Count(len(names.strings), "activation"), each*directions)
		}
		known := gateFunctions()
		for i, name := range names.strings {
			k, ok := known[strings.ToLower(name)]
			if !ok {
				return nil, c.unsupported("the activation %s", quote(name))
			}
			a, err := c.constants(k, &alphas, &betas)
			if err != nil {
				return nil, err
			}
			list[i/each] = append(list[i/each], a)
		}
		for d := range list {
			usual := true
			for i, a := range kind.Activations(format.VariantStandard) {
				usual = usual && list[d][i] == a
			}
			if usual {
				list[d] = nil
			}
		}
	}
	if len(alphas) > 0 || len(betas) > 0 {
		return nil, c.fail(network.ErrDamaged, "activation_alpha or activation_beta has %d more values than the activations take", len(alphas)+len(betas))
	}
	return list, nil
}

// constants takes the constants of an activation from the lists.
func (c *call) constants(k format.ActivationKind, alphas, betas *[]float32) (format.Activation, error) {
	a := k.Default()
	for _, v := range []struct {
		name  string
		takes bool
		list  *[]float32
		to    *float32
	}{{"activation_alpha", k.Constants() > 0, alphas, &a.Alpha}, {"activation_beta", k.Constants() > 1, betas, &a.Beta}} {
		if !v.takes {
			continue
		}
		if len(*v.list) > 0 {
			*v.to, *v.list = (*v.list)[0], (*v.list)[1:]
			continue
		}
		// The specification and ONNX Runtime take different values for these.
		if k == format.ActivationScaledTanh || k == format.ActivationThresholdedReLU || k == format.ActivationAffine && v.to == &a.Alpha {
			return a, c.unsupported("the activation %v has no value in %s, which has no agreed default; give one", k, v.name)
		}
	}
	return a, nil
}
