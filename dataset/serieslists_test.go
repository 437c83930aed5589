package dataset

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the lines of JSON are is told by the first one, and by the columns that are asked for.
func TestSeriesOfLists(t *testing.T) {
	const bare, within = "[1,2]\n[3,4]\n", `{"values":[1,2],"who":"a"}` + "\n" + `{"who":"b","values":[3,4]}`
	const whole = `{"inputs":[[1,2],[3,4]],"who":"a","n":7}` + "\n" + `{"inputs":[[5,6]],"who":"b","n":8}`
	for _, c := range []struct {
		name, text string
		o          SeriesOptions
		columns    []string
		want       string // series: values words; …
	}{
		{"lists of lists", "[[1,2],[3,4]]\n[[5,6]]\n", SeriesOptions{}, []string{"0", "1"}, "0:[1 2][] 0:[3 4][] 1:[5 6][] "},
		{"lists of numbers", bare, SeriesOptions{}, []string{"0"}, "0:[1][] 0:[2][] 1:[3][] 1:[4][] "},
		{"the first number alone", bare, SeriesOptions{Columns: []string{"0"}}, []string{"0"}, "0:[1][] 0:[2][] 1:[3][] 1:[4][] "},
		{"steps", bare, SeriesOptions{Columns: []string{"1", "0"}}, []string{"1", "0"}, "0:[2 1][] 0:[4 3][] "},
		{"steps with a label", bare, SeriesOptions{Columns: []string{"0"}, Words: []string{"1"}}, []string{"0"}, "0:[1][2] 0:[3][4] "},
		{"objects with series", whole, SeriesOptions{Columns: []string{"1"}, Words: []string{"who"}}, []string{"1"}, "0:[2][a] 0:[4][a] 1:[6][b] "},
		{"and a number", whole, SeriesOptions{Words: []string{"n"}}, []string{"0", "1"}, "0:[1 2][7] 0:[3 4][7] 1:[5 6][8] "},
		{"of which the number is read", whole, SeriesOptions{Words: []string{"who"}}, []string{"n"}, "0:[7][a] 0:[8][b] "},
		{"objects with steps", within, SeriesOptions{Columns: []string{"0", "1"}, Words: []string{"who"}}, []string{"0", "1"}, "0:[1 2][a] 0:[3 4][b] "},
		{"objects with series of numbers", within, SeriesOptions{}, []string{"0"}, "0:[1][] 0:[2][] 1:[3][] 1:[4][] "},
		{"a value that is missing", `{"values":[1,2]}` + "\n" + `{"values":[null,4]}`, SeriesOptions{Columns: []string{"0", "1"}, Missing: MissingFilled}, []string{"0", "1"}, "0:[1 2][] 0:[1 4][] "},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := OpenSeries(write(t, "s.jsonl", c.text), c.o)
			require.NoError(t, err)
			require.Equal(t, c.columns, file.Columns)
			got := ""
			for step, err := range file.Steps() {
				require.NoError(t, err)
				got += fmt.Sprintf("%d:%v%v ", step.Series, step.Values, step.Words)
			}
			require.Equal(t, c.want, got)
		})
	}
	file, err := OpenSeries(write(t, "s.jsonl", bare), SeriesOptions{})
	require.NoError(t, err)
	require.Equal(t, 2, file.Numbers)
	file, err = OpenSeries(write(t, "s.jsonl", whole), SeriesOptions{})
	require.NoError(t, err)
	require.Contains(t, file.LeftOut, LeftOutColumn{"inputs", "it is a list; to read its numbers, give them as columns 0, 1, …"})
}

func TestSeriesOfListsNameLineAndStep(t *testing.T) {
	two := SeriesOptions{Columns: []string{"0", "1"}}
	for _, c := range []struct {
		text string
		o    SeriesOptions
		want string
	}{
		{"[1,2]\n[3]\n", two, "line 2: it is not a list of 2 numbers, as the first line is"},
		{"[1,2]\n[[3,4]]\n", two, "line 2: it is not a list of 2 numbers, as the first line is"},
		{"[1,2]\n[3,null]\n", two, "line 2: 1 is NaN or null"},
		{`{"values":[1,2]}` + "\n" + `{"values":[3]}`, two, "line 2: step 0 has 1 number, but the first has 2"},
		{`{"inputs":[[1,2],[3]]}`, two, "line 1: step 1 has 1 number, but the first has 2"},
		{`{"inputs":[[1,2],[3,"4"]]}`, two, `line 1: step 1: number 1 of the list: "4" is neither a number nor a list of numbers`},
		{`{"inputs":[[1,2]]}` + "\n" + `{"values":[[1,2]]}`, two, `line 2: the object has no list "inputs"`},
		{`{"inputs":[[1,2]]}` + "\n" + `{"inputs":[[1,null]]}`, two, `line 2: 1 is "", which is not a number; if it is missing`},
	} {
		file, err := OpenSeries(write(t, "s.jsonl", c.text), c.o)
		if err == nil {
			_, err = file.Lengths()
		}
		require.ErrorIs(t, err, ErrSeries, c.text)
		require.ErrorContains(t, err, c.want, c.text)
	}
	r, err := OpenReadings(write(t, "s.jsonl", "[1,2]\n[3,4]\n"), ReadingsOptions{Length: 3, Stride: 1})
	require.NoError(t, err)
	for _, err := range r.Windows() {
		require.ErrorContains(t, err, "each line is a list of numbers, and therefore a series of its own: if it is a reading, choose its columns, such as 0 and 1")
	}
}
