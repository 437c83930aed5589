package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/npz"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// textModel writes the state_dict of an embedding of 3 numbers, an LSTM of 5 units
// and a linear module, with random weights that are large enough to decide.
func textModel(t *testing.T, tokens, outputs int) string {
	t.Helper()
	var arrays []npy.Array
	for _, a := range []struct {
		name  string
		shape []int
	}{
		{"embedding.weight", []int{tokens, 3}}, {"lstm.weight_ih_l0", []int{20, 3}}, {"lstm.weight_hh_l0", []int{20, 5}},
		{"lstm.bias_ih_l0", []int{20}}, {"lstm.bias_hh_l0", []int{20}}, {"fc.weight", []int{outputs, 5}}, {"fc.bias", []int{outputs}},
	} {
		n := 1
		for _, d := range a.shape {
			n *= d
		}
		values := onnxtest.Random(a.name, n)
		for i := range values {
			values[i] *= 2
		}
		arrays = append(arrays, npy.Array{Name: a.name, DType: npy.Float32, Shape: a.shape, Floats: values})
	}
	return archive(t, arrays...)
}

// inFloat64 returns the network of a state_dict, to be computed in float64.
func inFloat64(t *testing.T, path, pool string) *network.Network {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	tensors, err := npz.Read(data)
	require.NoError(t, err)
	n, err := statedict.Network(tensors, &statedict.Architecture{Pool: pool})
	require.NoError(t, err)
	return n
}

// stepsOf returns tokens as the reference reads them.
func stepsOf(ids []int) (x [][]float64) {
	for _, id := range ids {
		x = append(x, []float64{float64(id)})
	}
	return x
}

// greatest returns the index of the greatest number.
func greatest(v []float64) int {
	best := 0
	for i := range v {
		if v[i] > v[best] {
			best = i
		}
	}
	return best
}

// The vocabulary "<pad>", "<s>", "</s>", "a", "b", "c", newline, of 8 tokens.
const vocabularyOfCharacters = `{"a": 3, "b": 4, "c": 5, "\n": 6, "</s>": 2, "<s>": 1, "<pad>": 0}`

func TestImportedLanguageModelWrites(t *testing.T) {
	state := textModel(t, 8, 8)
	n := inFloat64(t, state, "none")
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, stdout, stderr := invoke(t, "convert", state, "-o", model, "--pool", "none", "--task", "language",
		"--vocabulary", write(t, "vocab.json", vocabularyOfCharacters), "--tokenizer", "characters", "--start", "<s>", "--end", "2")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "")
	m, err := runtime.Open(model)
	require.NoError(t, err)
	defer m.Close()
	require.Equal(t, &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: 1, End: 2}, m.Description().Tokenizer)
	names := []string{"<pad>", "<s>", "</s>", "a", "b", "c", "\n", "<unused 7>"}
	require.Equal(t, names, m.Description().Vocabulary)

	for _, prompt := range []string{"", "a", "abcab", "c\n"} {
		ids, want := []int{1}, prompt
		for _, r := range prompt {
			ids = append(ids, map[rune]int{'a': 3, 'b': 4, 'c': 5, '\n': 6}[r])
		}
		for range 12 {
			y := onnxtest.Evaluate(n, stepsOf(ids))
			next := greatest(y[len(y)-1])
			if next == 2 {
				break
			}
			ids, want = append(ids, next), want+names[next]
		}
		g, err := m.NewGenerator(runtime.NewSampler(0, 0, 1))
		require.NoError(t, err)
		got := ""
		for piece, err := range g.Generate(context.Background(), prompt, 12) {
			require.NoError(t, err)
			got += string(piece)
		}
		require.Equal(t, want, got, "after the prompt %q", prompt)
	}
}

func TestImportedClassifierAndTaggerReadTexts(t *testing.T) {
	words := "<unk>\nthe\nfilm\nis\ngood\nbad\nvery\n"
	texts := map[string][]int{"The film is good": {1, 2, 3, 4}, "the  FILM is very bad": {1, 2, 3, 6, 5}, "a very good plot": {0, 6, 4, 0}, "bad": {5}}
	for _, task := range []string{"classify", "tag"} {
		t.Run(task, func(t *testing.T) {
			state, pool := textModel(t, 7, 3), map[string]string{"classify": "last", "tag": "none"}[task]
			n := inFloat64(t, state, pool)
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, _, stderr := invoke(t, "convert", state, "-o", model, "--pool", pool, "--task", task, "--labels", "no,yes,maybe",
				"--vocabulary", write(t, "vocab.txt", words), "--tokenizer", "words", "--unknown", "<unk>", "--lowercase")
			require.Zero(t, code, stderr)
			m, err := runtime.Open(model)
			require.NoError(t, err)
			defer m.Close()
			labels := []string{"no", "yes", "maybe"}
			for text, ids := range texts {
				y := onnxtest.Evaluate(n, stepsOf(ids))
				if task == "classify" {
					got, err := m.NewSession().Classify(text)
					require.NoError(t, err)
					require.Equal(t, labels[greatest(y[0])], got.Label, text)
					continue
				}
				got, err := m.NewSession().Tag(nil, text)
				require.NoError(t, err)
				require.Len(t, got, len(ids))
				for i := range got {
					require.Equal(t, labels[greatest(y[i])], got[i].Label, "%s: word %d", text, i)
				}
			}
		})
	}
}

func TestConvertRefusesVocabulariesThatDoNotFit(t *testing.T) {
	state := textModel(t, 7, 3)
	vocabulary := func(text string) []string {
		return []string{"--vocabulary", write(t, "vocab", text), "--tokenizer", "characters"}
	}
	many := make([]string, 7)
	for i := range many {
		many[i] = "##" + strconv.Itoa(i)
	}
	for _, c := range []struct {
		name    string
		flags   []string
		code    int
		message string
	}{
		{"no tokenizer", []string{"--vocabulary", write(t, "v", "a")}, 2, "--tokenizer is missing"},
		{"no vocabulary", []string{"--tokenizer", "words"}, 2, "--vocabulary is missing"},
		{"another tokenizer", []string{"--tokenizer", "bpe"}, 2, `--tokenizer "bpe" is not one of characters, words, bytes, jamo`},
		{"a vocabulary of bytes", []string{"--tokenizer", "bytes", "--vocabulary", "x"}, 2, "the tokens of a byte tokenizer are the values of the bytes"},
		{"too few for bytes", []string{"--tokenizer", "bytes"}, 1, "a tokenizer of bytes needs 256 tokens, but the embedding has 7"},
		{"fewer tokens", vocabulary("a\nb\nc"), 1, "it has 3 tokens, but the model's embedding has 7"},
		{"more tokens", vocabulary("a\nb\nc\nd\ne\nf\ng\nh"), 1, "it has 8 tokens, but the model's embedding has 7"},
		{"twice", vocabulary("a\nb\nc\nd\ne\nf\na"), 1, `"a" is the token of the ids 0 and 6`},
		{"no UTF-8", vocabulary("a\nb\n\xff\nd\ne\nf\ng"), 1, "line 3 is not UTF-8"},
		{"an id beyond the embedding", vocabulary(`{"a": 0, "b": 7}`), 1, `the id of "b" is 7, but the model's embedding has the ids 0 to 6`},
		{"an id of two", vocabulary(`{"a": 0, "b": 0}`), 1, `"a" and "b" have the id 0`},
		{"no id", vocabulary(`{"a": 0.5}`), 1, `the id of "a" is "0.5", not a whole number`},
		{"tokens by ids", vocabulary(`{"0": "a"}`), 1, `the value of "0" is not a number`},
		{"a list of numbers", vocabulary(`[1, 2]`), 1, "it is a JSON list, but its values are not all strings"},
		{"nothing", vocabulary(""), 1, "unexpected EOF"},
		{"words for characters", vocabulary("the\nfilm\nis\ngood\na\nb\nc"), 1, "most of its tokens have several characters, such as \"good\""},
		{"parts of words", []string{"--vocabulary", write(t, "v", strings.Join(many, "\n")), "--tokenizer", "words"}, 1, "its tokens are parts of words"},
		{"other letters", []string{"--vocabulary", write(t, "v", "ㄱ\nㄴ\nㄷ\nㅏ\nㅑ\nㅓ\nㅕ"), "--tokenizer", "jamo"}, 1, "it has no letters from U+1100 to U+11FF"},
		{"an unknown token", append(vocabulary("a\nb\nc\nd\ne\nf\ng"), "--start", "<s>"), 2, `--start "<s>" is neither a token of the vocabulary nor an id`},
		{"an id out of range", append(vocabulary("a\nb\nc\nd\ne\nf\ng"), "--end", "7"), 2, "--end 7, but the model's embedding has the ids 0 to 6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, _, stderr := invoke(t, append([]string{"convert", state, "-o", model, "--pool", "last"}, c.flags...)...)
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stderr, c.message)
			require.NoFileExists(t, model)
		})
	}
	code, stdout, stderr := invoke(t, "convert", state, "-o", filepath.Join(t.TempDir(), "m.rnn"), "--pool", "last", "--vocabulary", write(t, "v", "a\nb\nc\nd\ne\nf\ng"), "--tokenizer", "characters")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "the model has no task")
	code, _, stderr = invoke(t, "convert", converted+"keras.json", "-o", filepath.Join(t.TempDir(), "m.rnn"), "--tokenizer", "bytes")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "the model reads numbers, not tokens")
}

// Every form of a vocabulary gives the same tokens.
func TestFormsOfAVocabulary(t *testing.T) {
	for name, text := range map[string]string{
		"lines": "a\nb\n \n", "without an end": "a\nb\n ", "Windows": "a\r\nb\r\n \r\n", "with a mark": "\ufeffa\nb\n ",
		"a list": `["a", "b", " "]`, "ids": ` {"b": 1, " ": 2, "a": 0}`,
	} {
		got, unused, err := readVocabulary(write(t, "vocab", text), 3)
		require.NoError(t, err, name)
		require.Zero(t, unused, name)
		require.Equal(t, []string{"a", "b", " "}, got, name)
	}
	got, unused, err := readVocabulary(write(t, "vocab", "{\n}\n["), 3)
	require.NoError(t, err, "lines of braces are no JSON")
	require.Zero(t, unused)
	require.Equal(t, []string{"{", "}", "["}, got)
	got, unused, err = readVocabulary(write(t, "vocab", `{"": 0, "b": 2}`), 3)
	require.NoError(t, err)
	require.Equal(t, 2, unused)
	require.Equal(t, []string{"<unused 0>", "<unused 1>", "b"}, got)
}
