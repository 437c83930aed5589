package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A dataForm is how the same readings may be written: of columns who, ax, ay and kind.
type dataForm struct {
	name, file, text string
	numbered         bool // the columns are 0 ax, 1 ay, 2 kind
}

// dataForms returns 60 readings in every form that the commands read.
func dataForms(t *testing.T) []dataForm {
	var rows, semicolons, tabs, objects, lists, listed strings.Builder
	var numbers []float32
	rows.WriteString("who,ax,ay,kind\n")
	semicolons.WriteString("who;ax;ay;kind\n")
	tabs.WriteString("who\tax\tay\tkind\n")
	for i := range 60 {
		kind := i / 15 % 2
		ax, ay := float32(i%5)+float32(kind)/2, float32(i%3)-float32(kind)
		numbers = append(numbers, ax, ay, float32(kind))
		fmt.Fprintf(&rows, "p,%v,%v,%d\n", ax, ay, kind)
		fmt.Fprintf(&semicolons, "p;%s;%v;%d\n", strings.Replace(fmt.Sprintf("%.1f", ax), ".", ",", 1), ay, kind)
		fmt.Fprintf(&tabs, "p\t%v\t%v\t%d\n", ax, ay, kind)
		fmt.Fprintf(&objects, `{"who":"p","ay":%v,"kind":%d,"ax":%v}`+"\n", ay, kind, ax)
		fmt.Fprintf(&lists, "[%v,%v,%d]\n", ax, ay, kind)
		fmt.Fprintf(&listed, `{"values":[%v,%v,%d],"who":"p"}`+"\n", ax, ay, kind)
	}
	sequence := "[" + strings.ReplaceAll(strings.TrimSuffix(lists.String(), "\n"), "\n", ",") + "]\n"
	return []dataForm{
		{"CSV", "a.csv", rows.String(), false},
		{"CSV of Windows", "b.csv", "\ufeff" + strings.ReplaceAll(rows.String(), "\n", "\r\n"), false},
		{"semicolons and decimal commas", "c.csv", semicolons.String(), false},
		{"TSV", "d.tsv", tabs.String(), false},
		{"JSON objects", "e.jsonl", objects.String(), false},
		{"JSON lists, a step each", "f.jsonl", lists.String(), true},
		{"a JSON list, a series", "g.jsonl", sequence, true},
		{"JSON objects with a step", "h.jsonl", listed.String(), true},
		{"a JSON object with a series", "i.jsonl", `{"who":"p","inputs":` + strings.TrimSuffix(sequence, "\n") + "}\n", true},
		{".npy", "j.npy", npyArray(t, numbers, 60, 3), true},
	}
}

// Each command that reads readings reads each form, all of them as the same numbers.
func TestCommandsReadEveryForm(t *testing.T) {
	train := []string{"--hidden", "4", "--epochs", "1"}
	for _, c := range []struct {
		command         string
		named, numbered []string
	}{
		{"forecast", []string{"--columns", "ax,ay"}, []string{"--columns", "0,1"}},
		{"regress", []string{"--columns", "ax", "--targets", "ay", "--pool", "none", "--window", "9"}, []string{"--columns", "0", "--targets", "1", "--pool", "none", "--window", "9"}},
		{"classify", []string{"--columns", "ax,ay", "--label", "kind", "--window", "5"}, []string{"--columns", "0,1", "--label", "2", "--window", "5"}},
	} {
		wanted := ""
		for _, f := range dataForms(t) {
			t.Run(c.command+"/"+f.name, func(t *testing.T) {
				data, model := write(t, f.file, f.text), t.TempDir()+"/model.rnn"
				columns := c.named
				if f.numbered {
					columns = c.numbered
				}
				code, stdout, stderr := invoke(t, append(append([]string{c.command, data, "-o", model}, train...), columns...)...)
				require.Zero(t, code, stderr)
				_, figures, found := strings.Cut(strings.Split(stdout, "\n")[0], ", epoch")
				require.True(t, found, stdout)
				code, measured, stderr := invoke(t, "eval", model, data, "--json")
				require.Zero(t, code, stderr)
				if wanted == "" {
					wanted = figures
				}
				require.Equal(t, wanted, figures)
				require.NotEmpty(t, measured)
				code, _, stderr = invoke(t, "quantize", model, "-o", t.TempDir()+"/small.rnn", "--dtype", "f16", "--calibrate", data)
				require.Zero(t, code, stderr)
			})
		}
	}
}

// What is in another form is refused, with what to do.
func TestCommandsRefuseOtherForms(t *testing.T) {
	for _, c := range []struct {
		file, text string
		args       []string
		want       string
	}{
		{"a.xlsx", "PK\x03\x04\x14\x00", []string{"forecast"}, "it is a ZIP archive, as .xlsx and .npz are, not text: save the table as .csv"},
		{"a.npz", "PK\x03\x04\x14\x00", []string{"classify", "--label", "kind", "--window", "3"}, "a ZIP archive"},
		{"a.parquet", "PAR1\x15", []string{"regress", "--targets", "x", "--pool", "none"}, "it is a Parquet file, not text: save the table as .csv"},
		{"a.csv.gz", "\x1f\x8b\x08\x00", []string{"forecast"}, "it is compressed by gzip, not text: pipe it through gzip -dc"},
		{"a.h5", "\x89HDF\r\n", []string{"tag"}, "an HDF5 file, not text: save the array as .npy, or the table as .csv"},
		{"a.wav", "RIFF\x24\x00\x00\x00WAVEfmt ", []string{"forecast"}, "a WAV file"},
		{"a.wav", "RIFF\x24\x00\x00\x00WAVEfmt ", []string{"tag"}, "a WAV file"},
		{"a.jsonl", "[\n[1,2],\n[3,4]]\n", []string{"forecast"}, "not a JSON list: it has no end"},
		{"a.jsonl", "[1,2]\n[3,4]\n", []string{"classify", "--label", "kind", "--window", "3"}, "no column is named kind: the file does not name its columns, which are 0"},
	} {
		t.Run(c.args[0]+" "+c.file, func(t *testing.T) {
			data := write(t, c.file, c.text)
			code, _, stderr := invoke(t, append(c.args, data, "-o", t.TempDir()+"/m.rnn")...)
			require.Equal(t, 1, code, stderr)
			require.Contains(t, stderr, c.want)
		})
	}
}

// Lists of numbers are series unless columns are asked for, which is said of short ones.
func TestForecastSaysWhatListsAre(t *testing.T) {
	data := write(t, "a.jsonl", strings.Repeat("[1,2]\n[3,5]\n", 9))
	code, _, stderr := invoke(t, "forecast", data, "-o", t.TempDir()+"/m.rnn", "--hidden", "2", "--epochs", "1")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "each line is read as a series of its own; the first has 2 steps of one number. If it is one step of 2 numbers, choose columns, such as --columns 0,1")
}
