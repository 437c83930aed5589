package dataset

import (
	"strings"

	"github.com/rnnrun/rnnrun/internal/nfc"
)

// labelOf returns the label that a field is: spaces round it mean nothing, nor does
// its normal form in Unicode.
func labelOf(field string) string { return nfc.String(strings.TrimSpace(field)) }

// indexName returns where a name stands among names, in whatever normal form; -1:
// nowhere.
func indexName(names []string, name string) int {
	name = nfc.String(name)
	for i, n := range names {
		if nfc.String(n) == name {
			return i
		}
	}
	return -1
}
