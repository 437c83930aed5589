package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMissingValuesOfSeries(t *testing.T) {
	var b strings.Builder
	b.WriteString("Date;Power;Voltage\n")
	for i := range 60 {
		power := fmt.Sprintf("%d.5", i%7)
		if i%20 == 10 {
			power = "?"
		}
		fmt.Fprintf(&b, "day %d;%s;%d\n", i, power, i%3)
	}
	data, model := write(t, "a.csv", b.String()), filepath.Join(t.TempDir(), "m.rnn")
	train := []string{"forecast", data, "-o", model, "--hidden", "4", "--epochs", "1", "--window", "5"}
	code, _, stderr := invoke(t, train...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `line 12: Power is "?", which is not a number; if it is missing: --missing drop`)

	for _, c := range []struct{ missing, want string }{
		{"drop", data + ": left out 3 rows with missing values"},
		{"fill", data + ": filled 3 missing values with the previous value"},
	} {
		code, _, stderr = invoke(t, append(train, "--missing", c.missing, "--valid", data)...)
		require.Zero(t, code, stderr)
		require.Equal(t, 2, strings.Count(stderr, c.want), "of DATA and of --valid: %s", stderr)
		require.Equal(t, 2, strings.Count(stderr, data+`: columns read: "Power", "Voltage"`), stderr)
		require.Equal(t, 2, strings.Count(stderr, data+`: columns left out: "Date"`), stderr)

		code, _, stderr = invoke(t, "eval", model, data, "--missing", c.missing)
		require.Zero(t, code, stderr)
		require.Contains(t, stderr, c.want)
		require.Contains(t, stderr, data+`: columns read: "Power", "Voltage"`)
		require.Contains(t, stderr, data+`: columns left out: "Date" (it was not asked for)`)
	}
	code, _, stderr = invoke(t, "eval", model, data)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "--missing drop")
	for _, c := range []struct {
		args []string
		want string
	}{
		{append(train, "--missing", "zero"), `--missing "zero" is not one of drop, fill`},
		{[]string{"eval", "builtin:sentiment-ko", data, "--missing", "drop"}, "--missing is for series"},
	} {
		code, _, stderr := invoke(t, c.args...)
		require.Equal(t, 2, code)
		require.Contains(t, stderr, c.want)
	}
}
