//go:build !linux

package kernels_test

import "testing"

// A region stands for memory between guard pages, which only the tests on
// Linux have.
type region struct{ floats []float32 }

func newRegion(t *testing.T, n int) region { return region{make([]float32, n)} }
