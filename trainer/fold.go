package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A fold holds the distinct tokens of a batch, if they are few. The first
// layer's products are then computed once for each token, not for every row that
// reads it. The bits are the same.
type fold struct {
	features         // of each distinct token
	tokens   []int32 // distinct, in order of first occurrence
	index    []int32 // [rows] the index of a row's token in tokens
	places   []int32 // [vocabulary] a token's index in tokens plus 1; 0: none
	embedded matrix
	scales   []float32
}

// fold returns the fold of the batch. It returns nil if dropout changes the
// rows, or if there are too many distinct tokens for it to pay.
func (p *replica) fold(drop dropout) *fold {
	m, b, f := p.net.computed, &p.batch, &p.folded
	if m.Embedding == nil || drop.input > 0 {
		return nil
	}
	if f.places == nil {
		f.places = make([]int32, m.Embedding.Tokens)
	}
	f.index, f.tokens = grow(f.index, b.rows), f.tokens[:0]
	for r, token := range b.tokens {
		if f.places[token] == 0 {
			f.tokens = append(f.tokens, token)
			f.places[token] = int32(len(f.tokens))
		}
		f.index[r] = f.places[token] - 1
	}
	for _, token := range f.tokens {
		f.places[token] = 0
	}
	if 2*len(f.tokens) > b.rows {
		return nil
	}
	x := embed(m.Embedding, &f.embedded, f.tokens)
	f.scales = p.net.tokenScales(f.scales, f.tokens)
	f.read(p, x, len(f.tokens), 0, f.scales, 1)
	return f
}

// embed sets rows to the rows of tokens in the table of e, which is F32.
func embed(e *format.Embedding, rows *matrix, tokens []int32) matrix {
	rows.shape(len(tokens), e.Size, kernels.Pad(e.Size))
	for r, token := range tokens {
		copy(rows.row(r), e.Table[int(token)*e.Size:][:e.Size])
	}
	return *rows
}
