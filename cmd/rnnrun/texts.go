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
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/texts"
	rnn "github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// textHelp describes in a command's help which texts it reads.
const textHelp = `Without TEXT, or with -, each line of the standard input is a text, answered at once.
An empty text has an empty answer. A text that cannot be read or is not UTF-8 is
reported and has an empty answer; the others are still answered, and the exit code is 1.

`

// A responder answers texts, one after the other.
type responder interface {
	// respond writes the answer to a text. If it returns an error, it has written nothing.
	respond(w io.Writer, text string) error
	// pass writes an empty answer.
	pass(w io.Writer, text string) error
}

// An aheadResponder can run several texts as a batch before it answers each of them.
type aheadResponder interface{ ahead(texts []string) }

// respond answers the arguments of a command, or the lines of the standard input. A model
// whose tokens are bytes reads texts of any encoding.
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

// ahead runs the next texts as a batch, if the responder can.
func (k *conversation) ahead(texts []string) {
	if r, ok := k.responder.(aheadResponder); ok && len(texts) > 1 {
		r.ahead(texts)
	}
}

// lines answers lines in blocks of the available ones.
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
		return fmt.Errorf("%s could not be read", message.Count(k.failed, "text"))
	}
	return nil
}

// answer writes the answer to a text. unread is the error if the text could not be read.
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

// oneLine replaces the line ends in a text by spaces.
func oneLine(text string) string {
	if !strings.ContainsAny(text, "\r\n") {
		return text // at once, since a Replacer takes long to make
	}
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
}
