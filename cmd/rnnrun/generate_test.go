package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestGenerateIsTheSameForTheSameSeed(t *testing.T) {
	path := save(t, letterWriter())
	generate := func(args ...string) string {
		return printed(t, "", append([]string{"generate", "-m", path, "-n", "50"}, args...)...)
	}
	one := generate("--seed", "1")
	require.Equal(t, one, generate("--seed", "1"))
	require.NotEqual(t, one, generate("--seed", "2"))
	require.NotEqual(t, generate(), generate(), "without a seed every text is another")
	require.Equal(t, generate("--temperature", "0"), generate("--temperature", "0", "--seed", "9"))
	require.Equal(t, generate("--temperature", "0"), generate("--top-k", "1"))
}

func TestGenerateGoesOnFromThePrompt(t *testing.T) {
	path := save(t, letterWriter())
	for _, c := range []struct {
		prompt string
		tokens string
	}{{"abc", "0"}, {"abc", "20"}, {"a\nb", "20"}, {"", "20"}} {
		text := printed(t, "", "generate", "-m", path, "--prompt", c.prompt, "-n", c.tokens, "--seed", "1")
		require.True(t, strings.HasPrefix(text, c.prompt), text)
		require.True(t, strings.HasSuffix(text, "\n"), "a text ends its line")
	}
}

func TestGenerateStopsAtTheEndToken(t *testing.T) {
	d := letterWriter()
	d.Tokenizer.End = 0
	text := printed(t, "", "generate", "-m", save(t, d), "--prompt", "a", "-n", "100000", "--seed", "1")
	require.Equal(t, 1, strings.Count(text, "\n"), "the end token itself is not written")
}

func TestGenerateStartsFromTheStartToken(t *testing.T) {
	d := letterWriter()
	d.Tokenizer.Start = 3
	withStart := printed(t, "", "generate", "-m", save(t, d), "-n", "20", "--temperature", "0")
	prompted := printed(t, "", "generate", "-m", save(t, letterWriter()), "-n", "20", "--temperature", "0", "--prompt", "c")
	require.Equal(t, prompted, "c"+withStart)

	d = letterWriter()
	d.Vocabulary[0] = "A"
	o := command("", "generate", "-m", save(t, d))
	require.Equal(t, 2, o.code)
	require.Contains(t, o.stderr, "the model has no start token: give it a --prompt")
}

func TestGenerateJSON(t *testing.T) {
	path := save(t, letterWriter())
	var got struct {
		Text, Prompt string
		Tokens       int
		Seed         uint64
	}
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", "generate", "-m", path, "-n", "9", "--prompt", "ab", "--json", "--seed", "7")), &got))
	require.Equal(t, "ab", got.Prompt)
	require.Equal(t, 9, got.Tokens)
	require.Equal(t, uint64(7), got.Seed)
	require.Len(t, got.Text, 11)
	plain := printed(t, "", "generate", "-m", path, "-n", "9", "--prompt", "ab", "--seed", "7")
	require.Equal(t, strings.TrimSuffix(plain, "\n"), strings.TrimSuffix(got.Text, "\n"))
}

func TestGenerateRefusesAModelWithoutTokenizer(t *testing.T) {
	d := letterWriter()
	d.Tokenizer, d.Vocabulary = nil, nil
	o := command("", "generate", "-m", save(t, d))
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, rnn.ErrNoTokenizer.Error())
}

func TestGenerateWritesATokenAfterTheOther(t *testing.T) {
	path := save(t, letterWriter())
	in, out := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run([]string{"generate", "-m", path, "-n", "1000000000", "--seed", "1"}, strings.NewReader(""), out, io.Discard)
	}()
	first := make([]byte, 10)
	_, err := io.ReadFull(in, first)
	require.NoError(t, err)
	in.Close() // Without streaming the text would never have come.
	require.Equal(t, 1, <-done)
}
