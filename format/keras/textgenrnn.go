package keras

import (
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/hdf5"
)

// textgenrnn returns the JSON of the model whose weights textgenrnn saved,
// recognized by the names of its layers; nil: they are other weights. The model is
// an embedding, a stack of recurrent layers, and an attention over all of them;
// github.com/minimaxir/textgenrnn, textgenrnn/model.py.
func textgenrnn(root *hdf5.Object) (object, error) {
	names, _, err := textsOf(root, "layer_names")
	if err != nil || len(names) < 6 || !slices.Equal(names[:2], []string{"input", "embedding"}) ||
		!slices.Equal(names[len(names)-3:], []string{"rnn_concat", "attention", "output"}) {
		return nil, err
	}
	layers := []any{
		object{"class_name": "InputLayer", "name": "input", "config": object{"batch_input_shape": []any{nil, nil}}, "inbound_nodes": []any{}},
	}
	shapes := map[string][]int{}
	bidirectional := map[string]bool{}
	for _, name := range names[1:] {
		g, err := root.Open(name)
		if err != nil {
			return nil, err
		}
		weights, _, err := textsOf(g, "weight_names")
		if err != nil {
			return nil, err
		}
		for _, w := range weights {
			o, err := g.Open(w)
			if err != nil {
				return nil, err
			}
			shape, _, err := o.Shape()
			if err != nil {
				return nil, err
			}
			if last := lastName(w); last != "bias" {
				shapes[name+"/"+last] = shape
			}
		}
		bidirectional[name] = len(weights) == 6
	}
	columns := func(key string) (float64, bool) {
		s := shapes[key]
		if len(s) != 2 {
			return 0, false
		}
		return float64(s[1]), true
	}
	add := func(class, name string, config object, reads ...string) {
		var in []any
		for _, r := range reads {
			in = append(in, []any{r, 0.0, 0.0, object{}})
		}
		layers = append(layers, object{"class_name": class, "name": name, "config": config, "inbound_nodes": []any{in}})
	}
	size, ok := columns("embedding/embeddings")
	add("Embedding", "embedding", object{"output_dim": size}, "input")
	before, all := "embedding", []string{"embedding"}
	for _, name := range names[2 : len(names)-3] {
		gates, has := columns(name + "/kernel")
		ok = ok && has && strings.HasPrefix(name, "rnn_")
		config := object{"units": gates / 4, "return_sequences": true, "recurrent_activation": "sigmoid"}
		if bidirectional[name] {
			add("Bidirectional", name, object{"merge_mode": "concat", "layer": object{"class_name": "LSTM", "config": config}}, before)
		} else {
			add("LSTM", name, config, before)
		}
		before, all = name, append(all, name)
	}
	outputs, has := columns("output/kernel")
	if !ok || !has {
		return nil, nil
	}
	add("Concatenate", "rnn_concat", object{}, all...)
	add("AttentionWeightedAverage", "attention", object{}, "rnn_concat")
	add("Dense", "output", object{"units": outputs, "activation": "softmax"}, "attention")
	return object{"class_name": "Model", "config": object{
		"name": "textgenrnn", "layers": layers, "input_layers": []any{[]any{"input", 0.0, 0.0}}, "output_layers": []any{[]any{"output", 0.0, 0.0}},
	}}, nil
}
