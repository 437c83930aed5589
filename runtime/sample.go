package runtime

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/kernels"
)

// A Sampler chooses the next token of a generated sequence. The same seed,
// model and start give the same sequence on every device. It must not be used
// by two goroutines at once.
type Sampler struct {
	Temperature float32 // divides the logits; 0: always the most probable token
	TopK        int     // how many of the most probable tokens to choose from; 0: all

	random *rand.PCG
	kept   []int32   // the tokens to choose from, ascending
	p      []float32 // their probabilities
	top    []float32 // the TopK greatest logits, descending
}

// NewSampler returns a sampler whose choices depend only on the seed and the
// logits.
func NewSampler(temperature float32, topK int, seed uint64) *Sampler {
	return &Sampler{Temperature: temperature, TopK: topK, random: rand.NewPCG(seed, 0)}
}

// Next returns the next token after the session's last step. It does not step
// the session. It returns -1 at the start of a stream, when there are no logits
// yet.
//
// The probabilities are the softmax of the logits over the temperature. The
// token is the first at which the sum of the probabilities, taken in ascending
// order of tokens, exceeds a random number, drawn uniformly from the multiples
// of 2^-24 in [0, 1).
func (p *Sampler) Next(s *Session) int32 {
	logits := s.Logits()
	if len(logits) == 0 {
		return -1
	}
	if !(p.Temperature > 0) {
		return int32(kernels.ArgMax(logits))
	}
	p.keep(logits)
	p.cool()
	s.model.kernels.Softmax(p.p, p.p)
	drawn := float32(p.random.Uint64()>>40) / (1 << 24)
	sum := float32(0)
	for i, v := range p.p {
		sum += v
		if drawn < sum {
			return p.kept[i]
		}
	}
	// The sum was rounded below the drawn number, or the logits hold NaN.
	for i := len(p.p) - 1; i > 0; i-- {
		if p.p[i] > 0 {
			return p.kept[i]
		}
	}
	return p.kept[0]
}

// cool divides the logits by the temperature. If the greatest would then be
// infinite, cool subtracts it from all of them first: the softmax is the same,
// but finite.
func (p *Sampler) cool() {
	greatest := p.p[kernels.ArgMax(p.p)]
	if math.IsInf(float64(greatest/p.Temperature), 0) && !math.IsInf(float64(greatest), 0) {
		for i := range p.p {
			p.p[i] -= greatest
		}
	}
	for i := range p.p {
		p.p[i] /= p.Temperature
	}
}

// keep sets the tokens to choose from, with their logits. Among equal logits,
// it keeps the lower tokens.
func (p *Sampler) keep(logits []float32) {
	p.kept, p.p = p.kept[:0], p.p[:0]
	if p.TopK <= 0 || p.TopK >= len(logits) {
		for i, v := range logits {
			p.kept, p.p = append(p.kept, int32(i)), append(p.p, v)
		}
		return
	}
	least, equal := p.threshold(logits)
	for i, v := range logits {
		if v == least {
			if equal == 0 {
				continue
			}
			equal--
		} else if !(v > least) {
			continue
		}
		p.kept, p.p = append(p.kept, int32(i)), append(p.p, v)
	}
	if len(p.kept) == 0 { // all logits are NaN
		p.kept, p.p = append(p.kept, 0), append(p.p, logits[0])
	}
}

// threshold returns the TopK-th greatest logit, and how many of the TopK
// greatest are equal to it.
func (p *Sampler) threshold(logits []float32) (least float32, equal int) {
	p.top = p.top[:0]
	for _, v := range logits {
		if v != v || len(p.top) == p.TopK && v <= p.top[p.TopK-1] {
			continue
		}
		at, _ := slices.BinarySearchFunc(p.top, v, func(a, b float32) int {
			if a >= b { // after its equals
				return -1
			}
			return 1
		})
		if len(p.top) == p.TopK {
			p.top = p.top[:p.TopK-1]
		}
		p.top = slices.Insert(p.top, at, v)
	}
	if len(p.top) == 0 {
		return 0, 0
	}
	least = p.top[len(p.top)-1]
	for _, v := range p.top {
		if v == least {
			equal++
		}
	}
	return least, equal
}
