//go:build !purego

#include "textflag.h"
#include "rvv.h"

// The product of a tile of int8 weights with a quantized vector. The four weights of a
// row's group of columns are a number of 32 bits, which is narrowed twice, so that V24,
// V26, V28 and V30 hold a column each. Products are 16 bits, and the sum of two still
// is, since weights and inputs are within 127. The sums of rows are in V0, 32 bits each.

#define DST X5
#define START X6
#define W X7
#define ROWS X8
#define SCALE X9
#define XK X10
#define GROUPS X11
#define WSTEP X12

// PRODUCT takes all groups of columns. The groups of registers for elements of 16 and 8
// bits are a half and a quarter of those for 32.
#define PRODUCT(m32, m16, m8, group, end) \
	VMVVI $0, V0; \
	BEQZ GROUPS, end; \
	VSETVLI ROWS, E16, m16, TA, MA, X30; \
group: \
	VLE32V   (W), V8; \
	MOVB     0(XK), X13; \
	MOVB     1(XK), X14; \
	MOVB     2(XK), X15; \
	MOVB     3(XK), X16; \
	VNSRLWI  $0, V8, V16; \
	VNSRLWI  $16, V8, V20; \
	VSETVLI  ROWS, E8, m8, TA, MA, X30; \
	VNSRLWI  $0, V16, V24; \
	VNSRLWI  $8, V16, V26; \
	VNSRLWI  $0, V20, V28; \
	VNSRLWI  $8, V20, V30; \
	VWMULVX  X13, V24, V8; \
	VWMULVX  X15, V28, V12; \
	VWMACCVX V26, X14, V8; \
	VWMACCVX V30, X16, V12; \
	VSETVLI  ROWS, E16, m16, TA, MA, X30; \
	ADD      WSTEP, W; \
	ADD      $4, XK; \
	VWADDWV  V8, V0, V0; \
	VWADDWV  V12, V0, V0; \
	ADD      $-1, GROUPS; \
	BNEZ     GROUPS, group; \
end: \
	VSETVLI  ROWS, E32, m32, TA, MA, X30; \
	VLE32V   (SCALE), V8; \
	VLE32V   (START), V16; \
	VFCVTFXV V0, V0; \
	VFMULVF  F0, V8, V8; \
	VFMACCVV V0, V8, V16; \
	VSE32V   V16, (DST)

// func linearInt8(dst, start *float32, w *int8, rows int, scale *float32, step float32, x *int8, groups int)
TEXT ·linearInt8(SB), NOSPLIT, $0-64
	MOV  dst+0(FP), DST
	MOV  start+8(FP), START
	MOV  w+16(FP), W
	MOV  rows+24(FP), ROWS
	MOV  scale+32(FP), SCALE
	MOVF step+40(FP), F0
	MOV  x+48(FP), XK
	MOV  groups+56(FP), GROUPS
	SLL  $2, ROWS, WSTEP
	VSETVLI ROWS, E32, M4, TA, MA, X30
	BEQ  X30, ROWS, short
	VSETVLI ROWS, E32, M8, TA, MA, X30
	PRODUCT(M8, M4, M2, group8, end8)
	RET

short:
	PRODUCT(M4, M2, M1, group4, end4)
	RET

// quantize gives -127 for NaN.
//
// func Quantize(dst []int8, src []float32, inverse float32) (nan bool)
TEXT ·Quantize(SB), NOSPLIT, $0-57
	MOV   dst_base+0(FP), DST
	MOV   src_base+24(FP), W
	MOV   src_len+32(FP), ROWS
	MOVF  inverse+48(FP), F0
	MOV   $0xc2fe0000, X9 // -127
	FMVWX X9, F1
	MOV   $0x42fe0000, X9 // 127
	FMVWX X9, F2
	MOV   $0, X9
	BEQZ  ROWS, end

strip:
	VSETVLI   ROWS, E32, M4, TA, MA, X10
	VLE32V    (W), V8
	VMFNEVV   V8, V8, V0
	VFMULVF   F0, V8, V8
	VCPOPM    V0, X11
	VFMAXVF   F1, V8, V8
	VFMINVF   F2, V8, V8
	OR        X11, X9
	VSETVLI   ROWS, E16, M2, TA, MA, X10
	VFNCVTXFW V8, V16
	VSETVLI   ROWS, E8, M1, TA, MA, X10
	VNSRLWI   $0, V16, V20
	VSE8V     V20, (DST)
	ADD       X10, DST
	SUB       X10, ROWS
	ADVANCE(X10, W)
	BNEZ      ROWS, strip

end:
	SNEZ X9, X9
	MOVB X9, nan+56(FP)
	RET
