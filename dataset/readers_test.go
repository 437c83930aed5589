package dataset

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A fileReader gives what a file of a name with that ending holds, as text.
type fileReader struct {
	name   string
	ending string
	text   string // of a file, with one record a line but for its header
	want   string
	read   func(t *testing.T, path string) (string, error)
}

func showTexts(t *testing.T, path string) (s string, err error) {
	for r, err := range ReadLabelledTexts(path, LabelledTextOptions{}) {
		if err != nil {
			return "", err
		}
		s += fmt.Sprintf("%s=%s;", r.Text, r.Label)
	}
	return s, nil
}

func showPairs(t *testing.T, path string) (s string, err error) {
	for r, err := range ReadTextPairs(path, TextPairOptions{}) {
		if err != nil {
			return "", err
		}
		s += fmt.Sprintf("%s=%s;", r.Source, r.Target)
	}
	return s, nil
}

func showTagged(t *testing.T, path string) (s string, err error) {
	for r, err := range ReadTaggedSequences(path, TaggedSequenceOptions{}) {
		if err != nil {
			return "", err
		}
		s += fmt.Sprintf("%v=%v;", r.Tokens, r.Tags)
	}
	return s, nil
}

func showSteps(t *testing.T, path string) (s string, err error) {
	file, err := OpenSeries(path, SeriesOptions{})
	if err != nil {
		return "", err
	}
	for step, err := range file.Steps() {
		if err != nil {
			return "", err
		}
		s += fmt.Sprintf("%d%v;", step.Series, step.Values)
	}
	return s, nil
}

func showLabelled(t *testing.T, path string) (s string, err error) {
	for r, err := range ReadLabelledSeries(path, LabelledSeriesOptions{}) {
		if err != nil {
			return "", err
		}
		s += fmt.Sprintf("%v=%s;", r.Inputs, r.Label)
	}
	return s, nil
}

// fileReaders are all readers on every layout of lines that they read.
var fileReaders = []fileReader{
	{"texts, tabs", "a.tsv", "text\tlabel\na b\tx\nc\ty\n", "a b=x;c=y;", showTexts},
	{"texts, commas", "a.csv", "text,label\na b,x\n\"c\",\"y\"\n", "a b=x;c=y;", showTexts},
	{"texts, JSON", "a.jsonl", `{"text":"a b","label":"x"}` + "\n" + `{"text":"c","label":"y"}` + "\n", "a b=x;c=y;", showTexts},
	{"pairs, tabs", "a.txt", "source\ttarget\na b\tx\nc\ty\n", "a b=x;c=y;", showPairs},
	{"pairs, commas", "a.csv", "source,target\na b,x\n\"c\",\"y\"\n", "a b=x;c=y;", showPairs},
	{"pairs, JSON", "a.jsonl", `{"source":"a b","target":"x"}` + "\n" + `{"source":"c","target":"y"}` + "\n", "a b=x;c=y;", showPairs},
	{"tags, tabs", "a.tsv", "token\ttag\na\tx\nb\ty\n", "[a b]=[x y];", showTagged},
	{"tags, commas", "a.csv", "token,tag\na,x\n\"b\",\"y\"\n", "[a b]=[x y];", showTagged},
	{"tags, JSON", "a.jsonl", `{"tokens":["a","b"],"tags":["x","y"]}` + "\n" + `{"tokens":["c"],"tags":["z"]}` + "\n", "[a b]=[x y];[c]=[z];", showTagged},
	{"steps, tabs", "a.tsv", "u\tv\n1\t2\n3\t4\n", "0[1 2];0[3 4];", showSteps},
	{"steps, commas", "a.csv", "u,v\n1,2\n3,4\n", "0[1 2];0[3 4];", showSteps},
	{"steps, JSON", "a.jsonl", "[1,2]\n[3]\n", "0[1];0[2];1[3];", showSteps},
	{"sequences, JSON", "a.jsonl", `{"inputs":[1,2],"label":"x"}` + "\n" + `{"inputs":[[3],[4]],"label":7}` + "\n", "[1 2]=x;[3 4]=7;", showLabelled},
	{"labels in a file", "a.txt", "x\ny\n", "[1 2]=x;[3 4]=y;", func(t *testing.T, path string) (s string, err error) {
		array := strings.TrimSuffix(path, "a.txt") + "a.npy"
		require.NoError(t, os.WriteFile(array, []byte(npyArray(t, []float32{1, 2, 3, 4}, 2, 2)), 0o600))
		for r, err := range ReadLabelledSeries(array, LabelledSeriesOptions{LabelPath: path}) {
			if err != nil {
				return "", err
			}
			s += fmt.Sprintf("%v=%s;", r.Inputs, r.Label)
		}
		return s, nil
	}},
}

// However lines end, and with a byte order mark, every reader reads the same.
func TestLineEndsMeanNothing(t *testing.T) {
	for _, r := range fileReaders {
		for name, text := range map[string]string{
			"as it is":              r.text,
			"no end":                strings.TrimSuffix(r.text, "\n"),
			"of Windows":            strings.ReplaceAll(r.text, "\n", "\r\n"),
			"of Windows, no end":    strings.TrimSuffix(strings.ReplaceAll(r.text, "\n", "\r\n"), "\n"),
			"two carriage returns":  strings.ReplaceAll(r.text, "\n", "\r\r\n"),
			"a mark":                "\ufeff" + r.text,
			"a mark and of Windows": "\ufeff" + strings.ReplaceAll(r.text, "\n", "\r\n"),
			"empty lines at ends":   "\n\r\n" + r.text + "\n\r\n\r\r\n",
			"spaces at the end":     r.text + "  \n",
		} {
			if name == "empty lines at ends" && r.name == "labels in a file" || name == "spaces at the end" && r.name == "labels in a file" {
				continue // each line is the label of a sequence
			}
			t.Run(r.name+", "+name, func(t *testing.T) {
				have, err := r.read(t, write(t, r.ending, text))
				require.NoError(t, err)
				require.Equal(t, r.want, have)
			})
		}
	}
}

// Empty lines mean nothing, or a reader that separates sequences by them says that
// all are separated.
func TestDoubledLines(t *testing.T) {
	for _, r := range fileReaders {
		t.Run(r.name, func(t *testing.T) {
			text := strings.ReplaceAll(r.text, "\n", "\n\n")
			path := write(t, r.ending, text)
			have, err := r.read(t, path)
			switch {
			case strings.HasPrefix(r.name, "tags,") && r.ending != "a.jsonl":
				text += strings.ReplaceAll(strings.SplitAfterN(r.text, "\n", 2)[1], "\n", "\n\n")
				_, err := r.read(t, write(t, r.ending, text))
				require.ErrorContains(t, err, "every sequence has one token")
			case strings.HasPrefix(r.name, "steps,") && r.ending != "a.jsonl":
				text += strings.ReplaceAll(strings.SplitAfterN(r.text, "\n", 2)[1], "\n", "\n\n")
				file, err := OpenSeries(write(t, r.ending, text), SeriesOptions{})
				require.NoError(t, err)
				require.True(t, file.Alone)
			case r.name == "labels in a file":
				require.ErrorContains(t, err, "line 2: want just a label")
			default:
				require.NoError(t, err)
				require.Equal(t, r.want, have)
			}
		})
	}
}

func TestFilesWithoutARecord(t *testing.T) {
	for _, r := range fileReaders {
		header := ""
		if r.ending != "a.jsonl" && r.name != "labels in a file" {
			header, _, _ = strings.Cut(r.text, "\n")
			header += "\n"
		}
		for _, text := range []string{"", header, header + "\n", header + " \r\n"} {
			if r.name == "labels in a file" {
				text = ""
			}
			_, err := r.read(t, write(t, r.ending, text))
			var e *Error
			require.ErrorAs(t, err, &e, "%s %q", r.name, text)
		}
	}
}

// Spaces round a label mean nothing, in whatever reader.
func TestSpacesRoundLabels(t *testing.T) {
	for _, r := range fileReaders {
		text := strings.NewReplacer("\tx", "\t x  ", ",x", ",  x ", `"x"`, `" x "`, "x\n", " x \n").Replace(r.text)
		if r.name == "texts, tabs" || r.name == "tags, tabs" {
			require.Contains(t, text, "\t x ")
		}
		if strings.HasPrefix(r.name, "pairs") {
			continue // they have no label
		}
		have, err := r.read(t, write(t, r.ending, text))
		require.NoError(t, err, r.name)
		require.Equal(t, r.want, have, r.name)
	}
}

// A null is no text, no label and no number.
func TestNull(t *testing.T) {
	for _, c := range []struct {
		read func(t *testing.T, path string) (string, error)
		line string
		want string
	}{
		{showTexts, `{"text":null,"label":"x"}`, "line 2: the text: null is not a string"},
		{showTexts, `{"text":"a","label":null}`, "line 2: the label: null is neither a string nor a number"},
		{showTexts, `null`, "line 2: null is not a JSON object"},
		{showPairs, `{"source":null,"target":"x"}`, "line 2: the source: null is not a string"},
		{showPairs, `{"source":"a","target":null}`, "line 2: the target: null is not a string"},
		{showTagged, `{"tokens":null,"tags":[]}`, "line 2: the token: it is not a list"},
		{showTagged, `{"tokens":["a"],"tags":null}`, "line 2: the tag: it is not a list"},
		{showTagged, `{"tokens":["a",null],"tags":["x","y"]}`, "line 2: the token: number 1 of the list: null is not a string"},
		{showTagged, `{"tokens":["a","b"],"tags":["x",null]}`, "line 2: the tag: number 1 of the list: null is neither"},
		{showLabelled, `{"inputs":null,"label":"x"}`, "line 2: the sequence: it is neither a list of numbers"},
		{showLabelled, `{"inputs":[1,null],"label":"x"}`, "line 2: the sequence: number 1 of the list is null"},
		{showLabelled, `{"inputs":[[1],[null]],"label":"x"}`, "line 2: the sequence: step 1: number 0 of the list is null"},
		{showLabelled, `{"inputs":[null,1],"label":"x"}`, "line 2: the sequence: number 0 of the list is null"},
		{showLabelled, `{"inputs":[1],"label":null}`, "line 2: the label: null is neither a string nor a number"},
		{showSteps, `null`, "line 2: null is not a JSON list"},
		{showSteps, `[1,null]`, "line 2: 0 is NaN or null; every value must be a number"},
		{showSteps, `[[1],null]`, "line 2: 0 is NaN or null"},
		{showSteps, `[[null]]`, "line 2: 0 is NaN or null"},
	} {
		// An empty line before it counts.
		_, err := c.read(t, write(t, "a.jsonl", "\n"+c.line+"\n"))
		require.ErrorContains(t, err, c.want)
	}
}

func TestLinesOfCarriageReturnsAlone(t *testing.T) {
	for _, r := range fileReaders {
		if r.ending == "a.jsonl" || r.name == "labels in a file" {
			continue
		}
		_, err := r.read(t, write(t, r.ending, strings.ReplaceAll(r.text, "\n", "\r")))
		require.ErrorContains(t, err, "just a carriage return", r.name)
	}
}
