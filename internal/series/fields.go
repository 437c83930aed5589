package series

import (
	"bytes"

	"github.com/rnnrun/rnnrun/internal/table"
)

// fieldsBetween returns the format of fields between separators: quotes have no meaning
// between tabs.
func fieldsBetween(separator byte) table.Format {
	return table.Format{Separator: separator, Quotes: separator != '\t', Bare: true, Trim: true}
}

// countFields returns how many fields a line has.
func countFields(line []byte, separator byte) int {
	fields, _ := fieldsBetween(separator).Split(nil, line)
	return len(fields)
}

// separatorOf returns the separator in a CSV's first line: the one that gives as many
// fields as the model reads, or else the first one found. chosen: only some of the fields
// are read.
func separatorOf(line []byte, width int, chosen bool) byte {
	several := width > 1 || chosen
	line = outsideQuotes(line)
	counts := func(s byte) bool { return bytes.Count(line, []byte{s})+1 == width }
	for _, s := range []byte(table.Separators) {
		if s == ',' && bytes.IndexByte(line, ';') >= 0 {
			continue // the commas are decimal commas
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

// outsideQuotes returns a line without its quoted parts, in which separators do not count.
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
