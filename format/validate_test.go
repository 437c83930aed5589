package format

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each case breaks one rule of a valid model. Validate and Append must say so.
func TestValidate(t *testing.T) {
	nan := float32(math.NaN())
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		name   string
		model  *Model
		change func(m *Model)
		err    error
		reason string
	}{
		{"task", fullModel(), func(m *Model) { m.Task = 5 }, ErrUnsupported, "task 5"},
		{"pool", fullModel(), func(m *Model) { m.Pool = 7 }, ErrUnsupported, "pool 7"},
		{"first step of a graph", fullModel(), func(m *Model) { m.Pool = PoolFirst }, ErrInvalid, "only a node of a graph has"},
		{"pool of a graph", fullModel(), func(m *Model) { m.Pool = PoolAttention }, ErrInvalid, "only a node of a graph has"},
		{"output", fullModel(), func(m *Model) { m.Output = 5 }, ErrUnsupported, "output 5"},
		{"no input", numberModel(), func(m *Model) { m.InputSize = 0 }, ErrInvalid, "input size of 0"},
		{"negative input", numberModel(), func(m *Model) { m.InputSize = -1 }, ErrInvalid, "input size of -1"},
		{"sample rate below 0", numberModel(), func(m *Model) { m.SampleRate = -1 }, ErrInvalid, "sample rate"},
		{"sample rate of infinity", numberModel(), func(m *Model) { m.SampleRate = math.Inf(1) }, ErrInvalid, "sample rate"},
		{"sample rate of NaN", numberModel(), func(m *Model) { m.SampleRate = math.NaN() }, ErrInvalid, "sample rate"},
		{"embedding without tokens", fullModel(), func(m *Model) { m.Embedding.Tokens = 0 }, ErrInvalid, "0 tokens"},
		{"embedding of another width", fullModel(), func(m *Model) { m.Embedding.Size = 4 }, ErrInvalid, "embedding of size 4"},
		{"embedding with a short table", fullModel(), func(m *Model) { m.Embedding.Table = m.Embedding.Table[1:] }, ErrInvalid, "embedding table has 14 numbers"},
		{"head without outputs", numberModel(), func(m *Model) { m.Head.OutputSize = 0 }, ErrInvalid, "0 outputs"},
		{"head on another layer", numberModel(), func(m *Model) { m.Head.InputSize = 3 }, ErrInvalid, "head of 3 inputs"},

		{"no layers", smallModel(), func(m *Model) { m.Layers = nil }, ErrInvalid, "0 layers"},
		{"too many layers", smallModel(), func(m *Model) { m.Layers = make([]Layer, 1025) }, ErrInvalid, "1025 layers"},
		{"cell", smallModel(), func(m *Model) { m.Layers[0].Cell = 4 }, ErrUnsupported, "cell 4"},
		{"variant", smallModel(), func(m *Model) { m.Layers[0].Variant = 5 }, ErrUnsupported, "variant 5"},
		{"RNN of an LSTM's variant", smallModel(), func(m *Model) { m.Layers[0].Variant = VariantStandard }, ErrInvalid, "RNN of variant standard"},
		{"RNN of a GRU's variant", smallModel(), func(m *Model) { m.Layers[0].Variant = VariantResetBefore }, ErrInvalid, "RNN of variant reset before"},
		{"LSTM of an RNN's variant", fullModel(), func(m *Model) { m.Layers[0].Variant = VariantReLU }, ErrInvalid, "LSTM of variant relu"},
		{"GRU without a variant", numberModel(), func(m *Model) { m.Layers[0].Variant = VariantStandard }, ErrInvalid, "GRU of variant standard"},
		{"no directions", smallModel(), func(m *Model) { m.Layers[0].Directions = nil }, ErrInvalid, "0 directions"},
		{"three directions", smallModel(), func(m *Model) { m.Layers[0].Directions = make([]Weights, 3) }, ErrInvalid, "3 directions"},
		{"no units", smallModel(), func(m *Model) { m.Layers[0].HiddenSize = 0 }, ErrInvalid, "0 units"},
		{"too many units", smallModel(), func(m *Model) { m.Layers[0].HiddenSize = MaxSize + 1 }, ErrInvalid, "16777217 units"},
		{"too many outputs of a layer", smallModel(), func(m *Model) {
			m.Layers[0].HiddenSize, m.Layers[0].Directions = MaxSize, make([]Weights, 2)
		}, ErrInvalid, "33554432 outputs"},
		{"first layer of another input", smallModel(), func(m *Model) { m.Layers[0].InputSize = 2 }, ErrInvalid, "layer 0 has 2 inputs"},
		{"second layer of another input", fullModel(), func(m *Model) { m.Layers[1].InputSize = 5 }, ErrInvalid, "layer 1 has 5 inputs"},

		{"classifier of every step", fullModel(), func(m *Model) { m.Pool = PoolNone }, ErrInvalid, "lacks a pool"},
		{"tagger of a whole sequence", fullModel(), func(m *Model) { m.Task = TaskTag }, ErrInvalid, "tags every step"},
		{"bidirectional language model", fullModel(), func(m *Model) { m.Task, m.Pool = TaskLanguage, PoolNone }, ErrBidirectional, "layer 0"},
		{"language model of numbers", smallModel(), func(m *Model) { m.Task = TaskLanguage }, ErrInvalid, "without an embedding"},
		{"language model with a pool", languageModel(), func(m *Model) { m.Pool = PoolLast }, ErrInvalid, "every step"},
		{"language model of too few outputs", languageModel(), func(m *Model) { m.Head = nil; m.Output = OutputLinear }, ErrInvalid, "9 tokens with 4 outputs"},

		{"encoder without a decoder", translateModel(), func(m *Model) { m.Decoder = nil }, ErrInvalid, "it translates, but has no decoder"},
		{"encoder with a pool", translateModel(), func(m *Model) { m.Pool = PoolLast }, ErrInvalid, "no use for its pool last"},
		{"encoder of numbers", translateModel(), func(m *Model) { m.Embedding, m.Tokenizer, m.Vocabulary, m.Goldens = nil, nil, nil, nil }, ErrInvalid, "cannot read tokens"},
		{"encoder with a head", translateModel(), func(m *Model) { m.Head = m.Decoder.Head }, ErrInvalid, "no use for its head"},
		{"encoder with labels", translateModel(), func(m *Model) { m.Labels = []string{"a", "b", "c", "d", "e", "f"} }, ErrInvalid, "no use for"},
		{"encoder with a normalization", translateModel(), func(m *Model) {
			m.Normalization = &Normalization{OutputMean: make([]float32, 6), OutputScale: make([]float32, 6)}
		}, ErrInvalid, "no use for"},
		{"language model with a decoder", languageModel(), func(m *Model) { m.Decoder = languageModel() }, ErrInvalid, "a decoder in a model for the task language"},
		{"decoder that is broken", translateModel(), func(m *Model) { m.Decoder.Head.Bias[0] = nan }, ErrInvalid, "the decoder: the head bias has NaN"},
		{"decoder that does not write", translateModel(), func(m *Model) { m.Decoder.Task = TaskTag }, ErrInvalid, "a decoder for the task tag, want a language model"},
		{"decoder of itself", translateModel(), func(m *Model) { m.Decoder = m }, ErrInvalid, "a decoder with a decoder of its own"},
		{"language model as its own decoder", languageModel(), func(m *Model) { m.Decoder = m }, ErrInvalid, "a decoder in a model for the task language"},
		{"decoder with goldens", translateModel(), func(m *Model) {
			m.Decoder.Goldens = []Golden{{Steps: 1, Tokens: []int32{0}, Last: make([]float32, 6)}}
		}, ErrInvalid, "a decoder with goldens"},
		{"decoder of fewer layers", translateModel(), func(m *Model) {
			m.Layers = m.Layers[:1]
		}, ErrInvalid, "a decoder of 2 layers on an encoder of 1"},
		{"decoder of another cell", translateModel(), func(m *Model) {
			m.Layers[0] = randomLayer(rand.New(rand.NewPCG(1, 1)), CellGRU, VariantResetAfter, 3, 5, 2)
		}, ErrInvalid, "layer 0 of the decoder has the cell LSTM, and that of the encoder GRU"},
		{"decoder of other units", translateModel(), func(m *Model) {
			m.Layers[1] = randomLayer(rand.New(rand.NewPCG(1, 1)), CellLSTM, VariantStandard, 10, 4, 2)
		}, ErrInvalid, "layer 1 of the decoder has 4 units, but the final state of the encoder's has 8"},
		{"decoder with an initial state", translateModel(), func(m *Model) { m.Decoder.Layers[1].Directions[0].C0 = make([]float32, 8) }, ErrInvalid, "layer 1 of the decoder has an initial state of its own"},
		{"decoder without probabilities", translateModel(), func(m *Model) { m.Decoder.Output = OutputLinear }, ErrInvalid, "the decoder's output is linear"},
		{"decoder without a tokenizer", translateModel(), func(m *Model) { m.Decoder.Tokenizer = nil }, ErrInvalid, "no tokenizer with a start and an end token"},
		{"decoder without a start", translateModel(), func(m *Model) { m.Decoder.Tokenizer.Start = -1 }, ErrInvalid, "no tokenizer with a start and an end token"},
		{"decoder without an end", translateModel(), func(m *Model) { m.Decoder.Tokenizer.End = -1 }, ErrInvalid, "no tokenizer with a start and an end token"},

		{"number format", numberModel(), func(m *Model) { m.Head.Weight.DType = 4 }, ErrUnsupported, "head weight has the number format dtype 4, which it cannot have"},
		{"rows", numberModel(), func(m *Model) { m.Head.Weight.Rows = 3 }, ErrInvalid, "head weight is 3×4"},
		{"columns", numberModel(), func(m *Model) { m.Layers[0].Directions[0].Gates.Depth = 7 }, ErrInvalid, "gates of layer 0 is 24×7"},
		{"tile", numberModel(), func(m *Model) { m.Layers[0].Directions[0].Gates.Tile = 32 }, ErrInvalid, "tiles of 32"},
		{"gates", smallModel(), func(m *Model) { m.Layers[0].Directions[0].Gates.Data = nil }, ErrInvalid, "gates of layer 0 has 0 numbers"},
		{"bias", fullModel(), func(m *Model) { m.Layers[0].Directions[1].Bias = nil }, ErrInvalid, "reverse bias of layer 0 has 0 numbers"},
		{"initial state", fullModel(), func(m *Model) { m.Layers[1].Directions[0].H0 = make([]float32, 5) }, ErrInvalid, "h0 of layer 1 has 5 numbers"},
		{"initial cell state of a GRU", fullModel(), func(m *Model) { m.Layers[1].Directions[0].C0 = make([]float32, 8) }, ErrInvalid, "only an LSTM"},
		{"candidate of an LSTM", fullModel(), func(m *Model) { m.Layers[0].Directions[0].Candidate = NewMatrix(8, 1, 32) }, ErrInvalid, "reset before"},
		{"no candidate", fullModel(), func(m *Model) { m.Layers[2].Directions[0].Candidate = Matrix{} }, ErrInvalid, "candidate of layer 2"},
		{"NaN in a weight", fullModel(), func(m *Model) { m.Layers[1].Directions[0].Gates.Data[3] = nan }, ErrInvalid, "gates of layer 1 has NaN as number 3"},
		{"infinity in a half", mixedModel(), func(m *Model) { m.Head.Weight.Half[2] = 0xfc00 }, ErrInvalid, "head weight has -Inf as number 2"},
		{"NaN in a half", mixedModel(), func(m *Model) { m.Layers[0].Directions[1].Gates.Half[1] = 0x7e00 }, ErrInvalid, "reverse gates of layer 0 has NaN as number 1"},
		{"-128 in a table", mixedModel(), func(m *Model) { m.Embedding.Int8[1] = -128 }, ErrInvalid, "embedding table has -128 as number 1, want -127 to 127"},
		{"-128 in a matrix", mixedModel(), func(m *Model) { m.Layers[2].Directions[0].Candidate.Int8[4] = -128 }, ErrInvalid, "candidate of layer 2 has -128 as number 4"},
		{"padding of an int8 row", mixedModel(), func(m *Model) { m.Embedding.Int8[7] = 1 }, ErrInvalid, "embedding table has 1 in its padding, which must be 0"},
		{"padding of an int8 part", mixedModel(), func(m *Model) { m.Layers[1].Directions[0].Gates.Int8[2*24*4+2] = 1 }, ErrInvalid, "gates of layer 1 has 1 in its padding"},
		{"padding of a half", mixedModel(), func(m *Model) { m.Head.Weight.Half[2] = 0x8000 }, ErrInvalid, "head weight has -0 in its padding"},
		{"scale of a padding row", int8Model(), func(m *Model) { m.Head.Weight.Scale[3] = 2 }, ErrInvalid, "head scale has 2 in its padding, which must be 1"},
		{"scale of a table of 0", mixedModel(), func(m *Model) { m.Embedding.Scale[4] = 0 }, ErrInvalid, "embedding scale has 0 as number 4"},
		{"scale below 0", int8Model(), func(m *Model) { m.Layers[0].Directions[0].Gates.Scale[0] = -1 }, ErrInvalid, "gates scale of layer 0 has -1 as number 0"},
		{"scale without an inverse", int8Model(), func(m *Model) { m.Layers[0].Directions[0].Gates.Scale[24] = leastScale / 2 }, ErrInvalid, "gates scale of layer 0 has 5.877472e-39 as number 24"},
		{"scale beyond all weights", int8Model(), func(m *Model) { m.Head.Weight.Scale[1] = 2 * greatestScale }, ErrInvalid, "head scale has 5.316912e+36 as number 1"},
		{"scale of NaN", int8Model(), func(m *Model) { m.Head.Weight.Scale[1] = nan }, ErrInvalid, "head scale has NaN as number 1"},
		{"scale of infinity", mixedModel(), func(m *Model) { m.Layers[2].Directions[0].Candidate.Scale[9] = inf }, ErrInvalid, "candidate scale of layer 2 has +Inf as number 9"},
		{"scales of one part", int8Model(), func(m *Model) { w := &m.Layers[0].Directions[0]; w.Gates.Scale = w.Gates.Scale[:24] }, ErrInvalid, "gates scale of layer 0 has 24 numbers, but the architecture gives 48"},
		{"no scales", int8Model(), func(m *Model) { m.Head.Weight.Scale = nil }, ErrInvalid, "head scale has 0 numbers"},
		{"scales of floats", numberModel(), func(m *Model) { m.Head.Weight.Scale = make([]float32, 8) }, ErrInvalid, "head weight of f32 has numbers of another format"},
		{"halves beside floats", fullModel(), func(m *Model) { m.Embedding.Half = make([]uint16, 15) }, ErrInvalid, "embedding table of f32 has numbers of another format"},
		{"floats beside int8", int8Model(), func(m *Model) { m.Head.Weight.Data = make([]float32, 32) }, ErrInvalid, "head weight of int8 has numbers of another format"},
		{"floats for halves", mixedModel(), func(m *Model) { m.Head.Weight.DType = DTypeF32 }, ErrInvalid, "head weight has 0 numbers"},
		{"halves of another size", mixedModel(), func(m *Model) { m.Head.Weight.Half = m.Head.Weight.Half[1:] }, ErrInvalid, "head weight has 143 numbers, but the architecture gives 144"},
		{"int8 of another size", mixedModel(), func(m *Model) { m.Embedding.Int8 = m.Embedding.Int8[:15] }, ErrInvalid, "embedding table has 15 numbers, but the architecture gives 20"},
		{"another split", int8Model(), func(m *Model) { m.Layers[0].Directions[0].Gates.Split = 3 }, ErrInvalid, "gates of layer 0 of int8 is split at column 3, want column 2"},
		{"a head in two parts", int8Model(), func(m *Model) { m.Head.Weight.Split = 2 }, ErrInvalid, "head weight of int8 is split at column 2, want column 4"},
		{"split floats", numberModel(), func(m *Model) { m.Head.Weight.Split = 4 }, ErrInvalid, "head weight of f32 is split at column 4, want column 0"},
		{"gates and candidate of two formats", mixedModel(), func(m *Model) {
			m.Layers[2].Directions[0].Candidate = inFormat(fullModel(), DTypeF16).Layers[2].Directions[0].Candidate
		}, ErrInvalid, "layer 2 has gates of int8 and a candidate of f16"},
		{"candidate of int8 in an LSTM", mixedModel(), func(m *Model) {
			m.Layers[0].Directions[0].Candidate = m.Layers[2].Directions[0].Candidate
		}, ErrInvalid, "reset before"},
		{"input scale of floats", numberModel(), func(m *Model) { m.Layers[0].Directions[0].InputScale = 1 }, ErrInvalid, "layer 0 has an input scale"},
		{"input scale of tokens", inFormat(fullModel(), DTypeInt8), func(m *Model) { m.Layers[0].Directions[0].InputScale = 1 }, ErrInvalid, "layer 0 has an input scale"},
		{"input scale of states", mixedModel(), func(m *Model) { m.Layers[1].Directions[0].InputScale = 1 }, ErrInvalid, "layer 1 has an input scale"},
		{"input scale below 0", int8Model(), func(m *Model) { m.Layers[0].Directions[0].InputScale = -1 }, ErrInvalid, "input scale of layer 0 has -1 as number 0"},
		{"input scale of -0", int8Model(), func(m *Model) { m.Layers[0].Directions[0].InputScale = float32(math.Copysign(0, -1)) }, ErrInvalid, "input scale of layer 0 has -0 as number 0"},
		{"input scale of NaN", int8Model(), func(m *Model) { m.Layers[0].Directions[0].InputScale = nan }, ErrInvalid, "input scale of layer 0 has NaN"},
		{"infinity in a bias", fullModel(), func(m *Model) { m.Head.Bias[1] = inf }, ErrInvalid, "head bias has +Inf as number 1"},
		{"NaN in an initial state", fullModel(), func(m *Model) { m.Layers[0].Directions[1].C0[0] = nan }, ErrInvalid, "reverse c0 of layer 0"},

		{"vocabulary of another size", fullModel(), func(m *Model) { m.Vocabulary = m.Vocabulary[1:] }, ErrInvalid, "vocabulary of 4 tokens"},
		{"vocabulary without an embedding", numberModel(), func(m *Model) { m.Vocabulary = []string{"a"} }, ErrInvalid, "without an embedding"},
		{"empty token", fullModel(), func(m *Model) { m.Vocabulary[2] = "" }, ErrInvalid, "string 2 is empty"},
		{"the same token twice", fullModel(), func(m *Model) { m.Vocabulary[3] = "a" }, ErrInvalid, `strings 1 and 3 are both "a"`},
		{"too few labels", fullModel(), func(m *Model) { m.Labels = m.Labels[1:] }, ErrInvalid, "1 label for 2 outputs"},
		{"empty label", fullModel(), func(m *Model) { m.Labels[0] = "" }, ErrInvalid, "string 0 is empty"},
		{"the same label twice", fullModel(), func(m *Model) { m.Labels[0] = "good" }, ErrInvalid, "strings 0 and 1"},
		{"label that is not UTF-8", fullModel(), func(m *Model) { m.Labels[0] = "\xc0" }, ErrInvalid, "UTF-8"},

		{"tokenizer", fullModel(), func(m *Model) { m.Tokenizer.Kind = 4 }, ErrUnsupported, "tokenizer 4"},
		{"tokenizer for numbers", numberModel(), func(m *Model) { m.Tokenizer = &Tokenizer{} }, ErrInvalid, "no embedding"},
		{"tokenizer without a vocabulary", fullModel(), func(m *Model) { m.Vocabulary = nil }, ErrInvalid, "chars without a vocabulary"},
		{"byte tokenizer of few tokens", fullModel(), func(m *Model) { m.Tokenizer.Kind = TokenizerBytes }, ErrInvalid, "256 tokens"},
		{"negative run", fullModel(), func(m *Model) { m.Tokenizer.MaxRun = -1 }, ErrInvalid, "longest run is -1"},
		{"negative length", fullModel(), func(m *Model) { m.Tokenizer.MaxLength = -1 }, ErrInvalid, "greatest length is -1"},
		{"unknown token", fullModel(), func(m *Model) { m.Tokenizer.Unknown = 5 }, ErrInvalid, "unknown token is 5"},
		{"start token", fullModel(), func(m *Model) { m.Tokenizer.Start = -2 }, ErrInvalid, "start token is -2"},
		{"end token", fullModel(), func(m *Model) { m.Tokenizer.End = 5 }, ErrInvalid, "end token is 5"},

		{"means", numberModel(), func(m *Model) { m.Normalization.Mean = nil }, ErrInvalid, "0 means and 2 scales"},
		{"scales", numberModel(), func(m *Model) { m.Normalization.Scale = make([]float32, 3) }, ErrInvalid, "2 means and 3 scales"},
		{"means of outputs", numberModel(), func(m *Model) { m.Normalization.OutputMean = nil }, ErrInvalid, "0 means and 3 scales of outputs"},
		{"both of outputs", numberModel(), func(m *Model) {
			m.Normalization.OutputMean, m.Normalization.OutputScale = make([]float32, 2), make([]float32, 2)
		}, ErrInvalid, "2 means of outputs"},
		{"normalized tokens", fullModel(), func(m *Model) {
			m.Normalization = &Normalization{Mean: make([]float32, 3), Scale: make([]float32, 3)}
		}, ErrInvalid, "want 0"},
		{"normalization of nothing", fullModel(), func(m *Model) { m.Normalization = &Normalization{} }, ErrInvalid, "nothing"},
		{"normalized probabilities", numberModel(), func(m *Model) { m.Output = OutputSoftmax }, ErrInvalid, "outputs of a softmax"},
		{"scale of infinity", numberModel(), func(m *Model) { m.Normalization.Scale[1] = inf }, ErrInvalid, "+Inf"},

		{"property without a key", fullModel(), func(m *Model) { m.Provenance[0].Key = "" }, ErrInvalid, "empty"},
		{"property without a value", fullModel(), func(m *Model) { m.Provenance[0].Value = "" }, ErrInvalid, "empty"},
		{"property that is not UTF-8", fullModel(), func(m *Model) { m.Provenance[0].Value = "\x80" }, ErrInvalid, "UTF-8"},
		{"the same key twice", fullModel(), func(m *Model) { m.Provenance[1].Key = "maker" }, ErrInvalid, `both "maker"`},
		{"too many properties", fullModel(), func(m *Model) { m.Provenance = make([]Property, 1025) }, ErrInvalid, "1025 properties"},

		{"golden without steps", fullModel(), func(m *Model) { m.Goldens[1] = Golden{Last: make([]float32, 2)} }, ErrInvalid, "golden 1 has 0 steps"},
		{"golden of too few tokens", fullModel(), func(m *Model) { m.Goldens[0].Steps = 4 }, ErrInvalid, "golden 0 has 3 tokens"},
		{"golden of numbers for tokens", fullModel(), func(m *Model) { m.Goldens[0].Input = make([]float32, 9) }, ErrInvalid, "9 numbers"},
		{"golden of tokens for numbers", numberModel(), func(m *Model) { m.Goldens[0].Tokens = []int32{1, 2} }, ErrInvalid, "2 tokens"},
		{"golden of too few numbers", numberModel(), func(m *Model) { m.Goldens[0].Steps = 3 }, ErrInvalid, "4 numbers"},
		{"golden of an unknown token", fullModel(), func(m *Model) { m.Goldens[0].Tokens[1] = 5 }, ErrInvalid, "token 5"},
		{"golden of a negative token", fullModel(), func(m *Model) { m.Goldens[0].Tokens[1] = -1 }, ErrInvalid, "token -1"},
		{"golden without outputs", fullModel(), func(m *Model) { m.Goldens[0].Last = nil }, ErrInvalid, "0 last outputs"},
		{"golden of NaN", numberModel(), func(m *Model) { m.Goldens[0].Input[1] = nan }, ErrInvalid, "NaN"},
		{"golden with an infinite output", numberModel(), func(m *Model) { m.Goldens[0].Last[1] = inf }, ErrInvalid, "+Inf"},
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
			data, appendErr := c.model.Append([]byte("before"))
			require.Nil(t, data)
			require.Equal(t, err, appendErr)
		})
	}
}

// A projection makes fewer states than cells, and each is handed on.
func TestValidatePairOfProjections(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	layer := func(in, hidden, projection, directions int) Layer {
		l := Layer{Cell: CellLSTM, InputSize: in, HiddenSize: hidden, ProjectionSize: projection}
		for range directions {
			p := randomPlain(r, &l)
			w, err := l.Pack(p)
			require.NoError(t, err)
			l.Directions = append(l.Directions, w)
		}
		return l
	}
	m := translateModel()
	m.Goldens = nil
	m.Layers = []Layer{layer(3, 5, 2, 2)}
	m.Decoder.Layers = []Layer{layer(2, 10, 4, 1)}
	m.Decoder.Head = randomDense(r, 4, 6)
	require.NoError(t, m.Validate())
	m.Layers = []Layer{layer(3, 5, 3, 2)}
	require.ErrorContains(t, m.Validate(), "layer 0 of the decoder has 4 units, but the final state of the encoder's has 6")
	m.Layers = []Layer{layer(3, 2, 4, 1)}
	require.ErrorContains(t, m.Validate(), "layer 0 of the decoder projects 10 units, and that of the encoder 2 in 1 direction")
}

// The sums of so many products do not fit 32 bits.
func TestValidateRefusesWideInt8(t *testing.T) {
	wide := func(in int) *Model {
		m := smallModel()
		l := &m.Layers[0]
		m.InputSize, l.InputSize, l.HiddenSize = in, in, 1
		l.Directions = []Weights{l.NewWeights()}
		return m
	}
	m := wide(maxInt8Columns)
	c, err := m.Convert(DTypeInt8)
	require.NoError(t, err)
	require.NoError(t, c.Validate())
	m = wide(maxInt8Columns + 1)
	require.NoError(t, m.Validate())
	_, err = m.Convert(DTypeInt8)
	require.ErrorIs(t, err, ErrInvalid)
	require.ErrorContains(t, err, "gates of layer 0 of int8 has a part of 131073 columns, want at most 131072: keep it in f16")
	_, err = m.Convert(DTypeF16)
	require.NoError(t, err)

	// A table's rows are no sums.
	m = wide(maxInt8Columns + 1)
	m.Embedding = &Embedding{Tokens: 1, Size: m.InputSize, Table: make([]float32, m.InputSize)}
	e := m.Embedding.Quantize()
	m.Embedding = &e
	require.NoError(t, m.Validate())
}

// languageModel returns a small model that generates.
func languageModel() *Model { return everyModel()["language, pool none, output softmax"] }

func TestErrBidirectionalSaysWhy(t *testing.T) {
	m := languageModel()
	l := &m.Layers[0]
	l.Directions = append(l.Directions, l.NewWeights())
	err := m.Validate()
	require.ErrorIs(t, err, ErrBidirectional)
	require.ErrorIs(t, err, ErrInvalid)
	require.EqualError(t, err, "invalid model: a model that feeds its outputs back as inputs cannot be bidirectional: "+
		"layer 0 of this language model reads the sequence backwards too, and so from steps that are not generated yet "+
		"(train it with one direction)")
}

// Every number of a tensor is a weight of the plain layer or padding, which must
// be zero, or 1 of scales.
func TestValidateRefusesEveryPaddingNumber(t *testing.T) {
	for name, m := range everyFormat() {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, m.Validate())
			require.NoError(t, m.tensors(func(x tensor) error {
				if x.absent() {
					return nil
				}
				var padding []int
				require.NoError(t, x.padding(func(i int) error {
					padding = append(padding, i)
					return nil
				}))
				slices.Sort(padding)
				padding = slices.Compact(padding)
				require.Equal(t, x.count()-int64(len(padding)), plainNumbers(m, &x), x.name())
				stride := 5
				if x.format() == DTypeInt4 || testing.Short() {
					stride = 29 // there are many
				}
				for n := 0; n < len(padding); n += stride {
					disturb(&x, padding[n], func() {
						require.ErrorContains(t, x.validate(0), "padding")
						if n == 0 { // which takes longer
							require.ErrorContains(t, m.Validate(), "padding")
						}
					})
				}
				return nil
			}))
		})
	}
}

// disturb calls check while number i of a tensor is another one.
func disturb(x *tensor, i int, check func()) {
	negative := float32(math.Copysign(0, -1))
	switch n := x.data().(type) {
	case *f16s:
		replaced(*n, i, check, 0x3c00, 0x0001, 0x8000)
	case *int8s:
		replaced(*n, i, check, 1, -1, 127)
	case *int4s:
		half := byte(1) << (i % 2 * 4)
		replaced(*n, int(n.offset(int64(i))), check, half, 15*half)
	case *f32s:
		if x.scales != nil {
			replaced(*n, i, check, 2, leastScale, math.Nextafter32(1, 2))
		} else {
			replaced(*n, i, check, 1, math.SmallestNonzeroFloat32, negative)
		}
	}
}

func replaced[T number | byte](data []T, i int, check func(), values ...T) {
	old := data[i]
	for _, data[i] = range values {
		check()
	}
	data[i] = old
}

// plainNumbers returns how many numbers a tensor has without padding.
func plainNumbers(m *Model, t *tensor) int64 {
	switch t.kind {
	case embeddingTable, embeddingScale:
		return int64(t.rows) * int64(t.depth)
	case headWeight, headScale, headBias:
		return int64(m.Head.OutputSize) * int64(t.depth)
	case layerInputScale:
		return 1
	case depthwiseWeight, depthwiseBias, normGain, normBias, preluSlope, constantData: // which have no padding
		return t.count()
	case convWeight, convScale, convBias:
		return int64(m.Graph.Nodes[t.layer].Op.(*Conv).OutputSize) * int64(t.depth)
	}
	l := t.of
	h, n, gates := int64(l.HiddenSize), int64(l.StateSize()), int64(l.Cell.Gates())
	if l.Variant == VariantResetBefore {
		gates = 2
	}
	switch t.kind {
	case layerGates:
		return gates * h * int64(t.depth)
	case layerGatesScale:
		return int64(l.parts()) * gates * h
	case layerH0, layerProjectionScale:
		return n
	case layerProjection:
		return n * h
	case layerPeephole:
		return 3 * h
	case layerCandidate:
		return h * int64(t.depth)
	case layerCandidateScale:
		return 2 * h
	case layerBias:
		switch l.Variant {
		case VariantResetAfter:
			gates = 4
		case VariantResetBefore:
			gates = 3
		}
		return gates * h
	}
	return h
}
