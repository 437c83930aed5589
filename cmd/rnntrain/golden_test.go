package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
)

func TestGoldensAreCutToABound(t *testing.T) {
	tokens := func(n int) dataset.Sequence { return dataset.Sequence{Tokens: make([]int32, n)} }
	numbers := func(n int) dataset.Sequence { return dataset.Sequence{Inputs: make([]float32, n)} }
	for _, test := range []struct {
		name      string
		sequences []dataset.Sequence
		width     int
		want      []dataset.Sequence
	}{
		{"few", []dataset.Sequence{tokens(3), tokens(4)}, 1, []dataset.Sequence{tokens(3), tokens(4)}},
		{"the last one is shorter", []dataset.Sequence{tokens(6), tokens(9)}, 1, []dataset.Sequence{tokens(6), tokens(4)}},
		{"the first one is long", []dataset.Sequence{tokens(99), tokens(9)}, 1, []dataset.Sequence{tokens(10)}},
		{"whole steps", []dataset.Sequence{numbers(99)}, 3, []dataset.Sequence{numbers(9)}},
		{"a wide step", []dataset.Sequence{numbers(99)}, 33, []dataset.Sequence{numbers(33)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := shorten(test.sequences, test.width, 10)
			require.Len(t, got, len(test.want))
			for i := range got {
				require.Len(t, got[i].Tokens, len(test.want[i].Tokens))
				require.Len(t, got[i].Inputs, len(test.want[i].Inputs))
			}
		})
	}
}

// A training says that its file has examples of the data. With synthetic goldens it
// has none, and the same weights.
func TestSyntheticGoldens(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("only this sentence. ", 40))
	labelled := write(t, "labelled.tsv", "text\tlabel\naaaa\tyes\nbbbb\tno\naaa\tyes\nbbb\tno\n")
	pairs := write(t, "pairs.tsv", strings.Repeat("aab\tbba\nab\tba\n", 6))
	var table, binary strings.Builder
	table.WriteString("kelvin\n")
	binary.WriteString("on\n")
	for i := range 60 {
		fmt.Fprintf(&table, "%d\n", 280+i%5)
		fmt.Fprintf(&binary, "%d\n", i%2)
	}
	series, bits := write(t, "series.csv", table.String()), write(t, "bits.csv", binary.String())
	for _, test := range []struct {
		name string
		args []string
		says string // of the examples in the file
	}{
		{"lm", []string{"lm", text, "--batch", "2", "--window", "8", "--embedding", "4"}, "1, with 200 tokens"},
		{"classify", []string{"classify", labelled, "--valid-fraction", "0", "--embedding", "4"}, "3, with 9 tokens"},
		{"translate", []string{"translate", pairs, "--valid-fraction", "0", "--embedding", "4", "--source-min-count", "1"}, "3, with "},
		{"forecast", []string{"forecast", series, "--window", "8"}, "1, with 60 numbers"},
		{"binary forecast", []string{"forecast", bits, "--window", "8", "--binary"}, "1, with 60 numbers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			train := func(extra ...string) (string, *format.Model) {
				model := filepath.Join(t.TempDir(), "model.rnn")
				args := append(append(test.args, "-o", model, "--hidden", "4", "--epochs", "1"), extra...)
				code, _, stderr := invoke(t, args...)
				require.Zero(t, code, stderr)
				data, err := os.ReadFile(model)
				require.NoError(t, err)
				m, err := format.Read(data)
				require.NoError(t, err)
				n, err := cli.NewNetwork(m)
				require.NoError(t, err)
				require.NoError(t, n.Verify())
				return stderr, m
			}
			stderr, with := train()
			require.Contains(t, stderr, "the file contains examples of the data, for rnnrun verify: "+test.says)
			require.Contains(t, stderr, "--golden synthetic")

			stderr, without := train("--golden", "synthetic")
			require.NotContains(t, stderr, "examples of the data")
			require.Len(t, without.Goldens, 3)
			for _, g := range without.Goldens {
				require.Equal(t, 64, g.Steps)
				if test.name == "forecast" {
					for _, v := range g.Input {
						require.InDelta(t, 282, v, 3, "in the range of the data")
					}
				}
			}
			require.NotEqual(t, with.Goldens, without.Goldens)
			require.Equal(t, with.Layers, without.Layers, "the weights")
			_, again := train("--golden", "synthetic")
			require.Equal(t, without.Goldens, again.Goldens)
		})
	}
	code, _, stderr := invoke(t, "lm", text, "-o", filepath.Join(t.TempDir(), "model.rnn"), "--golden", "none")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--golden")
}
