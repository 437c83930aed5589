package main

import (
	"bytes"
	"fmt"
	"strings"
)

// A page is a page of the documentation, with the steps to run in order.
type page struct {
	path  string
	steps []step
	skips []skip
}

// A step is a command to run, a file to write, or a program to compile.
type step struct {
	line    int // line of the page, from 1
	kind    kind
	text    string // command, or text of the file
	name    string // name of the file
	want    []string
	checked bool // compare the output with want
}

type kind int

const (
	command kind = iota
	skipped      // block of commands of which only the flags are checked
	file
	program
)

// A skip is a block that is not run.
type skip struct {
	line   int
	reason string
}

const directive = "<!-- doctest: "

// parse parses the blocks of a page. Errors name the line.
func parse(path string, text []byte) (*page, error) {
	p := &page{path: path}
	lines := strings.Split(string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))), "\n")
	order := "" // directive before the block
	for i := 0; i < len(lines); i++ {
		switch line := lines[i]; {
		case line == directive+"run":
			end := find(lines, i+1, "-->")
			if end < 0 {
				return nil, fmt.Errorf("%s:%d: the comment has no end", path, i+1)
			}
			p.steps = append(p.steps, step{line: i + 1, text: strings.Join(lines[i+1:end], "\n")})
			i = end
		case strings.HasPrefix(line, directive):
			text, closed := strings.CutSuffix(strings.TrimPrefix(line, directive), " -->")
			if !closed {
				return nil, fmt.Errorf("%s:%d: the comment has no end", path, i+1)
			}
			order = text
		case strings.HasPrefix(strings.TrimLeft(line, " "), "```"):
			indent := strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " ")))
			end := find(lines, i+1, indent+"```")
			if end < 0 {
				return nil, fmt.Errorf("%s:%d: the block has no end", path, i+1)
			}
			body := make([]string, 0, end-i)
			for _, l := range lines[i+1 : end] {
				body = append(body, strings.TrimPrefix(l, indent))
			}
			if err := p.block(i+1, strings.TrimPrefix(line, indent+"```"), order, body); err != nil {
				return nil, err
			}
			i, order = end, ""
		case strings.TrimSpace(line) != "" && order != "":
			return nil, fmt.Errorf("%s:%d: no block follows the comment", path, i+1)
		}
	}
	if order != "" {
		return nil, fmt.Errorf("%s: no block follows the last comment", path)
	}
	return p, nil
}

// find returns the index of the first line, starting at from, that equals line, or -1.
func find(lines []string, from int, line string) int {
	for i := from; i < len(lines); i++ {
		if lines[i] == line {
			return i
		}
	}
	return -1
}

// block adds the steps of the code block that begins at a line.
func (p *page) block(line int, language, order string, body []string) error {
	text := strings.Join(body, "\n")
	name, isFile := strings.CutPrefix(order, "file ")
	reason, isSkipped := strings.CutPrefix(order, "skip ")
	switch {
	case isSkipped:
		p.skips = append(p.skips, skip{line, reason})
		p.skip(line, language, body)
	case isFile:
		p.steps = append(p.steps, step{line: line, kind: file, name: name, text: text + "\n"})
	case order != "" && order != "any output":
		return fmt.Errorf("%s:%d: unknown comment %q: it may be run, skip REASON, file NAME, any output", p.path, line, order)
	case language == "sh":
		p.steps = append(p.steps, step{line: line + 1, text: text})
	case language == "console":
		return p.console(line, body, order == "")
	case language == "go" && strings.HasPrefix(text, "package main\n"):
		p.steps = append(p.steps, step{line: line, kind: program, text: text + "\n"})
	case language == "text" && len(p.steps) > 0:
		if last := &p.steps[len(p.steps)-1]; last.kind == program && !last.checked {
			last.want, last.checked = body, true
		}
	case order != "":
		return fmt.Errorf("%s:%d: %q stands before a block that is not run", p.path, line, order)
	}
	return nil
}

// skip adds a step that checks the flags of the commands in a block.
func (p *page) skip(line int, language string, body []string) {
	switch language {
	case "console":
		var commands page
		if commands.console(line, body, false) != nil {
			return
		}
		body = nil
		for _, s := range commands.steps {
			body = append(body, s.text)
		}
		fallthrough
	case "sh":
		p.steps = append(p.steps, step{line: line, kind: skipped, text: strings.Join(body, "\n")})
	}
}

// console adds the commands of a block that shows commands and their outputs.
func (p *page) console(line int, body []string, checked bool) error {
	for i, l := range body {
		text, isCommand := strings.CutPrefix(l, "$ ")
		last := len(p.steps) - 1
		switch {
		case isCommand:
			p.steps = append(p.steps, step{line: line + 1 + i, text: text, checked: checked})
		case i == 0:
			return fmt.Errorf("%s:%d: a console begins with \"$ \" and a command", p.path, line)
		case strings.HasSuffix(p.steps[last].text, "\\") && p.steps[last].want == nil:
			p.steps[last].text += "\n" + l
		default:
			p.steps[last].want = append(p.steps[last].want, l)
		}
	}
	return nil
}
