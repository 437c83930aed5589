package format

import (
	"encoding/binary"
	"fmt"
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
	convWeight
	convScale
	convBias
	depthwiseWeight
	depthwiseBias
	normGain
	normBias
	preluSlope
	constantData
)

// tensorNames are the names of the kinds in their order; there are no others.
const tensorNames names = "embedding table|gates|candidate|bias|h0|c0|head weight|head bias|" +
	"embedding scale|gates scale|candidate scale|input scale|head scale|" +
	"peephole|projection|projection scale|" +
	"conv weight|conv scale|conv bias|depthwise weight|depthwise bias|" +
	"norm gain|norm bias|slope|constant"

func (k tensorKind) String() string { return tensorNames.of("tensor kind", uint8(k)) }

// A tensor is an array of a model's weights, with the shape that the
// architecture gives it.
type tensor struct {
	kind      tensorKind
	layer     int  // or the node of a graph; 0 if it belongs to none: see of
	node      bool // it belongs to a node
	direction int
	of        *Layer // the layer that it belongs to; nil: none

	rows     int // 0: the model has no such array
	units    int // how many rows are no padding, if those are the first; -1: the layer's op says which they are
	depth    int // columns, without padding
	split    int // columns of the first part of a matrix
	tile     int // 0: rows one after the other
	optional bool
	scales   *DType // of scales: the number format of their weights, which must be int8

	at store // where its numbers are
}

// A store is where a model has the numbers of a tensor: a matrix, an embedding,
// or numbers that are always F32.
type store interface {
	// dtype returns where the number format is; nil: it is always F32.
	dtype() *DType
	// in returns the numbers in a format; nil: there can be none.
	in(d DType) numbers
	// scales returns how many scales of int8 numbers there are.
	scales() int
}

// name says in words which tensor it is.
func (t *tensor) name() string {
	if t.of == nil && !t.node {
		return t.kind.String()
	}
	direction := [...]string{"", "reverse "}[t.direction]
	return fmt.Sprintf("%s%v of %s %d", direction, t.kind, t.part(), t.layer)
}

// part says what the tensors of a model belong to.
func (t *tensor) part() string {
	if t.node {
		return "node"
	}
	return "layer"
}

// format returns the tensor's number format.
func (t *tensor) format() DType {
	if d := t.at.dtype(); d != nil {
		return *d
	}
	return DTypeF32
}

// data returns the tensor's numbers; those in F32 if it cannot be in its format.
func (t *tensor) data() numbers {
	if n := t.at.in(t.format()); n != nil {
		return n
	}
	return t.at.in(DTypeF32)
}

// stored returns how many columns the first part has as stored, and columns those of both.
func (t *tensor) stored() int  { return t.data().columns(t.split) }
func (t *tensor) columns() int { return t.stored() + t.data().columns(t.depth-t.split) }

// count returns how many numbers are due, with padding, and bytes their size.
func (t *tensor) count() int64 { return int64(t.rows) * int64(t.columns()) }
func (t *tensor) bytes() int64 { return t.data().bytes(t.count()) }

// mixed reports whether the model holds numbers that are not of the tensor's
// format.
func (t *tensor) mixed() bool {
	format := t.format()
	for d := range DType(dtypeNames.len()) {
		if n := t.at.in(d); n != nil && d != format && n.len() != 0 {
			return true
		}
	}
	return format != DTypeInt8 && t.at.scales() > 0
}

// due reports whether models of the architecture and the number formats have the
// tensor, or may have it if it is optional.
func (t *tensor) due() bool { return t.rows > 0 && (t.scales == nil || *t.scales == DTypeInt8) }

// absent reports whether the model does without the tensor.
func (t *tensor) absent() bool { return t.optional && t.data().len() == 0 }

// set takes the numbers from the bytes of a file, where they stay if they can.
func (t *tensor) set(b []byte) {
	if m, ok := t.at.(*Matrix); ok {
		*m = Matrix{DType: t.format(), Rows: t.rows, Depth: t.depth, Tile: t.tile}
		if t.format().parted() {
			m.Split = t.split
		}
	}
	t.data().set(b)
}

// parted reports whether a matrix in the number format stores its parts apart.
func (d DType) parted() bool { return d == DTypeInt8 || d == DTypeInt4 }

// tensors calls do with every tensor that a model of this architecture and these number formats may have, in the order
// of the file, until an error. do may set the number format of a tensor, which adds or drops its scales.
func (m *Model) tensors(do func(t tensor) error) error {
	for t := range m.arrays {
		if !t.due() {
			continue
		}
		if err := do(t); err != nil {
			return err
		}
	}
	return nil
}

// present yields every tensor that the model has, in the order of the file.
func (m *Model) present(yield func(t tensor) bool) {
	for t := range m.arrays {
		if t.due() && !t.absent() && !yield(t) {
			return
		}
	}
}

// arrays yields every array of weights that a Model has room for, in the order of
// the file.
func (m *Model) arrays(yield func(t tensor) bool) {
	if m.Graph != nil {
		m.Graph.arrays(yield)
		return
	}
	if m.Embedding != nil && !m.Embedding.arrays(yield) {
		return
	}
	for i := range m.Layers {
		for d := range m.Layers[i].Directions {
			if !m.Layers[i].arrays(i, d, m.calibrates(i), yield) {
				return
			}
		}
	}
	if m.Head != nil {
		m.Head.arrays(yield)
	}
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

// isIn reports whether r is a record of this tensor, whatever its shape.
func (t *tensor) isIn(r []byte) bool {
	return r[0] == byte(t.kind) && r[2] == byte(t.direction) && binary.LittleEndian.Uint32(r[4:]) == uint32(t.layer)
}

// check compares the record r at byte pos of the directory with what is expected, and takes the number format from it.
func (t *tensor) check(r []byte, pos, offset int64) error {
	if !t.isIn(r) {
		if int(r[0]) >= tensorNames.len() {
			return fail(ErrUnsupported, tagTensors, pos, "unknown kind of tensor %d, want the %v", r[0], t.name())
		}
		return fail(ErrCorrupt, tagTensors, pos, "a record of the %v of %s %d, direction %d, want the %v",
			tensorKind(r[0]), t.part(), binary.LittleEndian.Uint32(r[4:]), r[2], t.name())
	}
	dtype, to := DType(r[1]), t.at.dtype()
	switch {
	case !dtype.known(), to != nil && t.at.in(dtype) == nil:
		return fail(ErrUnsupported, tagTensors, pos+1, "the %v has the number format %v, which it cannot have", t.name(), dtype)
	case to != nil:
		*to = dtype
	case dtype != DTypeF32:
		return fail(ErrUnsupported, tagTensors, pos+1, "the %v has number format %v, but only %v is known", t.name(), dtype, DTypeF32)
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
			return fail(ErrCorrupt, tagTensors, pos+c.at, "the %v has %d %s, but the architecture gives %d", t.name(), c.got, c.name, c.want)
		}
	}
	return nil
}
