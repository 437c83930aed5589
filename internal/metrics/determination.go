package metrics

// A Determination measures how much of the variance of numbers their predictions
// explain. The zero value is empty.
type Determination struct {
	n, mean, variance, errors float64 // variance and errors are sums of squares
}

// Add adds a prediction of a true number.
func (d *Determination) Add(predicted, truth float64) {
	d.n++
	off := truth - d.mean
	d.mean += off / d.n
	d.variance += off * (truth - d.mean)
	d.errors += (predicted - truth) * (predicted - truth)
}

// R2 returns the coefficient of determination: 1 minus the sum of the squared errors,
// divided by the sum of the squared distances of the numbers from their mean. It is 1
// if every prediction is right, 0 for predictions of the mean, and negative for worse
// predictions. It is NaN or infinite if the numbers are all equal.
func (d *Determination) R2() float64 { return 1 - d.errors/d.variance }
