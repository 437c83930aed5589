package quantize

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A Calibration describes the range of the numbers that a model reads. The zero
// value means that the range is unknown.
type Calibration struct {
	// InputScale is the difference between two neighbouring quantized inputs of
	// a first layer in Int8 that reads numbers. 0: it is chosen for each step,
	// which costs a pass over its inputs.
	InputScale float32

	// Factors [InputSize] bring the inputs to one range, since they share
	// InputScale: input k is multiplied by Factors[k], and its weights in a first
	// layer in Int8 are divided by it. Each is a power of two, so that both are
	// exact. nil: every factor is 1.
	Factors []float32
}

// Calibrate returns the calibration for inputs xs, [steps][InputSize], before
// the model's normalization: after it, the greatest input becomes 127, and the
// greatest of every column more than 63. The scale is 0 if all inputs are 0.
func Calibrate(m *format.Model, xs []float32) Calibration {
	columns := make([]float32, m.InputSize) // the greatest of each column
	normalized := make([]float32, m.InputSize)
	for step := range slices.Chunk(xs, m.InputSize) {
		m.Normalization.NormalizeInputs(normalized, step)
		for k, x := range normalized[:len(step)] {
			columns[k] = max(columns[k], x, -x)
		}
	}
	greatest := slices.Max(columns)
	return Calibration{InputScale: greatest / 127, Factors: factors(columns, greatest)}
}

// mostDoublings bounds a factor, so that its products stay within the range of
// float32: a smaller column counts as zero.
const mostDoublings = 40

// factors returns for each column the greatest power of two that keeps it within
// the greatest of all columns; nil if all are 1.
func factors(columns []float32, greatest float32) []float32 {
	list, needed := make([]float32, len(columns)), false
	for k, column := range columns {
		list[k] = 1
		if column == 0 || math.IsInf(float64(greatest), 0) || greatest != greatest {
			continue
		}
		for range mostDoublings {
			if column*list[k]*2 > greatest {
				break
			}
			list[k], needed = list[k]*2, true
		}
	}
	if !needed {
		return nil
	}
	return list
}

// fold returns m, which reads numbers, with the factors in its normalization and
// in the weights of its first layer, which become F32. It shares the rest with m.
func (c *Calibration) fold(m *format.Model) (*format.Model, error) {
	if c.Factors == nil || m.Layers[0].Directions[0].Gates.Rows == 0 {
		return m, nil // nothing to fold, or a layer without weights to fold it into
	}
	float, err := m.Convert(format.DTypeF32)
	if err != nil {
		return nil, err
	}
	folded := *m
	folded.Layers = slices.Clone(m.Layers)
	folded.Layers[0] = float.Layers[0]
	first := &folded.Layers[0]
	first.Directions = slices.Clone(first.Directions)
	for d := range first.Directions {
		w := &first.Directions[d]
		w.Gates, w.Candidate = divide(w.Gates, len(c.Factors), c.Factors), divide(w.Candidate, len(c.Factors), c.Factors)
	}
	n := format.Normalization{Mean: make([]float32, m.InputSize), Scale: slices.Repeat([]float32{1}, m.InputSize)}
	if m.Normalization != nil {
		n = *m.Normalization
		n.Scale = slices.Clone(n.Scale)
	}
	for k, factor := range c.Factors {
		n.Scale[k] *= factor
	}
	folded.Normalization = &n
	return &folded, nil
}

// divide returns a matrix in F32 with its first columns, those of the inputs,
// divided by their factors; in a convolution, for each tap.
func divide(m format.Matrix, columns int, factors []float32) format.Matrix {
	if m.Rows == 0 {
		return m
	}
	d := format.NewMatrix(m.Rows, m.Depth, m.Tile)
	for row := range m.Rows {
		for k := range m.Depth {
			v := m.At(row, k)
			if k < columns {
				v /= factors[k%len(factors)]
			}
			d.Data[d.Index(row, k)] = v
		}
	}
	return d
}
