package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// maxPairs bounds how many pairs of a query and a key an additive attention has.
const maxPairs = 1 << 16

func additiveWeights(l *layer) []string {
	if l.config.flag(true, "use_scale") {
		return []string{"scale"}
	}
	return nil
}

// additive is softmax(Σ scale tanh(query + key)) value, for each pair of a query
// and a key.
func additive(b *builder, l *layer, in []tensor) ([]tensor, error) {
	if len(in) < 2 || len(in) > 3 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it reads %s, want a query, a value and optionally a key", message.Count(len(in), "tensor"))
	}
	if err := l.matrices(in); err != nil {
		return nil, err
	}
	q, v, k := in[0], in[1], in[len(in)-1]
	queries, keys, n := b.values[q.value].Frames, b.values[k.value].Frames, q.channels()
	if k.channels() != n || queries > maxPairs/keys {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "%s of %s, and %d keys of %d", message.Count(queries, "query"), message.Count(n, "feature"), keys, k.channels())
	}
	scale, err := l.vector("scale", l.config.flag(true, "use_scale"), n)
	if err != nil {
		return nil, err
	}
	if scale == nil {
		scale = slices.Repeat([]float32{1}, n)
	}
	// A frame for each pair: a query keys times, and with it all keys.
	each, err := b.repeated(l, q.value, format.AxisChannels, keys, queries*keys, n)
	if err != nil {
		return nil, err
	}
	all, err := b.repeated(l, k.value, format.AxisFrames, queries, queries*keys, n)
	if err != nil {
		return nil, err
	}
	pair := tensor{shape: []int{queries * keys, n}}
	if pair.value, err = b.put(l, &format.Binary{Function: format.BinaryAdd}, each, all); err != nil {
		return nil, err
	}
	if pair, err = b.applyAll(l, pair, []format.Activation{{Kind: format.ActivationTanh}}); err != nil {
		return nil, err
	}
	if pair, err = b.layer(l, pair, network.NewDense(l.title(), n, 1, scale, nil)); err != nil {
		return nil, err
	}
	scores, err := b.put(l, &format.Reshape{Frames: queries, Channels: keys}, pair.value)
	if err != nil {
		return nil, err
	}
	q.value, err = b.weighted(l, scores, v.value, false)
	q.shape = []int{q.shape[0], v.channels()}
	return []tensor{q}, err
}

// repeated returns a value that many times side by side, with these frames and
// channels.
func (b *builder) repeated(l *layer, value int, axis format.Axis, times, frames, channels int) (int, error) {
	var err error
	if times > 1 {
		if value, err = b.put(l, &format.Concat{Axis: axis}, slices.Repeat([]int{value}, times)...); err != nil {
			return 0, err
		}
	}
	if v := b.values[value]; v.Frames == frames && v.Channels == channels {
		return value, nil
	}
	return b.put(l, &format.Reshape{Frames: frames, Channels: channels}, value)
}
