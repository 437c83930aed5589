package format

// Normalization is applied to real-valued inputs, x' = (x - Mean) * Scale, and
// undone on outputs, y = y' * OutputScale + OutputMean, each for a feature. Its
// methods round every operation to float32 and never fuse two, so that the bits
// are the same on every machine. They leave unchanged what it does not normalize.
type Normalization struct {
	Mean, Scale             []float32 // InputSize each, for a graph the channels of its only input of numbers; none if the input is tokens
	OutputMean, OutputScale []float32 // the model's OutputSize each, or none
}

// NormalizeInputs sets dst to the normalized inputs x of a step. dst may be x.
func (n *Normalization) NormalizeInputs(dst, x []float32) {
	if n == nil || len(n.Mean) == 0 {
		copy(dst, x)
		return
	}
	for len(x) > 0 { // frame by frame
		channels := min(len(n.Mean), len(x))
		mean, scale := n.Mean[:channels], n.Scale[:channels]
		to := dst[:channels]
		for i, v := range x[:channels] {
			to[i] = (v - mean[i]) * scale[i]
		}
		dst, x = dst[channels:], x[channels:]
	}
}

// NormalizeOutputs normalizes y, the wanted outputs of a step. It is the inverse of [Normalization.RestoreOutputs].
func (n *Normalization) NormalizeOutputs(y []float32) {
	if n == nil || len(n.OutputMean) == 0 {
		return
	}
	for i, v := range y {
		y[i] = (v - n.OutputMean[i]) / n.OutputScale[i]
	}
}

// RestoreOutputs undoes the normalization of the outputs y of a step.
func (n *Normalization) RestoreOutputs(y []float32) {
	if n == nil {
		return
	}
	for i, scale := range n.OutputScale {
		y[i] = float32(y[i]*scale) + n.OutputMean[i] // two roundings, never fused
	}
}
