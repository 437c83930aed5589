//go:build !purego

#include "textflag.h"
#include "neon.h"

// Softmax takes a pass for the greatest element, one for the exponentials and
// their sum, and one to divide by it. V20 to V23 are the 16 lanes of the sum.
// Lanes beyond the end hold -Inf, whose exponential is 0.
//
// func Softmax(dst, src []float32)
TEXT ·Softmax(SB), NOSPLIT, $0-48
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R2
	MOVD src_base+24(FP), R1
	CBZ  R2, end
	EXP_CONSTANTS
	MOVW  $0xff800000, R5
	VDUP  R5, V25.S4 // -Inf
	VMOV  V25.B16, V24.B16

	MOVD R1, R3
	SUBS $4, R2, R4
	BLT  maxRest
maxBy4:
	VLD1.P 16(R3), [V0.S4]
	FMAX(v0, v24, v24)
	SUBS   $4, R4
	BGE    maxBy4
maxRest:
	ADDS $4, R4
	BEQ  maxDone
	VMOV V25.B16, V0.B16
	LOAD_REST(R3, R4, maxLoaded)
	FMAX(v0, v24, v24)
maxDone:
	VEXT $8, V24.B16, V24.B16, V0.B16
	FMAX(v0, v24, v24)
	VEXT $4, V24.B16, V24.B16, V0.B16
	FMAX(v0, v24, v24)

	VEOR V20.B16, V20.B16, V20.B16
	VEOR V21.B16, V21.B16, V21.B16
	VEOR V22.B16, V22.B16, V22.B16
	VEOR V23.B16, V23.B16, V23.B16
	MOVD R0, R3
	SUBS $16, R2, R4
	BLT  less
by16:
	VLD1.P 64(R1), [V0.S4, V1.S4, V2.S4, V3.S4]
	FSUB(v24, v0, v0)
	FSUB(v24, v1, v1)
	FSUB(v24, v2, v2)
	FSUB(v24, v3, v3)
	EXPONENTIAL(EXP_V0_V3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R3)
	FADD(v0, v20, v20)
	FADD(v1, v21, v21)
	FADD(v2, v22, v22)
	FADD(v3, v23, v23)
	SUBS   $16, R4
	BGE    by16

	// The lanes of the rest are added in turn to V20, V21, V22 and V23, which
	// change places meanwhile; the tree adds the same pairs wherever they begin.
less:
	ADDS $12, R4
	BLT  rest
by4:
	VLD1.P 16(R1), [V0.S4]
	FSUB(v24, v0, v0)
	EXPONENTIAL(EXP_V0)
	VST1.P [V0.S4], 16(R3)
	FADD(v0, v20, v0)
	VMOV   V21.B16, V20.B16
	VMOV   V22.B16, V21.B16
	VMOV   V23.B16, V22.B16
	VMOV   V0.B16, V23.B16
	SUBS   $4, R4
	BGE    by4
rest:
	ADDS $4, R4
	BEQ  sum
	VMOV V25.B16, V0.B16
	LOAD_REST(R1, R4, loaded)
	FSUB(v24, v0, v0)
	EXPONENTIAL(EXP_V0)
	FADD(v0, v20, v20)
	STORE_REST(R3, R4, sum)

	FADD(v22, v20, v20)
	FADD(v23, v21, v21)
	FADD(v21, v20, v20)
	VEXT $8, V20.B16, V20.B16, V0.B16
	FADD(v0, v20, v20)
	VEXT $4, V20.B16, V20.B16, V0.B16
	FADD(v0, v20, v20)

	MOVD R0, R1
	SUBS $4, R2
	BLT  divRest
divBy4:
	VLD1.P 16(R1), [V0.S4]
	FDIV(v20, v0, v0)
	VST1.P [V0.S4], 16(R0)
	SUBS   $4, R2
	BGE    divBy4
divRest:
	ADDS $4, R2
	BEQ  end
	LOAD_REST(R1, R2, divLoaded)
	FDIV(v20, v0, v0)
	STORE_REST(R0, R2, end)
	RET
