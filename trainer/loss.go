package trainer

import (
	"math"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/metrics"
	"github.com/rnnrun/rnnrun/kernels"
)

// lossGradients sets p.dlogits to the gradients of the mean loss with respect
// to the head's sums, and returns the sum of the losses. targets is the number
// of targets in the mean.
//
// The loss is the cross-entropy of a softmax, -log p[class]; the binary
// cross-entropy of a sigmoid, -y log p - (1-y) log(1-p); and the squared error
// of a linear output. For the first two the gradient is p - y. Targets that are
// NaN have no loss.
func (p *replica) lossGradients(targets int) float64 {
	if p.waveform != nil {
		return p.waveformGradients(p.waveform, targets)
	}
	rows := len(p.outputs.data) / p.outputs.stride
	width := p.outputs.width
	p.dlogits.shape(rows, width, p.outputs.stride)
	clear(p.dlogits.data)
	scale := float32(1 / float64(targets))
	p.losses = grow(p.losses, rows)
	const cost = 4 // of an output, in multiplications
	p.crew.split(rows, cost*width, func(from, to int) {
		for r := from; r < to; r++ {
			p.losses[r] = p.loss(r)
			p.lossGradient(r, scale)
		}
	})
	var sum float64
	for _, loss := range p.losses {
		sum += loss
	}
	return sum
}

// lossGradient sets row r of p.dlogits, which is zero, to the gradients of the
// row's loss times scale.
func (p *replica) lossGradient(r int, scale float32) {
	y, d, width := p.outputs.row(r), p.dlogits.row(r), p.outputs.width
	switch p.net.model.Output {
	case format.OutputSoftmax:
		class := p.batch.classes[r]
		if class == dataset.Ignore {
			return
		}
		for k, v := range y {
			d[k] = v * scale
		}
		d[class] = (y[class] - 1) * scale
	case format.OutputSigmoid:
		for k, want := range p.batch.values[r*width:][:width] {
			if known(want) {
				d[k] = (y[k] - want) * scale
			}
		}
	default:
		for k, want := range p.batch.values[r*width:][:width] {
			if known(want) {
				d[k] = 2 * (y[k] - want) * scale
			}
		}
	}
}

// known reports whether a target has a loss, because it is not NaN.
func known(target float32) bool { return target == target }

// loss returns the loss of row r. It computes it from the logits, since a
// float32 probability may round to 0 or 1.
func (p *replica) loss(r int) float64 {
	switch width := p.outputs.width; p.net.model.Output {
	case format.OutputSoftmax:
		if class := p.batch.classes[r]; class != dataset.Ignore {
			return crossEntropy(p.logits.row(r)[:width], p.outputs.row(r), int(class))
		}
		return 0
	case format.OutputSigmoid:
		return sumOfLosses(p.logits.row(r), p.batch.values[r*width:][:width], binaryCrossEntropy)
	default:
		return sumOfLosses(p.outputs.row(r), p.batch.values[r*width:][:width], squaredError)
	}
}

// crossEntropy returns -log softmax(logits)[class]. It computes it from the
// greatest probability, which is far from 0, so the error is at most half a unit
// in the last place of a float32.
func crossEntropy(logits, probabilities []float32, class int) float64 {
	greatest := kernels.ArgMax(logits)
	return float64(logits[greatest]) - float64(logits[class]) - math.Log(float64(probabilities[greatest]))
}

// sumOfLosses returns the sum of the losses of the outputs whose targets are
// known.
func sumOfLosses(outputs, targets []float32, loss func(output, target float32) float64) (sum float64) {
	for k, target := range targets {
		if known(target) {
			sum += loss(outputs[k], target)
		}
	}
	return sum
}

// binaryCrossEntropy returns the loss of a logit; the target is the probability
// of a 1.
func binaryCrossEntropy(logit, target float32) float64 {
	switch target {
	case 0, 1: // the other term is 0, even for an infinite logit
		return metrics.BinaryCrossEntropy(logit, target == 1)
	}
	share := float64(target)
	return share*metrics.BinaryCrossEntropy(logit, true) + (1-share)*metrics.BinaryCrossEntropy(logit, false)
}

func squaredError(output, target float32) float64 {
	e := float64(output) - float64(target)
	return e * e
}

// score returns the sum of the losses, and the number of targets whose class
// was the most probable.
func (p *replica) score() (loss float64, correct int) {
	if p.decoder != nil {
		return p.decoder.score()
	}
	for r := range len(p.outputs.data) / p.outputs.stride {
		loss += p.loss(r)
		if p.net.model.Output == format.OutputSoftmax && kernels.ArgMax(p.logits.row(r)[:p.outputs.width]) == int(p.batch.classes[r]) {
			correct++
		}
	}
	return loss, correct
}
