package keras

import (
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// functions are the activations by Keras' names. One may be of two functions, one
// after the other.
func (l *layer) function(name string) ([]format.Activation, bool) {
	kind := func(k format.ActivationKind) []format.Activation { return []format.Activation{k.Default().Canonical()} }
	switch name {
	case "linear", "":
		return nil, true
	case "relu":
		return kind(format.ActivationReLU), true
	case "tanh":
		return kind(format.ActivationTanh), true
	case "sigmoid":
		return kind(format.ActivationSigmoid), true
	case "hard_sigmoid":
		alpha := float32(0.2)
		if l.keras >= 3 {
			alpha = 1.0 / 6
		}
		return []format.Activation{{Kind: format.ActivationHardSigmoid, Alpha: alpha, Beta: 0.5}}, true
	case "softmax":
		return kind(format.ActivationSoftmax), true
	case "elu":
		return kind(format.ActivationELU), true
	case "selu":
		const alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
		return []format.Activation{{Kind: format.ActivationELU, Alpha: alpha}, {Kind: format.ActivationAffine, Alpha: scale}}, true
	case "softplus":
		return kind(format.ActivationSoftplus), true
	case "softsign":
		return kind(format.ActivationSoftsign), true
	case "exponential":
		return kind(format.ActivationExp), true
	case "swish", "silu":
		return kind(format.ActivationSiLU), true
	case "gelu":
		return kind(format.ActivationGELU), true
	case "gelu_new":
		return kind(format.ActivationGELUTanh), true
	case "hard_silu", "hard_swish":
		return kind(format.ActivationHardSwish), true
	case "relu6":
		return []format.Activation{{Kind: format.ActivationClip, Alpha: 0, Beta: 6}}, true
	case "leaky_relu":
		return []format.Activation{{Kind: format.ActivationLeakyReLU, Alpha: 0.2}}, true
	}
	return nil, false
}

// functionOf returns the activation that a key of the config names.
func (l *layer) functionOf(otherwise string, keys ...string) ([]format.Activation, error) {
	v, _ := l.config.get(keys...)
	name, ok := v.(string)
	if o, is := v.(object); is { // {"class_name": "function", "config": "relu"}, of Keras' own
		module, _ := o["module"].(string)
		if c, is := o["config"].(string); is && (module == "builtins" && o["registered_name"] == c || strings.HasPrefix(module, "keras")) {
			name, ok = c, true
		}
	}
	if v == nil {
		name, ok = otherwise, true
	}
	a, known := l.function(name)
	if !ok || !known {
		return nil, l.config.refuse("the activation %s is not known", short(v))
	}
	return a, nil
}

// applyAll adds functions, one after the other.
func (b *builder) applyAll(l *layer, t tensor, list []format.Activation) (tensor, error) {
	for _, a := range list {
		if a.Kind == format.ActivationNone || a == (format.Activation{Kind: format.ActivationAffine, Alpha: 1}) {
			continue
		}
		var err error
		if t.value, err = b.put(l, &format.Map{Function: a}, t.value); err != nil {
			return t, err
		}
	}
	return t, nil
}

// activated applies the activation of the layer's config.
func (b *builder) activated(l *layer, t tensor) (tensor, error) {
	list, err := l.functionOf("linear", "activation")
	if err != nil {
		return t, err
	}
	return b.applyAll(l, t, list)
}

// lastAxis refuses a softmax over another axis than the channels.
func (l *layer) lastAxis(t tensor) error {
	v, _ := l.config.get("axis")
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	n, ok := whole(v)
	if v == nil || ok && (n == -1 || n == len(t.shape)) {
		return nil
	}
	return network.Refuse(network.ErrUnsupported, l.title(), "the axis %s of %d, where the last one is read", short(v), len(t.shape))
}

func activation(b *builder, l *layer, t tensor) (tensor, error) { return b.activated(l, t) }

func relu(b *builder, l *layer, t tensor) (tensor, error) {
	slope, threshold := float32(l.config.number(0, "negative_slope")), l.config.number(0, "threshold")
	a := format.Activation{Kind: format.ActivationReLU}
	limited := l.config.has("max_value")
	switch {
	case threshold != 0 || limited && slope != 0:
		return t, l.config.refuse("a threshold, or both a negative slope and a greatest value")
	case limited:
		a = format.Activation{Kind: format.ActivationClip, Beta: float32(l.config.number(0, "max_value"))}
	case slope != 0:
		a = format.Activation{Kind: format.ActivationLeakyReLU, Alpha: slope}
	}
	return b.applyAll(l, t, []format.Activation{a})
}

func leakyReLU(b *builder, l *layer, t tensor) (tensor, error) {
	return b.applyAll(l, t, []format.Activation{{Kind: format.ActivationLeakyReLU, Alpha: float32(l.config.number(0.3, "negative_slope", "alpha"))}})
}

func elu(b *builder, l *layer, t tensor) (tensor, error) {
	return b.applyAll(l, t, []format.Activation{{Kind: format.ActivationELU, Alpha: float32(l.config.number(1, "alpha"))}})
}

func softmax(b *builder, l *layer, t tensor) (tensor, error) {
	if err := l.lastAxis(t); err != nil {
		return t, err
	}
	return b.applyAll(l, t, []format.Activation{{Kind: format.ActivationSoftmax}})
}

// prelu has a slope of each number, of which all that are of one channel are equal.
func prelu(b *builder, l *layer, t tensor) (tensor, error) {
	l.config.get("shared_axes")
	a := l.arrays["alpha"]
	n := t.channels()
	if a == nil || len(a.data) == 0 || len(a.data)%n != 0 || a.shape[len(a.shape)-1] != n {
		return t, network.Refuse(network.ErrShape, l.title(), "its slopes are not those of %d channels", n)
	}
	for i, v := range a.data {
		if v != a.data[i%n] {
			return t, network.Refuse(network.ErrUnsupported, l.title(), "its slopes differ from step to step: share them, shared_axes=[1]")
		}
	}
	var err error
	t.value, err = b.put(l, &format.PReLU{Slope: a.data[:n:n], Size: n}, t.value)
	return t, err
}
