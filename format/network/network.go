// Package network holds a recurrent network as frameworks do: plain row-major
// float32 weights in PyTorch's order of gates. Every reader of a foreign format
// produces a [Network], and [Network.Model] packs it into a [format.Model].
// Nothing is dropped in silence.
package network

import "github.com/rnnrun/rnnrun/format"

// A Network is a stack of layers.
type Network struct {
	Embedding *format.Embedding // nil: the input is numbers
	Layers    []Layer           // bottom first; recurrent and dense ones in any order, at least one
	Graph     *format.Graph     // a network that is no stack, in the place of the above, the pool and Skip; nil: it is one
	Pool      format.Pool       // which steps feed the layers after the last recurrent one
	Output    format.Output     // the function of the last layer's outputs
	Skip      bool              // y = x + f(x), where f is all of the above, and x the first inputs; a graph is then a stack
	Task      format.Task       // what the model is for; Regress if nobody says
	Labels    []string          // an output's name by its index; may be nil

	// Normalization of the inputs and outputs beside a Graph; nil: there is none.
	Normalization *format.Normalization

	SampleRate float64           // steps a second; 0: not given
	Provenance []format.Property // in order

	// Notes say what of the source is no part of a model, such as an input for
	// the initial state.
	Notes []string
	// TakesStates and TakesLengths: the source has inputs for the states before
	// the first step, and for the lengths of sequences. A model is given them
	// beside its inputs.
	TakesStates, TakesLengths bool
	// Padding is what the source knows steps by that are padding, and leaves out: all
	// of their numbers are it, or their tokens are 0. nil: it knows none.
	Padding *float32
	// DoubtfulReset: its GRU layers reset before the product, and the exporter that
	// says so is known to write that of layers that reset after it.
	DoubtfulReset bool
}

// A Layer is a recurrent or a dense layer, with the formulas and the order of
// gates of [format.Layer].
type Layer struct {
	Name           string // in the source, for errors; may be empty
	Cell           format.Cell
	Variant        format.Variant // 0: the cell's default
	InputSize      int
	HiddenSize     int  // units; for a dense layer its outputs
	ProjectionSize int  // for an LSTM, PyTorch's proj_size; 0: none
	Reverse        bool // the only direction reads the sequence from its end
	InputForget    bool // for an LSTM: f = 1 - i, and the rows f are not used

	Clip       float32           // bounds what gates' activations are applied to, to ±Clip; 0: no bound
	Activation format.Activation // of a dense layer's outputs
	Directions []Direction       // one; a recurrent layer may have two, forward and reverse
}

// A Direction holds the weights of one direction.
type Direction struct {
	format.Plain

	H0 []float32 // [StateSize], the state before the first step; nil: zeros
	C0 []float32 // [HiddenSize], the cell state of an LSTM; nil: zeros

	// Activations are those of the gates, as [format.Cell.Activations] has them.
	// nil: those of the cell and its variant. A variant that differs from another
	// only in them may be given in either way.
	Activations []format.Activation
}

// NewDense returns a dense layer with weights [outputs][inputs], and with a bias
// [outputs] or nil.
func NewDense(name string, inputs, outputs int, weight, bias []float32) Layer {
	return Layer{
		Name: name, Cell: format.CellDense, InputSize: inputs, HiddenSize: outputs,
		Directions: []Direction{{Plain: format.Plain{WeightIH: weight, BiasIH: bias}}},
	}
}

// Dense reports whether the layer is a dense one.
func (l *Layer) Dense() bool { return l.Cell == format.CellDense }

// StateSize returns the size of the state h of a direction, which is also
// what the direction gives to the layer above.
func (l *Layer) StateSize() int {
	if l.ProjectionSize > 0 {
		return l.ProjectionSize
	}
	return l.HiddenSize
}

// OutputSize returns the number of outputs of a step.
func (l *Layer) OutputSize() int { return l.StateSize() * len(l.Directions) }

// InputSize returns the number of features of a step; of an embedding its width.
func (n *Network) InputSize() int {
	switch {
	case n.Graph != nil:
		return n.Graph.NumberWidth()
	case n.Embedding != nil:
		return n.Embedding.Size
	case len(n.Layers) > 0:
		return n.Layers[0].InputSize
	}
	return 0
}

// OutputSize returns the number of outputs of a step.
func (n *Network) OutputSize() int {
	switch {
	case n.Output == format.OutputArgMax:
		return 1
	case n.Graph != nil:
		return (&format.Model{Graph: n.Graph}).OutputSize()
	case len(n.Layers) > 0:
		return n.Layers[len(n.Layers)-1].OutputSize()
	}
	return 0
}
