package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// letterTranslator is a model that turns the letters a to z into capitals.
func letterTranslator() *format.Model {
	return modeltest.Spec{Cell: format.CellLSTM, Input: 4, Hidden: 3, Tokens: 26, Bidirectional: true, Seed: 5}.Translator(12)
}

// translated returns what the runtime finds for a text.
func translated(t *testing.T, path, text string, opts ...rnn.TranslatorOption) (best string, found []rnn.Translation) {
	m, err := rnn.OpenEncoderDecoder(path)
	require.NoError(t, err)
	x, err := m.NewTranslator(opts...)
	require.NoError(t, err)
	b, err := x.TranslateText(nil, text)
	require.NoError(t, err)
	return string(b), x.Translations()
}

func TestTranslate(t *testing.T) {
	path := save(t, letterTranslator())
	short := []rnn.TranslatorOption{rnn.WithBeam(4), rnn.WithMaxLength(7)}
	a, _ := translated(t, path, "abc", short...)
	b, _ := translated(t, path, "xyz", short...)
	require.NotEmpty(t, a)
	for _, c := range []struct {
		name  string
		stdin string
		args  []string
		want  string
	}{
		{"texts", "", []string{"abc", "xyz"}, a + "\n" + b + "\n"},
		{"lines", "abc\nxyz", nil, a + "\n" + b + "\n"},
		{"lines by name", "abc\n\nxyz\n", []string{"-"}, a + "\n\n" + b + "\n"},
		{"no lines", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, printed(t, c.stdin, append([]string{"translate", "--max-length", "7", "-m", path}, c.args...)...))
		})
	}

	greedy, _ := translated(t, path, "abc")
	require.Equal(t, greedy+"\n", printed(t, "", "translate", "--beam", "1", "-m", path, "abc"))

	o := command("abc\nABC\nabc\n", "translate", "--max-length", "7", "-m", path)
	require.Equal(t, 1, o.code)
	require.Equal(t, a+"\n\n"+a+"\n", o.stdout)
	require.Contains(t, o.stderr, "line 2: token \"A\" at byte 0 is not in the vocabulary")
	require.Contains(t, o.stderr, "1 text could not be read")
}

func TestTranslateNBest(t *testing.T) {
	d := letterTranslator()
	path := save(t, d)
	_, found := translated(t, path, "abc", rnn.WithBeam(5), rnn.WithMaxLength(7))
	decode := func(tokens []int32) (text string) {
		for _, token := range tokens {
			text += d.Decoder.Vocabulary[token]
		}
		return text
	}
	var want string
	for _, f := range found {
		want += fmt.Sprintf("%.4f\t%s\n", f.Score, decode(f.Tokens))
	}
	require.Len(t, found, 5)
	args := []string{"translate", "--max-length", "7", "--nbest", "5", "-m", path}
	require.Equal(t, want+"\n\n"+want+"\n", printed(t, "abc\n\nabc\n", args...))

	type one struct {
		Translation *string
		Score       *float32
		Ended       *bool
	}
	var got struct {
		one
		Text  string
		NBest []one
	}
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", append(args, "--json", "abc")...)), &got))
	require.Equal(t, "abc", got.Text)
	require.Len(t, got.NBest, 5)
	require.Equal(t, got.one, got.NBest[0])
	for i, f := range found {
		require.Equal(t, []any{decode(f.Tokens), f.Score, f.Ended}, []any{*got.NBest[i].Translation, *got.NBest[i].Score, *got.NBest[i].Ended})
	}
	require.Equal(t, `{"translation":null,"score":null,"ended":null,"text":" "}`+"\n", printed(t, "", "translate", "--json", "-m", path, " "))
}

func TestTranslateAnswersALineBeforeTheNextIsIn(t *testing.T) {
	path := save(t, letterTranslator())
	stdin, toStdin := io.Pipe()
	fromStdout, stdout := io.Pipe()
	var stderr bytes.Buffer
	done := make(chan int)
	go func() { done <- run([]string{"translate", "-m", path}, stdin, stdout, &stderr) }()
	for _, text := range []string{"abc", "xyz"} {
		_, err := io.WriteString(toStdin, text+"\n")
		require.NoError(t, err)
		want, _ := translated(t, path, text, rnn.WithBeam(4))
		got := make([]byte, len(want)+1)
		_, err = io.ReadFull(fromStdout, got)
		require.NoError(t, err)
		require.Equal(t, want+"\n", string(got))
	}
	toStdin.Close()
	require.Equal(t, 0, <-done)
}

func TestTranslateRefuses(t *testing.T) {
	translator, classes := save(t, letterTranslator()), save(t, letterClassifier())
	for _, c := range []struct {
		args string
		code int
		text string
	}{
		{"translate -m " + classes, 1, "translate needs a model for the task translate"},
		{"classify -m " + translator, 1, "classify needs a model for the task classify"},
		{"generate -m " + translator, 1, "generate needs a model for the task language"},
		{"run -m " + translator, 1, "use 'rnnrun translate -m "},
		{"bench -m " + translator, 1, "use 'rnnrun translate -m "},
		{"translate --nbest 0 -m " + translator, 2, "--nbest 0: give a positive number"},
		{"translate --nbest 5 --beam 4 -m " + translator, 2, "--nbest 5 is more than --beam 4 finds; give --beam 5"},
		{"translate --beam 0 -m " + translator, 2, "the beam is 0, want 1 to"},
		{"translate --max-length -1 -m " + translator, 2, "the maximum length is -1, want"},
	} {
		t.Run(strings.SplitN(c.args, " -m", 2)[0], func(t *testing.T) {
			o := command("", strings.Fields(c.args)...)
			require.Equal(t, c.code, o.code, o.stderr)
			require.Empty(t, o.stdout)
			require.Contains(t, o.stderr, c.text)
		})
	}
}

func TestTranslateByTheBuiltinModel(t *testing.T) {
	require.Equal(t, "HH EH L OW\nN AY T\n", printed(t, "", "translate", "hello", "Knight"))
}

func TestVerifyAndInspectATranslator(t *testing.T) {
	path := save(t, letterTranslator())
	require.Contains(t, printed(t, "", "verify", "--all-kernels", path), "ok\t"+path)
	text := printed(t, "", "inspect", path)
	for _, want := range []string{
		"task        translate",
		"tokenizer   source: chars\n",
		"tokenizer   target: chars, starts with token 0, ends with token 1\n",
		"vocabulary  target: 12 tokens: \"<s>\" \"</s>\" \"A\"",
		"encoder\n  one token per step\n  ↓ embedding",
		"  the states after the last step\n\ndecoder, which starts from those states\n  one token per step\n  ↓ embedding",
		"  ↓ softmax\n  12 outputs per step\n",
	} {
		require.Contains(t, text, want)
	}
	var got struct {
		Parameters int
		Decoder    struct {
			Parameters int
			Stages     []struct{ Name string }
			Vocabulary int
			Tokenizer  struct{ Start, End int }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", "inspect", "--json", path)), &got))
	d := letterTranslator()
	require.Equal(t, []int{d.Parameters(), d.Decoder.Parameters(), 12, 1},
		[]int{got.Parameters, got.Decoder.Parameters, got.Decoder.Vocabulary, got.Decoder.Tokenizer.End})
	require.Len(t, got.Decoder.Stages, 3)
}
