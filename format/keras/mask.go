package keras

import "github.com/rnnrun/rnnrun/format/network"

// A masking is what a class of layers does with Keras' mask, which names the steps
// that are padding. A recurrent layer skips them, so a sequence can leave them out;
// rnnrun has sequences of any length and needs no padding. Whether that gives the
// same depends on the other readers of these steps.
type masking int

const (
	dropsMask  masking = iota // reads all steps, and its output has no mask
	passesMask                // reads each step by itself, or the mask
	usesMask                  // leaves masked steps out
)

// masks sets the masks of a layer's outputs.
func (b *builder) masks(k *class, l *layer, in, out []tensor) error {
	state := noMask
	for _, t := range in {
		state = max(state, t.mask)
	}
	if state == noMask {
		return nil
	}
	switch l.masking(k) {
	case usesMask:
		b.masked = l.title()
		state = heldMask
	case passesMask:
	case dropsMask:
		if state == heldMask {
			return network.Refuse(network.ErrUnsupported, l.title(), "it reads all steps, also those that a mask left out of %s: what it computes depends on the padding", b.masked)
		}
		b.unmasked = l.title()
		state = noMask
	}
	for i := range out {
		if out[i].steps || b.whole && len(out[i].shape) > 1 {
			out[i].mask = max(out[i].mask, state)
		}
	}
	return nil
}

// masking returns what the layer does with a mask: a wrapper does the same as the
// layer in it.
func (l *layer) masking(k *class) masking {
	if len(l.inner) > 0 {
		if inner := classes[l.inner[0].class]; inner != nil {
			return inner.mask
		}
	}
	return k.mask
}
