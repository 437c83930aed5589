// The arguments of a step, which are at a, a pointer to args.

#include "go_asm.h" // args_Next and its like

#define NEXT R0
#define OUT R1
#define START R2
#define UNIT R3
#define W R4
#define STRIDE R5
#define X R6
#define INPUTS R7
#define H R8
#define HIDDEN R9
#define NTILES R10
#define ARGS R24

#define STEP_ARGS \
	MOVD a+0(FP), ARGS; \
	MOVD args_Next(ARGS), NEXT; \
	MOVD args_Out(ARGS), OUT; \
	MOVD args_Start(ARGS), START; \
	MOVD args_UnitStep(ARGS), UNIT; \
	MOVD args_W(ARGS), W; \
	MOVD args_Stride(ARGS), STRIDE; \
	MOVD args_X(ARGS), X; \
	MOVD args_Inputs(ARGS), INPUTS; \
	MOVD args_H(ARGS), H; \
	MOVD args_Hidden(ARGS), HIDDEN; \
	MOVD args_Tiles(ARGS), NTILES

// The cursors: the columns of a tile, the numbers that they are multiplied
// with, and how many there are.
#define W0 R11
#define XK R14
#define K R15

// W0 as an argument of LOADQ.
#define w0 11

#define STATE R19 // c of an LSTM, the old h of a GRU

// Of a linear product: the rows of a narrow last tile, and those of the tile
// whose results are due.
#define LAST_ROWS R19
#define ROWS R23
#define ACTIVATION R22

#define LINEAR_ARGS \
	STEP_ARGS; \
	MOVD args_LastRows(ARGS), LAST_ROWS; \
	MOVD args_Activation(ARGS), ACTIVATION
