package onnx

import (
	"slices"
	"strings"
)

// Only the names of open dimensions, if anything, tell which of them counts the
// sequences of a batch and which the steps.

// countsSequences reports whether an open dimension of an input is that of a batch, not
// of time.
func (t *tracer) countsSequences(v *input, k int) bool {
	d := v.shape[k]
	var others []dimension
	for i, o := range v.shape {
		if _, given := t.dims[o.name]; i != k && o.value == 0 && (o.name == "" || !given) {
			others = append(others, o)
		}
	}
	first := &t.model.graph.inputs[0]
	switch {
	case isBatch(d.name):
		return true
	case isTime(d.name):
		return false
	case len(others) > 0:
		if slices.ContainsFunc(others, func(o dimension) bool { return isBatch(o.name) }) {
			return false
		}
		// Without names the batch comes first.
		return slices.ContainsFunc(others, func(o dimension) bool { return isTime(o.name) }) || k == slices.IndexFunc(v.shape, func(o dimension) bool { return o.value == 0 })
	case d.name == "":
		return k == 0 && len(v.shape) > 1
	case v == first || !first.shaped:
		return false
	}
	// The only open dimension of a further input: time, if the first input has it as time.
	for i, o := range first.shape {
		if o.value == 0 && o.name == d.name {
			return t.countsSequences(first, i)
		}
	}
	return slices.ContainsFunc(first.shape, func(o dimension) bool { return o.value == 0 })
}

// isBatch reports whether a dimension's name is that of a batch.
func isBatch(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "n", "b", "bs", "unk__0":
		return true
	}
	return strings.Contains(name, "batch")
}

// isTime reports whether a dimension's name is one of time.
func isTime(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"time", "seq", "frame", "step", "len"} {
		if strings.Contains(name, part) {
			return !isBatch(name)
		}
	}
	return name == "t" || name == "l"
}
