//go:build !purego

#include "textflag.h"
#include "vfpv4.h"
#include "activate.h"

#define H R0
#define C R1
#define CPREV R2
#define ACC R3
#define TILES R4
#define AT R5 // a gate's sums, which become its values

// GATE replaces the eight floats at AT, and moves on to the next gate.
#define GATE(FUNCTION) \
	MOVW AT, R6; \
	VLDM(6, s0, 8) \
	FUNCTION \
	VSTM(s0, 8, 5)

// LOAD8 loads eight floats at an offset from ACC.
#define LOAD8(offset, s) \
	ADD $offset, ACC, R6; \
	VLDM(6, s, 8)

// func LSTM(h, c, cprev, acc []float32)
TEXT ·LSTM(SB), NOSPLIT, $0-48
	MOVW  h_base+0(FP), H
	MOVW  h_len+4(FP), TILES
	MOVW  c_base+12(FP), C
	MOVW  cprev_base+24(FP), CPREV
	MOVW  acc_base+36(FP), ACC
	MOVW.S TILES>>3, TILES
	BEQ   done

tile:
	SIGMOID_CONSTANTS
	MOVW ACC, AT
	GATE(SIGMOID8)           // i
	GATE(SIGMOID8)           // f
	ADD  $32, AT
	GATE(SIGMOID8)           // o
	TANH_CONSTANTS
	SUB  $64, AT
	GATE(TANH8)              // g, in S0 to S7
	LOAD8(0, s8)
	TIMES8(s0, s8, s0)
	LOAD8(32, s8)
	VLDM(2, s16, 8)
	FMA8(s8, s16, s0)
	VSTM(s0, 8, 1)
	TANH8
	LOAD8(96, s8)
	TIMES8(s0, s8, s0)
	VSTM(s0, 8, 0)
	ADD  $128, ACC
	SUB.S $1, TILES
	BNE  tile

done:
	RET

// func GRU(h, hprev, acc []float32)
TEXT ·GRU(SB), NOSPLIT, $0-36
	MOVW  h_base+0(FP), H
	MOVW  h_len+4(FP), TILES
	MOVW  hprev_base+12(FP), CPREV
	MOVW  acc_base+24(FP), ACC
	MOVW.S TILES>>3, TILES
	BEQ   done

tile:
	SIGMOID_CONSTANTS
	ADD  $32, ACC, AT
	GATE(SIGMOID8)           // r
	GATE(SIGMOID8)           // z
	LOAD8(0, s0)
	LOAD8(32, s8)
	LOAD8(96, s16)
	FMA8(s8, s16, s0)
	TANH_CONSTANTS
	TANH8                    // n
	MOVW ACC, R6
	VSTM(s0, 8, 6)
	VLDM(2, s8, 8)
	MINUS8(s0, s8, s8)
	LOAD8(64, s16)
	FMA8(s8, s16, s0)
	VSTM(s0, 8, 0)
	ADD  $128, ACC
	SUB.S $1, TILES
	BNE  tile

done:
	RET
