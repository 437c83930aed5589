package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func tagCommand() *cobra.Command {
	var model string
	var asJSON bool
	c := &cobra.Command{
		Use:   "tag -m MODEL [flags] [TEXT... | -]",
		Short: "Name the class of every token of a text",
		Long: `Name the class of every token of each text, with a model that 'rnntrain tag'
made: a line a token,

    token <TAB> label

and an empty line after each text. A token is what the model reads: a word, a
character, a letter.

` + textHelp + cli.ModelHelp,
		Example: `  rnnrun tag -m pos.rnn "they can fish"
  rnnrun tag -m spacing.rnn --json - < unspaced.txt
  rnnrun tag -m names.rnn < news.txt | awk -F '\t' '$2 == "PERSON"'`,
		PreRunE: func(*cobra.Command, []string) error {
			if model == "" {
				return fmt.Errorf("give a model: -m MODEL")
			}
			return nil
		},
		RunE: func(c *cobra.Command, texts []string) error {
			m, err := openFor[*rnn.Model](model, format.TaskTag, "tag")
			if err != nil {
				return err
			}
			defer m.Close()
			return respond(c, m.Description(), &tagger{session: m.NewSession(), asJSON: asJSON}, texts)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &model, "")
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a text")
	return c
}

// A tagger answers with the classes of the tokens of texts.
type tagger struct {
	session *rnn.Session
	classes []rnn.Class
	asJSON  bool
}

func (g *tagger) respond(w io.Writer, text string) (err error) {
	if g.classes, err = g.session.Tag(g.classes[:0], text); err != nil {
		return err
	}
	return g.write(w, text)
}

func (g *tagger) pass(w io.Writer, text string) error {
	g.classes = g.classes[:0]
	return g.write(w, text)
}

// write writes the tokens of a text that have a class.
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
		} else if _, err := fmt.Fprintf(w, "%s\t%s\n", line.Replace(token), printable(labelOf(class))); err != nil {
			return err
		}
	}
	if g.asJSON {
		return cli.WriteJSON(w, cli.Object{"text", text, "tokens", list})
	}
	_, err := fmt.Fprintln(w)
	return err
}
