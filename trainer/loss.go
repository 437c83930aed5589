package trainer

import (
	"math"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// lossGradients sets p.dlogits to the gradients of the mean of the losses over
// targets targets with respect to the head's sums, and returns the sum of the
// losses.
//
// The loss is the cross-entropy of a softmax, -log p[class]; the binary
// cross-entropy of a sigmoid, -y log p - (1-y) log(1-p); and the squared error
// of a linear output. For the first two the gradient is p - y. Targets that are
// NaN have none.
func (p *replica) lossGradients(targets int) float64 {
	rows := len(p.outputs.data) / p.outputs.stride
	width := p.outputs.width
	p.dlogits.shape(rows, width, p.outputs.stride)
	clear(p.dlogits.data)
	scale := float32(1 / float64(targets))
	var sum float64
	for r := range rows {
		y, d := p.outputs.row(r), p.dlogits.row(r)
		sum += p.loss(r)
		switch p.net.model.Output {
		case format.OutputSoftmax:
			class := p.batch.classes[r]
			if class == dataset.Ignore {
				continue
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
	return sum
}

// known reports whether a target has a loss: whether it is not NaN.
func known(target float32) bool { return target == target }

// tiny keeps logarithms finite: it is the least positive float32.
const tiny = math.SmallestNonzeroFloat32

// loss returns the loss of row r's outputs.
func (p *replica) loss(r int) float64 {
	y, width := p.outputs.row(r), p.outputs.width
	var sum float64
	switch p.net.model.Output {
	case format.OutputSoftmax:
		if class := p.batch.classes[r]; class != dataset.Ignore {
			sum = -math.Log(math.Max(float64(y[class]), tiny))
		}
	case format.OutputSigmoid:
		for k, want := range p.batch.values[r*width:][:width] {
			if !known(want) {
				continue
			}
			v, w := float64(y[k]), float64(want)
			sum -= w*math.Log(math.Max(v, tiny)) + (1-w)*math.Log(math.Max(1-v, tiny))
		}
	default:
		for k, want := range p.batch.values[r*width:][:width] {
			if known(want) {
				e := float64(y[k]) - float64(want)
				sum += e * e
			}
		}
	}
	return sum
}

// score returns the sum of the losses, and the number of classes that were the
// most probable.
func (p *replica) score() (loss float64, correct int) {
	if p.decoder != nil {
		return p.decoder.score()
	}
	for r := range len(p.outputs.data) / p.outputs.stride {
		loss += p.loss(r)
		if p.net.model.Output == format.OutputSoftmax && kernels.ArgMax(p.outputs.row(r)) == int(p.batch.classes[r]) {
			correct++
		}
	}
	return loss, correct
}
