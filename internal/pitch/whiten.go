package pitch

const order = 4 // order of the linear prediction

// halve converts the sound to half the rate: each sample is the mean of an old sample and
// the mean of its two neighbours.
func (f *Finder) halve(x *[Samples]float32) {
	f.half[0] = 0.5 * (float32(0.5*x[1]) + x[0])
	for i := 1; i < halfSamples; i++ {
		f.half[i] = 0.5 * (float32(0.5*(x[2*i-1]+x[2*i+1])) + x[2*i])
	}
}

// whiten subtracts from each sample most of its linear prediction, and attenuates the
// highest frequencies.
func (f *Finder) whiten() {
	lpc := predict(f.autocorrelation())
	weight := float32(1)
	for i := range lpc {
		weight *= 0.9
		lpc[i] = float32(lpc[i] * weight)
	}
	const zero = 0.8
	filter := [order + 1]float32{lpc[0] + zero}
	for i := 1; i < order; i++ {
		filter[i] = lpc[i] + float32(zero*lpc[i-1])
	}
	filter[order] = zero * lpc[order-1]
	var before [order + 1]float32
	for i, x := range f.half {
		sum := x
		for k, c := range filter {
			sum += float32(c * before[k])
		}
		before[4], before[3], before[2], before[1], before[0] = before[3], before[2], before[1], before[0], x
		f.half[i] = sum
	}
}

// autocorrelation returns the autocorrelation of the sound, with a noise floor at -40 dB
// and a lower weight for longer lags.
func (f *Finder) autocorrelation() (ac [order + 1]float32) {
	const whole = halfSamples - order
	x := f.half[:]
	var four [4]float32
	dots(x[:whole], x, &four)
	copy(ac[:], four[:])
	ac[order] = dot(x[:whole], x[order:])
	for k := range ac {
		ac[k] += dot(x[k+whole:], x[whole:])
	}
	ac[0] = float32(ac[0] * 1.0001)
	for k := 1; k <= order; k++ {
		lag := float32(0.008 * float32(k))
		ac[k] -= float32(float32(ac[k]*lag) * lag)
	}
	return ac
}

// predict returns the coefficients of the linear prediction error by the Levinson–Durbin
// recursion. It stops when the error is 30 dB below the sound.
func predict(ac [order + 1]float32) (lpc [order]float32) {
	rest := ac[0]
	if rest == 0 {
		return lpc
	}
	for i := range order {
		var sum float32
		for k := range i {
			sum += float32(lpc[k] * ac[i-k])
		}
		sum += ac[i+1]
		reflection := -sum / rest
		lpc[i] = reflection
		for k := range (i + 1) / 2 {
			a, b := lpc[k], lpc[i-1-k]
			lpc[k], lpc[i-1-k] = a+float32(reflection*b), b+float32(reflection*a)
		}
		rest -= float32(square(reflection) * rest)
		if rest < float32(0.001*ac[0]) {
			break
		}
	}
	return lpc
}
