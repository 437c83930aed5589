package format

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// cellsModel returns a model of numbers with layers of every special kind.
func cellsModel() *Model {
	r := rand.New(rand.NewPCG(20, 0))
	m := &Model{
		Task: TaskClassify, InputSize: 3, Pool: PoolLastOutput, Output: OutputArgMax, Labels: []string{"a", "b", "c"},
		Head:    randomDense(r, 6, 3),
		Goldens: []Golden{{Steps: 1, Input: random(r, 3), Hash: 9, Last: []float32{2}}},
	}
	add := func(l Layer, directions int) *Layer {
		for range directions {
			w, err := l.Pack(randomPlain(r, &l))
			if err != nil {
				panic(err)
			}
			l.Directions = append(l.Directions, w)
		}
		m.Layers = append(m.Layers, l)
		return &m.Layers[len(m.Layers)-1]
	}
	l := add(Layer{Cell: CellDense, InputSize: 3, HiddenSize: 7}, 1)
	l.Directions[0].Activations = []Activation{{Kind: ActivationLeakyReLU, Alpha: 0.25}}

	l = add(Layer{Cell: CellLSTM, InputSize: 7, HiddenSize: 9, ProjectionSize: 5, InputForget: true, Clip: 2.5}, 2)
	w := &l.Directions[1]
	w.Peephole = peephole(r, l)
	w.Activations = []Activation{{ActivationHardSigmoid, 0.2, 0.5}, {Kind: ActivationSoftsign}, {ActivationAffine, 1, 0}}
	w.H0, w.C0 = randomState(r, l.ProjectionSize), randomState(r, l.HiddenSize)

	add(Layer{Cell: CellLSTM, InputSize: 10, HiddenSize: 4}, 1).Directions[0].Peephole = peephole(r, &Layer{HiddenSize: 4})
	add(Layer{Cell: CellLSTM, InputSize: 4, HiddenSize: 4, InputForget: true, Reverse: true}, 1)
	add(Layer{Cell: CellGRU, Variant: VariantResetBefore, InputSize: 4, HiddenSize: 6, Clip: 1}, 1)
	add(Layer{Cell: CellDense, InputSize: 6, HiddenSize: 10}, 1)
	l = add(Layer{Cell: CellGRU, Variant: VariantResetAfter, InputSize: 10, HiddenSize: 8, Reverse: true}, 1)
	l.Directions[0].Activations = []Activation{{Kind: ActivationSigmoid}, {Kind: ActivationReLU}}
	l = add(Layer{Cell: CellRNN, Variant: VariantTanh, InputSize: 8, HiddenSize: 3, Reverse: true}, 1)
	l.Directions[0].Activations = []Activation{{Kind: ActivationSoftplus}}
	l = add(Layer{Cell: CellDense, InputSize: 3, HiddenSize: 6}, 1)
	l.Directions[0].Activations = []Activation{{Kind: ActivationSoftmax}}
	return m
}

func peephole(r *rand.Rand, l *Layer) []float32 {
	return slices.Concat(randomState(r, l.HiddenSize), randomState(r, l.HiddenSize), randomState(r, l.HiddenSize))
}

// denseModel returns a model without a recurrent layer, whose inputs are added
// to its outputs.
func denseModel() *Model {
	r := rand.New(rand.NewPCG(21, 0))
	return &Model{
		InputSize: 2, Skip: true, Output: OutputLogSoftmax,
		Layers: []Layer{
			randomLayer(r, CellDense, VariantStandard, 2, 9, 1),
			randomLayer(r, CellDense, VariantStandard, 9, 2, 1),
		},
	}
}

func TestSizesOfSpecialLayers(t *testing.T) {
	m := cellsModel()
	require.Equal(t, 1, m.OutputSize())
	require.Equal(t, 3, m.LogitCount())
	require.True(t, m.ReadsBackward())
	require.Equal(t, 7, m.LastRecurrent())
	require.Equal(t, -1, denseModel().LastRecurrent())
	require.False(t, denseModel().ReadsBackward())
	lstm := &m.Layers[1]
	require.Equal(t, 5, lstm.StateSize())
	require.Equal(t, 10, lstm.OutputSize())
	require.Equal(t, 2*9*(4*(7+5)+4+5)+3*9, (&Model{Layers: m.Layers[1:2]}).Parameters())
	require.Equal(t, 7*(3+1), (&Model{Layers: m.Layers[:1]}).Parameters())
	for i, special := range []bool{false, true, true, true, true, false, true, true, false} {
		l := &m.Layers[i]
		require.Equal(t, special, l.Cell.Recurrent() && l.Special(), "layer %d", i)
	}
}

func TestUnpackGivesSpecialWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 0))
	for _, l := range []Layer{
		{Cell: CellLSTM, InputSize: 3, HiddenSize: 9, ProjectionSize: 4},
		{Cell: CellLSTM, InputSize: 3, HiddenSize: 4, ProjectionSize: 17},
		{Cell: CellLSTM, InputSize: 1, HiddenSize: 8},
		{Cell: CellDense, InputSize: 5, HiddenSize: 33},
	} {
		p := randomPlain(r, &l)
		if l.Cell == CellLSTM {
			p.Peephole = random(r, 3*l.HiddenSize)
		}
		w, err := l.Pack(p)
		require.NoError(t, err)
		got := l.Unpack(&w)
		require.Equal(t, p.WeightIH, got.WeightIH)
		require.Equal(t, p.WeightHH, got.WeightHH)
		require.Equal(t, p.Peephole, got.Peephole)
		require.Equal(t, p.Projection, got.Projection)
		require.Len(t, got.BiasHH, len(p.BiasHH))
		again, err := l.Pack(got)
		require.NoError(t, err)
		require.Equal(t, w, again)
	}
	l := Layer{Cell: CellGRU, Variant: VariantResetAfter, InputSize: 1, HiddenSize: 2}
	p := randomPlain(r, &l)
	p.Peephole = make([]float32, 6)
	_, err := l.Pack(p)
	require.ErrorContains(t, err, "the peephole has 6 numbers")
}

// What says the same in two ways is refused in one of them, and what a layer
// cannot have.
func TestValidateSpecialLayers(t *testing.T) {
	lstm := func(m *Model) *Layer { return &m.Layers[1] }
	activations := func(layer int, list ...Activation) func(m *Model) {
		return func(m *Model) { m.Layers[layer].Directions[0].Activations = list }
	}
	sigmoid, tanh, relu := Activation{Kind: ActivationSigmoid}, Activation{Kind: ActivationTanh}, Activation{Kind: ActivationReLU}
	for _, c := range []struct {
		name   string
		model  *Model
		change func(m *Model)
		err    error
		reason string
	}{
		{"reverse in two directions", cellsModel(), func(m *Model) { lstm(m).Reverse = true }, ErrInvalid, "layer 1 is reverse, but has 2 directions"},
		{"a dense layer in reverse", cellsModel(), func(m *Model) { m.Layers[0].Reverse = true }, ErrInvalid, "layer 0 is dense"},
		{"a dense layer of two directions", denseModel(), func(m *Model) { m.Layers[0].Directions = make([]Weights, 2) }, ErrInvalid, "layer 0 is dense"},
		{"a dense tanh", cellsModel(), func(m *Model) { m.Layers[0].Variant = VariantTanh }, ErrInvalid, "dense of variant tanh"},
		{"a coupled gate of a GRU", cellsModel(), func(m *Model) { m.Layers[4].InputForget = true }, ErrInvalid, "layer 4 is a GRU with a coupled forget gate"},
		{"a projection of a GRU", cellsModel(), func(m *Model) { m.Layers[4].ProjectionSize = 2 }, ErrInvalid, "layer 4 has a projection"},
		{"a projection to less than nothing", cellsModel(), func(m *Model) { lstm(m).ProjectionSize = -1 }, ErrInvalid, "a projection to -1"},
		{"a projection without its size", cellsModel(), func(m *Model) {
			m.Layers[2].Directions[0].Projection = NewMatrix(8, 4, 32)
		}, ErrInvalid, "layer 2 has the weights of a projection"},
		{"a bound below 0", cellsModel(), func(m *Model) { lstm(m).Clip = -1 }, ErrInvalid, "layer 1 has sums within ±-1"},
		{"a bound of -0", cellsModel(), func(m *Model) { lstm(m).Clip = float32(math.Copysign(0, -1)) }, ErrInvalid, "sums within ±-0"},
		{"a bound of a dense layer", cellsModel(), func(m *Model) { m.Layers[0].Clip = 1 }, ErrInvalid, "layer 0 has a bound"},
		{"peepholes of a GRU", cellsModel(), func(m *Model) { m.Layers[4].Directions[0].Peephole = make([]float32, 24) }, ErrInvalid, "layer 4 has peepholes"},
		{"short peepholes", cellsModel(), func(m *Model) { m.Layers[2].Directions[0].Peephole = make([]float32, 8) }, ErrInvalid, "peephole of layer 2 has 8 numbers"},
		{"an initial state of a dense layer", cellsModel(), func(m *Model) { m.Layers[0].Directions[0].H0 = make([]float32, 8) }, ErrInvalid, "layer 0 has an initial state"},
		{"too few activations", cellsModel(), activations(1, tanh), ErrInvalid, "layer 1 has 1 activation, but a LSTM has 3"},
		{"the cell's own activations", cellsModel(), activations(1, sigmoid, tanh, tanh), ErrInvalid, "omit them"},
		{"a dense layer's own activation", cellsModel(), activations(0, Activation{}), ErrInvalid, "omit them"},
		{"relu of an RNN", cellsModel(), activations(7, relu), ErrInvalid, "make it the variant relu"},
		{"relu of both directions", &Model{InputSize: 1, Layers: []Layer{randomLayer(rand.New(rand.NewPCG(1, 1)), CellRNN, VariantTanh, 1, 2, 2)}}, func(m *Model) {
			m.Layers[0].Directions[0].Activations = []Activation{relu}
			require.NoError(t, m.Validate(), "of one direction it is an activation like others")
			m.Layers[0].Directions[1].Activations = []Activation{relu}
		}, ErrInvalid, "make it the variant relu"},
		{"activations of an RNN of relu", cellsModel(), func(m *Model) { m.Layers[7].Variant = VariantReLU }, ErrInvalid, "make it the variant tanh"},
		{"exp of gates", cellsModel(), activations(7, Activation{Kind: ActivationExp}), ErrInvalid, "which only a dense layer has"},
		{"softmax of gates", cellsModel(), activations(7, Activation{Kind: ActivationSoftmax}), ErrInvalid, "which only a dense layer has"},
		{"an unknown activation", cellsModel(), activations(7, Activation{Kind: 28}), ErrUnsupported, "layer 7 has the unknown activation 28"},
		{"an infinite constant", cellsModel(), activations(7, Activation{ActivationAffine, 1, float32(math.Inf(1))}), ErrInvalid, "infinite constant"},
		{"a constant too many", cellsModel(), activations(7, Activation{ActivationELU, 1, 1}), ErrInvalid, "constants that the activation Elu does not have"},
		{"a pool of no recurrent layer", denseModel(), func(m *Model) { m.Pool = PoolLast }, ErrInvalid, "no recurrent layer"},
		{"the last output of a forward layer", numberModel(), func(m *Model) { m.Pool = PoolLastOutput }, ErrInvalid, "use last"},
		{"a skip to more outputs", &Model{InputSize: 1, Layers: []Layer{randomLayer(rand.New(rand.NewPCG(1, 1)), CellRNN, VariantTanh, 1, 2, 1)}}, func(m *Model) {
			m.Skip = true
		}, ErrInvalid, "1 input for 2 outputs"},
		{"a skip of a pool", denseModel(), func(m *Model) {
			m.Layers[0] = randomLayer(rand.New(rand.NewPCG(1, 1)), CellRNN, VariantTanh, 2, 9, 1)
			m.Pool = PoolMax
		}, ErrInvalid, "the pool max leaves one output"},
		{"a skip of tokens", languageModel(), func(m *Model) { m.Skip = true }, ErrInvalid, "they are tokens"},
		{"outputs of an encoder", translateModel(), func(m *Model) { m.Output = OutputSoftmax }, ErrInvalid, "no use for the output softmax"},
		{"a dense layer of a decoder", translateModel(), func(m *Model) {
			dense := func(m *Model) {
				n := m.features()
				m.Layers = append(slices.Clone(m.Layers), randomLayer(rand.New(rand.NewPCG(1, 1)), CellDense, VariantStandard, n, n, 1))
			}
			decoder := *m.Decoder
			dense(m)
			dense(&decoder)
			m.Decoder = &decoder
		}, ErrInvalid, "of the decoder is dense"},
		{"labels of argmax", cellsModel(), func(m *Model) { m.Labels = m.Labels[:1] }, ErrInvalid, "1 label for 3 outputs"},
		{"a reverse language model", languageModel(), func(m *Model) { m.Layers[0].Reverse = true }, ErrBidirectional, "reads the sequence backwards"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, c.model.Validate())
			c.change(c.model)
			err := c.model.Validate()
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

// A model that needs no section CELL has none.
func TestPlainModelsHaveNoCells(t *testing.T) {
	for name, m := range everyModel() {
		data := mustAppend(t, m)
		records := 0
		for i := range m.Layers {
			if m.Layers[i].recorded() {
				records++
			}
		}
		require.Len(t, bodyOrNil(data, tagCells), records*cellSize, name)
	}
}
