package kernels

import (
	"fmt"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// gruRows is the number of rows of a GRU's tile.
const gruRows = 3 * Lanes

// An Activation is what becomes of the sums of a linear product.
type Activation int

// The activations.
const (
	ActivationIdentity = Activation(generic.Identity)
	ActivationTanh     = Activation(generic.IsTanh)
	ActivationReLU     = Activation(generic.IsReLU)
)

// streamMemory is the memory of a stream, and the shape of its matrix.
type streamMemory struct {
	h, next    []float32 // the state, in turn; h is nil where there is none
	out        []float32 // a second place for the new state, or nil
	c          []float32 // of an LSTM
	bias       []float32
	rows, tile int
	activation Activation // of a linear product
}

// forLSTM and so on return what of the memory is used. They panic where there is
// not enough.
func (m streamMemory) forLSTM() streamMemory {
	if m.rows%TileRows != 0 {
		m.fail()
	}
	units := m.rows / 4
	m.c = m.cut(m.c, units)
	return m.of(units, m.rows)
}

func (m streamMemory) forGRU() streamMemory { return m.of(m.rows/3, m.rows/3*4) }

func (m streamMemory) forRNN() streamMemory { return m.of(m.rows, m.rows) }

func (m streamMemory) forLinear() streamMemory {
	m.h = m.next
	m = m.forRNN()
	m.h = nil
	return m
}

// of returns the memory of so many units and sums.
func (m streamMemory) of(units, sums int) streamMemory {
	m.h, m.next, m.bias = m.cut(m.h, units), m.cut(m.next, units), m.cut(m.bias, sums)
	if m.out != nil {
		m.out = m.cut(m.out, units)
	}
	return m
}

func (m streamMemory) cut(s []float32, n int) []float32 {
	if len(s) < n {
		m.fail()
	}
	return s[:n]
}

func (m streamMemory) fail() {
	panic(fmt.Sprintf("kernels: the memory of a stream is too short for %d rows in tiles of %d", m.rows, m.tile))
}

// turned returns the memory of an odd step, or an even one.
func (m streamMemory) turned(odd bool) streamMemory {
	if odd && m.h != nil {
		m.h, m.next = m.next, m.h
	}
	return m
}

// activate applies the activation to the results of a linear product.
func (m streamMemory) activate(set *Set) {
	dst := m.next[:m.rows]
	switch m.activation {
	case ActivationTanh:
		set.Tanh(dst, dst)
	case ActivationReLU:
		set.ReLU(dst, dst)
	}
}

// results returns how many results a tile has.
func (m streamMemory) results() int {
	if m.c != nil || m.tile == gruRows {
		return Lanes
	}
	return TileRows
}

// tiles are some tiles of a matrix: count full ones from first on, which are
// taken in reverse or not, and then a narrow one of so many rows, or none.
type tiles struct {
	first, count int
	reverse      bool
	narrow       int
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

// A pass is the prepared arguments of a step, or a part of it.
type pass struct {
	generic.Args
	start int   // where Start is in the sums
	then  *pass // the other part, or nil
}

// preparation is the prepared arguments of all steps of a stream.
type preparation struct {
	memory    streamMemory
	even, odd [2]*pass
	sums      int // length of start
}

// Indices of a step that has inputs, and of one whose sums hold the product with
// them already.
const (
	withInputs = iota
	withSums
)

// resident is how many bytes of weights the first-level cache holds besides all
// else. They are always read from the first on: the next step can then begin
// with the first units while this one completes the last.
const resident = 20 << 10

// prepare prepares the arguments of steps that read so many bytes of weights,
// if they are wanted; weights sets what they say of these. Without rows there is
// nothing to do, and for the race detector slices are used.
func (p *preparation) prepare(wanted bool, bytes int, weights func(a *generic.Args, m streamMemory, t tiles, inputs bool)) {
	m := p.memory
	p.sums = m.rows / m.tile * TileRows
	if narrow := m.rows % m.tile; narrow > 0 {
		p.sums += narrow
	}
	if !wanted || m.rows == 0 || raceEnabled {
		return
	}
	for i := range p.even {
		build := func(m streamMemory, t tiles) *pass {
			a := m.pass(t)
			weights(&a.Args, m, t, i == withInputs)
			return a
		}
		p.even[i] = m.parts(false, build)
		p.odd[i] = m.turned(true).parts(bytes > resident, build)
	}
}

func (p *preparation) passes(odd bool) *[2]*pass {
	if odd {
		return &p.odd
	}
	return &p.even
}

// parts returns the parts of a step. As in linear, up to two full tiles go with
// a narrow one.
func (m streamMemory) parts(reverse bool, build func(m streamMemory, t tiles) *pass) *pass {
	body := tiles{count: m.rows / m.tile, reverse: reverse}
	tail := tiles{narrow: m.rows % m.tile}
	if tail.narrow == 0 {
		return build(m, body)
	}
	tail.count = min(body.count, 2)
	body.count -= tail.count
	tail.first = body.count
	switch {
	case body.count == 0:
		return build(m, tail)
	case reverse:
		p := build(m, tail)
		p.then = build(m, body)
		return p
	}
	p := build(m, body)
	p.then = build(m, tail)
	return p
}

// pass returns the arguments of a step for some tiles, but for the weights.
func (m streamMemory) pass(t tiles) *pass {
	first, results := t.begin(), m.results()
	a := &pass{start: first * TileRows}
	a.Args = generic.Args{
		Next:       &m.next[first*results],
		Start:      &m.bias[first*TileRows],
		UnitStep:   t.direction() * results * 4,
		Tiles:      t.count,
		LastRows:   t.narrow,
		Activation: int(m.activation),
	}
	a.Out = a.Next
	if m.out != nil {
		a.Out = &m.out[first*results]
	}
	if m.c != nil {
		a.C = &m.c[first*results]
	}
	if m.tile == gruRows {
		a.At = &m.h[first*results]
	}
	return a
}
