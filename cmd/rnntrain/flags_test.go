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
