package table_test

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/table"
)

func TestFields(t *testing.T) {
	const strict, bare, trim, text = 'q', 'b', 't', '-'
	for _, k := range []struct {
		line   string
		format rune
		want   []string
		err    error
	}{
		{"a,b,", strict, []string{"a", "b", ""}, nil},
		{"", strict, []string{""}, nil},
		{` a , "b" ,"c,d"`, strict, []string{" a ", "b", "c,d"}, nil},
		{` a , " b " `, trim, []string{"a", " b "}, nil},
		{`"say ""hi""",""`, strict, []string{`say "hi"`, ""}, nil},
		{`5" pipe,1`, strict, nil, table.ErrBareQuote},
		{`5" pipe,1`, bare, []string{`5" pipe`, "1"}, nil},
		{`"a"b,1`, strict, nil, table.ErrAfterQuote},
		{`"a"b,1`, bare, nil, table.ErrAfterQuote},
		{`"a,1`, bare, nil, table.ErrOpenQuote},
		{`"a""`, strict, nil, table.ErrOpenQuote},
		{`"a",5"`, text, []string{`"a"`, `5"`}, nil},
	} {
		f := table.Format{Separator: ',', Quotes: k.format != text, Bare: k.format == bare, Trim: k.format == trim}
		fields, err := f.Split(nil, []byte(k.line))
		require.ErrorIs(t, err, k.err, k.line)
		if k.err != nil {
			continue
		}
		var got []string
		for _, field := range fields {
			got = append(got, string(field))
		}
		require.Equal(t, k.want, got, k.line)
	}
}

// A row's fields in quotes may have line breaks; its number is that of its first line.
func TestRows(t *testing.T) {
	type row struct {
		fields []string
		line   int
	}
	for text, want := range map[string][]row{
		"\ufeffa,b\r\n\n1,2\r\r\n":                 {{[]string{"a", "b"}, 1}, {[]string{""}, 2}, {[]string{"1", "2"}, 3}},
		"\"a\r\nb\"\"\n\",1\n2,3":                  {{[]string{"a\nb\"\n", "1"}, 1}, {[]string{"2", "3"}, 4}},
		strings.Repeat("x", 40) + ",\"y\nz\"\n1,2": {{[]string{strings.Repeat("x", 40), "y\nz"}, 1}, {[]string{"1", "2"}, 3}},
	} {
		rows := table.NewRows(table.NewLines(bufio.NewReaderSize(strings.NewReader(text), 16), 64), table.Format{Separator: ',', Quotes: true})
		var got []row
		for {
			fields, line, err := rows.Next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err, text)
			got = append(got, row{append([]string(nil), fields...), line})
		}
		require.Equal(t, want, got, text)
	}
}

// Lines that are too long are passed over. The room is the greatest line, or more.
func TestLongLines(t *testing.T) {
	lines := table.NewLines(bufio.NewReaderSize(strings.NewReader("ab\n"+strings.Repeat("x", 100)+"\ncd"), 16), 50)
	var got []string
	for {
		text, err := lines.Next()
		if err == io.EOF {
			break
		}
		var long *table.LongLineError
		if err != nil {
			require.ErrorAs(t, err, &long)
			require.Equal(t, 50, long.Most)
			text = []byte("long")
		}
		got = append(got, string(text))
	}
	require.Equal(t, []string{"ab", "long", "cd"}, got)
	require.Equal(t, 3, lines.Number())
}

// A file that is no text is named, and all of its lines are refused.
func TestForeignFiles(t *testing.T) {
	for text, want := range map[string]string{
		"PK\x03\x04\x14\n": "it is a ZIP archive", "\x1f\x8b\x08": "it is compressed by gzip", "\x89HDF\r\n\x1a\n": "it is an HDF5 file",
		"PAR1\x15": "it is a Parquet file", "RIFF\x24\x00\x00\x00WAVEfmt": "it is a WAV file", "SQLite format 3\x00\x10": "it is an SQLite database",
	} {
		lines := table.NewLines(bufio.NewReader(strings.NewReader(text+"\n1\n")), 0)
		for range 2 {
			_, err := lines.Next()
			require.ErrorContains(t, err, want, "%q", text)
		}
	}
	for _, text := range []string{"P", "PK", "PAR1,PAR2\n", "RIFFRAFF\t1\n", "ARROW1\n"} {
		_, err := table.NewLines(bufio.NewReader(strings.NewReader(text)), 0).Next()
		require.NoError(t, err, "%q", text)
	}
}

func TestEncodings(t *testing.T) {
	for text, want := range map[string]string{
		"\xff\xfea\x00\n\x00": "UTF-16", "\xfe\xff\x00a": "UTF-16", "a\x00b\x00": "UTF-16", "\x00a\x00b": "UTF-16", "\xff\xfe\n\x00": "UTF-16",
		"\xff\xfe\x00\x00": "UTF-32", "a\x00\x00\x00": "UTF-32", "\x00\x00\x00a": "UTF-32",
	} {
		_, err := table.NewLines(bufio.NewReader(strings.NewReader(text)), 0).Next()
		require.ErrorContains(t, err, "it is "+want+", not UTF-8", "%q", text)
	}
	for _, text := range []string{"1\n2\n", "é\n", "\n", "a"} {
		_, err := table.NewLines(bufio.NewReader(strings.NewReader(text)), 0).Next()
		require.NoError(t, err, "%q", text)
	}
}
