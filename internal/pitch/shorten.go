package pitch

import "math"

// seconds[k] is the multiple of the k-th part of a period at which the sound must also
// correlate if that part is to be the period.
var seconds = [16]int{0, 0, 3, 2, 3, 2, 5, 2, 3, 2, 3, 2, 5, 2, 3, 2}

// A lag is a period at half the sample rate, with the correlation of the sound and the
// sound one period before.
type lag struct {
	period int
	xy, yy float32 // correlation, and energy of the sound one period before
	gain   float32 // xy relative to both energies
}

// shorten returns the period, or the fraction of it that is the true period, and its
// gain.
func (f *Finder) shorten(period, last int, lastGain float32) (int, float32) {
	last /= 2
	x := f.half[halfMax:][:halfFrame]
	xx := f.measure()
	first := min(period/2, halfMax-1)
	found := lag{period: first, xy: dot(x, f.before(first)), yy: f.energies[first]}
	found.gain = gainOf(found.xy, xx, found.yy)
	firstGain := found.gain
	for k := 2; k < len(seconds); k++ {
		part := (2*first + k) / (2 * k)
		if part < halfMin {
			break
		}
		other := (2*seconds[k]*first + k) / (2 * k)
		if k == 2 {
			if other = first + part; other > halfMax {
				other = first
			}
		}
		l := lag{period: part}
		l.xy = 0.5 * (dot(x, f.before(part)) + dot(x, f.before(other)))
		l.yy = 0.5 * (f.energies[part] + f.energies[other])
		l.gain = gainOf(l.xy, xx, l.yy)
		if l.gain > threshold(part, firstGain, continuity(part, last, lastGain, k, first)) {
			found = l
		}
	}
	gain := float32(1)
	if xy := max(found.xy, 0); found.yy > xy {
		gain = xy / (found.yy + 1)
	}
	t := found.period
	offset := refine(dot(x, f.before(t-1)), dot(x, f.before(t)), dot(x, f.before(t+1)))
	return max(2*t+offset, MinPeriod), min(gain, found.gain)
}

// before returns the sound lag samples before the last frame.
func (f *Finder) before(lag int) []float32 { return f.half[halfMax-lag:][:halfFrame] }

// measure sets the energy of the sound at each lag, and returns the energy of the frame.
func (f *Finder) measure() float32 {
	x := f.half[halfMax:]
	xx := dot(x, x)
	f.energies[0] = xx
	yy := xx
	for i := 1; i <= halfMax; i++ {
		yy = yy + square(f.half[halfMax-i]) - square(x[halfFrame-i])
		f.energies[i] = max(yy, 0)
	}
	return xx
}

// gainOf returns the correlation relative to the energies.
func gainOf(xy, xx, yy float32) float32 {
	return float32(float64(xy) / math.Sqrt(1+float64(float32(xx*yy))))
}

// continuity returns a bonus for a fraction of the first period that is close to the
// period of 10 ms before.
func continuity(part, last int, lastGain float32, k, first int) float32 {
	switch d := max(part-last, last-part); {
	case d <= 1:
		return lastGain
	case d <= 2 && 5*k*k < first:
		return 0.5 * lastGain
	}
	return 0
}

// threshold returns the least gain of a fraction of the period. Very short periods need
// more, since all sound correlates with nearby sound.
func threshold(part int, firstGain, continuity float32) float32 {
	if part < 3*halfMin {
		return max(0.4, float32(0.85*firstGain)-continuity)
	}
	return max(0.3, float32(0.7*firstGain)-continuity)
}
