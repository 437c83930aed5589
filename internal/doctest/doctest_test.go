package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// text writes a page with fences of three quotes, for which a raw string has no room.
func text(s string) []byte { return []byte(strings.ReplaceAll(s, "'''", "```")) }

func TestParse(t *testing.T) {
	p, err := parse("p.md", text(`# Title

<!-- doctest: run
seq 3 >n
-->

'''sh
cd a
ls
'''

'''console
$ echo a \
    b
a b
$ true
'''

<!-- doctest: file x.csv -->
'''csv
a,b
'''

<!-- doctest: skip it needs a microphone -->
'''sh
arecord
'''

<!-- doctest: any output -->
'''console
$ date
today
'''

'''go
package main

func main() {}
'''

'''text
hello
'''

'''text
not of the program
'''

'''go
x := 1
'''
`))
	require.NoError(t, err)
	require.Equal(t, []step{
		{line: 3, text: "seq 3 >n"},
		{line: 8, text: "cd a\nls"},
		{line: 13, text: "echo a \\\n    b", want: []string{"a b"}, checked: true},
		{line: 16, text: "true", checked: true},
		{line: 20, kind: file, name: "x.csv", text: "a,b\n"},
		{line: 25, kind: skipped, text: "arecord"},
		{line: 31, text: "date", want: []string{"today"}},
		{line: 35, kind: program, text: "package main\n\nfunc main() {}\n", want: []string{"hello"}, checked: true},
	}, p.steps)
	require.Equal(t, []skip{{25, "it needs a microphone"}}, p.skips)
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"'''sh\nls":                              "p.md:1: the block has no end",
		"<!-- doctest: run\nls":                  "p.md:1: the comment has no end",
		"<!-- doctest: skip x\n":                 "p.md:1: the comment has no end",
		"<!-- doctest: skip x -->\ntext":         "p.md:2: no block follows the comment",
		"<!-- doctest: skip x -->":               "no block follows the last comment",
		"<!-- doctest: jump -->\n'''sh\nls\n'''": `p.md:2: unknown comment "jump"`,
		"'''console\nls\n'''":                    "p.md:1: a console begins with",
	} {
		_, err := parse("p.md", text(in))
		require.ErrorContains(t, err, want)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		want, got string
		ok        bool
	}{
		{"a\nb", "a\nb\n", true},
		{"a\nb", "a  \nb\n\n", true},
		{"a\nb", "a\n", false},
		{"a", "a\nb\n", false},
		{"", "", true},
		{"", "a\n", false},
		{"a\n...\nd", "a\nb\nc\nd\n", true},
		{"a\n...\nd", "a\nd\n", true},
		{"a\n...\nd", "a\nb\n", false},
		{"...", "a\nb\n", true},
		{"took … s", "took 12.3 s\n", true},
		{"took … s", "took 12.3 m\n", false},
		{"a.b", "axb\n", false},
	} {
		require.Equal(t, c.ok, matches(strings.Split(c.want, "\n"), c.got), "%q, %q", c.want, c.got)
	}
}

// A page runs in a copy of the checkout, whose files it may read and change.
func TestRun(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil || os.Getenv("RNNRUN_EMULATOR") != "" {
		t.Skip("pages are run by bash, on no emulator")
	}
	checkout := t.TempDir()
	for name, content := range map[string]string{"go.mod": "module example.com/m\n\ngo 1.26\n", "data.txt": "right\n", "models/m.rnn": "model"} {
		path := filepath.Join(checkout, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	out, err := exec.Command("git", "-C", checkout, "init", "-q").CombinedOutput()
	require.NoError(t, err, "%s", out)
	r := runner{checkout: checkout, programs: t.TempDir(), limit: time.Minute}
	run := func(page string) error {
		p, err := parse("p.md", text(page))
		require.NoError(t, err)
		return r.run(p)
	}
	require.NoError(t, run("'''sh\nmkdir x\ncd x\nv=5\n'''\n'''console\n$ echo $v; cat ../data.txt\n5\nright\n$ echo wrong >../data.txt\n'''"))
	require.NoError(t, run("'''go\npackage main\n\nimport _ \"embed\"\n\n//go:embed m.rnn\nvar m string\n\nfunc main() { print(m) }\n'''\n'''text\nmodel\n'''"))

	// Of what is skipped, the flags of our commands are parsed.
	rnnrun := "#!/bin/bash\n[ \"${*: -1}\" = --help ] && [ \"$1\" != bad ] || { echo unknown command >&2; exit 2; }\n"
	require.NoError(t, os.WriteFile(filepath.Join(r.programs, "rnnrun"), []byte(rnnrun), 0o700))
	require.NoError(t, r.writeParsers())
	const skip = "<!-- doctest: skip it needs a microphone -->\n"
	require.NoError(t, run(skip+"'''sh\ncd none\narecord -d 5 | rnnrun vad | tee out\nrm -r models\n'''\n'''sh\nls models/m.rnn\n'''"))

	for _, c := range []struct{ page, want string }{
		{skip + "'''sh\narecord | rnnrun bad x\n'''", "rnnrun bad x: unknown command"},
		{skip + "'''console\n$ rnnrun bad \\\n   y\nanswer\n'''", "rnnrun bad y: unknown command"},
		{"'''console\n$ cat data.txt\nwrong\n$ true\n'''", "p.md:2: the output is not what the page shows\n\t$ cat data.txt\nwant\n\twrong\ngot\n\tright"},
		{"text\n'''sh\ntrue\n'''\n'''sh\nfalse\ntrue\n'''", "p.md:6: exit status 1\n\t$ false"},
		{"'''sh\nfalse | true\n'''", "p.md:2: exit status 1"},
		{"'''go\npackage main\n\nfunc main() { x := 1 }\n'''", "declared and not used: x"},
	} {
		require.ErrorContains(t, run(c.page), c.want)
	}
	r.limit = 200 * time.Millisecond
	require.ErrorContains(t, run("'''sh\nsleep 20\n'''"), "p.md:2: not done after 200ms")
	content, err := os.ReadFile(filepath.Join(checkout, "data.txt"))
	require.NoError(t, err)
	require.Equal(t, "right\n", string(content))
}
