package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestTextsOfTooManyTokensAreReported(t *testing.T) {
	classes, tags, translations := save(t, letterClassifier()), save(t, wordTagger()), save(t, letterTranslator())
	const tooLong = "rnnrun: line 2: the text has 4 tokens, more than --max-tokens 3: split it, or give a greater --max-tokens\n" +
		"rnnrun: 1 text could not be read\n"
	for _, c := range []struct {
		command, model    string
		short, long, pass string
	}{
		{"classify", classes, "abc", "abcd", "\t\tabcd\n"},
		{"tag", tags, "they can fish", "they can fish fish", "\n"},
		{"translate", translations, "abc", "abcd", "\n"},
	} {
		t.Run(c.command, func(t *testing.T) {
			answer := printed(t, c.short+"\n", c.command, "-m", c.model)
			o := command(c.short+"\n"+c.long+"\n"+c.short+"\n", c.command, "-m", c.model, "--max-tokens", "3")
			require.Equal(t, 1, o.code)
			require.Equal(t, answer+c.pass+answer, o.stdout)
			require.Equal(t, tooLong, o.stderr)
			require.Equal(t,
				printed(t, c.long+"\n", c.command, "-m", c.model),
				printed(t, c.long+"\n", c.command, "-m", c.model, "--max-tokens", "4"))

			o = command(c.short, c.command, "-m", c.model, "--max-tokens", "0")
			require.Equal(t, 2, o.code)
			require.Contains(t, o.stderr, "--max-tokens 0: give a positive number of tokens")
		})
	}
}

func TestALineOfAMebibyteTakesNoGigabytes(t *testing.T) {
	line := strings.Repeat("a", 1<<20-1)
	o := command(line+"\nhello\n", "translate")
	require.Equal(t, 1, o.code)
	require.Equal(t, "\n"+printed(t, "hello\n", "translate"), o.stdout)
	require.Contains(t, o.stderr, "line 1: the text has 1048575 tokens, which need 776 MiB of memory, more than 64: "+
		"split it, or allow them with --max-tokens 1048575\n")
	require.Less(t, len(o.stderr), 300)
}

// TestAnOutlierLeavesNoMemory reads texts that take more than 8 MiB, and asks
// what the session holds then.
func TestAnOutlierLeavesNoMemory(t *testing.T) {
	long := strings.Repeat("ab", 100_000)
	model := func(path string) *rnn.Model {
		m, err := rnn.Open(path)
		require.NoError(t, err)
		return m
	}
	m := model(save(t, letterClassifier()))
	session := m.NewSession()
	classifier := &classifier{session: session, tokens: tokenReader{model: m, shrink: session.Shrink, answer: tokenBytes}}
	tagger := newTagger(model(save(t, wordTagger())), 0, false)
	for _, c := range []struct {
		name      string
		responder responder
		session   *rnn.Session
		tokens    *tokenReader
		text      string
	}{
		{"classify", classifier, session, &classifier.tokens, long},
		{"tag", tagger, tagger.session, &tagger.tokens, strings.Repeat("fish ", 200_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, c.responder.respond(io.Discard, "fish"))
			usual := c.session.Bytes()
			require.NoError(t, c.responder.respond(io.Discard, c.text))
			require.LessOrEqual(t, c.session.Bytes(), usual)
			require.Empty(t, c.tokens.tokens)
			require.NoError(t, c.responder.respond(io.Discard, "fish"))
			require.NotEmpty(t, c.tokens.tokens, "what is usual stays")
		})
	}
}
