package onnxtest

import (
	"math"
	"slices"
)

// Outputs are the outputs of a node, in layout 0.
type Outputs struct {
	Y      [Steps][2][Batch][Hidden]float64 // zeros after the end of a sequence
	YH, YC [2][Batch][Hidden]float64
}

// Reference computes the node in float64, by the equations of the operator's
// specification, in ONNX's order of gates:
//
//	RNN:  H = f(X·Wiᵀ + H·Riᵀ + Wbi + Rbi)
//	GRU:  z = f(X·Wzᵀ + H·Rzᵀ + Wbz + Rbz)
//	      r = f(X·Wrᵀ + H·Rrᵀ + Wbr + Rbr)
//	      h = g(X·Whᵀ + (r∘H)·Rhᵀ + Rbh + Wbh), or with linear_before_reset
//	      h = g(X·Whᵀ + r∘(H·Rhᵀ + Rbh) + Wbh)
//	      H = (1-z)∘h + z∘H
//	LSTM: i = f(X·Wiᵀ + H·Riᵀ + Pi∘C + Wbi + Rbi)
//	      F = f(X·Wfᵀ + H·Rfᵀ + Pf∘C + Wbf + Rbf), or with input_forget 1-i
//	      c = g(X·Wcᵀ + H·Rcᵀ + Wbc + Rbc)
//	      C = F∘C + i∘c
//	      o = f(X·Woᵀ + H·Roᵀ + Po∘C + Wbo + Rbo)
//	      H = o∘h(C)
//
// Clip bounds the sums that the gates' functions are applied to.
func (c *Cell) Reference() *Outputs {
	out := &Outputs{}
	x, weights := c.X(), c.weights()
	for d := range c.Directions() {
		backward := d == 1 || c.Direction == "reverse"
		for n := range Batch {
			steps := Steps
			if c.Lengths {
				steps = SequenceLengths()[n]
			}
			r := c.start(weights, d, n)
			for i := range steps {
				t := i
				if backward {
					t = steps - 1 - i
				}
				r.step(x[(t*Batch+n)*Input:][:Input])
				copy(out.Y[t][d][n][:], r.h)
			}
			copy(out.YH[d][n][:], r.h)
			copy(out.YC[d][n][:], r.c)
		}
	}
	return out
}

// A runner computes one direction of one sequence.
type runner struct {
	cell       *Cell
	w, r, b, p []float64 // weights of the direction; b and p are zeros if absent
	h, c       []float64
	functions  []func(x float64) float64
}

func (c *Cell) start(weights map[string]Tensor, d, n int) *runner {
	g := c.Gates()
	part := func(name string, size int) []float64 {
		v := make([]float64, size)
		for i := range v {
			if t, ok := weights[name]; ok {
				v[i] = float64(t.Floats[d*size+i])
			}
		}
		return v
	}
	state := func(name string) []float64 {
		v := make([]float64, Hidden)
		if t, ok := weights[name]; ok {
			at := (d*Batch + n) * Hidden
			if c.Layout == 1 {
				at = (n*c.Directions() + d) * Hidden
			}
			for i := range v {
				v[i] = float64(t.Floats[at+i])
			}
		}
		return v
	}
	return &runner{
		cell: c,
		w:    part("W", g*Hidden*Input), r: part("R", g*Hidden*Hidden), b: part("B", 2*g*Hidden), p: part("P", 3*Hidden),
		h: state("initial_h"), c: state("initial_c"),
		functions: c.functions(d),
	}
}

// gate returns the sums of a gate over the input and over a state.
func (r *runner) gate(gate int, x, h []float64) (in, state []float64) {
	gates := r.cell.Gates()
	for u := range Hidden {
		row := gate*Hidden + u
		a, b := r.b[row], r.b[gates*Hidden+row]
		for k, v := range x {
			a += r.w[row*Input+k] * v
		}
		for k, v := range h {
			b += r.r[row*Hidden+k] * v
		}
		in, state = append(in, a), append(state, b)
	}
	return in, state
}

// apply clips a sum, and applies a function.
func (r *runner) apply(f int, x float64) float64 {
	if r.cell.Clip > 0 {
		x = min(max(x, -float64(r.cell.Clip)), float64(r.cell.Clip))
	}
	return r.functions[f](x)
}

func (r *runner) step(input []float32) {
	var x []float64
	for _, v := range input {
		x = append(x, float64(v))
	}
	next := make([]float64, Hidden)
	switch r.cell.Operator {
	case "RNN":
		a, b := r.gate(0, x, r.h)
		for u := range next {
			next[u] = r.apply(0, a[u]+b[u])
		}
	case "GRU":
		za, zb := r.gate(0, x, r.h)
		ra, rb := r.gate(1, x, r.h)
		reset := make([]float64, Hidden)
		scaled := make([]float64, Hidden)
		for u := range next {
			reset[u] = r.apply(0, ra[u]+rb[u])
			scaled[u] = reset[u] * r.h[u]
		}
		ha, hb := r.gate(2, x, scaled)
		if r.cell.LinearBeforeReset {
			ha, hb = r.gate(2, x, r.h)
			for u := range hb {
				hb[u] *= reset[u]
			}
		}
		for u := range next {
			z := r.apply(0, za[u]+zb[u])
			next[u] = (1-z)*r.apply(1, ha[u]+hb[u]) + z*r.h[u]
		}
	case "LSTM":
		ia, ib := r.gate(0, x, r.h)
		oa, ob := r.gate(1, x, r.h)
		fa, fb := r.gate(2, x, r.h)
		ca, cb := r.gate(3, x, r.h)
		cell := make([]float64, Hidden)
		for u := range next {
			i := r.apply(0, ia[u]+ib[u]+r.p[u]*r.c[u])
			f := r.apply(0, fa[u]+fb[u]+r.p[2*Hidden+u]*r.c[u])
			if r.cell.InputForget {
				f = 1 - i
			}
			cell[u] = f*r.c[u] + i*r.apply(1, ca[u]+cb[u])
			o := r.apply(0, oa[u]+ob[u]+r.p[Hidden+u]*cell[u])
			next[u] = o * r.functions[2](cell[u])
		}
		r.c = cell
	}
	r.h = next
}

// functions returns the functions of direction d. Their constants are in the order in
// which they are given.
func (c *Cell) functions(d int) []func(x float64) float64 {
	names := c.Activations
	if len(names) == 0 {
		names = slices.Repeat(map[string][]string{"RNN": {"Tanh"}, "GRU": {"Sigmoid", "Tanh"}, "LSTM": {"Sigmoid", "Tanh", "Tanh"}}[c.Operator], c.Directions())
	}
	alphas, betas := c.Alpha, c.Beta
	take := func(list *[]float32, otherwise float64) float64 {
		if len(*list) == 0 {
			return otherwise
		}
		v := float64((*list)[0])
		*list = (*list)[1:]
		return v
	}
	var all []func(x float64) float64
	for _, name := range names {
		all = append(all, function(name, &alphas, &betas, take))
	}
	each := len(names) / c.Directions()
	return all[d*each:][:each]
}

func function(name string, alphas, betas *[]float32, take func(*[]float32, float64) float64) func(x float64) float64 {
	switch name {
	case "Relu":
		return func(x float64) float64 { return max(x, 0) }
	case "Tanh":
		return math.Tanh
	case "Sigmoid":
		return func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	case "Affine":
		a, b := take(alphas, 1), take(betas, 0)
		return func(x float64) float64 { return a*x + b }
	case "LeakyRelu":
		a := take(alphas, float64(float32(0.01)))
		return func(x float64) float64 {
			if x >= 0 {
				return x
			}
			return a * x
		}
	case "ThresholdedRelu":
		a := take(alphas, 1)
		return func(x float64) float64 {
			if x >= a {
				return x
			}
			return 0
		}
	case "ScaledTanh":
		a, b := take(alphas, 1), take(betas, 1)
		return func(x float64) float64 { return a * math.Tanh(b*x) }
	case "HardSigmoid":
		a, b := take(alphas, float64(float32(0.2))), take(betas, 0.5)
		return func(x float64) float64 { return min(max(a*x+b, 0), 1) }
	case "Elu":
		a := take(alphas, 1)
		return func(x float64) float64 {
			if x >= 0 {
				return x
			}
			return a * (math.Exp(x) - 1)
		}
	case "Softsign":
		return func(x float64) float64 { return x / (1 + math.Abs(x)) }
	case "Softplus":
		return func(x float64) float64 { return math.Log(1 + math.Exp(x)) }
	}
	panic("the function " + name)
}
