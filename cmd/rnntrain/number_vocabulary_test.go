package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/trainer"
)

func TestVocabulariesOfNumbersAreAnnounced(t *testing.T) {
	var table strings.Builder
	table.WriteString("ax,tag\n")
	for i := range 60 {
		fmt.Fprintf(&table, "0.%03d,%s\n", i, []string{"walk", "stand"}[i%2])
		if i%6 == 5 {
			table.WriteString("\n")
		}
	}
	code, _, stderr := invoke(t, "tag", write(t, "ax.csv", table.String()), "-o", filepath.Join(t.TempDir(), "m.rnn"),
		"--token", "ax", "--min-count", "1", "--valid-fraction", "0", "--hidden", "4", "--epochs", "1")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "60 of the 61 words of the vocabulary are numbers, such as")

	var quiet bytes.Buffer
	announceNumbers(&quiet, strings.Fields("a b c d e f g h i j 10 11 12 13 14 15 16 17"))
	announceNumbers(&quiet, strings.Fields("0 1 2 3 4 5 6 7 8 9 a b"))
	require.Empty(t, quiet.String())
}

func TestTheBestEpochIsAnnouncedIfLaterOnesAreWorse(t *testing.T) {
	for _, test := range []struct {
		result trainer.FitResult
		says   string
	}{
		{trainer.FitResult{Epoch: 4, Epochs: 20, Validation: trainer.Evaluation{Targets: 9}}, "the validation loss was lowest in epoch 4, whose weights the file has, and did not improve in 16 more"},
		{trainer.FitResult{Epoch: 19, Epochs: 20, Validation: trainer.Evaluation{Targets: 9}}, ""},
		{trainer.FitResult{Epoch: 4, Epochs: 20}, ""},
	} {
		var b bytes.Buffer
		announceBest(&b, test.result)
		if test.says == "" {
			require.Empty(t, b.String())
			continue
		}
		require.Contains(t, b.String(), test.says)
	}
}
