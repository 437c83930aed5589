package kernels

import (
	"fmt"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// gruRows is the number of rows of a GRU's tile.
const gruRows = 3 * Lanes

// An Activation is the function of the sums of a linear product.
type Activation int

// The activations.
const (
	ActivationIdentity = Activation(generic.Identity)
	ActivationTanh     = Activation(generic.IsTanh)
	ActivationReLU     = Activation(generic.IsReLU)
)

// Memory is the memory of one stream. All but X hold the units padded to
// [Lanes]. Its slices must not overlap, except for Next and Out.
type Memory struct {
	X    []float32 // the inputs of a step; empty: there are none, or only [Stream.Advance] is called
	H    []float32 // the state that the first step reads
	Next []float32 // the state that the first step writes; the next one reads it and writes H, and so on
	Out  []float32 // a second place for each new state, or nil
	C    []float32 // an LSTM's cell state, updated in place
	Bias []float32 // the sums to begin with; a GRU has 4 for each unit
}

// layout is the memory of a stream, and the shape of its matrix.
type layout struct {
	Memory
	rows, tile int
	activation Activation // of an RNN or a linear product
}

// forLSTM and so on return the parts of the memory that are used. They panic if
// there is not enough.
func (m layout) forLSTM() layout {
	if m.rows%TileRows != 0 {
		m.fail()
	}
	units := m.rows / 4
	m.C = m.cut(m.C, units)
	return m.of(units, m.rows)
}

func (m layout) forGRU() layout {
	m.C = nil
	return m.of(m.rows/3, m.rows/3*4)
}

func (m layout) forRNN() layout {
	m.C = nil
	return m.of(m.rows, m.rows)
}

func (m layout) forLinear() layout {
	m.H, m.C = m.Next, nil
	m = m.forRNN()
	m.H = nil
	return m
}

// of returns the memory of so many units and sums.
func (m layout) of(units, sums int) layout {
	m.H, m.Next, m.Bias = m.cut(m.H, units), m.cut(m.Next, units), m.cut(m.Bias, sums)
	if m.Out != nil {
		m.Out = m.cut(m.Out, units)
	}
	return m
}

func (m layout) cut(s []float32, n int) []float32 {
	if len(s) < n {
		m.fail()
	}
	return s[:n]
}

func (m layout) fail() {
	panic(fmt.Sprintf("kernels: the memory of a stream is too short for %d rows in tiles of %d", m.rows, m.tile))
}

// turned returns the memory of an odd step, or an even one.
func (m layout) turned(odd bool) layout {
	if odd && m.H != nil {
		m.H, m.Next = m.Next, m.H
	}
	return m
}

// activate applies the activation to the results of a linear product.
func (m layout) activate(set *Set) {
	dst := m.Next[:m.rows]
	switch m.activation {
	case ActivationTanh:
		set.Tanh(dst, dst)
	case ActivationReLU:
		set.ReLU(dst, dst)
	}
}

// results returns how many results a tile has.
func (m layout) results() int {
	if m.C != nil || m.tile == gruRows {
		return Lanes
	}
	return TileRows
}

// tiles are some tiles of a matrix: count full ones from first on, in reverse
// or not, and then a narrow one of that many rows, or none.
type tiles struct {
	first, count int
	reverse      bool
	narrow       int
}

// tiles returns all tiles of the matrix.
func (m layout) tiles() tiles { return tiles{count: m.rows / m.tile, narrow: m.rows % m.tile} }

// part returns the i-th of n parts of tiles that are about even.
func (t tiles) part(i, n int) tiles {
	part := tiles{first: t.first + t.count*i/n, reverse: t.reverse}
	part.count = t.first + t.count*(i+1)/n - part.first
	if i == n-1 {
		part.narrow = t.narrow
	}
	return part
}

// begin returns the tile that is taken first.
func (t tiles) begin() int {
	if t.reverse {
		return t.end() - 1
	}
	return t.first
}

// end returns the tile behind the full ones.
func (t tiles) end() int { return t.first + t.count }

func (t tiles) direction() int {
	if t.reverse {
		return -1
	}
	return 1
}
