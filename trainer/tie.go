package trainer

import "github.com/rnnrun/rnnrun/format"

// tie copies the embedding's table into the head's weights.
func (n *Network) tie() {
	e, w := n.model.Embedding, &n.model.Head.Weight
	for token := range e.Tokens {
		for k, v := range e.Table[token*e.Size:][:e.Size] {
			w.Data[w.Index(token, k)] = v
		}
	}
}

// addTied adds the gradients of the head's weights to those of the embedding,
// since the weights are its table.
func (p *replica) addTied() {
	e, w := p.grad.Embedding, &p.grad.Head.Weight
	for token := range e.Tokens {
		row := e.Table[token*e.Size:][:e.Size]
		for k := range row {
			row[k] += w.Data[w.Index(token, k)]
		}
	}
}

// tied reports whether the head's weights are the numbers of the embedding's
// table.
func tied(m *format.Model) bool {
	e, h := m.Embedding, m.Head
	if e == nil || h == nil || e.Tokens != h.OutputSize || e.Size != h.InputSize {
		return false
	}
	for token := range e.Tokens {
		for k := range e.Size {
			if e.At(token, k) != h.Weight.At(token, k) {
				return false
			}
		}
	}
	return true
}
