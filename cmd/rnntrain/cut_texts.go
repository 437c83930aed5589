package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// A cutEncoder encodes texts with a tokenizer that has a length limit, and counts the
// texts that are cut.
type cutEncoder struct {
	encoder     *tokenizer.Tokenizer // reads one token more than the limit
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

// encode appends the tokens of a text to dst, up to the limit.
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

// report returns a note with the number of texts that were cut, or "" if none was.
func (e *cutEncoder) report() string {
	if e == nil || e.cuts == 0 {
		return ""
	}
	return fmt.Sprintf("texts longer than %[3]d tokens, which were cut: %[1]d of %[2]d", e.cuts, e.texts, e.limit)
}
