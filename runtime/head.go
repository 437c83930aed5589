package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A head turns features into outputs. It is shared by all sessions.
type head struct {
	set         *kernels.Set
	weight      *matrix // nil: the features are the logits
	bias        []float32
	features    int
	featureStep float32 // of int8 weights' quantized features; 0: chosen for each
	logits      int
	outputs     int
	output      format.Output
	mean, scale []float32 // undo the normalization; nil: none
	plain       bool      // whether the features are the outputs
}

func bindHead(set *kernels.Set, m *format.Model) *head {
	last := &m.Layers[len(m.Layers)-1]
	h := &head{
		set:      set,
		features: last.OutputSize(),
		logits:   m.LogitCount(),
		outputs:  m.OutputSize(),
		output:   m.Output,
	}
	if d := m.Head; d != nil {
		w := bindMatrix(set, &d.Weight, d.InputSize)
		h.weight, h.bias = &w, d.Bias
		if bounded(last) {
			h.featureStep = kernels.UnitScale
		}
	}
	if n := m.Normalization; n != nil && len(n.OutputMean) > 0 {
		h.mean, h.scale = n.OutputMean, n.OutputScale
	}
	h.plain = h.weight == nil && h.output == format.OutputLinear && h.scale == nil && !m.Skip
	return h
}

// stride returns the number of accumulators of a step.
func (h *head) stride() int {
	if h.weight == nil {
		return h.features
	}
	return len(h.bias)
}

// newQuantizer returns what a session needs for int8 weights.
func (h *head) newQuantizer() quantizer {
	if h.weight == nil || h.weight.input == nil {
		return quantizer{}
	}
	return newQuantizer(h.set, h.features, h.featureStep)
}

// sum sets the accumulators of n steps, side by side, to the logits.
func (h *head) sum(acc []float32, x rows, n int, z *quantizer) {
	ld := h.stride()
	if h.weight != nil && h.weight.input != nil {
		for i := range n {
			h.step(acc[i*ld:][:ld], x.row(i, h.features), z, i%2 == 1)
		}
		return
	}
	for i := range n {
		row := acc[i*ld:][:ld]
		if h.weight == nil {
			copy(row, x.row(i, h.features))
		} else {
			copy(row, h.bias)
		}
	}
	if h.weight != nil {
		h.set.Product(acc, ld, &h.weight.Matrix, 0, h.features, x.data, x.stride, n)
	}
}

// newStream returns what computes the logits of a step from float weights, and
// writes them to dst; nil: there are none.
func (h *head) newStream(dst []float32) *kernels.Stream {
	if h.weight == nil || h.weight.step == nil {
		return nil
	}
	return h.weight.step.NewLinear(dst, h.bias)
}

// step sets acc to the logits of one step, but for float weights. reverse is
// that of the kernels.
func (h *head) step(acc, features []float32, z *quantizer, reverse bool) {
	if h.weight == nil {
		copy(acc, features)
		return
	}
	q, step := z.quantize(features)
	h.set.LinearInt8(acc, h.bias, h.weight.input, step, q, reverse)
}

// finish sets y to the outputs of logits.
func (h *head) finish(y, logits []float32) {
	switch h.output {
	case format.OutputSoftmax:
		h.set.Softmax(y, logits)
	case format.OutputSigmoid:
		h.set.Sigmoid(y, logits)
	case format.OutputLogSoftmax:
		h.set.LogSoftmax(y, logits)
	case format.OutputArgMax:
		y[0] = float32(kernels.ArgMax(logits))
	default:
		copy(y, logits)
	}
	for i, scale := range h.scale {
		y[i] = float32(y[i]*scale) + h.mean[i] // two roundings, never fused
	}
}

// run sets the outputs y [n][outputs] from features, and returns the logits of
// the last step. They are valid until scratch is written to.
func (h *head) run(y []float32, x rows, n int, z *quantizer, scratch []float32) (logits []float32) {
	ld := h.stride()
	block := min(n, len(scratch)/ld)
	for first := 0; first < n; first += block {
		block = min(block, n-first)
		h.sum(scratch, x.from(first), block, z)
		for i := range block {
			logits = scratch[i*ld:][:h.logits]
			h.finish(y[(first+i)*h.outputs:][:h.outputs], logits)
		}
	}
	return logits
}
