package onnxtest

import (
	"math"
	"slices"
)

func (e *evaluation) matMul() []Array {
	x, y := e.in[0], e.in[1]
	n := x.Shape[len(x.Shape)-1]
	rank := max(len(x.Shape), len(y.Shape))
	shape := make([]int, rank)
	for k := range shape {
		shape[k] = 1
		for _, a := range []Array{x, y} {
			if i := k - rank + len(a.Shape); i >= 0 {
				shape[k] = max(shape[k], a.Shape[i])
			}
		}
	}
	shape[rank-2], shape[rank-1] = x.Shape[len(x.Shape)-2], y.Shape[len(y.Shape)-1]
	if y.Shape[len(y.Shape)-2] != n {
		panic("onnxtest: MatMul of shapes that do not fit")
	}
	return []Array{Filled(shape, func(index []int) (sum float64) {
		a, b := slices.Clone(index), slices.Clone(index)
		for i := range n {
			a[rank-1], b[rank-2] = i, i
			sum += x.broadcast(a) * y.broadcast(b)
		}
		return sum
	})}
}

func (e *evaluation) gemm() []Array {
	turned := func(a Array, name string) Array {
		if e.int(name, 0) == 0 {
			return a
		}
		return Filled([]int{a.Shape[1], a.Shape[0]}, func(i []int) float64 { return a.At(i[1], i[0]) })
	}
	x, y := turned(e.in[0], "transA"), turned(e.in[1], "transB")
	return []Array{Filled([]int{x.Shape[0], y.Shape[1]}, func(index []int) (sum float64) {
		for i := range x.Shape[1] {
			sum += x.At(index[0], i) * y.At(i, index[1])
		}
		sum *= e.float("alpha", 1)
		if len(e.in) > 2 {
			sum += e.float("beta", 1) * e.in[2].broadcast(index)
		}
		return sum
	})}
}

// A geometry defines how a kernel slides along the axes from the third on.
type geometry struct{ kernel, strides, dilations, before, after []int }

func (e *evaluation) geometry(x, kernel []int) geometry {
	n := len(x) - 2
	otherwise := func(name string, v, count int) []int {
		if list := e.ints(name, -1); list != nil {
			return list
		}
		return slices.Repeat([]int{v}, count)
	}
	if kernel == nil {
		kernel = e.ints("kernel_shape", -1)
	}
	pads := otherwise("pads", 0, 2*n)
	g := geometry{kernel, otherwise("strides", 1, n), otherwise("dilations", 1, n), pads[:n], pads[n:]}
	if auto := e.text("auto_pad", "NOTSET"); auto == "SAME_UPPER" || auto == "SAME_LOWER" {
		g.before, g.after = make([]int, n), make([]int, n)
		for k := range n {
			due := max(0, (x[2+k]+g.strides[k]-1)/g.strides[k]*g.strides[k]-g.strides[k]+(kernel[k]-1)*g.dilations[k]+1-x[2+k])
			g.before[k], g.after[k] = due/2, due-due/2
			if auto == "SAME_LOWER" {
				g.before[k], g.after[k] = g.after[k], g.before[k]
			}
		}
	}
	return g
}

func (g geometry) lengths(x []int) []int {
	var list []int
	for k, n := range x[2:] {
		list = append(list, (n+g.before[k]+g.after[k]-(g.kernel[k]-1)*g.dilations[k]-1)/g.strides[k]+1)
	}
	return list
}

// each calls do for every tap of an output that is not in the padding, with its index in
// the kernel and in the input.
func (g geometry) each(out, x []int, do func(tap, at []int)) {
	Filled(g.kernel, func(tap []int) float64 {
		at := make([]int, len(tap))
		for k := range tap {
			at[k] = out[k]*g.strides[k] + tap[k]*g.dilations[k] - g.before[k]
			if at[k] < 0 || at[k] >= x[2+k] {
				return 0
			}
		}
		do(tap, at)
		return 0
	})
}

func (e *evaluation) conv() []Array {
	x, w := e.in[0], e.in[1]
	g := e.geometry(x.Shape, w.Shape[2:])
	rows := w.Shape[0] / e.int("group", 1)
	return []Array{Filled(slices.Concat([]int{x.Shape[0], w.Shape[0]}, g.lengths(x.Shape)), func(index []int) (sum float64) {
		g.each(index[2:], x.Shape, func(tap, at []int) {
			for c := range w.Shape[1] {
				sum += w.At(slices.Concat([]int{index[1], c}, tap)...) * x.At(slices.Concat([]int{index[0], index[1]/rows*w.Shape[1] + c}, at)...)
			}
		})
		if len(e.in) > 2 {
			sum += e.in[2].Data[index[1]]
		}
		return sum
	})}
}

func (e *evaluation) convTranspose() []Array {
	x, w := e.in[0], e.in[1]
	g := e.geometry(x.Shape, w.Shape[2:])
	groups := e.int("group", 1)
	shape := []int{x.Shape[0], w.Shape[1] * groups}
	more := e.ints("output_padding", -1)
	for k, n := range x.Shape[2:] {
		shape = append(shape, (n-1)*g.strides[k]+(g.kernel[k]-1)*g.dilations[k]+1-g.before[k]-g.after[k])
		if more != nil {
			shape[2+k] += more[k]
		}
	}
	y := Filled(shape, func(index []int) float64 {
		if len(e.in) > 2 {
			return e.in[2].Data[index[1]]
		}
		return 0
	})
	Filled(x.Shape, func(index []int) float64 {
		index = slices.Clone(index)
		Filled(w.Shape[1:], func(tap []int) float64 {
			place := index[0]*shape[1] + index[1]/(w.Shape[0]/groups)*w.Shape[1] + tap[0]
			for k := range g.kernel {
				at := index[2+k]*g.strides[k] + tap[1+k]*g.dilations[k] - g.before[k]
				if at < 0 || at >= shape[2+k] {
					return 0
				}
				place = place*shape[2+k] + at
			}
			y.Data[place] += x.At(index...) * w.At(slices.Concat([]int{index[1]}, tap)...)
			return 0
		})
		return 0
	})
	return []Array{y}
}

// window evaluates MaxPool and AveragePool.
func (e *evaluation) window() []Array {
	x := e.in[0]
	g := e.geometry(x.Shape, nil)
	return []Array{Filled(slices.Concat(x.Shape[:2], g.lengths(x.Shape)), func(index []int) float64 {
		sum, greatest, n := 0.0, math.Inf(-1), 0
		g.each(index[2:], x.Shape, func(_, at []int) {
			v := x.At(slices.Concat(index[:2], at)...)
			sum, greatest, n = sum+v, max(greatest, v), n+1
		})
		if e.Operator == "MaxPool" {
			return greatest
		}
		if e.int("count_include_pad", 0) != 0 {
			n = size(g.kernel)
		}
		return sum / float64(n)
	})}
}

// recurrent evaluates RNN, GRU and LSTM with their usual activations.
func (e *evaluation) recurrent() []Array {
	x, w, r := e.in[0], e.in[1], e.in[2]
	steps, batch, units := x.Shape[0], x.Shape[1], r.Shape[2]
	directions := w.Shape[0]
	gates := map[string]int{"RNN": 1, "GRU": 3, "LSTM": 4}[e.Operator]
	input := func(k int, index ...int) float64 {
		if k >= len(e.in) || e.in[k].Data == nil {
			return 0
		}
		return e.in[k].At(index...)
	}
	y := Array{[]int{steps, directions, batch, units}, make([]float64, steps*directions*batch*units)}
	hs, cs := Array{Shape: []int{directions, batch, units}}, Array{Shape: []int{directions, batch, units}}
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	for d := range directions {
		for b := range batch {
			h, c := make([]float64, units), make([]float64, units)
			for u := range units {
				h[u], c[u] = input(5, d, b, u), input(6, d, b, u)
			}
			for s := range steps {
				if d == 1 || e.text("direction", "forward") == "reverse" {
					s = steps - 1 - s
				}
				in := func(gate, u int) float64 {
					sum := input(3, d, gate*units+u)
					for i := range x.Shape[2] {
						sum += w.At(d, gate*units+u, i) * x.At(s, b, i)
					}
					return sum
				}
				state := func(gate, u int, h []float64) float64 {
					sum := input(3, d, (gates+gate)*units+u)
					for i, v := range h {
						sum += r.At(d, gate*units+u, i) * v
					}
					return sum
				}
				next := make([]float64, units)
				gated := make([]float64, units)
				for u := range units {
					if gates == 3 {
						gated[u] = h[u] * sigmoid(in(1, u)+state(1, u, h))
					}
				}
				for u := range units {
					switch e.Operator {
					case "RNN":
						next[u] = math.Tanh(in(0, u) + state(0, u, h))
					case "GRU":
						z := sigmoid(in(0, u) + state(0, u, h))
						n := 0.0
						if e.int("linear_before_reset", 0) != 0 {
							n = math.Tanh(in(2, u) + sigmoid(in(1, u)+state(1, u, h))*state(2, u, h))
						} else {
							n = math.Tanh(in(2, u) + state(2, u, gated))
						}
						next[u] = (1-z)*n + z*h[u]
					case "LSTM":
						i, o, f := sigmoid(in(0, u)+state(0, u, h)), sigmoid(in(1, u)+state(1, u, h)), sigmoid(in(2, u)+state(2, u, h))
						c[u] = f*c[u] + i*math.Tanh(in(3, u)+state(3, u, h))
						next[u] = o * math.Tanh(c[u])
					}
				}
				h = next
				copy(y.Data[((s*directions+d)*batch+b)*units:], h)
			}
			hs.Data, cs.Data = append(hs.Data, h...), append(cs.Data, c...)
		}
	}
	return []Array{y, hs, cs}
}
