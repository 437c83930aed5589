package trainer

import (
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A replica computes the outputs and the gradients of a network for one part of
// a minibatch. Replicas share the weights. Each has gradients and buffers of
// its own, which it keeps from call to call.
type replica struct {
	net   *Network
	crew  crew
	batch batch
	// decoder and places are for an encoder.
	decoder *replica
	places  []int // [sequences] index of each sequence in the decoder's batch

	rng *rand.Rand // for the dropout masks

	embedded matrix
	scales   []float32 // scales of the embedding's rows: see tokenScales
	folded   fold
	masks    [][]float32 // dropout masks of the embedding, then of every layer
	layers   []layerReplica
	pooled   matrix
	maxima   []int32 // [sequences][features] the row where PoolMax found its maximum
	head     *dense  // nil: the logits are the features
	logits   matrix  // the rows may be padded
	outputs  matrix

	grad  *format.Model
	grads []parameter

	waveform *WaveformLoss // the loss to train on; nil: that of the output function

	losses  []float64 // [rows] of outputs
	dlogits matrix
	dstates matrix    // gradients of the last layer's outputs, if the model pools
	dx      [2]matrix // gradients of a layer's inputs, of even and of odd layers

	// squares, unless it is nil, is [rows]. backward sets it to the squared
	// norms of the derivatives with respect to the states after every step.
	squares []float64
}

// A matrix has rows of width numbers, stride numbers apart.
type matrix struct {
	data   []float32
	width  int
	stride int
}

func (m *matrix) shape(rows, width, stride int) {
	m.data, m.width, m.stride = grow(m.data, rows*stride), width, stride
}

func (m *matrix) row(i int) []float32 { return m.data[i*m.stride:][:m.width] }

type layerReplica struct {
	op         op
	in         features
	directions []*direction
	joined     matrix // the directions' outputs side by side, with dropout
	out        matrix // joined, or the states themselves
}

func newReplica(net *Network) *replica {
	grad := zerosLike(net.model)
	p := newReplicaOf(net, grad)
	p.grads = parameters(grad, net.tied)
	return p
}

// newReplicaOf returns a replica of a network, or of a decoder, that adds to
// grad.
func newReplicaOf(net *Network, grad *format.Model) *replica {
	p := &replica{net: net, crew: crew{net.kernels, 1}, grad: grad, masks: make([][]float32, len(net.model.Layers)+1)}
	if net.decoder != nil {
		p.decoder = newReplicaOf(net.decoder, grad.Decoder)
	}
	next := 0
	for i := range net.computed.Layers {
		l := &net.computed.Layers[i]
		lp := layerReplica{op: opOf(l)}
		for d := range l.Directions {
			lp.directions = append(lp.directions, newDirection(l, d, &net.int8[next]))
			next++
		}
		p.layers = append(p.layers, lp)
	}
	if h := net.computed.Head; h != nil {
		p.head = &dense{layer: h, weight: &net.int8[next]}
	}
	return p
}

// useCores makes the replica compute on n cores.
func (p *replica) useCores(n int) {
	p.crew.cores = n
	if p.decoder != nil {
		p.decoder.useCores(n)
	}
}

func (p *replica) clearGradients() {
	for _, g := range p.grads {
		clear(g.data)
	}
	if p.net.tied {
		clear(outputModel(p.grad).Head.Weight.Data)
	}
}

// A dropout holds the probabilities p with which numbers are set to zero in
// training; the others are scaled up by 1/(1-p) (Srivastava et al. 2014). The
// masks of the input and between the layers are new for every step, and do not
// touch the recurrent connections (Zaremba et al. 2014).
type dropout struct{ input, layers, recurrent float32 }

// inverseKeep returns the factor of the numbers that dropout keeps.
func inverseKeep(probability float32) float32 { return 1 / (1 - probability) }

func (p *replica) forward(carry bool, drop dropout) {
	m := p.net.computed
	x, scale, dropped := p.recur(carry, drop)
	if p.decoder != nil {
		p.handOver()
		p.decoder.rng = p.rng
		p.decoder.forward(true, drop)
		return
	}
	pooled, rows := p.pool(x)
	p.logits = pooled
	if p.head != nil {
		p.logits = p.head.forward(p, pooled, rows, scale, dropped)
	}
	p.outputs.shape(rows, m.OutputSize(), p.logits.stride)
	p.crew.output(m.Output, &p.outputs, &p.logits, rows)
}

// recur runs the recurrent layers. It returns the rows of the last layer's
// outputs and, for [features.read], their scale and the factor of their
// dropout.
func (p *replica) recur(carry bool, drop dropout) (x matrix, scale, dropped float32) {
	m, b := p.net.computed, &p.batch
	x = p.input()
	p.mask(0, &x, b.rows, drop.input)
	scale, dropped = p.net.inputScale, inverseKeep(drop.input)
	p.scales = p.net.tokenScales(p.scales, b.tokens)
	scales, folded := p.scales, p.fold(drop)
	for i := range p.layers {
		lp := &p.layers[i]
		lp.in.read(p, x, b.rows, scale, scales, dropped)
		for _, d := range lp.directions {
			d.drop = p.dropMask(d.drop, len(b.lengths)*d.units, drop.recurrent)
			d.stateScale = lp.op.stateScale() * inverseKeep(drop.recurrent)
			d.prepare(p.crew, b, &lp.in, folded, carry)
		}
		p.share(lp, func(d *direction, from, to int) { d.forward(p.net.kernels, b, from, to) })
		scale, scales, dropped, folded = lp.op.stateScale(), nil, inverseKeep(drop.layers), nil
		lp.join(b.rows, m.Layers[i].HiddenSize, drop.layers > 0)
		p.mask(i+1, &lp.out, b.rows, drop.layers)
		x = lp.out
	}
	return x, scale, dropped
}

// share calls f, on all cores, with ranges of the sequences for every direction
// of a layer.
func (p *replica) share(lp *layerReplica, f func(d *direction, from, to int)) {
	n, gates := len(p.batch.lengths), &lp.directions[0].weights.Gates
	cost := p.batch.rows * gates.Rows * lp.directions[0].layer.HiddenSize / n
	p.crew.split(len(lp.directions)*n, cost, func(from, to int) {
		for _, d := range lp.directions {
			if from < n && to > 0 {
				f(d, max(from, 0), min(to, n))
			}
			from, to = from-n, to-n
		}
	})
}

// input returns the rows that the first layer reads.
func (p *replica) input() matrix {
	m, b := p.net.computed, &p.batch
	if m.Embedding == nil {
		return matrix{b.inputs, m.InputSize, m.InputSize}
	}
	return embed(m.Embedding, &p.embedded, b.tokens)
}

// join puts the outputs of a layer's directions side by side.
func (lp *layerReplica) join(rows, hidden int, dropout bool) {
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

// mask multiplies x by a new dropout mask, and keeps the mask as number i.
func (p *replica) mask(i int, x *matrix, rows int, probability float32) {
	p.masks[i] = p.dropMask(p.masks[i], rows*x.width, probability)
	p.unmask(i, x, rows)
}

// dropMask returns a new dropout mask of n numbers, in mask if it has room. For
// probability 0 it is empty.
func (p *replica) dropMask(mask []float32, n int, probability float32) []float32 {
	if probability == 0 {
		return mask[:0]
	}
	mask = grow(mask, n)
	kept := inverseKeep(probability)
	threshold := uint32(float64(probability) * (1 << 32))
	for k := range mask {
		mask[k] = 0
		if p.rng.Uint32() >= threshold {
			mask[k] = kept
		}
	}
	return mask
}

// unmask multiplies numbers, or their gradients, by mask number i, if there is
// one.
func (p *replica) unmask(i int, dx *matrix, rows int) {
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

// backward adds the gradients of the mean loss to p.grad, and returns the sum
// of the losses. targets is the number of targets in the mean.
func (p *replica) backward(targets int) (loss float64) {
	m, b := p.net.model, &p.batch
	if p.decoder != nil {
		loss = p.decoder.backward(targets)
		p.takeBack()
		last := &p.layers[len(p.layers)-1].out
		p.dstates.shape(b.rows, last.width, kernels.Pad(last.width))
		clear(p.dstates.data) // the decoder reads only the final states
		p.recurBackward(&p.dstates)
		return loss
	}
	loss = p.lossGradients(targets)

	rows := b.rows
	if m.Pool != format.PoolNone {
		rows = len(b.lengths)
	}
	last := p.layers[len(p.layers)-1].out
	dfeatures := &p.dlogits
	if p.head != nil {
		dfeatures = p.head.backward(p.crew, &p.net.head, dfeatures, rows, p.grad.Head)
	}
	dout := dfeatures
	if m.Pool != format.PoolNone {
		dout = &p.dstates
		dout.shape(b.rows, last.width, kernels.Pad(last.width))
		p.unpool(dout, dfeatures)
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

// recurBackward adds the gradients of the recurrent layers and of the embedding
// to p.grad. dout has the gradients of the last layer's outputs.
func (p *replica) recurBackward(dout *matrix) {
	m, b := p.net.model, &p.batch
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
			d.squares = p.squares
			d.prepareBackward(b, &p.net.transposed[t+j], dout.data[j*hidden:], dout.stride)
		}
		p.share(lp, func(d *direction, from, to int) { d.backward(p.net.kernels, b, from, to) })
		for j, d := range lp.directions {
			d.weightGradients(p.crew, b, x.data, x.stride, &p.grad.Layers[i].Directions[j])
			if dx != nil {
				d.inputGradients(p.crew, dx.data, dx.stride, b.rows)
			}
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
