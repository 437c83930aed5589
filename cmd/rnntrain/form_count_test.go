package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/rnnrun/rnnrun/format"
)

// Whether texts are in normal form C or D, in training or in eval: the numbers are
// the same.
func TestTheFormOfTextsMeansNothing(t *testing.T) {
	sentences := strings.Repeat("나는 학교에 간다 é\nThế giới đẹp lắm ạ\nがぎぐ パピプ はひふ\n", 12)
	var classify, tag, pairs strings.Builder
	classify.WriteString("text\t종류\n")
	tag.WriteString("token\ttag\n")
	for i, s := range strings.Split(strings.TrimSpace(sentences), "\n") {
		classify.WriteString(s + "\t" + []string{"좋음", "và", "が"}[i%3] + "\n")
		for _, word := range strings.Fields(s) {
			tag.WriteString(word + "\t" + []string{"가", "나"}[len(word)%2] + "\n")
		}
		tag.WriteString("\n")
		pairs.WriteString(s + "\t" + strings.Fields(s)[0] + "\n")
	}
	for _, c := range []struct {
		name, file, text string
		args             []string
	}{
		{"classify", "a.tsv", classify.String(), []string{"--label", "종류"}},
		{"classify", "a.tsv", classify.String(), []string{"--label", "종류", "--tokens", "word"}},
		{"classify", "a.tsv", classify.String(), []string{"--label", "종류", "--tokens", "jamo"}},
		{"classify", "a.tsv", classify.String(), []string{"--label", "종류", "--tokens", "byte"}},
		{"tag", "a.tsv", tag.String(), nil},
		{"translate", "a.tsv", pairs.String(), []string{"--valid-fraction", "0.3", "--target-min-count", "1"}},
		{"lm", "a.txt", sentences, []string{"--batch", "2", "--window", "8", "--valid-fraction", "0"}},
		{"lm", "a.txt", sentences, []string{"--batch", "2", "--window", "8", "--valid-fraction", "0", "--tokens", "byte"}},
	} {
		t.Run(c.name+" "+strings.Join(c.args, " "), func(t *testing.T) {
			files := map[string]string{"C": write(t, c.file, c.text), "D": write(t, c.file, norm.NFD.String(c.text))}
			var want string
			for form, file := range files {
				model := filepath.Join(t.TempDir(), "m.rnn")
				code, _, stderr := invoke(t, append([]string{c.name, file, "-o", model, "--hidden", "4", "--epochs", "1"}, c.args...)...)
				require.Zero(t, code, stderr)
				require.Equal(t, form == "D", strings.Contains(stderr, "were not in Unicode's normal form C"), stderr)
				for _, data := range files {
					args := []string{"eval", model, data, "--json"}
					if c.name == "classify" {
						args = append(args, "--label", "종류")
					}
					code, stdout, stderr := invoke(t, args...)
					require.Zero(t, code, stderr)
					stdout = regexp.MustCompile(`"seconds\w*": ?[-+.e0-9]+`).ReplaceAllString(stdout, "")
					if want == "" {
						want = stdout
					}
					require.Equal(t, want, stdout)
				}
			}
		})
	}
}

// Bytes that are no text have no form.
func TestBytesThatAreNoTextHaveNoForm(t *testing.T) {
	file := write(t, "a.txt", strings.Repeat("a\xffb\xcc\x80", 200))
	model := filepath.Join(t.TempDir(), "m.rnn")
	code, _, stderr := invoke(t, "lm", file, "-o", model, "--hidden", "4", "--epochs", "1", "--batch", "2", "--window", "8", "--tokens", "byte")
	require.Zero(t, code, stderr)
	f, err := format.Open(model)
	require.NoError(t, err)
	defer f.Close()
	require.False(t, f.Model.Tokenizer.NFC)
	code, _, stderr = invoke(t, "lm", file, "-o", model, "--tokens", "char")
	require.NotZero(t, code)
	require.Contains(t, stderr, "line 1: it is not UTF-8")
}
