package format

import "github.com/rnnrun/rnnrun/internal/padding"

// padding calls do with the positions of the tensor's padding, until an error: the numbers of rows that belong to no
// unit or output, and of columns that belong to no input.
func (t *tensor) padding(do func(i int) error) error {
	each := func(s span) error {
		for column := s.from; column < s.to; column++ {
			if err := do(t.place(s.row, column)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := t.paddingRows(each); err != nil {
		return err
	}
	return t.paddingColumns(each)
}

// A span is columns [from, to) of a row, as they are stored.
type span struct{ row, from, to int }

// place returns the position of a row and a column as it is stored.
func (t *tensor) place(row, column int) int {
	if m, ok := t.at.(*Matrix); ok {
		return m.place(row, column)
	}
	return row*t.columns() + column
}

// paddingRows calls do with the rows that fill up the last register.
func (t *tensor) paddingRows(do func(span) error) error {
	if t.units >= 0 {
		for row := t.units; row < t.rows; row++ {
			if err := do(span{row, 0, t.columns()}); err != nil {
				return err
			}
		}
		return nil
	}
	l := t.of
	for unit := l.HiddenSize; unit < padding.UpToLanes(l.HiddenSize); unit++ {
		for gate := range l.Cell.Gates() {
			for _, s := range t.spans(gate, unit) {
				if err := do(s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// spans returns what the tensor of a layer holds of a gate of a unit.
func (t *tensor) spans(gate, unit int) [2]span {
	l := t.of
	at := l.place(gate, unit)
	switch t.kind {
	case layerGates, layerCandidate:
		if at.candidate == (t.kind == layerCandidate) {
			split := t.stored()
			return [2]span{{at.input, 0, split}, {at.state, split, t.columns()}}
		}
	case layerGatesScale, layerCandidateScale:
		if at.candidate == (t.kind == layerCandidateScale) {
			s := [2]span{{at.input, 0, 1}}
			if l.parts() == 2 {
				s[1] = span{t.rows/2 + at.state, 0, 1}
			}
			return s
		}
	case layerBias:
		return [2]span{{at.biasInput, 0, 1}, {at.biasState, 0, 1}}
	case layerPeephole:
		if gate < peepholes {
			row := gate*padding.UpToLanes(l.HiddenSize) + unit
			return [2]span{{row, 0, 1}}
		}
	}
	return [2]span{}
}

// paddingColumns calls do with the columns that fill up the parts of int8 and
// the groups of int4.
func (t *tensor) paddingColumns(do func(span) error) error {
	if !t.format().parted() {
		return nil
	}
	split := t.stored()
	for row := range t.rows {
		for _, s := range [...]span{{row, t.split, split}, {row, split + t.depth - t.split, t.columns()}} {
			if err := do(s); err != nil {
				return err
			}
		}
	}
	return nil
}
