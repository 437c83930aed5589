package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func classifyCommand() *cobra.Command {
	var model string
	var maxTokens int
	var asJSON bool
	c := &cobra.Command{
		Use:   "classify [flags] [TEXT... | -]",
		Short: "Say which class a text is of",
		Long: `Say which class each text is of: a line a text,

    label <TAB> probability <TAB> text

` + textHelp + tokensHelp + cli.ModelHelp,
		Example: `  rnnrun classify "이 영화 정말 재미있어요"
  rnnrun classify --json -- "지루하고 길다" "또 보고 싶다"
  cut -f2 reviews.tsv | rnnrun classify -m reviews.rnn -`,
		PreRunE: func(c *cobra.Command, _ []string) error { return checkMaxTokens(c, maxTokens) },
		RunE: func(c *cobra.Command, texts []string) error {
			m, err := openFor[*rnn.Model](model, format.TaskClassify, "classify")
			if err != nil {
				return err
			}
			defer m.Close()
			s := m.NewSession()
			tokens := tokenReader{model: m, shrink: s.Shrink, most: maxTokens, answer: tokenBytes}
			return respond(c, m.Description(), &classifier{s, tokens, asJSON}, texts)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &model, cli.Builtin+"sentiment-ko")
	maxTokensFlag(c, &maxTokens)
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

// openFor opens a model for a task that it must have been made for, and so for an
// M.
func openFor[M cli.Network](name string, task format.Task, command string) (m M, err error) {
	n, err := cli.OpenNetwork(name)
	if err != nil {
		return m, err
	}
	if got := n.Description().Task; got != task {
		n.Close()
		return m, fmt.Errorf("%s needs a model for the task %v, and %s is for %v; see 'rnnrun inspect %s'",
			command, task, name, got, name)
	}
	return n.(M), nil
}

// A classifier answers with the classes of texts.
type classifier struct {
	session *rnn.Session
	tokens  tokenReader
	asJSON  bool
}

func (k *classifier) respond(w io.Writer, text string) error {
	tokens, err := k.tokens.read(text)
	if err != nil {
		return err
	}
	defer k.tokens.forget()
	class, err := k.session.ClassifyTokens(tokens)
	if err != nil {
		return err
	}
	return k.write(w, &class, text)
}

func (k *classifier) pass(w io.Writer, text string) error { return k.write(w, nil, text) }

// write writes a line. class is nil where there is no answer.
func (k *classifier) write(w io.Writer, class *rnn.Class, text string) error {
	if k.asJSON {
		var label, probability any
		if class != nil {
			label, probability = labelOf(class), class.Probability
		}
		return cli.WriteJSON(w, cli.Object{"label", label, "probability", probability, "text", text})
	}
	answer := "\t"
	if class != nil {
		answer = fmt.Sprintf("%s\t%.4f", cli.Printable(labelOf(class)), class.Probability)
	}
	_, err := fmt.Fprintf(w, "%s\t%s\n", answer, oneLine(text))
	return err
}

// labelOf returns the class's name, or its index in a model without labels.
func labelOf(class *rnn.Class) string {
	if class.Label == "" {
		return fmt.Sprint(class.Index)
	}
	return class.Label
}
