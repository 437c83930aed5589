package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// constant writes a vector of equal elements for each of xs to the data
// section, and returns where they are.
func constant(name string, xs ...float32) []Mem {
	at := GLOBL(name, RODATA|NOPTR)
	ms := make([]Mem, len(xs))
	for i, x := range xs {
		ms[i] = at.Offset(i * width)
		for l := range lanes {
			DATA(i*width+l*4, U32(math.Float32bits(x)))
		}
	}
	return ms
}

// masks holds as many ones as a mask can have, and then as many zeros.
var masks = func() Mem {
	at := GLOBL("masks", RODATA|NOPTR)
	for l := range maskLanes {
		DATA(4*l, U32(math.MaxUint32))
	}
	for l := range maskLanes {
		DATA(4*(maskLanes+l), U32(0))
	}
	return at
}()

const maskLanes = 2 * lanes
