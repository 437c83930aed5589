package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rnnrun/rnnrun/dataset"
)

// printColumns prints which columns of a file of series are read, and which are
// left out and why. It names up to 20 of each.
func printColumns(w io.Writer, file *dataset.SeriesFile) {
	const most = 20
	var read, left []string
	for _, name := range file.Columns {
		read = append(read, fmt.Sprintf("%.60q", name))
	}
	for _, c := range file.LeftOut {
		left = append(left, fmt.Sprintf("%.60q (%s)", c.Name, c.Why))
	}
	list := func(names []string) string {
		if more := len(names) - most; more > 0 {
			names = append(names[:most:most], fmt.Sprintf("and %d more", more))
		}
		return strings.Join(names, ", ")
	}
	fmt.Fprintf(w, "%s: columns read: %s\n", file.Path, list(read))
	if len(left) > 0 {
		fmt.Fprintf(w, "%s: columns left out: %s\n", file.Path, list(left))
	}
}
