// Package network holds a recurrent network as frameworks do: plain row-major
// float32 weights in PyTorch's order of gates (i f g o of an LSTM, r z n of a
// GRU). Every reader of a foreign format produces a [Network], and
// [Network.Model] packs it into a [format.Model].
// Nothing is dropped in silence.
package network

import "github.com/rnnrun/rnnrun/format"

// A Network is a stack of layers.
type Network struct {
	Embedding *format.Embedding // nil: the input is numbers
	Layers    []Layer           // bottom first; recurrent and dense ones in any order, at least one
	Pool      format.Pool       // which steps feed the layers after the last recurrent one
	Output    format.Output     // the function of the last layer's outputs
	Skip      bool              // y = x + f(x), where f is all of the above, and x the first inputs
	Task      format.Task       // what the model is for; Regress where nobody says
	Labels    []string          // an output's name by its index; may be nil

	SampleRate float64           // steps a second; 0: not given
	Provenance []format.Property // in order

	// Notes say what of the source is no part of a model, such as an input for
	// the initial state, and where it is given instead.
	Notes []string
}

// A Layer is a recurrent or a dense layer. Of a dense one HiddenSize is the
// number of outputs.
//
// With σ the first, g the second and h the third of its activations, an LSTM is
//
//	i = σ(W_ii x + b_ii + W_hi h' + b_hi + p_i ∘ c')
//	f = σ(W_if x + b_if + W_hf h' + b_hf + p_f ∘ c')   (1 - i with InputForget)
//	g = g(W_ig x + b_ig + W_hg h' + b_hg)
//	c = f ∘ c' + i ∘ g
//	o = σ(W_io x + b_io + W_ho h' + b_ho + p_o ∘ c)
//	h = W_hr (o ∘ h(c))
//
// where h' and c' are the previous step's, p is there with peepholes and W_hr
// with a projection. A GRU is
//
//	r = σ(W_ir x + b_ir + W_hr h' + b_hr)
//	z = σ(W_iz x + b_iz + W_hz h' + b_hz)
//	n = g(W_in x + b_in + r ∘ (W_hn h' + b_hn))        (W_hn (r ∘ h') + b_hn with ResetBefore)
//	h = (1 - z) ∘ n + z ∘ h'
type Layer struct {
	Name           string // in the source, for errors; may be empty
	Cell           format.Cell
	InputSize      int
	HiddenSize     int
	ProjectionSize int  // of an LSTM, PyTorch's proj_size; 0: none
	ResetBefore    bool // of a GRU: the reset gate is applied before the product
	Reverse        bool // the only direction reads the sequence from its end
	InputForget    bool // of an LSTM: f = 1 - i, and the rows f are not used

	Clip       float32           // bounds what gates' activations are applied to, to ±Clip; 0: no bound
	Activation format.Activation // of a dense layer
	Directions []Direction       // one; or of a recurrent layer two, forward and reverse
}

// A Direction holds the weights of one direction. G is the number of gates
// (RNN 1, LSTM 4, GRU 3), I, H and P are the layer's input, hidden and
// projection size; without a projection P is H. A dense layer has WeightIH
// [outputs][inputs] and BiasIH [outputs], and nothing else.
type Direction struct {
	WeightIH []float32 // [G*H][I]
	WeightHH []float32 // [G*H][P]
	BiasIH   []float32 // [G*H]; nil: zeros
	BiasHH   []float32 // [G*H]; nil: zeros

	Peephole   []float32 // of an LSTM [3][H], in the order i f o; nil: none
	Projection []float32 // of an LSTM [P][H]; nil: none
	H0         []float32 // [P], the state before the first step; nil: zeros
	C0         []float32 // of an LSTM [H]; nil: zeros

	// Activations are those of the gates: of an RNN one (default Tanh), of a
	// GRU two (Sigmoid for r and z, Tanh for n), of an LSTM three (Sigmoid for
	// i, f and o; Tanh for g; Tanh for the cell's output). nil: the default.
	Activations []format.Activation
}

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
	case len(n.Layers) > 0:
		return n.Layers[len(n.Layers)-1].OutputSize()
	}
	return 0
}
