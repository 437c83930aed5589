package format

import (
	"encoding/binary"
	"math"
	"slices"
	"unsafe"
)

// Alignment is the alignment, in bytes, of sections and tensors in a file, and of the weights in memory that the
// kernels read.
const Alignment = 64

// Aligned reports whether data starts at a multiple of [Alignment] in memory,
// so that the weights of a model read from it do as well.
func Aligned(data []byte) bool {
	return uintptr(unsafe.Pointer(unsafe.SliceData(data)))%Alignment == 0
}

// Align returns data, or a copy of it if it is not [Aligned].
func Align(data []byte) []byte {
	if Aligned(data) {
		return data
	}
	b := makeAligned(len(data))
	copy(b, data)
	return b
}

// makeAligned returns n zero bytes that are [Aligned].
func makeAligned(n int) []byte {
	b := make([]byte, n+Alignment-1)
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) % Alignment
	return b[skip:][:n:n]
}

// hostLittle reports whether this machine stores numbers as the file does.
func hostLittle() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }

// number is a type of the elements of a file's arrays.
type number interface {
	float32 | int32 | uint16 | int8
}

// view returns the numbers that b holds: in place if this machine stores
// numbers as the file does and they are aligned, else a copy.
func view[T number](b []byte) []T {
	size := int(unsafe.Sizeof(*new(T)))
	n := len(b) / size
	if n == 0 {
		return nil
	}
	p := unsafe.Pointer(unsafe.SliceData(b))
	if size == 1 || hostLittle() && uintptr(p)%uintptr(size) == 0 {
		return unsafe.Slice((*T)(p), n)
	}
	s := make([]T, n)
	copy(raw(s), b)
	turn(raw(s), size)
	return s
}

// raw returns the bytes of numbers as this machine stores them.
func raw[T number](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), uintptr(len(s))*unsafe.Sizeof(*new(T)))
}

// fileBytes is the inverse of view: it returns the bytes of numbers as a file has
// them, in place if this machine stores numbers so, else in a copy.
func fileBytes[T number](s []T) []byte {
	if hostLittle() {
		return raw(s)
	}
	return appendNumbers(nil, s)
}

// appendNumbers appends the bytes of numbers as a file has them.
func appendNumbers[T number](b []byte, s []T) []byte {
	start := len(b)
	b = append(b, raw(s)...)
	turn(b[start:], int(unsafe.Sizeof(*new(T))))
	return b
}

// turn reverses the bytes of numbers of that size on a machine whose byte order is not the file's.
func turn(b []byte, size int) {
	if hostLittle() {
		return
	}
	for ; len(b) > 0; b = b[size:] {
		slices.Reverse(b[:size])
	}
}

// text returns the string that b holds, in place.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func finite(v float32) bool { return math.Float32bits(v)&0x7f800000 != 0x7f800000 }
