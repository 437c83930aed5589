package keras

import (
	"maps"

	"github.com/rnnrun/rnnrun/format/network"
)

// cells maps the classes of cells to those of their layers.
var cells = map[string]string{"SimpleRNNCell": "SimpleRNN", "LSTMCell": "LSTM", "GRUCell": "GRU"}

// ofCell turns a layer RNN, whose cell is a layer of its own, into the layer of
// that cell; stacked cells become a model of as many layers.
func (t *topology) ofCell(l *layer, c object, depth int) error {
	cell, _ := c["cell"].(object)
	class, _ := cell["class_name"].(string)
	config, _ := cell["config"].(object)
	if class == "StackedRNNCells" {
		return t.ofCells(l, c, config, depth)
	}
	of, ok := cells[class]
	if !ok {
		return network.Refuse(network.ErrUnsupported, l.title(), "the cell %s, want SimpleRNNCell, LSTMCell, GRUCell and StackedRNNCells", network.Quote(class))
	}
	inner := &layer{class: of, name: l.name, config: l.config}
	if err := inner.foreign(cell); err != nil {
		return err
	}
	joined := maps.Clone(config)
	for k, v := range c {
		if k != "cell" {
			joined[k] = v
		}
	}
	l.group, l.class = snakeCase(l.class), of
	l.config = newConfig(l.title(), joined)
	return nil
}

// ofCells makes a model of a layer of several cells.
func (t *topology) ofCells(l *layer, c, config object, depth int) error {
	list, ok := config["cells"].([]any)
	if !ok || len(list) == 0 || depth > maxNesting {
		return network.Refuse(network.ErrDamaged, l.title(), "its cells are not described as Keras describes them")
	}
	if c["return_state"] == true || c["go_backwards"] == true || config["reverse_state_order"] == true {
		return network.Refuse(network.ErrUnsupported, l.title(), "stacked cells that give their states, or go backward")
	}
	var layers []any
	for i, cell := range list {
		one := maps.Clone(c)
		one["cell"], one["name"] = cell, l.name+" "+itoa(i)
		if i < len(list)-1 {
			one["return_sequences"] = true
		}
		layers = append(layers, object{"class_name": "RNN", "config": one})
	}
	var err error
	l.model, err = t.model(object{"class_name": "Sequential", "config": object{"name": l.name, "layers": layers}}, depth+1)
	return err
}
