// The new state of eight units of an LSTM, from the sums i f g o in V0 to V7,
// which become the gates' values.

#define LSTM_G_O(STEP) \
	TANH(STEP, v4, v8, v12, v16, v20) TANH(STEP, v5, v9, v13, v17, v21) \
	SIGMOID(STEP, v6, v10, v14, v18, v22) SIGMOID(STEP, v7, v11, v15, v19, v23)

// c becomes tanh c in V8 and V9.
#define LSTM_C(STEP) \
	TANH(STEP, v8, v10, v12, v14, v16) TANH(STEP, v9, v11, v13, v15, v17)

#define LSTM_GATES \
	SIGMOIDAL(SIGMOID_V0_V3) \
	SIGMOIDAL(LSTM_G_O)

// LSTM_STATE reads c at from, writes the new one to c, and leaves h in V8 and
// V9.
#define LSTM_STATE(from, c) \
	FMUL(v4, v0, v8); \
	FMUL(v5, v1, v9); \
	FLDPQ (from), (F10, F11); \
	FMLA(v10, v2, v8); \
	FMLA(v11, v3, v9); \
	FSTPQ (F8, F9), (c); \
	SIGMOIDAL(LSTM_C) \
	FMUL(v8, v6, v8); \
	FMUL(v9, v7, v9)

// LSTM_RESULTS completes a tile of a step.
#define LSTM_RESULTS \
	LSTM_GATES; \
	LSTM_STATE(STATE, STATE); \
	FSTPQ (F8, F9), (NEXT); \
	FSTPQ (F8, F9), (OUT); \
	ADD   UNIT, NEXT; \
	ADD   UNIT, OUT; \
	ADD   UNIT, STATE
