package npy

import "errors"

// The reasons why an array cannot be read or written. Every error of this
// package about an array's content wraps one of them.
var (
	// ErrFormat: the bytes are not a .npy file.
	ErrFormat = errors.New("not a .npy file")
	// ErrUnsupported: a valid .npy file of a kind that this package does not read.
	ErrUnsupported = errors.New("unsupported .npy file")
	// ErrTruncated: the file ends before the array does.
	ErrTruncated = errors.New("truncated .npy file")
	// ErrType: the elements are of another type than asked for.
	ErrType = errors.New("wrong element type")
	// ErrRange: an element does not fit into the type asked for.
	ErrRange = errors.New("element out of range")
	// ErrLength: the number of elements is not that of the shape.
	ErrLength = errors.New("wrong number of elements")
)
