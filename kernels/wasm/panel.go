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

// panelColumn adds the products with one vector, 16 rows at a time.
func panelColumn(f *function, m arithmetic) {
	acc, w, ldw, rows := local(0), local(2), local(3), local(4)
	x, incx, depth := local(5), local(7), local(8)
	to, from, left := f.local(i32), f.local(i32), f.local(i32)
	f.do(set(to, get(acc)), set(from, get(w)), set(left, get(rows)))
	for _, n := range []int{32, 16, 8} {
		sums := f.vectors(n / 4)
		body := f.inner(func() {
			for i, v := range sums {
				f.do(set(v, load(get(to), 16*i)))
			}
			at, xs, k := f.local(i32), f.local(i32), f.local(i32)
			f.do(set(at, get(from)), set(xs, get(x)), set(k, get(depth)))
			m.accumulate(f, product{sums: sums, w: at, x: xs, n: k, step: get(ldw), every: get(incx), format: float})
			for i, v := range sums {
				f.do(store(get(to), 16*i, get(v)))
			}
			f.do(advance(to, integer(4*n)), advance(from, integer(4*n)), set(left, isub(get(left), integer(n))))
		})
		f.do(when(atLeast(get(left), n), body))
	}
}

// panel takes strips of 8 rows, and four vectors at a time: eight sums, which leave
// registers for what they are made of.
func (r relaxedSIMD) panel(f *function) {
	acc, ldacc, w, ldw, rows := local(0), local(1), local(2), local(3), local(4)
	x, ldx, incx, depth, cols := local(5), local(6), local(7), local(8), local(9)
	const vectors = 4
	var to, xs [vectors]local
	for c := range vectors {
		to[c], xs[c] = f.local(i32), f.local(i32)
	}
	from, at, strips, k := f.local(i32), f.local(i32), f.local(i32), f.local(i32)
	sums, weights := f.vectors(2*vectors), f.vectors(2)

	strip := code("")
	column := set(weights[0], load(get(at), 0)) + set(weights[1], load(get(at), 16))
	stored := code("")
	for c := range vectors {
		source := get(x)
		if c > 0 {
			source = iadd(get(xs[c-1]), get(ldx))
		}
		strip += set(xs[c], source)
	}
	for c := range vectors {
		for half := range 2 {
			sum := sums[2*c+half]
			strip += set(sum, load(get(to[c]), 16*half))
			column += set(sum, r.fma(get(weights[half]), loadSplat(get(xs[c]), 0), get(sum)))
			stored += store(get(to[c]), 16*half, get(sum))
		}
		column += advance(xs[c], get(incx))
		stored += advance(to[c], integer(unitBytes))
	}
	strip += set(at, get(from)) + set(k, get(depth)) + repeat(k, column, advance(at, get(ldw))) + stored
	strip += advance(from, integer(unitBytes))

	four := set(to[0], get(acc)) + set(from, get(w)) + set(strips, divided(get(rows), 8))
	for c := 1; c < vectors; c++ {
		four += set(to[c], iadd(get(to[c-1]), get(ldacc)))
	}
	four += repeat(strips, strip)
	four += advance(acc, imul(get(ldacc), integer(vectors))) + advance(x, imul(get(ldx), integer(vectors)))
	four += set(cols, isub(get(cols), integer(vectors)))
	f.do(while(atLeast(get(cols), vectors), four))
}
