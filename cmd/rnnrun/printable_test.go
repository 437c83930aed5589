package main

import (
	"os"
	"strings"
	"testing"

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
}

func TestPrintableLeavesTextAsItIs(t *testing.T) {
	for _, name := range []string{"", "good", "긍정", "it's \"so\" \\n", "👩‍👧"} {
		require.Equal(t, name, printable(name))
	}
}

func TestTextOfAModelDoesNotSteerTheTerminal(t *testing.T) {
	require.Equal(t, "a\tb\n\ufffd[2J긍\ufffd", tamed("a\tb\n\x1b[2J긍\u009b"))
	var out strings.Builder
	n, err := tamedWriter{&out}.Write([]byte("\x07é"))
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Equal(t, "\ufffdé", out.String())
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
	require.Contains(t, stderr.String(), "the output is binary (.npy), and the standard output is a terminal: give -o FILE")
}
