package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A runner runs pages, each in its own copy of the checkout.
type runner struct {
	checkout string        // folder to copy
	programs string        // folder with rnnrun and rnntrain
	limit    time.Duration // time limit of a page
}

// build compiles the commands for pages into the folder of programs.
func (r *runner) build() error {
	c := exec.Command("go", "build", "-o", r.programs+"/", "./cmd/rnnrun", "./cmd/rnntrain")
	c.Dir = r.checkout
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return r.writeParsers()
}

// parsers is the name of a folder in the folder of programs. Its programs replace the
// commands in blocks that are skipped.
const parsers = "parsers"

// writeParsers writes programs that only parse the flags of rnnrun and rnntrain.
func (r *runner) writeParsers() error {
	folder := filepath.Join(r.programs, parsers)
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"rnnrun", "rnntrain"} {
		program := "#!/bin/bash\nwrong=$(" + filepath.Join(r.programs, name) + ` "$@" --help </dev/null 2>&1 >/dev/null) || echo "${0##*/} $*: $wrong" >>"$DOCTEST_WRONG"` + "\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(program), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// run runs the steps of a page and returns what is wrong.
func (r *runner) run(p *page) error {
	if len(p.steps) == 0 {
		return nil
	}
	folder, err := os.MkdirTemp("", "doctest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := r.copyTo(folder); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.limit)
	defer cancel()
	c := exec.CommandContext(ctx, "bash", "-s")
	c.Dir = folder
	c.Env = append(os.Environ(), "PATH="+r.programs+string(os.PathListSeparator)+os.Getenv("PATH"), "LC_ALL=C.UTF-8")
	c.Stdin = strings.NewReader(p.script(folder, filepath.Join(r.programs, parsers)))
	c.WaitDelay = time.Second
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err = c.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("not done after %v", r.limit)
	}
	return p.check(out.String(), err)
}

// copyTo copies the files that git tracks, and new ones that it does not ignore, so that
// no page can change the checkout.
func (r *runner) copyTo(folder string) error {
	c := exec.Command("bash", "-c", `set -o pipefail; git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from=- | tar --extract --directory="$0"`, folder)
	c.Dir = r.checkout
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("copying the checkout: %w\n%s", err, out)
	}
	return nil
}

// marker begins the line before the output of a step.
const marker = "\x01doctest "

// script returns the steps as one script, so that each step sees the folder, the
// variables and the files of earlier steps. It prints the number of each step before the
// step begins.
func (p *page) script(folder, parsers string) string {
	var b strings.Builder
	b.WriteString("set -euo pipefail\n")
	for i, s := range p.steps {
		fmt.Fprintf(&b, "printf '\\n%%s\\n' '%s%d'\n", marker, i)
		switch s.kind {
		case command:
			b.WriteString(s.text + "\n")
		case skipped:
			fmt.Fprintf(&b, skippedScript, parsers, s.text)
		case file:
			fmt.Fprintf(&b, "cat >%s <<'DOCTEST'\n%sDOCTEST\n", s.name, s.text)
		case program:
			dir := filepath.Join(folder, "doctest"+strconv.Itoa(i))
			fmt.Fprintf(&b, "mkdir %[1]s\ncp %[2]s/models/*.rnn %[1]s\ncat >%[1]s/main.go <<'DOCTEST'\n%[3]sDOCTEST\n", dir, folder, s.text)
			fmt.Fprintf(&b, "(cd %s && go vet .)\n", dir)
			if s.checked {
				fmt.Fprintf(&b, "(cd %s && go run .)\n", dir)
			}
		}
	}
	return b.String()
}

// skippedScript runs a skipped block with only the parsers on the PATH. Other commands
// are ignored. It prints the errors of the parsers, and fails if there are any.
const skippedScript = `export DOCTEST_WRONG=$(mktemp)
(
	set +euo pipefail
	PATH=%s
	command_not_found_handle() { :; }
	cd() { :; }
%s
	wait
) </dev/null >/dev/null 2>&1 || true
cat "$DOCTEST_WRONG"
[ ! -s "$DOCTEST_WRONG" ]
`

// check compares the output of a script with the page. failure is the error of the
// script.
func (p *page) check(out string, failure error) error {
	var wrong []error
	outputs := strings.Split(out, "\n"+marker)
	for i, output := range outputs[1:] {
		s := p.steps[i]
		_, output, _ = strings.Cut(output, "\n")
		switch last := i == len(outputs)-2; {
		case last && failure != nil:
			wrong = append(wrong, fmt.Errorf("%s:%d: %w\n%s\n%s", p.path, s.line, failure, indented("$ "+s.text), indented(output)))
		case s.checked && !matches(s.want, output):
			wrong = append(wrong, fmt.Errorf("%s:%d: the output is not what the page shows\n%s\nwant\n%s\ngot\n%s",
				p.path, s.line, indented("$ "+s.text), indented(strings.Join(s.want, "\n")), indented(output)))
		}
	}
	if len(outputs) == 1 && failure != nil {
		wrong = append(wrong, fmt.Errorf("%s: %w\n%s", p.path, failure, indented(out)))
	}
	return errors.Join(wrong...)
}

// indented returns the end of a text, with each line indented by a tab.
func indented(text string) string {
	const most = 40
	lines := trimmed(text)
	if len(lines) > most {
		lines = append([]string{"..."}, lines[len(lines)-most:]...)
	}
	return "\t" + strings.Join(lines, "\n\t")
}
