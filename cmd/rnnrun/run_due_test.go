package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

// More groups than a batch has streams, whose lines come in turn, some of which cannot be
// read, have the answers that each has alone: at steps, of windows, and at the end.
func TestManyGroupsHaveTheirOwnAnswers(t *testing.T) {
	const groups, lines = togetherStreams + 6, 9
	text := make([]string, groups)
	all := "who,ax,ay,t\n"
	for i := range lines {
		for g := range groups {
			if (i+g)%7 == 3 {
				continue // ragged
			}
			line := fmt.Sprintf("%d,%d,%d\n", (i*g)%5, i+g%3, i+i/6*50) // with a gap in the time
			if (i*groups+g)%97 == 5 {
				line = "x" + line
			}
			text[g] += line
			all += fmt.Sprintf("g%d,%s", g, line)
		}
	}
	windows := named(walker(format.TaskClassify, format.PoolMean))
	for _, c := range []struct {
		k    task
		args []string
	}{
		{named(walker(format.TaskTag, format.PoolNone)), nil},
		{named(walker(format.TaskClassify, format.PoolMean)), nil},
		{windows, []string{"--window", "3", "--stride", "1"}},
		{windows, []string{"--window", "2", "--stride", "3"}},
	} {
		args := append([]string{"run", "-m", save(t, c.k.d), "--time", "t", "--gap", "9"}, c.args...)
		got := command(all, append(slices.Clone(args), "--group", "who", "--keep", "who,t")...)
		require.Equal(t, 1, got.code)
		for g := range groups {
			alone := command("ax,ay,t\n"+text[g], append(slices.Clone(args), "--keep", "t")...)
			require.Equal(t, alone.stdout, ofGroup(got.stdout, fmt.Sprint("g", g)), "%v, group %d: %s", c.args, g, alone.stderr)
		}
		strict := command(all, append(slices.Clone(args), "--group", "who", "--keep", "who,t", "--strict")...)
		require.Equal(t, 1, strict.code)
		require.True(t, strings.HasPrefix(got.stdout, strict.stdout) || c.k.d.Pool != format.PoolNone)
	}
}
