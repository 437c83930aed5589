package main

// relaxedSIMD has an instruction that is a fused multiply-add if the machine has one.
type relaxedSIMD struct{}

func (relaxedSIMD) name() string { return "relaxedsimd" }

func (relaxedSIMD) fma(a, b, c code) code { return a + b + c + relaxedMulAdd }

func (r relaxedSIMD) accumulate(f *function, p product) {
	x, scratch := f.local(v128), f.local(v128)
	column := func(i int) code {
		c := set(x, loadSplat(get(p.x), 4*i))
		for v, sum := range p.sums {
			w := p.format.load(f, scratch, get(p.w), i*p.adjacent+v*p.format.bytes)
			c += set(sum, r.fma(w, get(x), get(sum)))
		}
		return c
	}
	if times := p.format.unroll; times > 1 && p.adjacent > 0 {
		f.do(unrolled(p.n, times, column, advance(p.w, integer(times*p.adjacent))+advance(p.x, integer(4*times))))
	}
	f.do(repeat(p.n, column(0), p.next()))
}
