package main

import (
	"regexp"
	"strings"
)

// matches reports whether an output matches a page. A line of "..." stands for any lines,
// and an ellipsis within a line for any text. Spaces at the ends of lines and empty lines
// at the end of the output are ignored.
func matches(want []string, got string) bool {
	var pattern strings.Builder
	pattern.WriteString(`\A`)
	for _, line := range trimmed(strings.Join(want, "\n")) {
		if line == "..." {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		for i, part := range strings.Split(line, "…") {
			if i > 0 {
				pattern.WriteString(`.*`)
			}
			pattern.WriteString(regexp.QuoteMeta(part))
		}
		pattern.WriteString(`\n`)
	}
	pattern.WriteString(`\z`)
	lines := trimmed(got)
	text := strings.Join(lines, "\n")
	if len(lines) > 0 {
		text += "\n"
	}
	return regexp.MustCompile(pattern.String()).MatchString(text)
}

// trimmed returns the lines of a text without trailing spaces, and without empty lines at
// its end.
func trimmed(text string) []string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
