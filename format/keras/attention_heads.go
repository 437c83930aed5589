package keras

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// The parts of MultiHeadAttention, each a dense layer.
var headParts = []string{"query", "key", "value", "output"}

// headWeights are the kernels [inputs][heads][size] of query, key and value with biases
// [heads][size], and of the output [heads][size][outputs] with a bias.
func headWeights(l *layer) []string {
	var list []string
	for _, part := range headParts {
		list = append(list, part+" kernel")
		if l.config.flag(true, "use_bias") {
			list = append(list, part+" bias")
		}
	}
	return list
}

// headPath returns the path of a part's weight below the layer, in files of Keras 3.
func headPath(l *layer, i int) string {
	each := 1
	if l.config.flag(true, "use_bias") {
		each = 2
	}
	return headParts[i/each] + "_dense/vars/" + itoa(i%each)
}

// multiHead is an attention with several heads. It reads a query and a value, and
// optionally a key.
func multiHead(b *builder, l *layer, in []tensor) ([]tensor, error) {
	if len(in) < 2 || len(in) > 3 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "it reads %s, want a query, a value and optionally a key", message.Count(len(in), "tensor"))
	}
	for _, key := range []string{"query_shape", "key_shape", "value_shape", "kernel_initializer", "flash_attention"} {
		l.config.get(key) // of the build
	}
	heads, size := l.config.size(0, "num_heads"), l.config.size(0, "key_dim")
	valueSize := l.config.size(size, "value_dim")
	l.config.get("output_shape") // that of its kernel
	if axes, _ := l.config.get("attention_axes"); axes != nil && !slices.Equal(intsOf(axes), []int{1}) {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "the attention_axes %s", short(axes))
	}
	if err := l.matrices(in); err != nil {
		return nil, err
	}
	if l.config.err != nil || heads > 1024 {
		return nil, network.Refuse(network.ErrUnsupported, l.title(), "%d heads", heads)
	}
	var parts [3]tensor
	for i, from := range []tensor{in[0], in[len(in)-1], in[1]} {
		n := size
		if i == 2 {
			n = valueSize
		}
		var err error
		if parts[i], err = b.headPart(l, headParts[i], from, []int{from.channels(), heads, n}, heads*n); err != nil {
			return nil, err
		}
	}
	var all []int
	for h := range heads {
		v, err := b.head(l, parts, h, size, valueSize)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	t := in[0]
	t.value, t.shape = all[0], []int{t.shape[0], heads * valueSize}
	if heads > 1 {
		var err error
		if t.value, err = b.put(l, &format.Concat{Axis: format.AxisChannels}, all...); err != nil {
			return nil, err
		}
	}
	t, err := b.headPart(l, "output", t, []int{heads, valueSize, 0}, 0)
	return []tensor{t}, err
}

// headPart adds the dense layer of a part, whose kernel has that shape. outputs are 0
// if the kernel tells them.
func (b *builder) headPart(l *layer, part string, t tensor, shape []int, outputs int) (tensor, error) {
	w, err := l.weight(part+" kernel", shape...)
	if err != nil {
		return t, err
	}
	if outputs == 0 {
		outputs = w.shape[2]
	}
	var bias []float32
	if l.config.flag(true, "use_bias") {
		a := l.arrays[part+" bias"]
		if a == nil || len(a.data) != outputs {
			return t, network.Refuse(network.ErrShape, l.title(), "the file lacks the bias of %s of its %s", message.Count(outputs, "number"), part)
		}
		bias = a.data
	}
	return b.layer(l, t, network.NewDense(l.title(), t.channels(), outputs, transposed(w.data, t.channels(), outputs), bias))
}

// head adds one head of the query, the key and the value.
func (b *builder) head(l *layer, parts [3]tensor, h, size, valueSize int) (int, error) {
	var own [3]int
	for i, n := range []int{size, size, valueSize} {
		var err error
		if own[i], err = b.put(l, &format.Slice{Axis: format.AxisChannels, Start: h * n, Count: n, Step: 1}, parts[i].value); err != nil {
			return 0, err
		}
	}
	scale := format.Activation{Kind: format.ActivationAffine, Alpha: float32(1 / math.Sqrt(float64(size)))}
	q, err := b.put(l, &format.Map{Function: scale}, own[0])
	if err != nil {
		return 0, err
	}
	scores, err := b.put(l, &format.MatMul{Transposed: true}, q, own[1])
	if err != nil {
		return 0, err
	}
	return b.weighted(l, scores, own[2], false)
}

// intsOf returns a list of whole numbers; nil: it is something else.
func intsOf(v any) []int {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var ints []int
	for _, e := range list {
		n, ok := whole(e)
		if !ok {
			return nil
		}
		ints = append(ints, n)
	}
	return ints
}
