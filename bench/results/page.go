package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// writePage writes docs/results.md: of every section the text, the table of the
// rows that have been run, and their commands.
func writePage(path string, results *results) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		b := bufio.NewWriter(w)
		b.WriteString(introduction)
		for _, s := range sections {
			s.write(b, results)
		}
		return b.Flush()
	})
}

func (s section) write(w io.Writer, results *results) {
	fmt.Fprintf(w, "\n## %s\n\n%s\n", s.title, strings.TrimSpace(s.text))
	var rows []row
	for _, row := range s.rows {
		if results.rows[row.name] != nil {
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 {
		fmt.Fprint(w, "\n| Network |")
		for _, m := range s.measures {
			fmt.Fprintf(w, " %s |", m.title)
		}
		fmt.Fprint(w, " Published | Parameters | File, bytes | Training, s |\n|---|")
		fmt.Fprint(w, strings.Repeat("--:|", len(s.measures)+4), "\n")
		for _, row := range rows {
			r := results.rows[row.name]
			fmt.Fprintf(w, "| %s |", row.shown)
			for _, m := range s.measures {
				fmt.Fprintf(w, " "+m.format+" |", m.factor*r.Measures[m.key])
			}
			fmt.Fprintf(w, " %s | %.0f | %.0f | %.0f |\n", row.reference, r.Parameters, r.Bytes, r.Processor)
		}
	}
	if s.after != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(s.after))
	}
	if len(rows) > 0 {
		fmt.Fprint(w, "\n<!-- doctest: skip it trains for hours, on data to download -->\n```sh\n")
		for _, row := range rows {
			for _, c := range row.commands() {
				fmt.Fprintln(w, c)
			}
		}
		fmt.Fprint(w, "```\n")
	}
}
