package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A translation is the command translate with its flags.
type translation struct {
	model                  string
	threads                cli.Threads
	beam, maxLength, nbest int
	maxTokens              int
	asJSON                 bool
}

func translateCommand() *cobra.Command {
	var v translation
	c := &cobra.Command{
		Use:   "translate [flags] [TEXT... | -]",
		Short: "Translate text into text",
		Long: cli.LongHelp(`Translate each text as the model was trained to: from language to language, from
letters to sounds, from question to answer. Each text is one line.

Beam search keeps the --beam most probable hypotheses at each step; --beam 1 is greedy
search. The score of a translation is the mean log-probability of its tokens, and the
best translation has the greatest score. With --nbest K, the K best are written, one
per line,

    score <TAB> translation

and then an empty line.

The built-in model, g2p-en, gives the ARPABET phonemes of an English word.

`, textHelp, tokensHelp),
		Example: `  rnnrun translate hello
  rnnrun translate -m ko-en.rnn "오늘은 날씨가 좋네요"
  rnnrun translate -m ko-en.rnn --nbest 3 "고마워요"
  rnnrun translate --beam 1 --json < words.txt > sounds.jsonl
  tail -f chat.log | rnnrun translate -m chat.rnn -`,
		PreRunE: func(c *cobra.Command, _ []string) error {
			switch {
			case v.nbest < 1:
				return fmt.Errorf("--nbest %d: give a positive number of translations", v.nbest)
			case v.beam >= 1 && v.nbest > v.beam && c.Flags().Changed("beam"):
				return fmt.Errorf("--nbest %d is more than --beam %d finds; give --beam %d", v.nbest, v.beam, v.nbest)
			}
			if !c.Flags().Changed("beam") {
				v.beam = max(v.beam, v.nbest)
			}
			return checkMaxTokens(c, v.maxTokens)
		},
		RunE:              func(c *cobra.Command, texts []string) error { return v.run(c, texts) },
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &v.model, cli.Builtin+"g2p-en")
	cli.ThreadsFlag(c, &v.threads)
	f := c.Flags()
	f.IntVar(&v.beam, "beam", 4, "beam search: hypotheses to keep; 1: greedy search")
	f.IntVar(&v.maxLength, "max-length", 256, "most tokens in a translation")
	maxTokensFlag(c, &v.maxTokens)
	f.IntVar(&v.nbest, "nbest", 1, "how many translations of each text to write")
	f.BoolVar(&v.asJSON, "json", false, "write one JSON object per line")
	return c
}

func (v *translation) run(c *cobra.Command, texts []string) error {
	m, err := openFor[*rnn.EncoderDecoder](v.model, v.threads, format.TaskTranslate, "translate")
	if err != nil {
		return err
	}
	defer m.Close()
	t, err := m.NewTranslator(rnn.WithBeam(v.beam), rnn.WithMaxLength(v.maxLength))
	switch {
	case errors.Is(err, rnn.ErrTranslatorOption):
		return cli.Usagef("--beam %d --max-length %d: %w", v.beam, v.maxLength, err)
	case err != nil:
		return err
	}
	tokens := tokenReader{model: m, shrink: t.Shrink, most: v.maxTokens, answer: tokenBytes}
	return respond(c, m.Description(), &translator{t, tokens, v.nbest, v.asJSON, isTerminal(c.OutOrStdout())}, texts)
}

// openSteps opens a model with outputs for each step or sequence.
func openSteps(name string, threads cli.Threads) (*rnn.Model, error) {
	m, err := cli.OpenModel(name, threads.Option())
	if errors.Is(err, rnn.ErrTranslates) {
		return nil, translates(name)
	}
	return m, err
}

// translates is the error of a translation model that is used as a model with steps.
func translates(name string) error {
	return fmt.Errorf("%s is a translation model: use 'rnnrun translate -m %s'", name, name)
}

// A translator answers texts with their translations.
type translator struct {
	*rnn.Translator
	tokens   tokenReader
	nbest    int
	asJSON   bool
	terminal bool // answers go to a terminal
}

func (t *translator) respond(w io.Writer, text string) error {
	tokens, err := t.tokens.read(text)
	if err != nil {
		return err
	}
	defer t.tokens.forget()
	if _, err := t.Translate(nil, tokens); err != nil {
		return err
	}
	found := t.Translations()
	found = found[:min(len(found), t.nbest)]
	if len(found) == 0 { // its probabilities are NaN
		return t.pass(w, text)
	}
	switch {
	case t.asJSON:
		return t.writeJSON(w, text, found)
	case t.nbest == 1:
		best, err := t.text(&found[0])
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w, t.line(best))
		return err
	}
	for i := range found {
		written, err := t.text(&found[i])
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%.4f\t%s\n", found[i].Score, t.line(written)); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(w)
	return err
}

// line returns a translation as a line of the output.
func (t *translator) line(text string) string {
	if t.terminal {
		text = cli.Tamed(text)
	}
	return oneLine(text)
}

func (t *translator) pass(w io.Writer, text string) error {
	if t.asJSON {
		return t.writeJSON(w, text, nil)
	}
	_, err := fmt.Fprintln(w)
	return err
}

// writeJSON writes the translations, the best first.
func (t *translator) writeJSON(w io.Writer, text string, found []rnn.Translation) error {
	object := cli.Object{"translation", nil, "score", nil, "ended", nil}
	list := cli.Array{}
	for i := range found {
		written, err := t.text(&found[i])
		if err != nil {
			return err
		}
		o := cli.Object{"translation", written, "score", found[i].Score, "ended", found[i].Ended}
		if i == 0 {
			object = o
		}
		list = append(list, o)
	}
	object = append(object[:len(object):len(object)], "text", text)
	if t.nbest > 1 {
		object = append(object, "nbest", list)
	}
	return cli.WriteJSON(w, object)
}

func (t *translator) text(found *rnn.Translation) (string, error) {
	text, err := t.Model().Decode(nil, found.Tokens...)
	return valid(text), err
}

// valid returns text as valid UTF-8; the text of a byte-level model may not be.
func valid(text []byte) string { return strings.ToValidUTF8(string(text), "\ufffd") }
