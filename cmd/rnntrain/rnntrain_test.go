package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// invoke runs the command and returns its exit code and output.
func invoke(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// reviews is a table of short texts whose label is in their words.
func reviews(rows int) string {
	var b strings.Builder
	b.WriteString("document\tlabel\n")
	for i := range rows {
		word, label := "좋아요", "1"
		if i%2 == 0 {
			word, label = "별로네", "0"
		}
		fmt.Fprintf(&b, "%s 영화 %d %s\t%s\n", strings.Repeat("아", i%4), i%7, word, label)
	}
	return b.String()
}

func TestTrainAClassifierAndMeasureIt(t *testing.T) {
	data := write(t, "reviews.tsv", reviews(400))
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, stdout, stderr := invoke(t, "classify", data, "-o", model, "--labels", "0=bad,1=good",
		"--hidden", "8", "--embedding", "8", "--epochs", "6", "--batch", "16", "--lr", "0.02", "--bidirectional", "--pool", "max")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "accuracy 100.00 %")
	require.Contains(t, stderr, "epoch 1/6")

	code, stdout, stderr = invoke(t, "eval", model, data)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "100.00 % (400 of 400)")

	code, stdout, _ = invoke(t, "eval", model, data, "--json")
	require.Zero(t, code)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, 1.0, report["accuracy"])
	require.Equal(t, "classify", report["task"])

	m, err := rnn.Open(model)
	require.NoError(t, err)
	require.NoError(t, m.Verify(), "the file proves itself")
	class, err := m.NewSession().Classify("아아 영화 3 좋아요")
	require.NoError(t, err)
	require.Equal(t, "good", class.Label)
}

func TestTrainALanguageModelAndMeasureIt(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	model := filepath.Join(t.TempDir(), "model.rnn")
	args := []string{"lm", text, "-o", model, "--hidden", "24", "--embedding", "8", "--layers", "1",
		"--epochs", "12", "--batch", "8", "--window", "20", "--lr", "0.02", "--json"}
	code, stdout, stderr := invoke(t, args...)
	require.Zero(t, code, stderr)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Less(t, report["validation_loss"], 0.5)

	code, stdout, stderr = invoke(t, "eval", model, text, "--last", "0.1", "--json")
	require.Zero(t, code, stderr)
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Less(t, report["loss"], 0.6)
	require.Equal(t, "language", report["task"])

	first, err := os.ReadFile(model)
	require.NoError(t, err)
	code, _, stderr = invoke(t, args...)
	require.Zero(t, code, stderr)
	second, err := os.ReadFile(model)
	require.NoError(t, err)
	require.Equal(t, first, second, "the same command gives the same file")

	m, err := format.Read(first)
	require.NoError(t, err)
	require.Contains(t, m.Provenance[0].Value, "rnntrain lm text.txt -o model.rnn")
	require.NotContains(t, m.Provenance[0].Value, filepath.Dir(text), "a file tells no folder of its author's machine")
}

// An interrupted training says what it leaves behind.
func TestInterrupt(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	model := filepath.Join(t.TempDir(), "model.rnn")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"lm", text, "-o", model, "--batch", "8"}, strings.NewReader(""), &out, &errs)
	require.Equal(t, 1, code)
	require.Contains(t, errs.String(), "interrupted at step 0, before the first epoch ended; the same command with --resume continues")
	require.NoFileExists(t, model)
}

func TestRefusals(t *testing.T) {
	table := write(t, "reviews.tsv", reviews(20))
	text := write(t, "text.txt", strings.Repeat("to be\n", 200))
	out := filepath.Join(t.TempDir(), "model.rnn")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"bidirectional language model", []string{"lm", text, "-o", out, "--bidirectional"}, 1, "cannot be bidirectional"},
		{"no output", []string{"lm", text}, 2, `"output" not set`},
		{"no data", []string{"lm", "-o", out}, 2, "wrong number of arguments, 0; the usage is: rnntrain lm TEXT"},
		{"no such file", []string{"lm", "none.txt", "-o", out}, 1, "none.txt"},
		{"unknown cell", []string{"lm", text, "-o", out, "--cell", "qrnn"}, 2, `--cell "qrnn" is not one of rnn`},
		{"unknown optimizer", []string{"lm", text, "-o", out, "--optimizer", "x"}, 2, "--optimizer"},
		{"dropout", []string{"lm", text, "-o", out, "--dropout", "1"}, 2, "--dropout 1 is not a probability below 1"},
		{"recurrent dropout", []string{"lm", text, "-o", out, "--recurrent-dropout", "-1"}, 2, "--recurrent-dropout -1 is no"},
		{"schedule", []string{"lm", text, "-o", out, "--schedule", "x"}, 2, `--schedule "x" is not one of constant, cosine, step`},
		{"gamma", []string{"lm", text, "-o", out, "--gamma", "2"}, 2, "--gamma 2 is not above 0"},
		{"initialization", []string{"lm", text, "-o", out, "--recurrent-init", "x"}, 2, `--recurrent-init "x"`},
		{"group", []string{"lm", text, "-o", out, "--group-lr", "tail=2", "--batch", "4"}, 1, `for "tail", but the parameter groups are`},
		{"group's rate", []string{"lm", text, "-o", out, "--group-lr", "head"}, 2, `"head" is not GROUP=FACTOR`},
		{"tied sizes", []string{"lm", text, "-o", out, "--tie", "--batch", "4"}, 1, "sizes must be equal"},
		{"every", []string{"lm", text, "-o", out, "--every", "-1", "--batch", "4"}, 2, "--every -1"},
		{"epochs", []string{"lm", text, "-o", out, "--epochs", "0"}, 2, "--epochs 0 must be greater than 0"},
		{"text too short", []string{"lm", text, "-o", out, "--window", "5000"}, 1, "choose a smaller batch or window"},
		{"fraction", []string{"classify", table, "-o", out, "--valid-fraction", "1"}, 2, "--valid-fraction 1"},
		{"column", []string{"classify", table, "-o", out, "--text", "body"}, 1, "no column is named body"},
		{"labels", []string{"classify", table, "-o", out, "--labels", "2=x"}, 2, `"2=x" is not LABEL=NAME`},
		{"not a table", []string{"classify", text, "-o", out}, 1, "text.txt"},
		{"not a model", []string{"eval", table, table}, 1, "reviews.tsv"},
		{"last", []string{"eval", out, text, "--last", "0"}, 2, "--last 0"},
		{"last of a classifier", []string{"eval", "builtin:sentiment-ko", table, "--last", "0.5"}, 2, "--last is for texts and series"},
		{"unknown command", []string{"learn"}, 2, "unknown command"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := invoke(t, c.args...)
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stderr, c.want)
			require.Empty(t, stdout)
			require.NoFileExists(t, out)
		})
	}
}
