package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// classesOf counts the entries of each class.
func classesOf(entries []member, numbers []int) map[string]int {
	counts := map[string]int{}
	for _, i := range numbers {
		counts[entries[i].class]++
	}
	return counts
}

func membersOf(counts map[string]int) (entries []member) {
	for class, n := range counts {
		entries = append(entries, slices.Repeat([]member{{class: class}}, n)...)
	}
	slices.SortFunc(entries, func(a, b member) int { return strings.Compare(a.class, b.class) })
	return entries
}

func TestEachClassIsHeldBackAlike(t *testing.T) {
	for _, c := range []struct {
		fraction     float64
		counts, want map[string]int
	}{
		{0.2, map[string]int{"a": 100, "b": 50, "c": 10}, map[string]int{"a": 20, "b": 10, "c": 2}},
		{0.05, map[string]int{"a": 1000, "b": 2, "c": 1}, map[string]int{"a": 50, "b": 1}},
		{0.1, map[string]int{"a": 15, "b": 15}, map[string]int{"a": 2, "b": 1}},
		{0.9, map[string]int{"a": 2, "b": 10}, map[string]int{"a": 1, "b": 9}},
		{0.5, map[string]int{"a": 1, "b": 1}, map[string]int{}},
		{0, map[string]int{"a": 10}, map[string]int{}},
		{0.25, map[string]int{"": 10}, map[string]int{"": 2}},
		{0.05, map[string]int{"": 10}, map[string]int{}},
	} {
		entries := membersOf(c.counts)
		for seed := range uint64(200) {
			train, valid := holdBack(entries, c.fraction, seed)
			require.Equal(t, c.want, classesOf(entries, valid), "%v %v", c.fraction, c.counts)
			both := slices.Sorted(slices.Values(slices.Concat(train, valid)))
			require.Len(t, slices.Compact(both), len(entries), "each entry is on one side")
			again, _ := holdBack(entries, c.fraction, seed)
			require.Equal(t, train, again)
		}
	}
	entries := membersOf(map[string]int{"a": 40, "b": 40})
	_, one := holdBack(entries, 0.2, 1)
	_, two := holdBack(entries, 0.2, 2)
	require.NotEqual(t, one, two, "the seed chooses")
}

func TestGroupsComeWhole(t *testing.T) {
	for _, c := range []struct {
		name         string
		groups, size int
		fraction     float64
		least, most  int // groups that are held back
	}{
		{"many", 40, 5, 0.2, 7, 9},
		{"few", 5, 20, 0.2, 1, 1},
		{"larger than what is due", 4, 50, 0.05, 1, 1},
		{"one alone", 1, 50, 0.5, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var entries []member
			for g := range c.groups {
				for i := range c.size {
					entries = append(entries, member{[]string{"a", "b"}[i%2], fmt.Sprint("g", g)})
				}
			}
			for seed := range uint64(50) {
				train, valid := holdBack(entries, c.fraction, seed)
				held := map[string]bool{}
				for _, i := range valid {
					held[entries[i].group] = true
				}
				for _, i := range train {
					require.False(t, held[entries[i].group])
				}
				require.GreaterOrEqual(t, len(held), c.least)
				require.LessOrEqual(t, len(held), c.most)
				require.Len(t, classesOf(entries, train), 2, "no class is held back as a whole")
			}
		})
	}
}

// Windows of one recording are almost the same: a network that has seen some knows
// the others.
func TestGroupsOfATable(t *testing.T) {
	var table, numbers strings.Builder
	table.WriteString("text,label,who\n")
	for i := range 60 {
		fmt.Fprintf(&table, "word%d words,%d,writer %d\n", i/6, i%2, i/6)
		fmt.Fprintf(&numbers, `{"inputs":[%d,%d,3],"label":%d,"who":%d}`+"\n", i%2, i/6, i%2, i/6)
	}
	out := filepath.Join(t.TempDir(), "m.rnn")
	flags := []string{"-o", out, "--hidden", "4", "--epochs", "1", "--valid-fraction", "0.2", "--group", "who"}
	for _, file := range []string{write(t, "a.csv", table.String()), write(t, "a.jsonl", numbers.String())} {
		code, _, stderr := invoke(t, append([]string{"classify", file}, flags...)...)
		require.Zero(t, code, stderr)
		require.Contains(t, stderr, "2 of 10 groups are held back")
	}
	csv := write(t, "a.csv", table.String())
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"classify", csv, "-o", out, "--group", "whom"}, "the group: no column is named whom"},
		{[]string{"classify", csv, "-o", out, "--group", "who", "--valid", csv}, "--group: nothing is held back"},
	} {
		code, _, stderr := invoke(t, c.args...)
		require.NotZero(t, code)
		require.Contains(t, stderr, c.want)
	}
}

func TestForecastAnnouncesAnEmptyValidationPart(t *testing.T) {
	file := write(t, "a.csv", "v\n1\n2\n3\n4\n")
	code, _, stderr := invoke(t, "forecast", file, "-o", filepath.Join(t.TempDir(), "m.rnn"), "--hidden", "4", "--epochs", "1")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "nothing to validate on: too little data for --valid-fraction 0.2")
}
