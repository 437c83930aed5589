package main

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// A line that cannot be read is reported, has an empty answer, and changes nothing
// for the lines after it.
func TestRunLeavesOutBadLines(t *testing.T) {
	for _, k := range tasks() {
		t.Run(k.name, func(t *testing.T) {
			path, width, outputs := save(t, k.d), k.width(), k.d.OutputSize()
			xs := k.sequence(6, 0)
			ys := k.outputs(t, xs)
			lines := strings.SplitAfter(strings.TrimSuffix(csv(xs, width), "\n"), "\n")
			lines[5] += "\n"
			in := slices.Insert(lines, 2, "x\n", "NaN\n")
			in = append(in, "8,8,8,8\n")
			o := command(strings.Join(in, ""), "run", "-m", path)
			require.Equal(t, 1, o.code)
			require.Contains(t, o.stderr, "stdin, line 3: ")
			require.Contains(t, o.stderr, "stdin, line 4")
			require.Contains(t, o.stderr, "stdin, line 9: ")
			require.Contains(t, o.stderr, "skipped 3 steps that could not be read")
			if k.d.Pool != 0 {
				require.Equal(t, csv(ys, outputs), o.stdout)
				return
			}
			want := csv(ys[:2*outputs], outputs) + "\n\n" + csv(ys[2*outputs:], outputs) + "\n"
			require.Equal(t, want, o.stdout)
		})
	}
}

// NaN would stay in the states for ever, and int8 would take it for a number.
func TestRunLeavesOutNumbersThatAreNotFinite(t *testing.T) {
	k := tasks()[0]
	small := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 8, Outputs: 2, DType: format.DTypeInt8, InputScale: 0.1}.Model()
	for _, c := range []struct {
		name string
		path string
	}{{"float32", save(t, k.d)}, {"int8", save(t, small)}} {
		t.Run(c.name, func(t *testing.T) {
			want := strings.SplitAfter(printed(t, "1,2,3\n4,5,6\n", "run", "-m", c.path), "\n")
			for _, bad := range []string{"NaN", "inf", "-Infinity", "1e39"} {
				o := command("1,2,3\n1,"+bad+",3\n4,5,6\n", "run", "-m", c.path)
				require.Equal(t, 1, o.code)
				require.Equal(t, want[0]+"\n"+want[1], o.stdout)
				require.Contains(t, o.stderr, "stdin, line 2, column 2: not a finite number: \""+bad+"\"")
			}
		})
	}
}

func TestRunNamesTheStepOfABinaryNumberThatIsNotFinite(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	nan := float32(math.NaN())
	xs := k.sequence(300, 0)
	bad := slices.Insert(slices.Clone(xs), 270*3, 1, nan, 1)
	want := k.outputs(t, xs)
	for _, c := range []struct {
		name, stdin string
		args        []string
		text        func(ys []float32) string
	}{
		{"raw", raw(bad, false), []string{"--raw"}, func(ys []float32) string { return raw(ys, false) }},
		{"npy", array(t, bad, false, 301, 3), nil, func(ys []float32) string { return array(t, ys, false, 301, 2) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := command(c.stdin, append([]string{"run", "-m", path}, c.args...)...)
			require.Equal(t, 1, o.code)
			require.Contains(t, o.stderr, "stdin: not a finite number: NaN in step 270\n")
			require.Equal(t, c.text(slices.Insert(slices.Clone(want), 270*2, nan, nan)), o.stdout)
		})
	}
}

func TestRunAnswersTheLinesBeforeTheFirstBadOne(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	xs := k.sequence(9, 0)
	good := csv(xs, 3)
	for _, flag := range []string{"--strict", "--strict=false"} {
		o := command(good+"x\n"+good, "run", "-m", path, flag)
		require.Equal(t, 1, o.code)
		require.Contains(t, o.stderr, "stdin, line 10: ")
		require.True(t, strings.HasPrefix(o.stdout, csv(k.outputs(t, xs), 2)))
		require.Equal(t, map[string]int{"--strict": 9, "--strict=false": 19}[flag], strings.Count(o.stdout, "\n"))
	}
	o := command(raw(xs, false)+"\x00", "run", "-m", path, "--raw")
	require.Equal(t, 1, o.code)
	require.Equal(t, raw(k.outputs(t, xs), false), o.stdout)
}

// The states are those after the last good step.
func TestRunWritesTheStatesOfTheGoodSteps(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	good, bad := filepath.Join(t.TempDir(), "good.npz"), filepath.Join(t.TempDir(), "bad.npz")
	printed(t, "1,2,3\n", "run", "-m", path, "--state-out", good)
	command("1,2,3\n1,nan,1\n", "run", "-m", path, "--state-out", bad)
	require.Equal(t, arrays(t, good), arrays(t, bad))
}

// A serial line may double the ends of lines, and so make each step a sequence.
func TestRunNotesEmptyLinesAfterEveryLine(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	const note = "every line is followed by an empty line"
	o := command("1,2,3\n\n4,5,6\n\n7,8,9\n\n1,2,3\n\n", "run", "-m", path)
	require.Equal(t, 0, o.code)
	require.Equal(t, 1, strings.Count(o.stderr, note), o.stderr)
	for _, input := range []string{"1,2,3\n\n4,5,6\n\n", "1,2,3\n4,5,6\n\n7,8,9\n\n1,2,3\n\n1,2,3\n", "1,2,3\n4,5,6\n7,8,9\n"} {
		o := command(input, "run", "-m", path)
		require.Equal(t, 0, o.code)
		require.Empty(t, o.stderr, "%q", input)
	}
}
