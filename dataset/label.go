package dataset

import (
	"strings"

	"github.com/rnnrun/rnnrun/internal/nfc"
)

// labelOf returns the label that a field is: spaces round it mean nothing, nor does
// its normal form in Unicode.
func labelOf(field string) string { return nfc.String(strings.TrimSpace(field)) }

// indexName returns where a name stands among names, in whatever normal form and with
// spaces round it or without; -1: nowhere.
func indexName(names []string, name string) int {
	name = labelOf(name)
	for i, n := range names {
		if labelOf(n) == name {
			return i
		}
	}
	return -1
}
