//go:build !purego

#include "textflag.h"
#include "neon.h"

// The gates g and o of an LSTM, in V20 to V23.
#define GATES_G_O(STEP) \
	TANH(STEP, v20, v4, v8, v12, v16) TANH(STEP, v21, v5, v9, v13, v17) \
	SIGMOID(STEP, v22, v6, v10, v14, v18) SIGMOID(STEP, v23, v7, v11, v15, v19)

// LSTM takes a pass over the tiles for the gates and c, and one for h. Either
// has four vectors at a time to fill the pipelines.
//
// func LSTM(h, c, cprev, acc []float32)
TEXT ·LSTM(SB), NOSPLIT, $0-96
	MOVD h_base+0(FP), R0
	MOVD h_len+8(FP), R2
	MOVD c_base+24(FP), R1
	MOVD cprev_base+48(FP), R3
	MOVD acc_base+72(FP), R4
	CBZ  R2, done
	TANH_CONSTANTS
	SIGMOID_CONSTANTS

	MOVD R1, R5
	MOVD R4, R6
	ADD  $64, R4, R8
	MOVD R2, R7
gates: // of a tile
	VLD1 (R6), [V0.S4, V1.S4, V2.S4, V3.S4] // i, f
	SIGMOIDAL(SIGMOID_V0_V3)
	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (R6)
	VLD1 (R8), [V20.S4, V21.S4, V22.S4, V23.S4] // g, o
	SIGMOIDAL(GATES_G_O)
	VST1 [V20.S4, V21.S4, V22.S4, V23.S4], (R8)
	ADD  $128, R6
	ADD  $128, R8
	VLD1.P 32(R3), [V4.S4, V5.S4]
	FMUL(v20, v0, v0)
	FMUL(v21, v1, v1)
	FMLA(v4, v2, v0)
	FMLA(v5, v3, v1)
	VST1.P [V0.S4, V1.S4], 32(R5)
	SUBS   $8, R7
	BNE    gates

	SUBS $16, R2
	BLT  last
states: // of two tiles
	VLD1.P 64(R1), [V0.S4, V1.S4, V2.S4, V3.S4]
	SIGMOIDAL(TANH_V0_V3)
	FLDPQ  96(R4), (F4, F5) // o
	FLDPQ  224(R4), (F6, F7)
	FMUL(v0, v4, v4)
	FMUL(v1, v5, v5)
	FMUL(v2, v6, v6)
	FMUL(v3, v7, v7)
	VST1.P [V4.S4, V5.S4, V6.S4, V7.S4], 64(R0)
	ADD    $256, R4
	SUBS   $16, R2
	BGE    states
last:
	ADDS $16, R2
	BEQ  done
	VLD1 (R1), [V0.S4, V1.S4]
	SIGMOIDAL(TANH_V0_V1)
	FLDPQ 96(R4), (F4, F5)
	FMUL(v0, v4, v4)
	FMUL(v1, v5, v5)
	VST1 [V4.S4, V5.S4], (R0)
done:
	RET

// GRU takes a pass over the tiles for the gates r and z and the sum of n, and
// one for n and h.
//
// func GRU(h, hprev, acc []float32)
TEXT ·GRU(SB), NOSPLIT, $0-72
	MOVD h_base+0(FP), R0
	MOVD h_len+8(FP), R2
	MOVD hprev_base+24(FP), R1
	MOVD acc_base+48(FP), R4
	CBZ  R2, done
	TANH_CONSTANTS
	SIGMOID_CONSTANTS

	ADD  $32, R4, R6
	MOVD R2, R7
gates: // of a tile
	VLD1  (R6), [V0.S4, V1.S4, V2.S4, V3.S4] // r, z
	SIGMOIDAL(SIGMOID_V0_V3)
	VST1  [V0.S4, V1.S4, V2.S4, V3.S4], (R6)
	FLDPQ -32(R6), (F4, F5) // nx
	FLDPQ 64(R6), (F6, F7) // nh
	FMLA(v6, v0, v4)
	FMLA(v7, v1, v5)
	FSTPQ (F4, F5), -32(R6)
	ADD   $128, R6
	SUBS  $8, R7
	BNE   gates

	SUBS $16, R2
	BLT  last
states: // of two tiles
	FLDPQ  (R4), (F0, F1)
	FLDPQ  128(R4), (F2, F3)
	SIGMOIDAL(TANH_V0_V3)
	FSTPQ  (F0, F1), (R4)
	FSTPQ  (F2, F3), 128(R4)
	VLD1.P 64(R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	FLDPQ  64(R4), (F8, F9) // z
	FLDPQ  192(R4), (F10, F11)
	FSUB(v0, v4, v4)
	FSUB(v1, v5, v5)
	FSUB(v2, v6, v6)
	FSUB(v3, v7, v7)
	FMLA(v4, v8, v0)
	FMLA(v5, v9, v1)
	FMLA(v6, v10, v2)
	FMLA(v7, v11, v3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R0)
	ADD    $256, R4
	SUBS   $16, R2
	BGE    states
last:
	ADDS $16, R2
	BEQ  done
	FLDPQ (R4), (F0, F1)
	SIGMOIDAL(TANH_V0_V1)
	FSTPQ (F0, F1), (R4)
	VLD1  (R1), [V4.S4, V5.S4]
	FLDPQ 64(R4), (F8, F9)
	FSUB(v0, v4, v4)
	FSUB(v1, v5, v5)
	FMLA(v4, v8, v0)
	FMLA(v5, v9, v1)
	VST1  [V0.S4, V1.S4], (R0)
done:
	RET
