package runtime

import "github.com/rnnrun/rnnrun/format"

// A pool reduces the features of all steps to those of one.
type pool struct {
	kind    format.Pool
	reduced []float32 // PoolMax: the greatest, PoolMean: the sum of the steps so far, PoolLastOutput: the last step
	mean    []float32
}

func newPool(kind format.Pool, features int) pool {
	p := pool{kind: kind}
	switch kind {
	case format.PoolMax, format.PoolMean, format.PoolLastOutput:
		p.reduced = floats(features)
	}
	if kind == format.PoolMean {
		p.mean = floats(features)
	}
	return p
}

// add takes in a step. steps counts those before it.
func (p *pool) add(x []float32, steps uint64) {
	switch {
	case p.reduced == nil:
	case steps == 0 || p.kind == format.PoolLastOutput:
		copy(p.reduced, x)
	case p.kind == format.PoolMax:
		for i, v := range p.reduced {
			// Of equals the earlier one stays, and NaN stays NaN.
			if x[i] > v || x[i] != x[i] {
				p.reduced[i] = x[i]
			}
		}
	default:
		for i := range p.reduced {
			p.reduced[i] += x[i]
		}
	}
}

// features returns the reduced features after that many steps. last are the
// features of a pool that takes the last step.
func (p *pool) features(last []float32, steps uint64) []float32 {
	switch p.kind {
	case format.PoolMax, format.PoolLastOutput:
		return p.reduced
	case format.PoolMean:
		for i, v := range p.reduced {
			p.mean[i] = v / float32(steps)
		}
		return p.mean
	}
	return last
}
