package main

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// A checkedState has the states of all layers before the first step or after the last
// one, as they are in a check: in PyTorch's array [layers * directions, N, size].
type checkedState struct {
	port            // its array is [N][layers * directions][size]
	given  []int    // the array's shape
	end    bool     // after the last step
	cell   bool     // the states c of LSTMs, not h
	places [][2]int // layer and direction
}

// of returns the states of a session at a place.
func (c *checkedState) of(s *runtime.Session, place [2]int) []float32 {
	h, cell := s.State(place[0], place[1])
	if c.cell {
		return cell
	}
	return h
}

// checkedStates returns the states of a graph that a check has. Arrays with the name of a
// port are not states.
func (p *proof) checkedStates(s *runtime.Session) (list []*checkedState) {
	m := s.Model()
	isPort := func(name string) bool {
		for _, in := range m.Inputs() {
			if in.Name == name {
				return true
			}
		}
		return slices.ContainsFunc(m.Outputs(), func(out runtime.Output) bool { return out.Name == name })
	}
	var places [][2]int
	for i := range m.LayerCount() {
		for d := range 2 {
			if h, _ := s.State(i, d); h != nil {
				places = append(places, [2]int{i, d})
			}
		}
	}
	for _, kind := range []struct {
		end, cell bool
		names     []string
	}{
		{false, false, []string{"h0", "h_0", "initial_h"}}, {false, true, []string{"c0", "c_0", "initial_c"}},
		{true, false, []string{"hn", "h_n", "Y_h"}}, {true, true, []string{"cn", "c_n", "Y_c"}},
	} {
		i := slices.IndexFunc(p.parts, func(a npy.Array) bool { return slices.Contains(kind.names, a.Name) && !isPort(a.Name) })
		if i < 0 || len(places) == 0 {
			continue
		}
		a := p.parts[i]
		c := &checkedState{given: a.Shape, end: kind.end, cell: kind.cell, places: places}
		size := len(c.of(s, places[0]))
		if size == 0 || slices.ContainsFunc(places, func(place [2]int) bool { return len(c.of(s, place)) != size }) {
			continue // the layers differ
		}
		a.Floats = a.Numbers()
		c.port = port{name: a.Name, frames: len(places), channels: size, sequence: true, array: &a}
		list = append(list, c)
	}
	return list
}

// settle checks the shape for n sequences, and moves the dimension of sequences to the
// front.
func (c *checkedState) settle(n int) error {
	rows, last := len(c.array.Floats)/(n*c.channels), len(c.given)-2 // rows of any dimensions
	fits := last >= 1 && slices.Equal(c.given[last:], []int{n, c.channels}) || n == 1 && last == 0 && c.given[1] == c.channels
	if !fits || rows != len(c.places) {
		return fmt.Errorf("the array %s has the shape %v, want %v: states of each direction of the layers, for N sequences",
			message.Quote(c.name), c.given, []int{len(c.places), n, c.channels})
	}
	var floats []float32
	for i := range n {
		for row := range c.places {
			floats = append(floats, c.array.Floats[(row*n+i)*c.channels:][:c.channels]...)
		}
	}
	c.array.Floats = floats
	return nil
}

// start sets the states of a session for a sequence, if these are the states before it.
func (c *checkedState) start(s *runtime.Session, sequence int) {
	if c.end {
		return
	}
	from := c.array.Floats[sequence*c.size():]
	for row, place := range c.places {
		copy(c.of(s, place), from[row*c.channels:])
	}
}

// compareEnd compares the states at the end of a sequence.
func (c *checkedState) compareEnd(s *runtime.Session, sequence, steps int) {
	if !c.end {
		return
	}
	var values []float32
	for _, place := range c.places {
		values = append(values, c.of(s, place)...)
	}
	c.compare(values, sequence, steps)
}
