package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEvalPrintsTheScoresOfClasses(t *testing.T) {
	data := write(t, "data.tsv", "text\tlabel\naaaa\tyes\nbbbb\tno\naaa\tyes\nbbb\tno\nabaa\tyes\n")
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "classify", data, "-o", model, "--valid-fraction", "0", "--min-count", "1",
		"--hidden", "8", "--embedding", "4", "--epochs", "60", "--batch", "2", "--lr", "0.02", "--dropout", "0")
	require.Zero(t, code, stderr)

	measured := write(t, "measured.tsv", "text\tlabel\naaaa\tyes\nbbbb\tno\naaaa\tno\n")
	code, stdout, stderr := invoke(t, "eval", model, measured)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "accuracy    66.67 % (2 of 3)")
	require.Contains(t, stdout, "macro F1    0.6667")

	code, stdout, stderr = invoke(t, "eval", model, measured, "--json")
	require.Zero(t, code, stderr)
	var report struct {
		MacroF1   float64 `json:"macro_f1"`
		Confusion [][]int `json:"confusion"`
		Classes   []struct {
			Label             string
			Recall, Precision float64
		} `json:"classes"`
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, [][]int{{1, 1}, {0, 1}}, report.Confusion, "no and yes, by the true class")
	require.InDelta(t, 2./3, report.MacroF1, 1e-9)
	require.Equal(t, "no", report.Classes[0].Label)
	require.Equal(t, 0.5, report.Classes[0].Recall)
	require.Equal(t, 0.5, report.Classes[1].Precision)
}

func TestEvalOfALanguageModelCountsCharactersAndUnknownTokens(t *testing.T) {
	text := ""
	for range 60 {
		text += "one two one two "
	}
	data := write(t, "text.txt", text)
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "lm", data, "-o", model, "--tokens", "word", "--min-count", "2", "--hidden", "8",
		"--embedding", "4", "--epochs", "2", "--batch", "2", "--window", "8", "--layers", "1")
	require.Zero(t, code, stderr)

	code, stdout, stderr := invoke(t, "eval", model, write(t, "other.txt", "one two three four"), "--json")
	require.Zero(t, code, stderr)
	var report struct {
		Targets, Unknown, Loss float64
		Nats                   float64 `json:"nats_per_character"`
		Bits                   float64 `json:"bits_per_character"`
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, 2.0, report.Unknown)
	require.InDelta(t, report.Loss*report.Targets/17, report.Nats, 1e-6)
	require.InDelta(t, report.Nats/math.Ln2, report.Bits, 1e-6)
}
