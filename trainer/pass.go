package trainer

import (
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A pass runs a part of a minibatch through a network, forward and backward.
// It owns the buffers, which it keeps from call to call, and the gradients.
type pass struct {
	net   *Network
	batch batch
	// Of an encoder:
	decoder *pass
	places  []int // [sequences] where the decoder's batch has each

	rng *rand.Rand // of the dropout masks

	embedded matrix
	steps    []float32 // of the embedding's rows: see tokenSteps
	folded   fold
	masks    [][]float32 // dropout: of the embedding, then of every layer
	layers   []layerPass
	features features // of the head
	pooled   matrix
	maxima   []int32 // [sequences][features] the row where PoolMax found its maximum
	logits   matrix
	outputs  matrix

	grad  *format.Model
	grads []parameter

	dlogits   matrix
	dfeatures matrix
	dstates   matrix    // gradients of the last layer's outputs, where the model pools
	dx        [2]matrix // gradients of a layer's inputs: of even layers, of odd ones

	// squares, where not nil, is [rows], and gets the squares of the norms of
	// the derivatives with respect to the states after every step.
	squares []float64
}

// A matrix has rows of width numbers that stand stride apart.
type matrix struct {
	data   []float32
	width  int
	stride int
}

func (m *matrix) shape(rows, width, stride int) {
	m.data, m.width, m.stride = grow(m.data, rows*stride), width, stride
}

func (m *matrix) row(i int) []float32 { return m.data[i*m.stride:][:m.width] }

type layerPass struct {
	in         features
	directions []*direction
	joined     matrix // the directions' outputs side by side, with dropout
	out        matrix // joined, or the states themselves
}

func newPass(net *Network) *pass {
	grad := zerosLike(net.model)
	p := newPassOf(net, grad)
	p.grads = parameters(grad, net.tied)
	return p
}

// newPassOf returns a pass of a network, or of the decoder of one, that adds to
// these gradients.
func newPassOf(net *Network, grad *format.Model) *pass {
	p := &pass{net: net, grad: grad, masks: make([][]float32, len(net.model.Layers)+1)}
	if net.decoder != nil {
		p.decoder = newPassOf(net.decoder, grad.Decoder)
	}
	next := 0
	for i := range net.computed.Layers {
		l := &net.computed.Layers[i]
		var lp layerPass
		for d := range l.Directions {
			lp.directions = append(lp.directions, newDirection(l, d, &net.int8[next]))
			next++
		}
		p.layers = append(p.layers, lp)
	}
	return p
}

func (p *pass) clearGradients() {
	for _, g := range p.grads {
		clear(g.data)
	}
	if p.net.tied {
		clear(head(p.grad).Head.Weight.Data)
	}
}

// A dropout gives the probabilities with which numbers are set to zero in
// training, the others being scaled up by 1/(1-p) (Srivastava et al. 2014).
// Masks of the input and between the layers are new for every step and do not
// touch the recurrent connections (Zaremba et al. 2014).
type dropout struct{ input, layers, recurrent float32 }

func (p *pass) forward(carry bool, drop dropout) {
	m, set := p.net.computed, p.net.kernels
	x, step, kept := p.recur(carry, drop)
	if p.decoder != nil {
		p.handOver()
		p.decoder.rng = p.rng
		p.decoder.forward(true, drop)
		return
	}
	pooled, rows := p.pool(x)
	logits := pooled
	if h := m.Head; h != nil {
		p.features.read(p, pooled, rows, step, nil, kept)
		p.logits.shape(rows, len(h.Bias), len(h.Bias)+skew)
		for r := range rows {
			copy(p.logits.row(r), h.Bias)
		}
		if int8 := p.net.int8[len(p.net.int8)-1].input; int8 != nil {
			p.features.addInt8(set, p.logits.data, p.logits.stride, int8, rows)
		} else {
			weight := packed(&h.Weight)
			set.Product(p.logits.data, p.logits.stride, &weight, 0, h.InputSize, pooled.data, pooled.stride, rows)
		}
		logits = p.logits
	}
	width := m.OutputSize()
	p.outputs.shape(rows, width, logits.stride)
	for r := range rows {
		y, sums := p.outputs.row(r), logits.row(r)[:width]
		switch m.Output {
		case format.OutputSoftmax:
			set.Softmax(y, sums)
		case format.OutputSigmoid:
			set.Sigmoid(y, sums)
		default:
			copy(y, sums)
		}
	}
}

// recur runs the recurrent layers, and returns the rows of the last one's
// outputs, the step of the integers that they become, and by what dropout has
// multiplied them.
func (p *pass) recur(carry bool, drop dropout) (x matrix, step, kept float32) {
	m, b := p.net.computed, &p.batch
	x = p.input()
	p.mask(0, &x, b.rows, drop.input)
	step, kept = p.net.inputScale, keep(drop.input)
	p.steps = p.net.tokenSteps(p.steps, b.tokens)
	steps, folded := p.steps, p.fold(drop)
	for i := range p.layers {
		lp := &p.layers[i]
		lp.in.read(p, x, b.rows, step, steps, kept)
		for _, d := range lp.directions {
			d.drop = p.dropMask(d.drop, len(b.lengths)*d.units, drop.recurrent)
			d.stateStep = stepOf(d.layer) * keep(drop.recurrent)
			d.forward(p.net.kernels, b, &lp.in, folded, carry)
		}
		step, steps, kept, folded = stepOf(&m.Layers[i]), nil, keep(drop.layers), nil
		lp.join(b.rows, m.Layers[i].HiddenSize, drop.layers > 0)
		p.mask(i+1, &lp.out, b.rows, drop.layers)
		x = lp.out
	}
	return x, step, kept
}

// input returns the rows that the first layer reads.
func (p *pass) input() matrix {
	m, b := p.net.computed, &p.batch
	if m.Embedding == nil {
		return matrix{b.inputs, m.InputSize, m.InputSize}
	}
	return embed(m.Embedding, &p.embedded, b.tokens)
}

// join puts the outputs of a layer's directions side by side.
func (lp *layerPass) join(rows, hidden int, dropout bool) {
	if first := lp.directions[0]; len(lp.directions) == 1 && !dropout {
		lp.out = matrix{first.h, hidden, first.units}
		return
	}
	width := hidden * len(lp.directions)
	lp.joined.shape(rows, width, kernels.Pad(width))
	for r := range rows {
		row := lp.joined.row(r)
		for i, d := range lp.directions {
			copy(row[i*hidden:], d.rows(d.h, r, 1)[:hidden])
		}
	}
	lp.out = lp.joined
}

// mask multiplies x by a new dropout mask, which it keeps as number i.
func (p *pass) mask(i int, x *matrix, rows int, probability float32) {
	p.masks[i] = p.dropMask(p.masks[i], rows*x.width, probability)
	p.unmask(i, x, rows)
}

// dropMask returns a new dropout mask of n numbers, which is mask where it has
// room; of probability 0 it has none.
func (p *pass) dropMask(mask []float32, n int, probability float32) []float32 {
	if probability == 0 {
		return mask[:0]
	}
	mask = grow(mask, n)
	keep := 1 / (1 - probability)
	threshold := uint32(float64(probability) * (1 << 32))
	for k := range mask {
		mask[k] = 0
		if p.rng.Uint32() >= threshold {
			mask[k] = keep
		}
	}
	return mask
}

// unmask multiplies by mask number i, if there is one: what it is applied to,
// or its gradients.
func (p *pass) unmask(i int, dx *matrix, rows int) {
	if len(p.masks[i]) == 0 {
		return
	}
	for r := range rows {
		mask, row := p.masks[i][r*dx.width:][:dx.width], dx.row(r)
		for k := range mask {
			row[k] *= mask[k]
		}
	}
}

// pool returns the rows that feed the head, and their number.
func (p *pass) pool(x matrix) (matrix, int) {
	m, b := p.net.model, &p.batch
	n := len(b.lengths)
	if m.Pool == format.PoolNone {
		return x, b.rows
	}
	p.pooled.shape(n, x.width, kernels.Pad(x.width))
	if m.Pool == format.PoolMax {
		if len(p.maxima) < n*x.width {
			p.maxima = make([]int32, n*x.width)
		}
	}
	hidden := m.Layers[len(m.Layers)-1].HiddenSize
	for s, length := range b.lengths {
		row := p.pooled.row(s)
		switch m.Pool {
		case format.PoolLast:
			copy(row[:hidden], x.row(b.offset[length-1]+s))
			copy(row[hidden:], x.row(b.offset[0] + s)[hidden:])
		case format.PoolMax:
			maxima := p.maxima[s*x.width:][:x.width]
			copy(row, x.row(s))
			for k := range maxima {
				maxima[k] = int32(s)
			}
			for t := 1; t < length; t++ {
				r := b.offset[t] + s
				for k, v := range x.row(r) {
					if v > row[k] {
						row[k], maxima[k] = v, int32(r)
					}
				}
			}
		case format.PoolMean:
			copy(row, x.row(s))
			for t := 1; t < length; t++ {
				for k, v := range x.row(b.offset[t] + s) {
					row[k] += v
				}
			}
			for k := range row {
				row[k] /= float32(length)
			}
		}
	}
	return p.pooled, n
}

// unpool spreads the gradients of the pooled rows over the rows of dx.
func (p *pass) unpool(dx, dpooled *matrix) {
	m, b := p.net.model, &p.batch
	clear(dx.data)
	hidden := m.Layers[len(m.Layers)-1].HiddenSize
	for s, length := range b.lengths {
		d := dpooled.row(s)
		switch m.Pool {
		case format.PoolLast:
			copy(dx.row(b.offset[length-1] + s)[:hidden], d[:hidden])
			copy(dx.row(b.offset[0] + s)[hidden:], d[hidden:])
		case format.PoolMax:
			for k, r := range p.maxima[s*dx.width:][:dx.width] {
				dx.row(int(r))[k] = d[k]
			}
		case format.PoolMean:
			for t := range length {
				for k, v := range d {
					dx.row(b.offset[t] + s)[k] = v / float32(length)
				}
			}
		}
	}
}

// backward adds to p.grad the gradients of the loss, which is the mean over
// targets targets, and returns the sum of the losses of this part.
func (p *pass) backward(targets int) (loss float64) {
	m, set, b := p.net.model, p.net.kernels, &p.batch
	if p.decoder != nil {
		loss = p.decoder.backward(targets)
		p.takeBack()
		last := &p.layers[len(p.layers)-1].out
		p.dstates.shape(b.rows, last.width, kernels.Pad(last.width))
		clear(p.dstates.data) // only the final states are read
		p.recurBackward(&p.dstates)
		return loss
	}
	loss = p.lossGradients(targets)

	rows := b.rows
	if m.Pool != format.PoolNone {
		rows = len(b.lengths)
	}
	last := p.layers[len(p.layers)-1].out
	dfeatures := p.dlogits
	if h := m.Head; h != nil {
		g := p.grad.Head
		weight := packed(&g.Weight)
		bias := kernels.Matrix{Data: g.Bias, Rows: len(g.Bias), Depth: 1, Tile: kernels.TileRows}
		set.Gram(&weight, 0, h.InputSize, p.dlogits.data, p.dlogits.stride, kernels.TileRows, p.features.data, p.features.stride, rows)
		set.Gram(&bias, 0, 1, p.dlogits.data, p.dlogits.stride, kernels.TileRows, one, 0, rows)
		p.dfeatures.shape(rows, h.InputSize, kernels.Pad(h.InputSize))
		clear(p.dfeatures.data)
		set.Product(p.dfeatures.data, p.dfeatures.stride, &p.net.head, 0, p.net.head.Depth, p.dlogits.data, p.dlogits.stride, rows)
		dfeatures = p.dfeatures
	}
	dout := &dfeatures
	if m.Pool != format.PoolNone {
		dout = &p.dstates
		dout.shape(b.rows, last.width, kernels.Pad(last.width))
		p.unpool(dout, &dfeatures)
	}
	for i := range p.layers {
		for _, d := range p.layers[i].directions {
			d.end(len(b.lengths))
		}
	}
	p.recurBackward(dout)
	if p.net.tied {
		p.addTied()
	}
	return loss
}

// recurBackward takes the gradients of the last layer's outputs, and adds to
// p.grad those of the recurrent layers and of the embedding.
func (p *pass) recurBackward(dout *matrix) {
	m, set, b := p.net.model, p.net.kernels, &p.batch
	t := len(p.net.transposed)
	for i := len(p.layers) - 1; i >= 0; i-- {
		lp := &p.layers[i]
		p.unmask(i+1, dout, b.rows)
		x := &lp.in
		var dx *matrix
		if i > 0 || m.Embedding != nil {
			dx = &p.dx[i%2]
			dx.shape(b.rows, x.width, kernels.Pad(x.width))
			clear(dx.data)
		}
		hidden := m.Layers[i].HiddenSize
		t -= len(lp.directions)
		for j, d := range lp.directions {
			var inputs []float32
			var stride int
			if dx != nil {
				inputs, stride = dx.data, dx.stride
			}
			d.squares = p.squares
			d.backward(set, &p.net.transposed[t+j], b, x.data, x.stride,
				dout.data[j*hidden:], dout.stride, &p.grad.Layers[i].Directions[j], inputs, stride)
		}
		dout = dx
	}
	if m.Embedding != nil {
		p.unmask(0, dout, b.rows)
		size := m.Embedding.Size
		for r, token := range b.tokens {
			g := p.grad.Embedding.Table[int(token)*size:][:size]
			for k, v := range dout.row(r) {
				g[k] += v
			}
		}
	}
}
