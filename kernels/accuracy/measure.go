package main

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/rnnrun/rnnrun/kernels"
)

// A function is one of the kernels to measure, its exact values, and the range
// they lie in.
type function struct {
	name      string
	kernel    func(s *kernels.Set, dst, src []float32)
	exact     func(x float64) float64
	low, high float32
}

var functions = []function{
	{"tanh", (*kernels.Set).Tanh, math.Tanh, -1, 1},
	{"sigmoid", (*kernels.Set).Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 0, 1},
	{"exp", (*kernels.Set).Exp, math.Exp, 0, float32(math.Inf(1))},
	{"log", log, math.Log, float32(math.Inf(-1)), float32(math.Inf(1))},
	{"softplus", (*kernels.Set).Softplus, func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }, 0, float32(math.Inf(1))},
}

// log is the same of every set, and of one number at a time.
func log(_ *kernels.Set, dst, src []float32) {
	for i, x := range src {
		dst[i] = kernels.Log(x)
	}
}

// A peak is the greatest value of a measure, and the first x that has it.
type peak struct {
	size float64
	at   float32
}

func (p *peak) raise(size float64, at float32) {
	if size > p.size || size == p.size && size > 0 && at < p.at {
		*p = peak{size, at}
	}
}

// A report holds the findings for a function.
type report struct {
	abs, ulp peak // errors
	drops    int  // pairs of neighbours that descend
	drop     peak // the largest descent
	outside  int  // results that are not in the function's range
	wrongNaN int  // results that are NaN although the exact value is not, or the reverse
}

func (r *report) merge(s report) {
	r.abs.raise(s.abs.size, s.abs.at)
	r.ulp.raise(s.ulp.size, s.ulp.at)
	r.drop.raise(s.drop.size, s.drop.at)
	r.drops += s.drops
	r.outside += s.outside
	r.wrongNaN += s.wrongNaN
}

const (
	values = 1 << 32 // float32 values
	block  = 1 << 12 // values that a kernel is given at a time
)

// measure compares every step-th float32 with the exact values, on all cores.
// done counts the values passed.
func (f *function) measure(set *kernels.Set, step uint64, done *atomic.Uint64) report {
	var (
		next  atomic.Uint64
		total report
		mutex sync.Mutex
		group sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			var mine report
			// One value of the next block comes along, so that a drop
			// between the blocks is seen.
			x, y := make([]float32, block+1), make([]float32, block+1)
			for {
				first := (next.Add(1) - 1) * block * step
				if first >= values {
					break
				}
				n := 0
				for i := first; n <= block && i < values; i += step {
					x[n] = ascending(uint32(i))
					n++
				}
				f.kernel(set, y[:n], x[:n])
				f.compare(&mine, x[:n], y[:n])
				done.Add(block * step)
			}
			mutex.Lock()
			defer mutex.Unlock()
			total.merge(mine)
		})
	}
	group.Wait()
	return total
}

// compare adds the errors of y = f(x) to r. The value of the next block counts
// only for drops.
func (f *function) compare(r *report, x, y []float32) {
	for i := range x {
		if i > 0 && y[i] < y[i-1] {
			r.drops++
			r.drop.raise(float64(y[i-1])-float64(y[i]), x[i])
		}
		if i == block {
			break
		}
		exact := f.exact(float64(x[i]))
		isNaN, yIsNaN := exact != exact, y[i] != y[i]
		if isNaN || yIsNaN {
			if isNaN != yIsNaN {
				r.wrongNaN++
			}
			continue
		}
		if y[i] < f.low || y[i] > f.high {
			r.outside++
		}
		e := math.Abs(float64(y[i]) - exact)
		if math.IsInf(float64(y[i]), 0) && y[i] == float32(exact) {
			e = 0 // the exact value rounds to Inf too
		}
		r.abs.raise(e, x[i])
		r.ulp.raise(e/ulp(exact), x[i])
	}
}

// ascending returns the float32 values in ascending order for i from 0 on. The
// NaNs stand at both ends.
func ascending(i uint32) float32 {
	if i < 1<<31 {
		return math.Float32frombits(^i)
	}
	return math.Float32frombits(i - 1<<31)
}

// ulp returns the unit of the last place of x as a float32.
func ulp(x float64) float64 {
	_, exponent := math.Frexp(x)
	return math.Ldexp(1, min(max(exponent, -125), 128)-24)
}
