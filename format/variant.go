package format

// DefaultVariant returns the variant that is meant if none is named: tanh for
// an RNN, reset after for a GRU, and the only one of other cells.
func (c Cell) DefaultVariant() Variant {
	switch c {
	case CellRNN:
		return VariantTanh
	case CellGRU:
		return VariantResetAfter
	}
	return VariantStandard
}

// HasCellState reports whether layers of the cell have a state c beside h.
func (c Cell) HasCellState() bool { return c == CellLSTM }

// Variants returns the variants in which the cell comes, the usual one first.
func (c Cell) Variants() []Variant {
	switch c {
	case CellRNN:
		return []Variant{VariantTanh, VariantReLU}
	case CellGRU:
		return []Variant{VariantResetAfter, VariantResetBefore}
	}
	return []Variant{VariantStandard}
}
