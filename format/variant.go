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
