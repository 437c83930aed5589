package runtime_test

import (
	"math"

	"rnnrun/format"
	"rnnrun/internal/modeltest"
)

// The reference computes in float64, straight from the formulas.

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

// referenceStep returns the state after a step.
func referenceStep(variant format.Variant, p format.Plain, x, h, c []float64) (hNew, cNew []float64) {
	n := len(h)
	// sum returns the sum of a gate, over input and state.
	sum := func(gate int) []float64 {
		s := affine(p.WeightIH, p.BiasIH, x, gate*n, n)
		for i, v := range affine(p.WeightHH, p.BiasHH, h, gate*n, n) {
			s[i] += v
		}
		return s
	}
	hNew, cNew = make([]float64, n), make([]float64, n)
	switch variant {
	case format.Tanh:
		for u, v := range sum(0) {
			hNew[u] = math.Tanh(v)
		}
	case format.ReLU:
		for u, v := range sum(0) {
			hNew[u] = max(v, 0)
		}
	case format.Standard:
		i, f, g, o := sum(0), sum(1), sum(2), sum(3)
		for u := range n {
			cNew[u] = sigmoid(f[u])*c[u] + sigmoid(i[u])*math.Tanh(g[u])
			hNew[u] = sigmoid(o[u]) * math.Tanh(cNew[u])
		}
	default:
		r, z := sum(0), sum(1)
		candidate := affine(p.WeightIH, p.BiasIH, x, 2*n, n)
		var state []float64
		if variant == format.ResetAfter {
			state = affine(p.WeightHH, p.BiasHH, h, 2*n, n)
			for u := range state {
				state[u] *= sigmoid(r[u])
			}
		} else {
			rh := make([]float64, n)
			for u := range rh {
				rh[u] = sigmoid(r[u]) * h[u]
			}
			state = affine(p.WeightHH, p.BiasHH, rh, 2*n, n)
		}
		for u := range n {
			zu := sigmoid(z[u])
			hNew[u] = (1-zu)*math.Tanh(candidate[u]+state[u]) + zu*h[u]
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
func reference(s modeltest.Spec, xs []float32, tokens []int32) (y []float64, h, c [][][]float64) {
	m := s.Model()
	var steps [][]float64
	if s.Tokens > 0 {
		table := s.Embedding()
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
		out := make([][]float64, len(steps))
		var hs, cs [][]float64
		for d := range m.Layers[i].Directions {
			p := s.Weights(i, d)
			h0, c0 := s.State(i, d)
			hd, cd := widen(h0), widen(c0)
			for k := range steps {
				t := k
				if d == 1 {
					t = len(steps) - 1 - k
				}
				hd, cd = referenceStep(s.Variant, p, steps[t], hd, cd)
				out[t] = append(out[t], hd...)
			}
			hs, cs = append(hs, hd), append(cs, cd)
		}
		h, c = append(h, hs), append(c, cs)
		steps = out
	}
	switch s.Pool {
	case format.PoolLast:
		var last []float64
		for _, hd := range h[len(h)-1] {
			last = append(last, hd...)
		}
		steps = [][]float64{last}
	case format.PoolMax, format.PoolMean:
		pooled := append([]float64(nil), steps[0]...)
		for _, x := range steps[1:] {
			for k, v := range x {
				if s.Pool == format.PoolMean {
					pooled[k] += v
				} else {
					pooled[k] = max(pooled[k], v)
				}
			}
		}
		if s.Pool == format.PoolMean {
			for k := range pooled {
				pooled[k] /= float64(len(steps))
			}
		}
		steps = [][]float64{pooled}
	}
	for _, x := range steps {
		y = append(y, referenceOutput(s, m, x)...)
	}
	return y, h, c
}

func referenceOutput(s modeltest.Spec, m *format.Model, x []float64) []float64 {
	if s.Outputs > 0 {
		w, b := s.Head()
		x = affine(w, b, x, 0, s.Outputs)
	}
	y := make([]float64, len(x))
	sum := 0.0
	for i, v := range x {
		switch s.Output {
		case format.Softmax:
			y[i] = math.Exp(v)
			sum += y[i]
		case format.Sigmoid:
			y[i] = sigmoid(v)
		default:
			y[i] = v
			if s.Normalized {
				y[i] = v*float64(m.Normalization.OutputScale[i]) + float64(m.Normalization.OutputMean[i])
			}
		}
	}
	if s.Output == format.Softmax {
		for i := range y {
			y[i] /= sum
		}
	}
	return y
}
