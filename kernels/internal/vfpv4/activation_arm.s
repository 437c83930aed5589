//go:build !purego

#include "textflag.h"
#include "vfpv4.h"
#include "activate.h"

// UNARY replaces the floats of src by a function of each, eight at a time, and
// writes them to dst. The last ones, fewer than eight, are taken in the frame.
#define UNARY(FUNCTION) \
	MOVW  dst_base+0(FP), R0; \
	MOVW  dst_len+4(FP), R2; \
	MOVW  src_base+12(FP), R1; \
	SUB.S $8, R2; \
	BLT   rest; \
by8: \
	VLDM(1, s0, 8) \
	FUNCTION \
	VSTM(s0, 8, 0) \
	SUB.S $8, R2; \
	BGE   by8; \
rest: \
	ADD.S $8, R2; \
	BEQ   done; \
	MOVW  $last-32(SP), R3; \
	MOVW  R2, R4; \
in: \
	MOVW.P 4(R1), R5; \
	MOVW.P R5, 4(R3); \
	SUB.S $1, R4; \
	BNE   in; \
	MOVW  $last-32(SP), R3; \
	VLDM(3, s0, 8) \
	FUNCTION \
	MOVW  $last-32(SP), R3; \
	VSTM(s0, 8, 3) \
	MOVW  $last-32(SP), R3; \
out: \
	MOVW.P 4(R3), R5; \
	MOVW.P R5, 4(R0); \
	SUB.S $1, R2; \
	BNE   out; \
done:

// func Tanh(dst, src []float32)
TEXT ·Tanh(SB), NOSPLIT, $32-24
	TANH_CONSTANTS
	UNARY(TANH8)
	RET

// func Sigmoid(dst, src []float32)
TEXT ·Sigmoid(SB), NOSPLIT, $32-24
	SIGMOID_CONSTANTS
	UNARY(SIGMOID8)
	RET

// FMA4SCALAR adds the number c times a to d.
#define FMA4SCALAR(c, a, d) \
	VFMA(c, (a), (d)) \
	VFMA(c, (a+1), (d+1)) \
	VFMA(c, (a+2), (d+2)) \
	VFMA(c, (a+3), (d+3))

// MINUS4SCALAR sets d to b minus the number a.
#define MINUS4SCALAR(a, b, d) \
	VSUB(a, (b), (d)) \
	VSUB(a, (b+1), (d+1)) \
	VSUB(a, (b+2), (d+2)) \
	VSUB(a, (b+3), (d+3))

// HORNER turns p into c + p*x in d, which is the register q.
#define HORNER(x, c, p, q, d) \
	VMOVQ(c, q) \
	FMA4(x, p, d)

// exp, as in kernels/internal/generic/activation.go, of four floats x in the
// register qx. t and n are S8 to S15, p is in turn S16 to S19 and S20 to S23. Q8 to
// Q14 are the shift, E5 to E2 and the limits, each four times, and S24 to S28 are
// log2e, -ln2hi, -ln2lo, the shift and E6.
#define EXP4(qx, x) \
	CLAMP(q13, q14, qx, q2, q3) \
	VMOVQ(q8, q2) \
	FMA4SCALAR(s24, x, s8) \
	MINUS4SCALAR(s27, s8, s12) \
	FMA4SCALAR(s25, s12, x) \
	FMA4SCALAR(s26, s12, x) \
	VMOVQ(q9, q4) \
	FMA4SCALAR(s28, x, s16) \
	HORNER(x, q10, s16, q5, s20) \
	HORNER(x, q11, s20, q4, s16) \
	HORNER(x, q12, s16, q5, s20) \
	VMOVI(ONE, q4) \
	FMA4(x, s20, s16) \
	VMOVI(ONE, q5) \
	FMA4(x, s16, s20) \
	VSHRU(1, q2, q3) \
	VSUBI(q3, q2, q2) \
	VSHL(23, q3, q3) \
	VSHL(23, q2, q2) \
	TIMES4(s12, s20, x) \
	TIMES4(s8, x, x)

#define EXP8 EXP4(q0, s0) EXP4(q1, s4)

// func Exp(dst, src []float32)
TEXT ·Exp(SB), NOSPLIT, $32-24
	MOVW $·expTable(SB), R9
	VLDMD(9, d16, 14)
	VLDM(9, s24, 5)
	UNARY(EXP8)
	RET

// The greater of the integers 0 and x is 0 for negative floats, and for -0. NaN
// stays NaN.
#define RELU4(x) \
	VCEQ(x, x, q2) \
	VMAXS(q15, x, q3) \
	VBIT(q2, q3, x)

#define RELU8 RELU4(q0) RELU4(q1)

// func ReLU(dst, src []float32)
TEXT ·ReLU(SB), NOSPLIT, $32-24
	VSUBI(q15, q15, q15)
	UNARY(RELU8)
	RET

// func MulAdd(dst, a, b, c []float32)
TEXT ·MulAdd(SB), NOSPLIT, $0-48
	MOVW  dst_base+0(FP), R0
	MOVW  dst_len+4(FP), R2
	MOVW  a_base+12(FP), R1
	MOVW  b_base+24(FP), R3
	MOVW  c_base+36(FP), R4
	SUB.S $4, R2
	BLT   rest

by4:
	VLDM(1, s0, 4)
	VLDM(3, s4, 4)
	VLDM(4, s8, 4)
	FMA4(s0, s4, s8)
	VSTM(s8, 4, 0)
	SUB.S $4, R2
	BGE   by4

rest:
	ADD.S $4, R2
	BEQ   done

by1:
	VLDM(1, s0, 1)
	VLDM(3, s4, 1)
	VLDM(4, s8, 1)
	VFMA(s0, s4, s8)
	VSTM(s8, 1, 0)
	SUB.S $1, R2
	BNE   by1

done:
	RET

// func Blend(h, z, hprev, n []float32)
TEXT ·Blend(SB), NOSPLIT, $0-48
	MOVW  h_base+0(FP), R0
	MOVW  h_len+4(FP), R2
	MOVW  z_base+12(FP), R1
	MOVW  hprev_base+24(FP), R3
	MOVW  n_base+36(FP), R4
	SUB.S $4, R2
	BLT   rest

by4:
	VLDM(1, s0, 4)
	VLDM(3, s4, 4)
	VLDM(4, s8, 4)
	MINUS4(s8, s4, s4)
	FMA4(s0, s4, s8)
	VSTM(s8, 4, 0)
	SUB.S $4, R2
	BGE   by4

rest:
	ADD.S $4, R2
	BEQ   done

by1:
	VLDM(1, s0, 1)
	VLDM(3, s4, 1)
	VLDM(4, s8, 1)
	VSUB(s8, s4, s4)
	VFMA(s0, s4, s8)
	VSTM(s8, 1, 0)
	SUB.S $1, R2
	BNE   by1

done:
	RET
