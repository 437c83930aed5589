package main

// A format is one of weights.
type format struct {
	suffix string
	bytes  int // of four weights
	// load returns four weights as float32; scratch is for its use.
	load func(scratch local, p code, offset int) code
	// loadPairs returns the first two and the last two, each in the lower lanes. The
	// first are to be computed first.
	loadPairs func(scratch local, p code, offset int) (code, code)
}

var (
	float = format{
		"", 16,
		func(_ local, p code, offset int) code { return load(p, offset) },
		func(_ local, p code, offset int) (code, code) { return loadTwo(p, offset), loadTwo(p, offset+8) },
	}
	half = format{
		"_half", 8,
		loadHalf,
		func(scratch local, p code, offset int) (code, code) {
			return tee(scratch, loadHalf(scratch, p, offset)), upper(get(scratch))
		},
	}
)

// loadHalf widens binary16. Exponent and mantissa, moved into their places, make a
// float32 that is 2^112 times too small, denormals too. Those with the greatest
// exponent are infinite or NaN.
func loadHalf(scratch local, p code, offset int) code {
	const kept, infinity = 0x8fff_e000, 0x7f80_0000
	wide := mul(and(shiftLeft(loadInt16(p, offset), 13), ints(kept)), floats(0x1p112))
	return or(tee(scratch, wide), and(greaterEqual(abs(get(scratch)), floats(0x1p16)), ints(infinity)))
}
