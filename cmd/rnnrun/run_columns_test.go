package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// forecaster predicts two columns, by name, one step ahead.
func forecaster() task {
	d := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 8, Outputs: 2, Seed: 3}.Model()
	d.Data = &format.Data{Columns: []string{"ax", "ay"}, Targets: []string{"ax", "ay"}, Horizon: 1}
	return task{"forecaster", d}
}

// walker tags or classifies steps of two numbers.
func walker(t format.Task, pool format.Pool) task {
	d := modeltest.Spec{Cell: format.CellLSTM, Input: 2, Hidden: 8, Task: t, Pool: pool, Outputs: 3, Output: format.OutputSoftmax, Seed: 4}.Model()
	d.Labels = []string{"stand", "walk", "run, fast"}
	return task{"walker", d}
}

// beside puts the fields of lines of two tables side by side.
func beside(a, b string) (joined string) {
	x, y := strings.Split(strings.TrimSuffix(a, "\n"), "\n"), strings.Split(strings.TrimSuffix(b, "\n"), "\n")
	for i := range x {
		joined += x[i] + "," + y[i] + "\n"
	}
	return joined
}

func TestRunReadsColumnsByName(t *testing.T) {
	k := forecaster()
	path := save(t, k.d)
	want := csv(k.outputs(t, []float32{1, 2, 3, 4.5}), 2)
	names := "ax+1,ay+1\n"
	for _, c := range []struct {
		name, stdin string
		args        []string
		want        string
	}{
		{"the numbers alone", "1,2\n3,4.5\n", nil, want},
		{"a header", "ax,ay\n1,2\n3,4.5\n", nil, names + want},
		{"a header that is skipped", "ax,ay\n1,2\n3,4.5\n", []string{"--header"}, want},
		{"another order", "ay,ax\n2,1\n4.5,3\n", nil, names + want},
		{"further columns", "time,ay,note,ax\n10:00,2,x,1\n10:01,4.5,,3\n", nil, names + want},
		{"a byte order mark and empty lines", "\ufeff\n\nay,ax\n2,1\n4.5,3\n", nil, names + want},
		{"quotes", "\"time, local\",\"ay\",ax\n\"a \"\"b\"\", c\",2,\"1\"\nd,4.5,3\n", nil, names + want},
		{"semicolons", "time;ax;ay\n1;1;2\n2;3;4.5\n", nil, names + want},
		{"decimal commas", "time;ax;ay\n1;1;2,0\n2;3,0;4,5\n", nil, names + want},
		{"decimal commas without a header", "1,0;2,0\n3,0;4,5\n", nil, want},
		{"tabs", "time\tax\tay\tnote\n\t1\t2\t\nx\t3\t4,5\t\n", nil, names + want},
		{"columns that are chosen", "a,b,c\n2,0,1\n4.5,0,3\n", []string{"--columns", "c,a"}, names + want},
		{"columns by number", "2,x,1\n4.5,y,3\n", []string{"--columns", "2,0"}, want},
		{"a column that is kept", "time,ay,ax\n10:00,2,1\n10:01,4.5,3\n", []string{"--keep", "time"}, "time," + names + beside("10:00\n10:01\n", want)},
		{"all others", "time,ay,ax,x\n\"1,0\",2,1,\n10:01,4.5,3,b\n", []string{"--keep", "all"}, "time,x," + names + beside("\"1,0\",\n10:01,b\n", want)},
		{"kept by number", "10:00,1,2\n10:01,3,4.5\n", []string{"--columns", "1,2", "--keep", "0"}, beside("10:00\n10:01\n", want)},
		{"kept by number, the others are read", "7,1,2\n8,3,4.5\n", []string{"--keep", "0"}, beside("7\n8\n", want)},
		{"two sequences", "ax,ay\n1,2\n3,4.5\n\n1,2\n3,4.5\n", nil, names + want + "\n" + want},
		{"a header alone", "ax,ay\n", nil, names},
		{"nothing", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, printed(t, c.stdin, append([]string{"run", "-m", path}, c.args...)...))
		})
	}
}

func TestRunNamesTheColumnsThatAreMissing(t *testing.T) {
	k := forecaster()
	path := save(t, k.d)
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
		says        string
	}{
		{"of the model", "time,ax,az\n1,2,3\n", []string{"--header"}, 1, `line 1: wrong columns: there is no column "ay" to be read; the columns are time, ax, az`},
		{"of the flag", "time,ax,az\n1,2,3\n", []string{"--columns", "ax,b"}, 1, `there is no column "b"`},
		{"to be kept", "time,ax,ay\n1,2,3\n", []string{"--keep", "t"}, 1, `there is no column "t" to be kept; the columns are time, ax, ay`},
		{"other names, in order", "a,b\n1,2\n", []string{"--header"}, 0, "the first line does not name the model's columns ax, ay, so the columns are read in their order"},
		{"not known beside all", "1,2,3\n", []string{"--keep", "all"}, 1, "3 columns, but the model reads 2: choose them with --columns"},
		{"not known beside a name", "t,a,b,c\n1,2,3,4\n", []string{"--keep", "t"}, 1, `there is no column "ax" to be read; the columns are t, a, b, c`},
		{"no header", "1,2,3\n", nil, 1, "3 on the line, but the model reads 2 per step, separated by commas"},
		{"too few", "1,2\n", []string{"--columns", "ax"}, 2, "--columns has 1 column, but the model reads 2"},
		{"not CSV", array(t, []float32{1, 2}, false, 1, 2), []string{"--columns", "ax,ay"}, 2, "--columns and --keep are for CSV, but stdin is .npy"},
		{"no classes", "1,2\n", []string{"--label"}, 2, "--label needs a model with classes, but this one is for the task regress"},
		{"both", "1,2\n", []string{"--label", "--json"}, 2, "--json already writes the label"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := command(c.stdin, append([]string{"run", "-m", path}, c.args...)...)
			require.Equal(t, c.code, o.code, o.stderr)
			require.Contains(t, o.stderr, c.says)
		})
	}
}

// A model that does not say its columns reads those that are not kept.
func TestRunReadsWhatIsNotKept(t *testing.T) {
	k := forecaster()
	k.d.Data = nil
	path := save(t, k.d)
	want := csv(k.outputs(t, []float32{1, 2, 3, 4.5}), 2)
	require.Equal(t, "t,y0,y1\n"+beside("a\nb\n", want), printed(t, "x,t,y\n1,a,2\n3,b,4.5\n", "run", "-m", path, "--keep", "t"))
	o := command("x,t,y,z\n1,a,2,3\n", "run", "-m", path, "--keep", "t")
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, "3 columns beside those to keep, but the model reads 2: choose them with --columns")
}

// A bad line keeps its place and what is kept of it, and the lines after it are right.
func TestRunKeepsTheColumnsOfABadLine(t *testing.T) {
	k := forecaster()
	path := save(t, k.d)
	want := strings.SplitAfter(csv(k.outputs(t, []float32{1, 2, 3, 4.5}), 2), "\n")
	o := command("time,ax,ay\nm,1,2\nn,x,2\no,1\np,3,4.5\n", "run", "-m", path, "--keep", "time")
	require.Equal(t, 1, o.code)
	require.Equal(t, "time,ax+1,ay+1\nm,"+want[0]+"n,,\no,,\np,"+want[1], o.stdout)
	require.Contains(t, o.stderr, `line 3, column 2: not a number: "x"`)
	require.Contains(t, o.stderr, "line 4: wrong number of numbers in a step: 2 columns on the line, but the first line has 3")

	o = command("time,ax,ay\nm,1,2\nn,x,2\np,3,4.5\n", "run", "-m", path, "--keep", "time", "--strict")
	require.Equal(t, 1, o.code)
	require.Equal(t, "time,ax+1,ay+1\nm,"+want[0], o.stdout)
}

func TestRunGivesLabels(t *testing.T) {
	steps := "1,2\n3,4.5\n"
	tagger, classifier := walker(format.TaskTag, format.PoolNone), walker(format.TaskClassify, format.PoolMean)
	m := tagger.outputs(t, []float32{1, 2, 3, 4.5})
	want := ""
	for _, y := range [][]float32{m[:3], m[3:]} {
		want += best(tagger.d, y)
	}
	require.Equal(t, want, printed(t, steps, "run", "-m", save(t, tagger.d), "--label"))
	want = best(classifier.d, classifier.outputs(t, []float32{1, 2, 3, 4.5}))
	path := save(t, classifier.d)
	require.Equal(t, want, printed(t, steps, "run", "-m", path, "--label"))
	require.Equal(t, "t,label,probability\nb,"+want+"c,"+want,
		printed(t, "a,b,t\n1,2,a\n3,4.5,b\n\n1,2,x\n3,4.5,c\n", "run", "-m", path, "--label", "--columns", "a,b", "--keep", "t"))
}

// best returns the line of a step's most probable class.
func best(d *format.Model, y []float32) string {
	at := 0
	for i, p := range y {
		if p > y[at] {
			at = i
		}
	}
	label := d.Labels[at]
	if strings.Contains(label, ",") {
		label = `"` + label + `"`
	}
	return label + "," + csv(y[at:at+1], 1)
}

func TestRunJSON(t *testing.T) {
	k, tagger, classifier := forecaster(), walker(format.TaskTag, format.PoolNone), walker(format.TaskClassify, format.PoolLast)
	xs := []float32{1, 2, 3, 4.5}
	y := k.outputs(t, xs)
	number := func(v float32) string { return strings.TrimSuffix(csv([]float32{v}, 1), "\n") }
	class := func(d *format.Model, y []float32) string {
		fields := strings.Split(strings.TrimSuffix(best(d, y), "\n"), ",")
		p := fields[len(fields)-1]
		label := strings.Trim(strings.Join(fields[:len(fields)-1], ","), `"`)
		outputs := ""
		for i, v := range y {
			outputs += `,"` + d.Labels[i] + `":` + number(v)
		}
		return `"outputs":{` + outputs[1:] + `},"label":"` + label + `","probability":` + p + "}\n"
	}
	tags, sequence := tagger.outputs(t, xs), classifier.outputs(t, xs)
	plain := tasks()[0]
	z := plain.outputs(t, []float32{1, 2, 3})
	for _, c := range []struct {
		name, stdin string
		model       *format.Model
		args        []string
		code        int
		want        string
	}{
		{"names", "ax,ay\n1,2\n3,4.5\n", k.d, nil, 0,
			`{"sequence":0,"step":0,"line":2,"outputs":{"ax+1":` + number(y[0]) + `,"ay+1":` + number(y[1]) + "}}\n" +
				`{"sequence":0,"step":1,"line":3,"outputs":{"ax+1":` + number(y[2]) + `,"ay+1":` + number(y[3]) + "}}\n"},
		{"a bad line", "time,ax,ay\na,1,x\n\"b\"\"\",1,2\n", k.d, []string{"--keep", "time"}, 1,
			`{"sequence":0,"step":0,"line":2,"kept":{"time":"a"},"outputs":null}` + "\n" +
				`{"sequence":0,"step":1,"line":3,"kept":{"time":"b\""},"outputs":{"ax+1":` + number(y[0]) + `,"ay+1":` + number(y[1]) + "}}\n"},
		{"no names", array(t, []float32{1, 2, 3}, false, 1, 3), plain.d, nil, 0,
			`{"sequence":0,"step":0,"outputs":[` + number(z[0]) + "," + number(z[1]) + "]}\n"},
		{"raw", raw([]float32{1, 2, 3}, false), plain.d, []string{"--raw"}, 0,
			`{"sequence":0,"step":0,"outputs":[` + number(z[0]) + "," + number(z[1]) + "]}\n"},
		{"tags", "1,2\n3,4.5\n", tagger.d, nil, 0,
			`{"sequence":0,"step":0,"line":1,` + class(tagger.d, tags[:3]) + `{"sequence":0,"step":1,"line":2,` + class(tagger.d, tags[3:])},
		{"a class", "1,2\n3,4.5\n\n1,2\n3,4.5\n", classifier.d, nil, 0,
			`{"sequence":0,"line":2,` + class(classifier.d, sequence) + `{"sequence":1,"line":5,` + class(classifier.d, sequence)},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := command(c.stdin, append([]string{"run", "-m", save(t, c.model), "--json"}, c.args...)...)
			require.Equal(t, c.code, o.code, o.stderr)
			require.Equal(t, c.want, o.stdout)
		})
	}
	t.Run("lengths", func(t *testing.T) {
		got := printed(t, array(t, make([]float32, 12), false, 2, 2, 3), "run", "-m", save(t, plain.d), "--json", "--lengths", "1,2")
		require.Equal(t, 3, strings.Count(got, "\n"), "no line for what is beyond a sequence's end")
	})
	t.Run("to an array", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "y.npy")
		o := command("1,2\n", "run", "-m", save(t, k.d), "--json", "-o", out)
		require.Equal(t, 2, o.code)
		require.Contains(t, o.stderr, "--json writes text")
		_, err := os.Stat(out)
		require.ErrorIs(t, err, os.ErrNotExist)
	})
}

// States go on by name as by place.
func TestRunGoesOnWithColumnsByName(t *testing.T) {
	k := forecaster()
	path, states := save(t, k.d), filepath.Join(t.TempDir(), "states.npz")
	want := csv(k.outputs(t, []float32{1, 2, 3, 4.5}), 2)
	a := printed(t, "time,ay,ax\n0,2,1\n", "run", "-m", path, "--state-out", states)
	b := printed(t, "ax,ay\n3,4.5\n", "run", "-m", path, "--state-in", states)
	require.Equal(t, "ax+1,ay+1\n"+want, a+strings.TrimPrefix(b, "ax+1,ay+1\n"))
}

// What is kept of lines has no place in files of one output each, so that a stream of any
// length takes the same memory.
func TestNothingIsKeptOfLinesForFilesOfOutputs(t *testing.T) {
	k := forecaster()
	m, err := rnn.New(k.d)
	require.NoError(t, err)
	for _, c := range []struct {
		output string
		line   int // of the record of the first step; 0: there is none
	}{{"-", 1}, {m.Outputs()[0].Name + "=y.csv", 0}, {"all.npz", 0}} {
		v := conversion{inputFlags: []string{"-"}, outputFlags: []string{c.output}}
		require.NoError(t, v.connect(m))
		r, o, err := v.source(m, strings.NewReader("1,2\n3,4\n")).Open()
		require.NoError(t, err)
		_, err = v.writer(outputFiles{{Writer: io.Discard}}, o.Kind, m.NewSession(), r.Layout(), &o)
		require.NoError(t, err)
		require.NoError(t, r.Next())
		_, err = r.Read(make([]float32, 4))
		require.NoError(t, err)
		require.Equal(t, c.line, o.Records.Next().Line, c.output)
	}
}
