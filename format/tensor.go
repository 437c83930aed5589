package format

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// tensorKind says which of a model's arrays a tensor is.
type tensorKind uint8

const (
	embeddingTable tensorKind = iota
	layerGates
	layerCandidate
	layerBias
	layerH0
	layerC0
	headWeight
	headBias
	embeddingScale
	layerGatesScale
	layerCandidateScale
	layerInputScale
	headScale
	layerPeephole
	layerProjection
	layerProjectionScale

	lastKind = layerProjectionScale
)

// A tensor is an array of a model's weights, with the shape that the
// architecture gives it.
type tensor struct {
	kind      tensorKind
	layer     int
	direction int
	rows      int
	depth     int // columns, without the padding of int8
	split     int // columns of the first part, of int8
	tile      int // 0: rows one after the other
	optional  bool
	scales    *DType // of scales: the number format of their weights, which must be int8

	// Where its numbers are, by number format.
	dtype  *DType     // nil: it is always F32
	floats *[]float32 // nil: it is number
	number *float32   // one number; 0: absent
	halves *[]uint16  // nil where dtype is
	int8s  *[]int8    // nil where dtype is
	int4s  *[]byte    // nil: not a packed matrix
	scale  *[]float32 // nil where dtype is
	matrix *Matrix    // nil: not a packed matrix
}

// name says in words which tensor it is.
func (t *tensor) name() string {
	switch t.kind {
	case embeddingTable, embeddingScale, headWeight, headScale, headBias:
		return t.kind.String()
	}
	direction := [...]string{"", "reverse "}[t.direction]
	return fmt.Sprintf("%s%v of layer %d", direction, t.kind, t.layer)
}

// format returns the tensor's number format.
func (t *tensor) format() DType {
	if t.dtype == nil {
		return DTypeF32
	}
	return *t.dtype
}

// columns returns the number of columns as they are stored.
func (t *tensor) columns() int { return t.stored(t.split) + t.stored(t.depth-t.split) }

// stored returns how many columns a part of n columns is stored in.
func (t *tensor) stored(n int) int {
	switch t.format() {
	case DTypeInt8:
		return padQuad(n)
	case DTypeInt4:
		return padGroup(n)
	}
	return n
}

// size returns the bytes of a number.
func (d DType) size() int64 {
	switch d {
	case DTypeF16:
		return 2
	case DTypeInt8:
		return 1
	}
	return 4
}

// numbers returns how many numbers are due, with padding, and bytes their size.
func (t *tensor) numbers() int64 { return int64(t.rows) * int64(t.columns()) }
func (t *tensor) bytes() int64 {
	if t.format() == DTypeInt4 {
		return t.numbers() / groupColumns * groupBytes
	}
	return t.numbers() * t.format().size()
}

// offset returns where number i is stored, in bytes from the tensor's start.
func (t *tensor) offset(i int64) int64 {
	if t.format() == DTypeInt4 {
		return i/groupColumns*groupBytes + 2 + i%groupColumns/2
	}
	return i * t.format().size()
}

// data returns the numbers of a tensor in F32.
func (t *tensor) data() []float32 {
	switch {
	case t.number == nil:
		return *t.floats
	case math.Float32bits(*t.number) == 0:
		return nil
	}
	return []float32{*t.number}
}

// len returns how many numbers the model holds.
func (t *tensor) len() int {
	switch t.format() {
	case DTypeF16:
		return len(*t.halves)
	case DTypeInt8:
		return len(*t.int8s)
	case DTypeInt4:
		if len(*t.int4s)%groupBytes != 0 {
			return -1
		}
		return len(*t.int4s) / groupBytes * groupColumns
	}
	return len(t.data())
}

// others returns how many numbers the model holds that are not of the tensor's
// format.
func (t *tensor) others() int {
	if t.dtype == nil {
		return 0
	}
	counts := [...]int{DTypeF32: len(*t.floats), DTypeF16: len(*t.halves), DTypeInt8: len(*t.int8s) + len(*t.scale), DTypeInt4: 0}
	if t.int4s != nil {
		counts[DTypeInt4] = len(*t.int4s)
	}
	counts[*t.dtype] = 0
	n := 0
	for _, count := range counts {
		n += count
	}
	return n
}

// broken returns the position of the first number that is not finite or, of
// int8, -128, which is no number's negative; of int4 of the first that is -8 or
// whose scale is not finite and above 0. -1: there is none.
func (t *tensor) broken() int {
	switch t.format() {
	case DTypeF16:
		for i, h := range *t.halves {
			if !finiteHalf(h) {
				return i
			}
		}
	case DTypeInt8:
		return bytes.IndexByte(raw(*t.int8s), 0x80)
	case DTypeInt4:
		for i := range t.len() {
			if q, scale := int4(*t.int4s, t.columns(), 0, i); q == -8 || scale == 0 || scale >= 0x7c00 {
				return i
			}
		}
	default:
		for i, v := range t.data() {
			if !finite(v) {
				return i
			}
		}
	}
	return -1
}

// value returns number i as it is stored.
func (t *tensor) value(i int) float32 {
	switch t.format() {
	case DTypeF16:
		return F16Value((*t.halves)[i])
	case DTypeInt8:
		return float32((*t.int8s)[i])
	case DTypeInt4:
		q, _ := int4(*t.int4s, t.columns(), 0, i)
		return float32(q)
	}
	return t.data()[i]
}

// absent reports whether the model does without the tensor.
func (t *tensor) absent() bool { return t.optional && t.len() == 0 }

// set takes the numbers from the bytes of a file, where they stay if they can.
func (t *tensor) set(b []byte) {
	if t.matrix != nil {
		*t.matrix = Matrix{DType: t.format(), Rows: t.rows, Depth: t.depth, Tile: t.tile}
		if t.format() == DTypeInt8 || t.format() == DTypeInt4 {
			t.matrix.Split = t.split
		}
	}
	switch {
	case t.number != nil:
		*t.number = view[float32](b)[0]
	case t.format() == DTypeF16:
		*t.halves = view[uint16](b)
	case t.format() == DTypeInt8:
		*t.int8s = view[int8](b)
	case t.format() == DTypeInt4:
		*t.int4s = b[:len(b):len(b)]
	default:
		*t.floats = view[float32](b)
	}
}

// appendTo appends the numbers as a file has them.
func (t *tensor) appendTo(b []byte) []byte {
	switch t.format() {
	case DTypeF16:
		return appendNumbers(b, *t.halves)
	case DTypeInt8:
		return appendNumbers(b, *t.int8s)
	case DTypeInt4:
		return append(b, *t.int4s...)
	}
	return appendNumbers(b, t.data())
}

// tensors calls do with every tensor that a model of this architecture and
// these number formats may have, in the order of the file, until an error. do
// may set the number format of a tensor, and so bring its scales about.
func (m *Model) tensors(do func(t tensor) error) error {
	each := func(list ...tensor) error {
		for _, t := range list {
			if t.rows == 0 || t.scales != nil && *t.scales != DTypeInt8 {
				continue
			}
			if err := do(t); err != nil {
				return err
			}
		}
		return nil
	}
	if e := m.Embedding; e != nil {
		err := each(
			tensor{kind: embeddingTable, rows: e.Tokens, depth: e.Size, split: e.Size,
				dtype: &e.DType, floats: &e.Table, halves: &e.Half, int8s: &e.Int8, scale: &e.Scale},
			tensor{kind: embeddingScale, rows: e.Tokens, depth: 1, scales: &e.DType, floats: &e.Scale},
		)
		if err != nil {
			return err
		}
	}
	for i := range m.Layers {
		l := &m.Layers[i]
		s := l.shape()
		for d := range l.Directions {
			w := &l.Directions[d]
			list := [...]tensor{
				packed(layerGates, s.gates, s.depth, l.InputSize, s.tile, &w.Gates),
				{kind: layerGatesScale, rows: l.parts() * s.gates, depth: 1, scales: &w.Gates.DType, floats: &w.Gates.Scale},
				packed(layerCandidate, s.candidate, s.depth, l.InputSize, s.tile, &w.Candidate),
				{kind: layerCandidateScale, rows: 2 * s.candidate, depth: 1, scales: &w.Candidate.DType, floats: &w.Candidate.Scale},
				{kind: layerInputScale, depth: 1, scales: &w.Gates.DType, number: &w.InputScale, optional: true},
				{kind: layerBias, rows: s.bias, depth: 1, floats: &w.Bias},
				{kind: layerH0, rows: s.state, depth: 1, floats: &w.H0, optional: true},
				{kind: layerC0, depth: 1, floats: &w.C0, optional: true},
				{kind: layerPeephole, depth: 1, floats: &w.Peephole, optional: true},
				packed(layerProjection, pad(l.ProjectionSize), l.HiddenSize, l.HiddenSize, tileRows, &w.Projection),
				{kind: layerProjectionScale, rows: pad(l.ProjectionSize), depth: 1, scales: &w.Projection.DType, floats: &w.Projection.Scale},
			}
			for j := range list {
				t := &list[j]
				t.layer, t.direction = i, d
				switch {
				case t.kind == layerInputScale && m.calibrates(i):
					t.rows = 1
				case t.kind == layerH0 && !l.Cell.Recurrent():
					t.rows = 0
				case t.kind == layerC0 && l.Cell == CellLSTM:
					t.rows = s.units
				case t.kind == layerPeephole && l.Cell == CellLSTM:
					t.rows = peepholes * s.units
				}
			}
			if err := each(list[:]...); err != nil {
				return err
			}
		}
	}
	if h := m.Head; h != nil {
		rows := pad(h.OutputSize)
		return each(
			packed(headWeight, rows, h.InputSize, h.InputSize, tileRows, &h.Weight),
			tensor{kind: headScale, rows: rows, depth: 1, scales: &h.Weight.DType, floats: &h.Weight.Scale},
			tensor{kind: headBias, rows: rows, depth: 1, floats: &h.Bias},
		)
	}
	return nil
}

// packed returns the tensor of a matrix.
func packed(kind tensorKind, rows, depth, split, tile int, m *Matrix) tensor {
	return tensor{kind: kind, rows: rows, depth: depth, split: split, tile: tile, matrix: m,
		dtype: &m.DType, floats: &m.Data, halves: &m.Half, int8s: &m.Int8, int4s: &m.Int4, scale: &m.Scale}
}

// calibrates reports whether layer i reads numbers of any size, whose step an
// int8 layer can fix.
func (m *Model) calibrates(i int) bool { return i == 0 && m.Embedding == nil }

const tensorSize = 32 // bytes of a record of the tensor directory

// appendRecord appends the tensor's record in the directory. offset counts
// from the start of the weights.
func (t *tensor) appendRecord(b []byte, offset int64) []byte {
	b = append(b, byte(t.kind), byte(t.format()), byte(t.direction), byte(t.tile))
	b = binary.LittleEndian.AppendUint32(b, uint32(t.layer))
	b = binary.LittleEndian.AppendUint32(b, uint32(t.rows))
	b = binary.LittleEndian.AppendUint32(b, uint32(t.columns()))
	b = binary.LittleEndian.AppendUint64(b, uint64(offset))
	return binary.LittleEndian.AppendUint64(b, uint64(t.bytes()))
}

// at reports whether r is a record of this tensor, whatever its shape.
func (t *tensor) at(r []byte) bool {
	return r[0] == byte(t.kind) && r[2] == byte(t.direction) && binary.LittleEndian.Uint32(r[4:]) == uint32(t.layer)
}

// check compares the record r at byte pos of the directory with what is due,
// and takes the number format from it.
func (t *tensor) check(r []byte, pos, offset int64) error {
	if !t.at(r) {
		if r[0] > byte(lastKind) {
			return fail(ErrUnsupported, tagTensors, pos, "unknown kind of tensor %d, where the %v is due", r[0], t.name())
		}
		return fail(ErrCorrupt, tagTensors, pos, "a record of the %v of layer %d, direction %d, where the %v is due",
			tensorKind(r[0]), binary.LittleEndian.Uint32(r[4:]), r[2], t.name())
	}
	dtype := DType(r[1])
	switch {
	case dtype > DTypeInt4, dtype == DTypeInt4 && t.matrix == nil && t.dtype != nil:
		return fail(ErrUnsupported, tagTensors, pos+1, "the %v has the number format %v, which it cannot have", t.name(), dtype)
	case t.dtype != nil:
		*t.dtype = dtype
	case dtype != DTypeF32:
		return fail(ErrUnsupported, tagTensors, pos+1, "the %v has number format %v, where only %v is known", t.name(), dtype, DTypeF32)
	}
	for _, c := range []struct {
		name      string
		at        int64
		got, want uint64
	}{
		{"rows to a tile", 3, uint64(r[3]), uint64(t.tile)},
		{"rows", 8, uint64(binary.LittleEndian.Uint32(r[8:])), uint64(t.rows)},
		{"columns", 12, uint64(binary.LittleEndian.Uint32(r[12:])), uint64(t.columns())},
		{"as offset", 16, binary.LittleEndian.Uint64(r[16:]), uint64(offset)},
		{"bytes", 24, binary.LittleEndian.Uint64(r[24:]), uint64(t.bytes())},
	} {
		if c.got != c.want {
			return fail(ErrCorrupt, tagTensors, pos+c.at, "the %v has %d %s, where the architecture gives %d", t.name(), c.got, c.name, c.want)
		}
	}
	return nil
}
