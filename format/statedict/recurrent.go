package statedict

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// shape holds what the shapes of a direction's tensors tell.
type shape struct {
	kind                  format.Cell
	input, hidden, output int // output is hidden, or the size of a projection
	projected, bias       bool
}

// nonlinear reports whether PyTorch's module of the layer has the option
// "nonlinearity", which its tensors do not tell.
func nonlinear(l network.Layer) bool { return l.Cell == format.CellRNN }

// build returns the layers of a recurrent module.
func (m *module) build() ([]network.Layer, error) {
	var layers []network.Layer
	var first shape
	for k := range len(m.layers) {
		if m.layers[k] == nil {
			return nil, network.Refuse(network.ErrShape, m.tensor(m.suffix("weight_ih", k, 0)), "it is missing, though %s has tensors of layers above it: save the whole state_dict", m.title())
		}
	}
	bidirectional := m.directions() == 2
	for k := range len(m.layers) {
		l := network.Layer{Name: m.tensor(m.suffix("weight_ih", k, 0))}
		for d := range m.layers[k] {
			if d == 1 && !bidirectional {
				if p := m.layers[k][1]; p.weightIH != nil || p.weightHH != nil || p.weightHR != nil || p.biasIH != nil || p.biasHH != nil {
					return nil, network.Refuse(network.ErrShape, m.name, "layer %d has tensors of a reverse direction, layer 0 does not", k)
				}
				continue
			}
			s, direction, err := m.direction(k, d)
			if err != nil {
				return nil, err
			}
			if k == 0 && d == 0 {
				first = s
			}
			want := first
			if k > 0 {
				want.input = first.output * m.directions()
			}
			if s != want {
				return nil, network.Refuse(network.ErrShape, m.tensor(m.suffix("weight_ih", k, d)), "it is of %v, but the module's other tensors give %v", s, want)
			}
			l.Cell, l.InputSize, l.HiddenSize = s.kind, s.input, s.hidden
			if s.projected {
				l.ProjectionSize = s.output
			}
			l.Directions = append(l.Directions, direction)
		}
		layers = append(layers, l)
	}
	return layers, nil
}

func (m *module) directions() int {
	if p := m.layers[0]; p != nil && p[1].weightIH != nil {
		return 2
	}
	return 1
}

// suffix returns a part's name in layer k and direction d.
func (m *module) suffix(part string, k, d int) string {
	if m.cell {
		return part
	}
	return fmt.Sprintf("%s_l%d%s", part, k, [2]string{"", "_reverse"}[d])
}

// direction reads one direction of layer k.
func (m *module) direction(k, d int) (shape, network.Direction, error) {
	p := &m.layers[k][d]
	var s shape
	for _, c := range []struct {
		part string
		t    *Tensor
	}{{"weight_ih", p.weightIH}, {"weight_hh", p.weightHH}} {
		if c.t == nil {
			return s, network.Direction{}, network.Refuse(network.ErrShape, m.tensor(m.suffix(c.part, k, d)), "it is missing, though other tensors of %s are there: save the whole state_dict", m.title())
		}
		if len(c.t.Shape) != 2 {
			return s, network.Direction{}, network.Refuse(network.ErrShape, c.t.Name, "its shape is %s, want two dimensions", c.t.shape())
		}
	}
	rows, state := p.weightHH.Shape[0], p.weightHH.Shape[1]
	s.input, s.hidden, s.output = p.weightIH.Shape[1], state, state
	if t := p.weightHR; t != nil {
		if len(t.Shape) != 2 || t.Shape[0] != state {
			return s, network.Direction{}, network.Refuse(network.ErrShape, t.Name, "its shape is %s, want [%d hidden size]", t.shape(), state)
		}
		s.hidden, s.projected = t.Shape[1], true
	}
	switch {
	case s.hidden > 0 && s.hidden <= rows && rows == 4*s.hidden:
		s.kind = format.CellLSTM
	case s.hidden > 0 && s.hidden <= rows && rows == 3*s.hidden && !s.projected:
		s.kind = format.CellGRU
	case s.hidden > 0 && rows == s.hidden && !s.projected:
		s.kind = format.CellRNN
	default:
		return s, network.Direction{}, network.Refuse(network.ErrShape, p.weightHH.Name,
			"its shape is %s with a hidden size of %d: an LSTM has 4 times as many rows (with or without a projection), a GRU 3 times, an RNN as many", p.weightHH.shape(), s.hidden)
	}
	if p.weightIH.Shape[0] != rows {
		return s, network.Direction{}, network.Refuse(network.ErrShape, p.weightIH.Name, "it has %s, but weight_hh has %d", message.Count(p.weightIH.Shape[0], "row"), rows)
	}
	if (p.biasIH == nil) != (p.biasHH == nil) {
		return s, network.Direction{}, network.Refuse(network.ErrShape, m.tensor(m.suffix("bias_ih", k, d)), "it has only one of bias_ih and bias_hh, but PyTorch has both or none")
	}
	w := network.Direction{Plain: format.Plain{WeightIH: p.weightIH.Data, WeightHH: p.weightHH.Data}}
	if p.biasIH != nil {
		for _, t := range []*Tensor{p.biasIH, p.biasHH} {
			if len(t.Shape) != 1 || t.Shape[0] != rows {
				return s, network.Direction{}, network.Refuse(network.ErrShape, t.Name, "its shape is %s, want [%d]", t.shape(), rows)
			}
		}
		s.bias, w.BiasIH, w.BiasHH = true, p.biasIH.Data, p.biasHH.Data
	}
	if s.projected {
		w.Projection = p.weightHR.Data
	}
	return s, w, nil
}

// String says in words what the shapes tell.
func (s shape) String() string {
	text := fmt.Sprintf("a %v of %s and %s", s.kind, message.Count(s.input, "input"), message.Count(s.hidden, "unit"))
	if s.projected {
		text += fmt.Sprintf(" projected to %d", s.output)
	}
	if !s.bias {
		text += " without biases"
	}
	return text
}

// linear returns a linear module as a layer.
func (m *module) linear() (network.Layer, error) {
	w := m.weight
	if w == nil {
		return network.Layer{}, network.Refuse(network.ErrUnknown, m.tensor("bias"), "there is no %s beside it", network.Quote(m.tensor("weight")))
	}
	if len(w.Shape) != 2 {
		return network.Layer{}, network.Refuse(network.ErrUnknown, w.Name, "its shape is %s: of the modules with a weight, those of two dimensions are known, Linear and Embedding", w.shape())
	}
	l := network.NewDense(w.Name, w.Shape[1], w.Shape[0], w.Data, nil)
	if b := m.bias; b != nil {
		if len(b.Shape) != 1 || b.Shape[0] != w.Shape[0] {
			return l, network.Refuse(network.ErrShape, b.Name, "its shape is %s, want [%d]", b.shape(), w.Shape[0])
		}
		l.Directions[0].BiasIH = b.Data
	}
	return l, nil
}
