package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// A generate is the command of that name, with its flags.
type generate struct {
	model       string
	threads     cli.Threads
	prompt      string
	tokens      int
	temperature float32
	topK        int
	seed        uint64
	asJSON      bool
}

func generateCommand() *cobra.Command {
	g := new(generate)
	c := &cobra.Command{
		Use:   "generate [flags]",
		Short: "Generate text, one token at a time",
		Long: cli.LongHelp(`Generate text: the prompt, then one token at a time, drawn from the model's
probabilities for the next token. The same seed gives the same text on every device;
without --seed, every run gives another text.

`),
		Example: `  rnnrun generate
  rnnrun generate --prompt "ROMEO:" -n 200 --seed 1
  rnnrun generate --temperature 0.5 --top-k 10
  rnnrun generate -m names.rnn --temperature 0`,
		Args:              cobra.NoArgs,
		PreRunE:           g.check,
		RunE:              g.run,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &g.model, cli.Builtin+"shakespeare")
	cli.ThreadsFlag(c, &g.threads)
	f := c.Flags()
	f.StringVar(&g.prompt, "prompt", "", "text to continue")
	f.IntVarP(&g.tokens, "tokens", "n", 500, "number of tokens to write after the prompt")
	f.Float32Var(&g.temperature, "temperature", 0.8, "below 1: more predictable, above 1: more varied; 0: always the most probable token")
	f.IntVar(&g.topK, "top-k", 0, "draw from the K most probable tokens; 0: from all")
	f.Uint64Var(&g.seed, "seed", 0, "seed of the random draws (default: a new one for every run)")
	f.BoolVar(&g.asJSON, "json", false, "write one JSON object at the end, with the seed")
	return c
}

// mostTokensOfJSON is the length of the longest text that is kept in memory.
const mostTokensOfJSON = 10_000_000

// check refuses flags out of range, and draws a seed if none is given.
func (g *generate) check(c *cobra.Command, _ []string) error {
	switch t := float64(g.temperature); {
	case t < 0, math.IsNaN(t), math.IsInf(t, 0):
		return fmt.Errorf("--temperature %v: give 0 for the most probable token, or a positive number", g.temperature)
	case g.topK < 0:
		return fmt.Errorf("--top-k %d: give 0 for every token, or a positive number", g.topK)
	case t == 0 && g.topK > 0:
		return fmt.Errorf("--top-k %d has no effect with --temperature 0, which always takes the most probable token: leave it out", g.topK)
	case g.tokens < 0:
		return fmt.Errorf("-n %d: give 0 or a positive number of tokens", g.tokens)
	case g.asJSON && g.tokens > mostTokensOfJSON:
		return fmt.Errorf("-n %d: --json keeps the whole text in memory, so give at most %d", g.tokens, mostTokensOfJSON)
	}
	if !c.Flags().Changed("seed") {
		g.seed = rand.Uint64()
	}
	return nil
}

func (g *generate) run(c *cobra.Command, _ []string) error {
	m, err := openFor[*rnn.Model](g.model, g.threads, format.TaskLanguage, "generate")
	if err != nil {
		return err
	}
	defer m.Close()
	generator, err := m.NewGenerator(rnn.NewSampler(g.temperature, g.topK, g.seed))
	if err != nil {
		return err
	}
	if g.asJSON {
		return g.writeJSON(c.Context(), generator, c.OutOrStdout())
	}
	out := c.OutOrStdout()
	if isTerminal(out) {
		out = cli.TamedWriter{W: out}
	}
	last := &lastByte{w: out}
	if err := g.write(c.Context(), generator, last); err != nil {
		return err
	}
	if last.byte != '\n' {
		_, err = io.WriteString(last, "\n")
	}
	return err
}

// write writes the text to w, each character as soon as it is complete.
func (g *generate) write(ctx context.Context, generator *rnn.Generator, w io.Writer) error {
	for piece, err := range generator.Generate(ctx, g.prompt, g.tokens) {
		switch {
		case errors.Is(err, rnn.ErrNoStart):
			return cli.Usagef("the model has no start token: give it a --prompt")
		case errors.Is(err, tokenizer.ErrUnknownToken):
			return fmt.Errorf("--prompt: %w", err)
		case err != nil:
			return err
		}
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

func (g *generate) writeJSON(ctx context.Context, generator *rnn.Generator, w io.Writer) error {
	var text bytes.Buffer
	if err := g.write(ctx, generator, &text); err != nil {
		return err
	}
	return cli.WriteJSON(w, cli.Object{
		"text", text.String(),
		"prompt", g.prompt,
		"tokens", generator.TokenCount(),
		"seed", g.seed,
		"temperature", g.temperature,
		"top_k", g.topK,
	})
}

// lastByte records the last byte that is written to a writer.
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
