package rtneural_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/rtneural"
)

// nam returns a file of Neural Amp Modeler with the weights 1, 2, 3 ….
func nam(architecture, config string, weights int) string {
	list := make([]string, weights)
	for i := range list {
		list[i] = fmt.Sprint(i + 1)
	}
	return fmt.Sprintf(`{"version":"0.5.4","metadata":{"name":"x"},"architecture":%q,"config":%s,"weights":[%s],"sample_rate":48000}`,
		architecture, config, strings.Join(list, ","))
}

const (
	namLSTM    = `{"input_size":1,"hidden_size":1,"num_layers":1}`
	namConvNet = `{"channels":2,"dilations":[1],"batchnorm":false,"activation":"Tanh"}`
	namWaveNet = `{"layers":[{"input_size":1,"condition_size":1,"head_size":1,"channels":2,"kernel_size":2,"dilations":[1,4],"activation":"Tanh","gated":false,"head_bias":true}],"head":null,"head_scale":0.02}`
)

// A row of the weights of an LSTM has that of the input, then those of the state.
func TestNAMLSTMHasItsLearnedStates(t *testing.T) {
	n, _, err := rtneural.Read([]byte(nam("LSTM", namLSTM, 16)))
	require.NoError(t, err)
	d := n.Layers[0].Directions[0]
	require.Equal(t, []float32{1, 3, 5, 7}, d.WeightIH)
	require.Equal(t, []float32{2, 4, 6, 8}, d.WeightHH)
	require.Equal(t, []float32{9, 10, 11, 12}, d.BiasIH)
	require.Equal(t, []float32{13}, d.H0)
	require.Equal(t, []float32{14}, d.C0)
	require.Equal(t, []float32{15}, n.Layers[1].Directions[0].WeightIH)
	require.Equal(t, []float32{16}, n.Layers[1].Directions[0].BiasIH)
	require.Equal(t, 48000.0, n.SampleRate)
}

// The windows of a WaveNet are as long as its kernels reach back.
func TestNAMWaveNetIsAGraph(t *testing.T) {
	n, _, err := rtneural.Read([]byte(nam("WaveNet", namWaveNet, 2+2*18+3+1)))
	require.NoError(t, err)
	var reach []int
	for _, node := range n.Graph.Nodes {
		if w, ok := node.Op.(*format.Window); ok {
			reach = append(reach, w.Before)
		}
	}
	require.Equal(t, []int{1, 4}, reach)
}

func TestNAMThatIsRefused(t *testing.T) {
	wave := func(old, replacement string) string {
		text := nam("WaveNet", namWaveNet, 42)
		require.Contains(t, text, old)
		return strings.Replace(text, old, replacement, 1)
	}
	for _, c := range []struct{ name, text, message string }{
		{"another architecture", nam("CatLSTM", namLSTM, 16), `"CatLSTM" is not known; LSTM, WaveNet`},
		{"another version", wave("0.5.4", "0.4.0"), `it is "0.4.0", want 0.5`},
		{"a weight too many", nam("LSTM", namLSTM, 17), "there are 17, but the config has 16"},
		{"a weight too few", nam("LSTM", namLSTM, 15), "there are 15, which end within the bias of the linear layer"},
		{"a ConvNet's", nam("ConvNet", namConvNet, 8), "there are 8, which end within the bias of the linear layer"},
		{"weights that are no numbers", strings.Replace(nam("LSTM", namLSTM, 1), "[1]", `["1"]`, 1), "it is not a list of numbers"},
		{"no units", nam("LSTM", `{"input_size":1,"hidden_size":0,"num_layers":1}`, 16), "want a whole number of at least 1"},
		{"a head", wave(`"head":null`, `"head":{"channels":2}`), `the key "head" is not known`},
		{"modulation", wave(`"gated"`, `"conv_pre_film":{"active":true},"gated"`), `the key "conv_pre_film" is not known`},
		{"groups", wave(`"gated"`, `"groups_input":2,"gated"`), `the key "groups_input" is not known`},
		{"a function of its own", wave(`"Tanh"`, `"Fasttanh"`), `the function "Fasttanh" is not known`},
		{"another input", wave(`"input_size":1`, `"input_size":2`), "array 0 has 2 inputs, but 1 come"},
		{"a condition of more", wave(`"condition_size":1`, `"condition_size":2`), "2 inputs, but a sample is one"},
		{"a far tap", wave(`[1,4]`, `[1,700000]`), "2 taps, 700000 samples apart"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := rtneural.Read([]byte(c.text))
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// What later versions have, and is off, changes nothing.
func TestNAMOfLaterVersions(t *testing.T) {
	text := strings.Replace(nam("WaveNet", namWaveNet, 42), `"gated"`,
		`"groups_input":1,"bottleneck":2,"head1x1":{"active":false},"secondary_activation":null,"gated"`, 1)
	n, _, err := rtneural.Read([]byte(strings.Replace(text, "0.5.4", "0.6.0", 1)))
	require.NoError(t, err)
	require.NotNil(t, n.Graph)
}
