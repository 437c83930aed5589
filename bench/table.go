package main

import (
	"fmt"
	"strings"
)

// A table is one of Markdown: its first column is of names, and the others are
// of numbers.
type table struct{ rows [][]string }

// row adds a row; the first is the head.
func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) String() string {
	var b strings.Builder
	for i, cells := range t.rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			fmt.Fprintf(&b, "|---|%s\n", strings.Repeat("--:|", len(cells)-1))
		}
	}
	return b.String()
}

// microseconds writes a time with three digits.
func microseconds(ns float64) string {
	us := ns / 1e3
	switch {
	case us < 10:
		return fmt.Sprintf("%.2f", us)
	case us < 100:
		return fmt.Sprintf("%.1f", us)
	}
	return fmt.Sprintf("%.0f", us)
}

func kibibytes(bytes int) string { return fmt.Sprintf("%.0f", float64(bytes)/1024) }

func whole(v float64) string { return fmt.Sprintf("%.0f", v) }

func hundredths(v float64) string { return fmt.Sprintf("%.2f", v) }
