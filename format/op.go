package format

import (
	"slices"
	"strings"
)

// Cell is the kind of a layer.
type Cell uint8

// The cells.
const (
	CellRNN Cell = iota
	CellLSTM
	CellGRU
	CellDense // a dense layer, without a state
)

// An op is a kind of layer: everything that the package knows about a [Cell]. Each kind has a
// file of its own, op_NAME.go. Other files ask the op instead of comparing cells and variants.
type op interface {
	name() string
	traits() traits

	// variants returns the variants in which the cell comes, the usual one first.
	variants() []Variant

	// gates returns the letters of the gates, in the order of their rows in Plain.
	gates() string

	// activations returns the cell's own activations: see [Cell.Activations].
	activations(v Variant) []Activation

	// misspelt says why the layer should have another variant, if the activations
	// of its direction d are those of that one; "": it should not.
	misspelt(l *Layer, d int) string

	// shape returns the sizes of the packed arrays of each direction.
	shape(l *Layer) shape

	// place returns where the packed arrays hold a gate of a unit.
	place(l *Layer, gate, unit int) place
}

// ops are the kinds of layers by their cells.
var ops = [...]op{CellRNN: &rnn{}, CellLSTM: &lstm{}, CellGRU: &gru{}, CellDense: &dense{}}

// traits are what layers of a kind can have.
type traits struct {
	recurrent bool // a state h, and with it a reverse direction and a bound of sums
	cellState bool // a state c beside h
	coupled   bool // a forget gate that is 1 less the input gate
	projected bool // a projection of the units to a smaller state
}

// A shape has the sizes of a direction's packed arrays, with padding. An array
// that layers of the kind do not have has 0 rows.
type shape struct {
	gates, candidate int // rows of the matrices
	depth            int // columns of both
	tile             int // rows of a tile of both
	bias             int // accumulators
	h0, c0, peephole int
}

// A place is where packed arrays hold a gate of a unit.
type place struct {
	candidate            bool // the matrix: Candidate, not Gates
	input, state         int  // its rows for input columns and for state columns
	biasInput, biasState int  // its biases of the input's sum and of the state's, which can be one
}

// Known reports whether the package knows the cell.
func (c Cell) Known() bool { return int(c) < len(ops) }

// op returns the kind of layer; for an unknown cell that of a dense layer, which has the fewest features.
func (c Cell) op() op {
	if !c.Known() {
		return ops[CellDense]
	}
	return ops[c]
}

// String returns the cell's name: "RNN", "LSTM", "GRU" or "dense".
func (c Cell) String() string {
	if !c.Known() {
		return unknown("cell", uint8(c))
	}
	return c.op().name()
}

// Recurrent reports whether layers of the cell have a state h.
func (c Cell) Recurrent() bool { return c.op().traits().recurrent }

// HasCellState reports whether layers of the cell have a state c beside h.
func (c Cell) HasCellState() bool { return c.op().traits().cellState }

// Gates returns the number of weight rows of a unit.
func (c Cell) Gates() int { return len(c.op().gates()) }

// GateNames returns the names of the gates in the order in which [Plain] has their
// rows: i, f, g and o for an LSTM, r, z and n for a GRU, h for an RNN, y for a dense
// layer.
func (c Cell) GateNames() []string { return strings.Split(c.op().gates(), "") }

// Variants returns the variants in which the cell comes, the usual one first.
func (c Cell) Variants() []Variant { return c.op().variants() }

// has reports whether the cell comes in that variant.
func (c Cell) has(v Variant) bool { return slices.Contains(c.Variants(), v) }

// DefaultVariant returns the variant that is meant if none is named: tanh for
// an RNN, reset after for a GRU, and the only one of other cells.
func (c Cell) DefaultVariant() Variant { return c.op().variants()[0] }

// Activations returns the cell's own activations: for an RNN that of its variant;
// for a GRU that of r and z, and that of n; for an LSTM those of i, f and o, of g,
// and of the cell's output; for a dense layer that of its outputs, none.
func (c Cell) Activations(v Variant) []Activation { return c.op().activations(v) }
