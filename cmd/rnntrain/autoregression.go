package main

import "math"

// An autoregression predicts a value from those of the steps before it:
// x_t = c + a_1 x_{t-1} + … + a_p x_{t-p}, by least squares. It is what a
// forecaster has to beat.
type autoregression struct {
	constant     float64
	coefficients []float64 // of the last value first
}

// A normalMatrix sums up what least squares need of the values of series, for
// all orders up to the greatest.
type normalMatrix struct {
	order int
	sums  [][]float64 // [1+order+1][1+order+1]: of products of 1, the lags and the value
	n     float64
	past  []float64 // the last values, of this series, the last first
}

func newNormalMatrix(order int) *normalMatrix {
	m := &normalMatrix{order: order}
	for range order + 2 {
		m.sums = append(m.sums, make([]float64, order+2))
	}
	return m
}

// begin begins another series.
func (m *normalMatrix) begin() { m.past = m.past[:0] }

// add adds the next value of the series.
func (m *normalMatrix) add(v float64) {
	if len(m.past) == m.order {
		row := append(append([]float64{1}, m.past...), v)
		for i, a := range row {
			for k, b := range row[:i+1] {
				m.sums[i][k] += a * b
			}
		}
		m.n++
	}
	m.past = remember(m.past, v, m.order)
}

// remember puts v before the past values, of which it keeps that many.
func remember(past []float64, v float64, most int) []float64 {
	past = append(past, 0)
	copy(past[1:], past)
	past[0] = v
	return past[:min(len(past), most)]
}

// fit returns the autoregression of the order that has the least information
// criterion of Akaike; nil where there are too few values.
func (m *normalMatrix) fit() *autoregression {
	var best *autoregression
	least := math.Inf(1)
	for p := 1; p <= m.order; p++ {
		a, squares := m.solve(p)
		if a == nil {
			continue
		}
		if aic := m.n*math.Log(squares/m.n+math.SmallestNonzeroFloat64) + 2*float64(p+1); aic < least {
			best, least = a, aic
		}
	}
	return best
}

// solve solves the normal equations of an order, by Cholesky's method, and
// returns the sum of the squared errors.
func (m *normalMatrix) solve(p int) (*autoregression, float64) {
	n := p + 1
	if m.n < float64(2*n) {
		return nil, 0
	}
	value := m.sums[m.order+1]
	l := make([][]float64, n)
	for i := range l {
		l[i] = make([]float64, n)
		for k := range i + 1 {
			sum := m.sums[i][k]
			for j := range k {
				sum -= l[i][j] * l[k][j]
			}
			if i != k {
				l[i][k] = sum / l[k][k]
			} else if sum <= 1e-12*m.sums[i][i] {
				return nil, 0 // the values do not tell the lags apart
			} else {
				l[i][i] = math.Sqrt(sum)
			}
		}
	}
	x := make([]float64, n)
	squares := value[m.order+1]
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
	return &autoregression{x[0], x[1:]}, max(0, squares)
}

// predict returns the values of the next steps after those that past has, the
// last first; nil where they are too few.
func (a *autoregression) predict(past []float64, steps int) []float64 {
	if len(past) < len(a.coefficients) {
		return nil
	}
	past = append([]float64(nil), past[:len(a.coefficients)]...)
	var list []float64
	for range steps {
		v := a.constant
		for i, c := range a.coefficients {
			v += c * past[i]
		}
		list = append(list, v)
		past = remember(past, v, len(past))
	}
	return list
}
