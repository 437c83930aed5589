package onnxtest

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// Evaluate computes a network in float64, as the comments of package network define it.
// The input is steps of numbers; a token is a step of one number. It returns the outputs
// of every step, or one output if the network has one per sequence.
func Evaluate(n *network.Network, x [][]float64) [][]float64 {
	y := x
	if e := n.Embedding; e != nil {
		y = nil
		for _, token := range x {
			y = append(y, Widened(e.Table[int(token[0])*e.Size:][:e.Size]))
		}
	}
	last := 0
	for i := range n.Layers {
		if n.Layers[i].Cell.Recurrent() {
			last = i
		}
	}
	for i := range n.Layers {
		l := &n.Layers[i]
		if l.Dense() {
			y = dense(l, y)
			continue
		}
		var states [][]float64
		y, states = recurrent(l, y)
		if i == last {
			y = pool(n.Pool, y, slices.Concat(states...))
		}
	}
	for t := range y {
		y[t] = output(n.Output, y[t])
		if n.Skip {
			for k := range y[t] {
				y[t][k] += x[t][k]
			}
		}
	}
	return y
}

// Widened converts numbers to float64.
func Widened(v []float32) []float64 {
	w := make([]float64, len(v))
	for i, x := range v {
		w[i] = float64(x)
	}
	return w
}

func dense(l *network.Layer, xs [][]float64) [][]float64 {
	d := &l.Directions[0]
	var ys [][]float64
	for _, x := range xs {
		y := product(d.WeightIH, x, d.BiasIH)
		for i := range y {
			y[i] = activate(l.Activation, y[i])
		}
		ys = append(ys, y)
	}
	return ys
}

// product returns weights·x + bias.
func product(weights []float32, x []float64, bias []float32) []float64 {
	y := make([]float64, len(weights)/len(x))
	for r := range y {
		if bias != nil {
			y[r] = float64(bias[r])
		}
		for k, v := range x {
			y[r] += float64(weights[r*len(x)+k]) * v
		}
	}
	return y
}

// recurrent returns the outputs of all steps, and the final state of every
// direction.
func recurrent(l *network.Layer, x [][]float64) (y [][]float64, states [][]float64) {
	y = make([][]float64, len(x))
	for d := range l.Directions {
		w := &l.Directions[d]
		h, c := make([]float64, l.StateSize()), make([]float64, l.HiddenSize)
		if w.H0 != nil {
			h = Widened(w.H0)
		}
		if w.C0 != nil {
			c = Widened(w.C0)
		}
		for i := range x {
			t := i
			if d == 1 || l.Reverse {
				t = len(x) - 1 - i
			}
			h, c = step(l, w, x[t], h, c)
			y[t] = append(y[t], h...)
		}
		states = append(states, h)
	}
	return y, states
}

func step(l *network.Layer, w *network.Direction, x, h, c []float64) (newH, newC []float64) {
	n := l.HiddenSize
	a := w.Activations
	if a == nil {
		a = l.Cell.Activations(format.VariantStandard)
	}
	f := func(a format.Activation, v float64) float64 {
		if l.Clip > 0 {
			v = min(max(v, -float64(l.Clip)), float64(l.Clip))
		}
		return activate(a, v)
	}
	in, state := product(w.WeightIH, x, w.BiasIH), product(w.WeightHH, h, w.BiasHH)
	newH, newC = make([]float64, n), make([]float64, n)
	switch l.Cell {
	case format.CellRNN:
		for i := range n {
			newH[i] = f(a[0], in[i]+state[i])
		}
	case format.CellGRU:
		var reset []float64
		for i := range n {
			reset = append(reset, f(a[0], in[i]+state[i]))
		}
		if l.Variant == format.VariantResetBefore {
			scaled := make([]float64, n)
			for i := range n {
				scaled[i] = reset[i] * h[i]
			}
			state = product(w.WeightHH, scaled, w.BiasHH)
			reset = slices.Repeat([]float64{1}, n)
		}
		z := product(w.WeightHH, h, w.BiasHH)
		for i := range n {
			update := f(a[0], in[n+i]+z[n+i])
			newH[i] = (1-update)*f(a[1], in[2*n+i]+reset[i]*state[2*n+i]) + update*h[i]
		}
	case format.CellLSTM:
		peephole := func(gate, i int) float64 {
			if w.Peephole == nil {
				return 0
			}
			return float64(w.Peephole[gate*n+i])
		}
		for i := range n {
			input := f(a[0], in[i]+state[i]+peephole(0, i)*c[i])
			forget := f(a[0], in[n+i]+state[n+i]+peephole(1, i)*c[i])
			if l.InputForget {
				forget = 1 - input
			}
			newC[i] = forget*c[i] + input*f(a[1], in[2*n+i]+state[2*n+i])
			out := f(a[0], in[3*n+i]+state[3*n+i]+peephole(2, i)*newC[i])
			newH[i] = out * activate(a[2], newC[i])
		}
		if w.Projection != nil {
			newH = product(w.Projection, newH, nil)
		}
	}
	return newH, newC
}

func activate(a format.Activation, x float64) float64 {
	alpha, beta := float64(a.Alpha), float64(a.Beta)
	switch a.Kind {
	case format.ActivationNone:
		return x
	case format.ActivationReLU:
		return max(x, 0)
	case format.ActivationTanh:
		return math.Tanh(x)
	case format.ActivationSigmoid:
		return 1 / (1 + math.Exp(-x))
	case format.ActivationAffine:
		return alpha*x + beta
	case format.ActivationLeakyReLU:
		if x < 0 {
			return alpha * x
		}
		return x
	case format.ActivationThresholdedReLU:
		if x < alpha {
			return 0
		}
		return x
	case format.ActivationScaledTanh:
		return alpha * math.Tanh(beta*x)
	case format.ActivationHardSigmoid:
		return min(max(alpha*x+beta, 0), 1)
	case format.ActivationELU:
		if x < 0 {
			return alpha * (math.Exp(x) - 1)
		}
		return x
	case format.ActivationSoftsign:
		return x / (1 + math.Abs(x))
	case format.ActivationSoftplus:
		return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
	}
	panic(a.Kind.String())
}

func pool(p format.Pool, y [][]float64, state []float64) [][]float64 {
	switch p {
	case format.PoolNone:
		return y
	case format.PoolLast:
		return [][]float64{state}
	case format.PoolLastOutput:
		return y[len(y)-1:]
	}
	r := slices.Clone(y[0])
	for _, v := range y[1:] {
		for i := range r {
			if p == format.PoolMax {
				r[i] = max(r[i], v[i])
			} else {
				r[i] += v[i]
			}
		}
	}
	if p == format.PoolMean {
		for i := range r {
			r[i] /= float64(len(y))
		}
	}
	return [][]float64{r}
}

func output(o format.Output, y []float64) []float64 {
	most := slices.Max(y)
	sum := 0.0
	for _, v := range y {
		sum += math.Exp(v - most)
	}
	switch o {
	case format.OutputSoftmax, format.OutputLogSoftmax:
		for i, v := range y {
			y[i] = v - most - math.Log(sum)
			if o == format.OutputSoftmax {
				y[i] = math.Exp(y[i])
			}
		}
	case format.OutputSigmoid:
		for i, v := range y {
			y[i] = 1 / (1 + math.Exp(-v))
		}
	case format.OutputArgMax:
		return []float64{float64(slices.Index(y, most))}
	}
	return y
}
