// The steps of an LSTM and a GRU with float weights.

#define NGROUP R22  // tiles whose sums are complete
#define SPILLED R23 // the sums of all but the first of them

// LSTM_STEP takes a tile at a time: its eight chains hide the latency of an
// FMLA.
#define LSTM_STEP \
	STEP_ARGS; \
	MOVD args_C(ARGS), STATE; \
	TANH_CONSTANTS; \
	SIGMOID_CONSTANTS; \
tile: \
	MOVD W, W0; \
	LOAD32(START); \
	X_AND_H(TILE32_BY4, TILE32_BY1, vector, by4, rest, by1, end); \
	LSTM_RESULTS; \
	ADD  UNIT<<2, START; \
	ADD  STRIDE, W; \
	SUBS $1, NTILES; \
	BNE  tile; \
	RET

// GRU_STEP takes tiles in groups of two, and once three where their number is
// odd, since the six chains of one do not hide the latency of an FMLA. The sums
// nx r z nh of the first tile are in V0 to V7, those of the second in V8 to V15,
// and those of the third in V16 to V23. V24 to V29 are for weights.
//
// A column for the inputs is n r z, one for the states r z n. So g, the first of
// a tile's sums that a column adds to, is 0 or 2.

#define GRU_FIRST \
	LOAD(0, w0, v24); \
	LOAD(8, w0, v26); \
	LOAD(16, w0, v28); \
	WIDEN(v24)

// GRU_NEXT takes a column of the tile with the sums a, and loads the one at
// base.
#define GRU_NEXT(lane, a, at, base) \
	PAIR(v26, lane, v24, (a), at, base); \
	PAIR(v28, lane, v26, (a+2), (at+8), base); \
	PAIR(v24, lane, v28, (a+4), (at+16), base)

#define GRU_LAST(lane, a) \
	WIDEN(v26); \
	TIMES(lane, v24, (a)); \
	WIDEN(v28); \
	TIMES(lane, v26, (a+2)); \
	TIMES(lane, v28, (a+4))

#define ONE(lane, g) GRU_NEXT(lane, g, (24*(lane)+24), w0)
#define ONE_LAST(lane, g) GRU_LAST(lane, g)

#define TWO(lane, g) \
	GRU_NEXT(lane, g, (24*(lane)), w1); \
	GRU_NEXT(lane, (8+g), (24*(lane)+24), w0)
#define TWO_LAST(lane, g) \
	GRU_NEXT(lane, g, (24*(lane)), w1); \
	GRU_LAST(lane, (8+g))

#define THREE(lane, g) \
	GRU_NEXT(lane, g, (24*(lane)), w1); \
	GRU_NEXT(lane, (8+g), (24*(lane)), w2); \
	GRU_NEXT(lane, (16+g), (24*(lane)+24), w0)
#define THREE_LAST(lane, g) \
	GRU_NEXT(lane, g, (24*(lane)), w1); \
	GRU_NEXT(lane, (8+g), (24*(lane)), w2); \
	GRU_LAST(lane, (16+g))

// GRU_ADVANCE moves the cursors, of which a group of fewer tiles uses only the
// first.
#define GRU_ADVANCE(columns) \
	ADD $(24*BYTES*columns), W0; \
	ADD $(24*BYTES*columns), W1; \
	ADD $(24*BYTES*columns), W2

#define GRU_BY4(COLUMN, LAST, g) \
	BY4(GRU_FIRST, COLUMN, LAST, g); \
	GRU_ADVANCE(4)

#define GRU_BY1(LAST, g) \
	BY1(GRU_FIRST, LAST, g); \
	GRU_ADVANCE(1)

#define GRU_X \
	MOVD X, XK; \
	MOVD INPUTS, K

#define GRU_H \
	MOVD H, XK; \
	MOVD HIDDEN, K

// GRU_STATES updates the states of NGROUP tiles.
#define GRU_STATES \
	TANH_CONSTANTS; \
	SIGMOID_CONSTANTS; \
state: \
	GRU_RESULTS; \
	SUBS $1, NGROUP; \
	BEQ  updated; \
	LOAD32(SPILLED); \
	ADD  $128, SPILLED; \
	B    state; \
updated:

#define LOAD_SECOND(p) \
	FLDPQ (p), (F8, F9); \
	FLDPQ 32(p), (F10, F11); \
	FLDPQ 64(p), (F12, F13); \
	FLDPQ 96(p), (F14, F15)

#define STORE_SECOND(p) \
	FSTPQ (F8, F9), (p); \
	FSTPQ (F10, F11), 32(p); \
	FSTPQ (F12, F13), 64(p); \
	FSTPQ (F14, F15), 96(p)

#define LOAD_THIRD(p) \
	FLDPQ (p), (F16, F17); \
	FLDPQ 32(p), (F18, F19); \
	FLDPQ 64(p), (F20, F21); \
	FLDPQ 96(p), (F22, F23)

#define STORE_THIRD(p) \
	FSTPQ (F16, F17), (p); \
	FSTPQ (F18, F19), 32(p); \
	FSTPQ (F20, F21), 64(p); \
	FSTPQ (F22, F23), 96(p)

#define GRU_STEP \
	STEP_ARGS; \
	MOVD args_At(ARGS), STATE; \
group: \
	MOVD W, W0; \
	ADD  STRIDE, W0, W1; \
	ADD  STRIDE, W1, W2; \
	LOAD32(START); \
	ADD  UNIT<<2, START; \
	TBZ  $0, NTILES, two; \
	CMP  $1, NTILES; \
	BNE  three; \
	MOVD $1, NGROUP; \
	GRU_X; \
	EACH(GRU_BY4(ONE, ONE_LAST, 0), GRU_BY1(ONE_LAST, 0), oneX4, oneXRest, oneX1, oneH) \
	GRU_H; \
	EACH(GRU_BY4(ONE, ONE_LAST, 2), GRU_BY1(ONE_LAST, 2), oneH4, oneHRest, oneH1, oneEnd) \
	B    states; \
two: \
	MOVD $2, NGROUP; \
	LOAD_SECOND(START); \
	ADD  UNIT<<2, START; \
	GRU_X; \
	EACH(GRU_BY4(TWO, TWO_LAST, 0), GRU_BY1(TWO_LAST, 0), twoX4, twoXRest, twoX1, twoH) \
	GRU_H; \
	EACH(GRU_BY4(TWO, TWO_LAST, 2), GRU_BY1(TWO_LAST, 2), twoH4, twoHRest, twoH1, twoEnd) \
	MOVD $sums-256(SP), SPILLED; \
	STORE_SECOND(SPILLED); \
	B    states; \
three: \
	MOVD $3, NGROUP; \
	LOAD_SECOND(START); \
	ADD  UNIT<<2, START; \
	LOAD_THIRD(START); \
	ADD  UNIT<<2, START; \
	GRU_X; \
	EACH(GRU_BY4(THREE, THREE_LAST, 0), GRU_BY1(THREE_LAST, 0), threeX4, threeXRest, threeX1, threeH) \
	GRU_H; \
	EACH(GRU_BY4(THREE, THREE_LAST, 2), GRU_BY1(THREE_LAST, 2), threeH4, threeHRest, threeH1, threeEnd) \
	MOVD $sums-256(SP), SPILLED; \
	STORE_SECOND(SPILLED); \
	ADD  $128, SPILLED; \
	STORE_THIRD(SPILLED); \
	SUB  $128, SPILLED; \
states: \
	SUB  NGROUP, NTILES; \
	MADD NGROUP, W, STRIDE, W; \
	GRU_STATES \
	CBNZ NTILES, group; \
	RET
