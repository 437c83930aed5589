//go:build !linux && !purego

package kernels

// hasVectors is false, since the system does not tell.
func hasVectors() bool { return false }
