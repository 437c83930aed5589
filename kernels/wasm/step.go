package main

const (
	tileRows  = 32
	unitBytes = 32 // of the float32 of eight units, which one tile of gates has
)

// linear writes generic's function of that name for tiles of 8, 16, 24 or 32 rows:
//
//	linear(dst, start, w, stride, rows, tiles, forward, x, inputs, h, hidden)
//
// Pointers are to the tile that comes first. stride is in bytes, and forward the bytes
// from a tile of dst and start to the next: they are negative if the last one comes
// first.
func linear(f *function, m arithmetic, in format) {
	dst, start, w, stride, rows, tiles, forward := local(0), local(1), local(2), local(3), local(4), local(5), local(6)
	for n := 8; n <= tileRows; n += 8 {
		sums := f.vectors(n / 4)
		body := f.inner(func() {
			f.do(loadSums(sums, start))
			products(f, m, in, w, sums, sums)
			f.do(storeSums(sums, dst))
			f.do(advance(dst, get(forward)), advance(start, get(forward)), advance(w, get(stride)))
		})
		f.do(when(equal(get(rows), integer(n)), repeat(tiles, body)))
	}
}

// products adds the products of weights with x to some sums, and then with h to some.
// The last four parameters of linear, lstmStep and gruStep tell where these are.
func products(f *function, m arithmetic, in format, w local, ofX, ofH []local) {
	at, numbers, left := f.local(i32), f.local(i32), f.local(i32)
	f.do(set(at, get(w)))
	for part, sums := range [][]local{ofX, ofH} {
		from := local(7 + 2*part)
		f.do(set(numbers, get(from)), set(left, get(from+1)))
		m.accumulate(f, columns(sums, at, numbers, left, in))
	}
}

func loadSums(sums []local, p local) code {
	var c code
	for i, v := range sums {
		c += set(v, load(get(p), 16*i))
	}
	return c
}

func storeSums(sums []local, p local) code {
	var c code
	for i, v := range sums {
		c += store(get(p), 16*i, get(v))
	}
	return c
}

// lstmStep writes generic.LSTMStep:
//
//	lstmStep(next, c, start, w, stride, tiles, forward, x, inputs, h, hidden)
//
// with the parameters of linear; forward is that of next and c, and start goes on by
// four times as much.
func lstmStep(f *function, m arithmetic, in format) {
	step(f, m, in, 0, func(next, c local, gates [4]local, offset int) {
		lstmUnits(f, m, next, c, c, gates, offset)
	})
}

// gruStep writes generic.GRUStep:
//
//	gruStep(next, before, start, w, stride, tiles, forward, x, inputs, h, hidden)
//
// with the parameters of lstmStep; before is h of the tile that comes first.
func gruStep(f *function, m arithmetic, in format) {
	step(f, m, in, 2, func(next, before local, gates [4]local, offset int) {
		gruUnits(f, m, next, before, gates, offset)
	})
}

// step writes the loop of both. Of a tile's 8 vectors of sums, the first own have no
// products with h, and the last none with x. units updates the states of four units.
func step(f *function, m arithmetic, in format, own int, units func(next, state local, gates [4]local, offset int)) {
	next, state, start, w, stride, tiles, forward := local(0), local(1), local(2), local(3), local(4), local(5), local(6)
	sums := f.vectors(8)
	f.do(repeat(tiles, f.inner(func() {
		f.do(loadSums(sums, start))
		products(f, m, in, w, sums[:8-own], sums[own:])
		for half := range 2 {
			units(next, state, [4]local{sums[half], sums[2+half], sums[4+half], sums[6+half]}, 16*half)
		}
		f.do(advance(next, get(forward)), advance(state, get(forward)), advance(w, get(stride)))
		f.do(advance(start, imul(get(forward), integer(4))))
	})))
}

// lstmUnits updates the states of four units. gates become the gates' values.
func lstmUnits(f *function, m arithmetic, h, c, before local, gates [4]local, offset int) {
	i, g := gates[0], gates[2]
	for k, gate := range gates {
		if k == 2 {
			f.do(set(gate, tanh(f, m, get(gate))))
		} else {
			f.do(set(gate, sigmoid(f, m, get(gate))))
		}
	}
	cell := f.local(v128)
	f.do(set(cell, m.fma(get(gates[1]), load(get(before), offset), mul(get(i), get(g)))))
	f.do(store(get(c), offset, get(cell)))
	f.do(store(get(h), offset, mul(get(gates[3]), tanh(f, m, get(cell)))))
}

// gruUnits updates the states of four units, from the sums nx r z nh. The first three
// become the gates' values.
func gruUnits(f *function, m arithmetic, h, before local, gates [4]local, offset int) {
	n, r, z, nh := gates[0], gates[1], gates[2], gates[3]
	f.do(set(r, sigmoid(f, m, get(r))), set(z, sigmoid(f, m, get(z))))
	f.do(set(n, tanh(f, m, m.fma(get(r), get(nh), get(n)))))
	f.do(store(get(h), offset, m.fma(get(z), sub(load(get(before), offset), get(n)), get(n))))
}
