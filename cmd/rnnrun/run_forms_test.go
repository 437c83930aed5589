package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/wav"
	"github.com/rnnrun/rnnrun/npy"
)

// A form is how the same two steps, of ax and ay, may be written.
type form struct {
	name, file string
	text       string
	args       []string // for a form whose columns or encoding are not told
	piped      []string // and if it comes on the standard input
	kept       bool     // --keep all repeats who and label
}

// forms returns the steps 1, 2 and 3, 4.5 in every form that 'rnnrun run --help' names.
func forms(t *testing.T) []form {
	xs := []float32{1, 2, 3, 4.5}
	var npz strings.Builder
	require.NoError(t, npy.WriteArchive(&npz, npy.Array{Name: "x", DType: npy.Float32, Shape: []int{2, 2}, Floats: xs}))
	return []form{
		{name: "CSV", file: "a.csv", text: "who,ay,label,ax\ns1,2,walk,1\ns1,4.5,walk,3\n", kept: true},
		{name: "CSV of Windows", file: "b.csv", text: "\ufeffwho,ay,label,ax\r\n\"s1\",2,\"walk\",1\r\ns1,4.5,walk,\"3\"\r\n", kept: true},
		{name: "CSV without names", file: "c.csv", text: "1,2\n3,4.5\n"},
		{name: "CSV with other names", file: "d.csv", text: "x,y\n1,2\n3,4.5\n", args: []string{"--columns", "x,y"}},
		{name: "semicolons", file: "e.csv", text: "who;ay;label;ax\ns1;2;walk;1\ns1;4,5;walk;3\n", kept: true},
		{name: "TSV", file: "f.tsv", text: "who\tay\tlabel\tax\ns1\t2\twalk\t1\ns1\t4.5\twalk\t3\n", kept: true},
		{name: "JSON objects", file: "g.jsonl", text: `{"who":"s1","ax":1,"ay":2,"label":"walk"}` + "\n" + `{"ay":4.5,"ax":3,"label":"walk","who":"s1"}` + "\n", kept: true},
		{name: "JSON lists, a step each", file: "h.jsonl", text: "[1,2]\n[3,4.5]\n"},
		{name: "a JSON list, a sequence", file: "i.ndjson", text: "[[1,2],[3,4.5]]\n"},
		{name: "JSON objects with a step", file: "j.jsonl", text: `{"who":"s1","values":[1,2],"label":"walk"}` + "\n" + `{"who":"s1","values":[3,4.5],"label":"walk"}` + "\n", kept: true},
		{name: "a JSON object with a sequence", file: "k.jsonl", text: `{"who":"s1","inputs":[[1,2],[3,4.5]],"label":"walk"}`, kept: true},
		{name: ".npy", file: "l.npy", text: array(t, xs, false, 2, 2)},
		{name: ".npy of one sequence", file: "m.npy", text: array(t, xs, false, 1, 2, 2)},
		{name: ".npz", file: "n.npz", text: npz.String()},
		{name: "raw", file: "o.f32", text: raw(xs, false), piped: []string{"--raw"}},
	}
}

// Each command that reads numbers reads each form, from a file and from a pipe, and all of
// them as the same numbers.
func TestCommandsReadEveryForm(t *testing.T) {
	tagger, classifier := named(walker(format.TaskTag, format.PoolNone)), named(walker(format.TaskClassify, format.PoolMean))
	for _, c := range []struct {
		command string
		k       task
		args    []string
		input   func(path string) []string
	}{
		{"run, at every step", tagger, []string{"run", "--json"}, func(path string) []string { return []string{"-i", path} }},
		{"run, one answer", classifier, []string{"run", "--json"}, func(path string) []string { return []string{"-i", path} }},
		{"classify", classifier, []string{"classify", "--json"}, func(path string) []string { return []string{path} }},
	} {
		model, want := save(t, c.k.d), c.k.outputs(t, []float32{1, 2, 3, 4.5})
		for _, f := range forms(t) {
			t.Run(c.command+"/"+f.name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), f.file)
				require.NoError(t, os.WriteFile(path, []byte(f.text), 0o600))
				args := append(append(c.args, "-m", model), f.args...)
				require.Equal(t, want, answersOf(t, printed(t, "", append(args, c.input(path)...)...)))
				if f.file != "n.npz" { // whose index is at its end
					piped := append(append(args, f.piped...), c.input("-")...)
					require.Equal(t, want, answersOf(t, printed(t, f.text, piped...)))
				}
				if f.kept {
					got := printed(t, "", append(args, append(c.input(path), "--keep", "who,label")...)...)
					require.Contains(t, got, `"kept":{"who":"s1","label":"walk"}`)
				}
			})
		}
	}
}

// answersOf returns the outputs of all answers, one after the other.
func answersOf(t *testing.T, lines string) (ys []float32) {
	for line := range strings.Lines(lines) {
		var answer struct{ Outputs map[string]float32 }
		require.NoError(t, json.Unmarshal([]byte(line), &answer), line)
		for _, label := range walker(format.TaskTag, format.PoolNone).d.Labels {
			ys = append(ys, answer.Outputs[label])
		}
	}
	return ys
}

// What is in another form is refused, with what to do.
func TestCommandsRefuseOtherForms(t *testing.T) {
	model := save(t, named(walker(format.TaskClassify, format.PoolMean)).d)
	for _, c := range []struct{ name, file, text, want string }{
		{"sound", "a.wav", sound(t, mono(wav.Int16, 8000), 1, 2, 3, 4), "is sound, but the model reads the columns ax, ay"},
		{"a ZIP archive", "a.xlsx", "PK\x03\x04\x14\x00\x00\x00", "a ZIP archive, as .xlsx and .npz are, not text: save the table as .csv, or name an archive of arrays FILE.npz"},
		{"what gzip has compressed", "a.csv.gz", "\x1f\x8b\x08\x00\x00\x00", "compressed by gzip, not text: pipe it through gzip -dc"},
		{"HDF5", "a.h5", "\x89HDF\r\n\x1a\n", "an HDF5 file, not text: save the array as .npy, or the table as .csv"},
		{"Parquet", "a.parquet", "PAR1\x15\x04", "a Parquet file, not text: save the table as .csv"},
		{"a JSON text of several lines", "a.json", "[\n[1,2],\n[3,4]\n]\n", "JSON that spans several lines: write each step or sequence on a line of its own"},
		{"objects without the columns", "a.jsonl", `{"x":1,"y":2}`, `there is no column "ax"`},
		{"text", "a.txt", "walk\n", "but the model reads 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			for _, args := range [][]string{{"run", "-m", model, "-i", path}, {"classify", "-m", model, path}} {
				o := command("", args...)
				require.NotZero(t, o.code, "%v %s", args, o.stdout)
				require.Contains(t, o.stderr, c.want, args[0])
			}
		})
	}
}

// Lists of one step each are sequences, as they say, which is seldom meant.
func TestListsOfOneStepEach(t *testing.T) {
	model := save(t, named(walker(format.TaskTag, format.PoolNone)).d)
	o := command("[[1,2]]\n[[3,4.5]]\n[[5,6]]\n", "run", "-m", model)
	require.Zero(t, o.code)
	require.Contains(t, o.stderr, "every line is a list of one step, so each line is a sequence of its own and starts from the initial state; to run one sequence, write one step per line, as [1,2]")
}
