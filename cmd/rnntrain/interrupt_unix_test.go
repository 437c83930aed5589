//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// start starts it, unless the test runs on an emulator, which starts no program.
func start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	err := c.Start()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skip("an emulated program cannot start itself")
	}
	require.NoError(t, err)
}

// heed has a program that the test starts not ignore a signal, as it does if whoever
// started the tests ignores it.
func heed(t *testing.T, s os.Signal) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, s)
	t.Cleanup(func() { signal.Stop(c) })
}

// The data are a pipe, so that the command waits for them with its outputs claimed.
func TestASignalLeavesNothingOfTheOutputs(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "data")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		heed(t, s)
		dir := t.TempDir()
		c := child("lm", pipe, "-o", filepath.Join(dir, "model.rnn"), "--plot", filepath.Join(dir, "x.png"))
		start(t, c)
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
