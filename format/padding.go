package format

// padding calls do with the positions of the tensor's numbers that only fill
// up, until an error: those of rows that are no unit's and no output's, and of
// columns that are no input's.
func (m *Model) padding(t *tensor, do func(i int) error) error {
	each := func(s span) error {
		for column := s.from; column < s.to; column++ {
			if err := do(t.place(s.row, column)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := m.paddingRows(t, each); err != nil {
		return err
	}
	return t.paddingColumns(each)
}

// A span is columns [from, to) of a row, as they are stored.
type span struct{ row, from, to int }

// place returns the position of a row and a column as it is stored.
func (t *tensor) place(row, column int) int {
	if t.matrix != nil {
		return t.matrix.place(row, column)
	}
	return row*t.columns() + column
}

// paddingRows calls do with the rows that fill up the last register.
func (m *Model) paddingRows(t *tensor, do func(span) error) error {
	from := func(row int) error {
		for ; row < t.rows; row++ {
			if err := do(span{row, 0, t.columns()}); err != nil {
				return err
			}
		}
		return nil
	}
	switch t.kind {
	case embeddingTable, embeddingScale, layerInputScale:
		return nil
	case headWeight, headScale, headBias:
		return from(m.Head.OutputSize)
	case layerH0, layerProjection, layerProjectionScale:
		return from(m.Layers[t.layer].StateSize())
	}
	l := &m.Layers[t.layer]
	for unit := l.HiddenSize; unit < pad(l.HiddenSize); unit++ {
		for gate := range l.Cell.Gates() {
			for _, s := range t.of(l, gate, unit) {
				if err := do(s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// of returns what the tensor of a layer holds of a gate of a unit.
func (t *tensor) of(l *Layer, gate, unit int) [2]span {
	candidate, input, state, biasInput, biasState := l.position(gate, unit)
	switch t.kind {
	case layerGates, layerCandidate:
		if candidate == (t.kind == layerCandidate) {
			split := t.stored(t.split)
			return [2]span{{input, 0, split}, {state, split, t.columns()}}
		}
	case layerGatesScale, layerCandidateScale:
		if candidate == (t.kind == layerCandidateScale) {
			s := [2]span{{input, 0, 1}}
			if l.parts() == 2 {
				s[1] = span{t.rows/2 + state, 0, 1}
			}
			return s
		}
	case layerBias:
		return [2]span{{biasInput, 0, 1}, {biasState, 0, 1}}
	case layerC0:
		if gate == 0 {
			return [2]span{{unit, 0, 1}}
		}
	case layerPeephole:
		if gate < peepholes {
			row := gate*pad(l.HiddenSize) + unit
			return [2]span{{row, 0, 1}}
		}
	}
	return [2]span{}
}

// paddingColumns calls do with the columns that fill up the parts of int8 and
// the groups of int4.
func (t *tensor) paddingColumns(do func(span) error) error {
	if t.format() != DTypeInt8 && t.format() != DTypeInt4 {
		return nil
	}
	split := t.stored(t.split)
	for row := range t.rows {
		for _, s := range [...]span{{row, t.split, split}, {row, split + t.depth - t.split, t.columns()}} {
			if err := do(s); err != nil {
				return err
			}
		}
	}
	return nil
}
