//go:build !purego

#include "textflag.h"
#include "neon.h"
#include "lstm.h"
#include "gru.h"

#define TILES R5

// func LSTM(h, c, cprev, acc []float32)
TEXT ·LSTM(SB), NOSPLIT, $0-96
	MOVD h_base+0(FP), R0
	MOVD h_len+8(FP), TILES
	MOVD c_base+24(FP), R1
	MOVD cprev_base+48(FP), R2
	MOVD acc_base+72(FP), R3
	LSR  $3, TILES
	CBZ  TILES, done
	TANH_CONSTANTS
	SIGMOID_CONSTANTS

tile:
	LOAD32(R3)
	LSTM_GATES
	STORE32(R3)
	LSTM_STATE(R2, R1)
	FSTPQ (F8, F9), (R0)
	ADD   $32, R0
	ADD   $32, R1
	ADD   $32, R2
	ADD   $128, R3
	SUBS  $1, TILES
	BNE   tile

done:
	RET

// func GRU(h, hprev, acc []float32)
TEXT ·GRU(SB), NOSPLIT, $0-72
	MOVD h_base+0(FP), R0
	MOVD h_len+8(FP), TILES
	MOVD hprev_base+24(FP), R1
	MOVD acc_base+48(FP), R3
	LSR  $3, TILES
	CBZ  TILES, done
	TANH_CONSTANTS
	SIGMOID_CONSTANTS

tile:
	LOAD32(R3)
	GRU_GATES
	STORE32(R3)
	GRU_STATE(R1)
	FSTPQ (F0, F1), (R0)
	ADD   $32, R0
	ADD   $32, R1
	ADD   $128, R3
	SUBS  $1, TILES
	BNE   tile

done:
	RET
