// The products of tiles with a vector, of which the steps are made. float.h or
// half.h, which comes first, says how weights are read.
//
// Sums and weights are in pairs of vectors: eight rows, named by the first of
// two neighbouring registers. LOAD brings the pair of a column that is at
// weights away from base; WIDEN makes it float32, where it is not.
//
// Cores that issue in order would wait for a pair that is loaded just before
// its use. So a pair of registers is loaded again as soon as it is multiplied,
// with weights of the next column, and widened one or two pairs ahead of its use.

// The cursors of the second and third tile, and the vector that follows: its
// numbers, and how many there are.
#define W1 R12
#define W2 R13
#define NEXT_X R16
#define NEXT_K R17

// W1 and W2 as arguments of LOAD.
#define w1 12
#define w2 13

// TIMES adds a lane of V31 times the pair w to the sums a.
#define TIMES(lane, w, a) \
	FMLA_LANE(v31, lane, w, a); \
	FMLA_LANE(v31, lane, (w+1), (a+1))

// PAIR also widens the pair u, and loads w again.
#define PAIR(u, lane, w, a, at, base) \
	WIDEN(u); \
	TIMES(lane, w, a); \
	LOAD(at, base, w)

// BY4 takes four columns. FIRST loads the first one, COLUMN multiplies one and
// loads the next, and LAST loads no more. BY1 takes one column. g is passed on.
#define BY4(FIRST, COLUMN, LAST, g) \
	FIRST; \
	COLUMN(0, g); \
	COLUMN(1, g); \
	COLUMN(2, g); \
	LAST(3, g)

#define BY1(FIRST, LAST, g) \
	FIRST; \
	LAST(0, g)

// EACH takes K columns, four at a time while it can. The last four arguments
// are labels.
#define EACH(FOUR, ONE, by4, rest, by1, end) \
	SUBS    $4, K; \
	BLT     rest; \
by4: \
	FMOVQ.P 16(XK), F31; \
	FOUR; \
	SUBS    $4, K; \
	BGE     by4; \
rest: \
	ADDS    $4, K; \
	BEQ     end; \
by1: \
	FMOVS.P 4(XK), F31; \
	ONE; \
	SUBS    $1, K; \
	BNE     by1; \
end:

// X_AND_H takes the columns of x and then those of h. The last five arguments
// are labels.
#define X_AND_H(FOUR, ONE, vector, by4, rest, by1, end) \
	MOVD X, XK; \
	MOVD INPUTS, K; \
	MOVD H, NEXT_X; \
	MOVD HIDDEN, NEXT_K; \
vector: \
	EACH(FOUR, ONE, by4, rest, by1, end) \
	MOVD NEXT_X, XK; \
	MOVD NEXT_K, K; \
	MOVD $0, NEXT_K; \
	CBNZ K, vector

// A tile of 32 rows at W0, with the sums V0 to V7, and V8 to V15 for weights.

#define FIRST32 \
	LOAD(0, w0, v8); \
	LOAD(8, w0, v10); \
	LOAD(16, w0, v12); \
	LOAD(24, w0, v14); \
	WIDEN(v8); \
	WIDEN(v10)

#define COLUMN32(lane, g) \
	PAIR(v12, lane, v8, v0, (32*(lane)+32), w0); \
	PAIR(v14, lane, v10, v2, (32*(lane)+40), w0); \
	PAIR(v8, lane, v12, v4, (32*(lane)+48), w0); \
	PAIR(v10, lane, v14, v6, (32*(lane)+56), w0)

#define LAST32(lane, g) \
	WIDEN(v12); \
	TIMES(lane, v8, v0); \
	WIDEN(v14); \
	TIMES(lane, v10, v2); \
	TIMES(lane, v12, v4); \
	TIMES(lane, v14, v6)

#define TILE32_BY4 \
	BY4(FIRST32, COLUMN32, LAST32, 0); \
	ADD $(4*32*BYTES), W0

#define TILE32_BY1 \
	BY1(FIRST32, LAST32, 0); \
	ADD $(32*BYTES), W0
