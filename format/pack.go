package format

import (
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/padding"
)

// Plain are the weights of one direction as frameworks hold them, row-major, in
// PyTorch's order of gates: i f g o for an LSTM, r z n for a GRU. A dense layer
// has neither WeightHH nor BiasHH.
type Plain struct {
	WeightIH []float32 // [gates*HiddenSize][InputSize]
	WeightHH []float32 // [gates*HiddenSize][StateSize]
	BiasIH   []float32 // [gates*HiddenSize], or nil for zeros
	BiasHH   []float32 // [gates*HiddenSize], or nil for zeros

	Peephole   []float32 // LSTM only: [3][HiddenSize], in the order i f o; nil: none
	Projection []float32 // LSTM with a projection only: [ProjectionSize][HiddenSize]
}

// place returns where a direction's packed arrays hold a gate of a unit.
func (l *Layer) place(gate, unit int) place { return l.Cell.op().place(l, gate, unit) }

// matrix returns the matrix that has a place.
func (w *Weights) matrix(p place) *Matrix {
	if p.candidate {
		return &w.Candidate
	}
	return &w.Gates
}

// NewWeights returns weights of zeros of the layer's shape.
func (l *Layer) NewWeights() Weights {
	s := l.shape()
	w := Weights{Gates: NewMatrix(s.gates, s.depth, s.tile), Bias: make([]float32, s.bias)}
	if s.candidate > 0 {
		w.Candidate = NewMatrix(s.candidate, s.depth, s.tile)
	}
	if l.ProjectionSize > 0 {
		w.Projection = NewMatrix(l.ProjectionSize, l.HiddenSize, tileRows)
	}
	return w
}

// Pack packs a direction's weights. Two biases that meet in one sum are added
// in float32. The error wraps [ErrInvalid].
func (l *Layer) Pack(p Plain) (Weights, error) {
	if err := l.checkPlain(&p); err != nil {
		return Weights{}, err
	}
	gates, in, h, state := l.Cell.Gates(), l.inputColumns(), l.HiddenSize, l.stateColumns()
	w := l.NewWeights()
	for gate := range gates {
		for unit := range h {
			at := l.place(gate, unit)
			m := w.matrix(at)
			row := gate*h + unit
			for k := range in {
				m.Data[m.Index(at.input, k)] = p.WeightIH[row*in+k]
			}
			for k := range state {
				m.Data[m.Index(at.state, in+k)] = p.WeightHH[row*state+k]
			}
			if p.BiasIH != nil {
				w.Bias[at.biasInput] += p.BiasIH[row]
			}
			if p.BiasHH != nil {
				w.Bias[at.biasState] += p.BiasHH[row]
			}
		}
	}
	if len(p.Peephole) > 0 {
		for gate := range peepholes {
			w.Peephole = append(append(w.Peephole, p.Peephole[gate*h:][:h]...), make([]float32, padding.UpToLanes(h)-h)...)
		}
	}
	w.Projection.fill(l.ProjectionSize, p.Projection)
	return w, nil
}

// NewPlain returns zeros of the sizes that the layer's plain weights have: without
// peepholes, and biases included.
func (l *Layer) NewPlain() Plain {
	gates, h := l.Cell.Gates(), l.HiddenSize
	p := Plain{
		WeightIH: make([]float32, gates*h*l.inputColumns()), WeightHH: make([]float32, gates*h*l.stateColumns()),
		BiasIH: make([]float32, gates*h), Projection: make([]float32, l.ProjectionSize*h),
	}
	if l.Cell.Recurrent() {
		p.BiasHH = make([]float32, gates*h)
	}
	return p
}

func (l *Layer) checkPlain(p *Plain) error {
	if !l.Cell.Known() || !l.Cell.has(l.Variant) || !inRange(l.InputSize) || !inRange(l.HiddenSize) || !inRange(l.StateSize()) {
		return fail(ErrInvalid, tagLayers, -1, "a layer of %v %v with %s and %s",
			l.Cell, l.Variant, message.Count(l.InputSize, "input"), message.Count(l.HiddenSize, "unit"))
	}
	gates, in, h := int64(l.Cell.Gates()), int64(l.inputColumns()), int64(l.HiddenSize)
	biasHH, peephole := int64(0), int64(0)
	if l.Cell.Recurrent() {
		biasHH = gates * h
	}
	if l.shape().peephole > 0 {
		peephole = peepholes * h
	}
	for _, c := range []struct {
		name     string
		got      int
		want     int64
		optional bool
	}{
		{"weight_ih", len(p.WeightIH), gates * h * in, false},
		{"weight_hh", len(p.WeightHH), gates * h * int64(l.stateColumns()), false},
		{"bias_ih", len(p.BiasIH), gates * h, true},
		{"bias_hh", len(p.BiasHH), biasHH, true},
		{"the peephole", len(p.Peephole), peephole, true},
		{"the projection", len(p.Projection), int64(l.ProjectionSize) * h, false},
	} {
		if int64(c.got) != c.want && !(c.optional && c.got == 0) {
			return fail(ErrInvalid, tagWeights, -1, "%s has %s, but a layer of %s, %s and %s has %d",
				c.name, message.Count(c.got, "number"), message.Count(in, "input"), message.Count(h, "unit"), message.Count(gates, "gate"), c.want)
		}
	}
	return nil
}

// Unpack is the inverse of [Layer.Pack], except for biases that were added: their sum is in BiasIH, and BiasHH is zero
// there.
func (l *Layer) Unpack(w *Weights) Plain {
	gates, in, h, state := l.Cell.Gates(), l.inputColumns(), l.HiddenSize, l.stateColumns()
	p := Plain{WeightIH: make([]float32, gates*h*in), BiasIH: make([]float32, gates*h)}
	if l.Cell.Recurrent() {
		p.WeightHH, p.BiasHH = make([]float32, gates*h*state), make([]float32, gates*h)
	}
	for gate := range gates {
		for unit := range h {
			at := l.place(gate, unit)
			m := w.matrix(at)
			row := gate*h + unit
			for k := range in {
				p.WeightIH[row*in+k] = m.At(at.input, k)
			}
			for k := range state {
				p.WeightHH[row*state+k] = m.At(at.state, in+k)
			}
			p.BiasIH[row] = w.Bias[at.biasInput]
			if at.biasState != at.biasInput {
				p.BiasHH[row] = w.Bias[at.biasState]
			}
		}
	}
	if len(w.Peephole) > 0 {
		for gate := range peepholes {
			p.Peephole = append(p.Peephole, w.Peephole[gate*padding.UpToLanes(h):][:h]...)
		}
	}
	if l.ProjectionSize > 0 {
		p.Projection = w.Projection.plain(l.ProjectionSize)
	}
	return p
}
