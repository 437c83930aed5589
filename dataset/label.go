package dataset

import (
	"strings"

	"github.com/rnnrun/rnnrun/internal/nfc"
)

// labelOf returns the label in a field, without spaces around it and in Unicode's
// normal form C.
func labelOf(field string) string { return nfc.String(strings.TrimSpace(field)) }

// indexName returns the index of a name among names, whatever its normal form and the
// spaces around it; -1: it is not among them.
func indexName(names []string, name string) int {
	name = labelOf(name)
	for i, n := range names {
		if labelOf(n) == name {
			return i
		}
	}
	return -1
}
