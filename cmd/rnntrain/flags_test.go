package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// extremes are values that no flag may fail of otherwise than with a message.
func extremes(kind string) []string {
	switch kind {
	case "int", "int64", "uint64":
		return []string{"-1", "0", "2147483647", "4611686018427387904"}
	case "float32", "float64":
		return []string{"-1", "0", "2147483647", "1e300", "NaN", "Inf", "-Inf"}
	}
	return nil
}

// endless is a value of --epochs that nobody waits for.
func endless(flag, value string) bool { return flag == "epochs" && len(value) > 2 }

// TestNumbersOfFlags gives every flag that takes a number extreme ones. The command
// does its work or refuses the number; it does not panic, and takes no memory in
// the measure of the number.
func TestNumbersOfFlags(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs every command hundreds of times, which takes a minute")
	}
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 20))
	table := write(t, "reviews.tsv", reviews(24))
	words := write(t, "words.tsv", tagged(12))
	pairs := write(t, "pairs.tsv", spellings(12))
	series := write(t, "waves.csv", waves(60))
	readings := write(t, "readings.csv", activities(2, 20))
	before, after := noise(400)
	dry := writeSound(t, filepath.Join(t.TempDir(), "dry.wav"), 1000, 1, before)
	wet := writeSound(t, filepath.Join(t.TempDir(), "wet.wav"), 1000, 1, after)
	model := filepath.Join(t.TempDir(), "model.rnn")
	few := []string{"--epochs", "1", "--hidden", "4"}
	lm := append([]string{"lm", text, "--batch", "2", "--window", "5", "--embedding", "4"}, few...)
	code, _, stderr := invoke(t, append(lm, "-o", model)...)
	require.Zero(t, code, stderr)
	for _, args := range [][]string{
		lm,
		append([]string{"classify", table, "--batch", "4", "--embedding", "4"}, few...),
		append([]string{"tag", words, "--batch", "4", "--embedding", "4"}, few...),
		append([]string{"translate", pairs, "--batch", "4", "--embedding", "4"}, few...),
		append([]string{"forecast", series, "--batch", "2", "--window", "5"}, few...),
		append([]string{"classify", readings, "--label", "activity", "--window", "5", "--batch", "4"}, few...),
		append([]string{"regress", readings, "--targets", "ax", "--columns", "ay", "--window", "5", "--batch", "4"}, few...),
		append([]string{"amp", dry, wet, "--batch", "2", "--burn-in", "10", "--window", "50"}, few...),
		{"gradflow", text, "--epochs", "1", "--hidden", "4", "--batch", "2", "--steps", "3", "--cells", "rnn"},
		{"quantize", model, "--allow-loss"},
		{"eval", model, text},
	} {
		out := filepath.Join(t.TempDir(), "out.png")
		if args[0] != "eval" {
			args = append(args, "-o", out)
		}
		root := newRoot(nil)
		command, _, err := root.Find(args)
		require.NoError(t, err)
		command.Flags().VisitAll(func(f *pflag.Flag) {
			for _, value := range extremes(f.Value.Type()) {
				t.Run(fmt.Sprintf("%s --%s=%s", args[0], f.Name, value), func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					if endless(f.Name, value) {
						cancel()
					}
					var before, after goruntime.MemStats
					goruntime.ReadMemStats(&before)
					var stderr bytes.Buffer
					code := run(ctx, append(args, "--"+f.Name+"="+value), strings.NewReader(""), &bytes.Buffer{}, &stderr)
					goruntime.ReadMemStats(&after)
					require.Contains(t, []int{0, 1, 2}, code)
					if code != 0 {
						require.Regexp(t, "^|\nrnntrain: ", stderr.String())
						require.Less(t, stderr.Len(), 2000)
					}
					require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20), "bytes of memory")
					_ = os.Remove(out + ".checkpoint")
				})
			}
		})
	}
}

// A number that a flag cannot have is a usage error, which names the flag.
func TestInvalidNumbersOfFlagsAreUsageErrors(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 20))
	table := write(t, "reviews.tsv", reviews(24))
	words := write(t, "words.tsv", tagged(12))
	pairs := write(t, "pairs.tsv", spellings(12))
	series := write(t, "waves.csv", waves(60))
	readings := write(t, "readings.csv", activities(2, 20))
	before, after := noise(400)
	dry := writeSound(t, filepath.Join(t.TempDir(), "dry.wav"), 1000, 1, before)
	wet := writeSound(t, filepath.Join(t.TempDir(), "wet.wav"), 1000, 1, after)
	out := filepath.Join(t.TempDir(), "out.png")
	model, translator := filepath.Join(t.TempDir(), "model.rnn"), "../../models/g2p-en.rnn"
	code, _, stderr := invoke(t, "lm", text, "--batch", "2", "--window", "5", "--embedding", "4", "--epochs", "1", "--hidden", "4", "-o", model)
	require.Zero(t, code, stderr)
	anyNumber := map[string]bool{"delay": true, "forget-bias": true}
	least := map[string]bool{ // flags whose least number is 1
		"batch": true, "beam": true, "embedding": true, "epochs": true, "hidden": true, "horizon": true, "layers": true, "lr": true, "segment": true, "steps": true,
	}
	for _, args := range [][]string{
		{"lm", text, "-o", out},
		{"classify", table, "--label", "label", "-o", out},
		{"classify", readings, "--label", "activity", "--window", "5", "-o", out},
		{"tag", words, "-o", out},
		{"translate", pairs, "-o", out},
		{"forecast", series, "--anomaly", "--optimizer", "sgd", "--schedule", "plateau", "-o", out},
		{"regress", readings, "--targets", "ax", "--columns", "ay", "--window", "5", "-o", out},
		{"amp", dry, wet, "-o", out},
		{"gradflow", text, "-o", out},
		{"quantize", model, "--calibrate", text, "-o", out},
		{"convert", model, "-o", out},
		{"eval", model, text},
		{"eval", translator, pairs},
	} {
		command, _, err := newRoot(nil).Find(args)
		require.NoError(t, err)
		command.Flags().VisitAll(func(f *pflag.Flag) {
			var values []string
			kind := f.Value.Type()
			switch {
			case kind == "int" && least[f.Name]:
				values = []string{"-1", "0"}
			case kind == "int":
				values = []string{"-1"}
			case kind == "float64":
				values = []string{"-1", "NaN"}
			}
			for _, value := range values {
				if value == "-1" && anyNumber[f.Name] {
					continue
				}
				code, _, stderr := invoke(t, append(args, "--"+f.Name+"="+value)...)
				require.Equal(t, 2, code, "%s --%s=%s: %s", args[0], f.Name, value, stderr)
				require.Contains(t, stderr, "--"+f.Name)
			}
		})
	}
	for _, args := range [][]string{{"lm", text, "--window", "0"}, {"forecast", series, "--window", "0"}, {"amp", dry, wet, "--window", "0"}} {
		code, _, stderr := invoke(t, append(args, "-o", out)...)
		require.Equal(t, 2, code, stderr)
		require.Contains(t, stderr, "--window 0 must be at least 1")
	}
}
