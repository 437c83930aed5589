package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// A column is one of a table, or a member of the objects of a JSON file.
type column struct {
	holds    string   // what: "label"
	names    []string // the usual names; the first one that exists counts
	required bool     // its fields may not be empty
	at       int      // where it is among the columns of a table, when that is known
}

// newColumn returns a column of that name or, if the name is empty, with one of
// the usual names.
func newColumn(holds, name string, usual []string) column {
	if name != "" {
		usual = []string{name}
	}
	return column{holds: holds, names: usual}
}

// find sets where the column is in a table with that header.
func (c *column) find(header []string) error {
	for _, name := range c.names {
		if i := indexName(header, name); i >= 0 {
			c.at = i
			return nil
		}
	}
	if slices.ContainsFunc(header, func(name string) bool { return !utf8.ValidString(name) }) {
		return c.fail("the %s: no column is named %s: %w", c.holds, strings.Join(c.names, " or "), table.ErrNotUTF8)
	}
	return c.fail("the %s: no column is named %s; there are %s%s; if there is no header, give the columns by their numbers, from 0",
		c.holds, strings.Join(c.names, " or "), message.List(header), separatorHint(header))
}

// number reports whether the column's name is the number of one of that many
// columns, and sets where the column is.
func (c *column) number(columns int) bool {
	i, err := strconv.Atoi(c.names[0])
	if err != nil || i < 0 || i >= columns {
		return false
	}
	c.at = i
	return true
}

// fail returns an error of the column.
func (c *column) fail(format string, args ...any) error {
	return &columnError{c.holds, fmt.Errorf(format, args...)}
}
