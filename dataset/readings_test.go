package dataset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
)

// cutReadings returns the windows of a file, and how it was cut.
func cutReadings(t *testing.T, path string, o ReadingsOptions) ([]ReadingsWindow, *Readings) {
	t.Helper()
	r, err := OpenReadings(path, o)
	require.NoError(t, err)
	var list []ReadingsWindow
	for w, err := range r.Windows() {
		require.NoError(t, err)
		list = append(list, w)
	}
	return list, r
}

// starts returns the first number of each window, which tells where it begins.
func starts(windows []ReadingsWindow) (list []float32) {
	for _, w := range windows {
		list = append(list, w.Inputs[0])
	}
	return list
}

func TestWindowsOfReadings(t *testing.T) {
	const table = "t,who,x,y,does\n" +
		"0,a,0,10,walk\n1,a,1,11,walk\n2,a,2,12,walk\n3,a,3,13,run\n4,a,4,14,run\n5,a,5,15,run\n" +
		"6,b,6,16,run\n7,b,7,17,run\n9,b,8,18,run\n10,b,9,19,run\n"
	o := ReadingsOptions{Columns: []string{"x"}, Label: "does", Length: 2, Stride: 1}
	with := func(change func(*ReadingsOptions)) ReadingsOptions {
		o := o
		change(&o)
		return o
	}
	for _, c := range []struct {
		name    string
		table   string
		options ReadingsOptions
		starts  []float32
		labels  string // their first letters
		mixed   int
		without int
	}{
		{"of one label", table, o, []float32{0, 1, 3, 4, 5, 6, 7, 8}, "wwrrrrrr", 1, 0},
		{"of one group", table, with(func(o *ReadingsOptions) { o.Group = "who" }), []float32{0, 1, 3, 4, 6, 7, 8}, "wwrrrrr", 1, 0},
		{"without a gap", table, with(func(o *ReadingsOptions) { o.Time, o.Gap = "t", 1.5 }), []float32{0, 1, 3, 4, 5, 6, 8}, "wwrrrrr", 1, 0},
		{"every second reading", table, with(func(o *ReadingsOptions) { o.Stride = 2 }), []float32{0, 4, 6, 8}, "wrrr", 1, 0},
		{"with readings between them", table, with(func(o *ReadingsOptions) { o.Stride = 3 }), []float32{0, 3, 6}, "wrr", 0, 0},
		{"pieces that share no reading", table, with(func(o *ReadingsOptions) { o.Piece = 2 }), []float32{0, 1, 3, 4, 6, 7}, "wwrrrr", 0, 0},
		{"whole stretches", table, with(func(o *ReadingsOptions) { o.Length, o.Stride, o.Group = 0, 0, "who" }), []float32{0, 3, 6}, "wrr", 0, 0},
		{"an empty line", strings.Replace(table, "5,a,", "\n5,a,", 1), o, []float32{0, 1, 3, 5, 6, 7, 8}, "wwrrrrr", 1, 0},
		{"a row left out", strings.Replace(table, "5,a,5,", "5,a,?,", 1), with(func(o *ReadingsOptions) { o.Missing = MissingDropped }), []float32{0, 1, 3, 6, 7, 8}, "wwrrrr", 1, 0},
		{"a label that is missing", strings.Replace(table, "13,run", "13,", 1), o, []float32{0, 1, 4, 5, 6, 7, 8}, "wwrrrrr", 0, 2},
		{"semicolons and decimal commas", "x;does\n0,5;walk\n1,5;walk\n", o, []float32{0.5}, "w", 0, 0},
		{"a row that ends in a comma", "x,does\n0,walk\n1,walk,\n", o, []float32{0}, "w", 0, 0},
		{"spaces round everything", "x , does\n0.5 , walk \n 1.5, \"walk\"\n", o, []float32{0.5}, "w", 0, 0},
		{"quotes round everything", "\"x\";\"does\"\n\"0,5\";\"walk\"\n\"1,5\";\"walk\"\n", o, []float32{0.5}, "w", 0, 0},
		{"times with decimal commas", "x;does;t\n0;walk;0,5\n1;walk;1,0\n2;walk;2,5\n3;walk;2,0\n4;walk;2,5\n", with(func(o *ReadingsOptions) { o.Time, o.Gap = "t", 1 }), []float32{0, 3}, "ww", 0, 0},
		{"line ends of Windows and a mark", "\ufeffx,does\r\n1,\"walk\"\r\n2,walk\r\n", o, []float32{1}, "w", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			windows, r := cutReadings(t, write(t, "readings.csv", c.table), c.options)
			require.Equal(t, c.starts, starts(windows))
			labels := ""
			for _, w := range windows {
				labels += w.Label[:1]
				require.Zero(t, len(w.Inputs)%len(r.Inputs))
			}
			require.Equal(t, c.labels, labels)
			require.Equal(t, []int{len(windows), c.mixed, c.without}, []int{r.Given, r.Mixed, r.Unlabelled})
		})
	}
}

// Windows of one group may share readings, and those of two may not.
func TestPiecesAreGroupsOfTheirOwn(t *testing.T) {
	windows, _ := cutReadings(t, write(t, "a.csv", "x,l\n"+strings.Repeat("1,a\n", 20)+strings.Repeat("1,b\n", 20)),
		ReadingsOptions{Label: "l", Length: 4, Stride: 2, Piece: 3})
	last := map[string]int{}
	for _, w := range windows {
		last[w.Group] = max(last[w.Group], w.Line+3)
	}
	require.Greater(t, len(last), 3)
	for _, w := range windows {
		for group, line := range last {
			require.True(t, group == w.Group || w.Line > line || w.Line+3 < line, "%v shares readings with %s", w, group)
		}
	}
}

func TestReadingsOfOtherFiles(t *testing.T) {
	o := ReadingsOptions{Columns: []string{"x"}, Label: "l", Length: 2, Stride: 2}
	objects := "{\"l\":\"a\",\"t\":[1],\"x\":1.5}\n\n{\"x\":2,\"l\":\"a\",\"more\":{}}\n{\"x\":3,\"l\":7}\n{\"x\":4,\"l\":7}\n"
	windows, r := cutReadings(t, write(t, "a.jsonl", objects), o)
	require.Equal(t, []ReadingsWindow{
		{Inputs: []float32{1.5, 2}, Label: "a", Group: "1.0", Line: 1},
		{Inputs: []float32{3, 4}, Label: "7", Group: "1.0", Line: 4},
	}, windows)
	require.Equal(t, []string{"x"}, r.Columns)

	var b strings.Builder
	array, err := npy.NewWriter(&b, npy.Float32, 3, 2)
	require.NoError(t, err)
	require.NoError(t, array.WriteFloat32([]float32{1, 7, 2, 7, 3, 8}))
	require.NoError(t, array.Close())
	windows, _ = cutReadings(t, write(t, "a.npy", b.String()), ReadingsOptions{Label: "1", Length: 1, Stride: 1})
	require.Equal(t, []float32{1, 2, 3}, starts(windows))
	require.Equal(t, "8", windows[2].Label)
}

// The numbers to predict stand beside those to read, whatever the order of the columns.
func TestTargetsOfReadings(t *testing.T) {
	path := write(t, "a.csv", "y,a,b\n1,2,3\n4,5,6\n")
	for _, columns := range [][]string{nil, {"a", "b"}} {
		windows, r := cutReadings(t, path, ReadingsOptions{Columns: columns, Targets: []string{"y"}, Length: 2, Stride: 1})
		require.Equal(t, []string{"a", "b"}, r.Inputs)
		require.Equal(t, []float32{2, 3, 5, 6}, windows[0].Inputs)
		require.Equal(t, []float32{1, 4}, windows[0].Targets)
	}
}

// A table of which the rows alternate between groups has no window, and can be sorted.
func TestReadingsOfGroupsThatAlternate(t *testing.T) {
	for _, c := range []struct{ file, head, row, want string }{
		{"a.csv", "who,x,does\n", "%s,1,walk\n", "(head -n 1 FILE; tail -n +2 FILE | sort -s -t, -k1,1) > NEW"},
		{"b.csv", "x;who;does\n", "1,5;%s;walk\n", "(head -n 1 FILE; tail -n +2 FILE | sort -s -t';' -k2,2) > NEW"},
		{"c.tsv", "x\twho\tdoes\n", "1\t%s\twalk\n", `sort -s -t"$(printf '\t')" -k2,2`},
	} {
		text := c.head
		for range 6 {
			text += fmt.Sprintf(c.row+c.row, "a", "b")
		}
		r, err := OpenReadings(write(t, c.file, text), ReadingsOptions{Columns: []string{"x"}, Label: "does", Group: "who", Length: 3, Stride: 1})
		require.NoError(t, err)
		for _, err := range r.Windows() {
			require.ErrorContains(t, err, "rows of the groups seem to alternate: sort them, for instance with: ")
			require.ErrorContains(t, err, c.want)
		}
	}
}

func TestReadingsThatAreRefused(t *testing.T) {
	o := ReadingsOptions{Columns: []string{"x"}, Label: "l", Length: 2, Stride: 1}
	timed := o
	timed.Time, timed.Gap = "t", 1
	grouped := o
	grouped.Group = "g"
	all := ReadingsOptions{Label: "l", Length: 1, Stride: 1}
	leak := o
	leak.Columns = []string{"x", "l"}
	for _, c := range []struct {
		name, file, text string
		options          ReadingsOptions
		reason           string
	}{
		{"no such column", "a.csv", "y,l\n1,a\n", o, "no column is named x; there are y, l"},
		{"no such label", "a.csv", "x,m\n1,a\n", o, "no column is named l"},
		{"two columns of a name", "a.csv", "x,x,l\n1,2,a\n", o, `two columns are named "x"`},
		{"two columns of a name that nothing names", "a.csv", "x,x,l\n1,2,a\n", all, `two columns are named "x"`},
		{"two labels", "a.csv", "x,l,l\n1,a,b\n", o, `two columns are named "l"`},
		{"the label among the numbers", "a.csv", "x,l\n1,2\n", leak, `"l" is a label`},
		{"a value that is missing", "a.csv", "x,l\n1,a\n,a\n", o, "line 3: x is \"\", which is not a number; if it is missing: --missing drop"},
		{"not a number", "a.csv", "x,l\n1,a\nwrong,a\n", o, "line 3: x is \"wrong\", which is not a number"},
		{"infinity", "a.csv", "x,l\n1,a\n1e39,a\n", o, "line 3: x is +Inf"},
		{"a row too short", "a.csv", "x,l\n1,a\n2\n", o, "line 3: it has 1 column, but l is number 1"},
		{"a row too long", "a.csv", "x,l\n1,a\n2,b,3\n", o, "line 3: it has 3 columns, but the first line has 2"},
		{"no time", "a.csv", "x,l,t\n1,a,soon\n", timed, `"soon" is neither a number nor a date`},
		{"no group", "a.csv", "x,l,g\n1,a,\n", grouped, `the group "g" is empty`},
		{"too short", "a.csv", "x,l\n1,a\n", o, "no stretch has the 2 readings of a window: the longest of 1 has 1"},
		{"no window of one label", "a.csv", "x,l\n1,a\n1,b\n", o, "1 of 1 have several"},
		{"a label that is not UTF-8", "a.csv", "x,l\n1,\xff\n", o, "UTF-8"},
		{"an object twice", "a.jsonl", "{\"x\":1,\"x\":2,\"l\":3}\n", o, `line 1: not a JSON object: it has the member "x" twice`},
		{"an object without", "a.jsonl", "{\"x\":1,\"l\":3}\n{\"l\":3}\n", o, "line 2: x is \"\""},
		{"a list among objects", "a.jsonl", "{\"x\":1,\"l\":3}\n[1,2]\n", o, "line 2: not a JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := OpenReadings(write(t, c.file, c.text), c.options)
			if err == nil {
				for _, e := range r.Windows() {
					err = e
				}
			}
			require.ErrorIs(t, err, ErrSeries)
			require.ErrorContains(t, err, c.reason)
		})
	}
}
