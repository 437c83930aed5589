package metrics

import "math"

// An Autoregression predicts a value from the p values before it in a series:
//
//	x_t = c + a_1 x_{t-1} + … + a_p x_{t-p}
//
// It is a baseline for forecasters of numbers.
type Autoregression struct {
	Constant     float64   // c
	Coefficients []float64 // a, the last value's first
}

// An AutoregressionFit accumulates the sums over series that a least-squares
// fit needs, for all orders up to the greatest.
type AutoregressionFit struct {
	order int
	// sums are the sums of all products of two of these: 1, the lags, and the value.
	// [1+order+1][1+order+1]
	sums [][]float64
	n    float64
	past []float64 // the last values of the current series, the latest first
}

// NewAutoregressionFit returns the fit of orders 1 to order.
func NewAutoregressionFit(order int) *AutoregressionFit {
	f := &AutoregressionFit{order: order}
	for range order + 2 {
		f.sums = append(f.sums, make([]float64, order+2))
	}
	return f
}

// Begin starts another series.
func (f *AutoregressionFit) Begin() { f.past = f.past[:0] }

// Add adds the next value of the series.
func (f *AutoregressionFit) Add(v float64) {
	if len(f.past) == f.order {
		row := append(append([]float64{1}, f.past...), v)
		for i, a := range row {
			for k, b := range row[:i+1] {
				f.sums[i][k] += a * b
			}
		}
		f.n++
	}
	f.past = Remember(f.past, v, f.order)
}

// Remember inserts v before the past values, and keeps at most most of them.
func Remember(past []float64, v float64, most int) []float64 {
	past = append(past, 0)
	copy(past[1:], past)
	past[0] = v
	return past[:min(len(past), most)]
}

// Best returns the autoregression of the order p with the least information
// criterion, where S is the sum of the fit's squared errors over n values:
//
//	AIC = n log(S/n) + 2 (p+1)
//
// (Akaike, "A new look at the statistical model identification", 1974). It is nil
// if there are too few values, or if they do not determine the coefficients.
func (f *AutoregressionFit) Best() *Autoregression {
	var best *Autoregression
	least := math.Inf(1)
	for p := 1; p <= f.order; p++ {
		a, squares := f.solve(p)
		if a == nil {
			continue
		}
		if aic := f.n*math.Log(squares/f.n+math.SmallestNonzeroFloat64) + 2*float64(p+1); aic < least {
			best, least = a, aic
		}
	}
	return best
}

// solve solves the normal equations XᵀX (c, a) = Xᵀx of order p by Cholesky
// decomposition. The rows of X are 1 and the lags. It also returns the sum of
// the squared errors.
func (f *AutoregressionFit) solve(p int) (*Autoregression, float64) {
	n := p + 1
	if f.n < float64(2*n) {
		return nil, 0
	}
	value := f.sums[f.order+1]
	l := make([][]float64, n)
	for i := range l {
		l[i] = make([]float64, n)
		for k := range i + 1 {
			sum := f.sums[i][k]
			for j := range k {
				sum -= l[i][j] * l[k][j]
			}
			if i != k {
				l[i][k] = sum / l[k][k]
			} else if sum <= 1e-12*f.sums[i][i] {
				return nil, 0 // the values do not determine the coefficients
			} else {
				l[i][i] = math.Sqrt(sum)
			}
		}
	}
	x := make([]float64, n)
	squares := value[f.order+1]
	for i := range x {
		x[i] = value[i]
		for j := range i {
			x[i] -= l[i][j] * x[j]
		}
		x[i] /= l[i][i]
		squares -= x[i] * x[i]
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			x[i] -= l[j][i] * x[j]
		}
		x[i] /= l[i][i]
	}
	return &Autoregression{x[0], x[1:]}, max(0, squares)
}

// Predict returns the values of the next steps. past are the values before
// them, the latest first. It returns nil if past has fewer values than the
// order.
func (a *Autoregression) Predict(past []float64, steps int) []float64 {
	if len(past) < len(a.Coefficients) {
		return nil
	}
	past = append([]float64(nil), past[:len(a.Coefficients)]...)
	var list []float64
	for range steps {
		v := a.Constant
		for i, c := range a.Coefficients {
			v += c * past[i]
		}
		list = append(list, v)
		past = Remember(past, v, len(past))
	}
	return list
}
