// Instructions of VFP, of which Go's assembler lacks some or knows only half of the
// registers.

// Registers as arguments of the macros below: s5 is S5, d5 is D5.
#define s0 0
#define s1 1
#define s2 2
#define s3 3
#define s4 4
#define s5 5
#define s6 6
#define s7 7
#define s8 8
#define s9 9
#define s10 10
#define s11 11
#define s12 12
#define s13 13
#define s14 14
#define s15 15
#define s16 16
#define s17 17
#define s18 18
#define s19 19
#define s20 20
#define s21 21
#define s22 22
#define s23 23
#define s24 24
#define s25 25
#define s26 26
#define s27 27
#define s28 28
#define s29 29
#define s30 30
#define s31 31

#define d0 0
#define d1 1
#define d2 2
#define d3 3
#define d4 4
#define d5 5
#define d6 6
#define d7 7
#define d8 8
#define d9 9
#define d10 10
#define d11 11
#define d12 12
#define d13 13
#define d14 14
#define d15 15

// The place of a register in a word: the result, the first and the second operand.
#define SD(r) (((r)&1)<<22 | ((r)>>1)<<12)
#define SN(r) (((r)>>1)<<16 | ((r)&1)<<7)
#define SM(r) (((r)&1)<<5 | (r)>>1)

// Each instruction stands below what a disassembler makes of it. Operands are in
// the order of Go's assembler: the result comes last.

// vldmia rr!, {sd, and the next, count in all}
#define VLDM(r, d, count) WORD $(0xECB00A00 | (count) | (r)<<16 | SD(d));
// vstmia rr!, {sd, and the next, count in all}
#define VSTM(d, count, r) WORD $(0xECA00A00 | (count) | (r)<<16 | SD(d));
// vldr sd, [rr, #offset]
#define VLDR(offset, r, d) WORD $(0xED900A00 | (offset)/4 | (r)<<16 | SD(d));
// vcvt.f64.f32 dd, sm
#define VCVTSD(m, d) WORD $(0xEEB70AC0 | SM(m) | (d)<<12);
// vcvt.f32.f64 sd, dm
#define VCVTDS(m, d) WORD $(0xEEB70BC0 | (m) | SD(d));
// vmla.f64 dd, dn, dm
#define VMLAD(m, n, d) WORD $(0xEE000B00 | (m) | (n)<<16 | (d)<<12);
// vmov rr, sn
#define VMOVR(n, r) WORD $(0xEE100A10 | (r)<<12 | SN(n));
// vmrs rr, fpscr
#define VMRS(r) WORD $(0xEEF10A10 | (r)<<12);
// vmsr fpscr, rr
#define VMSR(r) WORD $(0xEEE10A10 | (r)<<12);
