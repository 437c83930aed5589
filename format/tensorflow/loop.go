package tensorflow

import (
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A loop is the body of a loop as it is written: a Scan of ONNX, whose states go from
// step to step.
type loop struct {
	*graph
	frame     *frame
	trips     *dimension // how many steps there are; nil: not known yet
	sequences []*sequence
}

// A sequence is a tensor that a loop goes through, step by step.
type sequence struct {
	of       *tensor
	axis     int     // of that tensor, along which the steps are
	from     *tensor // the same with this axis in front
	backward bool
	step     *tensor // in the body
}

// A guess is how a variable of a loop goes on.
type guess struct {
	step  int64 // of a number
	fixed bool  // it does not change
}

// loop evaluates a loop, and sets the values of its nodes Exit.
func (t *translator) loop(s *scope, f *frame) error {
	if s.loop != nil {
		return f.unsupported("it is within another loop, %s", s.loop.frame.name)
	}
	guesses := map[*variable]guess{}
	for _, v := range f.variables {
		guesses[v] = guess{step: 1}
	}
	for range 3 {
		again, err := t.tryLoop(s, f, guesses)
		if err != nil || !again {
			return err
		}
	}
	return f.unsupported("its variables do not grow by the same amount at each step")
}

// tryLoop evaluates a loop with a guess of how each variable goes on. again: some
// guesses were wrong, and are better now.
func (t *translator) tryLoop(s *scope, f *frame, guesses map[*variable]guess) (again bool, err error) {
	l := &loop{graph: &graph{}, frame: f}
	inner := &scope{outer: s, values: map[string][]value{}, loop: l}
	for _, n := range f.enters {
		v, err := s.get(n.name, n.data()[0])
		if err != nil {
			return false, err
		}
		inner.values[n.name] = []value{v}
	}
	starts, bound := map[*variable]value{}, map[*variable]value{}
	for _, v := range f.variables {
		starts[v] = inner.values[v.enter.name][0]
		if bound[v], err = t.bind(l, starts[v], guesses[v]); err != nil {
			return false, err
		}
		inner.values[v.merge.name] = []value{bound[v]}
		if v.switched != nil {
			inner.values[v.switched.name] = []value{dead{}, bound[v]}
		}
	}
	if err := t.count(inner, f); err != nil {
		return false, err
	}
	after := map[*variable]value{}
	for _, v := range f.variables {
		if err := t.evaluate(inner, v.next.name); err != nil {
			return false, err
		}
		after[v] = inner.values[v.next.name][0]
		better, err := f.better(v, guesses[v], starts[v], bound[v], after[v])
		if err != nil {
			return false, err
		}
		again = again || better != guesses[v]
		guesses[v] = better
	}
	if again {
		return true, nil
	}
	return false, t.leave(s, l, starts, bound, after, guesses)
}

// bind returns the value of a variable within a step.
func (t *translator) bind(l *loop, start value, g guess) (value, error) {
	if g.fixed {
		return start, nil
	}
	switch v := start.(type) {
	case *flow:
		return &flow{of: v.of, contents: v.contents, around: v}, nil
	case *tensor:
		if !v.dtype.isFloat() {
			if !v.constant || len(v.ints) != 1 || len(v.shape) > 0 || v.dtype == typeBool {
				return nil, l.frame.unsupported("a state that is neither a tensor of floats nor a number that counts the steps")
			}
			n := v.ints[0]
			n.step = g.step
			return scalar(v.dtype, n), nil
		}
		if v.isOpen() {
			return nil, l.frame.unsupported("a state of the open shape %s", shapeText(v.shape))
		}
		return &tensor{dtype: v.dtype, shape: v.shape, name: t.fresh("state"), body: l.graph, reversed: -1}, nil
	}
	return nil, l.frame.unsupported("a state that is %s", describe(start))
}

// count finds how many steps a loop makes.
func (t *translator) count(s *scope, f *frame) error {
	if f.condition == "" {
		return f.unsupported("it has no condition")
	}
	if err := t.evaluate(s, f.condition); err != nil {
		return err
	}
	c, ok := s.lookUp(f.condition)[0].(*tensor)
	if !ok || c.limits == nil {
		return f.unsupported("it does not end by the number of steps")
	}
	for _, n := range c.limits {
		if n.length {
			continue
		}
		if t.isFixed(n) {
			n = dimension{t.trial.steps, true}.number()
		}
		d, ok := n.dimension()
		if !ok || d.n < 1 {
			return f.unsupported("it makes %s", message.Count(n.n, "step"))
		}
		if l := s.loop; l.trips == nil || d.n < l.trips.n {
			l.trips = &d
		}
	}
	if s.loop.trips == nil {
		return f.unsupported("it does not end with the last step of a sequence")
	}
	return nil
}

// better returns how a variable goes on, from its value after a step.
func (f *frame) better(v *variable, g guess, start, before, after value) (guess, error) {
	if isDead(after) {
		return g, f.unsupported("a variable without a value")
	}
	if g.fixed {
		if !isUnchanged(start, after) {
			return g, f.unsupported("a variable that changes in some steps only")
		}
		return g, nil
	}
	if isUnchanged(before, after) {
		return guess{fixed: true}, nil
	}
	a, ok1 := after.(*tensor)
	b, ok2 := before.(*tensor)
	if !ok1 || !ok2 {
		from, ok1 := before.(*flow)
		to, ok2 := after.(*flow)
		if !ok1 || !ok2 || to.around != from.around {
			return g, f.unsupported("a variable that becomes %s", describe(after))
		}
		return g, nil
	}
	if !b.constant {
		if a.dtype.isFloat() && shapeText(a.shape) == shapeText(b.shape) {
			return g, nil
		}
		return g, f.unsupported("a state of the shape %s that becomes %s", shapeText(b.shape), describe(a))
	}
	if !a.constant || len(a.ints) != 1 || len(a.shape) > 0 || a.ints[0].step != b.ints[0].step || a.ints[0].open != b.ints[0].open {
		return g, f.unsupported("a number that does not grow by the same amount at each step")
	}
	return guess{step: a.ints[0].n - b.ints[0].n}, nil
}

// take returns the step of a tensor from outside the loop.
func (l *loop) take(c *call, from *tensor, at number) (*tensor, error) {
	if l == nil || l.trips == nil {
		return nil, c.unsupported("a part of an array before it is known how many there are")
	}
	if from.body != nil || from.shape[0] != *l.trips {
		return nil, c.unsupported("a loop of %s that goes through a tensor of the shape %s", message.Count(l.trips.n, "step"), shapeText(from.shape))
	}
	backward := false
	switch {
	case at == number{step: 1}:
	case at == number{n: int64(l.trips.n) - 1, step: -1, open: l.trips.open}:
		backward = true
	default:
		return nil, c.unsupported("a loop that goes through a sequence neither from its first step nor from its last one")
	}
	if c.isAdded() {
		if step, err := l.linear(c, from, 0, backward); step != nil || err != nil {
			return step, err
		}
	}
	return l.sequence(c, from, 0, backward)
}

// sequence returns a step of a tensor along an axis.
func (l *loop) sequence(c *call, of *tensor, axis int, backward bool) (*tensor, error) {
	for {
		if of.reversed == axis {
			of, backward = of.forward(), !backward
		}
		m := of.madeBy("Transpose")
		if m == nil {
			break
		}
		order := m.attributes[0].Value.([]int)
		if rest := slices.Delete(slices.Clone(order), axis, axis+1); !slices.IsSorted(rest) {
			break
		}
		of, axis = m.in[0], order[axis]
	}
	for _, s := range l.sequences {
		if isUnchanged(s.of, of) && s.axis == axis && s.backward == backward {
			return s.step, nil
		}
	}
	order := []int{axis}
	for k := range of.shape {
		if k != axis {
			order = append(order, k)
		}
	}
	from, err := c.transposed(of, order)
	if err != nil {
		return nil, err
	}
	step := &tensor{dtype: of.dtype, shape: from.shape[1:], name: c.fresh("x"), body: l.graph, reversed: -1}
	l.sequences = append(l.sequences, &sequence{of, axis, from, backward, step})
	return step, nil
}

// leave writes the loop, and sets the values of its nodes Exit.
func (t *translator) leave(s *scope, l *loop, starts, bound, after map[*variable]value, guesses map[*variable]guess) error {
	f := l.frame
	if len(l.sequences) == 0 {
		return f.unsupported("it does not go through a sequence")
	}
	t.recurs = t.recurs || l.trips.open
	scan := scan{translator: t, loop: l}
	for _, v := range f.variables {
		last := starts[v]
		if !guesses[v].fixed {
			var err error
			switch to := after[v].(type) {
			case *flow:
				last, err = scan.collect(to)
			case *tensor:
				if to.constant && !to.dtype.isFloat() {
					n := starts[v].(*tensor).ints[0]
					n.n += guesses[v].step * int64(l.trips.n)
					n.open = n.open || l.trips.open
					last = scalar(to.dtype, n)
					break
				}
				last, err = scan.carry(starts[v].(*tensor), bound[v].(*tensor), to)
			}
			if err != nil {
				return err
			}
		}
		for _, n := range v.exits {
			s.values[n.name] = []value{last}
		}
	}
	return scan.write()
}
