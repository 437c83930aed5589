package generic

// A Weight is a number format of weights: float32 or, as uint16, IEEE 754
// binary16.
type Weight interface{ float32 | uint16 }

// Linear is the product of full tiles of 32 rows with the concatenation of two
// vectors, x and h, on top of start:
//
//	for t := range len(dst)/32 {
//		for r := range 32 {
//			a := start[t*32+r]
//			for k := range len(x)+len(h) {
//				a = fma(w[t*stride+k*32+r], [x h][k], a)
//			}
//			dst[t*32+r] = a
//		}
//	}
//
// dst may be start. If reverse is set, the last tile comes first: the numbers
// are the same, and the weights that the caches still hold from the last pass
// are read first.
func Linear[W Weight](dst, start []float32, w []W, stride int, x, h []float32, reverse bool) {
	for t := range Tiles(len(dst)/tileRows, reverse) {
		tile(dst[t*tileRows:][:tileRows], start[t*tileRows:], w[t*stride:], x, h)
	}
}

// LinearTail is [Linear] for the last rows of a matrix: len(dst)/32 full tiles,
// at most two, and a narrow one of len(dst)%32 rows, whose weights come last.
func LinearTail[W Weight](dst, start []float32, w []W, stride int, last []W, x, h []float32) {
	full := len(dst) / tileRows * tileRows
	if full > 0 {
		Linear(dst[:full], start, w, stride, x, h, false)
	}
	tile(dst[full:], start[full:], last, x, h)
}

// LSTMStep is a step of an LSTM, from its inputs x and its states h and c:
//
//	acc = Linear(start, w, x, h), of a tile of 32 rows i f g o for 8 units
//	LSTM(next, c, c, acc)
//
// next has the units of all tiles, and does not overlap h.
func LSTMStep[W Weight](next, c, start []float32, w []W, stride int, x, h []float32, reverse bool) {
	var acc [tileRows]float32
	for t := range Tiles(len(next)/lanes, reverse) {
		tile(acc[:], start[t*tileRows:], w[t*stride:], x, h)
		c := c[t*lanes:]
		LSTM(next[t*lanes:][:lanes], c, c, acc[:])
	}
}

// GRUStep is a step of a GRU whose reset gate is applied after the product,
// from its inputs x and its state h, whose first hidden units are not padding:
//
//	for t := range len(next)/8 {
//		nx, r, z, nh := start[t*32:], start[t*32+8:], start[t*32+16:], start[t*32+24:]
//		nx r z += the product of 24 rows with x
//		r z nh += the product of 24 rows with h[:hidden]
//		GRU(next, h, [nx r z nh])
//	}
//
// next does not overlap h.
func GRUStep[W Weight](next, h, start []float32, w []W, stride int, x []float32, hidden int, reverse bool) {
	const rows = 3 * lanes
	var acc [tileRows]float32
	for t := range Tiles(len(next)/lanes, reverse) {
		copy(acc[:], start[t*tileRows:])
		w := w[t*stride:]
		tile(acc[:rows], acc[:], w, x, nil)
		tile(acc[lanes:], acc[lanes:], w[len(x)*rows:], h[:hidden], nil)
		GRU(next[t*lanes:][:lanes], h[t*lanes:], acc[:])
	}
}

// Tiles yields 0 to n-1, or in reverse.
func Tiles(n int, reverse bool) func(yield func(t int) bool) {
	return func(yield func(t int) bool) {
		for t := range n {
			if reverse {
				t = n - 1 - t
			}
			if !yield(t) {
				return
			}
		}
	}
}

// tile sets the sums of one tile of len(dst) rows.
func tile[W Weight](dst, start []float32, w []W, x, h []float32) {
	rows := len(dst)
	copy(dst, start)
	for _, v := range [...][]float32{x, h} {
		if len(v) == 0 {
			continue
		}
		switch w := any(w).(type) {
		case []float32:
			for r := 0; r < rows; r += 4 {
				chains((*[4]float32)(dst[r:]), (*[4]float32)(dst[r:]), w[r:], rows, v, 1, len(v))
			}
		case []uint16:
			halfChains(dst, w, v)
		}
		w = w[len(v)*rows:]
	}
}

// halfChains widens a few columns at a time.
func halfChains(dst []float32, w []uint16, v []float32) {
	const columns = 16
	rows := len(dst)
	var wide [columns * tileRows]float32
	for len(v) > 0 {
		n := min(columns, len(v))
		Widen(wide[:n*rows], w)
		for r := 0; r < rows; r += 4 {
			chains((*[4]float32)(dst[r:]), (*[4]float32)(dst[r:]), wide[r:], rows, v, 1, n)
		}
		w, v = w[n*rows:], v[n:]
	}
}
