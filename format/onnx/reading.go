package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A reading describes what a layer reads from a stream.
type reading struct {
	stage *stage // the layer below; nil: the network's input
	pool  format.Pool
	order []int // the direction of every track, if they are not all in order
	units int   // of a direction
}

// read finds out what a layer reads from a stream.
func (c *call) read(s *stream) (reading, error) {
	r := reading{stage: s.stage, pool: s.pool}
	switch {
	case s.output != format.OutputLinear || s.skip:
		return r, c.unsupported("it comes after the network's outputs (%v)", s.output)
	case len(s.cuts) > 0:
		return r, c.unsupported("it reads only some of the input %s", quote(s.input.name))
	case s.tracks == nil:
		return r, nil
	}
	list, err := c.merge(s.tracks)
	if err != nil {
		return r, err
	}
	r.stage = list[0].stage
	r.units = r.stage.layer.StateSize()
	for i, p := range list {
		pool, err := c.poolOf(p)
		if err != nil {
			return r, err
		}
		switch {
		case i == 0 || pool == r.pool:
			r.pool = pool
		case forward(p) && pool == format.PoolLast && r.pool == format.PoolLastOutput,
			forward(list[i-1]) && r.pool == format.PoolLast && pool == format.PoolLastOutput:
			r.pool = format.PoolLastOutput // for a forward direction both are the same
		default:
			return r, c.unsupported("it reads the pool %v of one direction and %v of another", r.pool, pool)
		}
		r.order = append(r.order, p.direction)
	}
	if len(list) == len(r.stage.layer.Directions) && slices.IsSorted(r.order) && r.order[len(r.order)-1] == len(r.order)-1 {
		r.order = nil
	}
	return r, nil
}

// forward reports whether a track reads the sequence from its start.
func forward(p track) bool { return !p.stage.layer.Reverse && p.direction == 0 }

// poolOf returns the pool that takes a track.
func (c *call) poolOf(p track) (format.Pool, error) {
	l := &p.stage.layer
	backward := !forward(p)
	switch {
	case p.cell:
		return 0, c.unsupported("it reads the cell state of an LSTM, which is not an output of it")
	case p.when == everyStep:
		return format.PoolNone, nil
	case p.when == maximum:
		return format.PoolMax, nil
	case p.when == mean:
		return format.PoolMean, nil
	case p.when == lastStep && p.stage.lengths != nil:
		return 0, c.unsupported("it reads the last step, but sequences have lengths of their own; use the final state (Y_h)")
	case p.when == lastStep && backward:
		return format.PoolLastOutput, nil
	case p.when == firstStep && !backward:
		return 0, c.unsupported("it reads the first step of the forward direction of %s, which has seen one step only; "+
			"use its final state (Y_h), which is its output of the last step", quote(l.Name))
	}
	return format.PoolLast, nil
}

// merge makes one layer of two directions of two layers that read the same.
func (c *call) merge(tracks []track) ([]track, error) {
	a, b := tracks[0].stage, tracks[0].stage
	for _, p := range tracks {
		if p.stage != a {
			b = p.stage
		}
	}
	if a == b {
		return tracks, nil
	}
	if a.layer.Reverse {
		a, b = b, a
	}
	for _, p := range tracks {
		if p.stage != a && p.stage != b {
			return nil, c.unsupported("it reads more than two recurrent layers at once")
		}
	}
	m := c.merged[[2]*stage{a, b}]
	if m == nil {
		f, r := a.layer, b.layer
		if a.before != b.before || a.lengths != b.lengths || f.Reverse || !r.Reverse {
			return nil, c.unsupported("it reads the layers %s and %s at once, which are not the two directions of one", quote(f.Name), quote(r.Name))
		}
		if a.states != [2]*source{} || b.states != [2]*source{} {
			return nil, c.unsupported("the layers %s and %s, which are two directions of one, have inputs for their initial states", quote(f.Name), quote(r.Name))
		}
		l := f
		l.Directions = slices.Concat(f.Directions, r.Directions)
		f.Directions, r.Directions, r.Reverse, r.Name = nil, nil, false, f.Name
		if f.Cell != r.Cell || f.InputSize != r.InputSize || f.HiddenSize != r.HiddenSize || f.Variant != r.Variant ||
			f.InputForget != r.InputForget || f.Clip != r.Clip {
			return nil, c.unsupported("it reads the layers %s and %s at once, which differ in more than their direction", quote(a.layer.Name), quote(b.layer.Name))
		}
		m = &stage{before: a.before, nodes: slices.Concat(a.nodes, b.nodes), layer: l, lengths: a.lengths}
		c.merged[[2]*stage{a, b}] = m
	}
	list := slices.Clone(tracks)
	for i := range list {
		if list[i].stage == b {
			list[i].direction = 1
		}
		list[i].stage = m
	}
	return list, nil
}

// scatter returns weights for all directions in order, [rows][directions·units],
// from weights for the tracks that are read, [rows][tracks·units].
func (r *reading) scatter(weights []float32, rows int) []float32 {
	if r.order == nil {
		return weights
	}
	width := len(r.stage.layer.Directions) * r.units
	all := make([]float32, rows*width)
	for row := range rows {
		for i, d := range r.order {
			from := weights[(row*len(r.order)+i)*r.units:][:r.units]
			to := all[row*width+d*r.units:][:r.units]
			for k, w := range from {
				to[k] += w
			}
		}
	}
	return all
}

// inputs returns the number of inputs of the layer if the tracks that are read
// have width features.
func (r *reading) inputs(width int) int {
	if r.order == nil {
		return width
	}
	return len(r.stage.layer.Directions) * r.units
}
