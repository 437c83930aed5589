package trainer

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// reference is a network in float64, directly from the formulas, whose finite
// differences are compared with gradients. Its weights are in the packed order
// of the model they come from.
type reference struct {
	model      *format.Model
	parameters [][]float64
	masks      *replica // whose dropout masks are applied; nil: none
	// rounding, if not nil, is the rounding of the network's number format.
	rounding *rounding
	// touch, if not nil, may change the states after a step of any layer.
	touch func(step int, h, c []float64)

	decoder *reference
	// start and end are the states h and c of every layer, before a sequence
	// for a decoder and after it for an encoder. Those of an encoder's
	// directions are side by side.
	start, end [][2][]float64

	matrices map[*format.Matrix]*matrix64
}

// A matrix64 caches the indices of the weights of a matrix, which are looked up
// millions of times.
type matrix64 struct {
	depth int
	index []int // of each row's columns
}

func (r *reference) matrix(m *format.Matrix) *matrix64 {
	if r.matrices[m] == nil {
		found := &matrix64{depth: m.Depth}
		for row := range m.Rows {
			for k := range m.Depth {
				found.index = append(found.index, m.Index(row, k))
			}
		}
		r.matrices[m] = found
	}
	return r.matrices[m]
}

func newReference(m *format.Model) *reference {
	r := &reference{model: m, matrices: map[*format.Matrix]*matrix64{}}
	for _, p := range parameters(m, false) {
		w := make([]float64, len(p.data))
		for i, v := range p.data {
			w[i] = float64(v)
		}
		r.parameters = append(r.parameters, w)
	}
	if m.Decoder != nil {
		own := len(r.parameters) - len(parameters(m.Decoder, false))
		r.decoder = &reference{model: m.Decoder, parameters: r.parameters[own:], matrices: r.matrices}
	}
	return r
}

func sigmoid64(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// loss returns the mean loss over the sequences.
func (r *reference) loss(sequences []dataset.Sequence) float64 {
	var sum float64
	if r.rounding != nil {
		r.rounding.next = 0
	}
	for i := range sequences {
		sum += r.sequenceLoss(&sequences[i], i)
	}
	return sum / float64(countTargets(outputModel(r.model), sequences))
}

// mask applies dropout mask number i to the rows of sequence s.
func (r *reference) mask(i, s int, x [][]float64) {
	if r.masks == nil || len(r.masks.masks[i]) == 0 {
		return
	}
	b := &r.masks.batch
	for t, row := range x {
		mask := r.masks.masks[i][(b.offset[t]+slices.Index(b.order, s))*len(row):]
		x[t] = make([]float64, len(row))
		for k, v := range row {
			x[t][k] = v * float64(mask[k])
		}
	}
}

// drop returns the mask of the states that a direction reads in sequence s; nil:
// none.
func (r *reference) drop(layer, direction, s int) []float64 {
	if r.masks == nil {
		return nil
	}
	d := r.masks.layers[layer].directions[direction]
	mask := make([]float64, d.layer.HiddenSize)
	for k := range mask {
		mask[k] = float64(d.drop[slices.Index(r.masks.batch.order, s)*d.units+k])
	}
	return mask
}

func (r *reference) sequenceLoss(s *dataset.Sequence, number int) float64 {
	m, next := r.model, 0
	take := func() []float64 { next++; return r.rounding.weights(next-1, r.parameters[next-1]) }

	var x [][]float64
	if m.Embedding != nil {
		table := take()
		tokens := s.Tokens
		if r.decoder != nil {
			tokens = s.Source
		}
		for _, token := range tokens {
			x = append(x, table[int(token)*m.InputSize:][:m.InputSize])
		}
	} else {
		for t := range len(s.Inputs) / m.InputSize {
			row := make([]float64, m.InputSize)
			for k := range row {
				row[k] = float64(s.Inputs[t*m.InputSize+k])
			}
			x = append(x, row)
		}
	}
	r.mask(0, number, x)
	if m.Embedding == nil {
		x = r.rounding.inputs(x)
	}
	r.end = make([][2][]float64, len(m.Layers))
	for i := range m.Layers {
		l := &m.Layers[i]
		out := make([][]float64, len(x))
		for d := range l.Directions {
			w := layer64{layer: l, gates: take(), gatesM: r.matrix(&l.Directions[d].Gates), drop: r.drop(i, d, number), round: r.rounding.states(l)}
			if l.Variant == format.VariantResetBefore {
				w.candidate, w.candidateM = take(), r.matrix(&l.Directions[d].Candidate)
			}
			w.bias = take()
			h, c := make([]float64, l.HiddenSize), make([]float64, l.HiddenSize)
			if r.start != nil {
				h, c = r.start[i][0], r.start[i][1]
			}
			states := make([][]float64, len(x))
			for i := range x {
				t := i
				if d == 1 {
					t = len(x) - 1 - i
				}
				h, c = w.step(x[t], h, c)
				if r.touch != nil {
					r.touch(t, h, c)
				}
				states[t] = h
			}
			r.end[i][0], r.end[i][1] = append(r.end[i][0], h...), append(r.end[i][1], c...)
			for t := range out {
				out[t] = append(out[t], states[t]...)
			}
		}
		x = out
		r.mask(i+1, number, x)
		if i < len(m.Layers)-1 {
			x = r.rounding.features(l, x)
		}
	}
	if r.decoder != nil {
		if r.masks != nil {
			r.decoder.masks = r.masks.decoder
		}
		r.decoder.start = r.end
		return r.decoder.sequenceLoss(s, number)
	}
	hidden := m.Layers[len(m.Layers)-1].HiddenSize
	switch last := x[len(x)-1]; m.Pool {
	case format.PoolLast:
		x = [][]float64{append(append([]float64(nil), last[:hidden]...), x[0][hidden:]...)}
	case format.PoolMax, format.PoolMean:
		row := append([]float64(nil), x[0]...)
		for _, v := range x[1:] {
			for k := range row {
				if m.Pool == format.PoolMax {
					row[k] = math.Max(row[k], v[k])
				} else {
					row[k] += v[k]
				}
			}
		}
		if m.Pool == format.PoolMean {
			for k := range row {
				row[k] /= float64(len(x))
			}
		}
		x = [][]float64{row}
	}
	if h := m.Head; h != nil {
		x = r.rounding.features(&m.Layers[len(m.Layers)-1], x)
		weight, bias := take(), take()
		matrix := r.matrix(&h.Weight)
		for t := range x {
			y := make([]float64, h.OutputSize)
			for i := range y {
				y[i] = bias[i] + sum64(weight, matrix, i, 0, x[t])
			}
			x[t] = y
		}
	}
	var sum float64
	for t, y := range x {
		switch m.Output {
		case format.OutputSoftmax:
			if s.Classes[t] == dataset.Ignore {
				continue
			}
			var z float64
			for _, v := range y {
				z += math.Exp(v)
			}
			sum += math.Log(z) - y[s.Classes[t]]
		case format.OutputSigmoid:
			for k, v := range y {
				p, want := sigmoid64(v), float64(s.Values[t*len(y)+k])
				sum -= want*math.Log(p) + (1-want)*math.Log(1-p)
			}
		default:
			for k, v := range y {
				e := v - float64(s.Values[t*len(y)+k])
				sum += e * e
			}
		}
	}
	return sum
}

type layer64 struct {
	layer              *format.Layer
	gates, candidate   []float64
	gatesM, candidateM *matrix64
	bias               []float64
	drop               []float64 // mask of the states that are read; nil: none
	round              func(h []float64) []float64
}

// sum64 returns the product of x with the columns of a row from one on.
func sum64(w []float64, m *matrix64, row, from int, x []float64) float64 {
	var s float64
	for k, i := range m.index[row*m.depth+from:][:len(x)] {
		s += w[i] * x[k]
	}
	return s
}

func (w *layer64) step(x, h, c []float64) (newH, newC []float64) {
	l := w.layer
	n := l.HiddenSize
	newH, newC = make([]float64, n), make([]float64, n)
	hp := (n + 7) / 8 * 8
	before := h
	if w.drop != nil {
		h = make([]float64, n)
		for u := range h {
			h[u] = before[u] * w.drop[u]
		}
	}
	plain := h
	h = w.round(h)
	if l.Variant == format.VariantResetBefore {
		rh := make([]float64, n)
		gate := func(g, u int) float64 {
			row := g*hp + u
			return sigmoid64(w.bias[row] + sum64(w.gates, w.gatesM, row, 0, x) + sum64(w.gates, w.gatesM, row, len(x), h))
		}
		for u := range n {
			rh[u] = gate(0, u) * plain[u]
		}
		rh = w.round(rh)
		for u := range n {
			z := gate(1, u)
			nn := math.Tanh(w.bias[2*hp+u] + sum64(w.candidate, w.candidateM, u, 0, x) + sum64(w.candidate, w.candidateM, u, len(x), rh))
			newH[u] = (1-z)*nn + z*before[u]
		}
		return newH, newC
	}
	for u := range n {
		t, lane := u/8, u%8
		both := func(row, acc int) float64 {
			return w.bias[acc] + sum64(w.gates, w.gatesM, row, 0, x) + sum64(w.gates, w.gatesM, row, len(x), h)
		}
		switch l.Cell {
		case format.CellLSTM:
			a := func(g int) float64 { return both(t*32+g*8+lane, t*32+g*8+lane) }
			newC[u] = sigmoid64(a(1))*c[u] + sigmoid64(a(0))*math.Tanh(a(2))
			newH[u] = sigmoid64(a(3)) * math.Tanh(newC[u])
		case format.CellGRU:
			part := func(slot int, from int, v []float64) float64 {
				return sum64(w.gates, w.gatesM, t*24+slot*8+lane, from, v)
			}
			b := w.bias[t*32+lane:]
			nx, nh := b[0]+part(0, 0, x), b[24]+part(2, len(x), h)
			r := sigmoid64(b[8] + part(1, 0, x) + part(0, len(x), h))
			z := sigmoid64(b[16] + part(2, 0, x) + part(1, len(x), h))
			nn := math.Tanh(nx + r*nh)
			newH[u] = (1-z)*nn + z*before[u]
		default:
			newH[u] = both(u, u)
			if l.Variant == format.VariantReLU {
				newH[u] = math.Max(newH[u], 0)
			} else {
				newH[u] = math.Tanh(newH[u])
			}
		}
	}
	return newH, newC
}
