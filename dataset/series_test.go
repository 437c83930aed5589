package dataset

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
)

type seriesStep struct {
	series int
	values []float32
}

func readSeries(path string, columns ...string) (names []string, steps []seriesStep, err error) {
	f, err := OpenSeries(path, SeriesOptions{Columns: columns})
	if err != nil {
		return nil, nil, err
	}
	for s, err := range f.Steps() {
		if err != nil {
			return nil, nil, err
		}
		steps = append(steps, seriesStep{s.Series, append([]float32(nil), s.Values...)})
	}
	return f.Columns, steps, nil
}

func npyArray(t *testing.T, data []float32, shape ...int) string {
	t.Helper()
	var b bytes.Buffer
	w, err := npy.NewWriter(&b, npy.Float32, shape...)
	require.NoError(t, err)
	require.NoError(t, w.WriteFloat32(data))
	require.NoError(t, w.Close())
	return b.String()
}

func TestReadSeries(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		columns          []string
		names            []string
		steps            []seriesStep
	}{
		{"dates are no numbers", "a.csv", "\ufeff\"Month\",\"Passengers\"\n\"1949-01\",112\n\"1949-02\",118\n", nil,
			[]string{"Passengers"}, []seriesStep{{0, []float32{112}}, {0, []float32{118}}}},
		{"columns by name, in that order", "a.tsv", "a\tb\tc\n1\t2\t3\n4\t5\t6\n", []string{"c", "a"},
			[]string{"c", "a"}, []seriesStep{{0, []float32{3, 1}}, {0, []float32{6, 4}}}},
		{"no header, two series", "a.csv", "1,2\n3,4\n\n5,6\n", nil,
			[]string{"0", "1"}, []seriesStep{{0, []float32{1, 2}}, {0, []float32{3, 4}}, {1, []float32{5, 6}}}},
		{"a column of dates and no header", "a.txt", "1949-01\t1\r\n\r\n\r\n1949-02\t2\r\n", nil,
			[]string{"1"}, []seriesStep{{0, []float32{1}}, {1, []float32{2}}}},
		{"lines of JSON", "a.jsonl", "[1,2]\n\n[[3],[4]]\n", nil,
			[]string{"0"}, []seriesStep{{0, []float32{1}}, {0, []float32{2}}, {1, []float32{3}}, {1, []float32{4}}}},
		{"array [T]", "a.npy", npyArray(t, []float32{1, 2}, 2), nil, []string{"0"}, []seriesStep{{0, []float32{1}}, {0, []float32{2}}}},
		{"array [T, columns]", "a.npy", npyArray(t, []float32{1, 2}, 1, 2), []string{"1"}, []string{"1"}, []seriesStep{{0, []float32{2}}}},
		{"array [N, T, columns]", "a.npy", npyArray(t, []float32{1, 2, 3, 4}, 2, 1, 2), nil, []string{"0", "1"},
			[]seriesStep{{0, []float32{1, 2}}, {1, []float32{3, 4}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			names, steps, err := readSeries(write(t, c.file, c.text), c.columns...)
			require.NoError(t, err)
			require.Equal(t, c.names, names)
			require.Equal(t, c.steps, steps)
		})
	}
}

func TestReadSeriesNamesFileAndLine(t *testing.T) {
	for _, c := range []struct {
		file, text string
		columns    []string
		want       string
	}{
		{"a.csv", "", nil, "it has no steps"},
		{"a.csv", "x,y\n", nil, "it has no steps"},
		{"a.csv", "day\nmonday\n", nil, "it has no column of numbers"},
		{"a.csv", "x,y\n1,2\n", []string{"z"}, "no column is named z; there are x, y"},
		{"a.csv", "x,y\n1,2\n3,\n", nil, `line 3: y is "", which is not a number`},
		{"a.csv", "x,y\n1,2\n3,NaN\n", nil, "line 3: y is NaN"},
		{"a.tsv", "1\t2\n3\n", nil, "line 2: it has 1 column, but 1 is number 1"},
		{"a.jsonl", "[1]\n{}\n", nil, "line 2: not a JSON list"},
		{"a.jsonl", "[1,\"x\"]\n", nil, `line 1: "x" is neither a number nor a list`},
		{"a.npy", "no array", nil, "a.npy"},
		{"a.npy", npyArray(t, []float32{1}, 1, 1, 1, 1), nil, "want [T], [T, columns] or [N, T, columns]"},
	} {
		path := write(t, c.file, c.text)
		_, _, err := readSeries(path, c.columns...)
		require.ErrorIs(t, err, ErrSeries, c.text)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, c.want)
	}
	_, _, err := readSeries(filepath.Join(t.TempDir(), "none.csv"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// A first line of words above no column of numbers is not a header: the error shows it,
// instead of the numbers of columns, which the table does not show.
func TestAColumnThatOnlyTheFirstLineNames(t *testing.T) {
	for text, want := range map[string]string{
		"text,label\nfoo,yes\nbar,no\n": "no column is named wave: the first line, text, label, is not a header, since no column has numbers below a name",
		"wave,label\nfoo,yes\n":         "no column is named wave: the first line, wave, label, is not a header",
		"a,wav\n1,2\n":                  "no column is named wave; there are a, wav; did you mean wav?",
		"1,2\n3,4\n":                    "no column is named wave: the file does not name its columns, which are 0, 1",
	} {
		_, err := OpenSeries(write(t, "table.csv", text), SeriesOptions{Columns: []string{"wave"}})
		require.ErrorContains(t, err, want)
	}
}
