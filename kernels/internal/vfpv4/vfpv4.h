// Instructions that Go's assembler lacks.

// Registers as arguments of the macros below: s5 is S5, q5 is Q5, r5 is R5. D5 of
// Advanced SIMD is d5.
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
#define d16 16
#define d17 17
#define d18 18
#define d19 19
#define d20 20
#define d21 21
#define d22 22
#define d23 23
#define d24 24
#define d25 25
#define d26 26
#define d27 27
#define d28 28
#define d29 29
#define d30 30
#define d31 31

#define q0 0
#define q1 1
#define q2 2
#define q3 3
#define q4 4
#define q5 5
#define q6 6
#define q7 7
#define q8 8
#define q9 9
#define q10 10
#define q11 11
#define q12 12
#define q13 13
#define q14 14
#define q15 15

#define r0 0
#define r1 1
#define r2 2
#define r3 3
#define r4 4
#define r5 5
#define r6 6
#define r7 7
#define r8 8
#define r9 9

// The place of a register in a word: the result, the first and the second operand.
#define SD(r) (((r)&1)<<22 | ((r)>>1)<<12)
#define SN(r) (((r)>>1)<<16 | ((r)&1)<<7)
#define SM(r) (((r)&1)<<5 | (r)>>1)
#define DD(r) (((r)>>4)<<22 | ((r)&15)<<12)
#define DN(r) (((r)&15)<<16 | ((r)>>4)<<7)
#define DM(r) (((r)>>4)<<5 | (r)&15)
#define QD(r) (((r)>>3)<<22 | ((r)&7)<<13)
#define QN(r) (((r)&7)<<17 | ((r)>>3)<<7)
#define QM(r) (((r)>>3)<<5 | ((r)&7)<<1)

// Each instruction stands below what a disassembler makes of it. Operands are in
// the order of Go's assembler: the result comes last.

// vadd.f32 sd, sn, sm
#define VADD(m, n, d) WORD $(0xEE300A00 | SM(m) | SN(n) | SD(d));
// vsub.f32 sd, sn, sm
#define VSUB(m, n, d) WORD $(0xEE300A40 | SM(m) | SN(n) | SD(d));
// vmul.f32 sd, sn, sm
#define VMUL(m, n, d) WORD $(0xEE200A00 | SM(m) | SN(n) | SD(d));
// vdiv.f32 sd, sn, sm
#define VDIV(m, n, d) WORD $(0xEE800A00 | SM(m) | SN(n) | SD(d));
// vfma.f32 sd, sn, sm
#define VFMA(m, n, d) WORD $(0xEEA00A00 | SM(m) | SN(n) | SD(d));
// vldr sd, [rr, #offset]
#define VLDR(offset, r, d) WORD $(0xED900A00 | (offset)/4 | (r)<<16 | SD(d));
// vldr dd, [rr, #offset]
#define VLDRD(offset, r, d) WORD $(0xED900B00 | (offset)/4 | (r)<<16 | DD(d));
// vldmia rr!, {sd, and the next, count in all}
#define VLDM(r, d, count) WORD $(0xECB00A00 | (count) | (r)<<16 | SD(d));
// vstmia rr!, {sd, and the next, count in all}
#define VSTM(d, count, r) WORD $(0xECA00A00 | (count) | (r)<<16 | SD(d));
// vldmia rr!, {dd, and the next, count in all}
#define VLDMD(r, d, count) WORD $(0xECB00B00 | (count)<<1 | (r)<<16 | DD(d));
// vmin.u32 qd, qn, qm
#define VMINU(m, n, d) WORD $(0xF3200650 | QM(m) | QN(n) | QD(d));
// vmin.s32 qd, qn, qm
#define VMINS(m, n, d) WORD $(0xF2200650 | QM(m) | QN(n) | QD(d));
// vmax.s32 qd, qn, qm
#define VMAXS(m, n, d) WORD $(0xF2200640 | QM(m) | QN(n) | QD(d));
// vceq.f32 qd, qn, qm
#define VCEQ(m, n, d) WORD $(0xF2000E40 | QM(m) | QN(n) | QD(d));
// vbit qd, qn, qm
#define VBIT(m, n, d) WORD $(0xF3200150 | QM(m) | QN(n) | QD(d));
// vsub.i32 qd, qn, qm
#define VSUBI(m, n, d) WORD $(0xF3200840 | QM(m) | QN(n) | QD(d));
// vorr qd, qn, qn
#define VMOVQ(n, d) WORD $(0xF2200150 | QM(n) | QN(n) | QD(d));
// vshr.u32 qd, qm, #right
#define VSHRU(right, m, d) WORD $(0xF3800050 | (64-(right))<<16 | QM(m) | QD(d));
// vshl.i32 qd, qm, #left
#define VSHL(left, m, d) WORD $(0xF2800550 | (32+(left))<<16 | QM(m) | QD(d));
// vmov.f32 qd, the number of eight bits
#define VMOVI(bits, d) WORD $(0xF2800F50 | ((bits)>>7)<<24 | (((bits)>>4)&7)<<16 | (bits)&15 | QD(d));
// vcvt.f32.f16 qd, dm
#define VCVTH(m, d) WORD $(0xF3B60700 | DM(m) | QD(d));
// vld1.16 {dd, and the next}, [rr]!
#define VLD1H2(r, d) WORD $(0xF4200A4D | (r)<<16 | DD(d));
// vand qd, qn, qm
#define VAND(m, n, d) WORD $(0xF2000150 | QM(m) | QN(n) | QD(d));
// vbif qd, qn, qm
#define VBIF(m, n, d) WORD $(0xF3300150 | QM(m) | QN(n) | QD(d));
// vadd.f32 qd, qn, qm
#define VADDQ(m, n, d) WORD $(0xF2000D40 | QM(m) | QN(n) | QD(d));
// vcvt.f32.s32 qd, qm
#define VCVTW(m, d) WORD $(0xF3BB0640 | QM(m) | QD(d));
// vmull.s8 qd, dn, dm
#define VMULL(m, n, d) WORD $(0xF2800C00 | DM(m) | DN(n) | QD(d));
// vmlal.s8 qd, dn, dm
#define VMLAL(m, n, d) WORD $(0xF2800800 | DM(m) | DN(n) | QD(d));
// vpadal.s16 qd, qm
#define VPADAL(m, d) WORD $(0xF3B40640 | QM(m) | QD(d));
// vpadd.i32 dd, dn, dm
#define VPADD(m, n, d) WORD $(0xF2200B10 | DM(m) | DN(n) | DD(d));
// vmovn.i32 dd, qm
#define VMOVNW(m, d) WORD $(0xF3B60200 | QM(m) | DD(d));
// vmovn.i16 dd, qm
#define VMOVNH(m, d) WORD $(0xF3B20200 | QM(m) | DD(d));
// vmov sn, rr
#define VMOVS(r, n) WORD $(0xEE000A10 | (r)<<12 | SN(n));
// vmov rr, ru, dm
#define VMOVRR(m, r, u) WORD $(0xEC500B10 | (u)<<16 | (r)<<12 | DM(m));
// vld1.8 {dd, and the next three}, [rr]!
#define VLD1B4(r, d) WORD $(0xF420020D | (r)<<16 | DD(d));
// vld1.8 {dd, and the next three}, [rr], ru
#define VLD1B4_STEP(r, u, d) WORD $(0xF4200200 | (r)<<16 | (u) | DD(d));
// vld1.32 {dd[]}, [rr]!
#define VLD1W(r, d) WORD $(0xF4A00C8D | (r)<<16 | DD(d));
// vst1.8 {dd}, [rr]!
#define VST1B(d, r) WORD $(0xF400070D | (r)<<16 | DD(d));
