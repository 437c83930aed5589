package dataset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadTaggedSequences(t *testing.T) {
	want := []TaggedSequence{
		{[]string{"a", "dog"}, []string{"DET", "NOUN"}, []int{2, 3}, ""},
		{[]string{"runs"}, []string{"VERB"}, []int{6}, ""},
	}
	for _, c := range []struct{ file, text string }{
		{"a.tsv", "word\tlemma\tpos\na\ta\tDET\ndog\tdog\tNOUN\n\n\nruns\trun\tVERB\n"},
		{"a.txt", "tag\ttoken\r\nDET\ta\r\nNOUN\tdog\r\n\r\n\r\nVERB\truns"},
		{"a.csv", "token,tag\na,DET\ndog,NOUN\n\n\nruns,VERB\n"},
		{"a.jsonl", "\n{\"tokens\":[\"a\",\"dog\"],\"tags\":[\"DET\",\"NOUN\"]}\n\n{\"tokens\":[\"runs\"],\"tags\":[\"VERB\"]}\n"},
	} {
		var got []TaggedSequence
		for s, err := range ReadTaggedSequences(write(t, c.file, c.text), TaggedSequenceOptions{}) {
			require.NoError(t, err)
			got = append(got, s)
		}
		if c.file == "a.jsonl" {
			want[0].Lines, want[1].Lines = []int{2, 2}, []int{4}
		}
		require.Equal(t, want, got, c.file)
	}
}

func TestReadTaggedSequencesNamesFileAndLine(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"a.tsv", "x\ttag\n", "line 1: the token: no column is named token or"},
		{"a.tsv", "token\ttag\na\n", "line 2: it has 1 column"},
		{"a.tsv", "token\ttag\na\t\n", "line 2: the tag is empty"},
		{"a.jsonl", "{\"tokens\":[\"a\"],\"tags\":[1,2]}", "line 1: it has 1 token and 2 tags"},
		{"a.jsonl", "{\"tokens\":[],\"tags\":[]}", "at least one"},
		{"a.jsonl", "{\"tokens\":[\"a\"],\"tags\":\"X\"}", "line 1: the tag: it is not a list"},
		{"a.jsonl", "{\"tokens\":[\"a\"],\"tags\":[{}]}", "neither a string nor a number"},
		{"a.jsonl", "[]", "line 1: not a JSON object"},
	} {
		path := write(t, c.file, c.text)
		var err error
		for _, e := range ReadTaggedSequences(path, TaggedSequenceOptions{}) {
			err = e
		}
		require.ErrorIs(t, err, ErrTable)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, c.want)
	}
}

// CoNLL's files have spaces between their columns, one or several.
func TestReadTaggedSequencesBetweenSpaces(t *testing.T) {
	read := func(text string, o TaggedSequenceOptions) (all []TaggedSequence, err error) {
		for s, err := range ReadTaggedSequences(write(t, "a.txt", text), o) {
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
		return all, nil
	}
	numbers := TaggedSequenceOptions{TokenColumn: "0", TagColumn: "3"}
	for _, c := range []struct {
		text string
		o    TaggedSequenceOptions
		want []TaggedSequence
	}{
		{"EU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\n. . O O\n", numbers,
			[]TaggedSequence{{[]string{"EU", "rejects"}, []string{"I-ORG", "O"}, []int{1, 2}, ""}, {[]string{"."}, []string{"O"}, []int{4}, ""}}},
		{"EU   NNP I-NP  I-ORG \r\nrejects VBZ I-VP O\r\n", numbers,
			[]TaggedSequence{{[]string{"EU", "rejects"}, []string{"I-ORG", "O"}, []int{1, 2}, ""}}},
		{"word tag\na x\nb y\n", TaggedSequenceOptions{},
			[]TaggedSequence{{[]string{"a", "b"}, []string{"x", "y"}, []int{2, 3}, ""}}},
		{"word\ttag\na b\tx\nc d\ty\n", TaggedSequenceOptions{}, // there are tabs
			[]TaggedSequence{{[]string{"a b", "c d"}, []string{"x", "y"}, []int{2, 3}, ""}}},
	} {
		have, err := read(c.text, c.o)
		require.NoError(t, err)
		require.Equal(t, c.want, have)
	}
	_, err := read("EU NNP I-NP I-ORG\nrejects VBZ O\n", numbers)
	require.ErrorContains(t, err, "columns seem to be separated by spaces: separate them by tabs")
	_, err = read(strings.Repeat("EU NNP I-NP I-ORG\n", 10_000)+"rejects VBZ O\n", numbers)
	require.ErrorContains(t, err, "line 10001: it has 3 columns, but the first line has 4")
}

// A change of the group ends a sequence, as an empty line does.
func TestTaggedSequencesOfGroups(t *testing.T) {
	for file, text := range map[string]string{
		"a.csv":   "token,tag,doc\na,X,1\nb,Y,1\nc,X,2\n\nd,Y,2\ne,X,1\n",
		"a.jsonl": `{"tokens":["a","b"],"tags":["X","Y"],"doc":1}` + "\n" + `{"tokens":["c"],"tags":["X"],"doc":"2"}` + "\n" + `{"tokens":["d"],"tags":["Y"],"doc":"2"}` + "\n" + `{"tokens":["e"],"tags":["X"],"doc":"1"}`,
	} {
		var groups []string
		var tokens [][]string
		for s, err := range ReadTaggedSequences(write(t, file, text), TaggedSequenceOptions{GroupColumn: "doc"}) {
			require.NoError(t, err)
			groups, tokens = append(groups, s.Group), append(tokens, s.Tokens)
		}
		require.Equal(t, []string{"1", "2", "2", "1"}, groups, file)
		require.Equal(t, [][]string{{"a", "b"}, {"c"}, {"d"}, {"e"}}, tokens, file)
	}
	for _, err := range ReadTaggedSequences(write(t, "a.csv", "token,tag,doc\na,X,\n"), TaggedSequenceOptions{GroupColumn: "doc"}) {
		require.ErrorContains(t, err, "line 2: the group is empty")
	}
}
