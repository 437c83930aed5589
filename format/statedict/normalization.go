package statedict

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// A Normalization names the tensors of a [format.Normalization]. An empty name
// stands for no tensor.
type Normalization struct {
	Mean        string `json:"mean,omitempty"`
	Scale       string `json:"scale,omitempty"`
	OutputMean  string `json:"output_mean,omitempty"`
	OutputScale string `json:"output_scale,omitempty"`
}

// normalization returns the normalization that the architecture names; nil:
// none.
func (g *grapher) normalization() (*format.Normalization, error) {
	a := g.a.Normalization
	if a == nil {
		return nil, nil
	}
	n := &format.Normalization{}
	for _, part := range []struct {
		name string
		to   *[]float32
	}{{a.Mean, &n.Mean}, {a.Scale, &n.Scale}, {a.OutputMean, &n.OutputMean}, {a.OutputScale, &n.OutputScale}} {
		if part.name == "" {
			continue
		}
		t := g.tensors[part.name]
		if t == nil || t.Data == nil || len(t.Shape) != 1 {
			return nil, network.Refuse(network.ErrArchitecture, "normalization", "the file has no list of numbers %s", network.Quote(part.name))
		}
		g.used[t.Name] = true
		*part.to = t.Data
	}
	return n, nil
}
