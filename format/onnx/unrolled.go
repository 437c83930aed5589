package onnx

import (
	"crypto/sha256"
	"maps"
	"slices"
)

// Exporters unroll a loop over a fixed number of steps: they write the nodes of its body
// once for each step. Such nodes are read as a Scan.

// leastSteps is the least number of steps with which a loop is recognized.
const leastSteps = 3

// maxRolled bounds the unrolled loops of a model.
const maxRolled = 16

// An unrolled describes the loop of a Scan that the file does not have.
type unrolled struct {
	steps     int
	keepsAxis bool // its steps have the axis of the steps, with the length 1
}

// rolled returns the model with loops instead of the nodes of each step; nil: it has no
// unrolled loops.
func (m *model) rolled() *model {
	var r *model
	digests := map[*tensor][sha256.Size]byte{}
	for range maxRolled {
		next := m.rolledOnce(digests)
		if next == nil {
			break
		}
		r, m = next, next
	}
	return r
}

// rolledOnce does so for the steps of one sequence.
func (m *model) rolledOnce(digests map[*tensor][sha256.Size]byte) *model {
	s, err := newSchedule(&m.graph, func(string) bool { return false })
	if err != nil || m.opset < 9 {
		return nil
	}
	g := newComputation(s, digests)
	all := g.sequences()
	order := slices.SortedFunc(maps.Keys(all), func(a, b sliced) int {
		if a.sequence != b.sequence {
			return a.sequence - b.sequence
		}
		return int(a.axis - b.axis)
	})
	fuel := 64 * (len(s.nodes) + 64)
	order = slices.DeleteFunc(order, func(s sliced) bool { return len(all[s]) < leastSteps })
	for _, of := range order[:min(len(order), maxRolled)] {
		for _, steps := range inOrder(all[of]) {
			r := &rolling{computation: g, of: of, pairs: map[int]int{}, fuel: &fuel}
			taken := map[int]int{}
			for t, v := range steps {
				taken[v] = t
			}
			if r.steps = steps; len(taken) != len(steps) {
				continue
			}
			// Steps go from the first to the last, or back.
			for range 2 {
				g.level(taken)
				if next := r.model(m); next != nil {
					return next
				}
				r = &rolling{computation: g, of: of, steps: slices.Clone(steps), backward: true, pairs: map[int]int{}, fuel: &fuel}
				slices.Reverse(r.steps)
				for v, t := range taken {
					taken[v] = len(steps) - 1 - t
				}
			}
		}
	}
	return nil
}

// inOrder returns the steps of a sequence in order, from their numbers. Numbers below 0
// count from the end of a sequence with as many steps as are taken.
func inOrder(steps map[int64]int) (orders [][]int) {
	count := func(n int, negative bool) {
		var list []int
		for t := range int64(n) {
			v, ok := steps[t]
			if from, is := steps[t-int64(n)]; !ok && is && negative {
				v, ok = from, true
			}
			if ok {
				list = append(list, v)
			}
		}
		if n >= leastSteps && len(list) == n {
			orders = append(orders, list)
		}
	}
	positive := 0
	for t := range steps {
		if t >= 0 {
			positive++
		}
	}
	count(positive, false)
	if positive < len(steps) {
		count(len(steps), true)
	}
	return orders
}

// A rolling looks for the body of an unrolled loop.
type rolling struct {
	*computation
	of    sliced
	steps []int // values
	// backward: the steps go from the last one of the sequence to the first.
	backward bool
	pairs    map[int]int // values of step 0 by those of step 1
	journal  []int       // values of step 1 in the order in which they were paired
	befores  []int       // values of step 1 that are the states before it
	fuel     *int        // how many comparisons of nodes are left

	afters []int // values of step 1 that are the states after it
	stacks []*stack
	nodes  []*applied    // of step 1
	images []map[int]int // of values of step 1 in each step
}

// A stack is a Concat of a value of each step.
type stack struct {
	node  *node
	axis  int64
	value int // of step 1

	prepended bool // each step comes before the previous one
}

// input returns the Concat's input of a step.
func (s *stack) input(t int) string {
	if s.prepended {
		t = len(s.node.inputs) - 1 - t
	}
	return s.node.inputs[t]
}

// model returns the model with the loop; nil: there is none.
func (r *rolling) model(m *model) *model {
	if !r.pair() || !r.findStacks() || !r.body() || !r.follow() {
		return nil
	}
	return r.replaced(m)
}

// findStacks finds the Concats that join the values of all steps.
func (r *rolling) findStacks() bool {
	for _, n := range r.schedule.nodes {
		if n.operator != "Concat" || !isStandard(n.domain) || len(n.inputs) != len(r.steps) || len(n.outputs) != 1 || len(n.attributes) != 1 || n.attributes[0].kind != attributeInt {
			continue
		}
		for _, prepended := range []bool{false, true} {
			s := &stack{node: n, axis: n.attributes[0].integer, prepended: prepended}
			all := true
			for t := range n.inputs {
				name := s.input(t)
				all = all && name != "" && r.levels[r.values[name]] == t
			}
			if s.value = r.values[s.input(1)]; all {
				r.stacks = append(r.stacks, s)
			}
		}
	}
	return len(r.stacks) <= maxCarried
}

// body finds the nodes of step 1.
func (r *rolling) body() bool {
	needed, taken := map[int]bool{}, map[*applied]bool{}
	for _, v := range r.afters {
		needed[v] = true
	}
	for _, s := range r.stacks {
		needed[s.value] = true
	}
	// Values are in an order in which they can be computed.
	for v := len(r.names) - 1; v >= 0; v-- {
		if !needed[v] || r.levels[v] < 0 || v == r.steps[1] || slices.Contains(r.befores, v) {
			continue
		}
		a := r.from[v]
		if has(r.taken, v) || a == nil || slices.ContainsFunc(a.node.attributes, func(a attribute) bool { return a.graph != nil }) {
			return false
		}
		if taken[a] {
			continue
		}
		taken[a] = true
		r.nodes = append(r.nodes, a)
		for _, in := range a.in {
			if in >= 0 {
				needed[in] = true
			}
		}
	}
	slices.Reverse(r.nodes)
	return true
}

// follow finds the values of the body in each step, and proves that all steps compute
// the same: the last step may leave out nodes for states that nothing reads.
func (r *rolling) follow() bool {
	states := make([]int, len(r.befores))
	for i, b := range r.befores {
		states[i] = r.pairs[b]
	}
	owned := map[int]bool{}
	for t, step := range r.steps {
		image := map[int]int{r.steps[1]: step}
		for i, b := range r.befores {
			image[b] = states[i]
		}
		for _, a := range r.nodes {
			same, ok := r.image(a, image)
			if !ok {
				if t < len(r.steps)-1 {
					return false
				}
				continue
			}
			for i, v := range a.out {
				if i >= len(same.out) || same.node.outputs[i] == "" {
					continue
				}
				if owned[same.out[i]] {
					return false
				}
				owned[same.out[i]] = true
				image[v] = same.out[i]
			}
		}
		for i, v := range r.afters {
			after, ok := image[v]
			if !ok {
				after = -1
			}
			if t == 0 && after != r.befores[i] {
				return false
			}
			states[i] = after
		}
		for _, s := range r.stacks {
			if v, ok := image[s.value]; !ok || v != r.values[s.input(t)] {
				return false
			}
		}
		r.images = append(r.images, image)
	}
	return true
}

// image returns the value of a step that corresponds to value a of step 1;
// false: there is none.
func (r *rolling) image(a *applied, image map[int]int) (*applied, bool) {
	in := make([]int, len(a.in))
	for i, v := range a.in {
		if in[i] = v; v < 0 || r.levels[v] < 0 {
			continue
		}
		var ok bool
		if in[i], ok = image[v]; !ok {
			return nil, false
		}
	}
	same := r.byKey[a.keyOf(in)]
	return same, same != nil
}
