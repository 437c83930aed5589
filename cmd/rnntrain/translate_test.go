package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// spellings are words of two and three letters and, as their translation, the names of
// the letters.
func spellings(n int) string {
	names := map[rune]string{'a': "alpha", 'b': "bravo", 'c': "charlie"}
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for range n {
		var word string
		var spelled []string
		for range 2 + rng.IntN(2) {
			letter := rune('a' + rng.IntN(3))
			word += string(letter)
			spelled = append(spelled, names[letter])
		}
		fmt.Fprintf(&b, "%s\t%s\tCC-BY\n", word, strings.Join(spelled, " "))
	}
	return b.String()
}

var smallTranslator = []string{"--hidden", "16", "--embedding", "8", "--epochs", "25", "--batch", "16", "--lr", "0.02",
	"--dropout", "0", "--target-tokens", "word"}

func TestTrainATranslatorAndMeasureIt(t *testing.T) {
	data := write(t, "spellings.txt", spellings(400))
	model := filepath.Join(t.TempDir(), "model.rnn")
	args := append([]string{"translate", data, "-o", model, "--valid", data}, smallTranslator...)
	code, stdout, stderr := invoke(t, args...)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "4 source tokens, 6 target tokens")
	require.Contains(t, stdout, "greedy      exact 100.00 %")
	require.Contains(t, stdout, "beam 4      exact 100.00 %")
	require.Contains(t, stdout, "    target   ")
	first, err := os.ReadFile(model)
	require.NoError(t, err)

	code, stdout, stderr = invoke(t, append(args, "--resume", "--json")...)
	require.Zero(t, code, stderr)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.InDelta(t, report["validation_loss"], report["loss"], 1e-6, "the runtime's loss is the trainer's")
	require.Equal(t, 1.0, report["greedy_exact"])
	second, err := os.ReadFile(model)
	require.NoError(t, err)
	require.Equal(t, first, second, "the same command gives the same file")

	code, stdout, stderr = invoke(t, "eval", model, data, "--json", "--beam", "2")
	require.Zero(t, code, stderr)
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, "translate", report["task"])
	require.Equal(t, 400.0, report["pairs"])
	require.Equal(t, 36.0, report["sources"], "as many as there are words of two and three of three letters")
	require.Greater(t, report["beam_exact"], 0.9)
	require.Greater(t, report["beam_chrf2"], 90.0)
	require.Less(t, report["beam_token_errors"], 0.1)

	m, err := rnn.OpenEncoderDecoder(model)
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, m.Verify(), "the file proves itself")
	translator, err := m.NewTranslator()
	require.NoError(t, err)
	text, err := translator.TranslateText(nil, "cab")
	require.NoError(t, err)
	require.Equal(t, "charlie alpha bravo", string(text))
}

// A translator goes on from another one, and in int8.
func TestTrainATranslatorFromAnother(t *testing.T) {
	data := write(t, "spellings.txt", spellings(300))
	folder := t.TempDir()
	first, second := filepath.Join(folder, "first.rnn"), filepath.Join(folder, "second.rnn")
	code, _, stderr := invoke(t, append([]string{"translate", data, "-o", first, "--valid", data}, smallTranslator...)...)
	require.Zero(t, code, stderr)
	code, stdout, stderr := invoke(t, "translate", data, "-o", second, "--from", first, "--dtype", "int8", "--epochs", "2", "--json",
		"--group-lr", "layer0=0.5,decoder-layer0=0.5,decoder-head=2")
	require.Zero(t, code, stderr)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.InDelta(t, report["validation_loss"], report["loss"], 1e-6, "of int8 weights, too")
	require.Positive(t, report["sources"], "part of the pairs is held back")

	code, _, stderr = invoke(t, "translate", data, "-o", second, "--from", first, "--target-tokens", "char")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--target-tokens char: ")
	code, _, stderr = invoke(t, "translate", data, "-o", second, "--from", first, "--source-min-count", "1")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--source-min-count has no effect with --from")
}

func TestEveryKindOfTokensTranslates(t *testing.T) {
	data := write(t, "pairs.csv", "Q,A\n"+strings.Repeat("안녕,Hi there\n뭐 해?,Nothing\n잘 자,\"Good night, you\"\n가,\n", 5))
	for _, tokens := range []string{"byte", "char", "jamo", "word"} {
		t.Run(tokens, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, stdout, stderr := invoke(t, "translate", data, "-o", model, "--source-tokens", tokens, "--target-tokens", tokens,
				"--hidden", "24", "--embedding", "16", "--epochs", "60", "--lr", "0.02", "--dropout", "0", "--cell", "lstm", "--valid", data, "--tie=false")
			require.Zero(t, code, stderr)
			require.Contains(t, stderr, "left out 10 pairs with an empty side")
			require.Contains(t, stdout, "greedy      exact 100.00 % (3 of 3), chrF2 100.00, token errors 0.00 %")
			require.Contains(t, stdout, "left out    5 pairs with an empty side")
			require.Contains(t, stdout, "Good night, you")
		})
	}
}

// All pairs of a source are on one side, and about as many are held back as
// asked.
func TestPairsOfASourceStayTogether(t *testing.T) {
	s := pairSet{fraction: 0.1, seed: 1}
	held := 0
	for i := range 10000 {
		if s.holds(fmt.Sprint("source ", i)) {
			held++
		}
	}
	require.InDelta(t, 1000, held, 100)
	other := pairSet{fraction: 0.1, seed: 2}
	same := 0
	for i := range 1000 {
		if s.holds(fmt.Sprint(i)) == other.holds(fmt.Sprint(i)) {
			same++
		}
	}
	require.Less(t, same, 900, "another seed holds back others")
}

func TestTranslateRefusals(t *testing.T) {
	pairs := write(t, "pairs.tsv", "Go.\t가.\n")
	bad := write(t, "bad.tsv", "Go.\t가.\nHi.\n")
	out := filepath.Join(t.TempDir(), "model.rnn")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no pairs", []string{"translate", "-o", out}, 2, "wrong number of arguments, 0; the usage is: rnntrain translate PAIRS"},
		{"a line", []string{"translate", pairs, bad, "-o", out}, 1, "bad.tsv: line 2: it has 1 column"},
		{"columns", []string{"translate", pairs, "-o", out, "--source", "en"}, 1, "no column is named en"},
		{"tokens", []string{"translate", pairs, "-o", out, "--source-tokens", "x"}, 2, `--source-tokens "x"`},
		{"beam", []string{"translate", pairs, "-o", out, "--beam", "0"}, 2, "--beam 0"},
		{"fraction", []string{"translate", pairs, "-o", out, "--valid-fraction", "1"}, 2, "--valid-fraction 1"},
		{"nothing left", []string{"translate", pairs, "-o", out, "--max-tokens", "1"}, 1, "there are no examples"},
		{"tie", []string{"translate", pairs, "-o", out, "--tie"}, 1, "the head's 3×256 weights cannot be tied to the embedding's 3×64"},
		{"from", []string{"translate", pairs, "-o", out, "--from", "builtin:shakespeare"}, 2, "a model for the task language"},
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
