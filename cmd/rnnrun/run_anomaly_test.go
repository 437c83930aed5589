package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// watcher is a forecaster with thresholds.
func watcher() task {
	k := forecaster()
	k.d.Anomaly = &format.Anomaly{Columns: []int{0, 1}, Median: []float32{0, 0}, Scale: []float32{1, 1}, Weight: 0.5, Threshold: 4}
	return k
}

// scored returns the answers of a sequence of steps as a table, line by line.
func (k task) scored(t *testing.T, xs []float32) (lines []string) {
	m, err := rnn.New(k.d)
	require.NoError(t, err)
	d, err := m.NewDetector()
	require.NoError(t, err)
	ys := k.outputs(t, xs)
	for ; len(ys) > 0; xs, ys = xs[2:], ys[2:] {
		score := d.Score(xs, ys)
		lines = append(lines, strings.TrimSpace(csv(append(append([]float32{}, ys[:2]...), score, map[bool]float32{true: 1}[d.Anomalous(score)]), 4)))
	}
	return lines
}

func TestRunWritesScores(t *testing.T) {
	k := watcher()
	path := save(t, k.d)
	one, other := k.scored(t, []float32{1, 2, 3, 4.5, 30, 1}), k.scored(t, []float32{2, 2, 2, 2})
	require.True(t, strings.HasSuffix(one[0], ",NaN,0"), one)
	require.True(t, strings.HasSuffix(one[2], ",1"), one)
	require.Equal(t, "time,ax+1,ay+1,score,anomaly\n1,"+one[0]+"\n2,"+one[1]+"\n3,"+one[2]+"\n\n4,"+other[0]+"\n5,"+other[1]+"\n",
		printed(t, "time,ax,ay\n1,1,2\n2,3,4.5\n3,30,1\n\n4,2,2\n5,2,2\n", "run", "-m", path, "--anomaly", "--keep", "time"),
		"the first step of each sequence has no score")
	require.Equal(t, strings.Join(one, "\n")+"\n", printed(t, "1,2\n3,4.5\n30,1\n", "run", "-m", path, "--anomaly"))
	require.Contains(t, printed(t, "1,2\n30,1\n", "run", "-m", path, "--anomaly", "--json"), `"score":null,"anomaly":0}`)
	without := printed(t, "1,2\n3,4.5\n", "run", "-m", path)
	require.Equal(t, csv(k.outputs(t, []float32{1, 2, 3, 4.5}), 2), without, "scores come only if they are asked for")
}

// A line that cannot be read has no score, and the next one is held against the last
// prediction.
func TestRunScoresBesideBadLines(t *testing.T) {
	k := watcher()
	path := save(t, k.d)
	want := k.scored(t, []float32{1, 2, 3, 4.5})
	o := command("1,2\nbad,1\n3,4.5\n", "run", "-m", path, "--anomaly", "--keep", "0", "--columns", "0,1")
	require.Equal(t, 1, o.code)
	require.Equal(t, "1,"+want[0]+"\nbad,,,,\n3,"+want[1]+"\n", o.stdout)
}

func TestRunWritesScoresAsArrays(t *testing.T) {
	k := watcher()
	xs := []float32{1, 2, 3, 4.5, 30, 1}
	shape, got, err := npy.ReadAll(strings.NewReader(printed(t, array(t, xs, false, 3, 2), "run", "-m", save(t, k.d), "--anomaly")))
	require.NoError(t, err)
	require.Equal(t, []int{3, 4}, shape)
	require.Equal(t, strings.Join(k.scored(t, xs), "\n")+"\n", csv(got, 4))
}

func TestRunRefusesScores(t *testing.T) {
	plain, scored := save(t, forecaster().d), save(t, watcher().d)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"-m", plain, "--anomaly"}, "rnntrain forecast --anomaly"},
		{[]string{"-m", scored, "--anomaly", "-o", filepath.Join(t.TempDir(), "x.wav")}, "cannot write sound"},
		{[]string{"-m", scored, "--anomaly", "-o", filepath.Join(t.TempDir(), "x.npz")}, "give one file"},
	} {
		o := command("1,2\n", append([]string{"run"}, c.args...)...)
		require.Equal(t, 2, o.code, o.stderr)
		require.Contains(t, o.stderr, c.says)
	}
}

func TestInspectShowsTheThreshold(t *testing.T) {
	path := save(t, watcher().d)
	require.Contains(t, printed(t, "", "inspect", path), "anomalies   have scores above 4\n")
	require.Contains(t, printed(t, "", "inspect", path, "--json"), `"anomaly":{"threshold":4,"weight":0.5}`)
	require.Contains(t, printed(t, "", "inspect", save(t, forecaster().d), "--json"), `"anomaly":null`)
}

// A stream of scores goes on over a file of states; one that was written without scores
// begins them anew.
func TestScoresGoOnOverStates(t *testing.T) {
	k := watcher()
	path, states := save(t, k.d), filepath.Join(t.TempDir(), "s.npz")
	run := func(input string, args ...string) string {
		return printed(t, input, append([]string{"run", "-m", path}, args...)...)
	}
	whole := run("1,2\n3,4.5\n30,1\n", "--anomaly")
	first := run("1,2\n", "--anomaly", "--state-out", states)
	require.Equal(t, whole, first+run("3,4.5\n30,1\n", "--anomaly", "--state-in", states))
	plain := run("3,4.5\n", "--state-in", states) // it has no use for the detector's
	require.NotContains(t, plain, "NaN")

	run("1,2\n", "--state-out", states)
	require.Contains(t, run("3,4.5\n", "--anomaly", "--state-in", states), ",NaN,0\n")

	run("1,2\n", "--anomaly", "--state-out", states)
	other := watcher()
	other.d.Anomaly.Threshold = 5
	o := command("3,4.5\n", "run", "-m", save(t, other.d), "--anomaly", "--state-in", states)
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, `the array detector`)

	two := filepath.Join(t.TempDir(), "two.npz")
	const one, later = "1,2\n\n5,6\n", "3,4.5\n\n7,8\n"
	run(one, "--anomaly", "--state-out", two)
	require.NotContains(t, run(later, "--anomaly", "--state-in", two), "NaN")
}
