package main

import (
	"fmt"
	"io"
	"strings"
	"unsafe"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func tagCommand() *cobra.Command {
	var model string
	var maxTokens int
	var asJSON bool
	var threads cli.Threads
	c := &cobra.Command{
		Use:   "tag -m MODEL [flags] [TEXT... | -]",
		Short: "Label every token of a text",
		Long: cli.LongHelp(`Label every token of each text with a model that 'rnntrain tag' made. Each token has a
line,

    token <TAB> label

and an empty line follows each text. Tokens are words, characters or letters, as the
model was trained.

`, textHelp, tokensHelp),
		Example: `  rnnrun tag -m pos.rnn "they can fish"
  rnnrun tag -m spacing.rnn --json - < unspaced.txt
  rnnrun tag -m names.rnn < news.txt | awk -F '\t' '$2 == "PERSON"'`,
		PreRunE: func(c *cobra.Command, _ []string) error {
			if model == "" {
				return fmt.Errorf("give a model: -m MODEL")
			}
			return checkMaxTokens(c, maxTokens)
		},
		RunE: func(c *cobra.Command, texts []string) error {
			m, err := openFor[*rnn.Model](model, threads, format.TaskTag, "tag")
			if err != nil {
				return err
			}
			defer m.Close()
			return respond(c, m.Description(), newTagger(m, maxTokens, asJSON), texts)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &model, "")
	cli.ThreadsFlag(c, &threads)
	maxTokensFlag(c, &maxTokens)
	c.Flags().BoolVar(&asJSON, "json", false, "write one JSON object per text")
	return c
}

// A tagger answers texts with the classes of their tokens.
type tagger struct {
	session *rnn.Session
	tokens  tokenReader
	classes []rnn.Class
	asJSON  bool
	many    *ahead // nil: texts are run one by one
}

func newTagger(m *rnn.Model, maxTokens int, asJSON bool) *tagger {
	g := &tagger{session: m.NewSession(), asJSON: asJSON}
	each := tokenBytes + 4*m.ClassCount() + int(unsafe.Sizeof(rnn.Class{}))
	if asJSON {
		each += 256 // an object
	}
	g.tokens = tokenReader{model: m, shrink: g.shrink, most: maxTokens, answer: each}
	return g
}

func (g *tagger) shrink() {
	g.session.Shrink()
	g.classes = nil
}

func (g *tagger) ahead(texts []string) {
	if g.many == nil {
		if !g.session.Model().GainsFromBatch() {
			return
		}
		g.many = newAhead(g.session.Model(), g.tokens.read)
	}
	g.many.take(texts, true, g.many.batch.TagTokens)
}

func (g *tagger) respond(w io.Writer, text string) error {
	if classes := g.many.classesOf(text); classes != nil {
		g.classes = append(g.classes[:0], classes...)
		return g.write(w, text)
	}
	tokens, err := g.tokens.read(text)
	if err != nil {
		return err
	}
	defer g.tokens.forget()
	if g.classes, err = g.session.TagTokens(g.classes[:0], tokens); err != nil {
		return err
	}
	return g.write(w, text)
}

func (g *tagger) pass(w io.Writer, text string) error {
	g.classes = g.classes[:0]
	return g.write(w, text)
}

// write writes the tokens of a text with their classes.
func (g *tagger) write(w io.Writer, text string) error {
	rest, list := g.classes, cli.Array{}
	line := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	for token := range g.session.Model().Split(text) {
		if len(rest) == 0 {
			break
		}
		class := &rest[0]
		rest = rest[1:]
		if g.asJSON {
			list = append(list, cli.Object{"token", token, "label", labelOf(class), "probability", class.Probability})
		} else if _, err := fmt.Fprintf(w, "%s\t%s\n", line.Replace(token), cli.Printable(labelOf(class))); err != nil {
			return err
		}
	}
	if g.asJSON {
		return cli.WriteJSON(w, cli.Object{"text", text, "tokens", list})
	}
	_, err := fmt.Fprintln(w)
	return err
}
