package main

// lstmCell writes generic.LSTM: lstmCell(h, c, before, acc, tiles).
func lstmCell(f *function, m arithmetic) {
	h, c, before, acc, tiles := local(0), local(1), local(2), local(3), local(4)
	gates := [4]local(f.vectors(4))
	f.do(repeat(tiles, f.inner(func() {
		for half := range 2 {
			f.do(loadGates(gates, acc, half))
			lstmUnits(f, m, h, c, before, gates, 16*half)
			f.do(storeGates(gates[:], acc, half))
		}
		for _, p := range []local{h, c, before} {
			f.do(advance(p, integer(unitBytes)))
		}
		f.do(advance(acc, integer(4*unitBytes)))
	})))
}

// gruCell writes generic.GRU: gruCell(h, before, acc, tiles).
func gruCell(f *function, m arithmetic) {
	h, before, acc, tiles := local(0), local(1), local(2), local(3)
	gates := [4]local(f.vectors(4))
	f.do(repeat(tiles, f.inner(func() {
		for half := range 2 {
			f.do(loadGates(gates, acc, half))
			gruUnits(f, m, h, before, gates, 16*half)
			f.do(storeGates(gates[:3], acc, half))
		}
		f.do(advance(h, integer(unitBytes)), advance(before, integer(unitBytes)), advance(acc, integer(4*unitBytes)))
	})))
}

func loadGates(gates [4]local, acc local, half int) code {
	var c code
	for i, g := range gates {
		c += set(g, load(get(acc), i*unitBytes+16*half))
	}
	return c
}

func storeGates(gates []local, acc local, half int) code {
	var c code
	for i, g := range gates {
		c += store(get(acc), i*unitBytes+16*half, get(g))
	}
	return c
}
