package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A cell is a kind of layer in one of its forms.
type cell uint8

const (
	rnnTanh cell = iota
	rnnReLU
	lstm
	gruResetAfter
	gruResetBefore
	dense
)

func cellOf(l *format.Layer) cell {
	switch {
	case l.Cell == format.CellDense:
		return dense
	case l.Cell == format.CellLSTM:
		return lstm
	case l.Variant == format.VariantResetAfter:
		return gruResetAfter
	case l.Variant == format.VariantResetBefore:
		return gruResetBefore
	case l.Variant == format.VariantReLU:
		return rnnReLU
	}
	return rnnTanh
}

// weights are the weights of one direction of a layer, bound to a kernel set. They are shared by all sessions.
type weights struct {
	set       *kernels.Set
	cell      cell
	input     int
	hidden    int // of the state h, which is also the direction's output
	units     int // of the cell state c
	backward  bool
	gates     matrix
	candidate matrix                // of a GRU with reset before
	bias      []float32             // what the accumulators start at
	h0, c0    []float32             // nil: zeros
	inputStep float32               // of an int8 layer's quantized input; 0: chosen for each
	stateStep float32               // and of its state
	special   *special              // nil: the layer is its cell
	kind      format.ActivationKind // of a dense layer
	activate  activation            // of it
	tokens    *tokenTable           // of the first layer, where it reads tokens itself
}

// bindWeights binds a direction of a layer, whose inputs are within ±1 or not.
func bindWeights(set *kernels.Set, l *format.Layer, direction int, inputBounded bool) *weights {
	w := &l.Directions[direction]
	b := &weights{
		set:       set,
		cell:      cellOf(l),
		input:     l.InputSize,
		hidden:    l.StateSize(),
		units:     l.HiddenSize,
		backward:  l.Reverse || direction == 1,
		gates:     bindMatrix(set, &w.Gates, l.InputSize),
		candidate: bindMatrix(set, &w.Candidate, l.InputSize),
		bias:      w.Bias,
		h0:        w.H0,
		c0:        w.C0,
		inputStep: w.InputScale,
		special:   bindSpecial(set, l, direction),
	}
	if b.cell == dense {
		b.kind, b.activate = bindDense(set, l)
	}
	if inputBounded {
		b.inputStep = kernels.UnitScale
	}
	if bounded(l) {
		b.stateStep = kernels.UnitScale
	}
	return b
}

// bounded reports whether the layer's states are within ±1.
func bounded(l *format.Layer) bool {
	if !l.Cell.Recurrent() || l.Variant == format.VariantReLU || l.ProjectionSize > 0 {
		return false
	}
	for d := range l.Directions {
		if l.Directions[d].Activations != nil {
			return false
		}
	}
	return true
}
