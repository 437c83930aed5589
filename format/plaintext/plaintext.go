// Package plaintext reads named arrays from text, as programs without a file
// library write their weights:
//
//	48 2          a line with the shape
//	0.1 -0.25 …   as many numbers, on one line or several
//	48            the shape of the next array
//	…
//
// A word before the shape is the array's name. An array without a name is named
// by its index in the file, from 0. White space or commas separate numbers.
// Empty lines and lines that start with # are ignored.
package plaintext

import (
	"strconv"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

const (
	maxAxes   = 8
	maxArrays = 1 << 16
)

// Match reports whether data starts as the text of an array: a shape, and then a
// line of as many numbers or fewer.
func Match(data []byte) bool {
	r := reader{rest: data}
	_, shape, err := r.header()
	if err != nil || !r.nextLine() {
		return false
	}
	most, ok := statedict.Numbers(shape, int64(len(data)))
	n := int64(0)
	for word := r.word(); word != nil; word = r.word() {
		if _, err := number(word); err != nil {
			return false
		}
		n++
	}
	return ok && n <= most
}

// Read returns the arrays in the order of the text. The error is a
// [*network.ImportError], which says the line.
func Read(data []byte) ([]statedict.Tensor, error) {
	r := reader{rest: data}
	var list []statedict.Tensor
	for r.more() {
		if len(list) == maxArrays {
			return nil, network.Refuse(network.ErrUnsupported, "", "the text has more than %d arrays", maxArrays)
		}
		t, err := r.array(strconv.Itoa(len(list)))
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	if len(list) == 0 {
		return nil, r.refuse("the text has no array")
	}
	return list, nil
}

// header reads the line of a name, which may be missing, and a shape.
func (r *reader) header() (name string, shape []int, err error) {
	if !r.nextLine() {
		return "", nil, r.refuse("the text ends before the shape of an array")
	}
	word := r.word()
	if _, err := number(word); err != nil {
		name, word = string(word), r.word()
	}
	for ; word != nil; word = r.word() {
		n, err := strconv.ParseUint(string(word), 10, 31)
		if err != nil {
			return "", nil, r.refuse("want the shape of an array, but %s is not a size", network.Quote(string(word)))
		}
		if shape = append(shape, int(n)); len(shape) > maxAxes {
			return "", nil, r.refuse("want the shape of an array, but it has more than %d numbers", maxAxes)
		}
	}
	if shape == nil {
		return "", nil, r.refuse("there is no shape after the name %s", network.Quote(name))
	}
	return name, shape, nil
}

// array reads an array, which gets the given name if it has none.
func (r *reader) array(name string) (statedict.Tensor, error) {
	own, shape, err := r.header()
	if err != nil {
		return statedict.Tensor{}, err
	}
	if own != "" {
		name = own
	}
	t := statedict.Tensor{Name: name, DType: "text", Shape: shape}
	size, ok := statedict.Numbers(shape, int64(len(r.rest)+1)/2) // at least a digit and a separator each
	if !ok || size == 0 {
		return t, r.refuse("the shape %v is empty, or of more numbers than the text has", shape)
	}
	start := r.line
	t.Data = make([]float32, 0, size)
	for int64(len(t.Data)) < size {
		if !r.nextLine() {
			return t, r.refuse("the text ends after %d of the %d numbers of the array whose shape is on line %d", len(t.Data), size, start)
		}
		for word := r.word(); word != nil; word = r.word() {
			v, err := number(word)
			if err != nil {
				return t, r.refuse("%s is not a float32 number", network.Quote(string(word)))
			}
			if int64(len(t.Data)) == size {
				return t, r.refuse("it has more numbers than the array whose shape %v is on line %d", shape, start)
			}
			t.Data = append(t.Data, v)
		}
	}
	return t, nil
}

func number(word []byte) (float32, error) {
	v, err := strconv.ParseFloat(string(word), 32)
	return float32(v), err
}
