package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/childtest"
)

// small returns the arguments of a short training with every kind of state.
func small(text, model string, more ...string) []string {
	return append([]string{"lm", text, "-o", model, "--cell", "lstm", "--hidden", "16", "--embedding", "8", "--layers", "2",
		"--epochs", "4", "--batch", "4", "--window", "10", "--dropout", "0.2", "--recurrent-dropout", "0.1", "--warmup", "9"}, more...)
}

// Killed by kill -9 at random moments and resumed, a training writes the file
// that one writes that was never killed.
func TestKilledTrainingWritesTheSameFile(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	model := filepath.Join(t.TempDir(), "model.rnn")
	out, err := childtest.Command(small(text, model)...).CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoFileExists(t, model+".checkpoint", "a training that ended needs none")
	want, err := os.ReadFile(model)
	require.NoError(t, err)

	model = filepath.Join(t.TempDir(), "model.rnn")
	args := small(text, model, "--resume", "--every", "3", "--json")
	killed := 0
	for range 8 {
		var stderr bytes.Buffer
		c := childtest.Command(args...)
		c.Stderr = &stderr
		require.NoError(t, c.Start())
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		kill := time.After(time.Duration(rand.IntN(150)) * time.Millisecond)
		select {
		case err := <-ended:
			require.NoError(t, err, stderr.String())
		case <-kill:
			require.NoError(t, c.Process.Kill())
			if <-ended != nil {
				killed++
			}
		}
	}
	t.Logf("killed %d times", killed)
	out, err = childtest.Command(args...).CombinedOutput()
	require.NoError(t, err, string(out))
	got, err := os.ReadFile(model)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// An interrupted training goes on where it was, not only from its last
// checkpoint.
func TestInterruptedTrainingResumes(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	folder := t.TempDir()
	model := filepath.Join(folder, "model.rnn")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, small(text, model, "--checkpoint", folder), strings.NewReader(""), &out, &errs)
	require.Equal(t, 1, code)
	require.Contains(t, errs.String(), "with --resume continues")
	require.FileExists(t, filepath.Join(folder, "model.rnn.checkpoint"), "of a folder it is the name")

	code, _, stderr := invoke(t, small(text, model, "--lr", "0.5", "--resume")...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `learning rate was "0.002", and is now "0.5"`)

	code, _, stderr = invoke(t, small(text, model, "--resume")...)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "resuming from "+model+".checkpoint")
}

// What is no regular file is written through, and links stay. The devices are named
// by links, so that a mistake costs no device.
func TestDevicesAndLinksKeepTheirPlace(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	folder := t.TempDir()
	link := func(name, to string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.Symlink(to, path))
		return path
	}
	secret := filepath.Join(folder, "secret.rnn")
	require.NoError(t, os.WriteFile(secret, nil, 0o600))
	model, log, checkpoint := link("model.rnn", "secret.rnn"), link("log", os.DevNull), link("checkpoint", os.DevNull)
	code, _, stderr := invoke(t, small(text, model, "--log", log, "--checkpoint", checkpoint)...)
	require.Zero(t, code, stderr)
	for _, path := range []string{model, log, checkpoint} {
		info, err := os.Lstat(path)
		require.NoError(t, err)
		require.Equal(t, os.ModeSymlink, info.Mode().Type(), path)
	}
	info, err := os.Stat(secret)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	require.Positive(t, info.Size())
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 4)
}
