//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A model comes through a pipe as from a file: it is read once, and its size is what
// was read.
func TestModelsFromAPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	classifier, translator := save(t, letterClassifier()), save(t, letterTranslator())
	for _, c := range []struct {
		model string
		args  []string
	}{
		{classifier, []string{"classify", "abc", "-m"}},
		{classifier, []string{"inspect"}},
		{translator, []string{"inspect", "--json"}},
		{translator, []string{"translate", "ab", "-m"}},
		{translator, []string{"verify", "--all-kernels"}},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			want := printed(t, "", append(c.args, c.model)...)
			data, err := os.ReadFile(c.model)
			require.NoError(t, err)
			written := make(chan error)
			go func() { written <- os.WriteFile(pipe, data, 0) }()
			got := printed(t, "", append(c.args, pipe)...)
			require.NoError(t, <-written)
			require.Equal(t, strings.ReplaceAll(want, c.model, pipe), got)
		})
	}
}
