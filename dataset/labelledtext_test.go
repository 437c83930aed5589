package dataset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// readAll returns all rows, or the error.
func readAll(path, text, label string) ([]LabelledText, error) {
	var rows []LabelledText
	for row, err := range ReadLabelledTexts(path, LabelledTextOptions{TextColumn: text, LabelColumn: label}) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func TestReadLabelledTexts(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		columns          [2]string
		want             []LabelledText
	}{
		{"tabs, quotes mean nothing", "a.txt", "id\tdocument\tlabel\n1\t\"so so\t0\n2\tgood\t1\n",
			[2]string{}, []LabelledText{{"\"so so", "0", 2, ""}, {"good", "1", 3, ""}}},
		{"commas, quoted", "a.csv", "label,text\nx,\"one, two\nthree\"\ny,four\n",
			[2]string{}, []LabelledText{{"one, two\nthree", "x", 2, ""}, {"four", "y", 4, ""}}},
		{"columns by name", "a.tsv", "a\tb\nx\ty\n", [2]string{"b", "a"}, []LabelledText{{"y", "x", 2, ""}}},
		{"line ends of Windows, byte order mark, no last line end", "a.tsv", "\ufefftext\tlabel\r\nx\ty",
			[2]string{}, []LabelledText{{"x", "y", 2, ""}}},
		{"empty lines", "a.tsv", "text\tlabel\n\nx\ty\n\n", [2]string{}, []LabelledText{{"x", "y", 3, ""}}},
		{"lines of JSON", "a.jsonl", "\ufeff{\"text\":\"a\\nb\",\"label\":\"x\"}\n\n{\"label\":1,\"document\":\"c\",\"more\":[]}",
			[2]string{}, []LabelledText{{"a\nb", "x", 1, ""}, {"c", "1", 3, ""}}},
		{"fields by name", "a.ndjson", "{\"a\":\"x\",\"b\":true}\n", [2]string{"a", "b"}, []LabelledText{{"x", "true", 1, ""}}},
		{"no header: columns by number", "a.tsv", "\ufeff0\tso so\r\n\r\n1\tgood\r\n",
			[2]string{"1", "0"}, []LabelledText{{"so so", "0", 1, ""}, {"good", "1", 3, ""}}},
		{"no header, commas", "a.csv", "\"a, b\",x,1\nc,y,2\n", [2]string{"0", "2"}, []LabelledText{{"a, b", "1", 1, ""}, {"c", "2", 2, ""}}},
		{"columns whose names are numbers", "a.tsv", "0\t1\nx\ty\n", [2]string{"0", "1"}, []LabelledText{{"x", "y", 2, ""}}},
		{"an empty text", "a.tsv", "text\tlabel\n\ty\n", [2]string{}, []LabelledText{{"", "y", 2, ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, err := readAll(write(t, c.file, c.text), c.columns[0], c.columns[1])
			require.NoError(t, err)
			require.Equal(t, c.want, rows)
		})
	}
}

func TestReadLabelledTextsNamesFileAndLine(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"a.tsv", "", "line 1: it is empty"},
		{"a.tsv", "x\tlabel\n", "line 1: the text: no column is named text or document"},
		{"a.tsv", "text\tx\n", "line 1: the label: no column is named label"},
		{"a.tsv", "text\tlabel\na\t1\nb\n", "line 3: it has 1 column, but the first line has 2"},
		{"a.tsv", "text\tlabel\na\t\n", "line 2: the label is empty"},
		{"a.csv", "text,label\n\"a,1\n", "line 2"},
		{"a.csv", "text,label\na 5\" screen,1\n", "line 2: bare \" in non-quoted-field: put the field in quotes and double the quotes in it"},
		{"a.csv", "text;label\na;1\n", "columns seem to be separated by semicolons"},
		{"a.csv", "text|label\na|1\n", "columns seem to be separated by |"},
		{"a.csv", "sep=,\ntext,label\na,1\n", "tells a spreadsheet the separator"},
		{"a.tsv", "# made today\ntext\tlabel\na\t1\n", "it begins with a comment"},
		{"a.csv", "text\tlabel\na\t1\n", "columns seem to be separated by tabs"},
		{"a.tsv", "text,label\na,1\n", "columns seem to be separated by commas"},
		{"a.txt", "EU NNP I-ORG\n", "columns seem to be separated by spaces: separate them by tabs"},
		{"a.csv", "text,label\n\"one\ntwo\",1\nthree,\n", "line 4: the label is empty"},
		{"a.jsonl", "{\"text\":\"a\",\"label\":1}\nno\n", "line 2: not a JSON object"},
		{"a.jsonl", "{\"text\":\"a\",\"kind\":1}\n", "line 1: the label: no field is named label or class or sentiment; there are kind, text"},
		{"a.jsonl", "{\"text\":1,\"label\":1}\n", "line 1: the text: 1 is not a string"},
		{"a.jsonl", "{\"text\":\"a\",\"label\":[1]}\n", "line 1: the label: [1] is neither a string nor a number"},
		{"a.jsonl", "{\"text\":\"a\",\"label\":\"\"}\n", "line 1: the label: it is empty"},
	} {
		path := write(t, c.file, c.text)
		_, err := readAll(path, "", "")
		require.ErrorIs(t, err, ErrTable)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, c.want)
	}
	_, err := readAll(filepath.Join(t.TempDir(), "none.tsv"), "", "")
	require.ErrorIs(t, err, os.ErrNotExist)
}
