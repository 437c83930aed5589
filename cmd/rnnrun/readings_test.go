package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// activities classifies windows of three steps, of which one begins every two.
func activities() task {
	k := walker(format.TaskClassify, format.PoolLast)
	k.d.Data = &format.Data{Columns: []string{"ax", "ay"}, Targets: []string{"does"}, Window: 3}
	k.d.Provenance = append(k.d.Provenance, format.Property{Key: cli.StrideProperty, Value: "2"})
	return k
}

// readings is a table of so many steps, and what the model makes of its windows.
func readings(t *testing.T, k task, steps, window, stride int) (xs []float32, table string, classes []rnn.Class) {
	t.Helper()
	table = "time,ay,ax\n"
	for i := range steps {
		x, y := float32(i%5)-2, float32(i%3)
		xs = append(xs, x, y)
		table += fmt.Sprintf("%d:00,%v,%v\n", i, y, x)
	}
	m, err := rnn.New(k.d)
	require.NoError(t, err)
	for from := 0; from+window <= steps; from += stride {
		c, err := m.NewSession().ClassifyNumbers(xs[2*from : 2*(from+window)])
		require.NoError(t, err)
		classes = append(classes, c)
	}
	return xs, table, classes
}

// answers are the lines of classes of windows.
func answers(classes []rnn.Class, window, stride int) string {
	text := "time,label,probability\n"
	for i, c := range classes {
		label := c.Label
		if strings.Contains(label, ",") {
			label = `"` + label + `"`
		}
		text += fmt.Sprintf("%d:00,%s,%v\n", i*stride+window-1, label, c.Probability)
	}
	return text
}

func TestClassifyWindowsOfReadings(t *testing.T) {
	k := activities()
	path := save(t, k.d)
	_, table, classes := readings(t, k, 12, 3, 2)
	require.Len(t, classes, 5)
	want := answers(classes, 3, 2)
	require.Equal(t, want, printed(t, table, "classify", "-m", path))
	file := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(file, []byte(table), 0o600))
	require.Equal(t, want, printed(t, "", "classify", "-m", path, file))
	require.Equal(t, want, printed(t, strings.ReplaceAll(table, ",", ";"), "classify", "-m", path, "-"))

	var objects strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(table), "\n")[1:] {
		f := strings.Split(line, ",")
		fmt.Fprintf(&objects, `{"ax":%s,"time":%q,"ay":%s}`+"\n", f[2], f[0], f[1])
	}
	require.Equal(t, want, printed(t, objects.String(), "classify", "-m", path))

	for _, c := range []struct{ window, stride int }{{4, 2}, {5, 1}, {2, 5}, {12, 3}, {3, 2}} {
		_, _, classes := readings(t, k, 12, c.window, c.stride)
		require.Equal(t, answers(classes, c.window, c.stride),
			printed(t, table, "classify", "-m", path, "--window", fmt.Sprint(c.window), "--stride", fmt.Sprint(c.stride)))
	}
	_, _, classes = readings(t, k, 12, 12, 1)
	require.Equal(t, answers(classes, 12, 1), printed(t, table, "classify", "-m", path, "--window", "0"))

	xs, _, _ := readings(t, k, 12, 3, 2)
	_, _, classes = readings(t, k, 12, 12, 1)
	require.Equal(t, fmt.Sprintf("%s,%v\n", classes[0].Label, classes[0].Probability), printed(t, array(t, xs, false, 12, 2), "classify", "-m", path), "an array is a sequence")

	// An empty line begins anew.
	half := strings.SplitAfter(table, "\n")
	broken := strings.Join(half[:6], "") + "\n" + strings.Join(half[6:], "")
	o := command(broken, "classify", "-m", path)
	require.Zero(t, o.code)
	require.Len(t, strings.Split(strings.TrimSpace(o.stdout), "\n"), 1+2+3)
}

func TestRunWindowsOfReadings(t *testing.T) {
	k := activities()
	path := save(t, k.d)
	xs, table, classes := readings(t, k, 7, 3, 2)
	o := printed(t, table, "run", "-m", path, "--label", "--keep", "time")
	require.Equal(t, answers(classes, 3, 2), o)
	lines := strings.Split(strings.TrimSpace(printed(t, table, "run", "-m", path, "--json")), "\n")
	require.Len(t, lines, 3)
	require.Contains(t, lines[1], `{"sequence":0,"step":4,"line":6,"outputs":{`)
	// The numbers of an array are a sequence, as they were.
	in := array(t, xs, false, 7, 2)
	require.Len(t, strings.Split(strings.TrimSpace(printed(t, in, "run", "-m", path, "--json")), "\n"), 1)
	require.Len(t, strings.Split(strings.TrimSpace(printed(t, in, "run", "-m", path, "--json", "--window", "3", "--stride", "1")), "\n"), 5)
}

// An answer comes as soon as its window is full.
func TestClassifyAnswersAtOnce(t *testing.T) {
	k := activities()
	path := save(t, k.d)
	_, table, classes := readings(t, k, 7, 3, 2)
	in, stdin := io.Pipe()
	stdout, out := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run([]string{"classify", "-m", path}, in, out, &bytes.Buffer{})
	}()
	lines := bufio.NewScanner(stdout)
	want := strings.Split(answers(classes, 3, 2), "\n")
	given := 0
	for i, line := range strings.SplitAfter(strings.TrimSuffix(table, "\n"), "\n") {
		_, err := io.WriteString(stdin, strings.TrimSuffix(line, "\n")+"\n")
		require.NoError(t, err)
		if i < 3 || i%2 == 0 {
			continue
		}
		for range map[bool]int{true: 2, false: 1}[i == 3] {
			read := make(chan bool)
			go func() { read <- lines.Scan() }()
			select {
			case ok := <-read:
				require.True(t, ok)
			case <-time.After(10 * time.Second):
				require.Fail(t, "no answer", line)
			}
			require.Equal(t, want[given], lines.Text())
			given++
		}
	}
	require.NoError(t, stdin.Close())
	require.Zero(t, <-done)
}

func TestClassifyLeavesOutBadReadings(t *testing.T) {
	k := activities()
	path := save(t, k.d)
	_, table, classes := readings(t, k, 7, 3, 2)
	bad := strings.Replace(table, "\n4:00", "\noops\n1:30,nan,1\n4:00", 1)
	o := command(bad, "classify", "-m", path)
	require.Equal(t, 1, o.code)
	require.Equal(t, answers(classes, 3, 2), o.stdout)
	require.Contains(t, o.stderr, "stdin, line 6: wrong number of numbers")
	require.Contains(t, o.stderr, `stdin, line 7, column 2: not a finite number: "nan"`)
	require.Contains(t, o.stderr, "skipped 2 steps that could not be read")

	o = command(bad, "classify", "-m", path, "--strict")
	require.Equal(t, 1, o.code)
	require.Equal(t, answers(classes[:1], 3, 2), o.stdout)
	require.Contains(t, o.stderr, "line 6")
}

func TestClassifyRefusals(t *testing.T) {
	path, texts := save(t, activities().d), save(t, letterClassifier())
	tagger := save(t, walker(format.TaskTag, format.PoolNone).d)
	_, table, _ := readings(t, activities(), 7, 3, 2)
	for _, c := range []struct {
		stdin string
		args  []string
		code  int
		want  string
	}{
		{table, []string{"-m", texts, "--hold", "2"}, 2, "--hold is for models that read numbers"},
		{table, []string{"-m", path, "--max-tokens", "2"}, 2, "--max-tokens is for texts"},
		{table, []string{"-m", path, "a", "b"}, 2, "give one file of readings"},
		{table, []string{"-m", path, "--hold", "0"}, 2, "--hold 0 must be at least 1"},
		{table, []string{"-m", path, "--min-probability", "2"}, 2, "--min-probability 2"},
		{table, []string{"-m", path, "--stride", "0"}, 2, "--stride 0"},
		{table, []string{"-m", path, "--window", "-1"}, 2, "--window -1"},
		{table, []string{"-m", path, "--window", "0", "--stride", "2"}, 2, "--stride is for windows"},
		{table, []string{"-m", tagger, "--window", "2", "--columns", "ax,ay"}, 2, "this one answers at every step"},
		{strings.Replace(table, "ay,ax", "ay,az", 1), []string{"-m", path}, 1, `there is no column "ax" to be read; the columns are time, ay, az`},
		{strings.Replace(table, "ay,ax", "ax,ax", 1), []string{"-m", path}, 1, `there is no column "ay"`},
		{"1,2,3\n", []string{"-m", path}, 1, "3 columns, but the model reads 2"},
	} {
		o := command(c.stdin, append([]string{"classify"}, c.args...)...)
		require.Equal(t, c.code, o.code, o.stderr)
		require.Contains(t, o.stderr, c.want)
		require.Empty(t, o.stdout)
	}
	for _, flags := range [][]string{{"--pad", "9"}, {"--state-out", "x.npz"}} {
		o := command(table, append([]string{"run", "-m", path}, flags...)...)
		require.Equal(t, 2, o.code, o.stderr)
		require.Contains(t, o.stderr, flags[0]+" is for whole sequences: give --window 0")
	}
	o := command("ax,ay\n1,2\n", "classify", "-m", path)
	require.Zero(t, o.code)
	require.Contains(t, o.stderr, "sequence 0: no answer: it has 1 step, but a window has 3")
}

// A model that answers at every step does so here, too.
func TestClassifyEveryStep(t *testing.T) {
	k := walker(format.TaskTag, format.PoolNone)
	xs, table, _ := readings(t, activities(), 5, 3, 2)
	m, err := rnn.New(k.d)
	require.NoError(t, err)
	s := m.NewSession()
	want := "time,label,probability\n"
	for i := range 5 {
		y, err := s.Step(xs[2*i:][:2])
		require.NoError(t, err)
		c, err := s.ClassOf(y)
		require.NoError(t, err)
		line := strings.SplitAfter(answers([]rnn.Class{c}, i+1, 1), "\n")[1]
		want += line
	}
	require.Equal(t, want, printed(t, table, "classify", "-m", save(t, k.d), "--columns", "ax,ay"))
}

func TestHysteresis(t *testing.T) {
	class := func(c int) rnn.Class { return rnn.Class{Index: c / 10, Probability: float32(c%10) / 10} }
	for _, c := range []struct {
		name    string
		h       hysteresis
		classes []int // ten times the class, and tenths of its probability
		want    []int
	}{
		{"none", hysteresis{hold: 1}, []int{5, 15, 5, 25}, []int{0, 1, 0, 2}},
		{"twice in a row", hysteresis{hold: 2}, []int{5, 15, 5, 15, 25, 25, 5}, []int{0, 0, 0, 0, 0, 2, 2}},
		{"a third class begins anew", hysteresis{hold: 3}, []int{5, 15, 15, 25, 15, 15, 15}, []int{0, 0, 0, 0, 0, 0, 1}},
		{"with a probability", hysteresis{hold: 1, least: 0.6}, []int{5, 16, 5, 26, 5}, []int{-1, 1, 1, 2, 2}},
		{"what is not probable breaks the row", hysteresis{hold: 2, least: 0.6}, []int{6, 16, 15, 16, 16}, []int{0, 0, 0, 0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []int
			before := -1
			for _, k := range c.classes {
				class, changed := c.h.next(class(k))
				require.Equal(t, class != before, changed)
				got, before = append(got, class), class
			}
			require.Equal(t, c.want, got)
			c.h.reset()
			_, changed := c.h.next(class(9))
			require.True(t, changed, "the first answer of a stream")
		})
	}
}

// The label is the one that is held, and the probability that of this label.
func TestClassifyHoldsAnAnswer(t *testing.T) {
	k := activities()
	path := save(t, k.d)
	_, table, classes := readings(t, k, 60, 3, 1)
	h := hysteresis{hold: 2}
	var want []string
	changes := 0
	for _, c := range classes {
		held, changed := h.next(c)
		want = append(want, k.d.Labels[held])
		if changed {
			changes++
		}
	}
	args := []string{"classify", "-m", path, "--stride", "1", "--hold", "2"}
	lines := strings.Split(strings.TrimSpace(printed(t, table, append(args, "--json")...)), "\n")
	require.Len(t, lines, len(want))
	for i, line := range lines {
		require.Contains(t, line, fmt.Sprintf(`"label":%q`, want[i]))
		require.Contains(t, line, fmt.Sprintf(`"label":%q,"probability":%s`, want[i], between(line, want[i])))
	}
	require.Len(t, strings.Split(strings.TrimSpace(printed(t, table, append(args, "--changes")...)), "\n"), 1+changes)
	o := printed(t, table, append(args, "--min-probability", "1")...)
	require.Contains(t, o, "2:00,,\n", "there is no answer yet")
}

// between returns the number of a class among the outputs of a line of JSON.
func between(line, label string) string {
	_, rest, _ := strings.Cut(line, fmt.Sprintf("%q:", label))
	end := strings.IndexAny(rest, ",}")
	return rest[:end]
}

// A regression writes the names of its targets, at every step or of every window.
func TestRunRegressions(t *testing.T) {
	for _, pool := range []format.Pool{format.PoolNone, format.PoolLast} {
		d := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 4, Outputs: 1, Pool: pool, Seed: 5}.Model()
		d.Data = &format.Data{Columns: []string{"ax", "ay"}, Targets: []string{"torque"}, Window: 3}
		xs, table, _ := readings(t, activities(), 7, 3, 2)
		m, err := rnn.New(d)
		require.NoError(t, err)
		want, stride := "time,torque\n", 1
		s := m.NewSession()
		for i := 0; i < 7; i += stride {
			from := i
			if pool == format.PoolLast {
				if s.Reset(); i+3 > 7 {
					break
				}
				i += 2
			}
			y, err := s.Run(xs[2*from : 2*(i+1)])
			require.NoError(t, err)
			want += fmt.Sprintf("%d:00,%v\n", i, y[0])
			i = from
		}
		require.Equal(t, want, printed(t, table, "run", "-m", save(t, d), "--keep", "time"))
	}
}
