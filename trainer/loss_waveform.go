package trainer

import "math"

// A WaveformLoss is the loss of sounds (Wright, Damskägg and Välimäki 2019): of the
// errors e of the outputs of a sequence, which are one at a step, the mean of
//
//	(e[t] - PreEmphasis e[t-1])² / Energy
//
// by which treble counts as the ear hears it, plus the square of the mean error, which
// keeps the output free of an offset. The error before the first step with a target
// is taken for as large as its own. Energy is that of the targets after the same filter,
// so that the first term is an error-to-signal ratio.
type WaveformLoss struct{ PreEmphasis, Energy float64 }

// waveformGradients is lossGradients of the loss w.
func (p *replica) waveformGradients(w *WaveformLoss, targets int) (sum float64) {
	b := &p.batch
	p.dlogits.shape(b.rows, 1, p.outputs.stride)
	clear(p.dlogits.data)
	scale := 2 / float64(targets)
	for i, length := range b.lengths {
		errorAt := func(t int) float64 { // NaN without a target
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
