package keras

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// attentionPool is the mean of the steps weighted by the softmax of W x, as DeepMoji
// and textgenrnn define AttentionWeightedAverage. (They add 1e-7 to the sum of
// weights, which is at least 1.)
func attentionPool(b *builder, l *layer, t tensor) (tensor, error) {
	if l.config.flag(false, "return_attention") {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it gives the weights of the steps, too: return_attention")
	}
	if len(t.shape) != 2 || !t.steps && len(b.graph.Inputs) == 0 {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, want [steps features]", t.shape)
	}
	w, err := l.weight("W", t.channels(), 1)
	if err != nil {
		return t, err
	}
	scores, err := b.layer(l, t, network.NewDense(l.title(), t.channels(), 1, w.data, nil))
	if err != nil {
		return t, err
	}
	if t.steps {
		if b.perStep != 1 {
			return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads steps of which other layers take several at once")
		}
		t.value, err = b.put(l, &format.SequencePool{Pool: format.PoolAttention}, t.value, scores.value)
	} else {
		t.value, err = b.weighted(l, scores.value, t.value, true)
	}
	t.shape, t.steps = t.shape[1:], false
	return t, err
}

// weighted returns the sums of the frames of y weighted by the softmax of each frame
// of scores, or of its channels if it is transposed.
func (b *builder) weighted(l *layer, scores, y int, transposed bool) (int, error) {
	var err error
	if transposed {
		if scores, err = b.put(l, &format.Transpose{}, scores); err != nil {
			return 0, err
		}
	}
	if scores, err = b.put(l, &format.Map{Function: format.Activation{Kind: format.ActivationSoftmax}}, scores); err != nil {
		return 0, err
	}
	return b.put(l, &format.MatMul{}, scores, y)
}

// matrices refuses tensors that are masked, or whose number of steps is not
// fixed.
func (l *layer) matrices(in []tensor) error {
	for _, t := range in {
		switch {
		case t.mask != noMask:
			return network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor with a mask")
		case len(t.shape) != 2:
			return network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, want [steps features]", t.shape)
		case t.steps:
			return refuseWhole(l, "each step reads all others")
		}
	}
	return nil
}

func attentionWeights(l *layer) []string {
	if l.config.flag(false, "use_scale") {
		return []string{"scale"}
	}
	return nil
}

// attention is softmax(scale query keyᵀ) value. It reads a query and a value, and
// optionally a key.
func attention(b *builder, l *layer, in []tensor) ([]tensor, error) {
	l.config.only("score_mode", "dot")
	scaled := l.config.flag(false, "use_scale")
	if len(in) < 2 || len(in) > 3 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it reads %s, want a query, a value and optionally a key", message.Count(len(in), "tensor"))
	}
	if err := l.matrices(in); err != nil {
		return nil, err
	}
	q, v := in[0], in[1]
	scores, err := b.put(l, &format.MatMul{Transposed: true}, q.value, in[len(in)-1].value)
	if err != nil {
		return nil, err
	}
	if scaled {
		w := l.arrays["scale"]
		if w == nil || len(w.data) != 1 {
			return nil, network.Refuse(network.ErrShape, l.title(), "the file lacks its scale")
		}
		if scores, err = b.put(l, &format.Map{Function: format.Activation{Kind: format.ActivationAffine, Alpha: w.data[0]}}, scores); err != nil {
			return nil, err
		}
	}
	q.value, err = b.weighted(l, scores, v.value, false)
	q.shape = []int{q.shape[0], v.channels()}
	return []tensor{q}, err
}
