package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Every command makes a model of its kind in int8 and goes on from it: with the
// weights, and with what it knows of the data, of which the new data has only a
// part.
func TestTrainFromAModel(t *testing.T) {
	_, _, up := rises(t, 100)
	for _, c := range []struct {
		name        string
		first, then []string // data, and flags
		loss        string   // which one to look at
		most        float64  // of it, where one that begins has more
	}{
		{"lm",
			[]string{write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200)), "--hidden", "24", "--embedding", "8",
				"--layers", "1", "--epochs", "8", "--batch", "8", "--window", "20", "--lr", "0.02"},
			[]string{write(t, "more.txt", strings.Repeat("to be, or not to be\nnot to be\n", 100)), "--epochs", "2", "--batch", "8", "--layers", "1"},
			"validation_loss", 0.6},
		{"classify",
			[]string{write(t, "reviews.tsv", reviews(400)), "--labels", "0=bad,1=good", "--hidden", "8", "--embedding", "8",
				"--epochs", "6", "--batch", "16", "--lr", "0.02", "--bidirectional", "--pool", "max"},
			[]string{write(t, "more.tsv", "document\tlabel\n"+strings.Repeat("영화 좋아요\t1\n", 50)), "--epochs", "1", "--pool", "max"},
			"validation_loss", 0.25},
		{"classify",
			[]string{write(t, "x.jsonl", up), "--hidden", "8", "--epochs", "60", "--batch", "8", "--lr", "0.03", "--dropout", "0"},
			[]string{write(t, "y.jsonl", up[:strings.Index(up, "\n")+1]+up), "--epochs", "1", "--dropout", "0"},
			"validation_loss", 0.25},
		{"tag",
			[]string{write(t, "sentences.tsv", tagged(200)), "--labels", "DET=determiner", "--hidden", "8", "--embedding", "8",
				"--epochs", "8", "--batch", "8", "--lr", "0.03"},
			[]string{write(t, "more.tsv", tagged(1)), "--epochs", "1", "--tokens", "word", "--valid-fraction", "0"},
			"training_loss", 0.25},
		{"forecast",
			[]string{write(t, "waves.csv", waves(600)), "--targets", "x", "--horizon", "4", "--cell", "gru",
				"--hidden", "16", "--window", "20", "--epochs", "15", "--batch", "4", "--lr", "0.02"},
			[]string{write(t, "more.csv", waves(300)), "--epochs", "2", "--window", "20", "--horizon", "4"},
			"validation_loss", 0.25},
	} {
		t.Run(c.name+" "+filepath.Base(c.first[0]), func(t *testing.T) {
			folder := t.TempDir()
			train := func(output string, args []string) (*format.Model, map[string]any) {
				output = filepath.Join(folder, output)
				code, stdout, stderr := invoke(t, append([]string{c.name, "-o", output, "--dtype", "int8", "--json"}, args...)...)
				require.Zero(t, code, stderr)
				m, err := rnn.Open(output)
				require.NoError(t, err)
				require.NoError(t, m.Verify())
				require.Equal(t, format.DTypeInt8, m.Description().Layers[0].Directions[0].Gates.DType)
				var report map[string]any
				require.NoError(t, json.Unmarshal([]byte(stdout), &report))
				return m.Description(), report
			}
			first, _ := train("first.rnn", c.first)
			second, after := train("second.rnn", append(c.then, "--from", filepath.Join(folder, "first.rnn"), "--lr", "0.0005"))

			require.Less(t, after[c.loss], c.most, "it goes on from what was learned")
			require.Equal(t, first.Tokenizer, second.Tokenizer)
			require.Equal(t, first.Vocabulary, second.Vocabulary)
			require.Equal(t, first.Labels, second.Labels)
			require.Equal(t, first.Normalization, second.Normalization)
			require.Equal(t, first.Parameters(), second.Parameters())
			var keys, origin []string
			for _, p := range second.Provenance {
				keys = append(keys, p.Key)
				if p.Key == "started from" {
					origin = append(origin, p.Value)
				}
			}
			require.Contains(t, keys, "made by")
			require.Len(t, origin, 1)
			require.Regexp(t, `^first\.rnn, sha256 [0-9a-f]{64}$`, origin[0])
		})
	}
}

func TestFromRefusals(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	folder := t.TempDir()
	lm, forecast := filepath.Join(folder, "lm.rnn"), filepath.Join(folder, "forecast.rnn")
	data := write(t, "waves.csv", waves(100))
	code, _, stderr := invoke(t, "lm", text, "-o", lm, "--hidden", "8", "--embedding", "4", "--layers", "1", "--epochs", "1", "--batch", "8")
	require.Zero(t, code, stderr)
	code, _, stderr = invoke(t, "forecast", data, "-o", forecast, "--columns", "x", "--hidden", "4", "--epochs", "1")
	require.Zero(t, code, stderr)
	table := write(t, "reviews.tsv", reviews(100))
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"lm", text, "--from", "none.rnn"}, 1, "none.rnn"},
		{[]string{"lm", text, "--from", text}, 1, "--from " + text},
		{[]string{"lm", text, "--from", "builtin:sentiment-ko"}, 2, "a model for the task classify, but this command trains for language"},
		{[]string{"lm", text, "--from", lm, "--hidden", "9"}, 2, "--hidden 9: " + lm + ", which --from names, has 8"},
		{[]string{"lm", text, "--from", lm, "--cell", "lstm"}, 2, "has gru"},
		{[]string{"lm", text, "--from", lm, "--tokens", "byte"}, 2, "--tokens byte: "},
		{[]string{"lm", text, "--from", lm, "--tie"}, 2, "--tie true: "},
		{[]string{"lm", text, "--from", lm, "--vocabulary", "9"}, 2, "--vocabulary has no effect with --from"},
		{[]string{"lm", text, "--from", lm, "--init", "xavier"}, 2, "--init has no effect with --from"},
		{[]string{"lm", table, "--from", lm, "--batch", "8"}, 1, "reviews.tsv"},
		{[]string{"lm", text, "--dtype", "int2"}, 2, `--dtype "int2" is not one of f32, f16, int8, int4`},
		{[]string{"classify", table, "--from", "builtin:sentiment-ko", "--labels", "0=a"}, 2, "--labels has no effect with --from"},
		{[]string{"classify", table, "--from", "builtin:sentiment-ko", "--pool", "last"}, 2, "--pool last: builtin:sentiment-ko"},
		{[]string{"classify", write(t, "other.tsv", strings.ReplaceAll(reviews(100), "\t1\n", "\t7\n")), "--from", "builtin:sentiment-ko"}, 1,
			`the label "7" is not one of 0, 1`},
		{[]string{"classify", write(t, "x.jsonl", `{"inputs":[1,2],"label":"1"}`), "--from", "builtin:sentiment-ko"}, 1, "it reads texts"},
		{[]string{"forecast", data, "--from", forecast, "--horizon", "3"}, 2, "--horizon 3: "},
		{[]string{"forecast", data, "--from", forecast, "--columns", "x,y"}, 2, "has [x]"},
	} {
		out := filepath.Join(folder, "out.rnn")
		code, _, stderr := invoke(t, append(c.args, "-o", out)...)
		require.Equal(t, c.code, code, stderr)
		require.Contains(t, stderr, c.want)
		require.NoFileExists(t, out)
	}
}

// A training from a model and in int8 goes on from its checkpoint to the same
// file; one from another model is refused.
func TestTrainingFromAModelResumes(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	first := filepath.Join(t.TempDir(), "first.rnn")
	code, _, stderr := invoke(t, small(text, first)...)
	require.Zero(t, code, stderr)
	train := func(ctx context.Context, output string, more ...string) (int, string) {
		var out, errs bytes.Buffer
		args := append([]string{"lm", text, "-o", output, "--from", first, "--dtype", "int8", "--epochs", "2", "--batch", "4"}, more...)
		code := run(ctx, args, strings.NewReader(""), &out, &errs)
		return code, errs.String()
	}
	want, got := filepath.Join(t.TempDir(), "model.rnn"), filepath.Join(t.TempDir(), "model.rnn")
	code, stderr = train(context.Background(), want)
	require.Zero(t, code, stderr)

	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	code, stderr = train(cancelled, got)
	require.Equal(t, 1, code, stderr)
	code, stderr = train(context.Background(), got, "--from", "builtin:shakespeare", "--resume")
	require.Equal(t, 1, code, stderr)
	require.Contains(t, stderr, "started from was")
	code, stderr = train(context.Background(), got, "--resume")
	require.Zero(t, code, stderr)
	a, err := os.ReadFile(want)
	require.NoError(t, err)
	b, err := os.ReadFile(got)
	require.NoError(t, err)
	require.Equal(t, a, b)
}
