package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// wordTagger is a model that names a class for every word.
func wordTagger() *format.Model {
	d := modeltest.Spec{
		Cell: format.CellLSTM, Input: 4, Hidden: 6, Tokens: 4, Bidirectional: true,
		Task: format.TaskTag, Outputs: 3, Output: format.OutputSoftmax, Seed: 4,
	}.Model()
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerWords, Lowercase: true, Unknown: 0, Start: -1, End: -1}
	d.Vocabulary = []string{"<unk>", "they", "can", "fish"}
	d.Labels = []string{"NOUN", "VERB", "PRON"}
	return d
}

// tags returns what tag prints for a text of these words.
func tags(t *testing.T, path string, words ...string) (lines string) {
	m, err := rnn.Open(path)
	require.NoError(t, err)
	classes, err := m.NewSession().Tag(nil, strings.Join(words, " "))
	require.NoError(t, err)
	require.Len(t, classes, len(words))
	for i, class := range classes {
		lines += fmt.Sprintf("%s\t%s\n", words[i], class.Label)
	}
	return lines + "\n"
}

func TestTag(t *testing.T) {
	path := save(t, wordTagger())
	a, b := tags(t, path, "they", "can", "sing"), tags(t, path, "fish")
	for _, c := range []struct {
		name  string
		stdin string
		texts []string
		want  string
	}{
		{"texts", "", []string{"They can   sing", "fish"}, a + b},
		{"lines", "they can sing\nFISH\n", nil, a + b},
		{"lines by name", "they can sing\n \nfish", []string{"-"}, a + "\n" + b},
		{"a text of two lines", "", []string{"they can\nsing"}, a},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, printed(t, c.stdin, append([]string{"tag", "-m", path}, c.texts...)...))
		})
	}

	var got struct {
		Text   string
		Tokens []struct {
			Token, Label string
			Probability  float32
		}
	}
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", "tag", "--json", "-m", path, "they can sing")), &got))
	require.Equal(t, "they can sing", got.Text)
	require.Len(t, got.Tokens, 3)
	lines := ""
	for _, token := range got.Tokens {
		lines += token.Token + "\t" + token.Label + "\n"
		require.Greater(t, token.Probability, float32(1.0/3))
	}
	require.Equal(t, a, lines+"\n")
	require.Equal(t, `{"text":"","tokens":[]}`+"\n", printed(t, "", "tag", "--json", "-m", path, ""))

	o := command("", "tag", "-m", save(t, letterClassifier()), "a")
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, "tag needs a model for the task tag")
}

func TestTagGoesOnAfterATextItCannotRead(t *testing.T) {
	d := wordTagger()
	d.Tokenizer.Unknown = -1
	d.Labels = nil
	path := save(t, d)
	o := command("fish\nthey sing\nfish\n", "tag", "-m", path)
	require.Equal(t, 1, o.code)
	require.Regexp(t, "^fish\t[0-2]\n\n\nfish\t[0-2]\n\n$", o.stdout)
	require.Contains(t, o.stderr, `line 2: token "sing" at byte 5 is not in the vocabulary`)
}

func TestATokenStaysOnItsLine(t *testing.T) {
	d := wordTagger()
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: 0, Start: -1, End: -1}
	require.Regexp(t, "^a\t[A-Z]+\n \t[A-Z]+\n \t[A-Z]+\n\n$", printed(t, "", "tag", "-m", save(t, d), "a\t\n"))
}
