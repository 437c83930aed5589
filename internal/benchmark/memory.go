package benchmark

import "unsafe"

// bits returns data as 32-bit words.
func bits(data []float32) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(data))), len(data))
}

// touch writes to every page of data, so that each has its own memory: untouched pages of
// zeros may share it.
func touch(data []float32) []float32 {
	for i := range data {
		data[i] = 1
	}
	return data
}
