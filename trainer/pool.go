package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// pool returns the rows that the head reads, and their number.
func (p *replica) pool(x matrix) (matrix, int) {
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

// unpool distributes the gradients of the pooled rows over the rows of dx.
func (p *replica) unpool(dx, dpooled *matrix) {
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
