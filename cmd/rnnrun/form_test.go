package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

// The model says nothing of a form, and its vocabulary is of texts in form C.
func TestABuiltInModelReadsOtherNormalForms(t *testing.T) {
	for _, text := range []string{"정말 재미있는 영화였다", "시간이 아깝다 ㅋㅋㅋㅋ", "盧 대통령"} {
		class := command(text+"\n", "classify", "-m", "builtin:sentiment-ko", "--json")
		require.Zero(t, class.code, class.stderr)
		other := command("", "classify", "-m", "builtin:sentiment-ko", "--json", norm.NFD.String(text))
		require.Contains(t, other.stdout, norm.NFD.String(text))
		require.Equal(t, class.stdout, norm.NFC.String(other.stdout))
	}
}

func TestTheFormOfATextMeansNothing(t *testing.T) {
	chars := letterClassifier()
	chars.Vocabulary[1], chars.Tokenizer.NFC = "é", true
	classes := save(t, chars)
	words := wordTagger() // whose vocabulary tells the form
	words.Vocabulary[1] = "é"
	tagged := save(t, words)
	for _, args := range [][]string{{"classify", "-m", classes}, {"tag", "-m", tagged}} {
		c, d := command("é\n", args...), command("e\u0301\n", args...)
		require.Zero(t, c.code, c.stderr)
		require.Zero(t, d.code, d.stderr)
		require.Equal(t, c.stdout, norm.NFC.String(d.stdout))
	}
	inspected := command("", "inspect", classes)
	require.Contains(t, inspected.stdout, "normal form C")
}
