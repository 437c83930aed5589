package format

import (
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/padding"
)

// A Dense is a fully connected layer: y = W x + b.
type Dense struct {
	InputSize  int
	OutputSize int
	Weight     Matrix    // rows are the outputs, padded to 8
	Bias       []float32 // padded to 8
}

// PackDense packs a fully connected layer from its row-major weights
// [outputs][inputs] and its bias [outputs], or nil for zeros. The error wraps
// [ErrInvalid].
func PackDense(inputs, outputs int, weight, bias []float32) (*Dense, error) {
	if !inRange(inputs) || !inRange(outputs) {
		return nil, fail(ErrInvalid, tagWeights, -1, "a dense layer of %s and %s", message.Count(inputs, "input"), message.Count(outputs, "output"))
	}
	if want := int64(inputs) * int64(outputs); int64(len(weight)) != want {
		return nil, fail(ErrInvalid, tagWeights, -1, "weight has %s, but a dense layer of %s and %s has %d",
			message.Count(len(weight), "number"), message.Count(inputs, "input"), message.Count(outputs, "output"), want)
	}
	if bias != nil && len(bias) != outputs {
		return nil, fail(ErrInvalid, tagWeights, -1, "bias has %s, but a dense layer of %s has as many", message.Count(len(bias), "number"), message.Count(outputs, "output"))
	}
	d := &Dense{
		InputSize: inputs, OutputSize: outputs,
		Weight: NewMatrix(outputs, inputs, tileRows),
		Bias:   make([]float32, padding.UpToLanes(outputs)),
	}
	d.Weight.fill(outputs, weight)
	copy(d.Bias, bias)
	return d, nil
}

// Unpack returns the row-major weights [OutputSize][InputSize] and the bias.
func (d *Dense) Unpack() (weight, bias []float32) {
	return d.Weight.plain(d.OutputSize), append([]float32(nil), d.Bias[:d.OutputSize]...)
}

func (d *Dense) convert(dtype DType) *Dense {
	c := *d
	c.Weight = d.Weight.convert(dtype, d.InputSize)
	return &c
}

// parameters returns the number of trainable numbers, without padding.
func (d *Dense) parameters() int { return d.OutputSize * (d.InputSize + 1) }

// validate checks the sizes of a head on that many features.
func (d *Dense) validate(features int) error {
	if !inRange(d.OutputSize) {
		return fail(ErrInvalid, tagArchitecture, 12, "a head of %s, want 1 to %d", message.Count(d.OutputSize, "output"), MaxSize)
	}
	if d.InputSize != features {
		return fail(ErrInvalid, tagArchitecture, 12, "a head of %s on a layer of %s", message.Count(d.InputSize, "input"), message.Count(features, "output"))
	}
	return nil
}

// arrays yields the arrays of the head, in the order of the file.
func (d *Dense) arrays(yield func(tensor) bool) bool {
	rows, in, w := padding.UpToLanes(d.OutputSize), d.InputSize, &d.Weight
	return yield(tensor{kind: headWeight, rows: rows, units: d.OutputSize, depth: in, split: in, tile: tileRows, at: w}) &&
		yield(tensor{kind: headScale, rows: rows, units: d.OutputSize, depth: 1, scales: &w.DType, at: (*f32s)(&w.Scale)}) &&
		yield(tensor{kind: headBias, rows: rows, units: d.OutputSize, depth: 1, at: (*f32s)(&d.Bias)})
}
