// Package padding rounds sizes up to the units in which kernels read.
package padding

const (
	// Lanes is the number of rows in a vector register.
	Lanes = 8
	// Quad is the number of int8 columns that are multiplied together.
	Quad = 4
)

// UpToLanes rounds n up to a multiple of [Lanes].
func UpToLanes(n int) int { return (n + Lanes - 1) &^ (Lanes - 1) }

// UpToQuad rounds n up to a multiple of [Quad].
func UpToQuad(n int) int { return (n + Quad - 1) &^ (Quad - 1) }
