package format

import "math/rand/v2"

// randomConv returns a convolution with random weights.
func randomConv(r *rand.Rand, in, out, kernel, stride, dilation int) *Conv {
	c, err := PackConv(in, out, kernel, stride, dilation, random(r, in*out*kernel), random(r, out))
	if err != nil {
		panic(err)
	}
	return c
}

// graphModel returns a graph of every kind of op, with two inputs, three outputs, and
// everything else that one can have.
func graphModel() *Model {
	r := rand.New(rand.NewPCG(11, 0))
	lstm := randomLayer(r, CellLSTM, VariantStandard, 5, 4, 2)
	lstm.Directions[1].H0 = randomState(r, 4)
	score := randomLayer(r, CellDense, VariantStandard, 5, 1, 1)
	score.Directions[0].Activations = []Activation{{Kind: ActivationSigmoid}}
	return &Model{
		Task: TaskClassify, InputSize: 12,
		Graph: &Graph{
			Inputs: []Input{{"words", 2, 1, 5}, {"신호", 3, 4, 0}},
			Nodes: []Node{
				{&Embedding{Tokens: 5, Size: 3, Table: random(r, 15)}, []int{0}}, // 2: 2×3
				{&Window{1, 1}, []int{1}},                // 3: 5×4
				{randomConv(r, 4, 5, 2, 1, 2), []int{3}}, // 4: 3×5
				{&Pad{PadReflect, 1, 0, 0}, []int{4}},    // 5: 4×5
				{&Depthwise{Channels: 5, Kernel: 2, Stride: 2, Dilation: 1, Weight: random(r, 10), Bias: random(r, 5)}, []int{5}}, // 6: 2×5
				{&FramePool{true, 2, 1}, []int{6}}, // 7: 1×5
				{&Norm{Kind: NormInstance, Epsilon: 1e-5, Gain: random(r, 5), Bias: random(r, 5), Size: 5}, []int{7}}, // 8
				{&lstm, []int{8}},                                                        // 9: 1×8
				{&PReLU{random(r, 8), 8}, []int{9}},                                      // 10
				{&Map{Activation{ActivationClip, -1, 2}}, []int{10}},                     // 11
				{&Constant{1, 8, random(r, 8)}, nil},                                     // 12
				{&Binary{BinaryMul}, []int{11, 12}},                                      // 13
				{&Reshape{2, 4}, []int{13}},                                              // 14
				{&Transpose{}, []int{14}},                                                // 15: 4×2
				{&Slice{AxisChannels, 1, 2, -1}, []int{15}},                              // 16: 4×2
				{&MatMul{true}, []int{16, 15}},                                           // 17: 4×4
				{&OverlapAdd{Channels: 2, Kernel: 2, Stride: 1, Carry: true}, []int{17}}, // 18: 4×2
				{&Concat{AxisChannels}, []int{18, 16}},                                   // 19: 4×4
				{&score, []int{7}},                                                       // 20: 1×1
				{&SequencePool{PoolAttention}, []int{19, 20}},                            // 21: 4×4
				{&Repeat{}, []int{21}},                                                   // 22
				{&Binary{BinaryAdd}, []int{22, 19}},                                      // 23
			},
			Outputs: []Port{{"answer", 21}, {"each", 23}, {"words", 2}},
		},
		Tokenizer:     &Tokenizer{Kind: TokenizerChars, Unknown: 0, Start: -1, End: 4},
		Vocabulary:    []string{"<unk>", "a", "가", "\xff", " "},
		Normalization: &Normalization{Mean: random(r, 4), Scale: random(r, 4)},
		SampleRate:    16000,
		Data:          &Data{Columns: make([]string, 13), Labels: nil, Window: 3},
		Provenance:    []Property{{"maker", "hand"}, {"source", "https://example.org/"}},
		Goldens: []Golden{
			{Steps: 2, Tokens: []int32{1, 4, 0, 2}, Input: random(r, 24), Hash: 9, Last: random(r, 38)},
			{Steps: 1, Tokens: []int32{3, 3}, Input: random(r, 12), Hash: 10, Last: random(r, 38)},
		},
	}
}

// mixedGraphModel returns the same in all number formats.
func mixedGraphModel() *Model {
	return mixed(graphModel(), DTypeF16, DTypeInt8, DTypeInt4, DTypeF32, DTypeInt8)
}

// graphText returns a language model that adds its embedding to its state.
func graphText() *Model {
	r := rand.New(rand.NewPCG(12, 0))
	gru, dense := randomLayer(r, CellGRU, VariantResetBefore, 3, 3, 1), randomLayer(r, CellDense, VariantStandard, 3, 5, 1)
	gru.Directions[0].Activations = []Activation{ActivationHardSigmoid.Default(), {Kind: ActivationTanh}}
	return &Model{
		Task: TaskLanguage, Output: OutputSoftmax,
		Graph: &Graph{
			Inputs: []Input{{"token", 1, 1, 5}},
			Nodes: []Node{
				{&Embedding{Tokens: 5, Size: 3, Table: random(r, 15)}, []int{0}},
				{&gru, []int{1}},
				{&Binary{BinaryAdd}, []int{1, 2}},
				{&dense, []int{3}},
			},
			Outputs: []Port{{"next", 4}},
		},
		Vocabulary: []string{"a", "b", "c", "d", "e"}, Labels: []string{"A", "B", "C", "D", "E"},
		Tokenizer: &Tokenizer{Kind: TokenizerChars, Unknown: -1, Start: 0, End: -1},
		Goldens:   []Golden{{Steps: 3, Tokens: []int32{1, 4, 0}, Hash: 11, Last: random(r, 5)}},
	}
}
