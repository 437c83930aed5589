package format

// Plain are the weights of one direction as frameworks hold them, row-major,
// in PyTorch's order of gates: i f g o of an LSTM, r z n of a GRU. A dense layer
// has neither WeightHH nor BiasHH.
type Plain struct {
	WeightIH []float32 // [gates*HiddenSize][InputSize]
	WeightHH []float32 // [gates*HiddenSize][StateSize]
	BiasIH   []float32 // [gates*HiddenSize], or nil for zeros
	BiasHH   []float32 // [gates*HiddenSize], or nil for zeros

	Peephole   []float32 // of an LSTM [3][HiddenSize], in the order i f o; nil: none
	Projection []float32 // of an LSTM with a projection [ProjectionSize][HiddenSize]
}

// position returns where a layer's packed matrices hold a gate of a unit: the
// matrix (false: Gates, true: Candidate), the row for input columns and the
// row for state columns, and the place of its bias (of the new gate of a GRU
// with ResetAfter: of its input sum; its state sum is at state).
func (l *Layer) position(gate, unit int) (candidate bool, input, state, biasInput, biasState int) {
	t, lane := unit/lanes, unit%lanes
	hp := pad(l.HiddenSize)
	switch {
	case l.Cell == CellLSTM:
		row := t*tileRows + gate*lanes + lane
		return false, row, row, row, row
	case l.Variant == VariantResetAfter:
		// accumulators nx r z nh; input columns n r z, state columns r z n
		in := (gate + 1) % 3
		row, acc := t*3*lanes+lane, t*tileRows+lane
		biasState = acc + (gate+1)*lanes
		return false, row + in*lanes, row + gate*lanes, acc + in*lanes, biasState
	case l.Variant == VariantResetBefore:
		if gate == 2 {
			return true, unit, unit, 2*hp + unit, 2*hp + unit
		}
		row := gate*hp + unit
		return false, row, row, row, row
	}
	return false, unit, unit, unit, unit
}

// shape gives the sizes of a direction's packed arrays, padded.
type shape struct {
	gates, candidate int // rows; candidate is 0 of all but a GRU with ResetBefore
	depth            int // columns of both
	tile             int // rows of a tile of both
	bias             int // accumulators
	state            int // of h
	units            int // of c
}

func (l *Layer) shape() shape {
	hp := pad(l.HiddenSize)
	s := shape{gates: hp, depth: l.InputSize + l.stateColumns(), tile: tileRows, bias: hp, state: pad(l.StateSize()), units: hp}
	switch {
	case l.Cell == CellLSTM:
		s.gates, s.bias = 4*hp, 4*hp
	case l.Variant == VariantResetAfter:
		s.gates, s.tile, s.bias = 3*hp, 3*lanes, 4*hp
	case l.Variant == VariantResetBefore:
		s.gates, s.candidate, s.bias = 2*hp, hp, 3*hp
	}
	return s
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
	gates, in, h, state := l.Cell.Gates(), l.InputSize, l.HiddenSize, l.stateColumns()
	w := l.NewWeights()
	for gate := range gates {
		for unit := range h {
			candidate, input, hidden, bi, bh := l.position(gate, unit)
			m := &w.Gates
			if candidate {
				m = &w.Candidate
			}
			row := gate*h + unit
			for k := range in {
				m.Data[m.Index(input, k)] = p.WeightIH[row*in+k]
			}
			for k := range state {
				m.Data[m.Index(hidden, in+k)] = p.WeightHH[row*state+k]
			}
			if p.BiasIH != nil {
				w.Bias[bi] += p.BiasIH[row]
			}
			if p.BiasHH != nil {
				w.Bias[bh] += p.BiasHH[row]
			}
		}
	}
	if len(p.Peephole) > 0 {
		for gate := range peepholes {
			w.Peephole = append(append(w.Peephole, p.Peephole[gate*h:][:h]...), make([]float32, pad(h)-h)...)
		}
	}
	w.Projection.fill(l.ProjectionSize, p.Projection)
	return w, nil
}

func (l *Layer) checkPlain(p *Plain) error {
	if !l.Cell.has(l.Variant) || !inRange(l.InputSize) || !inRange(l.HiddenSize) || !inRange(l.StateSize()) {
		return fail(ErrInvalid, tagLayers, -1, "a layer of %v %v with %d inputs and %d units",
			l.Cell, l.Variant, l.InputSize, l.HiddenSize)
	}
	gates, in, h := int64(l.Cell.Gates()), int64(l.InputSize), int64(l.HiddenSize)
	biasHH, peephole := gates*h, int64(0)
	switch l.Cell {
	case CellDense:
		biasHH = 0
	case CellLSTM:
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
			return fail(ErrInvalid, tagWeights, -1, "%s has %d numbers, but a layer of %d inputs, %d units and %d gates has %d",
				c.name, c.got, in, h, gates, c.want)
		}
	}
	return nil
}

// Unpack is the inverse of [Layer.Pack], but for biases that were added: their
// sum is in BiasIH, and BiasHH is zero there.
func (l *Layer) Unpack(w *Weights) Plain {
	gates, in, h, state := l.Cell.Gates(), l.InputSize, l.HiddenSize, l.stateColumns()
	p := Plain{WeightIH: make([]float32, gates*h*in), BiasIH: make([]float32, gates*h)}
	if l.Cell.Recurrent() {
		p.WeightHH, p.BiasHH = make([]float32, gates*h*state), make([]float32, gates*h)
	}
	for gate := range gates {
		for unit := range h {
			candidate, input, hidden, bi, bh := l.position(gate, unit)
			m := &w.Gates
			if candidate {
				m = &w.Candidate
			}
			row := gate*h + unit
			for k := range in {
				p.WeightIH[row*in+k] = m.At(input, k)
			}
			for k := range state {
				p.WeightHH[row*state+k] = m.At(hidden, in+k)
			}
			p.BiasIH[row] = w.Bias[bi]
			if bh != bi {
				p.BiasHH[row] = w.Bias[bh]
			}
		}
	}
	if len(w.Peephole) > 0 {
		for gate := range peepholes {
			p.Peephole = append(p.Peephole, w.Peephole[gate*pad(h):][:h]...)
		}
	}
	if l.ProjectionSize > 0 {
		p.Projection = w.Projection.plain(l.ProjectionSize)
	}
	return p
}

// PackDense packs a fully connected layer from its row-major weights
// [outputs][inputs] and its bias [outputs], or nil for zeros. The error wraps
// [ErrInvalid].
func PackDense(inputs, outputs int, weight, bias []float32) (*Dense, error) {
	if !inRange(inputs) || !inRange(outputs) {
		return nil, fail(ErrInvalid, tagWeights, -1, "a dense layer of %d inputs and %d outputs", inputs, outputs)
	}
	if want := int64(inputs) * int64(outputs); int64(len(weight)) != want {
		return nil, fail(ErrInvalid, tagWeights, -1, "weight has %d numbers, but a dense layer of %d inputs and %d outputs has %d",
			len(weight), inputs, outputs, want)
	}
	if bias != nil && len(bias) != outputs {
		return nil, fail(ErrInvalid, tagWeights, -1, "bias has %d numbers, but a dense layer of %d outputs has as many", len(bias), outputs)
	}
	d := &Dense{
		InputSize: inputs, OutputSize: outputs,
		Weight: NewMatrix(outputs, inputs, tileRows),
		Bias:   make([]float32, pad(outputs)),
	}
	d.Weight.fill(outputs, weight)
	copy(d.Bias, bias)
	return d, nil
}

// Unpack returns the row-major weights [OutputSize][InputSize] and the bias.
func (d *Dense) Unpack() (weight, bias []float32) {
	return d.Weight.plain(d.OutputSize), append([]float32(nil), d.Bias[:d.OutputSize]...)
}
