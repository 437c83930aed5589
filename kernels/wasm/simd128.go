package main

// simd128 has no fused multiply-add. It computes in float64, where a product of two
// float32 is exact, as generic.FMA does.
type simd128 struct{}

func (simd128) name() string { return "simd128" }

func (simd128) fma(a, b, c code) code { return a + b + c + call(uint32(len(kernels()))) } // fusedFunction comes last

// accumulate keeps the sums of 16 rows at most, as float64 that hold float32, and adds
// as if rounding twice were rounding once. Whether that was doubtful for any sum is
// asked once, at the end; if so, all is done again, and exactly.
func (simd128) accumulate(f *function, p product) {
	w, x, n := f.local(i32), f.local(i32), f.local(i32)
	start := set(w, get(p.w)) + set(x, get(p.x)) + set(n, get(p.n))
	const most = 4
	for first := 0; first < len(p.sums); first += most {
		sums := p.sums[first:min(first+most, len(p.sums))]
		offset := first * p.format.bytes
		pairs := f.vectors(2 * len(sums))
		times, least, scratch, sum := f.local(v128), f.local(v128), f.local(v128), f.local(v128)
		widen := code("")
		for i, v := range sums {
			widen += set(pairs[2*i], promote(get(v))) + set(pairs[2*i+1], promote(upper(get(v))))
		}
		column := func(round func(product, before code) code) code {
			c := set(times, promote(loadSplat(get(x), 0)))
			for i := range sums {
				low, high := p.format.loadPairs(scratch, get(w), offset+i*p.format.bytes)
				for j, weights := range [2]code{low, high} {
					pair := pairs[2*i+j]
					c += set(pair, promote(demote(round(mulDoubles(promote(weights), get(times)), get(pair)))))
				}
			}
			return c
		}
		next := product{w: w, x: x, step: p.step, every: p.every}.next()
		f.do(start, set(least, ints(0xffff_ffff)), widen)
		f.do(repeat(n, column(func(product, before code) code {
			return tee(sum, addDoubles(product, before)) + set(least, lesserUnsigned(get(least), doubt(get(sum))))
		}), next))
		exact := exactSum{f.local(v128), f.local(v128), f.local(v128), f.local(v128)}
		f.do(when(anyTrue(lessUnsigned(get(least), constant([4]uint32{1, 0x701f_ffff, 1, 0x701f_ffff}))),
			start, widen, repeat(n, column(exact.of), next)))
		for i, v := range sums {
			f.do(set(v, lanes(demote(get(pairs[2*i])), demote(get(pairs[2*i+1])), [4]byte{0, 1, 4, 5})))
		}
	}
	f.do(set(p.w, get(w)), set(p.x, get(x)), set(p.n, get(n)))
}

// doubt returns numbers that tell whether float64 sums are doubtful, as generic's
// function of that name asks: of each the low half is 0 if the lowest 29 bits are those
// of a midpoint, and the high half is less than 0x701fffff if the sum is less than
// 2^-126 and not 0. (That is no float64 with a high half of 0.)
func doubt(s code) code {
	return subInts(mulInts(s, constant([4]uint32{8, 2, 8, 2})), constant([4]uint32{0x8000_0000, 1, 0x8000_0000, 1}))
}

// exactSum has the locals of a sum that is rounded to odd.
type exactSum struct{ p, s, t, e local }

// of returns product + before in float64, rounded to odd: rounding that to float32 is
// rounding once. See generic.FMA.
func (l exactSum) of(product, before code) code {
	p, s, t, e, zero := get(l.p), get(l.s), get(l.t), get(l.e), ints(0)
	c := set(l.p, product)
	c += set(l.s, addDoubles(p, before))
	c += set(l.t, subDoubles(s, p))
	c += set(l.e, addDoubles(subDoubles(p, subDoubles(s, t)), subDoubles(before, t)))
	inexact := or(lessDoubles(e, zero), lessDoubles(zero, e)) // and not NaN
	even := equalLongs(and(s, constant([4]uint32{1, 0, 1, 0})), zero)
	away := or(xor(lessDoubles(zero, e), lessDoubles(zero, s)), constant([4]uint32{1, 0, 1, 0})) // +1, or -1
	return c + addLongs(s, and(away, and(inexact, even)))
}

// upper moves the upper two lanes of float32 down.
func upper(v code) code { return lanes(v, ints(0), [4]byte{2, 3, 4, 4}) }

// fusedFunction returns the function of three vectors that fma calls.
func fusedFunction() *function {
	f := &function{signature: signature{[]valueType{v128, v128, v128}, []valueType{v128}}}
	exact := exactSum{f.local(v128), f.local(v128), f.local(v128), f.local(v128)}
	sums := [2]local{f.local(v128), f.local(v128)}
	for i, part := range []func(code) code{func(v code) code { return v }, upper} {
		pair := func(l local) code { return promote(part(get(l))) }
		f.do(set(sums[i], demote(exact.of(mulDoubles(pair(0), pair(1)), pair(2)))))
	}
	f.do(lanes(get(sums[0]), get(sums[1]), [4]byte{0, 1, 4, 5}))
	return f
}

func (simd128) panel(*function) {}
