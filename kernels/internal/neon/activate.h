// The results of a linear product: the sums in V0 to V7, or tanh or ReLU of them.
// ROWS of them count: 8, 16, 24 or 32.

#define RELU_V0_V7 \
	VEOR V8.B16, V8.B16, V8.B16; \
	FMAX(v8, v0, v0); \
	FMAX(v8, v1, v1); \
	FMAX(v8, v2, v2); \
	FMAX(v8, v3, v3); \
	FMAX(v8, v4, v4); \
	FMAX(v8, v5, v5); \
	FMAX(v8, v6, v6); \
	FMAX(v8, v7, v7)

// ACTIVATE expects the constants of tanh.
#define ACTIVATE \
	CMP $const_isTanh, ACTIVATION; \
	BLT activated; \
	BGT relu; \
	CMP $8, ROWS; \
	BEQ tanh8; \
	SIGMOIDAL(TANH_V0_V3) \
	CMP $16, ROWS; \
	BEQ activated; \
	SIGMOIDAL(TANH_V4_V7) \
	B   activated; \
tanh8: \
	SIGMOIDAL(TANH_V0_V1) \
	B   activated; \
relu: \
	RELU_V0_V7; \
activated:

#define STORE_ROWS(p, stored) \
	FSTPQ (F0, F1), (p); \
	CMP   $16, ROWS; \
	BLT   stored; \
	FSTPQ (F2, F3), 32(p); \
	BEQ   stored; \
	FSTPQ (F4, F5), 64(p); \
	CMP   $32, ROWS; \
	BLT   stored; \
	FSTPQ (F6, F7), 96(p); \
stored:
