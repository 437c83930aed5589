package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestForecastSaysWhichColumnsItReads(t *testing.T) {
	file := write(t, "x.csv", "date,load,mean\nmonday,20,\ntuesday,21,20.5\nwednesday,22,21\nthursday,21,21.5\nfriday,20,21\n")
	code, _, stderr := invoke(t, "forecast", file, "-o", filepath.Join(t.TempDir(), "m.rnn"), "--epochs", "1", "--hidden", "4")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, `columns read: "load"`)
	require.Contains(t, stderr, `columns left out: "date" ("monday" in line 2 is not a number), "mean" (its first value, in line 2, is missing)`)
}

func TestForecastExplainsEmptyLines(t *testing.T) {
	file := write(t, "x.csv", "temp\n\n20\n\n21\n\n22\n\n23\n")
	code, _, stderr := invoke(t, "forecast", file, "-o", filepath.Join(t.TempDir(), "m.rnn"), "--epochs", "1")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "every series has only one step, since an empty line follows every row")
}
