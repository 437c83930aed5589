//go:build !purego

#include "textflag.h"
#include "neon.h"
#include "float.h"
#include "args.h"
#include "product.h"
#include "activate.h"
#include "linear.h"
#include "lstm.h"
#include "gru.h"
#include "steps.h"

// func linear(a *args)
TEXT ·linear(SB), NOSPLIT, $0-8
	LINEAR_STEP

// func lstmStep(a *args)
TEXT ·lstmStep(SB), NOSPLIT, $0-8
	LSTM_STEP

// func gruStep(a *args)
TEXT ·gruStep(SB), NOSPLIT, $256-8
	GRU_STEP
