//go:build !purego

#include "textflag.h"
#include "vfpv4.h"

// The products of a tile of int8 weights with a quantized vector, 16 rows or 8 at a
// time. A register D holds four columns of two rows. Products are 16 bits, and the
// sum of two still is, since weights and inputs are within 127. So two columns'
// products are added up before VPADAL adds neighbours to sums of 32 bits: four of
// each register, two a row.

#define DST R0
#define START R1
#define W R2
#define ROWS R3
#define SCALE R4
#define GROUPS R5

// The cursors of some rows: weights of two groups of four columns, the distance from
// the end of these rows to the next two groups, and the vector.
#define WK R6
#define WK2 R7
#define SKIP R8
#define XK R9
#define K R12

// PAIR8 takes eight rows of two groups of columns, whose numbers are in D16 and D17.
// LOAD and LOAD2 load the weights. The sums are in the registers a to d.
#define PAIR8(LOAD, LOAD2, a, b, c, d) \
	LOAD \
	LOAD2 \
	VMULL(d16, d20, q9) \
	VMULL(d16, d21, q14) \
	VMULL(d16, d22, q15) \
	VMULL(d16, d23, q10) \
	VMLAL(d17, d24, q9) \
	VMLAL(d17, d25, q14) \
	VMLAL(d17, d26, q15) \
	VMLAL(d17, d27, q10) \
	VPADAL(q9, a) \
	VPADAL(q14, b) \
	VPADAL(q15, c) \
	VPADAL(q10, d)

// SINGLE8 takes eight rows of the last group of columns.
#define SINGLE8(a, b, c, d) \
	VLD1B4(r6, d20) \
	VMULL(d16, d20, q9) \
	VMULL(d16, d21, q14) \
	VMULL(d16, d22, q15) \
	VMULL(d16, d23, q10) \
	VPADAL(q9, a) \
	VPADAL(q14, b) \
	VPADAL(q15, c) \
	VPADAL(q10, d)

#define ZERO4(a, b, c, d) \
	VSUBI(a, a, a) \
	VSUBI(b, b, b) \
	VSUBI(c, c, c) \
	VSUBI(d, d, d)

#define ZERO_16 ZERO4(q0, q1, q2, q3) ZERO4(q4, q5, q6, q7)
#define PAIRS_16 \
	PAIR8(VLD1B4(r6, d20), VLD1B4(r7, d24), q0, q1, q2, q3) \
	PAIR8(VLD1B4_STEP(r6, r8, d20), VLD1B4_STEP(r7, r8, d24), q4, q5, q6, q7)
#define SINGLES_16 SINGLE8(q0, q1, q2, q3) SINGLE8(q4, q5, q6, q7)

#define ZERO_8 ZERO4(q0, q1, q2, q3)
#define PAIRS_8 PAIR8(VLD1B4_STEP(r6, r8, d20), VLD1B4_STEP(r7, r8, d24), q0, q1, q2, q3)
#define SINGLES_8 SINGLE8(q0, q1, q2, q3)

// FINISH8 turns the sums in Q0 to Q3 into those of eight rows, and these into floats,
// and stores them. S8 becomes the step.
#define FINISH8 \
	VPADD(d1, d0, d0) \
	VPADD(d3, d2, d1) \
	VPADD(d5, d4, d2) \
	VPADD(d7, d6, d3) \
	VCVTW(q0, q0) \
	VCVTW(q1, q1) \
	MOVW step+20(FP), K; \
	VMOVS(12, s8) \
	VLDM(4, s16, 8) \
	VLDM(1, s24, 8) \
	VMUL(s8, s16, s16) \
	VMUL(s8, s17, s17) \
	VMUL(s8, s18, s18) \
	VMUL(s8, s19, s19) \
	VMUL(s8, s20, s20) \
	VMUL(s8, s21, s21) \
	VMUL(s8, s22, s22) \
	VMUL(s8, s23, s23) \
	VFMA(s0, s16, s24) \
	VFMA(s1, s17, s25) \
	VFMA(s2, s18, s26) \
	VFMA(s3, s19, s27) \
	VFMA(s4, s20, s28) \
	VFMA(s5, s21, s29) \
	VFMA(s6, s22, s30) \
	VFMA(s7, s23, s31) \
	VSTM(s24, 8, 0)

// FINISH16 keeps the sums of the second eight rows in Q8 to Q11 meanwhile.
#define FINISH16 \
	VMOVQ(q4, q8) \
	VMOVQ(q5, q9) \
	VMOVQ(q6, q10) \
	VMOVQ(q7, q11) \
	FINISH8 \
	VMOVQ(q8, q0) \
	VMOVQ(q9, q1) \
	VMOVQ(q10, q2) \
	VMOVQ(q11, q3) \
	FINISH8

// PRODUCT takes all columns of some rows, of which there are 32*n/8 bytes in a group
// of columns. The last three arguments are labels.
#define PRODUCT(n, ZERO, PAIRS, SINGLES, FINISH, pair, rest, end) \
	ZERO \
	MOVW  W, WK; \
	ADD   ROWS<<2, W, WK2; \
	MOVW  ROWS<<3, SKIP; \
	SUB   $(4*(n)-32), SKIP; \
	MOVW  x+24(FP), XK; \
	SUB.S $2, GROUPS, K; \
	BLT   rest; \
pair: \
	VLD1W(9, d16) \
	VLD1W(9, d17) \
	PAIRS \
	SUB.S $2, K; \
	BGE   pair; \
rest: \
	ADD.S $2, K; \
	BEQ   end; \
	VLD1W(9, d16) \
	SINGLES \
end: \
	FINISH

// func linearInt8(dst, start *float32, w *int8, rows int, scale *float32, step float32, x *int8, groups int)
TEXT ·linearInt8(SB), NOSPLIT, $4-32
	MOVW dst+0(FP), DST
	MOVW start+4(FP), START
	MOVW w+8(FP), W
	MOVW rows+12(FP), ROWS
	MOVW scale+16(FP), SCALE
	MOVW groups+28(FP), GROUPS
	MOVW ROWS, left-4(SP)
	CMP  $16, ROWS
	BLT  eight

sixteen:
	PRODUCT(16, ZERO_16, PAIRS_16, SINGLES_16, FINISH16, s16pair, s16rest, s16end)
	ADD   $64, W
	MOVW  left-4(SP), K
	SUB.S $16, K
	BEQ   done
	MOVW  K, left-4(SP)
	CMP   $16, K
	BGE   sixteen

eight:
	PRODUCT(8, ZERO_8, PAIRS_8, SINGLES_8, FINISH8, s8pair, s8rest, s8end)

done:
	RET

// quantize clamps, and then adds a number so large that its last bit is worth 1: the
// sum's last bits are the integer. Of NaN the lower limit is taken.
//
// func quantize(dst *int8, src *float32, n int, inverse float32) (nan bool)
TEXT ·quantize(SB), NOSPLIT, $0-17
	MOVW dst+0(FP), R0
	MOVW src+4(FP), R1
	MOVW n+8(FP), R2
	MOVW inverse+12(FP), R3
	VMOVS(3, s28)
	MOVW $·quantizeTable(SB), R9
	VLDMD(9, d16, 6)
	VSUBI(q15, q15, q15)
	VCEQ(q15, q15, q15) // the lanes without a NaN so far

loop:
	VLDM(1, s0, 8)
	VCEQ(q0, q0, q4)
	VCEQ(q1, q1, q5)
	VAND(q4, q15, q15)
	VAND(q5, q15, q15)
	VMUL(s28, s0, s0)
	VMUL(s28, s1, s1)
	VMUL(s28, s2, s2)
	VMUL(s28, s3, s3)
	VMUL(s28, s4, s4)
	VMUL(s28, s5, s5)
	VMUL(s28, s6, s6)
	VMUL(s28, s7, s7)
	VCEQ(q0, q0, q4)
	VCEQ(q1, q1, q5)
	VMINU(q8, q0, q0)
	VMINU(q8, q1, q1)
	VMINS(q9, q0, q0)
	VMINS(q9, q1, q1)
	VBIF(q4, q8, q0)
	VBIF(q5, q8, q1)
	VADDQ(q10, q0, q0)
	VADDQ(q10, q1, q1)
	VMOVNW(q0, d8)
	VMOVNW(q1, d9)
	VMOVNH(q4, d8)
	VST1B(d8, 0)
	SUB.S $8, R2
	BNE   loop

	VMOVRR(d30, 2, 3)
	VMOVRR(d31, 4, 5)
	AND  R3, R2
	AND  R4, R2
	AND  R5, R2
	ADD.S $1, R2
	MOVW.NE $1, R2
	MOVB R2, nan+16(FP)
	RET
