package format

// Plain are the weights of one direction as frameworks hold them, row-major,
// in PyTorch's order of gates: i f g o of an LSTM, r z n of a GRU.
type Plain struct {
	WeightIH []float32 // [gates*HiddenSize][InputSize]
	WeightHH []float32 // [gates*HiddenSize][HiddenSize]
	BiasIH   []float32 // [gates*HiddenSize], or nil for zeros
	BiasHH   []float32 // [gates*HiddenSize], or nil for zeros
}

// position returns where a layer's packed matrices hold a gate of a unit: the
// matrix (false: Gates, true: Candidate), the row for input columns and the
// row for state columns, and the place of its bias (of the new gate of a GRU
// with ResetAfter: of its input sum; its state sum is at state).
func (l *Layer) position(gate, unit int) (candidate bool, input, state, biasInput, biasState int) {
	t, lane := unit/lanes, unit%lanes
	hp := pad(l.HiddenSize)
	switch {
	case l.Cell == LSTM:
		row := t*tileRows + gate*lanes + lane
		return false, row, row, row, row
	case l.Variant == ResetAfter:
		// accumulators nx r z nh; input columns n r z, state columns r z n
		in := (gate + 1) % 3
		row, acc := t*3*lanes+lane, t*tileRows+lane
		biasState = acc + (gate+1)*lanes
		return false, row + in*lanes, row + gate*lanes, acc + in*lanes, biasState
	case l.Variant == ResetBefore:
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
	state            int // units
}

func (l *Layer) shape() shape {
	hp := pad(l.HiddenSize)
	s := shape{gates: hp, depth: l.InputSize + l.HiddenSize, tile: tileRows, bias: hp, state: hp}
	switch {
	case l.Cell == LSTM:
		s.gates, s.bias = 4*hp, 4*hp
	case l.Variant == ResetAfter:
		s.gates, s.tile, s.bias = 3*hp, 3*lanes, 4*hp
	case l.Variant == ResetBefore:
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
	return w
}

// Pack packs a direction's weights. Two biases that meet in one sum are added
// in float32. The error wraps [ErrInvalid].
func (l *Layer) Pack(p Plain) (Weights, error) {
	if err := l.checkPlain(&p); err != nil {
		return Weights{}, err
	}
	gates, in, h := l.Cell.Gates(), l.InputSize, l.HiddenSize
	w := l.NewWeights()
	for gate := range gates {
		for unit := range h {
			candidate, input, state, bi, bh := l.position(gate, unit)
			m := &w.Gates
			if candidate {
				m = &w.Candidate
			}
			row := gate*h + unit
			for k := range in {
				m.Data[m.Index(input, k)] = p.WeightIH[row*in+k]
			}
			for k := range h {
				m.Data[m.Index(state, in+k)] = p.WeightHH[row*h+k]
			}
			if p.BiasIH != nil {
				w.Bias[bi] += p.BiasIH[row]
			}
			if p.BiasHH != nil {
				w.Bias[bh] += p.BiasHH[row]
			}
		}
	}
	return w, nil
}

func (l *Layer) checkPlain(p *Plain) error {
	if !l.Cell.has(l.Variant) || !inRange(l.InputSize) || !inRange(l.HiddenSize) {
		return fail(ErrInvalid, tagLayers, -1, "a layer of %v %v with %d inputs and %d units",
			l.Cell, l.Variant, l.InputSize, l.HiddenSize)
	}
	gates, in, h := int64(l.Cell.Gates()), int64(l.InputSize), int64(l.HiddenSize)
	for _, c := range []struct {
		name     string
		got      int
		want     int64
		optional bool
	}{
		{"weight_ih", len(p.WeightIH), gates * h * in, false},
		{"weight_hh", len(p.WeightHH), gates * h * h, false},
		{"bias_ih", len(p.BiasIH), gates * h, true},
		{"bias_hh", len(p.BiasHH), gates * h, true},
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
	gates, in, h := l.Cell.Gates(), l.InputSize, l.HiddenSize
	p := Plain{
		WeightIH: make([]float32, gates*h*in),
		WeightHH: make([]float32, gates*h*h),
		BiasIH:   make([]float32, gates*h),
		BiasHH:   make([]float32, gates*h),
	}
	for gate := range gates {
		for unit := range h {
			candidate, input, state, bi, bh := l.position(gate, unit)
			m := &w.Gates
			if candidate {
				m = &w.Candidate
			}
			row := gate*h + unit
			for k := range in {
				p.WeightIH[row*in+k] = m.At(input, k)
			}
			for k := range h {
				p.WeightHH[row*h+k] = m.At(state, in+k)
			}
			p.BiasIH[row] = w.Bias[bi]
			if bh != bi {
				p.BiasHH[row] = w.Bias[bh]
			}
		}
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
	for i := range outputs {
		for k := range inputs {
			d.Weight.Data[d.Weight.Index(i, k)] = weight[i*inputs+k]
		}
	}
	copy(d.Bias, bias)
	return d, nil
}

// Unpack returns the row-major weights [OutputSize][InputSize] and the bias.
func (d *Dense) Unpack() (weight, bias []float32) {
	weight = make([]float32, d.OutputSize*d.InputSize)
	for i := range d.OutputSize {
		for k := range d.InputSize {
			weight[i*d.InputSize+k] = d.Weight.At(i, k)
		}
	}
	return weight, append([]float32(nil), d.Bias[:d.OutputSize]...)
}
