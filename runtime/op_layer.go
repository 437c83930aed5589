package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A layerOp is the op of one direction of a layer.
type layerOp interface {
	op
	shared() *layer
}

// A layerStepper is a layerOp in one session.
type layerStepper interface {
	stepper
	advancer
	// state returns h, and an LSTM's c: nil if there are none.
	state() (h, c []float32)
}

// An advancer is a layer that can start from a precomputed input product.
type advancer interface {
	// advance completes a step from start, which is the bias plus the input
	// product.
	advance(start []float32)
	// outputs returns the outputs of the last step.
	outputs() []float32
}

// A layer holds what the ops of all layers share: the weights of one direction.
type layer struct {
	set      *kernels.Set
	input    int // numbers that a step reads
	output   int // and writes
	backward bool
	gates    matrix
	then     matrix // the candidate's weights if they multiply the state after the gates, or nil
	bias     []float32
	within1  bool // whether the outputs are within ±1
	stored   *format.Weights
}

func (l *layer) shared() *layer    { return l }
func (l *layer) accumulators() int { return len(l.bias) }
func (l *layer) bounded() bool     { return l.within1 }

func (l *layer) weightBytes() int { return l.bytes(l.stored.Gates.Depth) }

// bytes returns how many bytes of weights a step reads if it reads only the last
// columns of the matrices of the gates.
func (l *layer) bytes(columns int) int {
	w := l.stored
	return matrixBytes(&w.Gates, columns) + matrixBytes(&w.Candidate, columns) + float32Bytes*len(l.bias) +
		matrixBytes(&w.Projection, w.Projection.Depth) + float32Bytes*len(w.Peephole)
}

// A layerStep holds what the steppers of all layers share: their places, and
// the input product.
type layerStep struct {
	layer    *layer
	in, out  *place
	offset   int
	products []inputProduct
}

// An inputProduct is a product with the inputs, and the index of its first
// accumulator.
type inputProduct struct {
	product product
	at      int
}

func (l *layer) newStep(p ports) layerStep {
	s := layerStep{layer: l, in: p.in[0], out: p.out[0], offset: p.offset}
	s.products = append(s.products, inputProduct{l.gates.newProduct(), 0})
	if l.then != nil {
		s.products = append(s.products, inputProduct{l.then.newProduct(), l.stored.Gates.Rows})
	}
	return s
}

// bytes returns how many bytes the step takes, without the struct itself.
func (s *layerStep) bytes() int {
	n := sliceBytes(s.products)
	for _, p := range s.products {
		n += p.product.bytes()
	}
	return n
}

// sums sets the accumulators of n steps to the bias plus the products with
// their inputs. The accumulators are side by side.
func (s *layerStep) sums(acc []float32, x rows, n int) {
	ld := len(s.layer.bias)
	for i := range n {
		copy(acc[i*ld:], s.layer.bias)
	}
	for _, p := range s.products {
		p.product.addInputs(acc[p.at:], ld, x, n)
	}
}

// inputs returns a step's inputs. A layer that reads tokens has none.
func (s *layerStep) inputs() []float32 { return s.in.step[:min(s.layer.input, len(s.in.step))] }

// stepOut returns the memory of a step's outputs and their padding.
func (s *layerStep) stepOut() []float32 { return s.out.step[s.offset:cap(s.out.step)] }

// runOut returns the rows for the outputs of a block's steps.
func (s *layerStep) runOut() rows { return rows{s.out.run.data[s.offset:], s.out.run.stride} }

// runInputs makes n steps of l. It computes the input products of as many steps
// at once as scratch has room for. A layer that reads backward reads the last
// step first.
func (s *layerStep) runInputs(l advancer, n int, scratch []float32) {
	ld, x, y := len(s.layer.bias), s.in.run, s.runOut()
	block := min(n, len(scratch)/ld)
	for done := 0; done < n; done += block {
		block = min(block, n-done)
		first := done
		if s.layer.backward {
			first = n - done - block
		}
		s.sums(scratch, x.from(first), block)
		for k := range block {
			i := k
			if s.layer.backward {
				i = block - 1 - k
			}
			l.advance(scratch[i*ld:][:ld])
			copy(y.row(first+i, s.layer.output), l.outputs())
		}
	}
}

// A streamStep is a layer that a [kernels.Stream] steps.
type streamStep struct {
	layerStep
	stream kernels.Stream
}

func (s *streamStep) step()                        { s.stream.Step() }
func (s *streamStep) advance(start []float32)      { s.stream.Advance(start) }
func (s *streamStep) outputs() []float32           { return s.stream.State()[:s.layer.output] }
func (s *streamStep) run(n int, scratch []float32) { s.runInputs(s, n, scratch) }
func (s *streamStep) bytes() int                   { return s.layerStep.bytes() + s.stream.Bytes() }
func (s *streamStep) publish()                     { copy(s.stepOut(), s.outputs()) }
