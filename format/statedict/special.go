package statedict

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A Function is the function of a gate.
type Function struct {
	Name  string   `json:"function"` // as [Node.Activation] has it, or "none"
	Alpha *float32 `json:"alpha,omitempty"`
	Beta  *float32 `json:"beta,omitempty"`
}

// special sets the rare features of recurrent layers.
func (n *Node) special(l *network.Layer) error {
	l.Clip, l.InputForget = n.Clip, n.InputForget
	if n.InputForget && !l.Cell.HasCellState() {
		return network.Refuse(network.ErrArchitecture, n.Module, `only an LSTM has "input_forget"`)
	}
	if !(n.Clip >= 0) {
		return network.Refuse(network.ErrArchitecture, n.Module, `"clip" is %v, want a bound above 0`, n.Clip)
	}
	if len(n.Gates) == 0 {
		return nil
	}
	if n.Activation != "" || n.RecurrentActivation != "" {
		return network.Refuse(network.ErrArchitecture, n.Module, `"gates" replace "activation" and "recurrent_activation": give one or the other`)
	}
	want := len(l.Cell.Activations(l.Cell.DefaultVariant()))
	if len(n.Gates) != 1 && len(n.Gates) != len(l.Directions) {
		return network.Refuse(network.ErrArchitecture, n.Module, `"gates" has %s, want one for all directions or one for each of %d`, message.Count(len(n.Gates), "list"), len(l.Directions))
	}
	for d := range l.Directions {
		functions := n.Gates[min(d, len(n.Gates)-1)]
		if len(functions) != want {
			return network.Refuse(network.ErrArchitecture, n.Module, `"gates" has a list of %s, but the gates of a %v have %d`, message.Count(len(functions), "function"), l.Cell, want)
		}
		var list []format.Activation
		for _, f := range functions {
			a, err := f.activation()
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		l.Directions[d].Activations = list
	}
	return nil
}

func (f Function) activation() (format.Activation, error) {
	if f.Name == "none" {
		return format.Activation{}, nil
	}
	return (&Node{Alpha: f.Alpha, Beta: f.Beta}).function(f.Name)
}

// peepholes sets the peepholes of a recurrent module, if it has any.
func (g *grapher) peepholes(n *Node, layers []network.Layer) error {
	if n.Peephole == "" {
		return nil
	}
	if !layers[0].Cell.HasCellState() {
		return g.refuse(`only an LSTM has "peephole"`)
	}
	t := g.tensors[n.Peephole]
	if t == nil {
		return g.refuse("the file has no tensor %s", network.Quote(n.Peephole))
	}
	g.used[t.Name] = true
	h := layers[0].HiddenSize
	want := []int{len(layers) * len(layers[0].Directions), 3, h}
	if t.Data == nil || !slices.Equal(t.Shape, want) {
		return network.Refuse(network.ErrShape, t.Name, "its shape is %s of type %s, want %v", t.shape(), t.DType, want)
	}
	data := t.Data
	for i := range layers {
		for d := range layers[i].Directions {
			layers[i].Directions[d].Peephole = data[: 3*h : 3*h]
			data = data[3*h:]
		}
	}
	return nil
}
