package format

// NumberWidth returns how many numbers a step of the graph reads.
func (g *Graph) NumberWidth() int {
	n := 0
	for _, in := range g.Inputs {
		if in.Tokens == 0 {
			n += in.Frames * in.Channels
		}
	}
	return n
}

// single returns the only input of tokens, or the only one of numbers; nil: there
// is none, or there are several.
func (g *Graph) single(tokens bool) *Input {
	var found *Input
	for i := range g.Inputs {
		if (g.Inputs[i].Tokens > 0) != tokens {
			continue
		}
		if found != nil {
			return nil
		}
		found = &g.Inputs[i]
	}
	return found
}

// TokenCount returns how many tokens the model knows: those that it reads are below
// it. It is 0 if the model reads none, or if it is a graph with several inputs of
// tokens.
func (m *Model) TokenCount() int {
	switch {
	case m.Graph != nil:
		if in := m.Graph.single(true); in != nil {
			return in.Tokens
		}
	case m.Embedding != nil:
		return m.Embedding.Tokens
	}
	return 0
}

// TokenWidth returns how many tokens a step of the model reads.
func (m *Model) TokenWidth() int {
	switch {
	case m.Graph != nil:
		n := 0
		for _, in := range m.Graph.Inputs {
			if in.Tokens > 0 {
				n += in.Frames
			}
		}
		return n
	case m.Embedding != nil:
		return 1
	}
	return 0
}

// tokenLimit returns the limit that token i of a step of the model is below.
func (m *Model) tokenLimit(i int) int {
	if m.Graph == nil {
		return m.Embedding.Tokens
	}
	for _, in := range m.Graph.Inputs {
		if in.Tokens == 0 {
			continue
		}
		if i < in.Frames {
			return in.Tokens
		}
		i -= in.Frames
	}
	return 0
}

// NumberWidth returns how many numbers a step of the model reads.
func (m *Model) NumberWidth() int {
	if m.Embedding != nil {
		return 0
	}
	return m.InputSize
}

// normalized returns how many means and scales a normalization of the inputs has: one for each
// number of a step, but for a graph one for each channel of its only input of numbers.
func (m *Model) normalized() int {
	if m.Graph == nil {
		return m.NumberWidth()
	}
	if in := m.Graph.single(false); in != nil {
		return in.Channels
	}
	return 0
}

// severalOutputs reports whether the model is a graph of more than one output.
func (m *Model) severalOutputs() bool { return m.Graph != nil && len(m.Graph.Outputs) > 1 }
