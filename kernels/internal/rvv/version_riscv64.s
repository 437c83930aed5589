//go:build !purego

#include "textflag.h"

// The highest bit of VTYPE is set by a type that the CPU does not know.
//
// func Ratified() bool
TEXT ·Ratified(SB), NOSPLIT, $0-1
	VSETVLI X0, E32, M1, TA, MA, X5
	CSRRS   X0, VTYPE, X5
	SRL     $63, X5
	XOR     $1, X5
	MOVB    X5, ret+0(FP)
	RET
