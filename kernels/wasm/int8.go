package main

// quantize writes generic.Quantize: quantize(dst, src, vectors, inverse) returns
// whether src holds a NaN.
func quantize(f *function) {
	const magic = 0x1.8p23 // so large that the lowest bit has the value 1
	dst, src, vectors, inverse := local(0), local(1), local(2), local(3)
	v, scale, nan := f.local(v128), f.local(v128), f.local(v128)
	// The order of operands makes -127 of NaN.
	within := lesser(greater(floats(-127), mul(get(v), get(scale))), floats(127))
	rounded := subInts(add(within, floats(magic)), floats(magic))
	bytes := narrow16(narrow32(rounded, ints(0)), ints(0))
	f.do(set(scale, splat(get(inverse))))
	f.do(repeat(vectors,
		set(v, load(get(src), 0)),
		set(nan, or(get(nan), notEqual(get(v), get(v)))),
		storeFirst(get(dst), 0, bytes),
		advance(dst, integer(4)), advance(src, integer(16))))
	f.do(anyTrue(get(nan)))
}

// linearInt8 writes generic.LinearInt8, 8 rows at a time:
//
//	linearInt8(dst, start, w, stride, rows, tiles, forward, scale, forwardScale, step, x, groups)
//
// with the parameters of linear; groups counts those of four numbers, and forwardScale
// the bytes from the scales of a tile to those of the next.
func linearInt8(f *function, m arithmetic) {
	dst, start, w, stride, rows, tiles, forward := local(0), local(1), local(2), local(3), local(4), local(5), local(6)
	scale, forwardScale, step, x, groups := local(7), local(8), local(9), local(10), local(11)
	row, at, xs, k, left := f.local(i32), f.local(i32), f.local(i32), f.local(i32), f.local(i32)
	number, steps := f.local(v128), f.local(v128)
	sums := f.vectors(4) // a vector has two sums of each of two rows

	column := set(number, extendLow(loadSplat(get(xs), 0)))
	for i, v := range sums {
		column += set(v, addInts(get(v), dot(loadInt8(get(at), 8*i), get(number))))
	}
	column += advance(at, imul(get(rows), integer(4))) + advance(xs, integer(4))

	strip := code("")
	for _, v := range sums {
		strip += set(v, ints(0))
	}
	strip += set(at, iadd(get(w), get(row))) + set(xs, get(x)) + set(k, get(groups)) + repeat(k, column)
	for half := range 2 {
		a, b := get(sums[2*half]), get(sums[2*half+1])
		sum := fromInts(addInts(lanes(a, b, [4]byte{0, 2, 4, 6}), lanes(a, b, [4]byte{1, 3, 5, 7})))
		offset := 16 * half
		here := func(p local) code { return iadd(get(p), get(row)) }
		strip += store(here(dst), offset, m.fma(sum, mul(load(here(scale), offset), get(steps)), load(here(start), offset)))
	}
	strip += advance(row, integer(unitBytes))

	f.do(set(steps, splat(get(step))))
	f.do(repeat(tiles,
		set(row, integer(0)), set(left, divided(get(rows), 8)), repeat(left, strip),
		advance(dst, get(forward)), advance(start, get(forward)), advance(w, get(stride)), advance(scale, get(forwardScale))))
}
