package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/models"
)

func TestExecute(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		err    error // of the command's work
		code   int
		stderr string
	}{
		{"done", []string{"work"}, nil, cli.OK, ""},
		{"failed", []string{"work"}, errors.New("no luck"), cli.Failed, "prog: no luck\n"},
		{"misuse found at work", []string{"work"}, cli.Usagef("-n %d", 3), cli.Misuse, "prog: -n 3\nTry 'prog work --help'.\n"},
		{"misuse, wrapped", []string{"work"}, fmt.Errorf("x: %w", cli.Usagef("y")), cli.Misuse, "prog: x: y\nTry 'prog work --help'.\n"},
		{"unknown flag", []string{"work", "--no"}, nil, cli.Misuse, "prog: unknown flag: --no\nTry 'prog work --help'.\n"},
		{"missing flag", []string{"strict"}, nil, cli.Misuse, "prog: required flag(s) \"need\" not set: give --need, what is needed\nTry 'prog strict --help'.\n"},
		{"too many arguments", []string{"one", "a", "b"}, nil, cli.Misuse, "prog: wrong number of arguments, 2; the usage is: prog one FILE [flags]\nTry 'prog one --help'.\n"},
		{"an argument instead of a flag", []string{"none", "a"}, nil, cli.Misuse, "prog: prog none takes no argument, but was given \"a\"; files follow flags: -i INPUT\nTry 'prog none --help'.\n"},
		{"no whole number", []string{"none", "--steps", "ten"}, nil, cli.Misuse, "prog: --steps \"ten\" is not a whole number\nTry 'prog none --help'.\n"},
		{"too large a number", []string{"none", "--steps", "99999999999999999999"}, nil, cli.Misuse, "prog: --steps \"99999999999999999999\" is too large or too small\nTry 'prog none --help'.\n"},
		{"no natural number", []string{"none", "--seed", "-1"}, nil, cli.Misuse, "prog: --seed \"-1\" is not a whole number from 0\nTry 'prog none --help'.\n"},
		{"no number", []string{"none", "--rate", "x"}, nil, cli.Misuse, "prog: --rate \"x\" is not a number\nTry 'prog none --help'.\n"},
		{"no truth value", []string{"none", "--json=x"}, nil, cli.Misuse, "prog: --json \"x\" is neither true nor false\nTry 'prog none --help'.\n"},
		{"unknown command", []string{"play"}, nil, cli.Misuse, "prog: unknown command \"play\" for \"prog\"\nTry 'prog --help'.\n"},
		{"broken pipe", []string{"work"}, fmt.Errorf("write: %w", syscall.EPIPE), cli.Failed, ""},
		{"closed pipe", []string{"work"}, io.ErrClosedPipe, cli.Failed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := &cobra.Command{Use: "prog"}
			work := func(*cobra.Command, []string) error { return c.err }
			strict := &cobra.Command{Use: "strict", RunE: work}
			strict.Flags().Bool("need", false, "what is needed (required)")
			require.NoError(t, strict.MarkFlagRequired("need"))
			one := &cobra.Command{Use: "one FILE", Args: cobra.ExactArgs(1), RunE: work}
			none := &cobra.Command{Use: "none", Args: cobra.NoArgs, RunE: work}
			none.Flags().StringP("input", "i", "", "")
			none.Flags().Int("steps", 1, "")
			none.Flags().Uint("seed", 1, "")
			none.Flags().Float64("rate", 1, "")
			none.Flags().Bool("json", false, "")
			root.AddCommand(&cobra.Command{Use: "work", RunE: work}, strict, one, none)
			var stderr bytes.Buffer
			require.Equal(t, c.code, cli.Execute(root, c.args, strings.NewReader(""), io.Discard, &stderr))
			require.Equal(t, c.stderr, stderr.String())
		})
	}
}

func TestOpenModel(t *testing.T) {
	for _, name := range models.Names() {
		m, err := cli.OpenNetwork(cli.Builtin + name)
		require.NoError(t, err)
		require.NoError(t, m.Close())
		data, err := models.File(name)
		require.NoError(t, err)
		_, size, err := cli.ReadModel(cli.Builtin + name)
		require.NoError(t, err)
		require.Equal(t, int64(len(data)), size)
	}
	_, err := cli.OpenModel(cli.Builtin + "none")
	require.ErrorIs(t, err, models.ErrUnknown)
	_, err = cli.OpenModel("none.rnn")
	require.ErrorContains(t, err, "none.rnn")
	_, _, err = cli.ReadModel("none.rnn")
	require.ErrorContains(t, err, "none.rnn")
}
