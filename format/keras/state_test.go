package keras_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
)

// The states that a decoder reads and gives are those of a session, and no inputs and
// outputs of the model.
func TestDecoderKeepsItsStates(t *testing.T) {
	files := matrix(t)
	for _, name := range []string{"decoder-LSTM-2.h5", "decoder-LSTM-3.h5", "decoder-GRU-2.h5", "decoder-SimpleRNN-3.h5"} {
		n, err := read(files, name)
		require.NoError(t, err)
		require.True(t, n.TakesStates)
		require.Len(t, n.Graph.Inputs, 1)
		require.Len(t, n.Graph.Outputs, 1)
	}
	n, err := read(files, "state-LSTM-2-True.h5")
	require.NoError(t, err)
	require.False(t, n.TakesStates)
	require.Len(t, n.Graph.Outputs, 3)
}

// A state that another layer gives, or that is read besides, cannot be an initial one.
func TestRefusesInitialStates(t *testing.T) {
	in := func(name, shape string) string {
		return `{"class_name": "InputLayer", "name": "` + name + `", "config": {"batch_input_shape": [null, ` + shape + `]}, "inbound_nodes": []}`
	}
	node := func(class, name, config, reads string) string {
		return `{"class_name": "` + class + `", "name": "` + name + `", "config": {"units": 2` + config + `}, "inbound_nodes": [[` + reads + `]]}`
	}
	from := func(names ...string) string { return `["` + strings.Join(names, `", 0, 0], ["`) + `", 0, 0]` }
	for _, c := range []struct {
		layers  []string
		weights []string
		message string
	}{
		{
			[]string{in("x", "null, 3"), in("s", "2"), node("Dense", "d", "", from("s")), node("SimpleRNN", "r", "", from("x", "d"))},
			[]string{"d/kernel 2,2", "d/bias 2", "r/kernel 3,2", "r/recurrent_kernel 2,2", "r/bias 2"}, "it starts from a state that another layer gives",
		},
		{
			[]string{in("x", "null, 3"), in("s", "2"), node("SimpleRNN", "q", "", from("x", "s")), node("Dense", "d", "", from("s")), node("Add", "r", "", from("q", "d"))},
			[]string{"q/kernel 3,2", "q/recurrent_kernel 2,2", "q/bias 2", "d/kernel 2,2", "d/bias 2"}, "it starts from a state that another layer gives",
		},
	} {
		model, folder := tfjs("", c.weights...)
		topology := `{"class_name": "Functional", "config": {"layers": [` + strings.Join(c.layers, ",") + `], "input_layers": [["x", 0, 0], ["s", 0, 0]], "output_layers": [["r", 0, 0]]}}`
		model = []byte(strings.Replace(string(model), `{"class_name": "Sequential", "config": {"layers": []}}`, topology, 1))
		_, err := keras.ReadTFJS(model, folder, keras.Options{})
		require.ErrorIs(t, err, network.ErrUnsupported)
		require.ErrorContains(t, err, c.message)
	}
}
