package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A generation is what the flags of generate ask for.
type generation struct {
	prompt      string
	tokens      int
	temperature float32
	topK        int
	seed        uint64
}

func generateCommand() *cobra.Command {
	var model string
	var asJSON bool
	var g generation
	c := &cobra.Command{
		Use:   "generate [flags]",
		Short: "Write text, a token after the other",
		Long: `Write text: the prompt, and then a token after the other, each drawn by the
model's probabilities for what may follow. The same seed gives the same text on
every device; without one, every run gives another text.

` + cli.ModelHelp,
		Example: `  rnnrun generate
  rnnrun generate --prompt "ROMEO:" -n 200 --seed 1
  rnnrun generate --temperature 0.5 --top-k 10
  rnnrun generate -m names.rnn --temperature 0`,
		Args: cobra.NoArgs,
		PreRunE: func(c *cobra.Command, _ []string) error {
			switch t := float64(g.temperature); {
			case t < 0, math.IsNaN(t), math.IsInf(t, 0):
				return fmt.Errorf("--temperature %v: give 0 for the most probable token, or a positive number", g.temperature)
			case g.topK < 0:
				return fmt.Errorf("--top-k %d: give 0 for every token, or a positive number", g.topK)
			case g.tokens < 0:
				return fmt.Errorf("-n %d: give 0 or a positive number of tokens", g.tokens)
			}
			if !c.Flags().Changed("seed") {
				g.seed = rand.Uint64()
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			m, err := openFor(model, format.TaskLanguage, "generate")
			if err != nil {
				return err
			}
			defer m.Close()
			if asJSON {
				return g.writeJSON(m, c.OutOrStdout())
			}
			last := &lastByte{w: c.OutOrStdout()}
			if _, err := g.write(m, last); err != nil {
				return err
			}
			if last.byte != '\n' {
				_, err = io.WriteString(last, "\n")
			}
			return err
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &model, cli.Builtin+"shakespeare")
	f := c.Flags()
	f.StringVar(&g.prompt, "prompt", "", "text to go on from")
	f.IntVarP(&g.tokens, "tokens", "n", 500, "number of tokens to write after the prompt")
	f.Float32Var(&g.temperature, "temperature", 0.8, "below 1 safer, above 1 wilder; 0: always the most probable token")
	f.IntVar(&g.topK, "top-k", 0, "draw from the K most probable tokens; 0: from all")
	f.Uint64Var(&g.seed, "seed", 0, "number that the draws come from (default: another for every run)")
	f.BoolVar(&asJSON, "json", false, "one JSON object at the end, with the seed")
	return c
}

// write writes prompt and text to w, a character as soon as it is whole, and
// returns the number of tokens drawn.
func (g *generation) write(m *rnn.Model, w io.Writer) (drawn int, err error) {
	d := m.Description()
	if d.Tokenizer == nil {
		return 0, rnn.ErrNoTokenizer
	}
	start, err := g.start(m)
	if err != nil {
		return 0, err
	}
	text := textWriter{w: w, decode: m.Decode, text: []byte(g.prompt)}
	if err := text.writeWhole(); err != nil {
		return 0, err
	}
	s := m.NewSession()
	if _, err := s.RunTokens(start); err != nil {
		return 0, err
	}
	sampler := rnn.NewSampler(g.temperature, g.topK, g.seed)
	for ; drawn < g.tokens; drawn++ {
		token := sampler.Next(s)
		if int(token) == d.Tokenizer.End {
			break
		}
		if err := text.write(token); err != nil {
			return drawn, err
		}
		if _, err := s.StepToken(token); err != nil {
			return drawn, err
		}
	}
	return drawn, text.flush()
}

// start returns the tokens that the model reads first: its start token and the
// prompt. A model without a start token begins after the end of a line.
func (g *generation) start(m *rnn.Model) ([]int32, error) {
	d := m.Description()
	var tokens []int32
	if d.Tokenizer.Start >= 0 {
		tokens = append(tokens, int32(d.Tokenizer.Start))
	}
	tokens, err := m.Encode(tokens, g.prompt)
	if err != nil {
		return nil, fmt.Errorf("--prompt: %w", err)
	}
	if len(tokens) > 0 {
		return tokens, nil
	}
	if newline := slices.Index(d.Vocabulary, "\n"); newline >= 0 {
		return []int32{int32(newline)}, nil
	}
	if d.Tokenizer.Kind == format.TokenizerBytes {
		return []int32{'\n'}, nil
	}
	return nil, cli.Usagef("the model has no start token: give it a --prompt")
}

func (g *generation) writeJSON(m *rnn.Model, w io.Writer) error {
	var text bytes.Buffer
	drawn, err := g.write(m, &text)
	if err != nil {
		return err
	}
	return cli.WriteJSON(w, cli.Object{
		"text", text.String(),
		"prompt", g.prompt,
		"tokens", drawn,
		"seed", g.seed,
		"temperature", g.temperature,
		"top_k", g.topK,
	})
}

// A textWriter writes the text of tokens. It keeps the last character back,
// since the next token may be a part of it: a byte of its code, a letter of a
// Hangul syllable.
type textWriter struct {
	w      io.Writer
	decode func(dst []byte, tokens ...int32) ([]byte, error)
	text   []byte // not written yet
}

func (t *textWriter) write(token int32) error {
	text, err := t.decode(t.text, token)
	if err != nil {
		return err
	}
	t.text = text
	return t.writeWhole()
}

// writeWhole writes all characters but the last one.
func (t *textWriter) writeWhole() error {
	last := max(len(t.text)-1, 0)
	for last > 0 && len(t.text)-last < utf8.UTFMax && !utf8.RuneStart(t.text[last]) {
		last--
	}
	if last == 0 {
		return nil
	}
	if _, err := t.w.Write(bytes.ToValidUTF8(t.text[:last], []byte("\ufffd"))); err != nil {
		return err
	}
	t.text = append(t.text[:0], t.text[last:]...)
	return nil
}

// flush writes the last character.
func (t *textWriter) flush() error {
	_, err := t.w.Write(bytes.ToValidUTF8(t.text, []byte("\ufffd")))
	return err
}

// lastByte notes the last byte that passes to a writer.
type lastByte struct {
	w    io.Writer
	byte byte
}

func (l *lastByte) Write(b []byte) (int, error) {
	if len(b) > 0 {
		l.byte = b[len(b)-1]
	}
	return l.w.Write(b)
}
