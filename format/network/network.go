// Package network holds a recurrent network as frameworks do: plain row-major
// float32 weights in PyTorch's order of gates. Every reader of a foreign format
// produces a [Network], and [Network.Model] packs it into a [format.Model]. No
// reader drops anything silently.
package network

import "github.com/rnnrun/rnnrun/format"

// A Network is a stack of layers.
type Network struct {
	Embedding *format.Embedding // nil: the input is numbers
	Layers    []Layer           // bottom first; recurrent and dense ones in any order, at least one
	Graph     *format.Graph     // a network that is not a stack, instead of the above, the pool and Skip; nil: it is a stack
	Pool      format.Pool       // which steps feed the layers after the last recurrent one
	Output    format.Output     // the function of the last layer's outputs
	Skip      bool              // y = x + f(x), where f is all of the above, and x the first inputs; a graph is then a stack
	Task      format.Task       // what the model is for; TaskRegress if not given
	Labels    []string          // an output's name by its index; may be nil

	// Normalization of the inputs and outputs beside a Graph; nil: there is none.
	Normalization *format.Normalization

	SampleRate float64           // steps a second; 0: not given
	Provenance []format.Property // in order

	// Notes say which parts of the source the model leaves out, such as an
	// input for the initial state.
	Notes []string
	// TakesStates and TakesLengths: the source has inputs for the states before
	// the first step, and for the lengths of sequences. A program gives them to
	// a model beside its inputs.
	TakesStates, TakesLengths bool
	// Padding is the number that marks steps of padding, which the source skips: all
	// numbers of such a step are equal to it, or its token is 0. nil: the source
	// skips no steps.
	Padding *float32
	// DoubtfulReset: its GRU layers reset before the product, but its exporter is
	// known to write that also for layers that reset after it.
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
	Activation format.Activation // a dense layer's, of its outputs
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
