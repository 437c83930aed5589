package keras

import "github.com/rnnrun/rnnrun/format/network"

// A class of layers.
type class struct {
	// weights names the layer's weights in Keras' order. "-" before a name: training
	// does not change it; "?": not all files have it.
	weights func(l *layer) []string
	cell    string                       // where Keras 3 has them
	path    func(l *layer, i int) string // the same of weight i; nil: in order
	inputs  int                          // 1, or 0 for any number
	mask    masking
	idle    bool // it changes nothing once the model is trained
	apply   func(b *builder, l *layer, in []tensor) ([]tensor, error)
}

// aliases are names that versions of Keras had for classes.
var aliases = map[string]string{
	"Convolution1D": "Conv1D", "AtrousConvolution1D": "Conv1D", "TimeDistributedDense": "Dense", // Keras 1
	"BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization", "SyncBatchNormalization": "BatchNormalization",
	"UnifiedLSTM": "LSTM", "UnifiedGRU": "GRU", // TensorFlow 1.13
}

// one makes the function of a class whose layers read one tensor and give one.
func one(f func(b *builder, l *layer, t tensor) (tensor, error)) func(b *builder, l *layer, in []tensor) ([]tensor, error) {
	return func(b *builder, l *layer, in []tensor) ([]tensor, error) {
		t, err := f(b, l, in[0])
		return []tensor{t}, err
	}
}

// classes are the classes that are read, by their names.
var classes map[string]*class

func init() {
	identity := &class{inputs: 1, mask: passesMask, idle: true, apply: one(same)}
	classes = map[string]*class{
		"InputLayer": {},
		"Embedding":  {inputs: 1, mask: passesMask, apply: one(embedding), weights: func(*layer) []string { return []string{"embeddings"} }},
		"Masking":    {inputs: 1, mask: passesMask, apply: one(masks)},

		"SimpleRNN": {inputs: 1, mask: usesMask, apply: recurrent, weights: recurrentWeights, cell: "cell/"},
		"LSTM":      {inputs: 1, mask: usesMask, apply: recurrent, weights: recurrentWeights, cell: "cell/"},
		"GRU":       {inputs: 1, mask: usesMask, apply: recurrent, weights: recurrentWeights, cell: "cell/"},
		"CuDNNLSTM": {inputs: 1, mask: usesMask, apply: recurrent, weights: recurrentWeights, cell: "cell/"},
		"CuDNNGRU":  {inputs: 1, mask: usesMask, apply: recurrent, weights: recurrentWeights, cell: "cell/"},

		"RNN":             {inputs: 1, mask: usesMask}, // topology turns it into a layer of its cell
		"Bidirectional":   {inputs: 1, mask: usesMask, apply: bidirectional},
		"TimeDistributed": {inputs: 1, mask: passesMask, apply: timeDistributed},

		"Dense":           {inputs: 1, mask: passesMask, apply: one(dense), weights: kernelAndBias("kernel")},
		"Conv1D":          {inputs: 1, apply: one(conv), weights: kernelAndBias("kernel")},
		"Conv1DTranspose": {inputs: 1, apply: one(convTranspose), weights: kernelAndBias("kernel")},
		"SeparableConv1D": {inputs: 1, apply: one(separable), weights: kernelAndBias("depthwise_kernel", "pointwise_kernel")},
		"DepthwiseConv1D": {inputs: 1, apply: one(depthwise), weights: kernelAndBias("depthwise_kernel")},

		"MaxPooling1D":           {inputs: 1, apply: one(maxPool)},
		"AveragePooling1D":       {inputs: 1, apply: one(averagePool)},
		"GlobalMaxPooling1D":     {inputs: 1, apply: one(globalMax)},
		"GlobalAveragePooling1D": {inputs: 1, mask: usesMask, apply: one(globalAverage)},

		"BatchNormalization": {inputs: 1, mask: passesMask, apply: one(batchNorm), weights: batchNormWeights},
		"LayerNormalization": {inputs: 1, mask: passesMask, apply: one(layerNorm), weights: layerNormWeights},
		"RMSNormalization":   {inputs: 1, mask: passesMask, apply: one(rmsNorm), weights: func(*layer) []string { return []string{"scale"} }},
		"Normalization":      {inputs: 1, mask: passesMask, apply: one(normalization), weights: normalizationWeights},
		"Rescaling":          {inputs: 1, mask: passesMask, apply: one(rescaling)},

		"Concatenate": {mask: passesMask, apply: concatenate},
		"Add":         {mask: passesMask, apply: merge}, "Subtract": {mask: passesMask, apply: merge}, "Multiply": {mask: passesMask, apply: merge},
		"Average": {mask: passesMask, apply: merge}, "Maximum": {mask: passesMask, apply: merge}, "Minimum": {mask: passesMask, apply: merge},
		"Merge": {mask: passesMask, apply: merge1},

		"Flatten":       {inputs: 1, apply: one(flatten)},
		"Reshape":       {inputs: 1, apply: one(reshape)},
		"Permute":       {inputs: 1, apply: one(permute)},
		"RepeatVector":  {inputs: 1, apply: one(repeatVector)},
		"ZeroPadding1D": {inputs: 1, apply: one(zeroPadding)},
		"Cropping1D":    {inputs: 1, apply: one(cropping)},
		"UpSampling1D":  {inputs: 1, apply: one(upSampling)},

		"Activation": {inputs: 1, mask: passesMask, apply: one(functionLayer)}, "ReLU": {inputs: 1, mask: passesMask, apply: one(functionLayer)},
		"LeakyReLU": {inputs: 1, mask: passesMask, apply: one(functionLayer)}, "ELU": {inputs: 1, mask: passesMask, apply: one(functionLayer)},
		"ThresholdedReLU": {inputs: 1, mask: passesMask, apply: one(functionLayer)},
		"PReLU":           {inputs: 1, mask: passesMask, apply: one(prelu), weights: func(*layer) []string { return []string{"alpha"} }},
		"Softmax":         {inputs: 1, mask: passesMask, apply: one(softmax)},

		"Attention":                {apply: attention, weights: attentionWeights},
		"AdditiveAttention":        {apply: additive, weights: additiveWeights},
		"MultiHeadAttention":       {apply: multiHead, weights: headWeights, path: headPath},
		"Dot":                      {apply: dot},
		"AttentionWeightedAverage": {inputs: 1, mask: usesMask, apply: one(attentionPool), weights: func(*layer) []string { return []string{"W"} }},

		"Dropout": identity, "SpatialDropout1D": identity, "GaussianNoise": identity, "GaussianDropout": identity, "AlphaDropout": identity,
		"ActivityRegularization": identity, "Identity": identity,
	}
}

// unknownLayer refuses a layer, with a way out.
func unknownLayer(l *layer) error {
	const onnx = "python3 -m tf2onnx.convert --keras MODEL.h5 --opset 17 --output MODEL.onnx"
	reason := "layers of this class are not read: "
	switch l.class {
	case "Lambda", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer":
		reason = "it computes with code of its own, which is not run: use layers of Keras instead, such as Multiply, Reshape or GlobalAveragePooling1D"
	case "TextVectorization", "StringLookup", "IntegerLookup", "Hashing", "Discretization", "CategoryEncoding":
		reason += "save the model without it, starting from the layer that reads its tokens or numbers; convert reads words with --tokenizer words --vocabulary"
	case "Conv2D", "Conv2DTranspose", "SeparableConv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D", "ZeroPadding2D", "Cropping2D", "UpSampling2D":
		reason += "convert the model's ONNX, in which convolutions along two axes are read: " + onnx
	default:
		reason += "convert the model's ONNX (" + onnx + "), or describe the network and its weights by an --arch file of nodes"
	}
	return network.Refuse(network.ErrUnsupported, l.title(), "%s", reason)
}

// same is the function of a layer that changes nothing once the model is
// trained.
func same(_ *builder, l *layer, t tensor) (tensor, error) {
	l.config.get("rate")
	l.config.get("p")
	l.config.get("stddev")
	l.config.get("sigma")
	l.config.get("l1")
	l.config.get("l2")
	return t, nil
}

// masks is the function of a layer that masks the steps in which all numbers
// equal a given one.
func masks(b *builder, l *layer, t tensor) (tensor, error) {
	b.padding = float32(l.config.number(0, "mask_value"))
	t.mask = freshMask
	b.report.Remark("mask: steps of %g are padding", b.padding)
	return t, nil
}

// kernelAndBias names kernels, and a bias if the layer has one.
func kernelAndBias(kernels ...string) func(l *layer) []string {
	return func(l *layer) []string {
		if l.config.flag(true, "use_bias", "bias") {
			return append(kernels[:len(kernels):len(kernels)], "bias")
		}
		return kernels
	}
}
