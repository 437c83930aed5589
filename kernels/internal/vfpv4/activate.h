// tanh and sigmoid are ab/(a*a+b*b), but for a factor of 2 and a constant, as in
// kernels/internal/generic/activation.go. Eight numbers in S0 to S7 take each step
// together, so that their chains stand side by side. S8 to S31 are for the steps
// between, and Q8 to Q14 are, each four times:
//
//	P1 P2 Q1 Q2 Q3 -limit limit
//
// A fused multiply-add replaces its addend, so coefficients are copied for each.

#define TIMES4(a, b, d) \
	VMUL((a), (b), (d)) \
	VMUL((a+1), (b+1), (d+1)) \
	VMUL((a+2), (b+2), (d+2)) \
	VMUL((a+3), (b+3), (d+3))
#define TIMES8(a, b, d) TIMES4(a, b, d) TIMES4((a+4), (b+4), (d+4))

// FMA8 adds a times b to d.
#define FMA4(a, b, d) \
	VFMA((a), (b), (d)) \
	VFMA((a+1), (b+1), (d+1)) \
	VFMA((a+2), (b+2), (d+2)) \
	VFMA((a+3), (b+3), (d+3))
#define FMA8(a, b, d) FMA4(a, b, d) FMA4((a+4), (b+4), (d+4))

#define PLUS4(a, b, d) \
	VADD((a), (b), (d)) \
	VADD((a+1), (b+1), (d+1)) \
	VADD((a+2), (b+2), (d+2)) \
	VADD((a+3), (b+3), (d+3))
#define PLUS8(a, b, d) PLUS4(a, b, d) PLUS4((a+4), (b+4), (d+4))

// MINUS8 sets d to b minus a.
#define MINUS4(a, b, d) \
	VSUB((a), (b), (d)) \
	VSUB((a+1), (b+1), (d+1)) \
	VSUB((a+2), (b+2), (d+2)) \
	VSUB((a+3), (b+3), (d+3))
#define MINUS8(a, b, d) MINUS4(a, b, d) MINUS4((a+4), (b+4), (d+4))

// BY8 divides d by a.
#define BY4(a, d) \
	VDIV((a), (d), (d)) \
	VDIV((a+1), (d+1), (d+1)) \
	VDIV((a+2), (d+2), (d+2)) \
	VDIV((a+3), (d+3), (d+3))
#define BY8(a, d) BY4(a, d) BY4((a+4), (d+4))

// COPY8 sets the eight numbers in Q registers q and q+1 to the constant c.
#define COPY8(c, q) VMOVQ(c, (q)) VMOVQ(c, (q+1))

// CLAMP limits the floats x from lo, which is negative, to hi. NaN stays NaN. As
// unsigned integers negative floats are in the order of their magnitude, above all
// others; as signed ones, those from 0 up are in order, above all others.
#define CLAMP(lo, hi, x, t, number) \
	VCEQ((x), (x), (number)) \
	VMINU(lo, (x), (t)) \
	VMINS(hi, (t), (t)) \
	VBIT((number), (t), (x))

// SIGMOIDAL_AB turns x in S0 to S7 into a, and computes b in S24 to S31. The
// constant of b is a number of eight bits.
#define SIGMOIDAL_AB(constant) \
	CLAMP(q13, q14, q0, q2, q4) \
	CLAMP(q13, q14, q1, q3, q5) \
	TIMES8(s0, s0, s8) \
	COPY8(q8, q4) \
	COPY8(q9, q6) \
	FMA8(s24, s8, s16) \
	TIMES8(s0, s8, s24) \
	FMA8(s24, s16, s0) \
	COPY8(q11, q6) \
	COPY8(q12, q4) \
	FMA8(s16, s8, s24) \
	COPY8(q10, q4) \
	FMA8(s24, s8, s16) \
	VMOVI(constant, q6) \
	VMOVI(constant, q7) \
	FMA8(s16, s8, s24)

// SIGMOIDAL_DIVIDE divides S16 to S23 by a*a+b*b.
#define SIGMOIDAL_DIVIDE \
	TIMES8(s24, s24, s8) \
	FMA8(s0, s0, s8) \
	BY8(s8, s16)

// Numbers of eight bits.
#define TWO 0x00
#define FOUR 0x10
#define A_HALF 0x60
#define ONE 0x70

// TANH8 and SIGMOID8 turn x in S0 to S7 into a function of it.
#define TANH8 \
	SIGMOIDAL_AB(TWO) \
	PLUS8(s24, s24, s16) \
	TIMES8(s0, s16, s16) \
	SIGMOIDAL_DIVIDE \
	VMOVQ(q4, q0) \
	VMOVQ(q5, q1)

#define SIGMOID8 \
	SIGMOIDAL_AB(FOUR) \
	TIMES8(s0, s24, s16) \
	SIGMOIDAL_DIVIDE \
	VMOVI(A_HALF, q6) \
	VMOVI(A_HALF, q7) \
	PLUS8(s16, s24, s0)

// The constants of one or the other. R9 is changed.
#define TANH_CONSTANTS \
	MOVW $·tanhTable(SB), R9; \
	VLDMD(9, d16, 14)

#define SIGMOID_CONSTANTS \
	MOVW $·sigmoidTable(SB), R9; \
	VLDMD(9, d16, 14)
