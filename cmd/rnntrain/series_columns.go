package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/message"
)

// printColumns prints which columns of a file of series are read, and which are left
// out and why.
func printColumns(w io.Writer, file *dataset.SeriesFile) {
	var read []string
	for _, name := range file.Columns {
		read = append(read, fmt.Sprintf("%.60q", name))
	}
	printNames(w, file.Path, read, file.LeftOut)
}

// noteLists prints a note if JSON lists of a few numbers are read as series, not as
// steps.
func noteLists(w io.Writer, file *dataset.SeriesFile) {
	const few = 32
	if n := file.Numbers; n > 1 && n <= few {
		fmt.Fprintf(w, "%s: each line is read as a series of its own; the first has %s of one number. If it is one step of %s, choose columns, such as --columns 0,%d\n",
			file.Path, message.Count(n, "step"), message.Count(n, "number"), n-1)
	}
}

// A columnTeller returns which columns of a file are read.
type columnTeller interface {
	Columns(path string) (dataset.TableColumns, error)
}

// printTable prints which columns of a table are read, and as what, and which are
// left out and why.
func printTable(w io.Writer, o columnTeller, path string) error {
	columns, err := o.Columns(path)
	if err != nil {
		return err
	}
	var read []string
	for _, c := range columns.Read {
		read = append(read, fmt.Sprintf("%.60q (%s)", c.Name, c.Holds))
	}
	printNames(w, path, read, columns.LeftOut)
	return nil
}

// printNames prints up to 20 columns of a file that are read, and as many of those
// that are left out.
func printNames(w io.Writer, path string, read []string, leftOut []dataset.LeftOutColumn) {
	const most = 20
	list := func(names []string) string {
		if more := len(names) - most; more > 0 {
			names = append(names[:most:most], fmt.Sprintf("and %d more", more))
		}
		return strings.Join(names, ", ")
	}
	if len(read) > 0 {
		fmt.Fprintf(w, "%s: columns read: %s\n", path, list(read))
	}
	var left []string
	for _, c := range leftOut {
		left = append(left, fmt.Sprintf("%.60q (%s)", c.Name, c.Why))
	}
	if len(left) > 0 {
		fmt.Fprintf(w, "%s: columns left out: %s\n", path, list(left))
	}
}
