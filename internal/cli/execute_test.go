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
		{"missing flag", []string{"strict"}, nil, cli.Misuse, "prog: required flag(s) \"need\" not set\nTry 'prog strict --help'.\n"},
		{"unknown command", []string{"play"}, nil, cli.Misuse, "prog: unknown command \"play\" for \"prog\"\nTry 'prog --help'.\n"},
		{"broken pipe", []string{"work"}, fmt.Errorf("write: %w", syscall.EPIPE), cli.Failed, ""},
		{"closed pipe", []string{"work"}, io.ErrClosedPipe, cli.Failed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := &cobra.Command{Use: "prog"}
			work := func(*cobra.Command, []string) error { return c.err }
			strict := &cobra.Command{Use: "strict", RunE: work}
			strict.Flags().Bool("need", false, "")
			require.NoError(t, strict.MarkFlagRequired("need"))
			root.AddCommand(&cobra.Command{Use: "work", RunE: work}, strict)
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
