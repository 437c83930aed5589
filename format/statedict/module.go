package statedict

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// A module is a PyTorch module as far as the names of its tensors tell.
type module struct {
	name   string
	cell   bool           // an nn.RNNCell, nn.LSTMCell or nn.GRUCell
	layers map[int]*parts // of a recurrent module, by layer
	weight *Tensor        // of a linear module, an embedding or a normalization
	bias   *Tensor

	// A batch normalization's statistics over the batches of the training.
	mean, variance *Tensor
	batches        *Tensor // the number of batches, which no output depends on
}

// parts are the tensors of a layer's two directions, forward and reverse.
type parts [2]part

type part struct{ weightIH, weightHH, biasIH, biasHH, weightHR *Tensor }

func (m *module) recurrent() bool { return m.layers != nil }

var (
	recurrentName = regexp.MustCompile(`^(?:(.*)\.)?(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l(\d{1,4})(_reverse)?)?$`)
	linearName    = regexp.MustCompile(`^(?:(.*)\.)?(weight|bias|running_mean|running_var|num_batches_tracked)$`)
)

// modules sorts the tensors into modules, in the order of their first tensors.
func modules(tensors []Tensor) ([]*module, error) {
	var list []*module
	byName := map[string]*module{}
	seen := make(map[string]bool, len(tensors))
	var unknown []*Tensor
	for i := range tensors {
		t := &tensors[i]
		if seen[t.Name] {
			return nil, network.Refuse(network.ErrDamaged, t.Name, "there are two tensors of this name")
		}
		seen[t.Name] = true
		prefix, slot := place(t.Name)
		if slot == nil {
			unknown = append(unknown, t)
			continue
		}
		m := byName[prefix]
		if m == nil {
			m = &module{name: prefix}
			byName[prefix] = m
			list = append(list, m)
		}
		tensor, err := slot(m)
		if err != nil {
			return nil, network.Refuse(network.ErrUnknown, t.Name, "%v", err)
		}
		if t.Data == nil && tensor != &m.batches {
			return nil, network.Refuse(network.ErrShape, t.Name, "its elements are of type %s and shape %s, but a weight has at least one floating-point number", t.DType, t.shape())
		}
		*tensor = t
	}
	if slices.ContainsFunc(unknown, isKeras) {
		return nil, network.Refuse(network.ErrUnknown, "", "%s: they have the names of Keras' weights, which do not tell the order of layers, nor the functions of the gates (sigmoid or hard_sigmoid): "+
			"export the model to ONNX, or to RTNeural's JSON", names(unknown))
	}
	if len(unknown) > 0 {
		return nil, network.Refuse(network.ErrUnknown, "", "%s: no RNN, LSTM, GRU, Linear, Embedding or BatchNorm1d of PyTorch has tensors of these names. "+
			`If it is a learned initial state, name it as "h0" or "c0" of its module in the architecture; if no output depends on it, name it under "ignore" there`, names(unknown))
	}
	return list, nil
}

// place returns the module that a tensor of that name belongs to, and a
// function that gives its place in it; nil if the name is not known.
func place(name string) (prefix string, slot func(m *module) (**Tensor, error)) {
	if s := recurrentName.FindStringSubmatch(name); s != nil {
		return s[1], func(m *module) (**Tensor, error) {
			layer, direction := 0, 0
			if s[3] != "" {
				layer, _ = strconv.Atoi(s[3]) // at most four digits
			}
			if s[4] != "" {
				direction = 1
			}
			return m.recurrentPart(s[2], s[3] == "", layer, direction)
		}
	}
	if s := linearName.FindStringSubmatch(name); s != nil {
		return s[1], func(m *module) (**Tensor, error) { return m.linearPart(s[2]) }
	}
	return "", nil
}

type conflict string

func (c conflict) Error() string { return string(c) }

func (m *module) recurrentPart(part string, cell bool, layer, direction int) (**Tensor, error) {
	switch {
	case m.weight != nil || m.bias != nil:
		return nil, conflict("the same module has a weight or a bias of a linear layer")
	case m.layers != nil && m.cell != cell:
		return nil, conflict("the same module has tensors with and without the number of a layer")
	}
	m.cell = cell
	if m.layers == nil {
		m.layers = map[int]*parts{}
	}
	if m.layers[layer] == nil {
		m.layers[layer] = &parts{}
	}
	p := &m.layers[layer][direction]
	return map[string]**Tensor{
		"weight_ih": &p.weightIH, "weight_hh": &p.weightHH, "weight_hr": &p.weightHR,
		"bias_ih": &p.biasIH, "bias_hh": &p.biasHH,
	}[part], nil
}

func (m *module) linearPart(part string) (**Tensor, error) {
	switch {
	case m.layers != nil:
		return nil, conflict("the same module has the weights of a recurrent layer")
	}
	return map[string]**Tensor{
		"weight": &m.weight, "bias": &m.bias,
		"running_mean": &m.mean, "running_var": &m.variance, "num_batches_tracked": &m.batches,
	}[part], nil
}

// tensor returns the full name of a module's tensor.
func (m *module) tensor(part string) string { return join(m.name, part) }

// title returns the module's name for messages.
func (m *module) title() string {
	if m.name == "" {
		return "the unnamed module"
	}
	return network.Quote(m.name)
}

// isKeras reports whether a tensor has the name that Keras gives the weights of a
// state, such as lstm/lstm_cell/recurrent_kernel:0.
func isKeras(t *Tensor) bool {
	return strings.Contains(t.Name, "recurrent_kernel")
}
