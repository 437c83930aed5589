//go:build !purego

#include "textflag.h"
#include "rvv.h"

#define DST X10
#define SRC X11
#define N X12
#define STEP X13

// UNARY replaces the floats of src by a function of each, as many at a time as four
// registers hold, and writes them to dst.
#define UNARY(FUNCTION) \
	MOV  dst_base+0(FP), DST; \
	MOV  dst_len+8(FP), N; \
	MOV  src_base+24(FP), SRC; \
	BEQZ N, done; \
strip: \
	VSETVLI N, E32, M4, TA, MU, STEP; \
	VLE32V  (SRC), V4; \
	FUNCTION; \
	VSE32V  V4, (DST); \
	ADVANCE(STEP, SRC); \
	ADVANCE(STEP, DST); \
	SUB     STEP, N; \
	BNEZ    N, strip; \
done:

// func Tanh(dst, src []float32)
TEXT ·Tanh(SB), NOSPLIT, $0-48
	TANH_CONSTANTS
	UNARY(TANH)
	RET

// func Sigmoid(dst, src []float32)
TEXT ·Sigmoid(SB), NOSPLIT, $0-48
	SIGMOID_CONSTANTS
	UNARY(SIGMOID)
	RET

// func Exp(dst, src []float32)
TEXT ·Exp(SB), NOSPLIT, $0-48
	EXP_CONSTANTS
	UNARY(EXP)
	RET

// RELU puts 0 where x is at most 0, in F0. NaN is not.
#define RELU \
	VMFLEVF   F0, V4, V0; \
	VMERGEVIM $0, V4, V0, V4

// func ReLU(dst, src []float32)
TEXT ·ReLU(SB), NOSPLIT, $0-48
	FMVWX X0, F0
	UNARY(RELU)
	RET

// softmax takes 16 numbers at a time where it sums them. The greatest is in F16, and
// NaN if there is one; the sums are in V24, of which the last numbers may change some.
//
// func Softmax(dst, src []float32)
TEXT ·Softmax(SB), NOSPLIT, $0-48
	MOV  src_base+24(FP), SRC
	MOV  src_len+32(FP), N
	BEQZ N, done
	MOVF (SRC), F16
	MOV  $0, X14

greatest:
	VSETVLI    N, E32, M4, TA, MU, STEP
	VLE32V     (SRC), V4
	VMFNEVV    V4, V4, V0
	VCPOPM     V0, X15
	OR         X15, X14
	VFMVSF     F16, V8
	VFREDMAXVS V8, V4, V8
	VFMVFS     V8, F16
	ADVANCE(STEP, SRC)
	SUB        STEP, N
	BNEZ       N, greatest
	BEQZ       X14, sum
	MOV        $0x7fc00000, X14
	FMVWX      X14, F16

sum:
	EXP_CONSTANTS
	MOV     dst_base+0(FP), DST
	MOV     src_base+24(FP), SRC
	MOV     src_len+32(FP), N
	MOV     $16, X14
	WIDTH(X14, wider)
	VMVVI   $0, V24
	BLT     N, X14, last

by16:
	VLE32V  (SRC), V4
	VFSUBVF F16, V4, V4
	EXP
	VSE32V  V4, (DST)
	VFADDVV V4, V24, V24
	ADD     $64, SRC
	ADD     $64, DST
	ADD     $-16, N
	BGE     N, X14, by16

last:
	BEQZ    N, tree
	VSETVLI N, E32, M4, TU, MU, STEP
	VLE32V  (SRC), V4
	VFSUBVF F16, V4, V4
	EXP
	VSE32V  V4, (DST)
	VFADDVV V4, V24, V24

tree:
	VSETVLI       X14, E32, M4, TA, MU, STEP
	VSLIDEDOWNVI  $8, V24, V8
	VFADDVV       V8, V24, V24
	VSLIDEDOWNVI  $4, V24, V8
	VFADDVV       V8, V24, V24
	VSLIDEDOWNVI  $2, V24, V8
	VFADDVV       V8, V24, V24
	VSLIDEDOWNVI  $1, V24, V8
	VFADDVV       V8, V24, V24
	VFMVFS        V24, F16
	MOV           dst_base+0(FP), DST
	MOV           src_len+32(FP), N

divide:
	VSETVLI N, E32, M4, TA, MU, STEP
	VLE32V  (DST), V4
	VFDIVVF F16, V4, V4
	VSE32V  V4, (DST)
	ADVANCE(STEP, DST)
	SUB     STEP, N
	BNEZ    N, divide

done:
	RET

#define A X14
#define B X15
#define C X16

// ARITHMETIC writes a function of the floats of a and b, in V4 and V8, to dst. It may
// load those of c into V12, and its result is in V4.
#define ARITHMETIC(FUNCTION) \
	BEQZ N, done; \
strip: \
	VSETVLI N, E32, M4, TA, MA, STEP; \
	VLE32V  (A), V4; \
	VLE32V  (B), V8; \
	FUNCTION; \
	VSE32V  V4, (DST); \
	ADVANCE(STEP, A); \
	ADVANCE(STEP, B); \
	ADVANCE(STEP, DST); \
	SUB     STEP, N; \
	BNEZ    N, strip; \
done:

#define LOAD_C \
	VLE32V  (C), V12; \
	ADVANCE(STEP, C)

#define PRODUCT VFMULVV V4, V8, V4

// func Mul(dst, a, b []float32)
TEXT ·Mul(SB), NOSPLIT, $0-72
	MOV dst_base+0(FP), DST
	MOV dst_len+8(FP), N
	MOV a_base+24(FP), A
	MOV b_base+48(FP), B
	ARITHMETIC(PRODUCT)
	RET

#define MUL_ADD \
	LOAD_C; \
	VFMADDVV V12, V8, V4

// func MulAdd(dst, a, b, c []float32)
TEXT ·MulAdd(SB), NOSPLIT, $0-96
	MOV dst_base+0(FP), DST
	MOV dst_len+8(FP), N
	MOV a_base+24(FP), A
	MOV b_base+48(FP), B
	MOV c_base+72(FP), C
	ARITHMETIC(MUL_ADD)
	RET

// BLEND makes z*(hprev-n)+n of z, hprev and n.
#define BLEND \
	LOAD_C; \
	VFSUBVV  V12, V8, V8; \
	VFMADDVV V12, V8, V4

// func Blend(h, z, hprev, n []float32)
TEXT ·Blend(SB), NOSPLIT, $0-96
	MOV h_base+0(FP), DST
	MOV h_len+8(FP), N
	MOV z_base+24(FP), A
	MOV hprev_base+48(FP), B
	MOV n_base+72(FP), C
	ARITHMETIC(BLEND)
	RET
