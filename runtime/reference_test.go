package runtime_test

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// The reference computes in float64, directly from the formulas.

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// affine returns rows [from, from+n) of W x + b.
func affine(w, b []float32, x []float64, from, n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		row := from + i
		if b != nil {
			y[i] = float64(b[row])
		}
		for k, v := range x {
			y[i] += float64(w[row*len(x)+k]) * v
		}
	}
	return y
}

// function returns the function of an activation.
func function(a format.Activation, x float64) float64 {
	alpha, beta := float64(a.Alpha), float64(a.Beta)
	switch a.Kind {
	case format.ActivationReLU:
		return max(x, 0)
	case format.ActivationTanh:
		return math.Tanh(x)
	case format.ActivationSigmoid:
		return sigmoid(x)
	case format.ActivationAffine:
		return alpha*x + beta
	case format.ActivationLeakyReLU:
		if x < 0 {
			return alpha * x
		}
	case format.ActivationThresholdedReLU:
		if x < alpha {
			return 0
		}
	case format.ActivationScaledTanh:
		return alpha * math.Tanh(beta*x)
	case format.ActivationHardSigmoid:
		return min(max(alpha*x+beta, 0), 1)
	case format.ActivationELU:
		if x < 0 {
			return alpha * math.Expm1(x)
		}
	case format.ActivationSoftsign:
		return x / (1 + math.Abs(x))
	case format.ActivationSoftplus:
		return math.Log1p(math.Exp(x))
	}
	return x
}

// referenceStep returns the state after a step of a recurrent layer, with the
// activations of its gates. x is as the products read it, after rounding.
func referenceStep(l *format.Layer, activations []format.Activation, p format.Plain, round rounding, x, h, c []float64) (hNew, cNew []float64) {
	n := l.HiddenSize
	gate := func(activation int, v float64) float64 {
		if bound := float64(l.Clip); bound > 0 {
			v = min(max(v, -bound), bound)
		}
		return function(activations[activation], v)
	}
	peephole := func(gate, unit int, c float64) float64 {
		if p.Peephole == nil {
			return 0
		}
		return float64(p.Peephole[gate*n+unit]) * c
	}
	// sum returns the sum of a gate, over input and state.
	sum := func(gate int) []float64 {
		s := affine(p.WeightIH, p.BiasIH, x, gate*n, n)
		for i, v := range affine(p.WeightHH, p.BiasHH, round.state(h), gate*n, n) {
			s[i] += v
		}
		return s
	}
	hNew, cNew = make([]float64, n), make([]float64, n)
	switch l.Variant {
	case format.VariantTanh, format.VariantReLU:
		for u, v := range sum(0) {
			hNew[u] = gate(0, v)
		}
	case format.VariantStandard:
		i, f, g, o := sum(0), sum(1), sum(2), sum(3)
		for u := range n {
			in := gate(0, i[u]+peephole(0, u, c[u]))
			forget := gate(0, f[u]+peephole(1, u, c[u]))
			if l.InputForget {
				forget = 1 - in
			}
			cNew[u] = forget*c[u] + in*gate(1, g[u])
			hNew[u] = gate(0, o[u]+peephole(2, u, cNew[u])) * function(activations[2], cNew[u])
		}
		if l.ProjectionSize > 0 {
			hNew = affine(p.Projection, nil, round.units(hNew), 0, l.ProjectionSize)
		}
	default:
		r, z := sum(0), sum(1)
		candidate := affine(p.WeightIH, p.BiasIH, x, 2*n, n)
		var state []float64
		if l.Variant == format.VariantResetAfter {
			state = affine(p.WeightHH, p.BiasHH, round.state(h), 2*n, n)
			for u := range state {
				state[u] *= gate(0, r[u])
			}
		} else {
			rh := make([]float64, n)
			for u := range rh {
				rh[u] = gate(0, r[u]) * h[u]
			}
			state = affine(p.WeightHH, p.BiasHH, round.state(rh), 2*n, n)
		}
		for u := range n {
			zu := gate(0, z[u])
			hNew[u] = (1-zu)*gate(1, candidate[u]+state[u]) + zu*h[u]
		}
	}
	return hNew, cNew
}

func widen(v []float32) []float64 {
	w := make([]float64, len(v))
	for i, x := range v {
		w[i] = float64(x)
	}
	return w
}

// reference returns the outputs of a sequence, and the final states [layer]
// [direction].
func reference(s modeltest.Spec, w referenceWeights, xs []float32, tokens []int32) (y []float64, h, c [][][]float64) {
	m := s.Model()
	var steps [][]float64
	if s.Tokens > 0 {
		table := w.embedding
		for _, t := range tokens {
			steps = append(steps, widen(table[int(t)*m.InputSize:][:m.InputSize]))
		}
	} else {
		for i := 0; i < len(xs); i += m.InputSize {
			x := widen(xs[i:][:m.InputSize])
			if s.Normalized {
				for k := range x {
					x[k] = (x[k] - float64(m.Normalization.Mean[k])) * float64(m.Normalization.Scale[k])
				}
			}
			steps = append(steps, x)
		}
	}
	for i := range m.Layers {
		l := s.Layer(i)
		round := w.rounding(m, i)
		for k, x := range steps {
			steps[k] = round.input(x)
		}
		if !l.Cell.Recurrent() {
			for k, x := range steps {
				steps[k] = referenceDense(s.StepActivations(i, 0)[0], w.layers[i][0], x, l.HiddenSize)
			}
			h, c = append(h, nil), append(c, nil)
			continue
		}
		out := make([][]float64, len(steps))
		var hs, cs [][]float64
		for d := range m.Layers[i].Directions {
			p := w.layers[i][d]
			h0, c0 := s.State(i, d)
			hd, cd := widen(h0), widen(c0)
			for k := range steps {
				t := k
				if d == 1 || l.Reverse {
					t = len(steps) - 1 - k
				}
				hd, cd = referenceStep(&l, s.StepActivations(i, d), p, round, steps[t], hd, cd)
				out[t] = append(out[t], hd...)
			}
			hs, cs = append(hs, hd), append(cs, cd)
		}
		h, c = append(h, hs), append(c, cs)
		steps = out
		if i == m.LastRecurrent() && s.Pool != format.PoolNone {
			steps = [][]float64{referencePool(s.Pool, steps, hs)}
		}
	}
	for i, x := range steps {
		out := referenceOutput(s, m, w, x)
		for k := range out {
			if s.Skip {
				out[k] += float64(xs[i*m.InputSize+k])
			}
		}
		y = append(y, out...)
	}
	return y, h, c
}

// referencePool returns the pooled features of all steps. final are the
// directions' final states.
func referencePool(pool format.Pool, steps, final [][]float64) []float64 {
	pooled := slices.Clone(steps[len(steps)-1])
	switch pool {
	case format.PoolLast:
		return slices.Concat(final...)
	case format.PoolMax, format.PoolMean:
		for _, x := range steps[:len(steps)-1] {
			for k, v := range x {
				if pool == format.PoolMean {
					pooled[k] += v
				} else {
					pooled[k] = max(pooled[k], v)
				}
			}
		}
	}
	if pool == format.PoolMean {
		for k := range pooled {
			pooled[k] /= float64(len(steps))
		}
	}
	return pooled
}

func referenceDense(a format.Activation, p format.Plain, x []float64, outputs int) []float64 {
	y := affine(p.WeightIH, p.BiasIH, x, 0, outputs)
	if a.Kind == format.ActivationSoftmax {
		return softmax(y)
	}
	for i, v := range y {
		y[i] = function(a, v)
	}
	return y
}

func softmax(x []float64) []float64 {
	y, sum := make([]float64, len(x)), 0.0
	for i, v := range x {
		y[i] = math.Exp(v)
		sum += y[i]
	}
	for i := range y {
		y[i] /= sum
	}
	return y
}

func referenceOutput(s modeltest.Spec, m *format.Model, w referenceWeights, x []float64) []float64 {
	if s.Outputs > 0 {
		x = affine(w.head, w.bias, w.rounding(m, len(m.Layers)).input(x), 0, s.Outputs)
	}
	switch s.Output {
	case format.OutputSoftmax:
		return softmax(x)
	case format.OutputArgMax:
		return []float64{float64(slices.Index(x, slices.Max(x)))}
	}
	y := make([]float64, len(x))
	for i, v := range x {
		switch s.Output {
		case format.OutputLogSoftmax:
			y[i] = math.Log(softmax(x)[i])
		case format.OutputSigmoid:
			y[i] = sigmoid(v)
		default:
			y[i] = v
			if s.Normalized {
				y[i] = v*float64(m.Normalization.OutputScale[i]) + float64(m.Normalization.OutputMean[i])
			}
		}
	}
	return y
}
