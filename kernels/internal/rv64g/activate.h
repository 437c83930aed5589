// tanh and sigmoid are ab/(a*a+b*b), but for a factor of 2 and a constant, as in
// kernels/internal/generic/activation.go. A step is a macro of four registers: x, u, t
// and b. EACH1 takes one number through a step, and EACH4 four, so that their chains
// stand side by side.

#define EACH1(STEP) STEP(F0, F4, F8, F12)
#define EACH4(STEP) \
	STEP(F0, F4, F8, F12); \
	STEP(F1, F5, F9, F13); \
	STEP(F2, F6, F10, F14); \
	STEP(F3, F7, F11, F15)

#define LOW F16
#define HIGH F17
#define P1 F18
#define P2 F19
#define Q1 F20
#define Q2 F21
#define Q3 F22
#define B0 F23
#define HALF F24

// CLAMP limits x from LOW to HIGH. NaN stays NaN. X5 is changed.
#define CLAMP(x, u, t, b) \
	FMAXS LOW, x, t; \
	FEQS  x, x, X5; \
	FMINS HIGH, t, t; \
	BEQZ  X5, 2(PC); \
	MOVF  t, x

#define SQUARE(x, u, t, b) FMULS x, x, u
#define P_2(x, u, t, b) FMADDS P2, u, P1, t
#define Q_3(x, u, t, b) FMADDS Q3, u, Q2, b
#define Q_2(x, u, t, b) FMADDS b, u, Q1, b
#define Q_1(x, u, t, b) FMADDS b, u, B0, b
#define CUBE(x, u, t, b) FMULS x, u, u
#define P_1(x, u, t, b) FMADDS u, t, x, x
#define B_SQUARE(x, u, t, b) FMULS b, b, u
#define DIVISOR(x, u, t, b) FMADDS x, x, u, u
#define TWICE(x, u, t, b) FADDS b, b, b
#define DIVIDEND(x, u, t, b) FMULS b, x, b
#define QUOTIENT(x, u, t, b) FDIVS u, b, x
#define PLUS_HALF(x, u, t, b) FADDS HALF, x, x

// SIGMOIDAL turns x into a, and computes b and, in u, the divisor.
#define SIGMOIDAL(EACH) \
	EACH(CLAMP); \
	EACH(SQUARE); \
	EACH(P_2); \
	EACH(Q_3); \
	EACH(Q_2); \
	EACH(Q_1); \
	EACH(CUBE); \
	EACH(P_1); \
	EACH(B_SQUARE); \
	EACH(DIVISOR)

// TANH and SIGMOID turn the numbers x into functions of them.
#define TANH(EACH) \
	SIGMOIDAL(EACH); \
	EACH(TWICE); \
	EACH(DIVIDEND); \
	EACH(QUOTIENT)

#define SIGMOID(EACH) \
	SIGMOIDAL(EACH); \
	EACH(DIVIDEND); \
	EACH(QUOTIENT); \
	EACH(PLUS_HALF)

// The constants of one or the other. X5 is changed.
#define TANH_CONSTANTS \
	MOV $·tanhTable(SB), X5; \
	SIGMOIDAL_CONSTANTS

#define SIGMOID_CONSTANTS \
	MOV $·sigmoidTable(SB), X5; \
	SIGMOIDAL_CONSTANTS

#define SIGMOIDAL_CONSTANTS \
	MOVF 0(X5), LOW; \
	MOVF 4(X5), HIGH; \
	MOVF 8(X5), P1; \
	MOVF 12(X5), P2; \
	MOVF 16(X5), Q1; \
	MOVF 20(X5), Q2; \
	MOVF 24(X5), Q3; \
	MOVF 28(X5), B0; \
	MOVF 32(X5), HALF

#define LOAD1(p) MOVF (p), F0
#define LOAD4(p) LOAD4_TO(p, F0, F1, F2, F3)
#define LOAD4_TO(p, a, b, c, d) \
	MOVF 0(p), a; \
	MOVF 4(p), b; \
	MOVF 8(p), c; \
	MOVF 12(p), d

#define STORE1(p) MOVF F0, (p)
#define STORE4(p) \
	MOVF F0, 0(p); \
	MOVF F1, 4(p); \
	MOVF F2, 8(p); \
	MOVF F3, 12(p)
