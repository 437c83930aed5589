package keras

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// gainAndBias names gamma and beta, if the layer has them.
func gainAndBias(l *layer) []string {
	var list []string
	if l.config.flag(true, "scale") {
		list = append(list, "gamma")
	}
	if l.config.flag(true, "center") {
		list = append(list, "beta")
	}
	return list
}

func batchNormWeights(l *layer) []string {
	return append(gainAndBias(l), "-moving_mean", "-moving_variance")
}

func layerNormWeights(l *layer) []string { return gainAndBias(l) }

// batchNorm is gamma (x - mean) / √(variance + epsilon) + beta, with the mean and
// variance from the training.
func batchNorm(b *builder, l *layer, t tensor) (tensor, error) {
	n := t.channels()
	if err := l.lastAxis(t); err != nil {
		return t, err
	}
	l.config.only("mode", 0.0)
	epsilon := l.config.number(1e-3, "epsilon")
	var v [4][]float32
	for i, name := range []string{"gamma", "beta", "moving_mean", "moving_variance"} {
		var err error
		has := i > 1 || l.config.flag(true, map[int]string{0: "scale", 1: "center"}[i])
		if v[i], err = l.vector(name, has, n); err != nil {
			return t, err
		}
	}
	factor, offset := make([]float32, n), make([]float32, n)
	for i := range n {
		variance := float64(v[3][i]) + epsilon
		if !(variance > 0) {
			return t, network.Refuse(network.ErrShape, l.title(), "the variance of feature %d is %v", i, v[3][i])
		}
		f := 1 / math.Sqrt(variance)
		if v[0] != nil {
			f *= float64(v[0][i])
		}
		o := -float64(v[2][i]) * f
		if v[1] != nil {
			o += float64(v[1][i])
		}
		factor[i], offset[i] = float32(f), float32(o)
	}
	return b.affine(l, t, factor, offset)
}

// affine multiplies channels and adds to them, in the layer below if nothing else
// reads that.
func (b *builder) affine(l *layer, t tensor, factor, offset []float32) (tensor, error) {
	if f := b.folds[t.value]; f != nil && !t.shared && t.value == len(b.values)-1 {
		delete(b.folds, t.value)
		op, err := f(factor, offset)
		if err != nil {
			return t, network.Refuse(network.ErrShape, l.title(), "%v", err)
		}
		b.graph.Nodes[len(b.graph.Nodes)-1].Op = op
		b.report.Remark("folded into the weights before it")
		return t, nil
	}
	for i, data := range [][]float32{factor, offset} {
		c, err := b.put(l, &format.Constant{Frames: 1, Channels: len(data), Data: data})
		if err != nil {
			return t, err
		}
		f := format.BinaryMul
		if i == 1 {
			f = format.BinaryAdd
		}
		if t.value, err = b.put(l, &format.Binary{Function: f}, t.value, c); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (b *builder) norm(l *layer, t tensor, o *format.Norm, gain, bias string) (tensor, error) {
	if err := l.lastAxis(t); err != nil {
		return t, err
	}
	o.Size = t.channels()
	var err error
	if o.Gain, err = l.vector(gain, gain != "", o.Size); err != nil {
		return t, err
	}
	if o.Bias, err = l.vector(bias, bias != "", o.Size); err != nil {
		return t, err
	}
	t.value, err = b.put(l, o, t.value)
	return t, err
}

func layerNorm(b *builder, l *layer, t tensor) (tensor, error) {
	o := &format.Norm{Kind: format.NormLayer, Epsilon: float32(l.config.number(1e-3, "epsilon"))}
	gain, bias := "", ""
	if l.config.flag(true, "scale") {
		gain = "gamma"
	}
	if l.config.flag(true, "center") {
		bias = "beta"
	}
	return b.norm(l, t, o, gain, bias)
}

func rmsNorm(b *builder, l *layer, t tensor) (tensor, error) {
	return b.norm(l, t, &format.Norm{Kind: format.NormRMS, Epsilon: float32(l.config.number(1e-6, "epsilon"))}, "scale", "")
}

func normalizationWeights(l *layer) []string {
	if l.config.has("mean") {
		return nil
	}
	return []string{"-mean", "-variance", "-?count"}
}

// normalization is (x - mean) / max(√variance, 1e-7).
func normalization(b *builder, l *layer, t tensor) (tensor, error) {
	n := t.channels()
	if err := l.lastAxis(t); err != nil {
		return t, err
	}
	if l.config.has("mean") {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "a mean and a variance in its config, but weights are read")
	}
	mean, err := l.vector("mean", true, n)
	if err != nil {
		return t, err
	}
	variance, err := l.vector("variance", true, n)
	if err != nil {
		return t, err
	}
	factor, offset := make([]float32, n), make([]float32, n)
	for i := range n {
		f := 1 / max(math.Sqrt(max(float64(variance[i]), 0)), 1e-7)
		factor[i], offset[i] = float32(f), float32(-float64(mean[i])*f)
	}
	return b.affine(l, t, factor, offset)
}

func rescaling(b *builder, l *layer, t tensor) (tensor, error) {
	a := format.Activation{Kind: format.ActivationAffine, Alpha: float32(l.config.number(1, "scale")), Beta: float32(l.config.number(0, "offset"))}
	return b.applyAll(l, t, []format.Activation{a})
}
