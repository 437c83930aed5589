package format

import (
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/internal/binary16"
)

// Int4 is an experiment: binding a model converts its matrices to floats, so it makes files and transfers smaller, but
// saves neither memory nor time. Files with it load for ever all the same.

// A group of int4 columns is a binary16 scale and then 16 bytes of two integers
// each, the first in the low four bits, in two's complement from -7 to 7.
const (
	groupColumns = 32
	groupBytes   = 2 + groupColumns/2
)

// greatestInt4 is 7 times the greatest scale.
const greatestInt4 = 7 * 65504

func padGroup(n int) int { return (n + groupColumns - 1) / groupColumns * groupColumns }

// QuantizeInt4 returns the matrix in [DTypeInt4], each row in two parts as in [Matrix.Quantize], and these in groups of
// 32 columns. A group's scale is the one with the smallest sum of squared errors among 0.6 to 1.05 times |w|/7, in
// steps of a twentieth and rounded to binary16, for its largest weight w. A weight beyond 7 times 65504, the greatest
// binary16, makes the scale of its group infinite, which [Model.Validate] refuses. The weights must be finite.
func (m *Matrix) QuantizeInt4(split int) Matrix {
	q := Matrix{DType: DTypeInt4, Rows: m.Rows, Depth: m.Depth, Tile: m.Tile, Split: split}
	for i := range m.Rows {
		for _, part := range [][2]int{{0, split}, {split, m.Depth}} {
			for from := part[0]; from < part[1]; from += groupColumns {
				var w []float64
				for k := from; k < min(from+groupColumns, part[1]); k++ {
					w = append(w, float64(m.At(i, k)))
				}
				q.Int4 = appendGroup(q.Int4, w)
			}
		}
	}
	return q
}

func appendGroup(b []byte, w []float64) []byte {
	greatest := 0.0
	for _, v := range w {
		greatest = max(greatest, math.Abs(v))
	}
	best, bits := math.Inf(1), uint16(0x3c00) // 1
	if greatest > greatestInt4 {
		bits, greatest = 0x7c00, 0
	}
	for f := 12; f <= 21 && greatest > 0; f++ {
		h := min(max(binary16.Round(float32(greatest*float64(f)/(20*7))), 1), 0x7bff)
		scale, sum := float64(binary16.Value(h)), 0.0
		for _, v := range w {
			e := v - float64(quantizeInt4(v, scale))*scale
			sum += float64(e * e) // rounded, never fused with the sum
		}
		if sum < best {
			best, bits = sum, h
		}
	}
	b = binary.LittleEndian.AppendUint16(b, bits)
	var group [groupColumns / 2]byte
	for k, v := range w {
		group[k/2] |= byte(quantizeInt4(v, float64(binary16.Value(bits)))&15) << (k % 2 * 4)
	}
	return append(b, group[:]...)
}

func quantizeInt4(v, scale float64) int8 {
	return int8(max(-7, min(7, math.RoundToEven(v/scale))))
}
