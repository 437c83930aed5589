package main

import (
	"strings"
	"unicode/utf8"
)

// A table is rows of cells in aligned columns. (The package text/tabwriter does this, too,
// but would take the binary over its size limit.)
type table [][]string

// write writes the rows, indented, without spaces at their ends.
func (t table) write(b *strings.Builder) {
	var widths []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range t {
		gap := 2
		for i, cell := range row {
			if cell != "" {
				b.WriteString(strings.Repeat(" ", gap) + cell)
				gap = -utf8.RuneCountInString(cell)
			}
			gap += widths[i] + 2
		}
		b.WriteByte('\n')
	}
}
