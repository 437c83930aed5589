package runtime

const float32Bytes = 4

// StepBytes returns how many bytes of weights a step reads, with their
// padding: all of the layers' and of the head's, but of an embedding one row,
// and of a first layer whose input product is kept for every token (see
// [Session.StepToken]) that row instead of the columns for the input.
func (m *Model) StepBytes() int {
	n := 0
	for _, directions := range m.layers {
		for _, w := range directions {
			columns := w.input + w.hidden
			if w.folded != nil {
				columns = w.hidden
			}
			n += (w.gates.Rows+w.candidate.Rows)*columns + len(w.bias)
		}
	}
	if e := m.description.Embedding; e != nil && m.layers[0][0].folded == nil {
		n += e.Size
	}
	if m.head.weight != nil {
		n += len(m.head.weight.Data) + len(m.head.bias)
	}
	return float32Bytes * n
}
