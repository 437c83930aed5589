package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/texts"
)

// outlierBytes is the memory from which on a text does not leave it to the
// next one.
const outlierBytes = 8 << 20

// tokensHelp says how long the texts of a command may be, for its help.
const tokensHelp = `A text may have tokens for 64 MiB of memory, or --max-tokens; 'rnnrun inspect' shows
the memory for a token.

`

// tokenBytes are those of a token.
const tokenBytes = 4

// A tokenReader turns the texts of a command into tokens, so many that the memory
// for them is bounded.
type tokenReader struct {
	model interface {
		Encode(dst []int32, text string) ([]int32, error)
		SequenceBytes(steps int) int
	}
	shrink func() // gives back the memory that the answer to a text took
	most   int    // tokens of a text, or 0: as many as take [texts.MostBytes]
	answer int    // bytes that the answer takes for each token
	tokens []int32
	pad    padding // of a text
}

// maxTokensFlag adds the flag --max-tokens.
func maxTokensFlag(c *cobra.Command, most *int) {
	c.Flags().IntVar(most, "max-tokens", 0, "the most tokens of a text (default: as many as take 64 MiB of memory)")
}

// checkMaxTokens refuses a --max-tokens that is no number of tokens.
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

// bytes returns how much memory the last text takes.
func (r *tokenReader) bytes() int {
	n := len(r.tokens)
	return r.model.SequenceBytes(n) + n*r.answer
}

// forget gives back the memory that the last text took, if that is far more than
// texts do. Call it when the text is answered.
func (r *tokenReader) forget() {
	if r.bytes() <= outlierBytes {
		return
	}
	r.tokens = nil
	r.shrink()
	debug.FreeOSMemory()
}
