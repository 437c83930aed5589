package trainer

import "math"

// A WaveformLoss is a loss for sounds (Wright, Damskägg and Välimäki 2019). For a
// sequence with one output per step, whose error at step t is e[t], it is the mean
// of
//
//	(e[t] - PreEmphasis e[t-1])² / Energy
//
// which weights treble as the ear hears it, plus the square of the mean error, which
// keeps the output free of an offset. At the first step with a target, e[t-1] is taken
// to be e[t]. Energy is the energy of the targets after the same filter, so the first
// term is an error-to-signal ratio.
type WaveformLoss struct{ PreEmphasis, Energy float64 }

// waveformGradients is lossGradients for the loss w.
func (p *replica) waveformGradients(w *WaveformLoss, targets int) (sum float64) {
	b := &p.batch
	p.dlogits.shape(b.rows, 1, p.outputs.stride)
	clear(p.dlogits.data)
	scale := 2 / float64(targets)
	for i, length := range b.lengths {
		errorAt := func(t int) float64 { // NaN if there is no target
			r := b.offset[t] + i
			return float64(p.outputs.row(r)[0]) - float64(b.values[r])
		}
		add := func(t int, gradient float64) { p.dlogits.row(b.offset[t] + i)[0] += float32(scale * gradient) }
		n, mean := 0, 0.0
		for t := range length {
			e := errorAt(t)
			if math.IsNaN(e) {
				continue
			}
			n++
			mean += e
			before, from := e, t
			if t > 0 && !math.IsNaN(errorAt(t-1)) {
				before, from = errorAt(t-1), t-1
			}
			filtered := e - w.PreEmphasis*before
			sum += filtered * filtered / w.Energy
			add(t, filtered/w.Energy)
			add(from, -w.PreEmphasis*filtered/w.Energy)
		}
		if n == 0 {
			continue
		}
		mean /= float64(n)
		sum += float64(n) * mean * mean
		for t := range length {
			if !math.IsNaN(errorAt(t)) {
				add(t, mean)
			}
		}
	}
	return sum
}
