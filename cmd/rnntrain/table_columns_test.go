package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every command that reads a table says which of its columns it reads, as what, and
// which it leaves out.
func TestColumnsThatAreReadArePrinted(t *testing.T) {
	var texts, objects, tags, pairs, numbers, series strings.Builder
	texts.WriteString("id,review,stars,label\n")
	tags.WriteString("token\tlemma\ttag\n")
	series.WriteString("day,u,v\n")
	for i := range 40 {
		fmt.Fprintf(&texts, "%d,word%d here,%d,%d\n", i, i%2, i%5, i%2)
		fmt.Fprintf(&objects, `{"id":%d,"text":"word%d here","label":%d}`+"\n", i, i%2, i%2)
		fmt.Fprintf(&tags, "a\tb\tx\nc\td\ty\n\n")
		fmt.Fprintf(&pairs, "word %d\tdrow %d\tnote\n", i, i)
		fmt.Fprintf(&numbers, `{"who":%d,"inputs":[%d,2,3],"label":%d}`+"\n", i/4, i%2, i%2)
		fmt.Fprintf(&series, "d%d,%d,%d\n", i, i%3, i%4)
	}
	for _, c := range []struct {
		command, file, text string
		args, evalArgs      []string
		read, left          string
	}{
		{"classify", "a.csv", texts.String(), nil, nil, `"review" (text), "label" (label)`, `"id" (it was not asked for), "stars" (it was not asked for)`},
		{"classify", "a.csv", texts.String(), []string{"--label", "stars"}, []string{"--label", "stars"}, `"review" (text), "stars" (label)`, `"id" (it was not asked for), "label" (it`},
		{"classify", "a.jsonl", objects.String(), nil, nil, `"label" (label), "text" (text)`, `"id" (it`},
		{"classify", "a.jsonl", numbers.String(), nil, nil, `"inputs" (sequence), "label" (label)`, `"who" (it`},
		{"tag", "a.tsv", tags.String(), nil, nil, `"token" (token), "tag" (tag)`, `"lemma" (it`},
		{"translate", "a.tsv", pairs.String(), []string{"--valid-fraction", "0.3"}, nil, `"0" (source), "1" (target)`, `"2" (it`},
		{"forecast", "a.csv", series.String(), []string{"--columns", "u"}, nil, `"u"`, `"day" (it was not asked for), "v" (it`},
	} {
		t.Run(c.command+" "+c.file+strings.Join(c.args, " "), func(t *testing.T) {
			data, valid := write(t, c.file, c.text), write(t, "valid-"+c.file, c.text)
			model := filepath.Join(t.TempDir(), "m.rnn")
			args := append([]string{c.command, data, "-o", model, "--hidden", "4", "--epochs", "1"}, c.args...)
			if c.command != "translate" {
				args = append(args, "--valid", valid)
			}
			code, stdout, stderr := invoke(t, args...)
			require.Zero(t, code, stderr)
			told := func(path, stderr string) {
				require.Contains(t, stderr, path+": columns read: "+c.read+"\n")
				require.Contains(t, stderr, path+": columns left out: "+c.left)
				require.NotContains(t, stdout, "columns read")
			}
			told(data, stderr)
			if c.command != "translate" {
				told(valid, stderr)
			}
			code, stdout, stderr = invoke(t, append([]string{"eval", model, data, "--json"}, c.evalArgs...)...)
			require.Zero(t, code, stderr)
			told(data, stderr)
			if c.command == "tag" || strings.Contains(c.read, "sequence") {
				return // quantize reads no tables of them
			}
			code, stdout, stderr = invoke(t, append([]string{"quantize", model, "-o", filepath.Join(t.TempDir(), "q.rnn"), "--calibrate", data, "--allow-loss"}, c.evalArgs...)...)
			require.Zero(t, code, stderr)
			told(data, stderr)
			require.Equal(t, 1, strings.Count(stderr, "columns read"), "once")
		})
	}
}
