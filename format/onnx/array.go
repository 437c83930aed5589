package onnx

import (
	"math"
	"slices"
)

// An array is a constant value. It may stretch: an axis of stored length 1 stands
// for any length, which may be open. For example, zeros for every sequence of a
// batch are one stored zero.
type array struct {
	dtype  dtype
	shape  []size
	stored []int // every one 1, or the axis's length
	floats []float32
	ints   []size // instead of floats; of any type
}

func (t *tensor) array() *array {
	a := &array{dtype: t.dtype, floats: t.floats, stored: t.shape}
	for _, n := range t.shape {
		a.shape = append(a.shape, number(int64(n)))
	}
	if t.dtype.isInteger() {
		a.ints = make([]size, len(t.ints))
		for i, v := range t.ints {
			a.ints[i] = number(v)
		}
	}
	return a
}

// vector returns an int64 array of one dimension.
func vector(list []size) *array {
	return &array{dtype: typeInt64, shape: []size{number(int64(len(list)))}, stored: []int{len(list)}, ints: list}
}

// length returns the number of stored elements.
func (a *array) length() int { return length(a.stored) }

// length returns the number of elements of a shape, or the greatest int if that
// is too large to hold.
func length(shape []int) int {
	n := 1
	for _, d := range shape {
		if d > 0 && n > math.MaxInt/d {
			return math.MaxInt
		}
		n *= d
	}
	return n
}

// isFloat reports whether the elements are in floats.
func (a *array) isFloat() bool { return a.ints == nil && a.dtype.isFloat() }

// like returns an array of the type of a and another shape, with the same
// elements.
func (a *array) like(shape []size, stored []int) *array {
	return &array{dtype: a.dtype, shape: shape, stored: stored, floats: a.floats, ints: a.ints}
}

// view returns the array whose stored element at an index is the element of a
// at offset + Σ index·stride.
func (a *array) view(shape []size, stored, strides []int, offset int) *array {
	r := a.like(shape, stored)
	r.floats, r.ints = nil, nil
	n := length(stored)
	if a.isFloat() {
		r.floats = make([]float32, n)
	} else {
		r.ints = make([]size, n)
	}
	index := make([]int, len(stored))
	at := offset
	for i := range n {
		if r.floats != nil {
			r.floats[i] = a.floats[at]
		} else {
			r.ints[i] = a.ints[at]
		}
		for k := len(index) - 1; k >= 0; k-- {
			at += strides[k]
			if index[k]++; index[k] < stored[k] {
				break
			}
			at -= index[k] * strides[k]
			index[k] = 0
		}
	}
	return r
}

// cost returns how much of the budget n elements of the array's type take. A
// size takes eight times the memory of a float32.
func (a *array) cost(n int) int {
	if a.isFloat() {
		return n
	}
	return length([]int{n, 8})
}

// strides returns how far apart the elements along each axis are; 0 along an
// axis that stretches.
func (a *array) strides() []int {
	s := make([]int, len(a.stored))
	n := 1
	for k := len(s) - 1; k >= 0; k-- {
		if a.stored[k] != 1 {
			s[k] = n
		}
		n *= a.stored[k]
	}
	return s
}

// uniform reports whether all elements are the same.
func (a *array) uniform() bool {
	for _, v := range a.floats {
		if v != a.floats[0] {
			return false
		}
	}
	for _, v := range a.ints {
		if !v.equal(a.ints[0]) {
			return false
		}
	}
	return a.length() > 0
}

// compact returns an array of equal elements with one stored element.
func (a *array) compact() *array {
	r := a.like(a.shape, slices.Repeat([]int{1}, len(a.shape)))
	if a.isFloat() {
		r.floats = a.floats[:1]
	} else {
		r.ints = a.ints[:1]
	}
	return r
}

// isZero reports whether all elements are zeros.
func (a *array) isZero() bool {
	if !a.uniform() {
		return false
	}
	if a.isFloat() {
		return a.floats[0] == 0
	}
	return a.ints[0].is(0)
}

// plain reports whether every element is stored.
func (a *array) plain() bool {
	for k, s := range a.shape {
		if !s.is(int64(a.stored[k])) {
			return false
		}
	}
	return true
}

// integers returns the elements of an array of integers of at most one
// dimension.
func (a *array) integers() ([]size, bool) {
	if len(a.shape) > 1 || a.isFloat() {
		return nil, false
	}
	if len(a.shape) == 1 && !a.plain() {
		n := a.shape[0].known()
		if n < 0 || n > maxRank {
			return nil, false
		}
		return slices.Repeat(a.ints[:1], n), true
	}
	return a.ints, true
}

// numbers returns the elements of an array of integers of at most one
// dimension that depend on no open dimension.
func (a *array) numbers() ([]int64, bool) {
	list, ok := a.integers()
	if !ok {
		return nil, false
	}
	values := make([]int64, len(list))
	for i, s := range list {
		if values[i], ok = s.isNumber(); !ok {
			return nil, false
		}
	}
	return values, true
}
