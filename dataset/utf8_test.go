package dataset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A good text in the encoding cp949.
const cp949 = "\xc1\xc1\xbe\xc6"

func TestReadersRefuseOtherEncodings(t *testing.T) {
	texts := func(path string) error { return lastError(ReadLabelledTexts(path, LabelledTextOptions{})) }
	pairs := func(path string) error { return lastError(ReadTextPairs(path, TextPairOptions{})) }
	tags := func(path string) error { return lastError(ReadTaggedSequences(path, TaggedSequenceOptions{})) }
	labels := func(path string) error {
		array := write(t, "a.npy", npyArray(t, []float32{1, 2}, 2, 1))
		return lastError(ReadLabelledSeries(array, LabelledSeriesOptions{LabelPath: path}))
	}
	series := func(path string) error {
		_, err := OpenSeries(path, SeriesOptions{})
		return err
	}
	for _, c := range []struct {
		name       string
		read       func(path string) error
		file, text string
		line       int
	}{
		{"text of a table", texts, "a.tsv", "text\tlabel\na\tx\n" + cp949 + "\ty\n", 3},
		{"label of a table", texts, "a.csv", "text,label\n\"a\nb\",x\na," + cp949 + "\n", 4},
		{"text of an object", texts, "a.jsonl", "{\"text\":\"" + cp949 + "\",\"label\":1}\n", 1},
		{"label of an object", texts, "a.jsonl", "{\"text\":\"\",\"label\":\"" + cp949 + "\"}\n", 1},
		{"source", pairs, "a.tsv", "a\tb\n" + cp949 + "\tb\n", 2},
		{"target", pairs, "a.tsv", "a\t" + cp949 + "\n", 1},
		{"token", tags, "a.tsv", "token\ttag\na\tx\n" + cp949 + "\tx\n", 3},
		{"tag", tags, "a.jsonl", "{\"tokens\":[\"a\"],\"tags\":[\"" + cp949 + "\"]}", 1},
		{"label beside an array", labels, "labels.txt", "a\n" + cp949 + "\n", 2},
		{"name of a column", series, "a.csv", "x," + cp949 + "\n1,2\n", 1},
		{"running text", CheckText, "a.txt", strings.Repeat("좋아\n", 50_000) + cp949, 50_001},
		{"running text that ends within a character", CheckText, "a.txt", "a\n\xec\xa2", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.file, c.text)
			var e *Error
			require.ErrorAs(t, c.read(path), &e)
			require.Equal(t, c.line, e.Line)
			require.ErrorContains(t, e, "iconv -f cp949 -t utf-8")
		})
	}
	for _, text := range []string{"", "a", strings.Repeat("좋아\n", 50_000), "\ufffd\n"} {
		require.NoError(t, CheckText(write(t, "a.txt", text)))
	}
	require.NoError(t, texts(write(t, "a.tsv", "text\tlabel\tnote\na\tx\t"+cp949+"\n")), "a column that is not read")
}
