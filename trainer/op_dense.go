package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A dense runs a network's head over rows. No other dense layer can be trained.
type dense struct {
	layer  *format.Dense
	weight *int8Weights // it has only input weights
	in     features
	out    matrix
	dx     matrix
}

// forward returns the sums of rows of features x. scale and dropped are those
// of [features.read].
func (d *dense) forward(p *replica, x matrix, rows int, scale, dropped float32) matrix {
	d.in.read(p, x, rows, scale, nil, dropped)
	d.out.shape(rows, len(d.layer.Bias), len(d.layer.Bias)+skew)
	for r := range rows {
		copy(d.out.row(r), d.layer.Bias)
	}
	d.in.addProducts(p.crew, d.out.data, d.out.stride, &d.layer.Weight, d.weight.input, d.layer.InputSize, rows)
	return d.out
}

// backward adds the gradients of the weights to grad, and returns the gradients
// of the features. dout has the gradients of the sums.
func (d *dense) backward(c crew, transposed *kernels.Matrix, dout *matrix, rows int, grad *format.Dense) *matrix {
	weight := packed(&grad.Weight)
	c.gram(&weight, 0, d.layer.InputSize, dout.data, dout.stride, kernels.TileRows, d.in.data, d.in.stride, rows)
	addBiasGradients(c.set, grad.Bias, dout.data, dout.stride, rows)
	d.dx.shape(rows, d.layer.InputSize, kernels.Pad(d.layer.InputSize))
	clear(d.dx.data)
	c.product(d.dx.data, d.dx.stride, transposed, 0, transposed.Depth, dout.data, dout.stride, rows)
	return &d.dx
}
