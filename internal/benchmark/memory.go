package benchmark

import "unsafe"

// bits returns the words of data.
func bits(data []float32) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(data))), len(data))
}

// touch gives every page of data memory of its own: pages of zeros may share
// theirs.
func touch(data []float32) []float32 {
	for i := range data {
		data[i] = 1
	}
	return data
}
