package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// dot sums the products of two tensors over an axis of each. A vector is a matrix of
// one row.
func dot(b *builder, l *layer, in []tensor) ([]tensor, error) {
	l.config.only("normalize", false)
	v, _ := l.config.get("axes")
	axes := intsOf(v)
	if len(axes) == 1 {
		axes = []int{axes[0], axes[0]}
	}
	if len(in) != 2 || len(axes) != 2 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "the axes %s of %s", short(v), message.Count(len(in), "tensor"))
	}
	var rest []int
	last := [2]bool{} // the sum is over the features
	for i, t := range in {
		n := len(t.shape)
		if axes[i] < 0 {
			axes[i] += n + 1
		}
		switch {
		case t.steps:
			return nil, refuseWhole(l, "each step reads all others")
		case t.mask != noMask:
			return nil, network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor with a mask")
		case n > 2 || axes[i] < 1 || axes[i] > n:
			return nil, network.Refuse(network.ErrUnsupported, l.title(), "the axis %d of a tensor of the shape %v", axes[i], t.shape)
		}
		last[i] = axes[i] == n
		rest = append(rest, slices.Delete(slices.Clone(t.shape), axes[i]-1, axes[i])...)
	}
	x, y := in[0].value, in[1].value
	var err error
	if !last[0] {
		if x, err = b.put(l, &format.Transpose{}, x); err != nil {
			return nil, err
		}
	}
	t := in[0]
	if t.value, err = b.put(l, &format.MatMul{Transposed: last[1]}, x, y); err != nil {
		return nil, err
	}
	if len(rest) == 0 {
		rest = []int{1}
	}
	t, err = b.reshaped(l, t, rest)
	return []tensor{t}, err
}
