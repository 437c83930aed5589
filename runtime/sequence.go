package runtime

// A rows is a matrix of steps: row i starts at i*stride.
type rows struct {
	data   []float32
	stride int
}

func (r rows) from(i int) rows { return rows{r.data[min(i*r.stride, len(r.data)):], r.stride} }

func (r rows) row(i, width int) []float32 { return r.data[i*r.stride:][:width] }

// run reads n steps and writes the state after each to dst: the inputs x, or
// tokens, where the layer reads those itself. The input's product is computed for as many
// steps at once as scratch has accumulators for. A direction that reads
// backward takes the last step first.
func (d *direction) run(dst, x rows, tokens []int32, n int, scratch []float32) {
	ld := len(d.bias)
	block := min(n, len(scratch)/ld)
	for done := 0; done < n; done += block {
		block = min(block, n-done)
		first := done
		if d.backward {
			first = n - done - block
		}
		if tokens == nil {
			for i := range block {
				copy(scratch[i*ld:], d.bias)
			}
			d.addInput(scratch, x.from(first).data, x.stride, block)
		}
		for k := range block {
			i := k
			if d.backward {
				i = block - 1 - k
			}
			if tokens != nil {
				d.stepToken(tokens[first+i])
			} else {
				d.advance(scratch[i*ld:][:ld], nil)
			}
			copy(dst.row(first+i, d.hidden), d.h)
		}
	}
}

// width returns the number of outputs of a step.
func (l layer) width() int { return len(l) * l[0].hidden }

// run reads n steps and writes the outputs of all directions side by side.
func (l layer) run(dst, x rows, tokens []int32, n int, scratch []float32) {
	for i := range l {
		l[i].run(rows{dst.data[i*l[i].hidden:], dst.stride}, x, tokens, n, scratch)
	}
}
