package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// With no memory for the data, which then lie in a temporary file, a training
// writes the same model.
func TestDataLargerThanMemory(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	rows := write(t, "reviews.tsv", reviews(200))
	for name, args := range map[string][]string{
		"lm":       {"lm", text, "--hidden", "8", "--embedding", "8", "--epochs", "2", "--batch", "8"},
		"classify": {"classify", rows, "--hidden", "8", "--embedding", "8", "--epochs", "2", "--batch", "8"},
	} {
		t.Run(name, func(t *testing.T) {
			var models [2][]byte
			for i, memory := range []string{"1024", "0"} {
				model := filepath.Join(t.TempDir(), "model.rnn")
				code, _, stderr := invoke(t, append(args, "-o", model, "--memory", memory)...)
				require.Zero(t, code, stderr)
				var err error
				models[i], err = os.ReadFile(model)
				require.NoError(t, err)
			}
			require.Equal(t, models[0], models[1])
		})
	}
}

// A table, a .csv file and lines of JSON with the same rows give the same
// weights.
func TestFormatsOfATable(t *testing.T) {
	tsv := reviews(60)
	var csv, lines strings.Builder
	csv.WriteString("document,label\n")
	for i, line := range strings.Split(strings.TrimSpace(tsv), "\n") {
		text, label, _ := strings.Cut(line, "\t")
		if i == 0 {
			continue
		}
		csv.WriteString(`"` + text + `",` + label + "\n")
		object, err := json.Marshal(map[string]string{"document": text, "label": label})
		require.NoError(t, err)
		lines.Write(append(object, '\n'))
	}
	var results []string
	for _, file := range []struct{ name, data string }{{"r.tsv", tsv}, {"r.csv", csv.String()}, {"r.jsonl", lines.String()}} {
		code, stdout, stderr := invoke(t, "classify", write(t, file.name, file.data), "-o", filepath.Join(t.TempDir(), "model.rnn"),
			"--hidden", "8", "--embedding", "8", "--epochs", "2", "--batch", "8")
		require.Zero(t, code, stderr)
		_, figures, _ := strings.Cut(stdout, ", epoch")
		results = append(results, figures)
	}
	require.Equal(t, results[0], results[1])
	require.Equal(t, results[0], results[2])
}
