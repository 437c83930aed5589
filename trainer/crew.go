package trainer

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A crew runs the kernels on several cores. It splits work between rows,
// sequences or weights, never within a sum, so every number is the same as on
// one core.
type crew struct {
	set   *kernels.Set
	cores int
}

// worthwhile is the least number of multiplications that is worth another core.
const worthwhile = 1 << 16

// split calls f, on all cores, with ranges that together are [0, n). cost is the
// number of multiplications for each of the n.
func (c crew) split(n, cost int, f func(from, to int)) {
	pieces := min(c.cores, n, n*cost/worthwhile)
	if pieces <= 1 {
		f(0, n)
		return
	}
	parallel(pieces, func(i int) { f(i*n/pieces, (i+1)*n/pieces) })
}

// product is [kernels.Set.Product].
func (c crew) product(acc []float32, ldacc int, m *kernels.Matrix, from, to int, x []float32, ldx, n int) {
	c.split(n, m.Rows*(to-from), func(first, last int) {
		c.set.Product(acc[first*ldacc:], ldacc, m, from, to, x[first*ldx:], ldx, last-first)
	})
}

// gram is [kernels.Set.Gram].
func (c crew) gram(m *kernels.Matrix, from, to int, d []float32, ldd, stride int, x []float32, ldx, n int) {
	c.split(to-from, m.Rows*n, func(first, last int) {
		c.set.Gram(m, from+first, from+last, d, ldd, stride, x[first:], ldx, n)
	})
}

// output sets rows of outputs to the output function of rows of logits.
func (c crew) output(function format.Output, outputs, logits *matrix, rows int) {
	const cost = 20 // of an exponential, in multiplications
	c.split(rows, cost*outputs.width, func(from, to int) {
		for r := from; r < to; r++ {
			y, sums := outputs.row(r), logits.row(r)[:outputs.width]
			switch function {
			case format.OutputSoftmax:
				c.set.Softmax(y, sums)
			case format.OutputSigmoid:
				c.set.Sigmoid(y, sums)
			default:
				copy(y, sums)
			}
		}
	})
}

// parallel calls f(0) … f(n-1) on all cores.
func parallel(n int, f func(i int)) {
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			f(i)
		}
	}
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
}
