package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// classOf returns what a model takes a text for.
func classOf(t *testing.T, path, text string) rnn.Class {
	m, err := rnn.Open(path)
	require.NoError(t, err)
	class, err := m.NewSession().Classify(text)
	require.NoError(t, err)
	return class
}

// expected returns the line that classify prints for a text.
func expected(t *testing.T, path, text string) string {
	class := classOf(t, path, text)
	return fmt.Sprintf("%s\t%.4f\t%s\n", class.Label, class.Probability, text)
}

func TestClassify(t *testing.T) {
	path := save(t, letterClassifier())
	a, b := expected(t, path, "abc"), expected(t, path, "xyz")
	for _, c := range []struct {
		name  string
		stdin string
		texts []string
		want  string
	}{
		{"texts", "", []string{"abc", "xyz"}, a + b},
		{"lines", "abc\nxyz\n", nil, a + b},
		{"lines by name", "abc\nxyz", []string{"-"}, a + b},
		{"lines of Windows", "abc\r\nxyz\r\n", nil, a + b},
		{"empty lines", "\nabc\n  \n", nil, "\t\t\n" + a + "\t\t  \n"},
		{"empty text", "", []string{""}, "\t\t\n"},
		{"no lines", "", nil, ""},
		{"a text of two lines", "", []string{"abc\nabc"}, strings.Replace(expected(t, path, "abc\nabc"), "abc\nabc", "abc abc", 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, printed(t, c.stdin, append([]string{"classify", "-m", path}, c.texts...)...))
		})
	}
}

func TestClassifyGoesOnAfterATextItCannotRead(t *testing.T) {
	path := save(t, letterClassifier())
	o := command("abc\nABC\nabc\n", "classify", "-m", path)
	require.Equal(t, 1, o.code)
	line := expected(t, path, "abc")
	require.Equal(t, line+"\t\tABC\n"+line, o.stdout)
	require.Equal(t, "rnnrun: line 2: token \"A\" at byte 0 is not in the vocabulary, and the model has no id for unknown tokens\n"+
		"rnnrun: 1 text could not be read\n", o.stderr)

	o = command(strings.Repeat("a", 3<<20)+"\nabc\n", "classify", "-m", path)
	require.Equal(t, 1, o.code)
	require.Equal(t, "\t\t\n"+line, o.stdout)
	require.Contains(t, o.stderr, "line 1: the line has more than 1 MiB")
}

// A text in another encoding would be read as characters that it does not have.
func TestTextsThatAreNotUTF8AreReported(t *testing.T) {
	const korean = "\xc1\xa4\xb8\xbb" // in CP949
	path := save(t, lenient())
	for _, c := range []struct {
		name string
		o    outcome
	}{
		{"classify", command("abc\n"+korean+"\nabc\n", "classify", "-m", path)},
		{"translate", command("hello\n"+korean+"\nhello\n", "translate")},
	} {
		require.Equal(t, 1, c.o.code, c.name)
		require.Contains(t, c.o.stderr, "line 2: the text is not UTF-8; convert it first", c.name)
		lines := strings.Split(strings.TrimSuffix(c.o.stdout, "\n"), "\n")
		require.Len(t, lines, 3, c.name)
		require.NotEmpty(t, lines[0], c.name)
		require.Equal(t, lines[0], lines[2], c.name)
		require.NotEqual(t, lines[0], lines[1], c.name)
	}
}

func TestClassifyJSON(t *testing.T) {
	path := save(t, lenient())
	object := func(text string) map[string]any {
		if text == "" {
			return map[string]any{"label": nil, "probability": nil, "text": ""}
		}
		class := classOf(t, path, text)
		return map[string]any{"label": class.Label, "probability": float64(class.Probability), "text": text}
	}
	for _, output := range []string{
		printed(t, "a\"b\n\nabc\n", "classify", "--json", "-m", path),
		printed(t, "", "classify", "--json", "-m", path, `a"b`, "", "abc"),
	} {
		lines := strings.Split(strings.TrimSuffix(output, "\n"), "\n")
		require.Len(t, lines, 3)
		for i, text := range []string{`a"b`, "", "abc"} {
			var got map[string]any
			require.NoError(t, json.Unmarshal([]byte(lines[i]), &got))
			if p, ok := got["probability"].(float64); ok { // its shortest decimal in float32
				got["probability"] = float64(float32(p))
			}
			require.Equal(t, object(text), got)
		}
	}
}

func TestClassifyWithoutLabelsGivesTheClass(t *testing.T) {
	for _, text := range []string{"abc", "xyz", "q"} {
		d := letterClassifier()
		d.Labels = nil
		path := save(t, d)
		class := classOf(t, path, text)
		require.Equal(t, fmt.Sprintf("%d\t%.4f\t%s\n", class.Index, class.Probability, text), printed(t, "", "classify", "-m", path, text))
	}
}

func TestClassifyAnswersALineBeforeTheNextIsIn(t *testing.T) {
	path := save(t, letterClassifier())
	stdin, toStdin := io.Pipe()
	fromStdout, stdout := io.Pipe()
	var stderr bytes.Buffer
	done := make(chan int)
	go func() { done <- run([]string{"classify", "-m", path}, stdin, stdout, &stderr) }()
	for _, text := range []string{"abc", "xyz"} {
		_, err := io.WriteString(toStdin, text+"\n")
		require.NoError(t, err)
		want := expected(t, path, text)
		got := make([]byte, len(want))
		_, err = io.ReadFull(fromStdout, got)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	toStdin.Close()
	require.Equal(t, 0, <-done)
}

func TestBuiltinClassifier(t *testing.T) {
	for text, label := range map[string]string{"이 영화 정말 재미있어요": "positive", "지루하고 돈이 아깝다": "negative"} {
		line := printed(t, "", "classify", text)
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.Len(t, fields, 3)
		require.Equal(t, label, fields[0])
		require.Equal(t, text, fields[2])
	}
}
