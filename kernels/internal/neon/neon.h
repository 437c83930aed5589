// Instructions that Go's assembler lacks, and the steps of tanh, sigmoid and
// exp that are made of them.

// Vector registers as arguments of the macros below: v7 is V7.
#define v0 0
#define v1 1
#define v2 2
#define v3 3
#define v4 4
#define v5 5
#define v6 6
#define v7 7
#define v8 8
#define v9 9
#define v10 10
#define v11 11
#define v12 12
#define v13 13
#define v14 14
#define v15 15
#define v16 16
#define v17 17
#define v18 18
#define v19 19
#define v20 20
#define v21 21
#define v22 22
#define v23 23
#define v24 24
#define v25 25
#define v26 26
#define v27 27
#define v28 28
#define v29 29
#define v30 30
#define v31 31

// r20 and r21 are R20 and R21, as arguments of LOADQ.
#define r20 20
#define r21 21

// Each instruction stands below what a disassembler makes of it. Operands are
// in the order of Go's assembler: the result comes last.

// fadd vd.4s, vn.4s, vm.4s
#define FADD(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d))
// fsub vd.4s, vn.4s, vm.4s
#define FSUB(m, n, d) WORD $(0x4EA0D400 | (m)<<16 | (n)<<5 | (d))
// fmul vd.4s, vn.4s, vm.4s
#define FMUL(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d))
// fdiv vd.4s, vn.4s, vm.4s
#define FDIV(m, n, d) WORD $(0x6E20FC00 | (m)<<16 | (n)<<5 | (d))
// fmax vd.4s, vn.4s, vm.4s
#define FMAX(m, n, d) WORD $(0x4E20F400 | (m)<<16 | (n)<<5 | (d))
// fmin vd.4s, vn.4s, vm.4s
#define FMIN(m, n, d) WORD $(0x4EA0F400 | (m)<<16 | (n)<<5 | (d))
// fmla vd.4s, vn.4s, vm.4s
#define FMLA(m, n, d) WORD $(0x4E20CC00 | (m)<<16 | (n)<<5 | (d))
// fmla vd.4s, vn.4s, vm.s[lane]
#define FMLA_LANE(m, lane, n, d) WORD $(0x4F801000 | ((lane)&1)<<21 | ((lane)>>1)<<11 | (m)<<16 | (n)<<5 | (d))
// sub vd.4s, vn.4s, vm.4s
#define SUBW(m, n, d) WORD $(0x6EA08400 | (m)<<16 | (n)<<5 | (d))
// ushr vd.4s, vn.4s, #count
#define USHRW(count, n, d) WORD $(0x6F000400 | (64-(count))<<16 | (n)<<5 | (d))
// shl vd.4s, vn.4s, #count
#define SHLW(count, n, d) WORD $(0x4F005400 | (32+(count))<<16 | (n)<<5 | (d))
// fmaxnm vd.4s, vn.4s, vm.4s
#define FMAXNM(m, n, d) WORD $(0x4E20C400 | (m)<<16 | (n)<<5 | (d));
// fminnm vd.4s, vn.4s, vm.4s
#define FMINNM(m, n, d) WORD $(0x4EA0C400 | (m)<<16 | (n)<<5 | (d));
// fcmeq vd.4s, vn.4s, vm.4s
#define FCMEQ(m, n, d) WORD $(0x4E20E400 | (m)<<16 | (n)<<5 | (d));
// fcvtns vd.4s, vn.4s
#define FCVTNS(n, d) WORD $(0x4E21A800 | (n)<<5 | (d));
// scvtf vd.4s, vn.4s
#define SCVTF(n, d) WORD $(0x4E21D800 | (n)<<5 | (d));
// sqxtn vd.4h, vn.4s
#define SQXTN_4H(n, d) WORD $(0x0E614800 | (n)<<5 | (d));
// sqxtn2 vd.8h, vn.4s
#define SQXTN2_8H(n, d) WORD $(0x4E614800 | (n)<<5 | (d));
// sqxtn vd.8b, vn.8h
#define SQXTN_8B(n, d) WORD $(0x0E214800 | (n)<<5 | (d));
// smull vd.8h, vn.8b, vm.8b
#define SMULL(m, n, d) WORD $(0x0E20C000 | (m)<<16 | (n)<<5 | (d));
// smull2 vd.8h, vn.16b, vm.16b
#define SMULL2(m, n, d) WORD $(0x4E20C000 | (m)<<16 | (n)<<5 | (d));
// smlal vd.8h, vn.8b, vm.8b
#define SMLAL(m, n, d) WORD $(0x0E208000 | (m)<<16 | (n)<<5 | (d));
// smlal2 vd.8h, vn.16b, vm.16b
#define SMLAL2(m, n, d) WORD $(0x4E208000 | (m)<<16 | (n)<<5 | (d));
// sadalp vd.4s, vn.8h
#define SADALP(n, d) WORD $(0x4E606800 | (n)<<5 | (d));
// addp vd.4s, vn.4s, vm.4s
#define ADDP(m, n, d) WORD $(0x4EA0BC00 | (m)<<16 | (n)<<5 | (d));
// sdot vd.4s, vn.16b, vm.4b[lane]
#define SDOT_LANE(m, lane, n, d) WORD $(0x4F80E000 | ((lane)&1)<<21 | ((lane)>>1)<<11 | (m)<<16 | (n)<<5 | (d));
// fcvtl vd.4s, vn.4h
#define FCVTL(n, d) WORD $(0x0E217800 | (n)<<5 | (d))
// fcvtl2 vd.4s, vn.8h
#define FCVTL2(n, d) WORD $(0x4E217800 | (n)<<5 | (d))
// ldr qd, [xn, #offset]
#define LOADQ(offset, n, d) WORD $(0x3DC00000 | ((offset)/16)<<10 | (n)<<5 | (d))

// Several vectors take each step of a function together, so that independent
// chains stand side by side. G(STEP) takes one step for each vector of a group
// G. The vectors of a group are x, and hold a function of x at the end; u, p, b
// and t are for the steps between.
//
// The first operand of a fused multiply-add is the one that it replaces, so
// coefficients are fetched anew for each: a load costs less than a move.

// tanh and sigmoid are ab/(a*a+b*b), but for a factor of 2 and a constant, as
// in kernels/internal/generic/activation.go. lo and hi are the limits of x, k
// holds P2 and Q3, and the other coefficients are at r.

#define SIGMOIDAL(G) \
	G(SIGMOIDAL_1) \
	G(SIGMOIDAL_2) \
	G(SIGMOIDAL_3) \
	G(SIGMOIDAL_4) \
	G(SIGMOIDAL_5) \
	G(SIGMOIDAL_6) \
	G(SIGMOIDAL_7) \
	G(SIGMOIDAL_8) \
	G(SIGMOIDAL_9) \
	G(SIGMOIDAL_10) \
	G(SIGMOIDAL_11) \
	G(SIGMOIDAL_12) \
	G(SIGMOIDAL_13)

#define SIGMOIDAL_1(NUM, END, lo, hi, k, r, x, u, p, b, t) FMAX(lo, x, x); LOADQ(0, r, p);
#define SIGMOIDAL_2(NUM, END, lo, hi, k, r, x, u, p, b, t) FMIN(hi, x, x); LOADQ(16, r, b);
#define SIGMOIDAL_3(NUM, END, lo, hi, k, r, x, u, p, b, t) FMUL(x, x, u);
#define SIGMOIDAL_4(NUM, END, lo, hi, k, r, x, u, p, b, t) FMLA_LANE(k, 0, u, p);
#define SIGMOIDAL_5(NUM, END, lo, hi, k, r, x, u, p, b, t) FMLA_LANE(k, 1, u, b);
#define SIGMOIDAL_6(NUM, END, lo, hi, k, r, x, u, p, b, t) FMUL(u, x, t);
#define SIGMOIDAL_7(NUM, END, lo, hi, k, r, x, u, p, b, t) FMLA(p, t, x); LOADQ(32, r, p);
#define SIGMOIDAL_8(NUM, END, lo, hi, k, r, x, u, p, b, t) FMLA(b, u, p); LOADQ(48, r, b);
#define SIGMOIDAL_9(NUM, END, lo, hi, k, r, x, u, p, b, t) FMLA(p, u, b);
#define SIGMOIDAL_10(NUM, END, lo, hi, k, r, x, u, p, b, t) NUM(x, b, t)
#define SIGMOIDAL_11(NUM, END, lo, hi, k, r, x, u, p, b, t) FMUL(b, b, b);
#define SIGMOIDAL_12(NUM, END, lo, hi, k, r, x, u, p, b, t) FMLA(x, x, b);
#define SIGMOIDAL_13(NUM, END, lo, hi, k, r, x, u, p, b, t) FDIV(b, t, x); END(x)

#define TANH_NUM(a, b, t) FADD(b, b, t); FMUL(a, t, t);
#define TANH_END(x)
#define TANH(STEP, x, u, p, b, t) STEP(TANH_NUM, TANH_END, v28, v29, v30, r20, x, u, p, b, t)
#define TANH_CONSTANTS \
	MOVD $·tanhTable(SB), R20; \
	FMOVQ 64(R20), F28; \
	FMOVQ 80(R20), F29; \
	FMOVQ 96(R20), F30

#define SIGMOID_NUM(a, b, t) FMUL(a, b, t);
#define SIGMOID_END(x) FADD(v27, x, x);
#define SIGMOID(STEP, x, u, p, b, t) STEP(SIGMOID_NUM, SIGMOID_END, v24, v25, v26, r21, x, u, p, b, t)
#define SIGMOID_CONSTANTS \
	MOVD $·sigmoidTable(SB), R21; \
	FMOVQ 64(R21), F24; \
	FMOVQ 80(R21), F25; \
	FMOVQ 96(R21), F26; \
	FMOVQ 112(R21), F27

// The groups V0, V0 to V1, V0 to V3, and V4 to V7.

#define TANH_V0(STEP) TANH(STEP, v0, v8, v12, v16, v20)
#define TANH_V0_V1(STEP) TANH_V0(STEP) TANH(STEP, v1, v9, v13, v17, v21)
#define TANH_V0_V3(STEP) TANH_V0_V1(STEP) TANH(STEP, v2, v10, v14, v18, v22) TANH(STEP, v3, v11, v15, v19, v23)
#define TANH_V4_V7(STEP) \
	TANH(STEP, v4, v8, v12, v16, v20) TANH(STEP, v5, v9, v13, v17, v21) \
	TANH(STEP, v6, v10, v14, v18, v22) TANH(STEP, v7, v11, v15, v19, v23)

#define SIGMOID_V0(STEP) SIGMOID(STEP, v0, v8, v12, v16, v20)
#define SIGMOID_V0_V3(STEP) SIGMOID_V0(STEP) \
	SIGMOID(STEP, v1, v9, v13, v17, v21) SIGMOID(STEP, v2, v10, v14, v18, v22) SIGMOID(STEP, v3, v11, v15, v19, v23)

// exp, as in kernels/internal/generic/activation.go. V28 and V29 are the limits
// of x, V30 holds log2e, -ln2hi, -ln2lo and E6, V31 the shift.

#define EXPONENTIAL(G) \
	G(EXP_1) \
	G(EXP_2) \
	G(EXP_3) \
	G(EXP_4) \
	G(EXP_5) \
	G(EXP_6) \
	G(EXP_7) \
	G(EXP_8) \
	G(EXP_9) \
	G(EXP_10) \
	G(EXP_11) \
	G(EXP_12) \
	G(EXP_13) \
	G(EXP_14) \
	G(EXP_15) \
	G(EXP_16) \
	G(EXP_17)

#define EXP_1(x, t, n, p, q) FMAX(v28, x, x); LOADQ(0, r20, t);
#define EXP_2(x, t, n, p, q) FMIN(v29, x, x); LOADQ(16, r20, p);
#define EXP_3(x, t, n, p, q) FMLA_LANE(v30, 0, x, t);
#define EXP_4(x, t, n, p, q) FSUB(v31, t, n);
#define EXP_5(x, t, n, p, q) FMLA_LANE(v30, 1, n, x);
#define EXP_6(x, t, n, p, q) FMLA_LANE(v30, 2, n, x); LOADQ(32, r20, q);
#define EXP_7(x, t, n, p, q) FMLA_LANE(v30, 3, x, p); USHRW(1, t, n);
#define EXP_8(x, t, n, p, q) FMLA(p, x, q); LOADQ(48, r20, p);
#define EXP_9(x, t, n, p, q) FMLA(q, x, p); LOADQ(64, r20, q);
#define EXP_10(x, t, n, p, q) FMLA(p, x, q); LOADQ(80, r20, p);
#define EXP_11(x, t, n, p, q) FMLA(q, x, p); LOADQ(80, r20, q);
#define EXP_12(x, t, n, p, q) FMLA(p, x, q);
#define EXP_13(x, t, n, p, q) SUBW(n, t, t);
#define EXP_14(x, t, n, p, q) SHLW(23, n, n);
#define EXP_15(x, t, n, p, q) SHLW(23, t, t);
#define EXP_16(x, t, n, p, q) FMUL(n, q, x);
#define EXP_17(x, t, n, p, q) FMUL(t, x, x);

#define EXP_V0(STEP) STEP(v0, v4, v8, v12, v16)
#define EXP_V0_V3(STEP) EXP_V0(STEP) \
	STEP(v1, v5, v9, v13, v17) STEP(v2, v6, v10, v14, v18) STEP(v3, v7, v11, v15, v19)

#define EXP_CONSTANTS \
	MOVD $·expTable(SB), R20; \
	FMOVQ 96(R20), F28; \
	FMOVQ 112(R20), F29; \
	FMOVQ 128(R20), F30; \
	FMOVQ (R20), F31

// LOAD32 and STORE32 move 32 floats between memory and V0 to V7.
#define LOAD32(p) \
	FLDPQ (p), (F0, F1); \
	FLDPQ 32(p), (F2, F3); \
	FLDPQ 64(p), (F4, F5); \
	FLDPQ 96(p), (F6, F7)

#define STORE32(p) \
	FSTPQ (F0, F1), (p); \
	FSTPQ (F2, F3), 32(p); \
	FSTPQ (F4, F5), 64(p); \
	FSTPQ (F6, F7), 96(p)

// LOAD_REST loads into the first lanes of V0 the n floats at src, 1 to 3 of
// them, and STORE_REST stores them. src and dst move along; done is a label.
#define LOAD_REST(src, n, done) \
	VLD1.P 4(src), V0.S[0]; \
	CMP $2, n; \
	BLT done; \
	VLD1.P 4(src), V0.S[1]; \
	BEQ done; \
	VLD1.P 4(src), V0.S[2]; \
done:

#define STORE_REST(dst, n, done) \
	VST1.P V0.S[0], 4(dst); \
	CMP $2, n; \
	BLT done; \
	VST1.P V0.S[1], 4(dst); \
	BEQ done; \
	VST1.P V0.S[2], 4(dst); \
done:
