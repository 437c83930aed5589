// The new state of eight units of a GRU, from the sums nx r z nh in V0 to V7, of
// which the first three become n and the gates' values.

#define GRU_R_Z(STEP) \
	SIGMOID(STEP, v2, v8, v12, v16, v20) SIGMOID(STEP, v3, v9, v13, v17, v21) \
	SIGMOID(STEP, v4, v10, v14, v18, v22) SIGMOID(STEP, v5, v11, v15, v19, v23)

#define GRU_GATES \
	SIGMOIDAL(GRU_R_Z) \
	FMLA(v6, v2, v0); \
	FMLA(v7, v3, v1); \
	SIGMOIDAL(TANH_V0_V1)

// GRU_STATE reads the state at from, and turns n into the new one.
#define GRU_STATE(from) \
	FLDPQ (from), (F8, F9); \
	FSUB(v0, v8, v8); \
	FSUB(v1, v9, v9); \
	FMLA(v8, v4, v0); \
	FMLA(v9, v5, v1)

// GRU_RESULTS completes a tile of a step.
#define GRU_RESULTS \
	GRU_GATES; \
	GRU_STATE(STATE); \
	FSTPQ (F0, F1), (NEXT); \
	FSTPQ (F0, F1), (OUT); \
	ADD   UNIT, NEXT; \
	ADD   UNIT, OUT; \
	ADD   UNIT, STATE
