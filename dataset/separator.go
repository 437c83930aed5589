package dataset

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
)

// seriesLayout returns the layout of a file of series. Semicolons, and tabs in a
// .csv file, are found in its first lines. chosen: the columns have been given,
// so a table of two whole numbers is taken as it is.
func seriesLayout(path string, chosen bool) (layout, error) {
	l := layoutOf(path)
	if l != layoutTabs && l != layoutCommas {
		return l, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return l, err
	}
	defer file.Close()
	lines := firstLines(file)
	has := func(separator string) bool {
		return slices.ContainsFunc(lines, func(s string) bool { return strings.Contains(s, separator) })
	}
	switch {
	case l == layoutTabs && has("\t"):
		return l, nil
	case separates(lines, ";"), isDecimalColumn(lines):
		return layoutSemicolons, nil
	case l == layoutCommas && separates(lines, "\t"):
		return layoutTabs, nil
	case l == layoutTabs && separates(lines, ","):
		return l, errors.New("columns or decimals seem to be separated by commas: if columns are, name the file .csv; if decimals are, write them with a point")
	case l == layoutCommas && !chosen && isCutDecimals(lines):
		return l, errors.New("its two columns of whole numbers seem to be one column whose decimals are separated by a comma: " +
			"write decimals with a point; or, if they are two columns, choose both with --columns 0,1")
	}
	return l, nil
}

// taggedLayout returns the layout of a file of tagged sequences. Spaces separate its
// columns if the first lines have no tab and all have the same number of words.
func taggedLayout(path string) (layout, error) {
	l := layoutOf(path)
	if l != layoutTabs {
		return l, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return l, err
	}
	defer file.Close()
	lines := firstLines(file)
	for _, line := range lines {
		n := len(strings.Fields(line))
		if strings.Contains(line, "\t") || n < 2 || n != len(strings.Fields(lines[0])) {
			return l, nil
		}
	}
	return layoutSpaces, nil
}

// firstLines returns some lines that are not empty, of the beginning of a table.
func firstLines(r io.Reader) (lines []string) {
	const enough = 1 << 16 // bytes
	all := linesOf(r)
	for size := 0; size < enough; {
		text, err := all.Next()
		if err != nil {
			break // the reader of the table will say so
		}
		size += len(text) + 1
		if line := strings.TrimSpace(string(text)); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// separates reports whether a separator splits lines into rows: all have the same
// number of fields, at least two, and the last row has numbers among them. A field
// with a comma is then a number with a decimal comma.
func separates(lines []string, separator string) bool {
	numbers := false
	width := 0
	for _, line := range lines {
		fields := fieldsAsWritten(line, separator)
		if width == 0 {
			width = len(fields)
		}
		if len(fields) < 2 || len(fields) != width {
			return false
		}
		numbers = false
		for _, field := range fields {
			quoted := strings.HasPrefix(field, `"`)
			field = strings.Trim(field, `"`)
			_, isNumber := parseNumber(field)
			isDecimal := isDecimalComma(field)
			if !quoted && (strings.Count(field, ",") > 1 || strings.Contains(field, ",") && strings.Trim(field, "0123456789.,+- ") != "") {
				return false
			}
			numbers = numbers || isNumber || isDecimal
		}
	}
	return numbers
}

// fieldsAsWritten returns the fields of a line with their quotes, within which no separator
// separates unless it is a tab.
func fieldsAsWritten(line, separator string) (fields []string) {
	quoted, begin := false, 0
	for i := range len(line) {
		switch {
		case line[i] == '"' && separator != "\t":
			quoted = !quoted
		case line[i] == separator[0] && !quoted:
			fields = append(fields, strings.TrimSpace(line[begin:i]))
			begin = i + 1
		}
	}
	return append(fields, strings.TrimSpace(line[begin:]))
}

// isDecimalColumn reports whether lines are a name and then numbers, at least one
// with a decimal comma.
func isDecimalColumn(lines []string) bool {
	if len(lines) < 2 || strings.Contains(lines[0], ",") {
		return false
	}
	if _, ok := parseNumber(lines[0]); ok {
		return false
	}
	comma := false
	for _, line := range lines[1:] {
		isDecimal := isDecimalComma(line)
		if _, ok := parseNumber(line); !ok && !isDecimal {
			return false
		}
		comma = comma || isDecimal
	}
	return comma
}

// isCutDecimals reports whether lines look like numbers with decimal commas and
// nothing else: whole numbers, a comma, and the same number of digits after it
// everywhere. These digits begin with 0 somewhere, or there are many lines with
// at least three different endings.
func isCutDecimals(lines []string) bool {
	const many = 8
	endings := map[string]bool{}
	zero, width := false, 0
	for _, line := range lines {
		_, decimals, _ := strings.Cut(line, ",")
		if !isDecimalComma(line) || width > 0 && len(decimals) != width {
			return false
		}
		width = len(decimals)
		zero = zero || width > 1 && decimals[0] == '0'
		endings[decimals] = true
	}
	return zero || len(lines) >= many && len(endings) > 2
}

// separatorHint says what seems to separate the columns of a row or a header with
// one field; "": nothing is known.
func separatorHint(fields []string) string {
	has := func(text string) bool {
		return slices.ContainsFunc(fields, func(s string) bool { return strings.Contains(s, text) })
	}
	switch {
	case len(fields) > 0 && strings.HasPrefix(fields[0], "sep="):
		return "; its first line only tells a spreadsheet the separator: remove that line, for instance with: tail -n +2 FILE > NEW"
	case len(fields) > 0 && strings.HasPrefix(strings.TrimSpace(fields[0]), "#"):
		return "; it begins with a comment: remove such lines, for instance with: grep -v '^#' FILE > NEW"
	case has("|"):
		return "; columns seem to be separated by |: separate them by tabs, or by commas in a .csv file, for instance with: tr '|' ',' < FILE > NEW.csv"
	case has("\r"):
		return "; lines seem to end with just a carriage return: end them with line feeds, for instance with: tr '\\r' '\\n' < FILE > NEW"
	case has(";"):
		return "; columns seem to be separated by semicolons: separate them by tabs, or by commas in a .csv file"
	case len(fields) != 1:
	case strings.Contains(fields[0], "\t"):
		return "; columns seem to be separated by tabs: name the file .tsv"
	case strings.Contains(fields[0], ","):
		return "; columns seem to be separated by commas: name the file .csv"
	case strings.Contains(strings.TrimSpace(fields[0]), " "):
		return "; columns seem to be separated by spaces: separate them by tabs"
	}
	return ""
}
