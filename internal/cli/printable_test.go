package cli_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
)

func TestPrintableLeavesTextAsItIs(t *testing.T) {
	for _, name := range []string{"", "good", "긍정", "it's \"so\" \\n", "👩‍👧"} {
		require.Equal(t, name, cli.Printable(name))
	}
}

func TestPrintableEscapesWhatSteers(t *testing.T) {
	require.Equal(t, `a\tb\nc\x1b[2J\u009b\u202e\u2028`, cli.Printable("a\tb\nc\x1b[2J\u009b\u202e\u2028"))
}

func TestTextOfAModelDoesNotSteerTheTerminal(t *testing.T) {
	require.Equal(t, "a\tb\n\ufffd[2J긍\ufffd", cli.Tamed("a\tb\n\x1b[2J긍\u009b"))
	var out strings.Builder
	n, err := cli.TamedWriter{W: &out}.Write([]byte("\x07é"))
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Equal(t, "\ufffdé", out.String())
}

// A file's name in an error is a name; the lines of the error are lines.
func TestErrorsDoNotSteerTheTerminal(t *testing.T) {
	const name = "a\x1b[2J\nforged: b.rnn"
	root := &cobra.Command{Use: "tool"}
	root.AddCommand(&cobra.Command{Use: "open", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		return errors.New(args[0] + ": not there:\n\n\tlook\x9b\u202e elsewhere")
	}})
	var stderr strings.Builder
	require.Equal(t, cli.Failed, cli.Execute(root, []string{"open", name}, strings.NewReader(""), &stderr, &stderr))
	require.Equal(t, "tool: a\\x1b[2J\\nforged: b.rnn: not there:\n\n\tlook\ufffd\\u202e elsewhere\n", stderr.String())
}
