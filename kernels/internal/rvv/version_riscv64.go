//go:build !purego

package rvv

// Ratified reports whether a CPU that has a vector extension has version 1.0.
// Earlier versions, which some boards have, do not know the vector type that it
// asks for. On a CPU without the extension this is an illegal instruction.
func Ratified() bool
