package onnx

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/format/network"
)

// errSteps says that a recurrent layer reads so many steps, which the file does not
// leave open.
type errSteps struct{ error }

func (e errSteps) Unwrap() error { return e.error }

// readGraph reads the model as a graph of layers. dims are the lengths of open
// dimensions that are no time. If the model was exported with a fixed number of steps,
// and computes the same for any other number, it is read as if that were open.
func readGraph(m *model, size int, dims map[string]int) (n *network.Network, done int, err error) {
	n, done, err = readSteps(m, size, dims, nil)
	if e := (errSteps{}); !errors.As(err, &e) || len(m.graph.inputs) == 0 {
		return n, done, err
	}
	first := &m.graph.inputs[0]
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
		if n, done, e := readSteps(m, size, dims, open); e == nil {
			n.Notes = append(n.Notes, fmt.Sprintf("the input %s has %d steps in the file; the model reads sequences of any length", quote(first.name), d.value))
			return n, done, nil
		}
	}
	return n, done, err
}
