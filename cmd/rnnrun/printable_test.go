package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

const forging = "a\tb\nc\x1b[2J\u009b\u202e"
const escaped = `a\tb\nc\x1b[2J\u009b\u202e`

// A model's names forge neither records nor what a terminal shows.
func TestNamesOfAModelAreEscaped(t *testing.T) {
	classifier, tagger := letterClassifier(), wordTagger()
	classifier.Labels = []string{forging + "0", forging + "1"}
	classifier.Provenance = []format.Property{{Key: "k" + forging, Value: "v" + forging}}
	tagger.Labels = []string{forging + "0", forging + "1", forging + "2"}
	path := save(t, classifier)
	for _, args := range [][]string{
		{"classify", "-m", path, "abc"},
		{"tag", "-m", save(t, tagger), "fish"},
		{"inspect", path},
	} {
		t.Run(args[0], func(t *testing.T) {
			got := printed(t, "", args...)
			require.Contains(t, got, escaped)
			require.NotContains(t, got, "\x1b")
			require.NotContains(t, got, "\u009b")
			require.NotContains(t, got, "\u202e")
			require.NotContains(t, got, "a\tb")
		})
	}
	require.Contains(t, printed(t, "", "inspect", path), "k"+escaped)
	require.Contains(t, printed(t, "", "inspect", path), "v"+escaped)

	// JSON has the names themselves.
	for _, args := range [][]string{{"classify", "-m", path, "--json", "abc"}, {"inspect", "--json", path}} {
		got := printed(t, "", args...)
		require.NotContains(t, got, "\u009b")
		require.NotContains(t, got, "\u202e")
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(got), &object))
		if args[0] == "inspect" {
			require.Equal(t, map[string]any{"k" + forging: "v" + forging}, object["provenance"])
		} else {
			require.Contains(t, []any{forging + "0", forging + "1"}, object["label"])
		}
	}
}

// The name of a file forges nothing, either, whether the file is there or not.
func TestNamesOfFilesAreEscaped(t *testing.T) {
	if goruntime.GOOS == "windows" {
		t.Skip("the names of files on Windows have no control characters")
	}
	data, err := os.ReadFile(save(t, letterClassifier()))
	require.NoError(t, err)
	folder := t.TempDir()
	there := filepath.Join(folder, forging+".rnn")
	require.NoError(t, os.WriteFile(there, data, 0o644))
	for _, path := range []string{there, filepath.Join(folder, "not there"+forging)} {
		for _, name := range []string{"inspect", "verify", "bench"} {
			got := command("", name, path)
			require.Contains(t, got.stdout+got.stderr, escaped, name)
			for _, r := range got.stdout + got.stderr {
				require.False(t, r != '\n' && r != '\t' && unicode.IsControl(r), "%s: %q", name, got)
			}
		}
	}
}

func TestRunWritesNoBinaryToATerminal(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminal here: ", err)
	}
	defer terminal.Close()
	if !isTerminal(terminal) {
		t.Skip("/dev/ptmx is no terminal here")
	}
	k := tasks()[0]
	var stderr strings.Builder
	in := strings.NewReader(array(t, k.sequence(4, 0), false, 4, 3))
	require.Equal(t, 2, run([]string{"run", "-m", save(t, k.d)}, in, terminal, &stderr))
	require.Contains(t, stderr.String(), "the output is binary (.npy), but the standard output is a terminal: give -o FILE")
}
