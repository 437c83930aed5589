package statedict

import "cmp"

// An Input of a graph of an [Architecture]: at each step numbers [Frames][Channels],
// or tokens [Frames].
type Input struct {
	Name     string `json:"name"`
	Frames   int    `json:"frames,omitempty"` // 0: 1
	Channels int    `json:"channels,omitempty"`
	Tokens   int    `json:"tokens,omitempty"` // the tokens are below it; 0: numbers
}

// A Node of a graph of an [Architecture].
type Node struct {
	// Name is what other nodes and the outputs call it. Empty: its module's name.
	Name string `json:"name,omitempty"`
	// Op says what it computes: docs/arch.md lists the ops.
	Op string `json:"op"`
	// Inputs are names of inputs and of nodes above. Empty: the node above, or
	// for the first node the first input.
	Inputs Names `json:"inputs,omitempty"`
	// Module is what the names of its tensors start with, without the last dot.
	Module string `json:"module,omitempty"`

	// Activation is applied to its outputs, and replaces tanh in a recurrent
	// layer. RecurrentActivation replaces the sigmoid of the gates.
	Activation          string   `json:"activation,omitempty"`
	RecurrentActivation string   `json:"recurrent_activation,omitempty"`
	Alpha               *float32 `json:"alpha,omitempty"` // of the activation
	Beta                *float32 `json:"beta,omitempty"`
	ResetBefore         bool     `json:"reset_before,omitempty"` // of a GRU
	Reverse             bool     `json:"reverse,omitempty"`      // of a recurrent layer of one direction
	// Gates are the functions of the gates of a recurrent layer, as format.Cell.Activations
	// has them: one list for all directions, or one for each. They replace Activation and
	// RecurrentActivation.
	Gates       [][]Function `json:"gates,omitempty"`
	Clip        float32      `json:"clip,omitempty"`         // bounds the numbers that the gates' functions are applied to; 0: no bound
	InputForget bool         `json:"input_forget,omitempty"` // LSTM only: f = 1 - i
	Peephole    string       `json:"peephole,omitempty"`     // LSTM only: the tensor [layers · directions, 3, hidden], in the order i f o
	H0          Names        `json:"h0,omitempty"`
	C0          Names        `json:"c0,omitempty"`

	Eps      *float64 `json:"eps,omitempty"`      // of a norm
	Kernel   int      `json:"kernel,omitempty"`   // of a pool over frames, an overlap_add or an rfft
	Stride   int      `json:"stride,omitempty"`   // 0: 1, for a pool over frames its kernel
	Dilation int      `json:"dilation,omitempty"` // 0: 1
	Groups   int      `json:"groups,omitempty"`   // 0: 1
	// Padding puts that many frames of zeros on both sides of a step. With Causal, a
	// convolution instead reads as many frames of earlier steps as it needs; with
	// Same, frames of earlier and of later steps, equally many.
	Padding int  `json:"padding,omitempty"`
	Causal  bool `json:"causal,omitempty"`
	Same    bool `json:"same,omitempty"`

	Before int     `json:"before,omitempty"` // frames of a window, or of a pad
	After  int     `json:"after,omitempty"`
	Mode   string  `json:"mode,omitempty"` // of a pad: "constant", "reflect", "edge", "wrap", or "lowest": -Inf
	Value  float32 `json:"value,omitempty"`
	Pool   string  `json:"pool,omitempty"` // of the steps: "first", "last" (h_n), "last_output", "max", "mean" or "attention"

	Axis     string `json:"axis,omitempty"`  // "channels" or "frames". Empty: "channels"
	Start    int    `json:"start,omitempty"` // of a slice
	Count    int    `json:"count,omitempty"` // of a slice, or the numbers that an irfft gives
	Step     int    `json:"step,omitempty"`  // 0: 1
	Frames   int    `json:"frames,omitempty"`
	Channels int    `json:"channels,omitempty"`

	Carry      bool   `json:"carry,omitempty"`      // of an overlap_add
	Transposed bool   `json:"transposed,omitempty"` // of a matmul: its second value
	Tensor     string `json:"tensor,omitempty"`     // of a constant

	FrontEnd string `json:"front_end,omitempty"` // a specification of package frontend
	File     string `json:"file,omitempty"`      // of a model that is a part of this one
	Output   string `json:"output,omitempty"`    // of that, if it has several
	// Constants are numbers for inputs of that model, and Dimensions the lengths of
	// its open dimensions, as for convert's --input and --dimension.
	Constants  map[string]float64 `json:"constants,omitempty"`
	Dimensions map[string]int     `json:"dimensions,omitempty"`

	Size      int    `json:"size,omitempty"`      // points of a Fourier transform
	Window    string `json:"window,omitempty"`    // before an rfft or behind an irfft: "hann", "hamming" or "sqrt_hann"
	Symmetric bool   `json:"symmetric,omitempty"` // of the window
}

// value returns what other nodes call the node's value; "": they cannot.
func (n *Node) value() string { return cmp.Or(n.Name, n.Module) }
