package format

// A Model is what a .rnn file holds. Slices and strings of a Model that was read
// alias the file's bytes: do not write to them. The package comment lists the
// rules that [Model.Validate] checks.
type Model struct {
	Task      Task
	InputSize int        // features of a step; for tokens the embedding's width; for a graph the numbers of all its inputs
	Embedding *Embedding // nil if the input is real-valued
	Layers    []Layer    // bottom first
	Pool      Pool       // which steps feed the head
	Head      *Dense     // nil: the output is the last layer's
	Output    Output     // applied to the head's sums, without a head to the last layer's outputs, in a graph to its only output
	Graph     *Graph     // a network that is not a stack, instead of Embedding, Layers, Pool, Head and Skip; nil: it is a stack
	Skip      bool       // y = x + f(x): the first of the model's inputs are added to its outputs

	Tokenizer     *Tokenizer // nil if the input is real-valued or plain ids
	Vocabulary    []string   // a token's text by its id, all different; may be nil
	Labels        []string   // a logit's name by its index, all different; may be nil
	Normalization *Normalization
	SampleRate    float64  // steps a second; 0: not given
	Data          *Data    // how to read the data that it was trained on; nil: not given
	Anomaly       *Anomaly // the errors of a forecaster on normal data; nil: not given

	Provenance []Property // in order; keys are unique, nothing is empty
	Goldens    []Golden

	// Decoder is the decoder of a model for [TaskTranslate]. Other models have none.
	Decoder *Model

	// mapping holds the memory of a large file. Copies of the model, its decoder,
	// and what is made from either, keep it reachable.
	mapping *mapping
}

// Task says what the model is for, and so how its outputs are read.
type Task uint8

// The tasks.
const (
	TaskRegress  Task = iota // numbers in, numbers out
	TaskClassify             // a sequence in, a class out (many-to-one)
	TaskTag                  // a class for every step (many-to-many, aligned)
	TaskLanguage             // the next token at every step; feeds its outputs back
	// TaskTranslate is a sequence in and another out (many-to-many, encoder and decoder). The model itself is the
	// encoder, which reads the source: an embedding and layers, without a head. Its Decoder is a language model. Each
	// of its layers starts at the final state of the encoder's layer at the same place, the forward direction's
	// followed by the reverse one's.
	TaskTranslate
)

// Variant distinguishes the forms of a cell.
type Variant uint8

// The variants. An RNN is Tanh or ReLU, a GRU is ResetAfter (PyTorch, cuDNN)
// or ResetBefore (ONNX linear_before_reset=0, Keras reset_after=False), an
// LSTM and a dense layer are Standard.
const (
	VariantStandard Variant = iota
	VariantTanh
	VariantReLU
	VariantResetAfter
	VariantResetBefore
)

// Pool says which steps of the last recurrent layer feed what is above it: the
// dense layers there, and the head.
type Pool uint8

// The pools. PoolLast takes the last step's state (for the reverse direction the state after its last step, which is
// the sequence's first), as PyTorch's h_n. PoolMax and PoolMean reduce every feature over the steps.
const (
	PoolNone Pool = iota // every step: one output per step
	PoolLast
	PoolMax
	PoolMean
	PoolLastOutput
	PoolFirst     // graphs only: the first step
	PoolAttention // graphs only: see [SequencePool]
)

// Output is the function applied to the head's sums.
type Output uint8

// The outputs.
const (
	OutputLinear Output = iota
	OutputSoftmax
	OutputSigmoid
	OutputLogSoftmax
	OutputArgMax // one output: the index of the greatest, the first if several are equal
)

// DType is the number format of stored weights.
type DType uint8

// The number formats.
const (
	DTypeF32  DType = iota
	DTypeF16        // IEEE 754 binary16
	DTypeInt8       // integers within ±127, with a scale for each row of a part
	DTypeInt4       // integers within ±7, with a scale for every 32 of a row: an experiment
)

// A Matrix is a packed matrix: see the package comment for its layout. It has
// the numbers of its format, and none of another.
type Matrix struct {
	DType DType
	Rows  int       // with padding, a multiple of 8
	Depth int       // columns, without padding
	Tile  int       // rows of a tile: 32, or 24 for a GRU with ResetAfter
	Split int       // Int8, Int4: columns [0, Split) and [Split, Depth) are its two parts; a head is one part, Split is Depth
	Data  []float32 // F32
	Half  []uint16  // F16: binary16
	Int8  []int8    // Int8: each part padded with zeros to a multiple of 4 columns
	Scale []float32 // Int8: [parts][Rows]; a weight is Int8*Scale
	Int4  []byte    // Int4: [Rows][groups of 32 columns of each part][18]
}

// TokenizerKind says what a token is.
type TokenizerKind uint8

// The tokenizers.
const (
	TokenizerBytes TokenizerKind = iota // a token is a byte's value
	TokenizerChars                      // a token is a Unicode code point
	TokenizerJamo                       // Hangul syllables are split into their letters
	TokenizerWords                      // split at white space
)

// A Tokenizer turns text into tokens.
type Tokenizer struct {
	Kind      TokenizerKind
	NFC       bool // text is brought into Unicode's normal form C, as that of the training was
	Lowercase bool
	MaxRun    int // longer runs of one character are cut to this; 0: no limit
	MaxLength int // longer texts are cut to this many tokens; 0: no limit
	Unknown   int // id for what the vocabulary lacks; -1: such text is refused
	Start     int // id a generator starts from; -1: none
	End       int // id that ends a sequence; -1: none
}

// A Property is a fact about the origin of the model.
type Property struct{ Key, Value string }

// A Golden is an input with the hash of its outputs, with which a device proves that it computes what the author's
// machine computed.
type Golden struct {
	Steps  int
	Tokens []int32   // [Steps][TokenWidth]; nil if the input is real-valued
	Input  []float32 // [Steps][NumberWidth]; nil if the input is tokens
	// Hash is FNV-1a (64 bits) over the little-endian float32 bits of all outputs, step by step; in a graph, those of
	// the whole sequence follow.
	Hash uint64
	// Last holds the last step's outputs (all of them if the model pools), to show how far off a wrong device is. A
	// graph's are in the order of its outputs.
	Last []float32
}

// Bidirectional reports whether any layer is bidirectional, also in a graph.
func (m *Model) Bidirectional() bool {
	if m.Graph != nil {
		for i := range m.Graph.Nodes {
			if l, ok := m.Graph.Nodes[i].Op.(*Layer); ok && len(l.Directions) == 2 {
				return true
			}
		}
	}
	for i := range m.Layers {
		if len(m.Layers[i].Directions) == 2 {
			return true
		}
	}
	return false
}

// OutputSize returns the number of outputs of a step. For a translation model it is the decoder's output size, for a
// graph the numbers of all its outputs.
func (m *Model) OutputSize() int {
	if m.Task == TaskTranslate && m.Decoder != nil {
		return m.Decoder.OutputSize()
	}
	if m.Output == OutputArgMax {
		return 1
	}
	return m.LogitCount()
}

// LogitCount returns how many numbers the output function is applied to: the head's sums, or the last layer's outputs
// if there is no head. For a graph it is all outputs.
func (m *Model) LogitCount() int {
	if m.Head != nil {
		return m.Head.OutputSize
	}
	return m.features()
}

// features returns the number of outputs of the last layer.
func (m *Model) features() int {
	if m.Graph != nil {
		n := 0
		for _, v := range m.Graph.outputs() {
			n += v.Size()
		}
		return n
	}
	return m.Layers[len(m.Layers)-1].OutputSize()
}

// Parameters returns the number of trainable numbers, without padding and the constants of a graph, but including the
// decoder's.
func (m *Model) Parameters() int {
	n := 0
	if m.Graph != nil {
		n += m.Graph.parameters()
	}
	if m.Embedding != nil {
		n += m.Embedding.parameters()
	}
	for i := range m.Layers {
		n += m.Layers[i].parameters()
	}
	if m.Head != nil {
		n += m.Head.parameters()
	}
	if m.Decoder != nil {
		n += m.Decoder.Parameters()
	}
	return n
}

// WeightBytes returns how many bytes the embedding, the layers and the head, or the nodes of a graph, store in that
// number format, including padding and the decoder. Biases, initial states and scales are F32.
func (m *Model) WeightBytes(dtype DType) int {
	n := int64(0)
	m.place(func(t tensor, _ int64) {
		if t.format() == dtype {
			n += t.bytes()
		}
	})
	if m.Decoder != nil {
		n += int64(m.Decoder.WeightBytes(dtype))
	}
	return int(n)
}
