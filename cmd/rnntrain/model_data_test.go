package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

// hostileLabels are as awkward as labels of data can be.
var hostileLabels = []string{"Action, Adventure", `say "hi"`, "two\nlines", "a\tb", "a", "a=b", "=", "영화 🎬", "'", "0"}

// records returns a table in CSV.
func records(t *testing.T, rows [][]string) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	require.NoError(t, w.WriteAll(rows))
	return b.String()
}

// objects returns lines of JSON objects with fields of these names.
func objects(t *testing.T, names []string, rows [][]string) string {
	t.Helper()
	var b strings.Builder
	for _, row := range rows {
		o := map[string]string{}
		for i, name := range names {
			o[name] = row[i]
		}
		line, err := json.Marshal(o)
		require.NoError(t, err)
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// letters are texts each of a letter that tells the label.
func letters(labels []string, each int) (rows [][]string) {
	for i := range each * len(labels) {
		k := i % len(labels)
		rows = append(rows, []string{strings.Repeat(string(rune('a'+k)), 2+i%3), labels[k]})
	}
	return rows
}

func classify(t *testing.T, data, model string, more ...string) *format.Model {
	t.Helper()
	args := append([]string{"classify", data, "-o", model, "--hidden", "16", "--embedding", "8", "--epochs", "30",
		"--batch", "16", "--lr", "0.02", "--dropout", "0"}, more...)
	code, stdout, stderr := invoke(t, args...)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "accuracy 100.00 %")
	return read(t, model)
}

func read(t *testing.T, model string) *format.Model {
	t.Helper()
	f, err := format.Open(model)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f.Model
}

// requireAllRight measures a classifier that takes no label for another.
func requireAllRight(t *testing.T, model, data string) {
	t.Helper()
	code, stdout, stderr := invoke(t, "eval", model, data)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "accuracy    100.00 %")
	require.Contains(t, stdout, "macro F1    1.0000")
}

// Labels may be any text: in training, in the file, in eval and in a training
// that goes on.
func TestLabelsOfAnyText(t *testing.T) {
	rows := letters(hostileLabels, 12)
	want := slices.Sorted(slices.Values(hostileLabels))
	for name, data := range map[string]string{
		"csv":   write(t, "data.csv", records(t, append([][]string{{"text", "label"}}, rows...))),
		"jsonl": write(t, "data.jsonl", objects(t, []string{"text", "label"}, rows)),
	} {
		t.Run(name, func(t *testing.T) {
			first, second := filepath.Join(t.TempDir(), "first.rnn"), filepath.Join(t.TempDir(), "second.rnn")
			m := classify(t, data, first, "--labels", `"Action, Adventure=1, 2","say ""hi""=quoted"`, "--labels", "a=b=c", "--labels", "==equals")
			require.Equal(t, &format.Data{Labels: want}, m.Data)
			require.Equal(t, "1, 2", m.Labels[slices.Index(want, "Action, Adventure")])
			require.Equal(t, "quoted", m.Labels[slices.Index(want, `say "hi"`)])
			require.Equal(t, "c", m.Labels[slices.Index(want, "a=b")])
			require.Equal(t, "equals", m.Labels[slices.Index(want, "=")])
			require.Equal(t, "a", m.Labels[slices.Index(want, "a")])
			requireAllRight(t, first, data)

			m = classify(t, data, second, "--from", first, "--epochs", "1")
			require.Equal(t, want, m.Data.Labels)
			requireAllRight(t, second, data)
		})
	}
}

// A label that is also the name of another class means itself.
func TestLabelsWithNamesOfOthers(t *testing.T) {
	data := write(t, "data.csv", records(t, append([][]string{{"text", "label"}}, letters([]string{"0", "1"}, 40)...)))
	model := filepath.Join(t.TempDir(), "model.rnn")
	m := classify(t, data, model, "--labels", "0=1,1=0")
	require.Equal(t, []string{"1", "0"}, m.Labels)
	requireAllRight(t, model, data)
}

// withoutData writes a model as programs did before the format had a section for
// the data: with lists in its provenance.
func withoutData(t *testing.T, m *format.Model, properties ...format.Property) string {
	t.Helper()
	old := *m
	old.Data = nil
	old.Provenance = append(slices.Clone(m.Provenance), properties...)
	path := filepath.Join(t.TempDir(), "old.rnn")
	require.NoError(t, format.WriteFile(path, &old))
	return path
}

func TestClassifiersWrittenBefore(t *testing.T) {
	for _, c := range []struct {
		name   string
		labels []string
		names  []string // of --labels
	}{
		{"names", []string{"x", "y", "z"}, []string{"--labels", "x=X,z=Z"}},
		{"no names", []string{"x", "y", "z"}, nil},
		{"a comma, which says nothing", []string{"x", "y,z", "w"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := write(t, "data.csv", records(t, append([][]string{{"text", "label"}}, letters(c.labels, 20)...)))
			m := classify(t, data, filepath.Join(t.TempDir(), "new.rnn"), c.names...)
			old := withoutData(t, m, format.Property{Key: "data labels", Value: strings.Join(m.Data.Labels, ",")})
			requireAllRight(t, old, data)
			again := filepath.Join(t.TempDir(), "again.rnn")
			require.Equal(t, m.Data, classify(t, data, again, "--from", old, "--epochs", "1").Data)
			requireAllRight(t, again, data)
		})
	}
}

// hostileColumns are as awkward as names of columns can be; the first is empty.
var hostileColumns = []string{"", "a,b", `q"q`, "tab\there", "x=y", "온도", "two\nlines"}

// numbers are a table of these columns.
func numbers(t *testing.T, columns []string, steps int) string {
	rows := [][]string{columns}
	for i := range steps {
		var row []string
		for k := range columns {
			row = append(row, fmt.Sprint((i*(k+1))%7))
		}
		rows = append(rows, row)
	}
	return records(t, rows)
}

func TestColumnsOfAnyName(t *testing.T) {
	data := write(t, "data.csv", numbers(t, hostileColumns, 60))
	train := func(model string, more ...string) *format.Model {
		t.Helper()
		code, _, stderr := invoke(t, append([]string{"forecast", data, "-o", model, "--epochs", "1", "--hidden", "4"}, more...)...)
		require.Zero(t, code, stderr)
		return read(t, model)
	}
	folder := t.TempDir()
	first, second := filepath.Join(folder, "first.rnn"), filepath.Join(folder, "second.rnn")
	m := train(first, "--horizon", "2", "--window", "20", "--targets", `"a,b",온도`)
	require.Equal(t, &format.Data{Columns: hostileColumns, Targets: []string{"a,b", "온도"}, Horizon: 2, Window: 20}, m.Data)
	require.Equal(t, []string{"a,b+1", "온도+1", "a,b+2", "온도+2"}, m.Labels)

	again := train(second, "--from", first, "--targets", `"a,b",온도`)
	require.Equal(t, m.Data.Targets, again.Data.Targets)
	require.Equal(t, m.Data.Columns, again.Data.Columns)
	require.Equal(t, 2, again.Data.Horizon)
	for _, model := range []string{first, second} {
		code, stdout, stderr := invoke(t, "eval", model, data, "--json")
		require.Zero(t, code, stderr)
		require.Contains(t, stdout, `"horizon":2`)
	}
	code, _, stderr := invoke(t, "forecast", data, "-o", second, "--from", first, "--targets", "a,b")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, `has ["a,b",온도]`)

	every := train(filepath.Join(folder, "every.rnn"))
	require.Equal(t, hostileColumns, every.Data.Targets, "all columns, the one without a name too")
}

func TestForecastersWrittenBefore(t *testing.T) {
	data := write(t, "data.csv", numbers(t, []string{"x", "y", "z"}, 60))
	model, again := filepath.Join(t.TempDir(), "new.rnn"), filepath.Join(t.TempDir(), "again.rnn")
	code, _, stderr := invoke(t, "forecast", data, "-o", model, "--epochs", "1", "--hidden", "4", "--columns", "z,x", "--targets", "x", "--horizon", "3")
	require.Zero(t, code, stderr)
	m := read(t, model)
	old := withoutData(t, m, format.Property{Key: "data columns", Value: "z,x"},
		format.Property{Key: "data targets", Value: "x"}, format.Property{Key: "horizon", Value: "3"})
	figures := func(model string) string {
		code, stdout, stderr := invoke(t, "eval", model, data, "--json")
		require.Zero(t, code, stderr)
		stdout, _, _ = strings.Cut(stdout, `"seconds"`)
		return stdout
	}
	require.Equal(t, figures(model), figures(old))
	code, _, stderr = invoke(t, "forecast", data, "-o", again, "--epochs", "1", "--from", old)
	require.Zero(t, code, stderr)
	require.Equal(t, m.Data, read(t, again).Data)

	nothing := withoutData(t, m)
	code, _, stderr = invoke(t, "eval", nothing, data)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "does not record what its outputs predict")
	code, _, stderr = invoke(t, "forecast", data, "-o", again, "--from", nothing)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "it does not record which columns it reads and predicts")
}

func TestTargetsOfOneNameAreRefused(t *testing.T) {
	data := write(t, "data.csv", numbers(t, []string{"x", "x", "y"}, 60))
	out := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "forecast", data, "-o", out)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `two columns to predict are named "x"`)
	require.NoFileExists(t, out)
}

// A label that is found nowhere leaves the model as it is.
func TestClassOfLeavesTheModel(t *testing.T) {
	labels := append(make([]string, 0, 8), "bad", "good")
	m := &format.Model{Task: format.TaskClassify, Labels: labels, Data: &format.Data{Labels: []string{"0", "1"}}}
	for _, c := range []struct {
		label string
		class int
	}{{"bad", 0}, {"good", 1}, {"0", 0}, {"1", 1}} {
		class, err := classOf(c.label, m)
		require.NoError(t, err)
		require.Equal(t, c.class, class, c.label)
	}
	_, err := classOf("other", m)
	require.ErrorContains(t, err, `the label "other" is not one of the model's (bad, good, 0, 1)`)
	require.Equal(t, make([]string, 6), labels[2:8], "what lies behind the labels")
}

func TestLabelNames(t *testing.T) {
	labels := []string{"a", "a=b", "b,c", `"`, "x y"}
	for _, c := range []struct {
		flags []string
		want  []string // nil: refused
	}{
		{nil, labels},
		{[]string{"a=A"}, []string{"A", "a=b", "b,c", `"`, "x y"}},
		{[]string{"a=A,x y=Z"}, []string{"A", "a=b", "b,c", `"`, "Z"}},
		{[]string{"a=A", "x y=Z"}, []string{"A", "a=b", "b,c", `"`, "Z"}},
		{[]string{"a=b=c"}, []string{"a", "c", "b,c", `"`, "x y"}},
		{[]string{"a==", "a=b=="}, []string{"=", "=", "b,c", `"`, "x y"}},
		{[]string{`"b,c=B, or C"`}, []string{"a", "a=b", "B, or C", `"`, "x y"}},
		{[]string{`"""=quote",a=A`}, []string{"A", "a=b", "b,c", "quote", "x y"}},
		{[]string{"b=B"}, nil},
		{[]string{"a="}, nil},
		{[]string{"a"}, nil},
		{[]string{"b,c=C"}, nil},
	} {
		var names labelNames
		var command cobra.Command
		names.add(&command)
		for _, value := range c.flags {
			require.NoError(t, command.Flags().Set("labels", value))
		}
		got, err := names.of(labels)
		if c.want == nil {
			require.ErrorContains(t, err, "is not LABEL=NAME with a label of the data", "%q", c.flags)
			continue
		}
		require.NoError(t, err, "%q", c.flags)
		require.Equal(t, c.want, got, "%q", c.flags)
	}
}
