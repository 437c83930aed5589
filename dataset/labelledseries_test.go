package dataset

import (
	"bytes"
	"compress/gzip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadLabelledSeries(t *testing.T) {
	labels := write(t, "labels.txt", "a\nb\n")
	for _, c := range []struct {
		name, file, text, labels string
		want                     []LabelledSeries
	}{
		{"lines of JSON", "a.jsonl", "{\"inputs\":[[1,2],[3,4]],\"label\":\"x\"}\n{\"label\":7,\"values\":[5]}\n", "",
			[]LabelledSeries{{[]float32{1, 2, 3, 4}, 2, "x", 1, ""}, {[]float32{5}, 1, "7", 2, ""}}},
		{"array of steps, a label a line", "a.npy", npyArray(t, []float32{1, 2, 3, 4}, 2, 2), labels,
			[]LabelledSeries{{[]float32{1, 2}, 1, "a", 0, ""}, {[]float32{3, 4}, 1, "b", 0, ""}}},
		{"array of features", "a.npy", npyArray(t, []float32{1, 2, 3, 4}, 2, 1, 2), labels,
			[]LabelledSeries{{[]float32{1, 2}, 2, "a", 0, ""}, {[]float32{3, 4}, 2, "b", 0, ""}}},
		{"images and digits of MNIST", "train-images-idx3-ubyte", "\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02\x00\x01\x02\xff",
			write(t, "labels.idx1-ubyte", "\x00\x00\x08\x01\x00\x00\x00\x02\x07\x00"),
			[]LabelledSeries{{[]float32{0, 1}, 2, "7", 0, ""}, {[]float32{2, 255}, 2, "0", 0, ""}}},
		{"compressed", "a.npy.gz", zipped(t, npyArray(t, []float32{1, 2}, 2, 1)), labels,
			[]LabelledSeries{{[]float32{1}, 1, "a", 0, ""}, {[]float32{2}, 1, "b", 0, ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.file, c.text)
			var got []LabelledSeries
			for s, err := range ReadLabelledSeries(path, LabelledSeriesOptions{LabelPath: c.labels}) {
				require.NoError(t, err)
				got = append(got, s)
			}
			require.Equal(t, c.want, got)
			has, err := HasSeries(path, "")
			require.NoError(t, err)
			require.True(t, has)
		})
	}
	for _, file := range []string{"a.tsv", "a.jsonl"} {
		has, err := HasSeries(write(t, file, "{\"text\":\"a\",\"label\":1}\n"), "")
		require.NoError(t, err)
		require.False(t, has)
	}
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

func TestReadLabelledSeriesNamesFileAndLine(t *testing.T) {
	labels := write(t, "labels.txt", "a\nb\n")
	for _, c := range []struct{ file, text, labels, want string }{
		{"a.jsonl", "{\"inputs\":[1],\"label\":1}\n{\"inputs\":[],\"label\":1}", "", "line 2: the sequence: it is neither a list of numbers nor"},
		{"a.jsonl", "{\"inputs\":[[1],[2,3]],\"label\":1}", "", "line 1: the sequence: step 1 has 2 numbers, but the first has 1"},
		{"a.jsonl", "{\"inputs\":[1]}", "", "line 1: the label: no field is named label"},
		{"a.npy", npyArray(t, []float32{1, 2, 3}, 3, 1), labels, "it has 3 sequences, but there are fewer or more labels"},
		{"a.npy", npyArray(t, []float32{1}, 1, 1), labels, "it has 1 sequence, but there are fewer or more labels"},
		{"a.npy", npyArray(t, []float32{1}, 1), labels, "want [N, steps] or [N, steps, width]"},
		{"a.npy", npyArray(t, []float32{1}, 1, 1), "", "give the file that has them"},
		{"a-idx3-ubyte.gz", "no", labels, "unexpected EOF"},
		{"a-idx3-ubyte", "no file", labels, "nor an IDX file"},
		{"a.csv", "1,2", "", "not a .npy, IDX or .jsonl file"},
	} {
		path := write(t, c.file, c.text)
		var err error
		for _, e := range ReadLabelledSeries(path, LabelledSeriesOptions{LabelPath: c.labels}) {
			err = e
		}
		require.ErrorIs(t, err, ErrSeries, c.want)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, c.want)
	}
}
