package onnx

import (
	"math"
	"slices"
)

// integers returns the integers of a small constant, and its rank; false: it is
// something else.
func (g *computation) integers(name string) (list []int64, rank int, ok bool) {
	t := g.schedule.initializers[name]
	if p := g.schedule.producers[name]; p != nil && p.operator == "Constant" && isStandard(p.domain) && len(p.attributes) == 1 {
		switch a := &p.attributes[0]; {
		case a.name == "value" && a.tensor != nil:
			t = a.tensor
		case a.name == "value_int" && a.kind == attributeInt:
			return []int64{a.integer}, 0, true
		case a.name == "value_ints" && a.kind == attributeInts:
			return a.ints, 1, true
		}
	}
	if t == nil || !t.dtype.isInteger() || len(t.ints) == 0 {
		return nil, 0, false
	}
	return t.ints, len(t.shape), true
}

// A sliced is a sequence that is cut into steps.
type sliced struct {
	sequence  int
	axis      int64
	keepsAxis bool // its steps have the axis of the steps, with the length 1
}

// sequences returns the values that are steps, by the number of the step.
func (g *computation) sequences() map[sliced]map[int64]int {
	all := map[sliced]map[int64]int{}
	for _, n := range g.schedule.nodes {
		s, first, ok := g.takes(n)
		if !ok {
			continue
		}
		if s.sequence = g.values[n.inputs[0]]; all[s] == nil {
			all[s] = map[int64]int{}
		}
		for i, name := range n.outputs {
			all[s][first+int64(i)] = g.values[name]
		}
	}
	return all
}

// takes reports whether a node takes steps of its first input, and the number of the first.
func (g *computation) takes(n *node) (s sliced, first int64, ok bool) {
	if !isStandard(n.domain) || len(n.inputs) == 0 || n.inputs[0] == "" || slices.Contains(n.outputs, "") {
		return s, 0, false
	}
	number := func(attribute string, i int) (v int64, rank int, given, ok bool) {
		list, rank, ok := []int64(nil), 1, false
		if i < len(n.inputs) && n.inputs[i] != "" {
			given = true
			list, rank, ok = g.integers(n.inputs[i])
		}
		for k := range n.attributes {
			if a := &n.attributes[k]; a.name == attribute && !given {
				given, ok = true, true
				if list = a.ints; a.kind == attributeInt {
					list = []int64{a.integer}
				}
			}
		}
		if !ok || len(list) != 1 {
			return 0, 0, given, false
		}
		return list[0], rank, given, true
	}
	none := len(n.inputs)
	switch n.operator {
	case "Gather":
		if len(n.inputs) != 2 || len(n.outputs) != 1 {
			return s, 0, false
		}
		v, rank, _, is := number("", 1)
		axis, _, given, isAxis := number("axis", none)
		s.axis, s.keepsAxis = axis, rank == 1
		return s, v, is && rank <= 1 && (isAxis || !given)
	case "Slice":
		if len(n.outputs) != 1 {
			return s, 0, false
		}
		from, _, _, ok1 := number("starts", 1)
		to, _, _, ok2 := number("ends", 2)
		axis, _, given, ok3 := number("axes", 3)
		by, _, steps, ok4 := number("steps", 4)
		s.axis, s.keepsAxis = axis, true
		// All steps from the last one on are one step.
		return s, from, ok1 && ok2 && (from != -1 && to-from == 1 || to >= math.MaxInt32) && (ok3 || !given) && (!steps || ok4 && by == 1)
	case "Split":
		axis, _, given, ok := number("axis", none)
		s.axis, s.keepsAxis = axis, true
		sizes := []int64(nil)
		if len(n.inputs) > 1 {
			if sizes, _, ok = g.integers(n.inputs[1]); !ok {
				return s, 0, false
			}
		}
		for i := range n.attributes {
			if n.attributes[i].name == "split" {
				sizes = n.attributes[i].ints
			}
		}
		return s, 0, (ok || !given) && len(n.outputs) >= leastSteps && !slices.ContainsFunc(sizes, func(v int64) bool { return v != 1 })
	}
	return s, 0, false
}
