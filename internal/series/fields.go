package series

import (
	"bytes"

	"github.com/rnnrun/rnnrun/internal/table"
)

// fieldsBetween returns how fields stand between separators: quotes mean nothing between
// tabs.
func fieldsBetween(separator byte) table.Format {
	return table.Format{Separator: separator, Quotes: separator != '\t', Bare: true, Trim: true}
}

// countFields returns how many fields a line has.
func countFields(line []byte, separator byte) int {
	fields, _ := fieldsBetween(separator).Split(nil, line)
	return len(fields)
}

// separatorOf returns what separates the fields of a CSV's first line: what gives as
// many as the model reads, or else the first that there is. chosen: some of several
// fields are read.
func separatorOf(line []byte, width int, chosen bool) byte {
	several := width > 1 || chosen
	line = outsideQuotes(line)
	counts := func(s byte) bool { return bytes.Count(line, []byte{s})+1 == width }
	for _, s := range []byte(table.Separators) {
		if s == ',' && bytes.IndexByte(line, ';') >= 0 {
			continue // these commas are decimal ones
		}
		if several && counts(s) {
			return s
		}
	}
	for _, s := range []byte{';', '\t'} {
		if several && bytes.IndexByte(line, s) >= 0 {
			return s
		}
	}
	return ','
}

// outsideQuotes returns a line without what is in quotes, where no separator separates.
func outsideQuotes(line []byte) []byte {
	if bytes.IndexByte(line, '"') < 0 {
		return line
	}
	var rest []byte
	for i, part := range bytes.Split(line, []byte(`"`)) {
		if i%2 == 0 {
			rest = append(rest, part...)
		}
	}
	return rest
}
