package main

// panel writes generic.Panel:
//
//	panel(acc, ldacc, w, ldw, rows, x, ldx, incx, depth, cols)
//
// with ldacc, ldw, ldx and incx in bytes.
func panel(f *function, m arithmetic) {
	acc, ldacc, cols := local(0), local(1), local(9)
	x, ldx := local(5), local(6)
	m.panel(f)
	f.do(repeat(cols, f.inner(func() { panelColumn(f, m) }), advance(acc, get(ldacc)), advance(x, get(ldx))))
}

// panelColumn adds the products with one vector, 32, 16 or 8 rows at a time.
func panelColumn(f *function, m arithmetic) {
	acc, w, ldw, rows := local(0), local(2), local(3), local(4)
	x, incx, depth := local(5), local(7), local(8)
	to, from, left := f.local(i32), f.local(i32), f.local(i32)
	f.do(set(to, get(acc)), set(from, get(w)), set(left, get(rows)))
	for _, n := range []int{32, 16, 8} {
		sums := f.vectors(n / 4)
		body := f.inner(func() {
			f.do(loadSums(sums, to))
			at, xs, k := f.local(i32), f.local(i32), f.local(i32)
			f.do(set(at, get(from)), set(xs, get(x)), set(k, get(depth)))
			m.accumulate(f, product{sums: sums, w: at, x: xs, n: k, step: get(ldw), every: get(incx), format: float})
			f.do(storeSums(sums, to))
			f.do(advance(to, integer(4*n)), advance(from, integer(4*n)), set(left, isub(get(left), integer(n))))
		})
		f.do(when(atLeast(get(left), n), body))
	}
}

// panel takes strips of 8 rows, and four vectors at a time: eight sums, which leave
// registers for what they are made of.
func (r relaxedSIMD) panel(f *function) {
	const vectors = 4
	acc, ldacc, w, rows := local(0), local(1), local(2), local(4)
	x, ldx, incx, cols := local(5), local(6), local(7), local(9)
	var to [vectors]local
	for c := range to {
		to[c] = f.local(i32)
	}
	from, strips := f.local(i32), f.local(i32)
	four := set(to[0], get(acc)) + set(from, get(w)) + set(strips, divided(get(rows), 8))
	for c := 1; c < vectors; c++ {
		four += set(to[c], iadd(get(to[c-1]), get(ldacc)))
	}
	next := advance(from, integer(unitBytes))
	for c := range to {
		next += advance(to[c], integer(unitBytes))
	}
	adjacent := repeat(strips, f.inner(func() { r.strip(f, to[:], from, true) }), next)
	apart := repeat(strips, f.inner(func() { r.strip(f, to[:], from, false) }), next)
	four += choose(equal(get(incx), integer(4)), adjacent, apart)
	four += advance(acc, imul(get(ldacc), integer(vectors))) + advance(x, imul(get(ldx), integer(vectors)))
	four += set(cols, isub(get(cols), integer(vectors)))
	f.do(while(atLeast(get(cols), vectors), four))
}

// strip adds the products of 8 rows with vectors, whose numbers may be adjacent.
func (r relaxedSIMD) strip(f *function, to []local, from local, adjacent bool) {
	ldw, x, ldx, incx, depth := local(3), local(5), local(6), local(7), local(8)
	at, k := f.local(i32), f.local(i32)
	sums, weights, number := f.vectors(2*len(to)), f.vectors(2), f.local(v128)
	xs := make([]local, len(to))
	for c := range xs {
		xs[c] = f.local(i32)
		f.do(set(xs[c], get(x)))
		if c > 0 {
			f.do(set(xs[c], iadd(get(xs[c-1]), get(ldx))))
		}
	}
	eachSum := func(do func(c, half int, sum local)) {
		for i, sum := range sums {
			do(i/2, i%2, sum)
		}
	}
	advanceAll := func(by code) code {
		var all code
		for _, v := range xs {
			all += advance(v, by)
		}
		return all
	}
	column := func(i int) code {
		products := set(weights[0], load(get(at), 0)) + set(weights[1], load(get(at), 16))
		eachSum(func(c, half int, sum local) {
			if half == 0 {
				products += set(number, loadSplat(get(xs[c]), 4*i))
			}
			products += set(sum, r.fma(get(weights[half]), get(number), get(sum)))
		})
		return products + advance(at, get(ldw))
	}
	eachSum(func(c, half int, sum local) { f.do(set(sum, load(get(to[c]), 16*half))) })
	f.do(set(at, get(from)), set(k, get(depth)))
	if adjacent {
		const times = 4
		f.do(unrolled(k, times, column, advanceAll(integer(4*times))))
	}
	f.do(repeat(k, column(0), advanceAll(get(incx))))
	eachSum(func(c, half int, sum local) { f.do(store(get(to[c]), 16*half, get(sum))) })
}
