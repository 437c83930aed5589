package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// readPairs returns all pairs, or the error.
func readPairs(path, source, target string) ([]TextPair, error) {
	var pairs []TextPair
	for p, err := range ReadTextPairs(path, TextPairOptions{source, target}) {
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func TestReadTextPairs(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		columns          [2]string
		want             []TextPair
	}{
		{"Tatoeba's: no header, further columns", "a.txt", "Go.\t가.\tCC-BY\n\nHi.\t안녕.\tCC-BY\n",
			[2]string{}, []TextPair{{"Go.", "가.", 1}, {"Hi.", "안녕.", 3}}},
		{"the other way round", "a.txt", "Go.\t가.\tCC-BY\n", [2]string{"1", "0"}, []TextPair{{"가.", "Go.", 1}}},
		{"one number", "a.txt", "Go.\t가.\n", [2]string{"1", ""}, []TextPair{{"가.", "Go.", 1}}},
		{"the other number", "a.txt", "Go.\t가.\n", [2]string{"", "0"}, []TextPair{{"가.", "Go.", 1}}},
		{"a header with usual names", "a.csv", "Q,A,label\n\"a, b\",c,0\n,d,1\n",
			[2]string{}, []TextPair{{"a, b", "c", 2}, {"", "d", 3}}},
		{"a header with other names", "a.tsv", "en\tko\nGo.\t가.\n", [2]string{"ko", "en"}, []TextPair{{"가.", "Go.", 2}}},
		{"numbers mean that there is none", "a.tsv", "Q\tA\n", [2]string{"0", "1"}, []TextPair{{"Q", "A", 1}}},
		{"byte order mark", "a.tsv", "\ufeffsrc\ttgt\nx\ty\n", [2]string{}, []TextPair{{"x", "y", 2}}},
		{"lines of JSON", "a.jsonl", "{\"source\":\"x\",\"target\":\"\"}\n\n{\"target\":\"y\",\"source\":\"z\"}\n",
			[2]string{}, []TextPair{{"x", "", 1}, {"z", "y", 3}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readPairs(write(t, c.file, c.text), c.columns[0], c.columns[1])
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestReadTextPairsNamesFileAndLine(t *testing.T) {
	for _, c := range []struct {
		file, text string
		columns    [2]string
		want       string
	}{
		{"a.tsv", "", [2]string{}, "line 1: it is empty"},
		{"a.tsv", "a\tb\nc\n", [2]string{}, "line 2: it has 1 column, but the pair is in columns 0 and 1, from 0"},
		{"a.tsv", "a\tb\n", [2]string{"0", "2"}, "line 1: it has 2 columns, but the pair is in columns 0 and 2, from 0"},
		{"a.tsv", "a\tb\n", [2]string{"-1", "1"}, "the first column is 0"},
		{"a.tsv", "a\tb\n", [2]string{"0", "b"}, "give both by number or both by name"},
		{"a.tsv", "a\tb\n", [2]string{"a", "c"}, "line 1: the target: no column is named c; there are a, b"},
		{"a.jsonl", "{\"source\":1,\"target\":\"\"}\n", [2]string{}, "line 1: the source: "},
		{"a.jsonl", "{\"source\":\"\"}\n", [2]string{}, "line 1: the target: no field is named target"},
		{"a.jsonl", "[]\n", [2]string{}, "line 1: not a JSON object"},
		{"a.csv", "a,b\n\"c,d\n", [2]string{}, "line 2: "},
	} {
		path := write(t, c.file, c.text)
		_, err := readPairs(path, c.columns[0], c.columns[1])
		require.ErrorIs(t, err, ErrTable)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, c.want)
	}
}
