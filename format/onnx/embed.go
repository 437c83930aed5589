package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// embed takes the rows of a table that tokens, an input of the graph, select.
func (c *call) embed(tokens *stream, axis int) (value, error) {
	table, err := c.array(0, "the data")
	if err != nil {
		return nil, err
	}
	if axis != 0 {
		return nil, c.unsupported("it takes elements by the graph's inputs along axis %d, but an embedding has axis 0", axis)
	}
	v, err := c.matrix(table, "the data", 0, 0)
	if err != nil {
		return nil, err
	}
	rows, columns := table.shape[0].known(), table.shape[1].known()
	return c.tokens(tokens, len(tokens.axes), &format.Embedding{Tokens: rows, Size: columns, Table: v})
}

// tokens makes a stream of the features of tokens, on a new axis k.
func (c *call) tokens(s *stream, k int, e *format.Embedding) (value, error) {
	if !s.whole() || s.known || !s.dtype.isInteger() {
		return nil, c.unsupported("its indices are not tokens from an input of the graph")
	}
	r := s.clone()
	r.dtype, r.known = typeFloat, true
	r.features = newAtoms(e.Size, false)
	r.axes = slices.Insert(slices.Clone(s.axes), k, r.features)
	r.stage = &stage{nodes: []*node{c.node}, embedding: e}
	c.stages = append(c.stages, r.stage)
	return r, nil
}

// oneHot turns a token into zeros and a one, which is also an embedding.
func oneHot(c *call) ([]value, error) {
	s, ok := c.in[0].(*stream)
	if !ok {
		return nil, c.unsupported("of constants")
	}
	at, err := c.intAttribute("axis", -1)
	if err != nil {
		return nil, err
	}
	k, err := c.axis(at, len(s.axes)+1)
	if err != nil {
		return nil, err
	}
	depth, err := c.array(1, "the depth")
	if err != nil {
		return nil, err
	}
	n := -1
	if depth.length() == 1 && depth.plain() {
		if depth.isFloat() {
			n = int(min(max(depth.floats[0], -1), 1<<24))
		} else {
			n = depth.ints[0].known()
		}
	}
	values, err := c.array(2, "the values")
	if err != nil {
		return nil, err
	}
	binary := slices.Equal(values.floats, []float32{0, 1})
	if !values.isFloat() {
		binary = len(values.ints) == 2 && values.ints[0].is(0) && values.ints[1].is(1)
	}
	if !binary {
		return nil, c.unsupported("its values are not 0 and 1")
	}
	table, err := c.identity(n)
	if err != nil {
		return nil, err
	}
	return one(c.tokens(s, k, &format.Embedding{Tokens: n, Size: n, Table: table}))
}
