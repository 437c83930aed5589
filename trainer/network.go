package trainer

import (
	"cmp"
	"fmt"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// ErrBidirectional refuses a bidirectional language model. It wraps
// [format.ErrBidirectional], with which such a file is refused.
var ErrBidirectional = fmt.Errorf("%w: the reverse direction would read tokens that do not exist yet",
	format.ErrBidirectional)

// An Architecture describes a network to be trained.
type Architecture struct {
	Task          format.Task
	Cell          format.Cell
	Variant       format.Variant // zero: the cell's usual one (tanh; reset after)
	Tokens        int            // vocabulary size; 0: real-valued input
	EmbeddingSize int            // width of the embedding; unused without tokens
	InputSize     int            // numbers of a step; unused with tokens
	HiddenSize    int
	Layers        int
	Bidirectional bool
	Pool          format.Pool
	Outputs       int // size of the dense head; 0: no head
	Output        format.Output
	Skip          bool // add the first inputs to the outputs
	// TieWeights makes the head use the embedding's table as its weights (Press
	// & Wolf 2017). It needs as many outputs as tokens, and an embedding as wide
	// as the head's input.
	TieWeights     bool
	Initialization Initialization
	// TargetTokens is the size of the target's vocabulary, for the task
	// Translate. The other fields then describe the encoder. The decoder has as
	// many layers of the same cell, and the outputs. With TieWeights, the
	// decoder's head and embedding are tied.
	TargetTokens int
}

// A Network is a model that is being trained.
type Network struct {
	model      *format.Model // has the weights that are learned
	dtype      format.DType  // see SetDType
	computed   *format.Model // the weights rounded to dtype, as float32; for F32 it is model
	parameters []parameter
	tied       bool     // the head's weights are the embedding's table
	decoder    *Network // has the weights of the model's Decoder; nil: the network is not an encoder
	kernels    *kernels.Set
	transposed []transposed // weights of computed, by layer and direction
	head       kernels.Matrix
	int8       []int8Weights // weights of computed, in the same order, then the head's
	tokenScale []float32     // scales of the rows of an int8 embedding
	inputScale float32       // quantization scale of the inputs that int8 weights read; 0: chosen for every step
}

// transposed are the weights of a direction as back-propagation reads them:
// the rows are the columns of the original.
type transposed struct {
	input, state                   kernels.Matrix
	candidateInput, candidateState kernels.Matrix
}

// NewNetwork returns a network with random weights. The error wraps
// [ErrBidirectional] for a bidirectional language model, and [ErrTooLarge] if
// there are too many parameters.
func NewNetwork(a Architecture, seed uint64) (*Network, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	if err := a.checkSize(); err != nil {
		return nil, err
	}
	m := a.model()
	a.Initialization.fill(m, a.TieWeights, rand.New(rand.NewPCG(seed, 0x1217)))
	return newNetwork(m, a.TieWeights)
}

func (a *Architecture) check() error {
	if a.Task == format.TaskTranslate {
		if err := a.checkEncoder(); err != nil {
			return err
		}
	}
	if a.Bidirectional && a.Task == format.TaskLanguage {
		return ErrBidirectional
	}
	for _, c := range []struct {
		name  string
		value int
		min   int
	}{
		{"hidden size", a.HiddenSize, 1},
		{"number of layers", a.Layers, 1},
		{"number of outputs", a.Outputs, 0},
	} {
		if c.value < c.min {
			return fmt.Errorf("the %s is %d, want at least %d", c.name, c.value, c.min)
		}
	}
	if a.Tokens > 0 && a.EmbeddingSize < 1 {
		return fmt.Errorf("the embedding size is %d, want at least 1", a.EmbeddingSize)
	}
	if a.Tokens == 0 && a.InputSize < 1 {
		return fmt.Errorf("the input size is %d, want at least 1", a.InputSize)
	}
	if features := a.features(); a.TieWeights && a.Task != format.TaskTranslate && (a.Tokens == 0 || a.Tokens != a.Outputs || a.EmbeddingSize != features) {
		return fmt.Errorf("the head's %d×%d weights cannot be tied to the embedding's %d×%d: the sizes must be equal",
			a.Outputs, features, a.Tokens, a.EmbeddingSize)
	}
	return nil
}

// features returns the number of features that the head reads.
func (a *Architecture) features() int {
	if a.Bidirectional {
		return 2 * a.HiddenSize
	}
	return a.HiddenSize
}

func (a *Architecture) model() *format.Model {
	m := &format.Model{Task: a.Task, InputSize: a.InputSize, Pool: a.Pool, Output: a.Output, Skip: a.Skip}
	if a.Tokens > 0 {
		m.InputSize = a.EmbeddingSize
		m.Embedding = &format.Embedding{
			Tokens: a.Tokens, Size: a.EmbeddingSize,
			Table: make([]float32, a.Tokens*a.EmbeddingSize),
		}
	}
	variant := cmp.Or(a.Variant, a.Cell.DefaultVariant())
	size := m.InputSize
	directions := 1
	if a.Bidirectional {
		directions = 2
	}
	for range a.Layers {
		l := format.Layer{Cell: a.Cell, Variant: variant, InputSize: size, HiddenSize: a.HiddenSize}
		for range directions {
			l.Directions = append(l.Directions, l.NewWeights())
		}
		m.Layers = append(m.Layers, l)
		size = directions * a.HiddenSize
	}
	if a.Outputs > 0 {
		m.Head = &format.Dense{
			InputSize: size, OutputSize: a.Outputs,
			Weight: format.NewMatrix(a.Outputs, size, kernels.TileRows),
			Bias:   make([]float32, kernels.Pad(a.Outputs)),
		}
	}
	if a.Task == format.TaskTranslate {
		m.Decoder = a.decoder().model()
	}
	return m
}

// FromModel returns a network that starts from a float32 copy of the weights of a
// model. The head's weights are tied to the embedding's table if they are the same
// numbers. The error wraps [ErrUntrainable] if the model has a part that this
// package cannot train.
func FromModel(m *format.Model) (*Network, error) {
	float, err := m.Convert(format.DTypeF32)
	if err != nil {
		return nil, err
	}
	if err := trainable(float); err != nil {
		return nil, err
	}
	return newNetwork(float, tied(outputModel(float)))
}

// Tied reports whether the head's weights are the embedding's table.
func (n *Network) Tied() bool { return n.tied }

func newNetwork(m *format.Model, tied bool) (*Network, error) {
	if m.Task == format.TaskLanguage && m.Bidirectional() {
		return nil, ErrBidirectional
	}
	set, err := kernels.Default()
	if err != nil {
		return nil, err
	}
	n := makeNetwork(clone(m), tied, set)
	n.parameters = parameters(n.model, tied)
	return n, n.refresh()
}

// makeNetwork returns the network of a model, or of a decoder. It does not copy
// the model.
func makeNetwork(m *format.Model, tied bool, set *kernels.Set) *Network {
	n := &Network{model: m, computed: m, tied: tied, kernels: set}
	if m.Decoder != nil {
		n.decoder = makeNetwork(m.Decoder, tied, set)
	}
	for i := range n.model.Layers {
		l := &n.model.Layers[i]
		for d := range l.Directions {
			w := &l.Directions[d]
			t := transposed{
				input: newTransposed(&w.Gates, l.InputSize),
				state: newTransposed(&w.Gates, l.HiddenSize),
			}
			if w.Candidate.Data != nil {
				t.candidateInput = newTransposed(&w.Candidate, l.InputSize)
				t.candidateState = newTransposed(&w.Candidate, l.HiddenSize)
			}
			n.transposed = append(n.transposed, t)
		}
	}
	if h := n.model.Head; h != nil {
		n.head = newTransposed(&h.Weight, h.InputSize)
	}
	n.int8 = make([]int8Weights, len(n.transposed)+1)
	return n
}

// Model returns the network's model. Its weights change during training: copy
// it, or write it to a file, to keep them.
func (n *Network) Model() *format.Model { return n.model }

// weights returns a copy of all weights, and restore puts them back.
func (n *Network) weights() [][]float32 {
	var w [][]float32
	for _, p := range n.parameters {
		w = append(w, append([]float32(nil), p.data...))
	}
	return w
}

func (n *Network) restore(w [][]float32) error {
	for i, p := range n.parameters {
		copy(p.data, w[i])
	}
	return n.refresh()
}

// ParameterGroups returns the names of the groups of weights that may have a
// learning rate of their own: "embedding", "layer 0", "layer 1" and so on, and
// "head", if the network has them; then those of a decoder, "decoder embedding"
// and so on.
func (n *Network) ParameterGroups() []string {
	var groups []string
	for _, p := range n.parameters {
		if len(groups) == 0 || groups[len(groups)-1] != p.group {
			groups = append(groups, p.group)
		}
	}
	return groups
}

// refresh updates what depends on the parameters after they changed: the head's
// weights if they are tied, the rounded and the transposed weights, and the
// same for the decoder.
func (n *Network) refresh() error {
	if n.decoder != nil {
		if err := n.decoder.refresh(); err != nil {
			return err
		}
	} else if n.tied {
		n.tie()
	}
	if err := n.round(); err != nil {
		return err
	}
	n.transpose()
	return nil
}

func (n *Network) transpose() {
	i := 0
	for li := range n.computed.Layers {
		l := &n.computed.Layers[li]
		for d := range l.Directions {
			w, t := &l.Directions[d], &n.transposed[i]
			fillTransposed(&t.input, &w.Gates, 0, l.InputSize)
			fillTransposed(&t.state, &w.Gates, l.InputSize, l.HiddenSize)
			if w.Candidate.Data != nil {
				fillTransposed(&t.candidateInput, &w.Candidate, 0, l.InputSize)
				fillTransposed(&t.candidateState, &w.Candidate, l.InputSize, l.HiddenSize)
			}
			i++
		}
	}
	if h := n.computed.Head; h != nil {
		fillTransposed(&n.head, &h.Weight, 0, h.InputSize)
	}
}

func packed(m *format.Matrix) kernels.Matrix {
	return kernels.Matrix{Data: m.Data, Rows: m.Rows, Depth: m.Depth, Tile: m.Tile}
}

func newTransposed(m *format.Matrix, columns int) kernels.Matrix {
	rows := kernels.Pad(columns)
	return kernels.Matrix{Data: make([]float32, rows*m.Rows), Rows: rows, Depth: m.Rows, Tile: kernels.TileRows}
}

// fillTransposed copies columns of m, from column from on, to the rows of t.
func fillTransposed(t *kernels.Matrix, m *format.Matrix, from, columns int) {
	for first := 0; first < m.Rows; first += m.Tile {
		height := min(m.Tile, m.Rows-first)
		for k := range columns {
			tile := k / kernels.TileRows
			stride := t.TileHeight(tile)
			src := m.Data[first*m.Depth+(from+k)*height:][:height]
			dst := t.Data[tile*kernels.TileRows*t.Depth+first*stride+k%kernels.TileRows:]
			for r, v := range src {
				dst[r*stride] = v
			}
		}
	}
}
