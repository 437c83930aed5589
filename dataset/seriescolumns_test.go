package dataset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSeriesSaysWhichColumnsItLeavesOut(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		columns          []string
		read             []string
		left             []LeftOutColumn
		values           []float32 // of the first step
	}{
		{"an index without a name, as pandas writes it", "a.csv", ",year,temp\n0,2024,1.5\n1,2024,2.5\n2,2024,3.5\n", nil,
			[]string{"year", "temp"}, []LeftOutColumn{{"", "it has no name and counts the rows"}}, []float32{2024, 1.5}},
		{"such an index, if it is asked for", "a.csv", ",temp\n0,1.5\n1,2.5\n", []string{""},
			[]string{""}, []LeftOutColumn{{"temp", "it was not asked for"}}, []float32{0}},
		{"a first value that is missing", "a.csv", "date,load,mean\n2024-01-01,20,\n2024-01-02,21,20.5\n", nil,
			[]string{"load"}, []LeftOutColumn{{"date", `"2024-01-01" in line 2 is not a number`}, {"mean", "its first value, in line 2, is missing"}}, []float32{20}},
		{"a first value that is missing, and no header", "a.csv", "2024-01-01,,3\n2024-01-02,5,4\n", nil,
			[]string{"2"}, []LeftOutColumn{{"0", `"2024-01-01" in line 1 is not a number`}, {"1", "its first value, in line 1, is missing"}}, []float32{3}},
		{"a header over values that come later", "a.csv", "a,b\nx,\nx,2\n", []string{"b"}, []string{"b"}, nil, nil},
		{"line breaks in quotes", "a.csv", "note,x\n\"one\ntwo\",1\nthree,2\n", nil,
			[]string{"x"}, []LeftOutColumn{{"note", `"one\ntwo" in line 2 is not a number`}}, []float32{1}},
		{"several carriage returns", "a.csv", "temp\r\r\n20.5\r\r\n21\r\r\n", []string{"temp"}, []string{"temp"}, nil, []float32{20.5}},
		{"commas that may separate thousands", "a.csv", "x,y\n\"1,234\",1\n\"5,678\",2\n", nil, []string{"y"},
			[]LeftOutColumn{{"x", `"1,234" in line 2 may have a comma for its decimal point; write numbers with a point`}}, []float32{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := OpenSeries(write(t, c.file, c.text), SeriesOptions{Columns: c.columns})
			require.NoError(t, err)
			require.Equal(t, c.read, f.Columns)
			if c.values == nil {
				return
			}
			require.Equal(t, c.left, f.LeftOut)
			for step, err := range f.Steps() {
				require.NoError(t, err)
				require.Equal(t, c.values, step.Values)
				break
			}
			n, err := f.Lengths()
			require.NoError(t, err)
			require.Len(t, n, 1)
		})
	}
}

func TestSeriesWithDecimalCommas(t *testing.T) {
	rows := func(format string) string {
		var b strings.Builder
		for i := range 10 {
			fmt.Fprintf(&b, format, 20+i, i)
		}
		return b.String()
	}
	for _, c := range []struct {
		name, file, text string
		names            []string
		second           []float32 // of the second step
	}{
		{"separators in quotes", "x.csv", "what;\"x; y\";z\n" + rows("\"Pumpe \"\"A\"\"; B, C, D\";%d,5;%d\n"), []string{"x; y", "z"}, []float32{21.5, 1}},
		{"semicolons in quotes between commas", "x.csv", "what,x,y\n" + rows("\"a; b\",%d.5,%d\n"), []string{"x", "y"}, []float32{21.5, 1}},
		{"semicolons and a header", "a.csv", "Datum;Temperatur\n" + rows("01.01.2024;%d,%d\n"), []string{"Temperatur"}, []float32{21.1}},
		{"semicolons and no header", "a.csv", rows("01.01.2024;%d,%d\n"), []string{"1"}, []float32{21.1}},
		{"semicolons and line ends of Windows", "a.csv", "Datum;T\r\n" + rows("01.01.2024;%d,%d\r\n"), []string{"T"}, []float32{21.1}},
		{"one column with a header", "a.csv", "Temperatur\n" + rows("%d,%d\n"), []string{"Temperatur"}, []float32{21.1}},
		{"a negative number", "a.csv", "T;U\n-1,5;2\n-2,5;3\n", []string{"T", "U"}, []float32{-2.5, 3}},
		{"whole numbers among them", "a.csv", "T;U\n1;2,5\n3;4\n", []string{"T", "U"}, []float32{3, 4}},
		{"tabs", "a.tsv", "T\tU\n1,5\t2\n3,25\t4\n", []string{"T", "U"}, []float32{3.25, 4}},
		{"commas, in quotes", "a.csv", "T,U\n\"1,5\",2\n\"3,25\",4\n", []string{"T", "U"}, []float32{3.25, 4}},
		{"semicolons and decimal points", "a.txt", "Date;Power;Voltage\n16/12/2006;20.5;250.25\n16/12/2006;21.5;251.25\n",
			[]string{"Power", "Voltage"}, []float32{21.5, 251.25}},
		{"tabs in a .csv file", "a.csv", "a\tb\n1\t2\n3\t4.5\n", []string{"a", "b"}, []float32{3, 4.5}},
		{"columns of whole numbers stay", "a.csv", rows("%d,1%d\n") + "1,2\n", []string{"0", "1"}, []float32{21, 11}},
		{"a column of 0 and 1 stays", "a.csv", strings.Repeat("5,0\n6,1\n", 10), []string{"0", "1"}, []float32{6, 1}},
		{"text with semicolons stays", "a.csv", "a;b,1\nc;d,2\n", []string{"1"}, []float32{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			names, steps, err := readSeries(write(t, c.file, c.text))
			require.NoError(t, err)
			require.Equal(t, c.names, names)
			require.Equal(t, c.second, steps[1].values)
		})
	}
	for _, c := range []struct{ name, file, text, want string }{
		{"one column and no header", "a.csv", rows("%d,%d\n"), "decimals are separated by a comma"},
		{"decimals that begin with 0", "a.csv", "1,05\n2,25\n", "decimals are separated by a comma"},
		{"commas in a .txt file", "a.txt", "a,b\n1,2\n3,4\n", "separated by commas"},
		{"spaces", "a.txt", "1 2\n3 4\n", "separated by spaces"},
		{"a point among commas", "a.csv", "T;U\n1,5;2\n1.234,5;3\n", `line 3: T is "1.234,5", which is not a number`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readSeries(write(t, c.file, c.text))
			require.ErrorIs(t, err, ErrSeries)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestSeriesOfOneStepEach(t *testing.T) {
	for text, want := range map[string]bool{"t\n\n1\n\n2\n\n3\n": true, "t\n1\n2\n\n3\n": false, "1\n": false} {
		f, err := OpenSeries(write(t, "a.csv", text), SeriesOptions{})
		require.NoError(t, err)
		require.Equal(t, want, f.Alone, text)
	}
}
