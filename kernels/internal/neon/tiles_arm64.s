//go:build !purego

#include "textflag.h"
#include "neon.h"

// The products of tiles with a vector. The widest two go over two tiles at a
// time, so that there are chains enough to hide the latency of an FMLA. One
// load brings four of x, and FMLA takes one of them by its lane.
//
// Cores that issue in order would wait for a weight that is loaded just before
// its use. So weights take turns in two halves of the registers V16 to V23: the
// products with one half are interleaved with the loads of the other.

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

// FIRST4 loads 16 weights at w into V16 to V19. LOW4 multiplies those while it
// loads the next into V20 to V23, and HIGH4 the other way round; LAST4 is HIGH4
// without the loads. a to d are the sums.
#define FIRST4(w) \
	FMOVQ (w), F16; \
	FMOVQ 16(w), F17; \
	FMOVQ 32(w), F18; \
	FMOVQ 48(w), F19

#define LOW4(w, at, lane, a, b, c, d) \
	FMOVQ (at)(w), F20; \
	MAC(v16, lane, a); \
	FMOVQ (at+16)(w), F21; \
	MAC(v17, lane, b); \
	FMOVQ (at+32)(w), F22; \
	MAC(v18, lane, c); \
	FMOVQ (at+48)(w), F23; \
	MAC(v19, lane, d)

#define HIGH4(w, at, lane, a, b, c, d) \
	FMOVQ (at)(w), F16; \
	MAC(v20, lane, a); \
	FMOVQ (at+16)(w), F17; \
	MAC(v21, lane, b); \
	FMOVQ (at+32)(w), F18; \
	MAC(v22, lane, c); \
	FMOVQ (at+48)(w), F19; \
	MAC(v23, lane, d)

#define LAST4(lane, a, b, c, d) \
	MAC(v20, lane, a); \
	MAC(v21, lane, b); \
	MAC(v22, lane, c); \
	MAC(v23, lane, d)

// COLUMN32 takes the column of 32 rows at w, of which the first half is loaded,
// and loads the first half of the column at next. LAST32 takes the last column.
#define COLUMN32(w, at, next, nextAt, lane, a, b, c, d, e, f, g, h) \
	LOW4(w, at+64, lane, a, b, c, d); \
	HIGH4(next, nextAt, lane, e, f, g, h)

#define LAST32(w, at, lane, a, b, c, d, e, f, g, h) \
	LOW4(w, at+64, lane, a, b, c, d); \
	LAST4(lane, e, f, g, h)

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
	FIRST4(W0)
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
	FIRST4(W0)
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
	FIRST4(W)
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
	FIRST4(W)
	LAST32(W, 0, 0, v0, v1, v2, v3, v4, v5, v6, v7)
	ADD     $128, W
	SUBS    $1, DEPTH
	BNE     oneBy1

oneDone:
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(ACC)
	VST1   [V4.S4, V5.S4, V6.S4, V7.S4], (ACC)

done:
	RET

// The same for columns of 24 rows, of which a half is three vectors.

#define FIRST3(w) \
	FMOVQ (w), F16; \
	FMOVQ 16(w), F17; \
	FMOVQ 32(w), F18

#define LOW3(w, at, lane, a, b, c) \
	FMOVQ (at)(w), F20; \
	MAC(v16, lane, a); \
	FMOVQ (at+16)(w), F21; \
	MAC(v17, lane, b); \
	FMOVQ (at+32)(w), F22; \
	MAC(v18, lane, c)

#define HIGH3(w, at, lane, a, b, c) \
	FMOVQ (at)(w), F16; \
	MAC(v20, lane, a); \
	FMOVQ (at+16)(w), F17; \
	MAC(v21, lane, b); \
	FMOVQ (at+32)(w), F18; \
	MAC(v22, lane, c)

#define LAST3(lane, a, b, c) \
	MAC(v20, lane, a); \
	MAC(v21, lane, b); \
	MAC(v22, lane, c)

#define COLUMN24(w, at, next, nextAt, lane, a, b, c, d, e, f) \
	LOW3(w, at+48, lane, a, b, c); \
	HIGH3(next, nextAt, lane, d, e, f)

#define LAST24(w, at, lane, a, b, c, d, e, f) \
	LOW3(w, at+48, lane, a, b, c); \
	LAST3(lane, d, e, f)

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
	FIRST3(W0)
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
	FIRST3(W0)
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
	FIRST3(W)
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
	FIRST3(W)
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

// A matrix has at most one tile of 8 or 16 rows, which is too narrow to keep
// the pipelines busy.

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
	FIRST4(W0)
	LOW4(W0, 64, 0, v0, v1, v2, v3)
	HIGH4(W0, 128, 1, v0, v1, v2, v3)
	LOW4(W0, 192, 2, v0, v1, v2, v3)
	LAST4(3, v0, v1, v2, v3)
	ADD     $256, W0
	SUBS    $4, K
	BGE     by4

rest:
	ADDS $4, K
	BEQ  done

by1:
	FMOVS.P 4(XK), F24
	FIRST4(W0)
	MAC(v16, 0, v0)
	MAC(v17, 0, v1)
	MAC(v18, 0, v2)
	MAC(v19, 0, v3)
	ADD     $64, W0
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
	FIRST4(W0)
	FMOVQ   64(W0), F20
	FMOVQ   80(W0), F21
	MAC(v16, 0, v0)
	MAC(v17, 0, v1)
	FMOVQ   96(W0), F22
	FMOVQ   112(W0), F23
	MAC(v18, 1, v0)
	MAC(v19, 1, v1)
	MAC(v20, 2, v0)
	MAC(v21, 2, v1)
	MAC(v22, 3, v0)
	MAC(v23, 3, v1)
	ADD     $128, W0
	SUBS    $4, K
	BGE     by4

rest:
	ADDS $4, K
	BEQ  done

by1:
	FMOVS.P 4(XK), F24
	FMOVQ   (W0), F16
	FMOVQ   16(W0), F17
	MAC(v16, 0, v0)
	MAC(v17, 0, v1)
	ADD     $32, W0
	SUBS    $1, K
	BNE     by1

done:
	VST1 [V0.S4, V1.S4], (ACC)
	ADD  $128, ACC
	ADD  STRIDE, W
	SUBS $1, NTILES
	BNE  tile
	RET
