package pitch

const (
	longest = MaxPeriod - 3*MinPeriod // number of positions that are searched
	halfLag = longest / 2
)

// correlations are the correlations at each position that is searched.
type correlations [halfLag]float32

// search returns the period of the best position, from 3*MinPeriod to MaxPeriod.
func (f *Finder) search() int {
	const quarterFrame, quarterLag = halfFrame / 2, halfLag / 2
	for i := range f.quarter {
		f.quarter[i] = f.half[2*i]
	}
	xcorr := f.correlations[:]
	x := f.quarter[halfMax/2:][:quarterFrame]
	i := 0
	for ; i+4 <= quarterLag; i += 4 {
		var sums [4]float32
		dots(x, f.quarter[i:], &sums)
		copy(xcorr[i:], sums[:])
	}
	for ; i < quarterLag; i++ {
		xcorr[i] = dot(x, f.quarter[i:])
	}
	first, second := best(xcorr[:quarterLag], f.quarter[:], quarterFrame)
	x = f.half[halfMax:][:halfFrame]
	for i := range xcorr {
		if near(i, 2*first) || near(i, 2*second) {
			xcorr[i] = max(dot(x, f.half[i:]), -1)
		} else {
			xcorr[i] = 0
		}
	}
	place, _ := best(xcorr, f.half[:], halfFrame)
	offset := 0
	if place > 0 && place < len(xcorr)-1 {
		offset = refine(xcorr[place-1], xcorr[place], xcorr[place+1])
	}
	return MaxPeriod - (2*place - offset)
}

// near reports whether two positions differ by at most 2.
func near(i, place int) bool { return i-place <= 2 && place-i <= 2 }

// best returns the two positions of y with the greatest squared correlation relative to
// the energy of the n samples from there.
func best(xcorr, y []float32, n int) (first, second int) {
	type quotient struct{ num, den float32 }
	a, b := quotient{-1, 0}, quotient{-1, 0}
	first, second = 0, 1
	energy := float32(1)
	for _, v := range y[:n] {
		energy += square(v)
	}
	for i, c := range xcorr {
		if c > 0 {
			num := square(float32(c * 1e-12)) // within the range of float32
			if float32(num*b.den) > float32(b.num*energy) {
				if float32(num*a.den) > float32(a.num*energy) {
					b, second = a, first
					a, first = quotient{num, energy}, i
				} else {
					b, second = quotient{num, energy}, i
				}
			}
		}
		energy += square(y[i+n]) - square(y[i])
		energy = max(energy, 1)
	}
	return first, second
}
