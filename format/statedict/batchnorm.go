package statedict

import (
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// usualEps is PyTorch's default for nn.BatchNorm1d.
const usualEps = 1e-5

// An affine is y = Factor x + Offset for each feature. An empty one is y = x.
type affine struct{ factor, offset []float64 }

// normalizes reports whether the module is an nn.BatchNorm1d.
func (m *module) normalizes() bool { return m.mean != nil || m.variance != nil || m.batches != nil }

// batchNorm returns what a batch normalization computes after training:
//
//	y = (x - running_mean) / sqrt(running_var + eps) * weight + bias
func (m *module) batchNorm(d *Module) (affine, error) {
	if m.mean == nil || m.variance == nil {
		return affine{}, network.Refuse(network.ErrShape, m.name, "it is a batch normalization without running_mean and running_var: its outputs depend on the other inputs of a batch")
	}
	n := len(m.mean.Data)
	for _, t := range []*Tensor{m.mean, m.variance, m.weight, m.bias} {
		if t != nil && (len(t.Shape) != 1 || t.Shape[0] != n) {
			return affine{}, network.Refuse(network.ErrShape, t.Name, "its shape is %s, but the batch normalization has [%d]", t.shape(), n)
		}
	}
	eps := usualEps
	if d.Eps != nil {
		eps = *d.Eps
	}
	a := affine{factor: make([]float64, n), offset: make([]float64, n)}
	for i := range n {
		variance := float64(m.variance.Data[i]) + eps
		if !(variance > 0) || math.IsInf(variance, 0) {
			return affine{}, network.Refuse(network.ErrShape, m.variance.Name, "the variance of feature %d is %v", i, m.variance.Data[i])
		}
		a.factor[i] = 1 / math.Sqrt(variance)
		if m.weight != nil {
			a.factor[i] *= float64(m.weight.Data[i])
		}
		a.offset[i] = -float64(m.mean.Data[i]) * a.factor[i]
		if m.bias != nil {
			a.offset[i] += float64(m.bias.Data[i])
		}
	}
	return a, nil
}

// addBatchNorm folds module i of the order into the linear layer below it, if
// nothing stands between them, or else into the layer above it. It becomes a
// layer of its own if there is neither.
func (b *builder) addBatchNorm(i int, m *module, d *Module) error {
	if d.Type != "" {
		return network.Refuse(network.ErrArchitecture, m.name, `only a weight has a "type", but it is a batch normalization`)
	}
	a, err := m.batchNorm(d)
	if err != nil {
		return err
	}
	if d.Eps == nil {
		b.network.Notes = append(b.network.Notes, fmt.Sprintf(`eps of the batch normalization %s is taken to be %g, PyTorch's default; if it is another, give "eps" in the architecture`, m.title(), usualEps))
	}
	activation, err := d.activation()
	if err != nil {
		return err
	}
	features, layers := b.features(), b.network.Layers
	if n := len(a.factor); n != features && features > 0 {
		return network.Refuse(network.ErrShape, m.mean.Name, "its shape is [%d], but it reads %s", n, message.Count(features, "feature"))
	}
	if len(layers) > 0 && b.scale.factor == nil {
		if l := &layers[len(layers)-1]; !l.Cell.Recurrent() && l.Activation.Kind == format.ActivationNone {
			a.below(&l.Directions[0])
			l.Activation = activation
			return nil
		}
	}
	if i < len(b.modules)-1 && activation.Kind == format.ActivationNone && b.scale.factor == nil && !b.modules[i+1].normalizes() {
		b.scale = a
		return nil
	}
	l := a.layer(m.title())
	l.Activation = activation
	b.scale.above(l.Directions)
	b.network.Layers = append(b.network.Layers, l)
	return nil
}

// features returns how many features the layers so far give, or 0 if there are
// none.
func (b *builder) features() int {
	switch n := len(b.network.Layers); {
	case n > 0:
		return b.network.Layers[n-1].OutputSize()
	case b.network.Embedding != nil:
		return b.network.Embedding.Size
	}
	return 0
}

// below multiplies the outputs of a linear layer by the factors, and adds the
// offsets.
func (a affine) below(w *network.Direction) {
	columns := len(w.WeightIH) / len(a.factor)
	weight, bias := make([]float32, len(w.WeightIH)), make([]float32, len(a.factor))
	for i, factor := range a.factor {
		for k := range columns {
			weight[i*columns+k] = float32(factor * float64(w.WeightIH[i*columns+k]))
		}
		sum := a.offset[i]
		if w.BiasIH != nil {
			sum += factor * float64(w.BiasIH[i])
		}
		bias[i] = float32(sum)
	}
	w.WeightIH, w.BiasIH = weight, bias
}

// above makes the directions of a layer read y instead of x, and empties a.
func (a *affine) above(directions []network.Direction) {
	columns := len(a.factor)
	if columns == 0 {
		return
	}
	for d := range directions {
		w := &directions[d]
		rows := len(w.WeightIH) / columns
		weight, bias := make([]float32, len(w.WeightIH)), make([]float32, rows)
		for i := range rows {
			sum := 0.0
			if w.BiasIH != nil {
				sum = float64(w.BiasIH[i])
			}
			for k, factor := range a.factor {
				v := float64(w.WeightIH[i*columns+k])
				weight[i*columns+k] = float32(v * factor)
				sum += v * a.offset[k]
			}
			bias[i] = float32(sum)
		}
		w.WeightIH, w.BiasIH = weight, bias
	}
	*a = affine{}
}

// layer returns a linear layer that computes y.
func (a affine) layer(name string) network.Layer {
	n := len(a.factor)
	weight, bias := make([]float32, n*n), make([]float32, n)
	for i := range n {
		weight[i*n+i], bias[i] = float32(a.factor[i]), float32(a.offset[i])
	}
	return network.NewDense(name, n, n, weight, bias)
}
