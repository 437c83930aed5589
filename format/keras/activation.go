package keras

import (
	"math"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// functions are the activations by Keras' names. One may consist of two
// functions, one after the other.
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
	case "log_softmax":
		return append(kind(format.ActivationSoftmax), kind(format.ActivationLog)...), true
	case "log_sigmoid":
		return append(kind(format.ActivationSigmoid), kind(format.ActivationLog)...), true
	case "hard_tanh":
		return []format.Activation{{Kind: format.ActivationClip, Alpha: -1, Beta: 1}}, true
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
		if list, err := l.functionOfLayer(o); list != nil || err != nil {
			return list, err
		}
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
		return nil, l.config.refuse("the activation %s is not known; use one of Keras' own instead", short(v))
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

// axis returns the layer's only axis; nil: it has none.
func (l *layer) axis() any {
	v, _ := l.config.get("axis")
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	return v
}

// lastAxis refuses any axis but the channels.
func (l *layer) lastAxis(t tensor) error {
	v := l.axis()
	n, ok := whole(v)
	if v == nil || ok && (n == -1 || n == len(t.shape)) {
		return nil
	}
	return network.Refuse(network.ErrUnsupported, l.title(), "the axis %s of %d, want the last one", short(v), len(t.shape))
}

// functionOfLayer returns the activation of a layer such as LeakyReLU; nil: it is
// another layer.
func (l *layer) functionOfLayer(o object) ([]format.Activation, error) {
	class, _ := o["class_name"].(string)
	c, ok := o["config"].(object)
	f := layerFunctions[class]
	if !ok || f == nil {
		return nil, nil
	}
	inner := &layer{class: class, name: l.name, keras: l.keras, config: newConfig(l.title(), c)}
	if err := inner.foreign(o); err != nil {
		return nil, err
	}
	list, err := f(inner)
	if err == nil {
		err = inner.config.rest()
	}
	return list, err
}

// layerFunctions are the functions of classes of layers that are activations.
var layerFunctions map[string]func(l *layer) ([]format.Activation, error)

func init() {
	layerFunctions = map[string]func(l *layer) ([]format.Activation, error){
		"ReLU": (*layer).relu, "LeakyReLU": (*layer).leakyReLU, "ELU": (*layer).elu, "ThresholdedReLU": (*layer).thresholdedReLU,
		"Activation": func(l *layer) ([]format.Activation, error) { return l.functionOf("linear", "activation") },
	}
}

// functionLayer applies the function of the layer's class.
func functionLayer(b *builder, l *layer, t tensor) (tensor, error) {
	list, err := layerFunctions[l.class](l)
	if err != nil {
		return t, err
	}
	return b.applyAll(l, t, list)
}

// relu is x from the threshold up to max_value, max_value above, and
// negative_slope (x - threshold) below.
func (l *layer) relu() ([]format.Activation, error) {
	slope, threshold := float32(l.config.number(0, "negative_slope")), float32(l.config.number(0, "threshold"))
	list := []format.Activation{{Kind: format.ActivationReLU}}
	switch {
	case threshold != 0 && slope != 0:
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "a threshold and a negative slope")
	case threshold != 0:
		list[0] = format.Activation{Kind: format.ActivationThresholdedReLU, Alpha: threshold}
	case slope != 0:
		list[0] = format.Activation{Kind: format.ActivationLeakyReLU, Alpha: slope}
	}
	if !l.config.has("max_value") {
		return list, nil
	}
	most := format.Activation{Kind: format.ActivationClip, Alpha: -math.MaxFloat32, Beta: float32(l.config.number(0, "max_value"))}
	if threshold == 0 && slope == 0 {
		most.Alpha, list = 0, nil
	}
	return append(list, most), nil
}

func (l *layer) leakyReLU() ([]format.Activation, error) {
	return []format.Activation{{Kind: format.ActivationLeakyReLU, Alpha: float32(l.config.number(0.3, "negative_slope", "alpha"))}}, nil
}

func (l *layer) elu() ([]format.Activation, error) {
	return []format.Activation{{Kind: format.ActivationELU, Alpha: float32(l.config.number(1, "alpha"))}}, nil
}

// thresholdedReLU is x above theta, and otherwise 0.
func (l *layer) thresholdedReLU() ([]format.Activation, error) {
	above := math.Nextafter32(float32(l.config.number(1, "theta")), math.MaxFloat32)
	return []format.Activation{{Kind: format.ActivationThresholdedReLU, Alpha: above}}, nil
}

// softmax is over the features, or over the steps.
func softmax(b *builder, l *layer, t tensor) (tensor, error) {
	overSteps := false
	if n, ok := whole(l.axis()); ok && len(t.shape) == 2 && (n == 1 || n == -2) {
		overSteps = true
	} else if err := l.lastAxis(t); err != nil {
		return t, err
	}
	function := []format.Activation{{Kind: format.ActivationSoftmax}}
	if !overSteps {
		return b.applyAll(l, t, function)
	}
	if t.steps {
		return t, refuseWhole(l, "its sum is over all steps")
	}
	var err error
	if t.value, err = b.put(l, &format.Transpose{}, t.value); err != nil {
		return t, err
	}
	if t, err = b.applyAll(l, t, function); err != nil {
		return t, err
	}
	t.value, err = b.put(l, &format.Transpose{}, t.value)
	return t, err
}

// prelu has a slope for each number; those of one channel are equal.
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
