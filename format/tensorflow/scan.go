package tensorflow

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// A scan writes a loop as the operator Scan of ONNX.
type scan struct {
	*translator
	*loop
	initial    []*tensor // of the states
	carried    []proto.Value
	next       []proto.Value
	finals     []string
	each       []proto.Value
	all        []string // of each step
	directions []int
}

// carry adds a state, and returns its value after the last step.
func (s *scan) carry(start, before, after *tensor) (*tensor, error) {
	name, err := s.inside(after)
	if err != nil {
		return nil, err
	}
	last := &tensor{dtype: start.dtype, shape: start.shape, name: s.fresh("last"), reversed: -1}
	s.initial = append(s.initial, start)
	s.carried = append(s.carried, before.value(before.name))
	s.next = append(s.next, after.value(name))
	s.finals = append(s.finals, last.name)
	return last, nil
}

// collect adds a value that is written at each step, and returns the array of
// all.
func (s *scan) collect(f *flow) (*flow, error) {
	if f.at == nil {
		return &flow{of: f.of, contents: f.contents}, nil
	}
	backward := slices.ContainsFunc(s.sequences, func(q *sequence) bool { return q.backward })
	name, err := s.inside(f.wrote)
	if err != nil {
		return nil, err
	}
	y := &tensor{dtype: f.wrote.dtype, shape: slices.Insert(slices.Clone(f.wrote.shape), 0, *s.trips), name: s.fresh("all"), reversed: -1}
	s.each = append(s.each, f.wrote.value(name))
	s.all = append(s.all, y.name)
	direction := 0
	if backward {
		direction = 1 // in the order of the sequence
	}
	s.directions = append(s.directions, direction)
	fromFirst := false
	switch at := *f.at; {
	case at == number{step: 1}:
		fromFirst = true
	case at == number{n: int64(s.trips.n) - 1, step: -1, open: s.trips.open}:
	default:
		return nil, s.frame.unsupported("it writes into an array neither from its first part nor from its last one")
	}
	if fromFirst == backward {
		r := *y
		r.reversed = 0
		y = &r
	}
	return &flow{of: f.of, contents: y}, nil
}

// inside returns the name of a value in the body of the loop; a value from outside the
// loop gets a copy.
func (s *scan) inside(t *tensor) (string, error) {
	name, err := s.written(t)
	if err != nil || t.body != nil {
		return name, err
	}
	inner := s.fresh("v")
	s.add(s.graph, proto.Node{Name: s.fresh("Identity"), Operator: "Identity", Inputs: []string{name}, Outputs: []string{inner}})
	return inner, nil
}

// write writes the node.
func (s *scan) write() error {
	n := proto.Node{Name: s.frame.name, Operator: "Scan"}
	for _, t := range s.initial {
		name, err := s.written(t)
		if err != nil {
			return err
		}
		n.Inputs = append(n.Inputs, name)
	}
	var directions []int
	steps := slices.Clone(s.carried)
	for _, q := range s.sequences {
		name, err := s.written(q.from)
		if err != nil {
			return err
		}
		n.Inputs = append(n.Inputs, name)
		steps = append(steps, q.step.value(q.step.name))
		direction := 0
		if q.backward {
			direction = 1
		}
		directions = append(directions, direction)
	}
	n.Outputs = slices.Concat(s.finals, s.all)
	body := s.graph.model
	body.Inputs, body.Outputs = steps, slices.Concat(s.next, s.each)
	n.Attributes = []proto.Attribute{{Name: "body", Value: &body}, {Name: "num_scan_inputs", Value: len(s.sequences)}}
	if slices.Contains(directions, 1) {
		n.Attributes = append(n.Attributes, proto.Attribute{Name: "scan_input_directions", Value: directions})
		if len(s.directions) > 0 {
			n.Attributes = append(n.Attributes, proto.Attribute{Name: "scan_output_directions", Value: s.directions})
		}
	}
	s.add(nil, n)
	return nil
}
