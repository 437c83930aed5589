package format

import "github.com/rnnrun/rnnrun/internal/padding"

// A Layer is a recurrent layer or a dense one.
//
// Let σ, g and k be the first, the second and the third of a direction's activations, ' mark a value of the previous
// step, and ∘ be the product unit by unit. With the weights of [Plain], an LSTM is
//
//	i = σ(W_ii x + b_i + W_hi h' + p_i ∘ c')
//	f = σ(W_if x + b_f + W_hf h' + p_f ∘ c')       1 - i with InputForget
//	g = g(W_ig x + b_g + W_hg h')
//	c = f ∘ c' + i ∘ g
//	o = σ(W_io x + b_o + W_ho h' + p_o ∘ c)
//	h = o ∘ k(c), or W_hr (o ∘ k(c)) with ProjectionSize
//
// a GRU is
//
//	r = σ(W_ir x + b_r + W_hr h')
//	z = σ(W_iz x + b_z + W_hz h')
//	n = g(W_in x + b_in + r ∘ (W_hn h' + b_hn))    g(W_in x + W_hn (r ∘ h') + b_n) with ResetBefore
//	h = (1 - z) ∘ n + z ∘ h'
//
// an RNN is h = σ(W_ih x + b + W_hh h'), and a dense layer y = σ(W_ih x + b).
type Layer struct {
	Cell       Cell
	Variant    Variant
	InputSize  int
	HiddenSize int       // units; for a dense layer its outputs
	Directions []Weights // the forward one, and in a bidirectional layer the reverse one

	Reverse        bool    // the only direction is the reverse one
	InputForget    bool    // LSTM only: f = 1 - i, and the rows f are not used
	ProjectionSize int     // LSTM only: the size of h, PyTorch's proj_size; 0: there is no projection
	Clip           float32 // bounds what the gates' activations are applied to, to ±Clip; 0: no bound
}

// Weights are the weights of one direction of a recurrent layer, or those of a
// dense layer, packed for the kernels.
type Weights struct {
	// Gates has the columns of the input and then, in a recurrent layer, those of the state.
	// The rows of an RNN and of a dense layer are its units; those of an LSTM and of a GRU
	// with ResetAfter are interleaved by 8 units; those of a GRU with ResetBefore are r of
	// every unit and then z of every unit, each padded to 8.
	Gates Matrix
	// Candidate holds the rows n of a GRU with ResetBefore, otherwise nothing.
	Candidate Matrix
	// Bias is what the accumulators start at, in the order of the accumulators: for an RNN or a dense layer [units],
	// for an LSTM [tile][i f g o][8], for a GRU with ResetAfter [tile][nx r z nh][8], for a GRU with ResetBefore r, z
	// and n of every unit, each padded to 8.
	Bias []float32
	H0   []float32 // learned initial state, padded to 8; nil: zeros
	C0   []float32 // learned initial cell state of an LSTM; nil: zeros
	// Peephole are the weights with which the cell state joins the sums of an
	// LSTM's gates: i, f and o of every unit, each padded to 8. nil: none.
	Peephole []float32
	// Projection maps an LSTM's units to its state; empty without a projection.
	Projection Matrix
	// Activations are those of the gates, in the order of [Cell.Activations]; for a dense layer that of its outputs.
	// nil: the cell's own.
	Activations []Activation
	// InputScale is the step of the quantized inputs of an Int8 layer that reads
	// the model's numbers: an input is about an integer within ±127 times it. 0:
	// it is chosen for each input. Other layers have none.
	InputScale float32
}

// StateSize returns the size of the state h of a direction, which is also what the direction gives to the layer above.
// For a dense layer it is the number of outputs.
func (l *Layer) StateSize() int {
	if l.ProjectionSize > 0 {
		return l.ProjectionSize
	}
	return l.HiddenSize
}

// OutputSize returns the number of outputs of a step.
func (l *Layer) OutputSize() int { return l.StateSize() * len(l.Directions) }

// Backward reports whether a direction of the layer reads the sequence from its
// end.
func (l *Layer) Backward() bool { return l.Reverse || len(l.Directions) == 2 }

// shape returns the sizes of the packed arrays of each direction.
func (l *Layer) shape() shape { return l.Cell.op().shape(l) }

// inputColumns returns how many columns of a direction's matrices are the
// input's: none in a layer without matrices.
func (l *Layer) inputColumns() int {
	if l.shape().gates == 0 {
		return 0
	}
	return l.InputSize
}

// stateColumns returns how many columns of a direction's matrices are the
// state's.
func (l *Layer) stateColumns() int { return l.shape().depth - l.InputSize }

// parts returns how many parts the rows of a direction's matrices have.
func (l *Layer) parts() int {
	if l.stateColumns() > 0 {
		return 2
	}
	return 1
}

// arrays yields the arrays of direction d of layer i, in the order of the file.
// Only a calibrated layer can have a scale of its inputs.
func (l *Layer) arrays(i, d int, calibrated bool, yield func(tensor) bool) bool {
	w, s := &l.Directions[d], l.shape()
	in, parts, state, calibrations := l.InputSize, l.parts(), l.StateSize(), 0
	if calibrated {
		calibrations = 1
	}
	for _, t := range [...]tensor{
		{kind: layerGates, rows: s.gates, units: -1, depth: s.depth, split: in, tile: s.tile, at: &w.Gates},
		{kind: layerGatesScale, rows: parts * s.gates, units: -1, depth: 1, scales: &w.Gates.DType, at: (*f32s)(&w.Gates.Scale)},
		{kind: layerCandidate, rows: s.candidate, units: -1, depth: s.depth, split: in, tile: s.tile, at: &w.Candidate},
		{kind: layerCandidateScale, rows: parts * s.candidate, units: -1, depth: 1, scales: &w.Candidate.DType, at: (*f32s)(&w.Candidate.Scale)},
		{kind: layerInputScale, rows: calibrations, units: 1, depth: 1, scales: &w.Gates.DType, optional: true, at: (*f32)(&w.InputScale)},
		{kind: layerBias, rows: s.bias, units: -1, depth: 1, at: (*f32s)(&w.Bias)},
		{kind: layerH0, rows: s.h0, units: state, depth: 1, optional: true, at: (*f32s)(&w.H0)},
		{kind: layerC0, rows: s.c0, units: l.HiddenSize, depth: 1, optional: true, at: (*f32s)(&w.C0)},
		{kind: layerPeephole, rows: s.peephole, units: -1, depth: 1, optional: true, at: (*f32s)(&w.Peephole)},
		{kind: layerProjection, rows: padding.UpToLanes(l.ProjectionSize), units: state, depth: l.HiddenSize, split: l.HiddenSize, tile: tileRows, at: &w.Projection},
		{kind: layerProjectionScale, rows: padding.UpToLanes(l.ProjectionSize), units: state, depth: 1, scales: &w.Projection.DType, at: (*f32s)(&w.Projection.Scale)},
	} {
		t.layer, t.direction, t.of = i, d, l
		if !yield(t) {
			return false
		}
	}
	return true
}

// parameters returns the number of trainable numbers, without padding.
func (l *Layer) parameters() int {
	s := l.shape()
	units := padding.UpToLanes(max(l.HiddenSize, 1))
	n := len(l.Directions) * l.HiddenSize * ((s.gates+s.candidate)/units*s.depth + s.bias/units + l.ProjectionSize)
	for d := range l.Directions {
		if len(l.Directions[d].Peephole) > 0 {
			n += peepholes * l.HiddenSize
		}
	}
	return n
}

// Special reports whether the layer has more than the usual form of its cell: a coupled gate, a projection, a bound of
// its sums, peepholes, or activations of its own.
func (l *Layer) Special() bool {
	for d := range l.Directions {
		if len(l.Directions[d].Peephole) > 0 {
			return true
		}
	}
	return l.InputForget || l.recorded()
}

// recorded reports whether the layer has a record in the section CELL.
func (l *Layer) recorded() bool {
	for d := range l.Directions {
		if len(l.Directions[d].Activations) > 0 {
			return true
		}
	}
	return l.ProjectionSize != 0 || l.Clip != 0
}

// ReadsBackward reports whether any layer reads the sequence from its end, so
// that the model cannot be stepped.
func (m *Model) ReadsBackward() bool {
	if m.Graph != nil {
		return m.Graph.ReadsBackward()
	}
	for i := range m.Layers {
		if m.Layers[i].Backward() {
			return true
		}
	}
	return false
}

// LastRecurrent returns the index of the last recurrent layer, above which the
// pool is; -1: there is none.
func (m *Model) LastRecurrent() int {
	for i := len(m.Layers) - 1; i >= 0; i-- {
		if m.Layers[i].Cell.Recurrent() {
			return i
		}
	}
	return -1
}
