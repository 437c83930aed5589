package series

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readLists reads the sequences of lines of JSON lists, and the errors of what is bad.
func readLists(t *testing.T, text string, o Options) (sequences [][]float32, bad []string, err error) {
	t.Helper()
	o.Name, o.Kind, o.Lists = "in", KindCSV, true
	r, err := NewReader[float32](bufio.NewReader(strings.NewReader(text)), o)
	if err != nil {
		return nil, nil, err
	}
	buf := make([]float32, 2*o.Width)
	for {
		if err := r.Next(); err == io.EOF {
			return sequences, bad, nil
		} else if err != nil {
			return sequences, bad, err
		}
		sequence := []float32{}
		for err = nil; err != io.EOF; {
			var n int
			n, err = r.Read(buf)
			sequence = append(sequence, buf[:n]...)
			if step := (*BadStep)(nil); errors.As(err, &step) {
				bad = append(bad, err.Error())
			} else if err != nil && err != io.EOF {
				return sequences, bad, err
			}
		}
		sequences = append(sequences, sequence)
	}
}

func TestListsAreStepsOrSequences(t *testing.T) {
	columns := func(names ...string) Columns { return Columns{Read: names, Asked: true} }
	for _, c := range []struct {
		name, text string
		o          Options
		want       [][]float32
	}{
		{"a step a line", "[1,2]\n[3,4]\n", Options{Width: 2}, [][]float32{{1, 2, 3, 4}}},
		{"an empty line", "\ufeff [1, 2] \r\n\n[3,4]", Options{Width: 2}, [][]float32{{1, 2}, {3, 4}}},
		{"a sequence a line", "[[1,2],[3,4]]\n\n[[5,6]]\n", Options{Width: 2}, [][]float32{{1, 2, 3, 4}, {5, 6}}},
		{"steps of one number", "[1]\n[2]\n", Options{Width: 1}, [][]float32{{1, 2}}},
		{"sequences of numbers", "[1,2,3]\n[4]\n[[5],[6]]\n", Options{Width: 1}, [][]float32{{1, 2, 3}, {4}, {5, 6}}},
		{"objects with a step", `{"values":[1,2],"t":"x"}` + "\n" + `{"t":5,"values":[3,4]}`, Options{Width: 2}, [][]float32{{1, 2, 3, 4}}},
		{"objects with a sequence", `{"a":1,"inputs":[[1,2],[3,4]]}` + "\n" + `{"inputs":[[5,6]]}`, Options{Width: 2}, [][]float32{{1, 2, 3, 4}, {5, 6}}},
		{"columns that a model has names of", `[1,2]`, Options{Width: 2, Columns: Columns{Read: []string{"ay", "ax"}}}, [][]float32{{1, 2}}},
		{"columns by number", "[1,2,3]\n[4,5,6]\n", Options{Width: 2, Columns: columns("2", "0")}, [][]float32{{3, 1, 6, 4}}},
		{"one column of a step", "[1,2,3]\n[4,5,6]\n", Options{Width: 1, Columns: columns("1")}, [][]float32{{2, 5}}},
		{"columns of a sequence", "[[1,2,3],[4,5,6]]\n", Options{Width: 1, Columns: columns("1")}, [][]float32{{2, 5}}},
		{"columns of an object and of its list", `{"inputs":[1,2],"t":3}`, Options{Width: 2, Columns: columns("t", "1")}, [][]float32{{3, 2}}},
		{"an object that has the columns", `{"values":[7],"ax":1,"ay":2}`, Options{Width: 2, Columns: Columns{Read: []string{"ax", "ay"}}}, [][]float32{{1, 2}}},
		{"a step of several frames", "[1,2,3,4]\n", Options{Width: 4, Frames: 2}, [][]float32{{1, 2, 3, 4}}},
		{"a frame a line", "[1,2]\n[3,4]\n", Options{Width: 4, Frames: 2}, [][]float32{{1, 2, 3, 4}}},
		{"a sequence of frames", "[[1,2],[3,4]]\n[[5,6],[7,8]]\n", Options{Width: 4, Frames: 2}, [][]float32{{1, 2, 3, 4}, {5, 6, 7, 8}}},
		{"a sequence of frames of one number", "[1,2,3,4]\n[5,6]\n", Options{Width: 2, Frames: 2}, [][]float32{{1, 2, 3, 4}, {5, 6}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, bad, err := readLists(t, c.text, c.o)
			require.NoError(t, err)
			require.Empty(t, bad)
			require.Equal(t, c.want, got)
		})
	}
}

// A step that cannot be read is left out of its sequence, and a line that is no list is a
// sequence of its own. The others are read all the same.
func TestListsThatCannotBeRead(t *testing.T) {
	const steps, sequences = "[0,0]\n", "[[0,0]]\n"
	for _, c := range []struct{ first, line, want string }{
		{steps, "[1]", "line 2: wrong number of numbers in a step: got 1 number, want 2"},
		{steps, "[1,null]", "line 2, number 1: not a number: null"},
		{steps, "[1,NaN]", `line 2, number 1: not a finite number: "NaN"`},
		{steps, `["1",2]`, `line 2, number 0: not a number: "\"1\""`},
		{steps, "[true,2]", `line 2, number 0: not a number: "true"`},
		{steps, "[1,2", "line 2: not a list of numbers: not a JSON list: it has no end"},
		{steps, "[[1,2],[3,4]]", "line 2: not a list of numbers: a list of lists is a sequence, but the first line is a step"},
		{steps, "1,2", "line 2: not a list of numbers: not a JSON list"},
		{steps, "{}", "line 2: not a list of numbers: not a JSON list"},
		{sequences, "[[1,2],[3]]", "line 2, step 1: wrong number of numbers in a step: got 1 number, want 2"},
		{sequences, "[[1,2],[3,null],[5,6]]", "line 2, step 1, number 1: not a number: null"},
		{sequences, "[[1,2],[3,1e39],[5,6]]", `line 2, step 1, number 1: not a finite number: "1e39"`},
		{sequences, "[[1,2],[[3,4]]]", "line 2, step 1: wrong number of numbers in a step: got 1 number, want 2"},
		{sequences, "[[1,2],[3 4]]", "line 2, step 1: not a list of numbers: not a JSON list"},
		{sequences, "[1,2]", `line 2: not a list of numbers: "1" is not a step: a sequence is a list of steps, as [[1,2],[3,4]]`},
		{sequences, "[]", "line 2: not a list of numbers: the sequence has no steps"},
		{sequences, "[[1,2],[3,4]", "line 2: not a list of numbers: not a JSON list: it has no end"},
		{sequences, `{"inputs":[[1,2]]}`, "line 2: not a list of numbers: not a JSON list"},
		{`{"inputs":[[0,0]],"who":"a"}` + "\n", `{"who":"a"}`, `line 2: not a list of numbers: the object has no list "inputs"`},
		{`{"inputs":[[0,0]],"who":"a"}` + "\n", `{"inputs":[[1,2]],"who":}`, "line 2: not a list of numbers: not a JSON object"},
	} {
		t.Run(c.line, func(t *testing.T) {
			got, bad, err := readLists(t, c.first+c.line+"\n"+c.first, Options{Width: 2})
			require.NoError(t, err)
			require.Len(t, bad, 1)
			require.Contains(t, bad[0], "in, "+c.want)
			require.Equal(t, []float32{0, 0}, got[0][:2])
			last := got[len(got)-1]
			require.Equal(t, []float32{0, 0}, last[len(last)-2:])
		})
	}
	got, bad, err := readLists(t, "[[0,0]]\n[[1,2],[3,null],[5,6]]\n[[7,8]]\n", Options{Width: 2})
	require.NoError(t, err)
	require.Len(t, bad, 1)
	require.Equal(t, [][]float32{{0, 0}, {1, 2, 5, 6}, {7, 8}}, got)

	for text, o := range map[string]Options{
		"the first line is a JSON list, which does not name columns": {Width: 2, Header: true},
		`there is no column "2" to be read; the columns are 0, 1`:    {Width: 2, Columns: Columns{Read: []string{"0", "2"}, Asked: true}},
		`there is no column "ax"`:                                    {Width: 2, Columns: Columns{Read: []string{"ax", "1"}, Asked: true}},
		`there is no column "who" to be the group`:                   {Width: 2, Columns: Columns{Group: "who"}},
	} {
		_, _, err := readLists(t, "[1,2]\n", o)
		require.ErrorIs(t, err, ErrColumns)
		require.ErrorContains(t, err, text)
	}
}

// Every step of a line has what is kept of its object.
func TestRecordsOfLists(t *testing.T) {
	records := new(Records)
	o := Options{Width: 2, Records: records, Columns: Columns{Keep: []string{KeepAll}, Group: "who"}}
	_, bad, err := readLists(t, `{"label":"walk","inputs":[[1,2],[3]],"who":"a"}
{"inputs":[],"who":"b","label":null,"more":[1]}
{"inputs":[[5,6]],"label":"run","who":""}
`, o)
	require.NoError(t, err)
	require.Len(t, bad, 3)
	require.Contains(t, bad[2], `line 3, step 0, member "who": wrong columns: the group "who" is empty`)
	require.Equal(t, []string{"label", "who"}, records.Names)
	require.True(t, records.Header && records.Whole && records.Grouped)
	for _, want := range []Record{
		{Line: 1, Kept: []string{"walk", "a"}, Group: "a"}, {Line: 1, Kept: []string{"walk", "a"}, Group: "a"},
		{Line: 2, Kept: []string{"", "b"}, Group: "b"}, {Line: 3, Kept: []string{"run", ""}},
	} {
		require.Equal(t, want, records.Next())
	}
}

// Steps of a line are read as they are asked for, and the next line only then.
func TestListsAtHand(t *testing.T) {
	in, out := io.Pipe()
	go out.Write([]byte("[[1],[2],[3]]\n"))
	r, err := NewReader[float32](bufio.NewReader(in), Options{Name: "in", Kind: KindCSV, Lists: true, Width: 1})
	require.NoError(t, err)
	require.NoError(t, r.Next())
	buf := make([]float32, 8)
	n, err := r.Read(buf)
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 3}, buf[:n])
	_, err = r.Read(buf)
	require.Equal(t, io.EOF, err, "the sequence ends with its line")
}

func TestTokensOfLists(t *testing.T) {
	r, err := NewReader[int32](bufio.NewReader(strings.NewReader("[1,33554433]\n[2,1.5]\n")), Options{Name: "in", Kind: KindCSV, Lists: true, Width: 1})
	require.NoError(t, err)
	require.NoError(t, r.Next())
	buf := make([]int32, 8)
	n, err := r.Read(buf)
	require.NoError(t, err)
	require.Equal(t, []int32{1, 33554433}, buf[:n])
	require.NoError(t, r.Next())
	_, err = r.Read(buf[:1])
	require.NoError(t, err)
	_, err = r.Read(buf)
	require.ErrorContains(t, err, `in, line 2, step 1, number 0: not a number: "1.5"; the model reads one token id per line`)
}
