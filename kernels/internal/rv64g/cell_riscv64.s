//go:build !purego

#include "textflag.h"
#include "activate.h"

// Four units at a time: their sums of a gate are at an offset from ACC, and half a tile
// of 8 units is behind the other half.

#define H X10
#define N X11 // units left
#define C X12
#define CPREV X13
#define ACC X14

// GATE replaces four sums of a gate, and STORE_GATE keeps them.
#define LOAD_GATE(offset) \
	MOVF (offset+0)(ACC), F0; \
	MOVF (offset+4)(ACC), F1; \
	MOVF (offset+8)(ACC), F2; \
	MOVF (offset+12)(ACC), F3

#define STORE_GATE(offset) \
	MOVF F0, (offset+0)(ACC); \
	MOVF F1, (offset+4)(ACC); \
	MOVF F2, (offset+8)(ACC); \
	MOVF F3, (offset+12)(ACC)

#define GATE(FUNCTION, offset) \
	LOAD_GATE(offset); \
	FUNCTION(EACH4); \
	STORE_GATE(offset)

// LOAD_OTHER loads four floats of another gate.
#define LOAD_OTHER(offset) \
	MOVF (offset+0)(ACC), F4; \
	MOVF (offset+4)(ACC), F5; \
	MOVF (offset+8)(ACC), F6; \
	MOVF (offset+12)(ACC), F7

#define TIMES_OTHERS(x, u, t, b) FMULS u, x, x

// Of four units, i and g are in u and x, f in t, and the old c in b.
#define NEW_C(x, u, t, b) FMADDS t, b, x, x

// NEXT goes on to the next four units: after the second four of a tile, to the next.
#define NEXT(loop) \
	ADD  $16, H; \
	ADD  $16, ACC; \
	ADD  $-4, N; \
	AND  $4, N, X5; \
	BNEZ X5, loop; \
	ADD  $96, ACC; \
	BNEZ N, loop

// func LSTM(h, c, cprev, acc []float32)
TEXT ·LSTM(SB), NOSPLIT, $0-96
	MOV  h_base+0(FP), H
	MOV  h_len+8(FP), N
	MOV  c_base+24(FP), C
	MOV  cprev_base+48(FP), CPREV
	MOV  acc_base+72(FP), ACC
	BEQZ N, done

units:
	SIGMOID_CONSTANTS
	GATE(SIGMOID, 0)         // i
	GATE(SIGMOID, 32)        // f
	GATE(SIGMOID, 96)        // o
	TANH_CONSTANTS
	GATE(TANH, 64)           // g
	LOAD_OTHER(0)
	EACH4(TIMES_OTHERS)
	MOVF 32(ACC), F8
	MOVF 36(ACC), F9
	MOVF 40(ACC), F10
	MOVF 44(ACC), F11
	LOAD4_TO(CPREV, F12, F13, F14, F15)
	EACH4(NEW_C)
	STORE4(C)
	TANH(EACH4)
	LOAD_OTHER(96)
	EACH4(TIMES_OTHERS)
	STORE4(H)
	ADD  $16, C
	ADD  $16, CPREV
	NEXT(units)

done:
	RET

// Of four units, nx is in x, r in u and nh in t.
#define NEW_GATE(x, u, t, b) FMADDS u, t, x, x

// Of four units, n is in x, z in u and the old h in t.
#define BLEND(x, u, t, b) \
	FSUBS  x, t, t; \
	FMADDS u, t, x, x

// func GRU(h, hprev, acc []float32)
TEXT ·GRU(SB), NOSPLIT, $0-72
	MOV  h_base+0(FP), H
	MOV  h_len+8(FP), N
	MOV  hprev_base+24(FP), CPREV
	MOV  acc_base+48(FP), ACC
	BEQZ N, done

units:
	SIGMOID_CONSTANTS
	GATE(SIGMOID, 32)        // r
	GATE(SIGMOID, 64)        // z
	TANH_CONSTANTS
	LOAD_GATE(0)
	LOAD_OTHER(32)
	MOVF 96(ACC), F8
	MOVF 100(ACC), F9
	MOVF 104(ACC), F10
	MOVF 108(ACC), F11
	EACH4(NEW_GATE)
	TANH(EACH4)
	STORE_GATE(0)            // n
	LOAD_OTHER(64)
	LOAD4_TO(CPREV, F8, F9, F10, F11)
	EACH4(BLEND)
	STORE4(H)
	ADD  $16, CPREV
	NEXT(units)

done:
	RET
