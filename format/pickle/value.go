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
	// A name names a Python function or class.
	name string
	mark struct{}
	// An opaque is a Python object that is not understood: it keeps only the
	// name of its class or function. A checkpoint may have such objects beside
	// its state_dict.
	opaque struct{ class name }
	// A module is an object of a TorchScript class.
	module struct {
		class  name
		state  *dict
		object *Object // what it became
		size   int     // of it and everything in it; 0: not yet known, as for one that contains itself
	}
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
	case *module:
		return fmt.Sprintf("a module of %.80q", string(v.class))
	case *opaque:
		return fmt.Sprintf("a Python object of %.80q", string(v.class))
	case name:
		return fmt.Sprintf("the name %.80q", string(v))
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
		parts = append(parts, fmt.Sprintf("%.60q (%s)", label(k), describe(d.values[i])))
	}
	return strings.Join(parts, ", ")
}

// label returns the text of a key.
func label(key any) string {
	switch key.(type) {
	case string, bool, int64, float64:
		return fmt.Sprint(key)
	}
	return describe(key)
}

// cut shortens a text for messages.
func cut(text string) string { return text[:min(len(text), 200)] }

func (d *dict) hasTensor() bool {
	for _, v := range d.values {
		if _, ok := v.(*tensor); ok {
			return true
		}
	}
	return false
}
