package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/texts"
	rnn "github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// textHelp says what the texts of a command may be, for its help.
const textHelp = `Without TEXT, or with -, each line of the standard input is a text, answered at once.
An empty text has an empty answer. So has a text that cannot be read or is not UTF-8:
it is reported, the others are still answered, and the exit code is 1.

`

// A responder answers texts, one after the other.
type responder interface {
	// respond writes the answer to a text. Where it gives an error, it has
	// written nothing.
	respond(w io.Writer, text string) error
	// pass writes an empty answer.
	pass(w io.Writer, text string) error
}

// An aheadResponder can read texts that are at hand together, before it answers each.
type aheadResponder interface{ ahead(texts []string) }

// respond answers the texts of a command line: its arguments, or the lines of the
// standard input. A model whose tokens are bytes reads texts of any encoding.
func respond(c *cobra.Command, m *format.Model, r responder, args []string) error {
	k := conversation{responder: r, anyBytes: m.Tokenizer != nil && m.Tokenizer.Kind == format.TokenizerBytes, out: bufio.NewWriter(c.OutOrStdout()), errs: c.ErrOrStderr()}
	if len(args) > 0 && !(len(args) == 1 && args[0] == "-") {
		return k.texts(args)
	}
	if isTerminal(c.InOrStdin()) {
		fmt.Fprintln(c.ErrOrStderr(), "Type a text and press Enter; end with Ctrl-D.")
	}
	return k.lines(texts.NewLines(c.InOrStdin()))
}

// A conversation is the texts and answers of one command.
type conversation struct {
	responder
	anyBytes bool // texts need not be UTF-8
	out      *bufio.Writer
	errs     io.Writer
	failed   int
}

func (k *conversation) texts(texts []string) error {
	k.ahead(texts)
	for i, text := range texts {
		if err := k.answer(text, nil, fmt.Sprintf("text %d", i+1)); err != nil {
			return err
		}
	}
	return k.end()
}

// ahead has the texts that follow read together, if the responder can.
func (k *conversation) ahead(texts []string) {
	if r, ok := k.responder.(aheadResponder); ok && len(texts) > 1 {
		r.ahead(texts)
	}
}

// lines answers lines in blocks of those that are at hand.
func (k *conversation) lines(in texts.Lines) error {
	var block []string
	var errs []error
	for n := 0; ; n += len(block) {
		block, errs = block[:0], errs[:0]
		var end error
		for size := 0; len(block) == 0 || in.AtHand() && len(block) < aheadTexts && size < aheadBytes; {
			text, err := in.Next()
			if err != nil && err != texts.ErrLongLine {
				end = err
				break
			}
			block, errs, size = append(block, text), append(errs, err), size+len(text)
		}
		k.ahead(block)
		for i, text := range block {
			if err := k.answer(text, errs[i], fmt.Sprintf("line %d", n+i+1)); err != nil {
				return err
			}
		}
		if end == io.EOF {
			return k.end()
		}
		if end != nil {
			return fmt.Errorf("read the standard input: %w", end)
		}
		if !in.AtHand() {
			if err := k.out.Flush(); err != nil {
				return err
			}
		}
	}
}

func (k *conversation) end() error {
	if err := k.out.Flush(); err != nil {
		return err
	}
	if k.failed > 0 {
		return fmt.Errorf("%d of the texts could not be read", k.failed)
	}
	return nil
}

// answer writes the answer to a text. unread is the reason why the text could
// not be had.
func (k *conversation) answer(text string, unread error, where string) error {
	if unread == nil && strings.TrimSpace(text) == "" {
		return k.pass(k.out, text)
	}
	err := unread
	switch {
	case err != nil:
	case !k.anyBytes && !utf8.ValidString(text):
		err = texts.ErrNotUTF8
	default:
		err = k.respond(k.out, text)
	}
	var long *texts.LongError
	if err == texts.ErrLongLine || err == texts.ErrNotUTF8 || errors.As(err, &long) || errors.Is(err, rnn.ErrNoSteps) || errors.Is(err, tokenizer.ErrUnknownToken) {
		k.failed++
		fmt.Fprintf(k.errs, "rnnrun: %s: %v\n", where, err)
		return k.pass(k.out, text)
	}
	return err
}

// oneLine replaces the ends of lines in text by spaces.
func oneLine(text string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
}
