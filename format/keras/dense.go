package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// embedding reads tokens, which only an input of the model gives.
func embedding(b *builder, l *layer, t tensor) (tensor, error) {
	w, err := l.weight("embeddings", 0, l.config.size(0, "output_dim"))
	if err != nil {
		return t, err
	}
	mask := l.config.flag(false, "mask_zero")
	if t.input == 0 || b.graph.Inputs[t.input-1].Tokens == 0 || w.shape[0] < 1 {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads what another layer computes, want the tokens of an input")
	}
	in := &b.graph.Inputs[t.input-1]
	in.Tokens = min(in.Tokens, w.shape[0])
	b.values[t.value].Tokens = in.Tokens
	one := len(t.shape) == 1 && t.shape[0] == 1 && !t.steps
	if t.value, err = b.put(l, &format.Embedding{Tokens: w.shape[0], Size: w.shape[1], Table: w.data}, t.value); err != nil {
		return t, err
	}
	input := t.input - 1
	t.shape, t.input = append(slices.Clone(t.shape), w.shape[1]), 0
	if mask {
		t.mask = freshMask
		b.report.Remark("mask: the token 0 is padding")
	}
	if one {
		return b.ofSequence(l, t, input)
	}
	return t, nil
}

// transposed returns an array [rows][columns] as [columns][rows].
func transposed(data []float32, rows, columns int) []float32 {
	out := make([]float32, len(data))
	for r := range rows {
		for c := range columns {
			out[c*rows+r] = data[r*columns+c]
		}
	}
	return out
}

func dense(b *builder, l *layer, t tensor) (tensor, error) {
	units := l.config.size(0, "units", "output_dim")
	bias, err := l.vector("bias", l.config.flag(true, "use_bias", "bias"), units)
	if err != nil {
		return t, err
	}
	w, err := l.weight("kernel", t.channels(), units)
	if err != nil {
		return t, err
	}
	return b.dense(l, t, transposed(w.data, t.channels(), units), bias, units)
}

// dense adds a dense layer with weights [units][inputs], and the layer's
// activation.
func (b *builder) dense(l *layer, t tensor, weight, bias []float32, units int) (tensor, error) {
	list, err := l.functionOf("linear", "activation")
	if err != nil {
		return t, err
	}
	d := network.NewDense(l.title(), t.channels(), units, weight, bias)
	if len(list) == 1 && list[0].Kind != format.ActivationSoftmax {
		d.Activation, list = list[0], nil
	}
	inputs := t.channels()
	if t, err = b.layer(l, t, d); err != nil {
		return t, err
	}
	if len(list) == 0 && d.Activation.Kind == format.ActivationNone {
		b.folds[t.value] = func(factor, offset []float32) (format.Op, error) {
			w, biases := folded(weight, bias, factor, offset, func(i int) int { return i / inputs })
			p, err := network.NewDense(l.title(), inputs, units, w, biases).Pack()
			return &p, err
		}
	}
	return b.applyAll(l, t, list)
}

// layer adds a layer.
func (b *builder) layer(l *layer, t tensor, n network.Layer) (tensor, error) {
	packed, err := n.Pack()
	if err != nil {
		return t, network.Refuse(network.ErrShape, l.title(), "%v", err)
	}
	if t.value, err = b.put(l, &packed, t.value); err != nil {
		return t, err
	}
	t.shape = append(slices.Clone(t.shape[:len(t.shape)-1]), packed.OutputSize())
	return t, nil
}
