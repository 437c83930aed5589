package quantize

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A Calibration is what is known of the numbers that a model reads. The zero
// value knows nothing.
type Calibration struct {
	// InputScale is the difference between two neighbouring quantized inputs of
	// a first layer in Int8 that reads numbers. 0: it is chosen for each step,
	// which costs a walk over its inputs.
	InputScale float32
}

// Calibrate returns the calibration with which the greatest of all inputs xs,
// [steps][InputSize], becomes 127, after the model's normalization. Its scale is
// 0 if all inputs are 0.
func Calibrate(m *format.Model, xs []float32) Calibration {
	greatest := float32(0)
	normalized := make([]float32, m.InputSize)
	for step := range slices.Chunk(xs, m.InputSize) {
		m.Normalization.NormalizeInputs(normalized, step)
		for _, x := range normalized[:len(step)] {
			greatest = max(greatest, x, -x)
		}
	}
	return Calibration{InputScale: greatest / 127}
}
