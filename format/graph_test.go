package format

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGraphModelsHaveEveryKindOfOp(t *testing.T) {
	kinds := map[string]bool{}
	for _, m := range []*Model{graphModel(), spectrumModel(), rnnoiseModel()} {
		for i := range m.Graph.Nodes {
			kinds[m.Graph.Nodes[i].Kind()] = true
		}
	}
	for code := range opKinds {
		k := &opKinds[code]
		require.True(t, kinds[k.name], k.name)
		require.Zero(t, k.size%4, k.name)
		require.EqualValues(t, code, k.make().code(), k.name)
	}
}

func TestValuesOfAGraph(t *testing.T) {
	values, err := graphModel().Graph.Values()
	require.NoError(t, err)
	var shapes []string
	for _, v := range values {
		shapes = append(shapes, v.String())
	}
	require.Equal(t, strings.Fields("2 tokens 3×4 2×3 5×4 3×5 4×5 2×5 1×5 1×5 1×8 1×8 1×8 1×8 1×8 2×4 4×2 4×2 4×4 4×2 4×4 1×1 4×4 4×4 4×4"), strings.Fields(strings.Join(shapes, " ")))
	require.Equal(t, -1, values[12].Phase)
	for i, v := range values {
		switch i {
		case 21:
			require.Equal(t, 1, v.Phase)
			require.False(t, v.EachStep())
		case 22, 23:
			require.Equal(t, 2, v.Phase)
		}
		require.Equal(t, v.Phase != 1, v.EachStep())
		require.Equal(t, i == 9, v.Bounded, "value %d", i) // the LSTM's
	}
}

func TestBoundedValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	lstm, relu := randomLayer(r, CellLSTM, VariantStandard, 2, 2, 1), randomLayer(r, CellRNN, VariantReLU, 2, 2, 1)
	for _, c := range []struct {
		name  string
		nodes []Node
		want  bool
	}{
		{"an LSTM", []Node{{&lstm, []int{0}}}, true},
		{"an RNN of relu", []Node{{&relu, []int{0}}}, false},
		{"a slice", []Node{{&lstm, []int{0}}, {&Slice{AxisChannels, 0, 1, 1}, []int{1}}}, true},
		{"frames that are moved", []Node{{&lstm, []int{0}}, {&Window{1, 0}, []int{1}}, {&Transpose{}, []int{2}}, {&Reshape{1, 4}, []int{3}}}, true},
		{"a pool that is repeated", []Node{{&lstm, []int{0}}, {&SequencePool{PoolMean}, []int{1}}, {&Repeat{}, []int{2}}}, true},
		{"a weighted sum", []Node{{&lstm, []int{0}}, {&Slice{AxisChannels, 0, 1, 1}, []int{1}}, {&SequencePool{PoolAttention}, []int{1, 2}}}, false},
		{"states and others", []Node{{&lstm, []int{0}}, {&Concat{AxisChannels}, []int{1, 0}}}, false},
		{"states and states", []Node{{&lstm, []int{0}}, {&Concat{AxisChannels}, []int{1, 1}}}, true},
		{"a sum", []Node{{&lstm, []int{0}}, {&Binary{BinaryAdd}, []int{1, 1}}}, false},
		{"padded frames", []Node{{&lstm, []int{0}}, {&Pad{PadConstant, 1, 0, 3}, []int{1}}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := &Graph{Inputs: []Input{{"x", 1, 2, 0}}, Nodes: c.nodes}
			values, err := g.Values()
			require.NoError(t, err)
			require.Equal(t, c.want, values[len(values)-1].Bounded)
		})
	}
}

func TestSizesOfAGraph(t *testing.T) {
	m, text := graphModel(), graphText()
	require.Equal(t, 38, m.OutputSize())
	require.Equal(t, 5, m.TokenCount())
	require.Equal(t, 2, m.TokenWidth())
	require.Equal(t, 12, m.NumberWidth())
	require.True(t, m.Bidirectional())
	require.True(t, m.ReadsBackward())
	require.Equal(t, -1, m.LastRecurrent())
	lstm := 2 * 4 * 4 * (5 + 4 + 1)
	require.Equal(t, 5*3+5*(2*4+1)+5*(2+1)+2*5+lstm+8+(5+1), m.Parameters())
	weights := 15 + 8*(2*4) + 2*(4*8)*(5+4) + 8*5 // with padding
	require.Equal(t, 2*weights, inFormat(m, DTypeF16).WeightBytes(DTypeF16))
	require.Equal(t, 2*weights, m.WeightBytes(DTypeF32)-inFormat(m, DTypeF16).WeightBytes(DTypeF32)-2*weights, "the rest stays")

	require.Equal(t, 5, text.OutputSize())
	require.Equal(t, 5, text.LogitCount())
	require.Equal(t, 1, text.TokenWidth())
	require.Zero(t, text.NumberWidth())
	require.False(t, text.Bidirectional())
	require.False(t, text.ReadsBackward())

	m.Graph.Inputs = append(m.Graph.Inputs, Input{"more", 3, 1, 7})
	require.Zero(t, m.TokenCount(), "there are two")
	require.Equal(t, 5, m.TokenWidth())
	require.Equal(t, []int{5, 5, 7, 7, 7}, []int{m.tokenLimit(0), m.tokenLimit(1), m.tokenLimit(2), m.tokenLimit(3), m.tokenLimit(4)})
}

func TestNormalizationOfFrames(t *testing.T) {
	n := &Normalization{Mean: []float32{1, 2}, Scale: []float32{2, 4}}
	x := []float32{1, 2, 2, 3, 0, 0}
	n.NormalizeInputs(x, x)
	require.Equal(t, []float32{0, 0, 2, 4, -2, -8}, x)
}

// small returns a graph of numbers [frames][channels] that those nodes read.
func small(frames, channels int, nodes ...Node) *Model {
	return &Model{InputSize: frames * channels, Graph: &Graph{
		Inputs: []Input{{"x", frames, channels, 0}}, Nodes: nodes, Outputs: []Port{{"y", len(nodes)}},
	}}
}

func TestValidateRefusesShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	gru := randomLayer(r, CellGRU, VariantResetAfter, 4, 2, 1)
	dense := randomLayer(r, CellDense, VariantStandard, 3, 2, 1)
	pool := Node{&SequencePool{PoolLast}, []int{0}}
	x := []int{0}
	const big = MaxSize
	for _, c := range []struct {
		name   string
		model  *Model
		reason string
	}{
		{"a layer of other inputs", small(2, 4, Node{&dense, x}), "node 0 (layer) has 4 channels, but it reads 3"},
		{"a recurrent layer behind a pool", small(2, 4, pool, Node{&gru, []int{1}}), "it goes on from step to step"},
		{"an embedding of numbers", small(2, 4, Node{&Embedding{Tokens: 5, Size: 1, Table: make([]float32, 5)}, x}), "an embedding reads tokens"},
		{"a conv of other inputs", small(5, 4, Node{randomConv(r, 3, 1, 1, 1, 1), x}), "4 channels, but it reads 3"},
		{"a kernel wider than the frames", small(5, 4, Node{randomConv(r, 4, 1, 2, 1, 5), x}), "its kernel spans 6"},
		{"a stride of 0", small(5, 4, Node{&FramePool{Kernel: 1}, x}), "stride 0"},
		{"a kernel of everything", small(5, 4, Node{&FramePool{false, big, big}, x}), "spans 16777216"},
		{"a dilation of everything", small(5, 4, Node{&Depthwise{Channels: 4, Kernel: 2, Stride: 1, Dilation: big}, x}), "spans 16777217"},
		{"a depthwise of other channels", small(5, 4, Node{&Depthwise{Channels: 3, Kernel: 2, Stride: 1, Dilation: 1}, x}), "4 channels, but it reads 3"},
		{"a window of nothing", small(5, 4, Node{&Window{0, 0}, x}), "0 frames before and 0 after"},
		{"a negative window", small(5, 4, Node{&Window{-1, 2}, x}), "-1 frames before"},
		{"a window of everything", small(5, 400, Node{&Window{MaxWindow, MaxWindow}, x}), "want at most 16777216"},
		{"a window of more than any", small(5, 4, Node{&Window{MaxWindow + 1, 0}, x}), "a window of 65537 frames before and 0 after"},
		{"a window of one value", small(5, 4, pool, Node{&Window{1, 0}, []int{1}}), "a window is of steps"},
		{"a pad of nothing", small(5, 4, Node{&Pad{}, x}), "0 frames before and 0 behind"},
		{"a mirror too far", small(5, 4, Node{&Pad{PadReflect, 5, 0, 0}, x}), "too few to mirror 5"},
		{"a wrap too far", small(5, 4, Node{&Pad{PadWrap, 0, 6, 0}, x}), "too few to mirror 6"},
		{"a pad of everything", small(5, 4, Node{&Pad{PadEdge, big, 0, 0}, x}), "want at most 16777216"},
		{"a pool of none", small(5, 4, Node{&SequencePool{PoolNone}, x}), "the pool none"},
		{"a pool of last output", small(5, 4, Node{&SequencePool{PoolLastOutput}, x}), "the pool last output"},
		{"a pool of a pool", small(5, 4, pool, Node{&SequencePool{PoolMax}, []int{1}}), "a pool reads steps"},
		{"attention without weights", small(5, 4, Node{&SequencePool{PoolAttention}, x}), "1 value, but it reads 2"},
		{"attention by many numbers", small(5, 4, Node{&SequencePool{PoolAttention}, []int{0, 0}}), "want one number per step"},
		{"a repeat of steps", small(5, 4, Node{&Repeat{}, x}), "it repeats one of the sequence"},
		{"a norm of other channels", small(5, 4, Node{&Norm{Size: 3}, x}), "4 channels, but it normalizes 3"},
		{"values that do not fit", small(5, 4, Node{&Reshape{4, 5}, x}, Node{&Binary{}, []int{0, 1}}), "do not fit each other"},
		{"a step and a sequence", small(5, 4, pool, Node{&Binary{}, []int{0, 1}}), "repeat the latter"},
		{"a sum of one", small(5, 4, Node{&Binary{}, x}), "1 value, but it reads 2"},
		{"a concat of one", small(5, 4, Node{&Concat{}, x}), "1 value, but it reads 2"},
		{"a concat that does not fit", small(5, 4, Node{&Reshape{4, 5}, x}, Node{&Concat{AxisChannels}, []int{0, 1}}), "do not fit each other"},
		{"a slice beyond the end", small(5, 4, Node{&Slice{AxisFrames, 3, 2, 2}, x}), "of which it takes 2 from 3 in steps of 2"},
		{"a slice before the start", small(5, 4, Node{&Slice{AxisFrames, 1, 3, -1}, x}), "of which it takes 3 from 1 in steps of -1"},
		{"a slice of steps of 0", small(5, 4, Node{&Slice{AxisFrames, 0, 2, 0}, x}), "in steps of 0"},
		{"a slice of nothing", small(5, 4, Node{&Slice{AxisFrames, 0, 0, 1}, x}), "takes 0 from 0"},
		{"a slice of everything", small(5, 4, Node{&Slice{AxisFrames, 0, big, big}, x}), "takes 16777216"},
		{"a reshape to more", small(5, 4, Node{&Reshape{5, 5}, x}), "not 5×5"},
		{"a reshape of everything", small(5, 4, Node{&Reshape{big, big}, x}), "not 16777216×16777216"},
		{"slopes of other channels", small(5, 4, Node{&PReLU{make([]float32, 3), 3}, x}), "slopes of 3"},
		{"a product that does not fit", small(5, 4, Node{&MatMul{}, []int{0, 0}}), "cannot be multiplied"},
		{"an overlap of other channels", small(5, 4, Node{&OverlapAdd{Channels: 3, Kernel: 2, Stride: 1}, x}), "4 channels, but it reads 2×3"},
		{"a stride beyond the kernel", small(5, 4, Node{&OverlapAdd{Channels: 2, Kernel: 2, Stride: 3}, x}), "stride 3"},
		{"an overlap that one value carries", small(5, 4, pool, Node{&OverlapAdd{2, 2, 1, true}, []int{1}}), "goes on from step to step"},
		{"a constant that reads", small(5, 4, Node{&Constant{1, 1, make([]float32, 1)}, x}), "it reads none"},
		{"a constant of everything", small(5, 4, Node{&Constant{big, big, nil}, nil}, Node{&Binary{}, []int{0, 1}}), "16777216×16777216 numbers"},
		{"a function of a constant", small(5, 4, Node{&Constant{1, 1, make([]float32, 1)}, nil}, Node{&Map{Activation{Kind: ActivationExp}}, []int{1}}), "only constants to read"},
		{"itself", small(5, 4, Node{&Binary{}, []int{0, 1}}), "value 1 as an input, but only values 0 to 0 are before it"},
		{"a later node", small(5, 4, Node{&Binary{}, []int{0, 2}}, Node{&Transpose{}, []int{1}}), "value 2 as an input"},
		{"no value", small(5, 4, Node{&Transpose{}, []int{-1}}), "value -1 as an input"},
		{"too many numbers", small(1<<12, 1<<11, Node{&Transpose{}, x}, Node{&Transpose{}, []int{1}}), "on top of the others of a step"},
		{"too many numbers of one value", small(1<<13, 1<<13, Node{&Transpose{}, x}), "input 0 has 8192×8192 numbers"},
		{"no frames", small(0, 4, Node{&Transpose{}, x}), "input 0 has 0×4 numbers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.model.Validate()
			require.ErrorIs(t, err, ErrInvalid)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

func TestValidateRefusesGraphs(t *testing.T) {
	node := func(i int) func(m *Model) *Node { return func(m *Model) *Node { return &m.Graph.Nodes[i] } }
	conv, pad, norm, slice, lstm := node(2), node(3), node(6), node(14), node(7)
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		name   string
		model  *Model
		change func(m *Model)
		err    error
		reason string
	}{
		{"layers beside the graph", graphModel(), func(m *Model) { m.Layers = smallModel().Layers }, ErrInvalid, "make nodes of them"},
		{"an embedding beside the graph", graphModel(), func(m *Model) { m.Embedding = fullModel().Embedding }, ErrInvalid, "make nodes of them"},
		{"a head beside the graph", graphModel(), func(m *Model) { m.Head = fullModel().Head }, ErrInvalid, "make nodes of them"},
		{"a pool beside the graph", graphModel(), func(m *Model) { m.Pool = PoolMax }, ErrInvalid, "make nodes of them"},
		{"a sum beside the graph", graphModel(), func(m *Model) { m.Skip = true }, ErrInvalid, "make nodes of them"},
		{"another input size", graphModel(), func(m *Model) { m.InputSize = 4 }, ErrInvalid, "an input size of 4, but the inputs of the graph have 12 numbers"},
		{"a function of three outputs", graphModel(), func(m *Model) { m.Output = OutputSigmoid }, ErrInvalid, "a graph of 3 outputs"},

		{"no inputs", graphModel(), func(m *Model) { m.Graph.Inputs = nil }, ErrInvalid, "0 inputs"},
		{"no nodes", graphModel(), func(m *Model) { m.Graph.Nodes = nil }, ErrInvalid, "0 nodes"},
		{"no outputs", graphModel(), func(m *Model) { m.Graph.Outputs = nil }, ErrInvalid, "0 outputs"},
		{"too many nodes", graphModel(), func(m *Model) { m.Graph.Nodes = make([]Node, MaxNodes+1) }, ErrInvalid, "4097 nodes"},
		{"too many outputs", graphModel(), func(m *Model) { m.Graph.Outputs = make([]Port, MaxPorts+1) }, ErrInvalid, "65 outputs"},
		{"a node without an op", graphModel(), func(m *Model) { m.Graph.Nodes[3].Op = nil }, ErrInvalid, "node 3 has no op"},
		{"a node of too many inputs", graphModel(), func(m *Model) { m.Graph.Nodes[17].Inputs = make([]int, 1<<16) }, ErrInvalid, "reads 65536 values"},
		{"an input without a name", graphModel(), func(m *Model) { m.Graph.Inputs[1].Name = "" }, ErrInvalid, "is empty"},
		{"an input with a bad name", graphModel(), func(m *Model) { m.Graph.Inputs[1].Name = "a\x80" }, ErrInvalid, "is not UTF-8"},
		{"an output with a bad name", graphModel(), func(m *Model) { m.Graph.Outputs[1].Name = "a\n" }, ErrInvalid, "control characters"},
		{"two inputs alike", graphModel(), func(m *Model) { m.Graph.Inputs[1].Name = "words" }, ErrInvalid, `both "words"`},
		{"two outputs alike", graphModel(), func(m *Model) { m.Graph.Outputs[1].Name = "words" }, ErrInvalid, `both "words"`},
		{"tokens of two channels", graphModel(), func(m *Model) { m.Graph.Inputs[0].Channels = 2 }, ErrInvalid, "2 channels of tokens"},
		{"too many tokens", graphModel(), func(m *Model) { m.Graph.Inputs[0].Tokens = 6 }, ErrInvalid, "tokens below 6, but it has 5"},
		{"negative tokens", graphModel(), func(m *Model) { m.Graph.Inputs[0].Tokens = -1 }, ErrInvalid, "tokens below -1"},
		{"an output of nothing", graphModel(), func(m *Model) { m.Graph.Outputs[0].Value = 24 }, ErrInvalid, "output 0 is value 24, want one of values 2 to 23"},
		{"an output that is an input", graphModel(), func(m *Model) { m.Graph.Outputs[0].Value = 1 }, ErrInvalid, "output 0 is value 1"},
		{"an output that is a constant", graphModel(), func(m *Model) { m.Graph.Outputs[0].Value = 12 }, ErrInvalid, "output 0 is a constant"},
		{"an input that nothing reads", graphModel(), func(m *Model) {
			m.Graph.Inputs = append(m.Graph.Inputs[:1:1], Input{"idle", 1, 1, 0}, m.Graph.Inputs[1])
			shift(m, 1)
		}, ErrInvalid, `no node reads input 1, "idle"`},
		{"a node that nothing reads", graphModel(), func(m *Model) { m.Graph.Outputs = m.Graph.Outputs[:2] }, ErrInvalid, "node 0 (embedding) is not read by another node"},

		{"classes of every step", graphModel(), func(m *Model) { m.Graph.Outputs[0].Value = 23; m.Graph.Outputs[1].Value = 21 }, ErrInvalid, "lacks a pool"},
		{"tags of the sequence", graphModel(), func(m *Model) { m.Task = TaskTag }, ErrInvalid, "one of the sequence"},
		{"a translation", graphModel(), func(m *Model) { m.Task = TaskTranslate }, ErrInvalid, "only stacks of layers"},
		{"a language model of numbers", graphModel(), func(m *Model) { m.Task = TaskLanguage }, ErrInvalid, "not one token per step"},
		{"a language model of other outputs", graphText(), func(m *Model) { m.Graph.Outputs[0].Value = 3; m.Graph.Nodes = m.Graph.Nodes[:3] }, ErrInvalid, "5 tokens whose output"},
		{"a language model that reads backward", graphText(), func(m *Model) { m.Graph.Nodes[1].Op.(*Layer).Reverse = true }, ErrBidirectional, "reads steps that follow"},

		{"an unknown cell", graphModel(), func(m *Model) { lstm(m).Op.(*Layer).Cell = 9 }, ErrUnsupported, "node 7 (layer) has the unknown cell 9"},
		{"units of 0", graphModel(), func(m *Model) { lstm(m).Op.(*Layer).HiddenSize = 0 }, ErrInvalid, "node 7 (layer) has 0 units"},
		{"the activations of its cell", graphModel(), func(m *Model) {
			lstm(m).Op.(*Layer).Directions[1].Activations = CellLSTM.Activations(VariantStandard)
		}, ErrInvalid, "node 7 (layer) has the activations of its cell"},
		{"no tokens", graphModel(), func(m *Model) { m.Graph.Nodes[0].Op.(*Embedding).Tokens = 0 }, ErrInvalid, "has 0 tokens"},
		{"an unknown pad", graphModel(), func(m *Model) { pad(m).Op.(*Pad).Mode = 4 }, ErrUnsupported, "node 3 (pad) has the unknown pad 4"},
		{"a value of a mirror", graphModel(), func(m *Model) { pad(m).Op.(*Pad).Value = 1 }, ErrInvalid, "only a pad of constants has"},
		{"a pad of NaN", graphModel(), func(m *Model) { *pad(m).Op.(*Pad) = Pad{PadConstant, 1, 0, nan} }, ErrInvalid, "the value NaN"},
		{"a pad of +Inf", graphModel(), func(m *Model) { *pad(m).Op.(*Pad) = Pad{PadConstant, 1, 0, inf} }, ErrInvalid, "the value +Inf"},
		{"an unknown norm", graphModel(), func(m *Model) { norm(m).Op.(*Norm).Kind = 4 }, ErrUnsupported, "unknown norm 4"},
		{"a negative epsilon", graphModel(), func(m *Model) { norm(m).Op.(*Norm).Epsilon = -1 }, ErrInvalid, "the epsilon -1"},
		{"an epsilon of -0", graphModel(), func(m *Model) { norm(m).Op.(*Norm).Epsilon = float32(math.Copysign(0, -1)) }, ErrInvalid, "the epsilon -0"},
		{"an infinite epsilon", graphModel(), func(m *Model) { norm(m).Op.(*Norm).Epsilon = inf }, ErrInvalid, "the epsilon +Inf"},
		{"an epsilon of NaN", graphModel(), func(m *Model) { norm(m).Op.(*Norm).Epsilon = nan }, ErrInvalid, "the epsilon NaN"},
		{"an unknown axis", graphModel(), func(m *Model) { slice(m).Op.(*Slice).Axis = 2 }, ErrUnsupported, "unknown axis 2"},
		{"great steps", graphModel(), func(m *Model) { slice(m).Op.(*Slice).Step = -MaxSize - 1 }, ErrInvalid, "steps of -16777217"},
		{"an unknown axis of a concat", graphModel(), func(m *Model) { m.Graph.Nodes[17].Op.(*Concat).Axis = 2 }, ErrUnsupported, "unknown axis 2"},
		{"an unknown pool", graphModel(), func(m *Model) { m.Graph.Nodes[19].Op.(*SequencePool).Pool = 7 }, ErrUnsupported, "unknown pool 7"},
		{"an unknown function of two", graphModel(), func(m *Model) { m.Graph.Nodes[11].Op.(*Binary).Function = 6 }, ErrUnsupported, "unknown binary function 6"},
		{"no function", graphModel(), func(m *Model) { m.Graph.Nodes[9].Op.(*Map).Function = Activation{} }, ErrInvalid, "omit it"},
		{"an unknown function", graphModel(), func(m *Model) { m.Graph.Nodes[9].Op.(*Map).Function.Kind = 28 }, ErrUnsupported, "unknown activation 28"},
		{"a constant that a function does not have", graphModel(), func(m *Model) { m.Graph.Nodes[9].Op.(*Map).Function.Kind = ActivationELU }, ErrInvalid, "does not have"},

		{"weights of another conv", graphModel(), func(m *Model) { conv(m).Op.(*Conv).Weight = NewMatrix(5, 9, 32) }, ErrInvalid, "the conv weight of node 2 is 8×9"},
		{"a conv's scale of floats", graphModel(), func(m *Model) { conv(m).Op.(*Conv).InputScale = 1 }, ErrInvalid, "node 2 has an input scale"},
		{"a scale that is too small", inFormat(graphModel(), DTypeInt8), func(m *Model) { conv(m).Op.(*Conv).InputScale = leastScale / 2 }, ErrInvalid, "the input scale of node 2"},
		{"a scale of states", inFormat(graphText(), DTypeInt8), func(m *Model) {
			gru := m.Graph.Nodes[1].Op.(*Layer)
			gru.Directions[0].Activations = nil
			m.Graph.Nodes[2] = Node{gru, []int{2}}
			gru.Directions[0].InputScale = 1
		}, ErrInvalid, "node 2 has an input scale"},
		{"a conv's scale of states", inFormat(graphModel(), DTypeInt8), func(m *Model) {
			m.Graph.Nodes[2].Op.(*Conv).InputScale = 0
			c := randomConv(rand.New(rand.NewPCG(1, 0)), 8, 8, 1, 1, 1).converted(DTypeInt8).(*Conv)
			c.InputScale = 1
			m.Graph.Nodes[8] = Node{c, []int{9}} // which reads the LSTM
		}, ErrInvalid, "node 8 has an input scale"},
		{"biases of another conv", graphModel(), func(m *Model) { conv(m).Op.(*Conv).Bias = nil }, ErrInvalid, "the conv bias of node 2 has 0 numbers"},
		{"NaN of a layer", graphModel(), func(m *Model) { lstm(m).Op.(*Layer).Directions[1].Bias[0] = nan }, ErrInvalid, "the reverse bias of node 7 has NaN"},
		{"padding of a conv", graphModel(), func(m *Model) { conv(m).Op.(*Conv).Bias[5] = 1 }, ErrInvalid, "the conv bias of node 2 has 1 in its padding"},
		{"a candidate of an LSTM", graphModel(), func(m *Model) { lstm(m).Op.(*Layer).Directions[0].Candidate = NewMatrix(8, 8, 32) }, ErrInvalid, "node 7 has a candidate matrix"},
		{"gains of other channels", graphModel(), func(m *Model) { norm(m).Op.(*Norm).Gain = make([]float32, 4) }, ErrInvalid, "the norm gain of node 6 has 4 numbers"},
		{"infinite slopes", graphModel(), func(m *Model) { m.Graph.Nodes[8].Op.(*PReLU).Slope[1] = inf }, ErrInvalid, "the slope of node 8 has +Inf"},
		{"taps that are missing", graphModel(), func(m *Model) { m.Graph.Nodes[4].Op.(*Depthwise).Weight = make([]float32, 5) }, ErrInvalid, "the depthwise weight of node 4 has 5 numbers"},
		{"numbers that are missing", graphModel(), func(m *Model) { m.Graph.Nodes[10].Op.(*Constant).Data = nil }, ErrInvalid, "the constant of node 10 has 0 numbers"},

		{"means of all numbers", graphModel(), func(m *Model) { m.Normalization.Mean = make([]float32, 12) }, ErrInvalid, "12 means and 4 scales of inputs, want 4"},
		{"means of several outputs", graphModel(), func(m *Model) {
			m.Normalization.OutputMean, m.Normalization.OutputScale = make([]float32, 38), make([]float32, 38)
		}, ErrInvalid, "several outputs"},
		{"labels of several outputs", graphModel(), func(m *Model) { m.Labels = make([]string, 38) }, ErrInvalid, "several outputs"},
		{"a vocabulary of other tokens", graphModel(), func(m *Model) { m.Vocabulary = m.Vocabulary[1:] }, ErrInvalid, "a vocabulary of 4 tokens"},
		{"columns of tokens left out", graphModel(), func(m *Model) { m.Data.Columns = m.Data.Columns[1:] }, ErrInvalid, "none or 13"},
		{"a golden without numbers", graphModel(), func(m *Model) { m.Goldens[0].Input = nil }, ErrInvalid, "golden 0 has 4 tokens and 0 numbers, want 4 and 24 for 2 steps"},
		{"a golden without tokens", graphModel(), func(m *Model) { m.Goldens[0].Tokens = nil }, ErrInvalid, "golden 0 has 0 tokens"},
		{"a golden of an unknown token", graphModel(), func(m *Model) { m.Goldens[0].Tokens[3] = 5 }, ErrInvalid, "token 5, want 0 to 4"},
		{"a golden of one output", graphModel(), func(m *Model) { m.Goldens[0].Last = make([]float32, 16) }, ErrInvalid, "16 last outputs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, c.model.Validate())
			c.change(c.model)
			err := c.model.Validate()
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.reason)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.EqualValues(t, -1, e.Offset)
		})
	}
}

// shift has all that reads a value from the first on read the next one.
func shift(m *Model, first int) {
	for i := range m.Graph.Nodes {
		for k, v := range m.Graph.Nodes[i].Inputs {
			if v >= first {
				m.Graph.Nodes[i].Inputs[k]++
			}
		}
	}
	for i := range m.Graph.Outputs {
		m.Graph.Outputs[i].Value++
	}
	m.InputSize++
}

// Of max pools -Inf is the usual padding.
func TestPadOfMinusInfinity(t *testing.T) {
	m := small(3, 2, Node{&Pad{PadConstant, 1, 1, float32(math.Inf(-1))}, []int{0}}, Node{&FramePool{false, 2, 2}, []int{1}})
	got, err := Read(mustAppend(t, m))
	require.NoError(t, err)
	require.Equal(t, m, got)
}

// A change of the structure of a graph, with its checksum, is refused or gives
// another valid model, which is written as the same bytes.
func TestGraphsOfFlippedBits(t *testing.T) {
	for name, m := range map[string]*Model{"graph": mixedGraphModel(), "text": graphText()} {
		t.Run(name, func(t *testing.T) {
			data := mustAppend(t, m)
			step := 3 // of every byte two or three bits
			if testing.Short() {
				step = 11
			}
			for _, s := range knownSections {
				if s.tag == tagWeights {
					continue
				}
				b := bodyOrNil(data, s.tag)
				for bit := 0; bit < 8*len(b); bit += step {
					requireSound(t, edit(data, func(data []byte) { body(data, s.tag)[bit/8] ^= 1 << (bit % 8) }))
				}
			}
		})
	}
}

// Every length of a section, with its checksum, is refused but the right one.
func TestGraphsThatEndEarly(t *testing.T) {
	data := mustAppend(t, mixedGraphModel())
	for _, tag := range []string{tagArchitecture, tagGraph, tagTensors, tagGoldens, tagNormalization, tagWeights} {
		b := body(data, tag)
		for n := 1; n < len(b); n++ {
			requireRefused(t, rebuild(data, tag, b[:n:n]))
		}
		requireRefused(t, rebuild(data, tag, append(bytes.Clone(b), 0)))
		requireRefused(t, rebuild(data, tag, append(bytes.Clone(b), 0, 0, 0, 0)))
	}
}

// The checksums of these files are right: somebody made them on purpose.
func TestReadRefusesHostileGraphs(t *testing.T) {
	m := graphModel()
	data := mustAppend(t, m)
	const huge = 1<<32 - 1
	// node changes node i from that byte of its record on, or with a byte below 0 its
	// code, its number of inputs or one of these.
	in := func(at int, change func(b []byte)) func([]byte) []byte {
		return func(data []byte) []byte { return edit(data, func(b []byte) { change(body(b, tagGraph)[at:]) }) }
	}
	header := func(i int) int { return int(m.Graph.offset(i)) }
	record := func(i int) int { return header(i) + nodeHeader + 4*len(m.Graph.Nodes[i].Inputs) }
	set8 := func(v byte) func([]byte) { return func(b []byte) { b[0] = v } }
	set16 := func(v uint16) func([]byte) { return func(b []byte) { binary.LittleEndian.PutUint16(b, v) } }
	set32 := func(v uint32) func([]byte) { return func(b []byte) { put32(b, v) } }
	arch := func(at int, v byte) func([]byte) []byte {
		return func(data []byte) []byte { return edit(data, func(b []byte) { body(b, tagArchitecture)[at] = v }) }
	}
	for _, c := range []struct {
		name    string
		change  func(data []byte) []byte
		err     error
		section string
		reason  string
	}{
		{"a graph and layers", func(b []byte) []byte { return with(b, tagLayers, body(mustAppend(t, smallModel()), tagLayers)) }, ErrCorrupt, inTable, "sections LAYR and GRPH"},
		{"a graph and cells", func(b []byte) []byte { return with(b, tagCells, make([]byte, cellSize)) }, ErrCorrupt, inTable, "sections CELL and GRPH"},
		{"neither", func(b []byte) []byte {
			return edit(b, func(b []byte) { e := b[entry(b, tagGraph):]; copy(e, "ZZZZ"); e[4] = 1 })
		}, ErrCorrupt, inTable, "no section LAYR"},
		{"a graph that may be left out", func(b []byte) []byte { return edit(b, func(b []byte) { b[entry(b, tagGraph)+4] = 1 }) }, ErrUnsupported, inTable, "flags"},
		{"a pool", arch(1, 1), ErrInvalid, tagArchitecture, "make nodes"},
		{"a flag", arch(3, 1), ErrInvalid, tagArchitecture, "make nodes"},
		{"tokens", arch(8, 5), ErrInvalid, tagArchitecture, "make nodes"},
		{"a head", arch(12, 5), ErrInvalid, tagArchitecture, "make nodes"},
		{"another input size", arch(4, 13), ErrInvalid, tagArchitecture, "13"},

		{"no inputs", in(0, set16(0)), ErrCorrupt, tagGraph, "node"},
		{"inputs of everything", in(0, set16(0xffff)), ErrInvalid, tagGraph, "65535 inputs"},
		{"nodes of everything", in(2, set16(0xffff)), ErrInvalid, tagGraph, "65535 nodes"},
		{"outputs of everything", in(4, set16(0xffff)), ErrInvalid, tagGraph, "65535 outputs"},
		{"more nodes than fit", in(2, set16(4096)), ErrCorrupt, tagGraph, "too many for"},
		{"a node more", in(2, set16(23)), ErrCorrupt, tagGraph, "strings"},
		{"a reserved byte of the header", in(7, set8(1)), ErrCorrupt, tagGraph, "2 zeros"},
		{"frames of everything", in(8+16, set32(huge)), ErrInvalid, tagGraph, "input 1 has a size of 4294967295"},
		{"frames of the greatest size", in(8+16, set32(MaxSize)), ErrInvalid, tagGraph, "input 1 has 16777216×4"},
		{"channels of everything", in(8+20, set32(huge)), ErrInvalid, tagGraph, "input 1 has a size"},
		{"tokens of everything", in(8+8, set32(huge)), ErrInvalid, tagGraph, "input 0 has a size"},
		{"a reserved byte of an input", in(8+15, set8(1)), ErrCorrupt, tagGraph, "input 0 has reserved bytes"},
		{"an output of nothing", in(8+32, set32(huge)), ErrInvalid, tagGraph, "output 0 is value 16777216"},

		{"an unknown op", in(header(3), set16(uint16(len(opKinds)))), ErrUnsupported, tagGraph, "node 3 is of the unknown kind 24"},
		{"another op", in(header(13), set16(uint16(codeRepeat))), ErrInvalid, tagGraph, "node 13 (repeat) has a value of each step"},
		{"inputs of a node of everything", in(header(3)+2, set16(0xffff)), ErrCorrupt, tagGraph, "node 3 goes beyond the end"},
		{"a cycle", in(header(3)+4, set32(5)), ErrInvalid, tagGraph, "node 3 (pad) has value 5 as an input"},
		{"a later value", in(header(3)+4, set32(20)), ErrInvalid, tagGraph, "value 20 as an input"},
		{"a value of everything", in(header(3)+4, set32(huge)), ErrInvalid, tagGraph, "value 16777216 as an input"},
		{"a node that nothing reads", in(header(21)+4, set32(19)), ErrInvalid, tagGraph, "node 20 (repeat) is not read by another node"},
		{"a conv of everything", in(record(2)+8, set32(MaxSize)), ErrInvalid, tagGraph, "kernel spans"},
		{"outputs that the file lacks", in(record(2)+4, set32(6)), ErrInvalid, tagGraph, "channels"},
		{"units that the file lacks", in(record(18)+8, set32(1<<24)), ErrInvalid, tagGraph, "node 18"},
		{"tokens that the file lacks", in(record(0), set32(1<<24)), ErrCorrupt, tagTensors, "the embedding table of node 0"},
		{"three directions", in(record(7)+2, set8(4)), ErrInvalid, tagGraph, "node 7 (layer) has 4 directions"},
		{"255 directions", in(record(7)+2, set8(255)), ErrInvalid, tagGraph, "node 7 (layer) has 255 directions"},
		{"an unknown flag of a layer", in(record(7)+3, set8(2)), ErrUnsupported, tagGraph, "node 7 (layer) has the unknown flags"},
		{"a number of a layer", in(record(7)+12, set8(1)), ErrCorrupt, tagGraph, "node 7 (layer) has reserved bytes"},
		{"a projection of everything", in(record(7)+16, set32(huge)), ErrInvalid, tagGraph, "node 7 (layer) has a projection"},
		{"an activation of no direction", in(record(18)+12+13, set8(1)), ErrCorrupt, tagGraph, "1 activation of direction 1"},
		{"reserved bytes of a pad", in(record(3)+1, set8(1)), ErrCorrupt, tagGraph, "node 3 (pad) has reserved bytes"},
		{"reserved bytes of a map", in(record(9)+3, set8(1)), ErrCorrupt, tagGraph, "node 9 (map) has reserved bytes"},
		{"an unknown flag of a pool", in(record(5), set8(2)), ErrUnsupported, tagGraph, "the unknown flag 2"},
		{"a step of the least number", in(record(14)+12, set32(1<<31)), ErrInvalid, tagGraph, "steps of -2147483648"},

		{"the same name twice", func([]byte) []byte {
			m := graphModel()
			m.Graph.Outputs[1].Name = "words"
			return m.appendFile(nil)
		}, ErrInvalid, tagGraph, `both "words"`},
		{"no names", func(b []byte) []byte {
			g := body(b, tagGraph)
			return rebuild(b, tagGraph, g[:header(len(m.Graph.Nodes)-1)+m.Graph.Nodes[21].size()])
		}, ErrCorrupt, tagGraph, "0 names"},
		{"a name of zero", func(b []byte) []byte { return edit(b, func(b []byte) { b = body(b, tagGraph); b[len(b)-1] = 0 }) }, ErrInvalid, tagGraph, "control characters"},
		{"a name of no text", func(b []byte) []byte { return edit(b, func(b []byte) { b = body(b, tagGraph); b[len(b)-1] = 0xff }) }, ErrInvalid, tagGraph, "is not UTF-8"},
		{"a tensor of no node", func(b []byte) []byte { return edit(b, func(b []byte) { put32(body(b, tagTensors)[4:], 1) }) }, ErrCorrupt, tagTensors, "the embedding table of node 1, direction 0, want the embedding table of node 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := c.change(data)
			e := requireRefused(t, changed)
			require.ErrorIs(t, e, c.err)
			require.Equal(t, c.section, e.Section)
			require.ErrorContains(t, e, c.reason)
			requireBounded(t, changed)
		})
	}
}

func TestStacksAreNoGraphs(t *testing.T) {
	stacks := 0
	for name, m := range everyFormat() {
		t.Run(name, func(t *testing.T) {
			g, ok := m.AsGraph()
			if m.Graph != nil || m.Task == TaskTranslate || m.Skip && !m.skips() {
				require.False(t, ok)
				return
			}
			require.True(t, ok)
			stacks++
			require.ErrorContains(t, g.Validate(), "a stack of layers: write it as one")
			again, ok := g.AsStack()
			require.True(t, ok)
			require.Equal(t, mustAppend(t, m), mustAppend(t, again))
			require.Equal(t, m.Pool, again.Pool)

			e := requireRefused(t, g.appendFile(nil))
			require.ErrorIs(t, e, ErrInvalid)
			require.ErrorContains(t, e, "a stack of layers")
		})
	}
	require.Greater(t, stacks, 100)
}

func TestPoolsOfStacks(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	forward, both := randomLayer(r, CellGRU, VariantResetAfter, 4, 2, 1), randomLayer(r, CellGRU, VariantResetAfter, 4, 2, 2)
	reverse := forward
	reverse.Reverse = true
	for _, c := range []struct {
		name  string
		layer *Layer
		nodes []Node
		want  Pool
	}{
		{"the last step", &forward, []Node{{&SequencePool{PoolLast}, []int{1}}}, PoolLast},
		{"the first step of a reverse layer", &reverse, []Node{{&SequencePool{PoolFirst}, []int{1}}}, PoolLast},
		{"the last step of a reverse layer", &reverse, []Node{{&SequencePool{PoolLast}, []int{1}}}, PoolLastOutput},
		{"the last step of both directions", &both, []Node{{&SequencePool{PoolLast}, []int{1}}}, PoolLastOutput},
		{"the last states of both directions", &both, []Node{
			{&Slice{AxisChannels, 0, 2, 1}, []int{1}}, {&SequencePool{PoolLast}, []int{2}},
			{&Slice{AxisChannels, 2, 2, 1}, []int{1}}, {&SequencePool{PoolFirst}, []int{4}},
			{&Concat{AxisChannels}, []int{3, 5}},
		}, PoolLast},
		{"the greatest", &both, []Node{{&SequencePool{PoolMax}, []int{1}}}, PoolMax},
		{"the mean", &reverse, []Node{{&SequencePool{PoolMean}, []int{1}}}, PoolMean},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, ok := small(1, 4, append([]Node{{c.layer, []int{0}}}, c.nodes...)...).AsStack()
			require.True(t, ok)
			require.Equal(t, c.want, m.Pool)
			require.NoError(t, m.Validate())
		})
	}
}

func TestGraphsThatAreNoStacks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	lstm, dense := randomLayer(r, CellLSTM, VariantStandard, 4, 4, 1), randomLayer(r, CellDense, VariantStandard, 4, 4, 1)
	both := randomLayer(r, CellLSTM, VariantStandard, 4, 2, 2)
	layer := func(l *Layer, read int) Node { return Node{l, []int{read}} }
	sum := func(a, b int) Node { return Node{&Binary{BinaryAdd}, []int{a, b}} }
	for _, c := range []struct {
		name  string
		stack bool
		model *Model
	}{
		{"layers", true, small(1, 4, layer(&lstm, 0), layer(&dense, 1))},
		{"two outputs", false, func() *Model {
			m := small(1, 4, layer(&lstm, 0), layer(&dense, 1))
			m.Graph.Outputs = []Port{{"a", 1}, {"b", 2}}
			return m
		}()},
		{"two frames", false, small(2, 4, layer(&lstm, 0), layer(&dense, 1))},
		{"a sum with the input", true, small(1, 4, layer(&lstm, 0), layer(&dense, 1), sum(2, 0))},
		{"a sum of the input", true, small(1, 4, layer(&lstm, 0), layer(&dense, 1), sum(0, 2))},
		{"a sum with the input below a softmax", false, func() *Model {
			m := small(1, 4, layer(&lstm, 0), layer(&dense, 1), sum(0, 2))
			m.Output = OutputSoftmax
			return m
		}()},
		{"a sum with a layer", false, small(1, 4, layer(&lstm, 0), layer(&dense, 1), sum(2, 1))},
		{"a sum below a layer", false, small(1, 4, layer(&lstm, 0), sum(1, 0), layer(&dense, 2))},
		{"a product", false, small(1, 4, layer(&lstm, 0), Node{&Binary{BinaryMul}, []int{1, 0}})},
		{"a layer that is passed by", false, small(1, 4, layer(&lstm, 0), layer(&dense, 0), sum(1, 2))},
		{"a map", false, small(1, 4, layer(&lstm, 0), Node{&Map{Activation{Kind: ActivationTanh}}, []int{1}})},
		{"a pool", true, small(1, 4, layer(&lstm, 0), Node{&SequencePool{PoolLast}, []int{1}}, layer(&dense, 2))},
		{"a pool of the first step", false, small(1, 4, layer(&lstm, 0), Node{&SequencePool{PoolFirst}, []int{1}})},
		{"a pool of the input", false, small(1, 4, Node{&SequencePool{PoolMax}, []int{0}}, layer(&dense, 1))},
		{"a pool of a dense layer", false, small(1, 4, layer(&lstm, 0), layer(&dense, 1), Node{&SequencePool{PoolMax}, []int{2}})},
		{"the last output of both directions", true, small(1, 4, layer(&both, 0), Node{&SequencePool{PoolLast}, []int{1}})},
		{"the final states", true, small(1, 4, append([]Node{layer(&both, 0)}, both.poolNodes(PoolLast, 1, 2)...)...)},
		{"the final states the other way round", false, func() *Model {
			nodes := append([]Node{layer(&both, 0)}, both.poolNodes(PoolLast, 1, 2)...)
			slices.Reverse(nodes[5].Inputs)
			return small(1, 4, nodes...)
		}()},
		{"only layers of no kind", false, small(1, 4, Node{&Transpose{}, []int{0}})},
		{"more layers than a stack has", false, func() *Model {
			var nodes []Node
			for i := range MaxLayers + 2 {
				nodes = append(nodes, layer(&lstm, i))
			}
			return small(1, 4, nodes...)
		}()},
		{"a scale of a second layer", false, func() *Model {
			m := small(1, 4, layer(&dense, 0), layer(&lstm, 1))
			m, ok := m.AsStack()
			require.True(t, ok)
			m, _ = inFormat(m, DTypeInt8).AsGraph()
			m.Graph.Nodes[1].Op.(*Layer).Directions[0].InputScale = 1
			return m
		}()},
		{"an embedding of more tokens", false, func() *Model {
			m := small(1, 4, Node{&Embedding{Tokens: 6, Size: 4, Table: random(r, 24)}, []int{0}}, layer(&lstm, 1))
			m.InputSize, m.Graph.Inputs[0].Channels, m.Graph.Inputs[0].Tokens = 0, 1, 5
			return m
		}()},
		{"a sum with inputs that are normalized", false, func() *Model {
			m := small(1, 4, layer(&lstm, 0), layer(&dense, 1), sum(2, 0))
			m.Normalization = &Normalization{Mean: random(r, 4), Scale: random(r, 4)}
			return m
		}()},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, ok := c.model.AsStack()
			require.Equal(t, c.stack, ok)
			if c.stack {
				require.ErrorContains(t, c.model.Validate(), "a stack of layers")
				return
			}
			got, err := Read(mustAppend(t, c.model))
			require.NoError(t, err)
			require.Equal(t, c.model, got)
		})
	}
}

func TestPackConvRefuses(t *testing.T) {
	for _, c := range []struct{ in, out, kernel, weight int }{{0, 1, 1, 0}, {1, 0, 1, 0}, {1, 1, 0, 0}, {1 << 20, 1, 1 << 20, 0}, {2, 3, 4, 23}} {
		_, err := PackConv(c.in, c.out, c.kernel, 1, 1, make([]float32, c.weight), nil)
		require.ErrorIs(t, err, ErrInvalid)
	}
}
