package generic

import "unsafe"

// Args are the arguments of a step of an LSTM or a GRU, or of a linear product,
// for assembly, which reads them at the offsets that are noted. They are
// prepared once for a stream, so that a step costs no more than the step.
// Pointers are to the tile that comes first, and steps are in bytes from tile to
// tile: negative if the last one comes first.
type Args struct {
	Next     *float32       //  0: the new h
	C        *float32       //  8: of an LSTM
	Start    *float32       // 16: the sums to begin with
	UnitStep int            // 24: of Next, C, At and Out; of Start four times that, or of a product the same
	W        unsafe.Pointer // 32: the first column that is read
	Stride   int            // 40: of W
	X        unsafe.Pointer // 48: inputs
	Inputs   int            // 56
	H        unsafe.Pointer // 64: states
	Hidden   int            // 72
	Tiles    int            // 80: at least 1, but for a narrow last tile
	At       *float32       // 88: of a GRU the state of the first tile's units
	Out      *float32       // 96: a second place for the new h, which may be Next

	// For a linear product.
	Last       unsafe.Pointer // 104: the weights of a narrow last tile, before which stand at most two others
	LastRows   int            // 112: its rows, or 0
	Activation int            // 120: one of those below

	// For int8 weights. X and H are quantized, and Inputs and Hidden count
	// groups of four; H has at least one.
	ScaleX, ScaleH *float32 // 128, 136: the scales of rows, in the columns of X and of H
	ScaleStep      int      // 144: of both
	StepX, StepH   float32  // 152, 156

	// The start of the sums of rows, if the set needs it, like ScaleX and ScaleH.
	OffsetX, OffsetH *int32 // 160, 168
}

// The functions of a linear product.
const (
	Identity = iota
	IsTanh
	IsReLU
)
