//go:build !purego

#include "textflag.h"
#include "neon.h"

// UNARY replaces each float at R1 by a function of it, and writes them to R0.
// R2 is how many there are. FOUR computes the function of V0 to V3, ONE of V0.
#define UNARY(FOUR, ONE) \
	SUBS $16, R2; \
	BLT less; \
by16: \
	VLD1.P 64(R1), [V0.S4, V1.S4, V2.S4, V3.S4]; \
	FOUR; \
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R0); \
	SUBS $16, R2; \
	BGE by16; \
less: \
	ADDS $12, R2; \
	BLT rest; \
by4: \
	VLD1.P 16(R1), [V0.S4]; \
	ONE; \
	VST1.P [V0.S4], 16(R0); \
	SUBS $4, R2; \
	BGE by4; \
rest: \
	ADDS $4, R2; \
	BEQ done; \
	LOAD_REST(R1, R2, loaded); \
	ONE; \
	STORE_REST(R0, R2, done); \
	RET

// func Tanh(dst, src []float32)
TEXT ·Tanh(SB), NOSPLIT, $0-48
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R2
	MOVD src_base+24(FP), R1
	TANH_CONSTANTS
	UNARY(SIGMOIDAL(TANH_V0_V3), SIGMOIDAL(TANH_V0))

// func Sigmoid(dst, src []float32)
TEXT ·Sigmoid(SB), NOSPLIT, $0-48
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R2
	MOVD src_base+24(FP), R1
	SIGMOID_CONSTANTS
	UNARY(SIGMOIDAL(SIGMOID_V0_V3), SIGMOIDAL(SIGMOID_V0))

// func Exp(dst, src []float32)
TEXT ·Exp(SB), NOSPLIT, $0-48
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R2
	MOVD src_base+24(FP), R1
	EXP_CONSTANTS
	UNARY(EXPONENTIAL(EXP_V0_V3), EXPONENTIAL(EXP_V0))

// The greater of NaN and 0 is NaN, and that of -0 and 0 is 0.
#define RELU_V0 FMAX(v4, v0, v0)
#define RELU_V0_V3 RELU_V0; FMAX(v4, v1, v1); FMAX(v4, v2, v2); FMAX(v4, v3, v3)

// func ReLU(dst, src []float32)
TEXT ·ReLU(SB), NOSPLIT, $0-48
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R2
	MOVD src_base+24(FP), R1
	VEOR V4.B16, V4.B16, V4.B16
	UNARY(RELU_V0_V3, RELU_V0)

// func Mul(dst, a, b []float32)
TEXT ·Mul(SB), NOSPLIT, $0-72
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R2
	MOVD a_base+24(FP), R1
	MOVD b_base+48(FP), R3
	SUBS $4, R2
	BLT  rest
by4:
	VLD1.P 16(R1), [V0.S4]
	VLD1.P 16(R3), [V1.S4]
	FMUL(v1, v0, v0)
	VST1.P [V0.S4], 16(R0)
	SUBS   $4, R2
	BGE    by4
rest:
	ADDS $4, R2
	BEQ  done
	LOAD_REST(R3, R2, loaded)
	VMOV V0.B16, V1.B16
	LOAD_REST(R1, R2, both)
	FMUL(v1, v0, v0)
	STORE_REST(R0, R2, done)
	RET

// func MulAdd(dst, a, b, c []float32)
TEXT ·MulAdd(SB), NOSPLIT, $0-96
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R2
	MOVD a_base+24(FP), R1
	MOVD b_base+48(FP), R3
	MOVD c_base+72(FP), R4
	SUBS $4, R2
	BLT  rest
by4:
	VLD1.P 16(R4), [V0.S4]
	VLD1.P 16(R3), [V1.S4]
	VLD1.P 16(R1), [V2.S4]
	FMLA(v1, v2, v0)
	VST1.P [V0.S4], 16(R0)
	SUBS   $4, R2
	BGE    by4
rest:
	ADDS $4, R2
	BEQ  done
	LOAD_REST(R1, R2, z)
	VMOV V0.B16, V2.B16
	LOAD_REST(R3, R2, hprev)
	VMOV V0.B16, V1.B16
	LOAD_REST(R4, R2, n)
	FMLA(v1, v2, v0)
	STORE_REST(R0, R2, done)
	RET

// func Blend(h, z, hprev, n []float32)
TEXT ·Blend(SB), NOSPLIT, $0-96
	MOVD h_base+0(FP), R0
	MOVD h_len+8(FP), R2
	MOVD z_base+24(FP), R1
	MOVD hprev_base+48(FP), R3
	MOVD n_base+72(FP), R4
	SUBS $4, R2
	BLT  rest
by4:
	VLD1.P 16(R4), [V0.S4]
	VLD1.P 16(R3), [V1.S4]
	VLD1.P 16(R1), [V2.S4]
	FSUB(v0, v1, v1)
	FMLA(v1, v2, v0)
	VST1.P [V0.S4], 16(R0)
	SUBS   $4, R2
	BGE    by4
rest:
	ADDS $4, R2
	BEQ  done
	LOAD_REST(R1, R2, z)
	VMOV V0.B16, V2.B16
	LOAD_REST(R3, R2, hprev)
	VMOV V0.B16, V1.B16
	LOAD_REST(R4, R2, n)
	FSUB(v0, v1, v1)
	FMLA(v1, v2, v0)
	STORE_REST(R0, R2, done)
	RET
