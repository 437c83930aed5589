// Package pitch finds the period of voiced sound, in the same way as the codec CELT and
// RNNoise.
//
// The sound, with 48,000 samples per second, is converted to half the rate, and a linear
// prediction of order 4 flattens its spectrum. The search correlates the last 20 ms with
// the sound before, and finds the greatest correlation relative to the energy, first at a
// quarter of the rate, and then around the two best positions at half the rate. Since two
// or more periods correlate as well as one, it finally tries fractions of the result, and
// prefers those near the previous period.
//
// All operations are in float32, and each is rounded, in the order of RNNoise 0.1
// (Jean-Marc Valin, Mozilla, Xiph.Org), so that every decision is the same, on every
// device, as that of its C code without fused operations.
package pitch

// The sizes of a [Finder], in samples.
const (
	MinPeriod = 60  // 800 Hz
	MaxPeriod = 768 // 62.5 Hz
	Frame     = 960 // length of the sound that is compared with the sound before
	Samples   = MaxPeriod + Frame
)

// The same sizes at half the sample rate.
const (
	halfMin     = MinPeriod / 2
	halfMax     = MaxPeriod / 2
	halfFrame   = Frame / 2
	halfSamples = Samples / 2
)

// A Finder has the memory for the search. It keeps nothing between searches.
type Finder struct {
	half    [halfSamples]float32 // sound at half the rate, without the shape of its spectrum
	quarter [halfSamples / 2]float32
	correlations
	energies [halfMax + 1]float32
}

// Find returns the period of the last Frame samples, between MinPeriod and MaxPeriod, and
// the gain, from 0 to 1, with which the sound one period before predicts them. last and
// lastGain are the results for the sound 10 ms before; 0 and 0: none.
func (f *Finder) Find(samples *[Samples]float32, last int, lastGain float32) (period int, gain float32) {
	f.halve(samples)
	f.whiten()
	return f.shorten(f.search(), last, lastGain)
}

// dot returns the dot product of two vectors; y must be at least as long as x.
func dot(x, y []float32) (sum float32) {
	y = y[:len(x)]
	for i, v := range x {
		sum += float32(v * y[i])
	}
	return sum
}

// dots adds to sums the dot products of x with y[0:], y[1:], y[2:] and y[3:].
func dots(x, y []float32, sums *[4]float32) {
	s0, s1, s2, s3 := sums[0], sums[1], sums[2], sums[3]
	y0, y1, y2 := y[0], y[1], y[2]
	y = y[3:][:len(x)]
	for i, v := range x {
		y3 := y[i]
		s0 += float32(v * y0)
		s1 += float32(v * y1)
		s2 += float32(v * y2)
		s3 += float32(v * y3)
		y0, y1, y2 = y1, y2, y3
	}
	sums[0], sums[1], sums[2], sums[3] = s0, s1, s2, s3
}

// refine returns 1 or -1 if the maximum near three neighbours is about half a step to
// that side of the middle one, and otherwise 0.
func refine(before, middle, after float32) int {
	switch {
	case after-before > float32(0.7*(middle-before)):
		return 1
	case before-after > float32(0.7*(middle-after)):
		return -1
	}
	return 0
}

func square(x float32) float32 { return float32(x * x) }
