package pickle

import (
	"fmt"
	"strings"
)

// The machine's values are nil, bool, int64, float64, string, []byte, and these.
type (
	tuple []any
	list  struct{ items []any }
	// A dict keeps its order. Keys that occur twice are refused in a state_dict.
	dict struct{ keys, values []any }
	// A name is that of a Python function or class.
	name string
	mark struct{}
)

// A storage is the elements that tensors look into.
type storage struct {
	class    name // such as "torch.FloatStorage"
	key      string
	elements int64
}

// A tensor is a view of a storage.
type tensor struct {
	storage      *storage
	offset       int64
	size, stride []int64
}

// describe says what a value is.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "a bool"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case string:
		return "a string"
	case []byte:
		return "bytes"
	case tuple:
		return "a tuple"
	case *list:
		return "a list"
	case *dict:
		return "a dictionary"
	case *tensor:
		return "a tensor"
	case *storage:
		return "a storage"
	case name:
		return fmt.Sprintf("the name %q", string(v))
	}
	return "a mark"
}

// list says which keys the dictionary has, and what they are.
func (d *dict) list() string {
	var parts []string
	for i, k := range d.keys {
		if i == 8 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, fmt.Sprintf("%.60q (%s)", fmt.Sprint(k), describe(d.values[i])))
	}
	return strings.Join(parts, ", ")
}

func (d *dict) hasTensor() bool {
	for _, v := range d.values {
		if _, ok := v.(*tensor); ok {
			return true
		}
	}
	return false
}
