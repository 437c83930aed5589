package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// A cutEncoder encodes texts as a tokenizer with a greatest length does, and counts
// those that are cut.
type cutEncoder struct {
	encoder     *tokenizer.Tokenizer // reads a token more than the greatest length
	limit       int                  // 0: none
	texts, cuts int
	forms       formCount
}

func newCutEncoder(z *format.Tokenizer, vocabulary []string) (*cutEncoder, error) {
	longer := *z
	if z.MaxLength > 0 {
		longer.MaxLength++
	}
	encoder, err := tokenizer.New(&longer, vocabulary)
	return &cutEncoder{encoder: encoder, limit: z.MaxLength}, err
}

// encode appends the tokens of a text to dst, but no more than the greatest length.
func (e *cutEncoder) encode(dst []int32, text string) ([]int32, error) {
	before := len(dst)
	dst, err := e.encoder.Encode(dst, text)
	e.texts++
	e.forms.add(text)
	if e.limit > 0 && len(dst)-before > e.limit {
		dst = dst[:before+e.limit]
		e.cuts++
	}
	return dst, err
}

// report says how many texts were cut; "": none was.
func (e *cutEncoder) report() string {
	if e == nil || e.cuts == 0 {
		return ""
	}
	return fmt.Sprintf("texts longer than %[3]d tokens, which were cut: %[1]d of %[2]d", e.cuts, e.texts, e.limit)
}
