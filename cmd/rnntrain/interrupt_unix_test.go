//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/childtest"
)

// The data are a pipe, so that the command waits for them with its outputs claimed.
func TestASignalLeavesNothingOfTheOutputs(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "data")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		childtest.Heed(t, s)
		dir := t.TempDir()
		c := childtest.Command("lm", pipe, "-o", filepath.Join(dir, "model.rnn"), "--plot", filepath.Join(dir, "x.png"))
		childtest.Start(t, c)
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns when the command reads
		require.NoError(t, err)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.NotEmpty(t, entries, "the outputs are claimed")
		require.NoError(t, c.Process.Signal(s))
		var exit *exec.ExitError
		require.ErrorAs(t, c.Wait(), &exit)
		require.NoError(t, w.Close())
		require.Equal(t, 128+int(s), exit.ExitCode())
		entries, err = os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, entries)
	}
}
