package main

// A format is a number format of weights.
type format struct {
	suffix string
	bytes  int // of four weights
	unroll int // how many columns a loop takes at once

	// load returns four weights as float32; scratch is for its use.
	load func(f *function, scratch local, p code, offset int) code

	// loadPairs returns the first two and the last two, each in front. The first are to
	// be computed first.
	loadPairs func(f *function, scratch local, p code, offset int) (code, code)
}

var float = format{
	suffix: "", bytes: 16, unroll: 2,
	load: func(_ *function, _ local, p code, offset int) code { return load(p, offset) },
	loadPairs: func(_ *function, _ local, p code, offset int) (code, code) {
		return loadTwo(p, offset), loadTwo(p, offset+8)
	},
}

var half = format{
	suffix: "_half", bytes: 8, unroll: 1,
	load: loadHalf,
	loadPairs: func(f *function, scratch local, p code, offset int) (code, code) {
		return tee(scratch, loadHalf(f, scratch, p, offset)), upper(get(scratch))
	},
}

// loadHalf widens binary16. Exponent and mantissa, moved into their places, make a
// float32 that is 2^112 times too small, denormals too. Those with the greatest
// exponent are infinite or NaN.
func loadHalf(f *function, scratch local, p code, offset int) code {
	kept, infinity := f.constantInts(0x8fff_e000), f.constantInts(0x7f80_0000)
	scale, limit := f.constantFloats(0x1p112), f.constantFloats(0x1p16)
	wide := mul(and(shiftLeft(loadInt16(p, offset), 13), get(kept)), get(scale))
	return or(tee(scratch, wide), and(greaterEqual(abs(get(scratch)), get(limit)), get(infinity)))
}
