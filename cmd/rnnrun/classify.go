package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"rnnrun/format"
	"rnnrun/internal/cli"
	rnn "rnnrun/runtime"
	"rnnrun/tokenizer"
)

func classifyCommand() *cobra.Command {
	var model string
	var asJSON bool
	c := &cobra.Command{
		Use:   "classify [flags] [TEXT... | -]",
		Short: "Say which class a text is of",
		Long: `Say which class each text is of: a line a text,

    label <TAB> probability <TAB> text

Without TEXT, or with -, the lines of the standard input are the texts, and an
answer comes as soon as its line is in. An empty text has an empty answer. A
text that cannot be read is reported and has an empty answer, too; the others
are classified all the same, and the exit code is 1.

` + cli.ModelHelp,
		Example: `  rnnrun classify "이 영화 정말 재미있어요"
  rnnrun classify --json -- "지루하고 길다" "또 보고 싶다"
  cut -f2 reviews.tsv | rnnrun classify -m reviews.rnn -`,
		RunE: func(c *cobra.Command, texts []string) error {
			m, err := openFor(model, format.Classify, "classify")
			if err != nil {
				return err
			}
			defer m.Close()
			k := &classifier{session: m.NewSession(), out: bufio.NewWriter(c.OutOrStdout()), errs: c.ErrOrStderr(), asJSON: asJSON}
			if len(texts) == 0 || len(texts) == 1 && texts[0] == "-" {
				if isTerminal(c.InOrStdin()) {
					fmt.Fprintln(c.ErrOrStderr(), "Type a text and press Enter; end with Ctrl-D.")
				}
				return k.lines(newLines(c.InOrStdin()))
			}
			return k.texts(texts)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &model, cli.Builtin+"sentiment-ko")
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

// openFor opens a model for a task that it must have been made for.
func openFor(name string, task format.Task, command string) (*rnn.Model, error) {
	m, err := cli.OpenModel(name)
	if err != nil {
		return nil, err
	}
	if got := m.Description().Task; got != task {
		m.Close()
		return nil, fmt.Errorf("%s needs a model for the task %v, and %s is for %v; see 'rnnrun inspect %s'",
			command, task, name, got, name)
	}
	return m, nil
}

// A classifier answers texts one after the other.
type classifier struct {
	session *rnn.Session
	out     *bufio.Writer
	errs    io.Writer
	asJSON  bool
	failed  int
}

func (k *classifier) texts(texts []string) error {
	for i, text := range texts {
		if err := k.answer(text, nil, fmt.Sprintf("text %d", i+1)); err != nil {
			return err
		}
	}
	return k.end()
}

func (k *classifier) lines(in lines) error {
	for n := 1; ; n++ {
		text, err := in.next()
		if err == io.EOF {
			return k.end()
		}
		if err != nil && err != errLongLine {
			return fmt.Errorf("read the standard input: %w", err)
		}
		if err := k.answer(text, err, fmt.Sprintf("line %d", n)); err != nil {
			return err
		}
		if !in.atHand() {
			if err := k.out.Flush(); err != nil {
				return err
			}
		}
	}
}

func (k *classifier) end() error {
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
func (k *classifier) answer(text string, unread error, where string) error {
	if unread == nil && strings.TrimSpace(text) == "" {
		return k.write(nil, text)
	}
	var class rnn.Class
	err := unread
	if err == nil {
		class, err = k.session.Classify(text)
	}
	switch {
	case err == nil:
		return k.write(&class, text)
	case err == errLongLine, errors.Is(err, rnn.ErrNoSteps), errors.Is(err, tokenizer.ErrUnknownToken):
		k.failed++
		fmt.Fprintf(k.errs, "rnnrun: %s: %v\n", where, err)
		return k.write(nil, text)
	}
	return err
}

// write writes a line. class is nil where there is no answer.
func (k *classifier) write(class *rnn.Class, text string) error {
	if k.asJSON {
		var label, probability any
		if class != nil {
			label, probability = labelOf(class), class.Probability
		}
		return cli.WriteJSON(k.out, cli.Object{"label", label, "probability", probability, "text", text})
	}
	answer := "\t"
	if class != nil {
		answer = fmt.Sprintf("%s\t%.4f", labelOf(class), class.Probability)
	}
	_, err := fmt.Fprintf(k.out, "%s\t%s\n", answer, oneLine(text))
	return err
}

// labelOf returns the class's name, or its index in a model without labels.
func labelOf(class *rnn.Class) string {
	if class.Label == "" {
		return fmt.Sprint(class.Index)
	}
	return class.Label
}

// oneLine replaces the ends of lines in text by spaces.
func oneLine(text string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
}
