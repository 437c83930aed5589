package quantize

import (
	"fmt"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// rangeSteps is the number of steps that are examined together.
const rangeSteps = 256

// Ranges returns, for each node of a graph, the largest absolute input of each
// channel over the sequences, before quantization. It is nil for nodes that
// quantize no inputs in Int8, or only numbers within ±1, which share a scale
// anyway.
func Ranges(m *format.Model, sequences ...Sequence) ([][]float32, error) {
	values, err := m.Graph.Values()
	if err != nil {
		return nil, err
	}
	ranges := make([][]float32, len(m.Graph.Nodes))
	var nodes []int // the nodes whose ranges are measured
	for i := range m.Graph.Nodes {
		n := &m.Graph.Nodes[i]
		if !n.Convertible() {
			continue
		}
		if v := values[n.Inputs[0]]; v.Tokens == 0 && !v.Bounded {
			ranges[i] = make([]float32, v.Channels)
			nodes = append(nodes, i)
		}
	}
	for first, most := 0, format.MaxPorts-len(m.Graph.Outputs); first < len(nodes) && most > 0; first += most {
		if err := probe(m, nodes[first:min(first+most, len(nodes))], ranges, sequences); err != nil {
			return nil, err
		}
	}
	return ranges, nil
}

// probe widens the ranges of nodes by their inputs in sequences.
func probe(m *format.Model, nodes []int, ranges [][]float32, sequences []Sequence) error {
	probed, err := rnn.New(withProbes(m, nodes))
	if err != nil {
		return err
	}
	defer probed.Close()
	for _, s := range sequences {
		session, block := probed.NewSession(), s.Len()
		if probed.Streamable() {
			block = rangeSteps
		}
		for from := 0; from < s.Len(); from += block {
			y, err := s.run(session, from, min(from+block, s.Len()))
			if err != nil {
				return err
			}
			for k, i := range nodes {
				widen(ranges[i], y[len(y)-len(nodes)+k])
			}
		}
	}
	return nil
}

// withProbes returns a model that also gives the inputs of nodes, as its last
// outputs.
func withProbes(m *format.Model, nodes []int) *format.Model {
	values, _ := m.Graph.Values() // of a valid graph
	g := *m.Graph
	g.Nodes, g.Outputs = nil, nil
	g.Nodes = append(g.Nodes, m.Graph.Nodes...)
	for i, out := range m.Graph.Outputs {
		g.Outputs = append(g.Outputs, format.Port{Name: fmt.Sprint("output ", i), Value: out.Value})
	}
	for _, i := range nodes {
		v := m.Graph.Nodes[i].Inputs[0]
		g.Outputs = append(g.Outputs, format.Port{Name: fmt.Sprint("node ", i), Value: len(g.Inputs) + len(g.Nodes)})
		g.Nodes = append(g.Nodes, format.Node{Op: &format.Reshape{Frames: values[v].Frames, Channels: values[v].Channels}, Inputs: []int{v}})
	}
	probed := &format.Model{InputSize: m.InputSize, Graph: &g}
	if n := m.Normalization; n != nil && len(n.Mean) > 0 {
		probed.Normalization = &format.Normalization{Mean: n.Mean, Scale: n.Scale}
	}
	return probed
}

// widen widens the ranges of channels by numbers [frames][channels].
func widen(ranges, x []float32) {
	for i, v := range x {
		k := i % len(ranges)
		ranges[k] = max(ranges[k], v, -v)
	}
}

// balances returns the factors that are worth trying for channels with these
// ranges: those that bring the ranges half way to the greatest, which shifts
// precision from the weights to the inputs, and all the way.
func balances(ranges []float32) (list [][]float32) {
	if len(ranges) == 0 {
		return nil
	}
	whole := factors(ranges, slices.Max(ranges))
	if whole == nil {
		return nil
	}
	half := make([]float32, len(whole))
	for k, f := range whole {
		_, exponent := math.Frexp(float64(f)) // f is 2 to the exponent less 1
		half[k] = float32(math.Ldexp(1, (exponent-1)/2))
	}
	if slices.Max(half) > 1 {
		list = append(list, half)
	}
	return append(list, whole)
}
