package metrics

// A Determination sums up how much of the variance of numbers predictions explain. The
// zero value has none.
type Determination struct {
	n, mean, variance, errors float64 // variance and errors: sums of squares
}

// Add adds a prediction of a true number.
func (d *Determination) Add(predicted, truth float64) {
	d.n++
	off := truth - d.mean
	d.mean += off / d.n
	d.variance += off * (truth - d.mean)
	d.errors += (predicted - truth) * (predicted - truth)
}

// R2 returns the coefficient of determination: 1 less the squared errors over those of
// the numbers' own mean. It is 1 if every prediction is right, 0 for the mean, and less
// for what is worse. It is no finite number if the true ones do not differ.
func (d *Determination) R2() float64 { return 1 - d.errors/d.variance }
