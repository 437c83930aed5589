//go:build !purego

#include "textflag.h"
#include "neon.h"

// The products of tiles with a vector. The widest two go over two tiles at a
// time, so that there are chains enough to hide the latency of an FMLA. One
// load brings four of x, and FMLA takes one of them by its lane.
//
// Cores that issue in order would wait for a weight that is loaded just before
// its use. So half the weights of a column are loaded while the other half is
// in use: MACs of the first half load the second, and those of the second the
// first half of the next column.

#define ACC R0
#define W R1
#define STRIDE R2
#define X R3
#define DEPTH R4
#define NTILES R5

// The cursors of a pass.
#define W0 R6
#define W1 R7
#define XK R8
#define K R9

// ARGS loads the arguments of TEXT, with the stride in bytes.
#define ARGS \
	MOVD acc+0(FP), ACC; \
	MOVD w+8(FP), W; \
	MOVD stride+16(FP), STRIDE; \
	MOVD x+24(FP), X; \
	MOVD depth+32(FP), DEPTH; \
	MOVD ntiles+40(FP), NTILES; \
	LSL  $2, STRIDE

// MAC adds a lane of V24 times w to acc.
#define MAC(w, lane, acc) FMLA_LANE(v24, lane, w, acc)

// FIRST32 loads the first half of the column at w, of 32 rows. COLUMN32 takes
// the column at w, and loads the first half of the one at next, which LAST32
// does not. a to h are the sums.
#define FIRST32(w) \
	FMOVQ (w), F16; \
	FMOVQ 16(w), F17; \
	FMOVQ 32(w), F18; \
	FMOVQ 48(w), F19

#define HALF32(w, at, lane, a, b, c, d) \
	FMOVQ (at+64)(w), F20; \
	MAC(v16, lane, a); \
	FMOVQ (at+80)(w), F21; \
	MAC(v17, lane, b); \
	FMOVQ (at+96)(w), F22; \
	MAC(v18, lane, c); \
	FMOVQ (at+112)(w), F23; \
	MAC(v19, lane, d)

#define COLUMN32(w, at, next, nextAt, lane, a, b, c, d, e, f, g, h) \
	HALF32(w, at, lane, a, b, c, d); \
	FMOVQ (nextAt)(next), F16; \
	MAC(v20, lane, e); \
	FMOVQ (nextAt+16)(next), F17; \
	MAC(v21, lane, f); \
	FMOVQ (nextAt+32)(next), F18; \
	MAC(v22, lane, g); \
	FMOVQ (nextAt+48)(next), F19; \
	MAC(v23, lane, h)

#define LAST32(w, at, lane, a, b, c, d, e, f, g, h) \
	HALF32(w, at, lane, a, b, c, d); \
	MAC(v20, lane, e); \
	MAC(v21, lane, f); \
	MAC(v22, lane, g); \
	MAC(v23, lane, h)

// func tiles32(acc, w *float32, stride int, x *float32, depth, ntiles int)
TEXT ·tiles32(SB), NOSPLIT, $0-48
	ARGS
	SUBS $2, NTILES
	BLT  last

two:
	MOVD   W, W0
	ADD    W, STRIDE, W1
	MOVD   X, XK
	VLD1.P 64(ACC), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P 64(ACC), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1.P 64(ACC), [V8.S4, V9.S4, V10.S4, V11.S4]
	VLD1   (ACC), [V12.S4, V13.S4, V14.S4, V15.S4]
	SUB    $192, ACC
	SUBS   $4, DEPTH, K
	BLT    twoRest

twoBy4:
	FMOVQ.P 16(XK), F24
	FIRST32(W0)
	COLUMN32(W0, 0, W1, 0, 0, v0, v1, v2, v3, v4, v5, v6, v7)
	COLUMN32(W1, 0, W0, 128, 0, v8, v9, v10, v11, v12, v13, v14, v15)
	COLUMN32(W0, 128, W1, 128, 1, v0, v1, v2, v3, v4, v5, v6, v7)
	COLUMN32(W1, 128, W0, 256, 1, v8, v9, v10, v11, v12, v13, v14, v15)
	COLUMN32(W0, 256, W1, 256, 2, v0, v1, v2, v3, v4, v5, v6, v7)
	COLUMN32(W1, 256, W0, 384, 2, v8, v9, v10, v11, v12, v13, v14, v15)
	COLUMN32(W0, 384, W1, 384, 3, v0, v1, v2, v3, v4, v5, v6, v7)
	LAST32(W1, 384, 3, v8, v9, v10, v11, v12, v13, v14, v15)
	ADD     $512, W0
	ADD     $512, W1
	SUBS    $4, K
	BGE     twoBy4

twoRest:
	ADDS $4, K
	BEQ  twoDone

twoBy1:
	FMOVS.P 4(XK), F24
	FIRST32(W0)
	COLUMN32(W0, 0, W1, 0, 0, v0, v1, v2, v3, v4, v5, v6, v7)
	LAST32(W1, 0, 0, v8, v9, v10, v11, v12, v13, v14, v15)
	ADD     $128, W0
	ADD     $128, W1
	SUBS    $1, K
	BNE     twoBy1

twoDone:
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(ACC)
	VST1.P [V4.S4, V5.S4, V6.S4, V7.S4], 64(ACC)
	VST1.P [V8.S4, V9.S4, V10.S4, V11.S4], 64(ACC)
	VST1.P [V12.S4, V13.S4, V14.S4, V15.S4], 64(ACC)
	ADD    STRIDE<<1, W
	SUBS   $2, NTILES
	BGE    two

last:
	ADDS   $2, NTILES
	BEQ    done
	VLD1.P 64(ACC), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1   (ACC), [V4.S4, V5.S4, V6.S4, V7.S4]
	SUB    $64, ACC
	SUBS   $4, DEPTH
	BLT    oneRest

oneBy4:
	FMOVQ.P 16(X), F24
	FIRST32(W)
	COLUMN32(W, 0, W, 128, 0, v0, v1, v2, v3, v4, v5, v6, v7)
	COLUMN32(W, 128, W, 256, 1, v0, v1, v2, v3, v4, v5, v6, v7)
	COLUMN32(W, 256, W, 384, 2, v0, v1, v2, v3, v4, v5, v6, v7)
	LAST32(W, 384, 3, v0, v1, v2, v3, v4, v5, v6, v7)
	ADD     $512, W
	SUBS    $4, DEPTH
	BGE     oneBy4

oneRest:
	ADDS $4, DEPTH
	BEQ  oneDone

oneBy1:
	FMOVS.P 4(X), F24
	FIRST32(W)
	LAST32(W, 0, 0, v0, v1, v2, v3, v4, v5, v6, v7)
	ADD     $128, W
	SUBS    $1, DEPTH
	BNE     oneBy1

oneDone:
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(ACC)
	VST1   [V4.S4, V5.S4, V6.S4, V7.S4], (ACC)

done:
	RET

// FIRST24, COLUMN24 and LAST24 are the same for columns of 24 rows.
#define FIRST24(w) \
	FMOVQ (w), F16; \
	FMOVQ 16(w), F17; \
	FMOVQ 32(w), F18

#define HALF24(w, at, lane, a, b, c) \
	FMOVQ (at+48)(w), F19; \
	MAC(v16, lane, a); \
	FMOVQ (at+64)(w), F20; \
	MAC(v17, lane, b); \
	FMOVQ (at+80)(w), F21; \
	MAC(v18, lane, c)

#define COLUMN24(w, at, next, nextAt, lane, a, b, c, d, e, f) \
	HALF24(w, at, lane, a, b, c); \
	FMOVQ (nextAt)(next), F16; \
	MAC(v19, lane, d); \
	FMOVQ (nextAt+16)(next), F17; \
	MAC(v20, lane, e); \
	FMOVQ (nextAt+32)(next), F18; \
	MAC(v21, lane, f)

#define LAST24(w, at, lane, a, b, c, d, e, f) \
	HALF24(w, at, lane, a, b, c); \
	MAC(v19, lane, d); \
	MAC(v20, lane, e); \
	MAC(v21, lane, f)

// func tiles24(acc, w *float32, stride int, x *float32, depth, ntiles int)
TEXT ·tiles24(SB), NOSPLIT, $0-48
	ARGS
	SUBS $2, NTILES
	BLT  last

two:
	MOVD  W, W0
	ADD   W, STRIDE, W1
	MOVD  X, XK
	FLDPQ (ACC), (F0, F1)
	FLDPQ 32(ACC), (F2, F3)
	FLDPQ 64(ACC), (F4, F5)
	FLDPQ 128(ACC), (F6, F7)
	FLDPQ 160(ACC), (F8, F9)
	FLDPQ 192(ACC), (F10, F11)
	SUBS  $4, DEPTH, K
	BLT   twoRest

twoBy4:
	FMOVQ.P 16(XK), F24
	FIRST24(W0)
	COLUMN24(W0, 0, W1, 0, 0, v0, v1, v2, v3, v4, v5)
	COLUMN24(W1, 0, W0, 96, 0, v6, v7, v8, v9, v10, v11)
	COLUMN24(W0, 96, W1, 96, 1, v0, v1, v2, v3, v4, v5)
	COLUMN24(W1, 96, W0, 192, 1, v6, v7, v8, v9, v10, v11)
	COLUMN24(W0, 192, W1, 192, 2, v0, v1, v2, v3, v4, v5)
	COLUMN24(W1, 192, W0, 288, 2, v6, v7, v8, v9, v10, v11)
	COLUMN24(W0, 288, W1, 288, 3, v0, v1, v2, v3, v4, v5)
	LAST24(W1, 288, 3, v6, v7, v8, v9, v10, v11)
	ADD     $384, W0
	ADD     $384, W1
	SUBS    $4, K
	BGE     twoBy4

twoRest:
	ADDS $4, K
	BEQ  twoDone

twoBy1:
	FMOVS.P 4(XK), F24
	FIRST24(W0)
	COLUMN24(W0, 0, W1, 0, 0, v0, v1, v2, v3, v4, v5)
	LAST24(W1, 0, 0, v6, v7, v8, v9, v10, v11)
	ADD     $96, W0
	ADD     $96, W1
	SUBS    $1, K
	BNE     twoBy1

twoDone:
	FSTPQ (F0, F1), (ACC)
	FSTPQ (F2, F3), 32(ACC)
	FSTPQ (F4, F5), 64(ACC)
	FSTPQ (F6, F7), 128(ACC)
	FSTPQ (F8, F9), 160(ACC)
	FSTPQ (F10, F11), 192(ACC)
	ADD   $256, ACC
	ADD   STRIDE<<1, W
	SUBS  $2, NTILES
	BGE   two

last:
	ADDS  $2, NTILES
	BEQ   done
	FLDPQ (ACC), (F0, F1)
	FLDPQ 32(ACC), (F2, F3)
	FLDPQ 64(ACC), (F4, F5)
	SUBS  $4, DEPTH
	BLT   oneRest

oneBy4:
	FMOVQ.P 16(X), F24
	FIRST24(W)
	COLUMN24(W, 0, W, 96, 0, v0, v1, v2, v3, v4, v5)
	COLUMN24(W, 96, W, 192, 1, v0, v1, v2, v3, v4, v5)
	COLUMN24(W, 192, W, 288, 2, v0, v1, v2, v3, v4, v5)
	LAST24(W, 288, 3, v0, v1, v2, v3, v4, v5)
	ADD     $384, W
	SUBS    $4, DEPTH
	BGE     oneBy4

oneRest:
	ADDS $4, DEPTH
	BEQ  oneDone

oneBy1:
	FMOVS.P 4(X), F24
	FIRST24(W)
	LAST24(W, 0, 0, v0, v1, v2, v3, v4, v5)
	ADD     $96, W
	SUBS    $1, DEPTH
	BNE     oneBy1

oneDone:
	FSTPQ (F0, F1), (ACC)
	FSTPQ (F2, F3), 32(ACC)
	FSTPQ (F4, F5), 64(ACC)

done:
	RET

// A matrix has at most one tile of 8 or 16 rows. It has too few chains to keep
// the pipelines busy, whatever the order.

// func tiles16(acc, w *float32, stride int, x *float32, depth, ntiles int)
TEXT ·tiles16(SB), NOSPLIT, $0-48
	ARGS

tile:
	MOVD W, W0
	MOVD X, XK
	VLD1 (ACC), [V0.S4, V1.S4, V2.S4, V3.S4]
	SUBS $4, DEPTH, K
	BLT  rest

by4:
	FMOVQ.P 16(XK), F24
	VLD1.P  64(W0), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1.P  64(W0), [V8.S4, V9.S4, V10.S4, V11.S4]
	MAC(v4, 0, v0)
	MAC(v5, 0, v1)
	MAC(v6, 0, v2)
	MAC(v7, 0, v3)
	VLD1.P  64(W0), [V16.S4, V17.S4, V18.S4, V19.S4]
	MAC(v8, 1, v0)
	MAC(v9, 1, v1)
	MAC(v10, 1, v2)
	MAC(v11, 1, v3)
	VLD1.P  64(W0), [V20.S4, V21.S4, V22.S4, V23.S4]
	MAC(v16, 2, v0)
	MAC(v17, 2, v1)
	MAC(v18, 2, v2)
	MAC(v19, 2, v3)
	MAC(v20, 3, v0)
	MAC(v21, 3, v1)
	MAC(v22, 3, v2)
	MAC(v23, 3, v3)
	SUBS    $4, K
	BGE     by4

rest:
	ADDS $4, K
	BEQ  done

by1:
	FMOVS.P 4(XK), F24
	VLD1.P  64(W0), [V4.S4, V5.S4, V6.S4, V7.S4]
	MAC(v4, 0, v0)
	MAC(v5, 0, v1)
	MAC(v6, 0, v2)
	MAC(v7, 0, v3)
	SUBS    $1, K
	BNE     by1

done:
	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (ACC)
	ADD  $128, ACC
	ADD  STRIDE, W
	SUBS $1, NTILES
	BNE  tile
	RET

// func tiles8(acc, w *float32, stride int, x *float32, depth, ntiles int)
TEXT ·tiles8(SB), NOSPLIT, $0-48
	ARGS

tile:
	MOVD W, W0
	MOVD X, XK
	VLD1 (ACC), [V0.S4, V1.S4]
	SUBS $4, DEPTH, K
	BLT  rest

by4:
	FMOVQ.P 16(XK), F24
	VLD1.P  64(W0), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1.P  64(W0), [V8.S4, V9.S4, V10.S4, V11.S4]
	MAC(v4, 0, v0)
	MAC(v5, 0, v1)
	MAC(v6, 1, v0)
	MAC(v7, 1, v1)
	MAC(v8, 2, v0)
	MAC(v9, 2, v1)
	MAC(v10, 3, v0)
	MAC(v11, 3, v1)
	SUBS    $4, K
	BGE     by4

rest:
	ADDS $4, K
	BEQ  done

by1:
	FMOVS.P 4(XK), F24
	VLD1.P  32(W0), [V4.S4, V5.S4]
	MAC(v4, 0, v0)
	MAC(v5, 0, v1)
	SUBS    $1, K
	BNE     by1

done:
	VST1 [V0.S4, V1.S4], (ACC)
	ADD  $128, ACC
	ADD  STRIDE, W
	SUBS $1, NTILES
	BNE  tile
	RET
