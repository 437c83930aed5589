package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// An op is a node of a plan: a kind of layer, with its weights bound to a kernel
// set. It is immutable and sessions share it. Everything that the package knows
// about a kind is in its file op_*.go.
type op interface {
	// newStepper returns the op of one session, at its initial state.
	newStepper(p ports) stepper
	// accumulators returns how many numbers of scratch a step of a run needs.
	accumulators() int
	// bounded reports whether the outputs are within ±1.
	bounded() bool
	// weightBytes returns how many bytes of weights a step reads.
	weightBytes() int
}

// A stepper is an op in one session. It reads and writes the places that it was
// given.
type stepper interface {
	// step makes one step.
	step()
	// run makes the n steps of a block, whose numbers are in the places' rows.
	run(n int, scratch []float32)
	// reset goes back to the initial state.
	reset()
	// carried appends to list what the stepper carries from step to step: views
	// of its memory, valid until the next step.
	carried(list [][]float32) [][]float32
	// publish writes the outputs again after the memory of carried was changed.
	publish()
	// bytes returns how many bytes the stepper takes, without its places.
	bytes() int
}

// ports are the places that a stepper reads and writes.
type ports struct {
	in, out []*place
	offset  int     // where its outputs begin in out[0]
	steps   *uint64 // the session's, before the step
}

// A place is the memory of one value in a session.
type place struct {
	step   []float32 // a step's numbers, with capacity for padding
	run    rows      // the numbers of a block of steps
	tokens []int32   // the tokens of a step or a block
}

// A rows is a matrix of steps: row i starts at i*stride.
type rows struct {
	data   []float32
	stride int
}

// from returns the rows from row i on.
func (r rows) from(i int) rows { return rows{r.data[min(i*r.stride, len(r.data)):], r.stride} }

func (r rows) row(i, width int) []float32 { return r.data[i*r.stride:][:width] }

// newLayerOps returns the ops of a layer's directions, whose outputs are side
// by side. inputBounded says whether the inputs are within ±1.
func newLayerOps(set *kernels.Set, l *format.Layer, inputBounded bool) (ops []layerOp) {
	for d := range l.Directions {
		ops = append(ops, newLayerOp(set, l, d, inputBounded))
	}
	return ops
}

// newLayerOp returns the op of a direction of a layer. No other function tests
// the kind of a layer.
func newLayerOp(set *kernels.Set, l *format.Layer, direction int, inputBounded bool) layerOp {
	switch {
	case l.Cell == format.CellDense:
		return newDenseOp(set, l, inputBounded)
	case l.Special():
		return newSpecialOp(set, l, direction, inputBounded)
	case l.Cell == format.CellLSTM:
		return newLSTMOp(set, l, direction, inputBounded)
	case l.Cell == format.CellGRU:
		return newGRUOp(set, l, direction, inputBounded)
	}
	return newRNNOp(set, l, direction, inputBounded)
}

// stateless is embedded by steppers that carry nothing.
type stateless struct{}

func (*stateless) reset()                               {}
func (*stateless) carried(list [][]float32) [][]float32 { return list }
func (*stateless) publish()                             {}

// weightless is embedded by ops without weights.
type weightless struct{}

func (*weightless) accumulators() int { return 0 }
func (*weightless) bounded() bool     { return false }
func (*weightless) weightBytes() int  { return 0 }
