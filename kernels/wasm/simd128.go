package main

// simd128 has no fused multiply-add. It computes in float64, where a product of two
// float32 is exact, as generic.FMA does.
type simd128 struct{}

func (simd128) name() string { return "simd128" }

func (simd128) fma(a, b, c code) code {
	return a + b + c + call(uint32(len(kernels()))) // fusedFunction comes last
}

// accumulate takes the sums of at most 16 rows, as float64 that hold float32, and adds
// products as if rounding twice were rounding once. At the end, it checks whether this
// was doubtful for any sum; if so, it computes the sums again with fma.
func (s simd128) accumulate(f *function, p product) {
	const most = 4
	w, x, n := f.local(i32), f.local(i32), f.local(i32)
	times, scratch := f.local(v128), f.local(v128)
	next := product{w: w, x: x, step: p.step, every: p.every}.next()
	doubt := newDoubt(f)
	for first := 0; first < len(p.sums); first += most {
		sums := p.sums[first:min(first+most, len(p.sums))]
		pairs := f.vectors(2 * len(sums))
		var widened, narrowed, column, exact code
		column = set(times, promote(loadSplat(get(x), 0)))
		exact = set(times, loadSplat(get(x), 0))
		for i, sum := range sums {
			low, high := pairs[2*i], pairs[2*i+1]
			widened += set(low, promote(get(sum))) + set(high, promote(upper(get(sum))))
			narrowed += set(sum, join(demote(get(low)), demote(get(high))))
			offset := (first + i) * p.format.bytes
			firstTwo, lastTwo := p.format.loadPairs(f, scratch, get(w), offset)
			for _, pair := range []struct {
				sum     local
				weights code
			}{{low, firstTwo}, {high, lastTwo}} {
				c := addDoubles(mulDoubles(promote(pair.weights), get(times)), get(pair.sum))
				column += set(pair.sum, promote(demote(doubt.note(c))))
			}
			exact += set(sum, s.fma(p.format.load(f, scratch, get(w), offset), get(times), get(sum)))
		}
		start := set(w, get(p.w)) + set(x, get(p.x)) + set(n, get(p.n))
		f.do(start, doubt.reset(), widened, repeat(n, column, next))
		f.do(choose(doubt.any(), start+repeat(n, exact, next), narrowed))
	}
	f.do(set(p.w, get(w)), set(p.x, get(x)))
}

func (simd128) panel(*function) {}

// A doubt collects whether float64 sums are doubtful, as generic's function of that name
// asks: least holds the least of numbers made from each sum. That of the low half is 0
// if the lowest 29 bits are those of a midpoint, and that of the high half is less than
// 0x701fffff if the sum is less than 2^-126 and not 0. (No such sum has a high half of 0.)
type doubt struct{ least, sum, scale, offset local }

func newDoubt(f *function) doubt {
	return doubt{f.local(v128), f.local(v128), f.constant([4]uint32{8, 2, 8, 2}), f.constant([4]uint32{0x8000_0000, 1, 0x8000_0000, 1})}
}

func (d doubt) reset() code { return set(d.least, ints(0xffff_ffff)) }

// note returns the sum.
func (d doubt) note(sum code) code {
	number := subInts(mulInts(get(d.sum), get(d.scale)), get(d.offset))
	return tee(d.sum, sum) + set(d.least, lesserUnsigned(get(d.least), number))
}

func (d doubt) any() code {
	return anyTrue(lessUnsigned(get(d.least), constant([4]uint32{1, 0x701f_ffff, 1, 0x701f_ffff})))
}

// fusedFunction returns the function a*b + c of vectors, rounded once. It takes the sums
// in float64 rounded to odd, which makes rounding to float32 rounding once: see
// generic.FMA.
func fusedFunction() *function {
	f := &function{signature: signature{[]valueType{v128, v128, v128}, []valueType{v128}}}
	p, z, s, t, e := f.local(v128), f.local(v128), f.local(v128), f.local(v128), f.local(v128)
	sums := [2]local{f.local(v128), f.local(v128)}
	zero, one := get(f.constant([4]uint32{})), get(f.constant([4]uint32{1, 0, 1, 0}))
	for i, pair := range []func(v code) code{promote, func(v code) code { return promote(upper(v)) }} {
		f.do(set(p, mulDoubles(pair(get(0)), pair(get(1)))), set(z, pair(get(2))))
		f.do(set(s, addDoubles(get(p), get(z))))
		f.do(set(t, subDoubles(get(s), get(p))))
		f.do(set(e, addDoubles(subDoubles(get(p), subDoubles(get(s), get(t))), subDoubles(get(z), get(t)))))
		inexact := or(lessDoubles(get(e), zero), lessDoubles(zero, get(e))) // and not NaN
		even := equalLongs(and(get(s), one), zero)
		away := or(xor(lessDoubles(zero, get(e)), lessDoubles(zero, get(s))), one) // 1, or -1
		f.do(set(sums[i], demote(addLongs(get(s), and(away, and(inexact, even))))))
	}
	f.do(join(get(sums[0]), get(sums[1])))
	return f
}

// upper moves the last two float32 to the front.
func upper(v code) code { return lanes(v, ints(0), [4]byte{2, 3, 4, 4}) }

// join returns the first two float32 of each.
func join(a, b code) code { return lanes(a, b, [4]byte{0, 1, 4, 5}) }
