//go:build !purego

#include "textflag.h"
#include "rvv.h"

// A gate of a tile is 8 sums, and two gates with the same function that stand side by
// side are taken together.

#define H X10
#define N X11 // units left
#define C X12
#define CPREV X13
#define ACC X14
#define GATE X15
#define EIGHT X16
#define SIXTEEN X17

// func LSTM(h, c, cprev, acc []float32)
TEXT ·LSTM(SB), NOSPLIT, $0-96
	MOV  h_base+0(FP), H
	MOV  h_len+8(FP), N
	MOV  c_base+24(FP), C
	MOV  cprev_base+48(FP), CPREV
	MOV  acc_base+72(FP), ACC
	BEQZ N, done
	TANH_CONSTANTS
	SIGMOID_CONSTANTS
	MOV  $8, EIGHT
	MOV  $16, SIXTEEN

tile:
	WIDTH(SIXTEEN, two)
	VLE32V   (ACC), V4
	SIGMOID                  // i and f
	VSE32V   V4, (ACC)
	WIDTH(EIGHT, single)
	ADD      $96, ACC, GATE
	VLE32V   (GATE), V4
	SIGMOID                  // o
	VSE32V   V4, (GATE)
	VMVVV    V4, V28
	ADD      $64, ACC, GATE
	VLE32V   (GATE), V4
	TANH                     // g
	VSE32V   V4, (GATE)
	VLE32V   (ACC), V8
	ADD      $32, ACC, GATE
	VLE32V   (GATE), V12
	VLE32V   (CPREV), V16
	VFMULVV  V8, V4, V4
	VFMACCVV V12, V16, V4
	VSE32V   V4, (C)
	TANH
	VFMULVV  V28, V4, V4
	VSE32V   V4, (H)
	ADD      $32, H
	ADD      $32, C
	ADD      $32, CPREV
	ADD      $128, ACC
	ADD      $-8, N
	BNEZ     N, tile

done:
	RET

// func GRU(h, hprev, acc []float32)
TEXT ·GRU(SB), NOSPLIT, $0-72
	MOV  h_base+0(FP), H
	MOV  h_len+8(FP), N
	MOV  hprev_base+24(FP), CPREV
	MOV  acc_base+48(FP), ACC
	BEQZ N, done
	TANH_CONSTANTS
	SIGMOID_CONSTANTS
	MOV  $8, EIGHT
	MOV  $16, SIXTEEN

tile:
	WIDTH(SIXTEEN, two)
	ADD      $32, ACC, GATE
	VLE32V   (GATE), V4
	SIGMOID                  // r and z
	VSE32V   V4, (GATE)
	WIDTH(EIGHT, single)
	VLE32V   (ACC), V4
	VLE32V   (GATE), V8
	ADD      $96, ACC, GATE
	VLE32V   (GATE), V12
	VFMACCVV V8, V12, V4
	TANH
	VSE32V   V4, (ACC)       // n
	ADD      $64, ACC, GATE
	VLE32V   (GATE), V8
	VLE32V   (CPREV), V12
	VFSUBVV  V4, V12, V12
	VFMACCVV V8, V12, V4
	VSE32V   V4, (H)
	ADD      $32, H
	ADD      $32, CPREV
	ADD      $128, ACC
	ADD      $-8, N
	BNEZ     N, tile

done:
	RET
