package table

import (
	"slices"
	"strconv"
)

// ListNames are the usual names of the member of an object with its list of numbers.
var ListNames = []string{"inputs", "values", "sequence"}

// ListMember returns the name of the member with the list of numbers, and the list; "":
// there is none.
func ListMember(members []Member) (name string, list []byte) {
	for _, m := range members {
		if m.Nested && m.Value[0] == '[' && slices.Contains(ListNames, string(m.Name)) {
			return string(m.Name), m.Value
		}
	}
	return "", nil
}

// BeyondFirst reports whether a column other than 0 is to be read. (The columns of a list
// are called 0, 1, ….) If so, a list of numbers is a step.
func BeyondFirst(columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool {
		i, err := strconv.Atoi(name)
		return err == nil && i > 0
	})
}
