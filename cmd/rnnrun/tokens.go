package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/texts"
)

// outlierBytes is the size above which the memory of a text is not kept for the next one.
const outlierBytes = 8 << 20

// tokensHelp describes in a command's help how long texts may be.
const tokensHelp = `A text may be as long as fits in 64 MiB of memory, or --max-tokens; 'rnnrun inspect'
shows the memory for a token.

`

// tokenBytes is the size of a token.
const tokenBytes = 4

// A tokenReader turns texts into tokens, and bounds the memory that they need.
type tokenReader struct {
	model interface {
		Encode(dst []int32, text string) ([]int32, error)
		SequenceBytes(steps int) int
	}
	shrink func() // releases the memory that the answer to a text needed
	most   int    // tokens of a text, or 0: as many as take [texts.MostBytes]
	answer int    // bytes per token that the answer needs
	tokens []int32
	pad    padding // padding of a text
}

// maxTokensFlag adds the flag --max-tokens.
func maxTokensFlag(c *cobra.Command, most *int) {
	c.Flags().IntVar(most, "max-tokens", 0, "most tokens in a text (default: as many as fit in 64 MiB of memory)")
}

// checkMaxTokens refuses an invalid --max-tokens.
func checkMaxTokens(c *cobra.Command, most int) error {
	if most < 1 && c.Flags().Changed("max-tokens") {
		return cli.Usagef("--max-tokens %d: give a positive number of tokens", most)
	}
	return nil
}

// read returns the tokens of a text, valid until the next call. The error is a
// *texts.LongError if there are too many.
func (r *tokenReader) read(text string) ([]int32, error) {
	tokens, err := r.model.Encode(r.tokens[:0], text)
	if err != nil {
		return nil, err
	}
	tokens = r.pad.tokens(tokens)
	r.tokens = tokens
	if err := texts.CheckLength(len(tokens), r.bytes(), r.most); err != nil {
		r.tokens = nil
		return nil, err
	}
	return tokens, nil
}

// bytes returns how much memory the last text needs.
func (r *tokenReader) bytes() int {
	n := len(r.tokens)
	return r.model.SequenceBytes(n) + n*r.answer
}

// forget releases the memory of the last text if it was an outlier. Call it when the text
// is answered.
func (r *tokenReader) forget() {
	if r.bytes() <= outlierBytes {
		return
	}
	r.tokens = nil
	r.shrink()
	debug.FreeOSMemory()
}
