package onnx

import "slices"

// pair finds the values of step 0 that correspond to those of step 1, and the
// states.
func (r *rolling) pair() bool {
	r.pairs[r.steps[1]] = r.steps[0]
	consumers := map[int][]*applied{}
	done := map[*applied]bool{}
	for _, n := range r.schedule.nodes {
		a := r.producer(n)
		if a == nil || done[a] {
			continue
		}
		done[a] = true
		for _, v := range a.in {
			if v >= 0 && (len(consumers[v]) == 0 || consumers[v][len(consumers[v])-1] != a) {
				consumers[v] = append(consumers[v], a)
			}
		}
	}
	clear(done)
	for _, n := range r.schedule.nodes {
		a := r.producer(n)
		if a == nil || done[a] || r.levels[a.out[0]] != 1 {
			continue
		}
		done[a] = true
		r.pairNode(a, consumers)
		if *r.fuel < 0 {
			return false
		}
	}
	after := map[int]int{}
	for b, a := range r.pairs {
		if v, ok := after[a]; !ok || b < v {
			after[a] = b
		}
	}
	for _, b := range r.befores {
		v, ok := after[b]
		if !ok {
			return false
		}
		r.afters = append(r.afters, v)
	}
	return len(r.befores) > 0 && len(r.befores) <= maxCarried
}

// producer returns the computation of a node's outputs.
func (r *rolling) producer(n *node) *applied {
	for _, name := range n.outputs {
		if name != "" {
			return r.from[r.values[name]]
		}
	}
	return nil
}

// pairNode looks for the node of step 0 that corresponds to one of step 1.
func (r *rolling) pairNode(a *applied, consumers map[int][]*applied) {
	for _, v := range a.in {
		before, ok := r.pairs[v]
		if v < 0 || !ok || r.levels[v] < 1 {
			continue
		}
		for _, other := range consumers[before] {
			if *r.fuel--; *r.fuel < 0 {
				return
			}
			if other.key == a.key && r.match(other.out[0], a.out[0]) {
				return
			}
		}
	}
}

// match reports whether value a of step 0 corresponds to value b of step 1.
func (r *rolling) match(a, b int) bool {
	if a < 0 || b < 0 {
		return a == b
	}
	if v, ok := r.pairs[b]; ok {
		return v == a
	}
	if *r.fuel--; *r.fuel < 0 {
		return false
	}
	if r.levels[b] < 0 {
		return a == b
	}
	if has(r.taken, b) {
		return false // the step is paired already
	}
	mark, states := len(r.journal), len(r.befores)
	x, y := r.from[a], r.from[b]
	if x != nil && x != y && x.key == y.key && len(x.in) == len(y.in) && slices.Index(x.out, a) == slices.Index(y.out, b) {
		*r.fuel -= len(y.out)
		same := true
		for i := range x.in {
			if same = r.match(x.in[i], y.in[i]); !same {
				break
			}
		}
		if same {
			for i, v := range y.out {
				if _, ok := r.pairs[v]; !ok && i < len(x.out) {
					r.pairs[v] = x.out[i]
					r.journal = append(r.journal, v)
				}
			}
			return r.pairs[b] == a
		}
		for _, v := range r.journal[mark:] {
			delete(r.pairs, v)
		}
		r.journal, r.befores = r.journal[:mark], r.befores[:states]
	}
	if r.levels[a] >= 0 || r.levels[b] != 0 {
		return false
	}
	r.pairs[b] = a
	r.journal, r.befores = append(r.journal, b), append(r.befores, b)
	return true
}
