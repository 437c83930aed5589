package format

import "math"

// maxInt8Columns keeps the sums of a part of an int8 matrix within 32 bits:
// 2^17 times 127 times 127 is below 2^31.
const maxInt8Columns = 1 << 17

// A scale's inverse is finite, and so is 127 times the scale.
const (
	leastScale    float32 = 0x1p-126
	greatestScale float32 = 0x1p121
)

// Quantize returns the matrix in [DTypeInt8], each row in two parts: its columns [0, split), and the others if there
// are any. A layer's split is its input size, a head's its number of inputs. A part's scale is |w|/127 for its largest
// weight w, or 1 if all are zero; an integer is w/scale rounded to nearest, ties to even. The weights must be finite.
func (m *Matrix) Quantize(split int) Matrix {
	q := Matrix{DType: DTypeInt8, Rows: m.Rows, Depth: m.Depth, Tile: m.Tile, Split: split}
	q.Int8 = make([]int8, q.Rows*q.columns())
	for _, part := range [][2]int{{0, split}, {split, m.Depth}} {
		from, to := part[0], part[1]
		if from == to {
			continue
		}
		for i := range m.Rows {
			scale := scaleOf(to-from, func(k int) float32 { return m.At(i, from+k) })
			for k := from; k < to; k++ {
				q.Int8[q.Index(i, k)] = quantize(m.At(i, k), scale)
			}
			q.Scale = append(q.Scale, scale)
		}
	}
	return q
}

// scaleOf returns the scale with which the greatest of n numbers becomes 127.
func scaleOf(n int, at func(k int) float32) float32 {
	greatest := float32(0)
	for k := range n {
		v := at(k)
		greatest = max(greatest, v, -v)
	}
	if greatest == 0 {
		return 1
	}
	return min(max(greatest/127, leastScale), greatestScale)
}

func quantize(v, scale float32) int8 {
	q := math.RoundToEven(float64(v / scale))
	return int8(max(-127, min(127, q)))
}
