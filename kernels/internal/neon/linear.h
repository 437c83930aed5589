// The product of tiles of 32 rows, and of a narrow last one of 8, 16 or 24, which
// is taken together with the full tile before it: its own chains are too few to
// hide the latency of an FMLA.

#define PLACE R25 // of the narrow tile's results

// A narrow tile of 8, 16 or 24 rows at W1, with the sums V16 to V21, and V22 to
// V27 for weights.

// NARROW multiplies the pair w of a column, and loads it again with the next.
#define NARROW(lane, rows, row, w, a) \
	TIMES(lane, w, a); \
	LOAD((rows*(lane)+rows+row), w1, w)

#define FIRST8 LOAD(0, w1, v22)
#define FIRST16 FIRST8; LOAD(8, w1, v24)
#define FIRST24 FIRST16; LOAD(16, w1, v26)

#define WIDEN8 WIDEN(v22)
#define WIDEN16 WIDEN8; WIDEN(v24)
#define WIDEN24 WIDEN16; WIDEN(v26)

#define COLUMN8(lane, g) WIDEN8; NARROW(lane, 8, 0, v22, v16)
#define COLUMN16(lane, g) WIDEN16; NARROW(lane, 16, 0, v22, v16); NARROW(lane, 16, 8, v24, v18)
#define COLUMN24(lane, g) WIDEN24; NARROW(lane, 24, 0, v22, v16); NARROW(lane, 24, 8, v24, v18); NARROW(lane, 24, 16, v26, v20)

#define LAST8(lane, g) WIDEN8; TIMES(lane, v22, v16)
#define LAST16(lane, g) WIDEN16; TIMES(lane, v22, v16); TIMES(lane, v24, v18)
#define LAST24(lane, g) WIDEN24; TIMES(lane, v22, v16); TIMES(lane, v24, v18); TIMES(lane, v26, v20)

#define LOAD8(p) FLDPQ (p), (F16, F17)
#define LOAD16(p) LOAD8(p); FLDPQ 32(p), (F18, F19)
#define LOAD24(p) LOAD16(p); FLDPQ 64(p), (F20, F21)

#define STORE8(p) FSTPQ (F16, F17), (p)
#define STORE16(p) STORE8(p); FSTPQ (F18, F19), 32(p)
#define STORE24(p) STORE16(p); FSTPQ (F20, F21), 64(p)

// The narrow tile together with a full one.

#define FIRST40 FIRST32; FIRST8
#define FIRST48 FIRST32; FIRST16
#define FIRST56 FIRST32; FIRST24

#define COLUMN40(lane, g) COLUMN32(lane, g); COLUMN8(lane, g)
#define COLUMN48(lane, g) COLUMN32(lane, g); COLUMN16(lane, g)
#define COLUMN56(lane, g) COLUMN32(lane, g); COLUMN24(lane, g)

#define LAST40(lane, g) LAST32(lane, g); LAST8(lane, g)
#define LAST48(lane, g) LAST32(lane, g); LAST16(lane, g)
#define LAST56(lane, g) LAST32(lane, g); LAST24(lane, g)

// TAIL takes all columns of a narrow tile of rows, of which FIRST, COLUMN and
// LAST take one, alone or together with a full tile, where W0 has a use. The last
// five arguments are labels.

#define TAIL_BY4(rows, FIRST, COLUMN, LAST) \
	BY4(FIRST, COLUMN, LAST, 0); \
	ADD $(4*32*BYTES), W0; \
	ADD $(4*rows*BYTES), W1

#define TAIL_BY1(rows, FIRST, LAST) \
	BY1(FIRST, LAST, 0); \
	ADD $(32*BYTES), W0; \
	ADD $(rows*BYTES), W1

#define TAIL(rows, FIRST, COLUMN, LAST, vector, by4, rest, by1, end) \
	X_AND_H(TAIL_BY4(rows, FIRST, COLUMN, LAST), TAIL_BY1(rows, FIRST, LAST), vector, by4, rest, by1, end)

// LINEAR_STEP stores the sums of a narrow tile where its results will be, and
// completes it last.
#define LINEAR_STEP \
	LINEAR_ARGS; \
	MOVD args_Last(ARGS), W1; \
	TANH_CONSTANTS; \
	CBNZ NTILES, tile; \
	CMP  $16, LAST_ROWS; \
	BEQ  alone16; \
	BGT  alone24; \
	LOAD8(START); \
	TAIL(8, FIRST8, COLUMN8, LAST8, alone8, a8by4, a8rest, a8by1, a8end); \
	STORE8(NEXT); \
	B    narrow; \
alone16: \
	LOAD16(START); \
	TAIL(16, FIRST16, COLUMN16, LAST16, a16, a16by4, a16rest, a16by1, a16end); \
	STORE16(NEXT); \
	B    narrow; \
alone24: \
	LOAD24(START); \
	TAIL(24, FIRST24, COLUMN24, LAST24, a24, a24by4, a24rest, a24by1, a24end); \
	STORE24(NEXT); \
	B    narrow; \
tile: \
	MOVD W, W0; \
	LOAD32(START); \
	CBZ  LAST_ROWS, full; \
	CMP  $1, NTILES; \
	BGT  full; \
	ADD  $128, START; \
	ADD  $128, NEXT, PLACE; \
	CMP  $16, LAST_ROWS; \
	BEQ  both16; \
	BGT  both24; \
	LOAD8(START); \
	TAIL(8, FIRST40, COLUMN40, LAST40, both8, b8by4, b8rest, b8by1, b8end); \
	STORE8(PLACE); \
	B    complete; \
both16: \
	LOAD16(START); \
	TAIL(16, FIRST48, COLUMN48, LAST48, b16, b16by4, b16rest, b16by1, b16end); \
	STORE16(PLACE); \
	B    complete; \
both24: \
	LOAD24(START); \
	TAIL(24, FIRST56, COLUMN56, LAST56, b24, b24by4, b24rest, b24by1, b24end); \
	STORE24(PLACE); \
	B    complete; \
full: \
	X_AND_H(TILE32_BY4, TILE32_BY1, f, fby4, frest, fby1, fend); \
complete: \
	MOVD $32, ROWS; \
	B    results; \
narrow: \
	MOVD LAST_ROWS, ROWS; \
	FLDPQ (NEXT), (F0, F1); \
	CMP  $16, ROWS; \
	BLT  results; \
	FLDPQ 32(NEXT), (F2, F3); \
	BEQ  results; \
	FLDPQ 64(NEXT), (F4, F5); \
results: \
	ACTIVATE \
	STORE_ROWS(NEXT, next) \
	STORE_ROWS(OUT, out) \
	CMP  $32, ROWS; \
	BLT  done; \
	ADD  UNIT, NEXT; \
	ADD  UNIT, OUT; \
	ADD  UNIT, START; \
	ADD  STRIDE, W; \
	SUBS $1, NTILES; \
	BNE  tile; \
	CBZ  LAST_ROWS, done; \
	B    narrow; \
done: \
	RET
