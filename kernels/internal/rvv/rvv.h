// What the kernels have in common: how many registers make a group, and the steps of
// tanh, sigmoid and exp.

// A vector type of 32-bit elements and groups of one register; each 1 more doubles the
// group. Elements beyond the length may get any value, and those that a mask leaves
// out stay.
#define E32_M1 0x50

// WIDTH sets the length to n, at most 32, with the smallest groups that hold n
// elements of 32 bits. X29 and X30 are changed.
#define WIDTH(n, again) \
	MOV    $E32_M1, X29; \
again: \
	VSETVL X29, n, X30; \
	ADD    $1, X29; \
	BNE    X30, n, again

// ADVANCE moves p on by n floats.
#define ADVANCE(n, p) \
	SLL $2, n, X30; \
	ADD X30, p

// tanh and sigmoid are ab/(a*a+b*b), but for a factor of 2 and a constant, as in
// kernels/internal/generic/activation.go. Each function below takes x in V4 and leaves
// its value there. V0 holds a mask, and V8, V12, V16 and V20 what is between.

// CLAMP limits x from low to high. NaN stays NaN.
#define CLAMP(low, high) \
	VMFEQVV V4, V4, V0; \
	VFMAXVF low, V4, V0, V4; \
	VFMINVF high, V4, V0, V4

// HORNER turns p into fma(p, x, c).
#define HORNER(x, c, t, p) \
	VFMVVF   c, t; \
	VFMADDVV t, x, p

// SIGMOIDAL makes a of x, b in V16 and the divisor in V8.
#define SIGMOIDAL(low, high, p1, p2, q1, q2, q3, b0) \
	CLAMP(low, high); \
	VFMULVV  V4, V4, V8; \
	VFMVVF   p1, V12; \
	VFMACCVF V8, p2, V12; \
	VFMVVF   q2, V16; \
	VFMACCVF V8, q3, V16; \
	HORNER(V8, q1, V20, V16); \
	HORNER(V8, b0, V20, V16); \
	VFMULVV  V4, V8, V8; \
	VFMACCVV V12, V8, V4; \
	VFMULVV  V16, V16, V8; \
	VFMACCVV V4, V4, V8

#define TANH \
	SIGMOIDAL(F0, F1, F2, F3, F4, F5, F6, F7); \
	VFADDVV V16, V16, V16; \
	VFMULVV V4, V16, V16; \
	VFDIVVV V8, V16, V4

#define SIGMOID \
	SIGMOIDAL(F8, F9, F10, F11, F12, F13, F14, F15); \
	VFMULVV V4, V16, V16; \
	VFDIVVV V8, V16, V4; \
	VFADDVF F16, V4, V4

// The constants of tanh are in F0 to F7, and those of sigmoid in F8 to F16. X30 is
// changed.
#define TANH_CONSTANTS \
	MOV  $·tanhTable(SB), X30; \
	MOVF 0(X30), F0; \
	MOVF 4(X30), F1; \
	MOVF 8(X30), F2; \
	MOVF 12(X30), F3; \
	MOVF 16(X30), F4; \
	MOVF 20(X30), F5; \
	MOVF 24(X30), F6; \
	MOVF 28(X30), F7

#define SIGMOID_CONSTANTS \
	MOV  $·sigmoidTable(SB), X30; \
	MOVF 0(X30), F8; \
	MOVF 4(X30), F9; \
	MOVF 8(X30), F10; \
	MOVF 12(X30), F11; \
	MOVF 16(X30), F12; \
	MOVF 20(X30), F13; \
	MOVF 24(X30), F14; \
	MOVF 28(X30), F15; \
	MOVF 32(X30), F16

// EXP leaves the sum with the shift in V8 and the polynomial in V16, before the two
// powers of two.
#define EXP \
	CLAMP(F0, F1); \
	VFMVVF   F3, V8; \
	VFMACCVF V4, F2, V8; \
	VFSUBVF  F3, V8, V12; \
	VFMACCVF V12, F4, V4; \
	VFMACCVF V12, F5, V4; \
	VFMVVF   F7, V16; \
	VFMACCVF V4, F6, V16; \
	HORNER(V4, F8, V12, V16); \
	HORNER(V4, F9, V12, V16); \
	HORNER(V4, F10, V12, V16); \
	HORNER(V4, F11, V12, V16); \
	HORNER(V4, F11, V12, V16); \
	VSRLVI   $1, V8, V12; \
	VSUBVV   V12, V8, V8; \
	VSLLVI   $23, V12, V12; \
	VSLLVI   $23, V8, V8; \
	VFMULVV  V12, V16, V16; \
	VFMULVV  V8, V16, V4

// The constants of exp: the limits, log2e, the shift, -ln2hi, -ln2lo, E6 to E2, and 1.
#define EXP_CONSTANTS \
	MOV  $·expTable(SB), X30; \
	MOVF 0(X30), F0; \
	MOVF 4(X30), F1; \
	MOVF 8(X30), F2; \
	MOVF 12(X30), F3; \
	MOVF 16(X30), F4; \
	MOVF 20(X30), F5; \
	MOVF 24(X30), F6; \
	MOVF 28(X30), F7; \
	MOVF 32(X30), F8; \
	MOVF 36(X30), F9; \
	MOVF 40(X30), F10; \
	MOVF 44(X30), F11

// WIDEN makes floats in V16 of the binary16 numbers at p. A number's exponent and
// significand, where those of a float32 are, are 2**-112 times its value. Where that
// reaches 2**16, all bits of the exponent were set, and all are set in the float32.
// V0 and V24 are changed; X28, X29, F30 and F31 are constants.
#define WIDEN(p) \
	VLE16V   (p), V20; \
	VSEXTVF2 V20, V16; \
	VSLLVI   $13, V16, V16; \
	VANDVX   X28, V16, V16; \
	VFMULVF  F30, V16, V16; \
	VFABSV   V16, V24; \
	VMFGEVF  F31, V24, V0; \
	VORVX    X29, V16, V0, V16

#define WIDEN_CONSTANTS \
	MOV   $0x77800000, X28; \
	FMVWX X28, F30; \
	MOV   $0x47800000, X28; \
	FMVWX X28, F31; \
	MOV   $0x8fffe000, X28; \
	MOV   $0x7f800000, X29
