package onnx

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// errSteps says that a recurrent layer reads that many steps, a number that the
// file does not leave open.
type errSteps struct{ error }

func (e errSteps) Unwrap() error { return e.error }

// readGraph reads the model as a graph of layers. dims are the lengths of open
// dimensions that are not time. If the model was exported with a fixed number of
// steps, and computes the same for any other number, it is read as if that were open;
// otherwise the sequence that it reads becomes one step of the model.
func readGraph(m *model, size int, dims map[string]int) (n *network.Network, done int, err error) {
	if r := m.rolled(); r != nil {
		// An unrolled loop is read as a loop, if it is that of a recurrent layer.
		if n, done, err = readOpened(r, size, dims); err == nil {
			return n, done, nil
		}
	}
	return readOpened(m, size, dims)
}

// readOpened reads the nodes as they are.
func readOpened(m *model, size int, dims map[string]int) (n *network.Network, done int, err error) {
	n, done, err = readSteps(m, size, dims, nil, nil)
	if e := (errSteps{}); !errors.As(err, &e) || len(m.graph.inputs) == 0 {
		return n, done, err
	}
	shapes := filedShapes(m, size, dims)
	first := &m.graph.inputs[0]
	var reason error
	for k, d := range first.shape {
		if d.value < 2 {
			continue
		}
		// Inputs of as many steps go along.
		open := map[*input]int{first: k}
		for i := range m.graph.inputs[1:] {
			v := &m.graph.inputs[1+i]
			for axis, other := range v.shape {
				if other.value == d.value {
					open[v] = axis
					break
				}
			}
		}
		n, opened, e := readSteps(m, size, dims, open, &filed{steps: int(d.value), shapes: shapes})
		if e == nil {
			n.Notes = append(n.Notes, fmt.Sprintf("the input %s has %s in the file; the model reads sequences of any length", quote(first.name), message.Count(d.value, "step")))
			return n, opened, nil
		}
		// Weights of another shape tell that the axis does not count steps.
		if reason == nil || errors.Is(reason, network.ErrShape) && !errors.Is(e, network.ErrShape) {
			reason = e
		}
	}
	if reason == nil {
		return n, done, err
	}
	whole, at, e := readSteps(m, size, dims, nil, &filed{whole: true})
	if e == nil {
		in := whole.Graph.Inputs[0]
		whole.Notes = append(whole.Notes, fmt.Sprintf("a sequence is one step of the model, of %d×%d numbers: it answers once for each", in.Frames, in.Channels))
		return whole, at, nil
	}
	err = fmt.Errorf("%w. Reading it with any number of steps, of which %d are tried, fails, too: %v. So does reading the whole sequence as one step: %v", err, probe, reason, e)
	return n, done, err
}
