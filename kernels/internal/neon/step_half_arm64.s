//go:build !purego

#include "textflag.h"
#include "neon.h"
#include "half.h"
#include "args.h"
#include "product.h"
#include "activate.h"
#include "linear.h"
#include "lstm.h"
#include "gru.h"
#include "steps.h"

// func linearHalf(a *args)
TEXT ·linearHalf(SB), NOSPLIT, $0-8
	LINEAR_STEP

// func lstmStepHalf(a *args)
TEXT ·lstmStepHalf(SB), NOSPLIT, $0-8
	LSTM_STEP

// func gruStepHalf(a *args)
TEXT ·gruStepHalf(SB), NOSPLIT, $256-8
	GRU_STEP
