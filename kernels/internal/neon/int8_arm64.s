//go:build !purego

#include "textflag.h"
#include "neon.h"

// The products of tiles of int8 weights with a quantized vector. A register
// holds four columns of four rows.

#define DST R0
#define START R1
#define ACC_STEP R2
#define W R3
#define STRIDE R4
#define SCALE R5
#define SCALE_STEP R6
#define X R7
#define GROUPS R8
#define NTILES R9

// The cursors of a tile.
#define WK R10
#define XK R11
#define K R12

// V31 holds the step of x.
#define ARGS \
	MOVD  dst+0(FP), DST; \
	MOVD  start+8(FP), START; \
	MOVD  accStep+16(FP), ACC_STEP; \
	MOVD  w+24(FP), W; \
	MOVD  stride+32(FP), STRIDE; \
	MOVD  scale+40(FP), SCALE; \
	MOVD  scaleStep+48(FP), SCALE_STEP; \
	FMOVS step+56(FP), F31; \
	VDUP  V31.S[0], V31.S4; \
	MOVD  x+64(FP), X; \
	MOVD  groups+72(FP), GROUPS; \
	MOVD  ntiles+80(FP), NTILES

#define BEGIN \
	MOVD W, WK; \
	MOVD X, XK; \
	MOVD GROUPS, K

#define END \
	ADD  ACC_STEP, DST; \
	ADD  ACC_STEP, START; \
	ADD  SCALE_STEP, SCALE; \
	ADD  STRIDE, W; \
	SUBS $1, NTILES

#define ZERO4(a, b, c, d) \
	VEOR a.B16, a.B16, a.B16; \
	VEOR b.B16, b.B16, b.B16; \
	VEOR c.B16, c.B16, c.B16; \
	VEOR d.B16, d.B16, d.B16

// FINISH4 turns the sums v of four rows at row into floats and stores them.
#define FINISH4(row, v) \
	FMOVQ (4*(row))(SCALE), F28; \
	FMOVQ (4*(row))(START), F29; \
	SCVTF(v, v); \
	FMUL(v31, v28, v28); \
	FMLA(v28, v, v29); \
	FMOVQ F29, (4*(row))(DST)

// Without SDOT: products are 16 bits, and the sum of two still is, since
// weights and inputs are within 127. So two columns' products are added up
// before SADALP adds neighbours to sums of 32 bits: of rows 0 and 1 in lo, of
// rows 2 and 3 in hi. V24 and V25 hold x of two groups of four columns; next is
// the distance of these. p and q are for the products.

#define SINGLE(at, wa, p, q, lo, hi) \
	LOADQ(at, 10, wa) \
	SMULL(v24, wa, p) \
	SMULL2(v24, wa, q) \
	SADALP(p, lo) \
	SADALP(q, hi)

// Cores that issue in order would wait for each result, so eight rows take
// each step together.
#define PAIR8(at, next, a, b, c, d) \
	LOADQ(at, 10, v16) \
	LOADQ(at+16, 10, v18) \
	LOADQ(at+next, 10, v17) \
	LOADQ(at+next+16, 10, v19) \
	SMULL(v24, v16, v20) \
	SMULL2(v24, v16, v21) \
	SMULL(v24, v18, v22) \
	SMULL2(v24, v18, v23) \
	SMLAL(v25, v17, v20) \
	SMLAL2(v25, v17, v21) \
	SMLAL(v25, v19, v22) \
	SMLAL2(v25, v19, v23) \
	SADALP(v20, a) \
	SADALP(v21, b) \
	SADALP(v22, c) \
	SADALP(v23, d)

#define SINGLE8(at, a, b, c, d) \
	SINGLE(at, v16, v20, v21, a, b) \
	SINGLE(at+16, v18, v22, v23, c, d)

#define FINISH8(row, a, b, c, d) \
	ADDP(b, a, a) \
	ADDP(d, c, c) \
	FINISH4(row, a); \
	FINISH4(row+4, c)

// LINEAR is the loop over tiles, of which ZERO, PAIRS, SINGLES and FINISH take
// one. rows is their height.
#define LINEAR(rows, ZERO, PAIRS, SINGLES, FINISH) \
	ARGS; \
tile: \
	BEGIN; \
	ZERO; \
	SUBS    $2, K; \
	BLT     rest; \
pair: \
	VLD1R.P 4(XK), [V24.S4]; \
	VLD1R.P 4(XK), [V25.S4]; \
	PAIRS; \
	ADD     $(8*rows), WK; \
	SUBS    $2, K; \
	BGE     pair; \
rest: \
	ADDS    $2, K; \
	BEQ     done; \
	VLD1R   (XK), [V24.S4]; \
	SINGLES; \
done: \
	FINISH; \
	END; \
	BNE     tile; \
	RET

#define ZERO_8 ZERO4(V0, V1, V2, V3)
#define ZERO_16 ZERO_8; ZERO4(V4, V5, V6, V7)
#define ZERO_24 ZERO_16; ZERO4(V8, V9, V10, V11)
#define ZERO_32 ZERO_24; ZERO4(V12, V13, V14, V15)

#define PAIRS_8(rows) PAIR8(0, (4*rows), v0, v1, v2, v3)
#define PAIRS_16(rows) PAIRS_8(rows) PAIR8(32, (4*rows), v4, v5, v6, v7)
#define PAIRS_24(rows) PAIRS_16(rows) PAIR8(64, (4*rows), v8, v9, v10, v11)
#define PAIRS_32(rows) PAIRS_24(rows) PAIR8(96, (4*rows), v12, v13, v14, v15)

#define SINGLES_8 SINGLE8(0, v0, v1, v2, v3)
#define SINGLES_16 SINGLES_8 SINGLE8(32, v4, v5, v6, v7)
#define SINGLES_24 SINGLES_16 SINGLE8(64, v8, v9, v10, v11)
#define SINGLES_32 SINGLES_24 SINGLE8(96, v12, v13, v14, v15)

#define FINISH_8 FINISH8(0, v0, v1, v2, v3)
#define FINISH_16 FINISH_8; FINISH8(8, v4, v5, v6, v7)
#define FINISH_24 FINISH_16; FINISH8(16, v8, v9, v10, v11)
#define FINISH_32 FINISH_24; FINISH8(24, v12, v13, v14, v15)

// func linearInt8x8(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
TEXT ·linearInt8x8(SB), NOSPLIT, $0-88
	LINEAR(8, ZERO_8, PAIRS_8(8), SINGLES_8, FINISH_8)

// func linearInt8x16(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
TEXT ·linearInt8x16(SB), NOSPLIT, $0-88
	LINEAR(16, ZERO_16, PAIRS_16(16), SINGLES_16, FINISH_16)

// func linearInt8x24(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
TEXT ·linearInt8x24(SB), NOSPLIT, $0-88
	LINEAR(24, ZERO_24, PAIRS_24(24), SINGLES_24, FINISH_24)

// func linearInt8x32(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
TEXT ·linearInt8x32(SB), NOSPLIT, $0-88
	LINEAR(32, ZERO_32, PAIRS_32(32), SINGLES_32, FINISH_32)

// With SDOT: a lane of V24 holds x of four columns.

#define DOT8(at, lane, a, b) \
	LOADQ(at, 10, v16) \
	LOADQ(at+16, 10, v17) \
	SDOT_LANE(v24, lane, v16, a) \
	SDOT_LANE(v24, lane, v17, b)

#define DOT8_OTHER(at, lane, a, b) \
	LOADQ(at, 10, v18) \
	LOADQ(at+16, 10, v19) \
	SDOT_LANE(v24, lane, v18, a) \
	SDOT_LANE(v24, lane, v19, b)

#define DOTS_8(rows, lane) DOT8((4*rows*lane), lane, v0, v1)
#define DOTS_16(rows, lane) DOTS_8(rows, lane) DOT8_OTHER((4*rows*lane+32), lane, v2, v3)
#define DOTS_24(rows, lane) DOTS_16(rows, lane) DOT8((4*rows*lane+64), lane, v4, v5)
#define DOTS_32(rows, lane) DOTS_24(rows, lane) DOT8_OTHER((4*rows*lane+96), lane, v6, v7)

#define LINEAR_DOT(rows, DOTS, FINISH) \
	ARGS; \
tile: \
	BEGIN; \
	ZERO4(V0, V1, V2, V3); \
	ZERO4(V4, V5, V6, V7); \
	SUBS    $4, K; \
	BLT     rest; \
four: \
	FMOVQ.P 16(XK), F24; \
	DOTS(rows, 0) \
	DOTS(rows, 1) \
	DOTS(rows, 2) \
	DOTS(rows, 3) \
	ADD     $(16*rows), WK; \
	SUBS    $4, K; \
	BGE     four; \
rest: \
	ADDS    $4, K; \
	BEQ     done; \
one: \
	VLD1R.P 4(XK), [V24.S4]; \
	DOTS(rows, 0) \
	ADD     $(4*rows), WK; \
	SUBS    $1, K; \
	BNE     one; \
done: \
	FINISH; \
	END; \
	BNE     tile; \
	RET

#define FINISH_DOT_8 FINISH4(0, v0); FINISH4(4, v1)
#define FINISH_DOT_16 FINISH_DOT_8; FINISH4(8, v2); FINISH4(12, v3)
#define FINISH_DOT_24 FINISH_DOT_16; FINISH4(16, v4); FINISH4(20, v5)
#define FINISH_DOT_32 FINISH_DOT_24; FINISH4(24, v6); FINISH4(28, v7)

// func dotInt8x8(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
TEXT ·dotInt8x8(SB), NOSPLIT, $0-88
	LINEAR_DOT(8, DOTS_8, FINISH_DOT_8)

// func dotInt8x16(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
TEXT ·dotInt8x16(SB), NOSPLIT, $0-88
	LINEAR_DOT(16, DOTS_16, FINISH_DOT_16)

// func dotInt8x24(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
TEXT ·dotInt8x24(SB), NOSPLIT, $0-88
	LINEAR_DOT(24, DOTS_24, FINISH_DOT_24)

// func dotInt8x32(dst, start *float32, accStep int, w *int8, stride int, scale *float32, scaleStep int, step float32, x *int8, groups, ntiles int)
TEXT ·dotInt8x32(SB), NOSPLIT, $0-88
	LINEAR_DOT(32, DOTS_32, FINISH_DOT_32)

// func quantize(dst *int8, src *float32, n int, inverse float32)
//
// The limits are applied by FMAXNM and FMINNM, which take the number where the
// other operand is NaN.
TEXT ·quantize(SB), NOSPLIT, $0-33
	MOVD  dst+0(FP), R0
	MOVD  src+8(FP), R1
	MOVD  n+16(FP), R2
	FMOVS inverse+24(FP), F31
	VDUP  V31.S[0], V31.S4
	MOVW  $0x42FE0000, R3 // 127
	VDUP  R3, V30.S4
	MOVW  $0xC2FE0000, R3 // -127
	VDUP  R3, V29.S4
	VMOVI $255, V28.B16             // the lanes without a NaN so far

loop:
	VLD1.P 32(R1), [V0.S4, V1.S4]
	FCMEQ(v0, v0, v2)
	FCMEQ(v1, v1, v3)
	VAND   V2.B16, V28.B16, V28.B16
	VAND   V3.B16, V28.B16, V28.B16
	FMUL(v31, v0, v0)
	FMUL(v31, v1, v1)
	FMAXNM(v29, v0, v0)
	FMAXNM(v29, v1, v1)
	FMINNM(v30, v0, v0)
	FMINNM(v30, v1, v1)
	FCVTNS(v0, v0)
	FCVTNS(v1, v1)
	SQXTN_4H(v0, v0)
	SQXTN2_8H(v1, v0)
	SQXTN_8B(v0, v0)
	FMOVD.P F0, 8(R0)
	SUBS   $8, R2
	BNE    loop
	VMOV   V28.D[0], R3
	VMOV   V28.D[1], R4
	AND    R3, R4
	CMN    $1, R4
	CSET   NE, R4
	MOVB   R4, nan+32(FP)
	RET
