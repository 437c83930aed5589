package rtneural

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A builder is a network of the layers that have been read.
type builder struct {
	*network.Network
	// left is how many weights may still be made from fewer numbers: it bounds
	// the network that a small file can make.
	left int
}

// readKeras reads RTNeural's JSON of that many bytes. Every step has an output,
// as in RTNeural.
func readKeras(o *object, size int, r *network.Report) (*network.Network, error) {
	// in_skip, in_gain, out_gain and samplerate are AIDA-X's.
	notes, err := o.takeKeys("in_shape", "layers", "in_skip", "in_gain", "out_gain", "samplerate")
	if err != nil {
		return nil, err
	}
	if err := checkGates(o); err != nil {
		return nil, err
	}
	n := &network.Network{Notes: notes}
	b := builder{n, 1<<18 + 4*size}
	width, err := features("in_shape", o.values["in_shape"])
	if err != nil {
		return nil, err
	}
	layers, ok := elements(o.values["layers"])
	if !ok || len(layers) == 0 {
		return nil, damaged("layers", "it is not an array of layers")
	}
	var first error
	for i, v := range layers {
		name := fmt.Sprintf("layers[%d]", i)
		below := len(n.Layers)
		got, err := b.read(name, v, width)
		part := r.Begin(name, typeOf(v))
		switch {
		case err == nil:
			r.Set(part, network.Taken, "%s", b.since(below))
		case r == nil:
			return nil, err
		default:
			r.Set(part, network.Refused, "%v", err)
			first = cmp.Or(first, err)
		}
		width = got
	}
	if first != nil {
		return nil, first
	}
	if len(n.Layers) == 0 {
		return nil, unsupported("layers", "none of them computes anything")
	}
	if err := settings(n, o); err != nil {
		return nil, err
	}
	if err := n.Validate(); err != nil {
		return nil, err
	}
	return n, nil
}

// read reads a layer with width inputs, and returns how many outputs it has.
func (b *builder) read(name string, v value, width int) (outputs int, err error) {
	l, ok := v.(*object)
	if !ok {
		return width, damaged(name, "it is not an object")
	}
	outputs, wrong := features(name, l.values["shape"])
	if b.Output != format.OutputLinear {
		return outputs, unsupported(name, "a layer above a softmax")
	}
	if err := b.add(name, l, width); err != nil {
		return outputs, err
	}
	if len(b.Layers) > 0 {
		width = b.OutputSize()
	}
	if wrong != nil || outputs != width {
		return outputs, network.Refuse(network.ErrShape, name, "its shape does not have the %s of its weights", message.Count(width, "output"))
	}
	return outputs, nil
}

// since says what the layers are from number n on.
func (b *builder) since(n int) string {
	if n == len(b.Layers) {
		return "in the layer before"
	}
	var list []string
	for i := n; i < len(b.Layers); i++ {
		list = append(list, b.Layers[i].String())
	}
	return strings.Join(list, "; ")
}

// typeOf returns the type of a layer.
func typeOf(v value) string {
	l, _ := v.(*object)
	if l == nil {
		return ""
	}
	kind, _ := l.values["type"].(string)
	return kind
}

// features returns the last size of a shape such as [null, null, 8].
func features(name string, v value) (int, error) {
	l, ok := elements(v)
	if !ok || len(l) != 3 {
		return 0, unsupported(name, `its shape is not [batch, steps, features], as layers have with return_sequences=True`)
	}
	n, ok := integer(l[2])
	if !ok || n < 1 {
		return 0, damaged(name, "its shape ends with %v", l[2])
	}
	return n, nil
}

// rate reads the samples per second, a number or a number in quotes.
func rate(key string, v value) (float64, error) {
	text := fmt.Sprint(v)
	hertz, err := strconv.ParseFloat(text, 64)
	if err != nil || !(hertz >= 0 && hertz <= math.MaxFloat32) {
		return 0, damaged(key, "it is %.40s", text)
	}
	return hertz, nil
}

// settings reads the keys that belong to no layer.
func settings(n *network.Network, o *object) (err error) {
	if v, ok := o.values["samplerate"]; ok {
		if n.SampleRate, err = rate("samplerate", v); err != nil {
			return err
		}
	}
	in, err := gain(o, "in_gain")
	if err != nil {
		return err
	}
	out, err := gain(o, "out_gain")
	if err != nil {
		return err
	}
	if v, ok := o.values["in_skip"]; ok {
		channels, whole := integer(v)
		if !whole {
			return damaged("in_skip", "it is not a whole number")
		}
		if channels > 0 && in*out != 1 {
			return unsupported("in_skip", "the input is added to the output, but gains of %g and %g change it", in, out)
		}
		if err := skip(n, channels); err != nil {
			return err
		}
	}
	return amplify(n, in, out)
}

// add adds a layer with width inputs to the network.
func (b *builder) add(name string, l *object, width int) error {
	keys := []string{"name", "type", "activation", "shape", "weights"}
	switch l.values["type"] {
	case "batchnorm":
		keys = append(keys, "epsilon")
	case "lstm", "gru":
		keys = append(keys, gateKeys()...)
	}
	if err := l.known(name, keys...); err != nil {
		return err
	}
	weights, ok := elements(l.values["weights"])
	if !ok {
		return damaged(name, `"weights" is not an array`)
	}
	activation, ok := l.values["activation"].(string)
	if _, found := l.values["activation"]; found && !ok {
		return damaged(name, `"activation" is not a string`)
	}
	var layer network.Layer
	var err error
	switch kind := l.values["type"]; kind {
	case "lstm", "gru":
		if activation != "tanh" && activation != "" {
			return unsupported(name, "the activation %.40q of a %v, but RTNeural computes tanh; convert the Keras model itself (.keras, .h5)", activation, kind)
		}
		layer, err = recurrent(name, kind == "lstm", width, weights)
	case "dense", "time-distributed-dense":
		layer, err = dense(name, width, weights)
		if err == nil {
			b.Layers = append(b.Layers, layer)
			return b.activate(name, activation, width)
		}
	case "activation":
		if len(weights) > 0 {
			return damaged(name, "an activation has weights")
		}
		return b.activate(name, activation, width)
	case "prelu", "batchnorm":
		if activation != "" && activation != "linear" {
			return unsupported(name, "the activation %.40q of a %v", activation, kind)
		}
		if kind == "prelu" {
			return b.prelu(name, width, weights)
		}
		layer, err = b.batchNorm(name, width, weights, l.values["epsilon"])
	default:
		return unsupported(name, "a layer of type %.40q; lstm, gru, dense, time-distributed-dense, activation, prelu and batchnorm are read; convert the Keras model itself (.keras, .h5), which may have others", fmt.Sprint(kind))
	}
	b.Layers = append(b.Layers, layer)
	return err
}

// activate applies a function to the width outputs of the network so far.
func (b *builder) activate(name, activation string, width int) error {
	kind, known := map[string]format.ActivationKind{
		"": format.ActivationNone, "linear": format.ActivationNone, "tanh": format.ActivationTanh, "relu": format.ActivationReLU, "sigmoid": format.ActivationSigmoid,
		"elu": format.ActivationELU, "softsign": format.ActivationSoftsign, "softplus": format.ActivationSoftplus,
	}[activation]
	switch {
	case kind == format.ActivationNone && known:
		return nil
	case activation == "softmax" && len(b.Layers) > 0:
		b.Output = format.OutputSoftmax
		return nil
	case !known:
		return unsupported(name, "the activation %.40q", activation)
	}
	return b.apply(name, kind.Default(), width)
}

// apply applies an activation: in the dense layer below, or in one that changes
// nothing else.
func (b *builder) apply(name string, a format.Activation, width int) error {
	if last := len(b.Layers) - 1; last < 0 || !b.Layers[last].Dense() || b.Layers[last].Activation.Kind != format.ActivationNone {
		if err := b.spend(name, width, width); err != nil {
			return err
		}
		b.Layers = append(b.Layers, diagonal(name, slices.Repeat([]float32{1}, width), nil))
	}
	b.Layers[len(b.Layers)-1].Activation = a
	return nil
}

// spend counts the weights of a layer that is made from fewer numbers.
func (b *builder) spend(name string, rows, columns int) error {
	if rows > b.left/columns {
		return unsupported(name, "a function of %s in a file of this size", message.Count(columns, "feature"))
	}
	b.left -= rows * columns
	return nil
}

// diagonal returns a dense layer that scales every feature and adds a bias.
func diagonal(name string, scale, bias []float32) network.Layer {
	n := len(scale)
	w := make([]float32, n*n)
	for i, v := range scale {
		w[i*n+i] = v
	}
	return network.NewDense(name, n, n, w, bias)
}

// vector returns weights[i] as n numbers, whatever dimensions of 1 are before.
func vector(name string, weights list, i, n int) ([]float32, error) {
	t, ok := weights[i].(*tensor)
	if !ok || len(t.data) != n || len(t.shape) == 0 || t.shape[len(t.shape)-1] != n {
		return nil, network.Refuse(network.ErrShape, name, "weights[%d] is not an array of %s", i, message.Count(n, "number"))
	}
	return t.data, nil
}

// prelu is max(0, x) + alpha · min(0, x): a LeakyRelu if alpha is one number,
// and otherwise relu of x and of -x.
func (b *builder) prelu(name string, width int, weights list) error {
	if len(weights) != 1 {
		return damaged(name, "%s of weights, but a prelu has one", message.Count(len(weights), "array"))
	}
	alpha, err := vector(name, weights, 0, width)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(alpha, func(v float32) bool { return v != alpha[0] }) {
		return b.apply(name, format.Activation{Kind: format.ActivationLeakyReLU, Alpha: alpha[0]}, width)
	}
	if err := b.spend(name, 4*width, width); err != nil {
		return err
	}
	split := make([]float32, 2*width*width)
	join := make([]float32, 2*width*width)
	for i, a := range alpha {
		split[i*width+i], split[(width+i)*width+i] = 1, -1
		join[i*2*width+i], join[i*2*width+width+i] = 1, -a
	}
	rectified := network.NewDense(name, width, 2*width, split, nil)
	rectified.Activation.Kind = format.ActivationReLU
	b.Layers = append(b.Layers, rectified, network.NewDense(name, 2*width, width, join, nil))
	return nil
}

// batchNorm is gamma · (x - mean) / √(variance + epsilon) + beta; gamma and beta
// may be left out.
func (b *builder) batchNorm(name string, width int, weights list, epsilon value) (network.Layer, error) {
	e, err := strconv.ParseFloat(fmt.Sprint(epsilon), 64)
	if err != nil || !(e >= 0) {
		return network.Layer{}, damaged(name, `"epsilon" is not a number of at least 0`)
	}
	if len(weights) != 2 && len(weights) != 4 {
		return network.Layer{}, damaged(name, "%s of weights, but batch normalization has gamma, beta, mean and variance, or the last two", message.Count(len(weights), "array"))
	}
	var v [][]float32
	for i := range weights {
		x, err := vector(name, weights, i, width)
		if err != nil {
			return network.Layer{}, err
		}
		v = append(v, x)
	}
	if len(v) == 2 {
		v = append([][]float32{slices.Repeat([]float32{1}, width), make([]float32, width)}, v...)
	}
	if err := b.spend(name, width, width); err != nil {
		return network.Layer{}, err
	}
	scale, bias := make([]float32, width), make([]float32, width)
	for i := range width {
		s := float64(v[0][i]) / math.Sqrt(float64(v[3][i])+e)
		scale[i] = float32(s)
		bias[i] = float32(float64(v[1][i]) - s*float64(v[2][i]))
	}
	return diagonal(name, scale, bias), nil
}

// matrix returns weights[i] as its transpose, [columns][rows], and its columns.
func matrix(name string, weights list, i, rows int) (data []float32, columns int, err error) {
	t, ok := weights[i].(*tensor)
	if !ok || len(t.shape) != 2 || t.shape[0] != rows || t.shape[1] == 0 {
		return nil, 0, network.Refuse(network.ErrShape, name, "weights[%d] is not an array of %s", i, message.Count(rows, "row"))
	}
	columns = t.shape[1]
	data = make([]float32, len(t.data))
	for r := range rows {
		for c := range columns {
			data[c*rows+r] = t.data[r*columns+c]
		}
	}
	return data, columns, nil
}

func dense(name string, width int, weights list) (network.Layer, error) {
	if len(weights) != 1 && len(weights) != 2 {
		return network.Layer{}, damaged(name, "%s of weights, but a dense layer has a kernel and perhaps a bias", message.Count(len(weights), "array"))
	}
	w, outputs, err := matrix(name, weights, 0, width)
	if err != nil {
		return network.Layer{}, err
	}
	var bias []float32
	if len(weights) == 2 {
		b, ok := weights[1].(*tensor)
		if !ok || len(b.shape) != 1 || b.shape[0] != outputs {
			return network.Layer{}, network.Refuse(network.ErrShape, name, "weights[1] is not an array of %s", message.Count(outputs, "number"))
		}
		bias = b.data
	}
	return network.NewDense(name, width, outputs, w, bias), nil
}

func recurrent(name string, lstm bool, width int, weights list) (network.Layer, error) {
	l := network.Layer{Name: name, Cell: format.CellGRU, InputSize: width}
	if lstm {
		l.Cell = format.CellLSTM
	}
	if len(weights) != 3 && !(lstm && len(weights) == 2) {
		return l, unsupported(name, "%s of weights, want kernel, recurrent kernel and bias; only an LSTM may lack the bias, "+
			"which for a GRU also tells whether the reset gate comes before the product", message.Count(len(weights), "array"))
	}
	w, rows, err := matrix(name, weights, 0, width)
	if err != nil {
		return l, err
	}
	gates := l.Cell.Gates()
	if rows%gates != 0 {
		return l, network.Refuse(network.ErrShape, name, "weights[0] has %s, but a %v has %d for each unit", message.Count(rows, "column"), l.Cell, gates)
	}
	l.HiddenSize = rows / gates
	u, columns, err := matrix(name, weights, 1, l.HiddenSize)
	if err != nil {
		return l, err
	}
	if columns != rows {
		return l, network.Refuse(network.ErrShape, name, "weights[1] has %s, but weights[0] has %d", message.Count(columns, "column"), rows)
	}
	d := network.Direction{Plain: format.Plain{WeightIH: w, WeightHH: u}}
	if len(weights) == 3 {
		b, ok := weights[2].(*tensor)
		switch {
		case ok && len(b.shape) == 1 && b.shape[0] == rows:
			d.BiasIH = b.data
			if !lstm {
				l.Variant = format.VariantResetBefore
			}
		case ok && !lstm && len(b.shape) == 2 && b.shape[0] == 2 && b.shape[1] == rows:
			d.BiasIH, d.BiasHH = b.data[:rows:rows], b.data[rows:]
		default:
			return l, network.Refuse(network.ErrShape, name, "weights[2] is not a bias of %s, nor for a GRU of 2 × %d", message.Count(rows, "number"), rows)
		}
	}
	if !lstm {
		for _, v := range []struct {
			data []float32
			size int
		}{{d.WeightIH, width}, {d.WeightHH, l.HiddenSize}, {d.BiasIH, 1}, {d.BiasHH, 1}} {
			swap(v.data, v.size*l.HiddenSize)
		}
	}
	l.Directions = []network.Direction{d}
	return l, nil
}

// swap swaps the first two blocks of n numbers, the gates z and r: Keras has
// z r h, PyTorch r z n.
func swap(v []float32, n int) {
	for i := range min(n, len(v)/2) {
		v[i], v[n+i] = v[n+i], v[i]
	}
}
