//go:build !purego

#include "textflag.h"
#include "vfp.h"

#define ACC R0
#define WK R1
#define LDW R2
#define XK R3
#define INCX R4
#define K R5
#define DEPTH R6
#define MIDPOINT R7 // of the lowest 29 bits of a float64, with 3 zeros behind

// UNDERFLOWN is the bit of FPSCR that is set by a result which is less than the least
// normal float32, and not exact.
#define UNDERFLOWN (1<<3)

// The flags are those of equality from the first sum on that may be the midpoint of
// two float32, whose low word is in a register S.
#define FIRST_DOUBT(low) \
	VMOVR(low, 8) \
	CMP    R8<<3, MIDPOINT
#define DOUBT(low) \
	VMOVR(low, 8) \
	CMP.NE R8<<3, MIDPOINT

// chains8 keeps the sums in S0 to S7 and the number of the vector in D4. The new sums
// are in D8 to D15 until the last of them is known to be right. VMLA rounds a product
// before it adds it, but these are exact.
//
// func chains8(acc, w *float32, ldw int, x *float32, incx, depth int) (done int)
TEXT ·chains8(SB), NOSPLIT, $0-28
	MOVW acc+0(FP), ACC
	MOVW w+4(FP), WK
	MOVW ldw+8(FP), LDW
	MOVW x+12(FP), XK
	MOVW incx+16(FP), INCX
	MOVW depth+20(FP), DEPTH
	SLL  $2, LDW
	SUB  $32, LDW
	SLL  $2, INCX
	MOVW $0x80000000, MIDPOINT
	MOVW DEPTH, K
	VMRS(8)
	BIC  $UNDERFLOWN, R8
	VMSR(8)
	MOVW ACC, R9
	VLDM(9, s0, 8)

column:
	VLDM(1, s24, 8)
	VLDR(0, 3, s8)
	VCVTSD(s8, d4)
	VCVTSD(s24, d5)
	VCVTSD(s25, d6)
	VCVTSD(s26, d7)
	VCVTSD(s0, d8)
	VCVTSD(s1, d9)
	VCVTSD(s2, d10)
	VCVTSD(s3, d11)
	VMLAD(d4, d5, d8)
	VCVTSD(s27, d5)
	VMLAD(d4, d6, d9)
	VCVTSD(s28, d6)
	VMLAD(d4, d7, d10)
	VCVTSD(s29, d7)
	VMLAD(d4, d5, d11)
	VCVTSD(s30, d5)
	VCVTSD(s4, d12)
	VCVTSD(s5, d13)
	VCVTSD(s6, d14)
	VMLAD(d4, d6, d12)
	VCVTSD(s31, d6)
	VMLAD(d4, d7, d13)
	VCVTSD(s7, d15)
	VMLAD(d4, d5, d14)
	VMLAD(d4, d6, d15)
	FIRST_DOUBT(s16)
	DOUBT(s18)
	DOUBT(s20)
	DOUBT(s22)
	DOUBT(s24)
	DOUBT(s26)
	DOUBT(s28)
	DOUBT(s30)
	BEQ  end
	VCVTDS(d8, s0)
	VCVTDS(d9, s1)
	VCVTDS(d10, s2)
	VCVTDS(d11, s3)
	VCVTDS(d12, s4)
	VCVTDS(d13, s5)
	VCVTDS(d14, s6)
	VCVTDS(d15, s7)
	ADD  LDW, WK
	ADD  INCX, XK
	SUB.S $1, K
	BNE  column

end:
	SUB  K, DEPTH
	VMRS(8)
	TST  $UNDERFLOWN, R8
	MOVW.NE $-1, DEPTH
	BNE  return
	VSTM(s0, 8, 0)

return:
	MOVW DEPTH, done+24(FP)
	RET
