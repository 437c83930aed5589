package format

import (
	"encoding/binary"
	"fmt"
	"iter"
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
)

// A tensor is an array of a model's weights, with the shape that the
// architecture gives it.
type tensor struct {
	kind      tensorKind
	layer     int
	direction int
	rows      int
	depth     int
	tile      int // 0: rows one after the other
	optional  bool
	matrix    *Matrix // nil: not a packed matrix
	data      *[]float32
}

// name says in words which tensor it is.
func (t *tensor) name() string {
	switch t.kind {
	case embeddingTable, headWeight, headBias:
		return t.kind.String()
	}
	direction := [...]string{"", "reverse "}[t.direction]
	return fmt.Sprintf("%s%v of layer %d", direction, t.kind, t.layer)
}

// numbers returns how many numbers the tensor holds.
func (t *tensor) numbers() int64 { return int64(t.rows) * int64(t.depth) }

// absent reports whether the model does without the tensor.
func (t *tensor) absent() bool { return t.optional && len(*t.data) == 0 }

// tensors calls do with every tensor that a model of this architecture may
// have, in the order of the file, until an error.
func (m *Model) tensors(do func(t tensor) error) error {
	if e := m.Embedding; e != nil {
		if err := do(tensor{kind: embeddingTable, rows: e.Tokens, depth: e.Size, data: &e.Table}); err != nil {
			return err
		}
	}
	for i := range m.Layers {
		l := &m.Layers[i]
		for d := range l.Directions {
			if err := l.tensors(i, d, do); err != nil {
				return err
			}
		}
	}
	if h := m.Head; h != nil {
		rows := pad(h.OutputSize)
		err := do(tensor{kind: headWeight, rows: rows, depth: h.InputSize, tile: tileRows, matrix: &h.Weight, data: &h.Weight.Data})
		if err != nil {
			return err
		}
		return do(tensor{kind: headBias, rows: rows, depth: 1, data: &h.Bias})
	}
	return nil
}

// tensors does the same for a direction d of the layer, which is number i.
func (l *Layer) tensors(i, d int, do func(t tensor) error) error {
	s, w := l.shape(), &l.Directions[d]
	list := [...]tensor{
		{kind: layerGates, rows: s.gates, depth: s.depth, tile: s.tile, matrix: &w.Gates, data: &w.Gates.Data},
		{kind: layerCandidate, rows: s.candidate, depth: s.depth, tile: s.tile, matrix: &w.Candidate, data: &w.Candidate.Data},
		{kind: layerBias, rows: s.bias, depth: 1, data: &w.Bias},
		{kind: layerH0, rows: s.state, depth: 1, data: &w.H0, optional: true},
		{kind: layerC0, rows: s.state, depth: 1, data: &w.C0, optional: true},
	}
	for _, t := range list {
		t.layer, t.direction = i, d
		if t.rows == 0 || t.kind == layerC0 && l.Cell != LSTM {
			continue
		}
		if err := do(t); err != nil {
			return err
		}
	}
	return nil
}

// padding gives the places in the tensor's data of rows that only fill up the
// last register.
func (m *Model) padding(t *tensor) iter.Seq[int] {
	return func(yield func(int) bool) {
		columns := func(row, from, to int) bool {
			for k := from; k < to; k++ {
				if !yield(t.matrix.Index(row, k)) {
					return false
				}
			}
			return true
		}
		switch t.kind {
		case embeddingTable:
			return
		case headWeight, headBias:
			for i := m.Head.OutputSize; i < t.rows; i++ {
				if t.kind == headWeight && !columns(i, 0, t.depth) || t.kind == headBias && !yield(i) {
					return
				}
			}
			return
		}
		l := &m.Layers[t.layer]
		for unit := l.HiddenSize; unit < pad(l.HiddenSize); unit++ {
			for gate := range l.Cell.Gates() {
				candidate, input, state, biasInput, biasState := l.position(gate, unit)
				ok := true
				switch t.kind {
				case layerGates, layerCandidate:
					if candidate == (t.kind == layerCandidate) {
						ok = columns(input, 0, l.InputSize) && columns(state, l.InputSize, t.depth)
					}
				case layerBias:
					ok = yield(biasInput) && yield(biasState)
				default:
					ok = gate > 0 || yield(unit)
				}
				if !ok {
					return
				}
			}
		}
	}
}

const tensorSize = 32 // bytes of a record of the tensor directory

// appendRecord appends the tensor's record in the directory. offset counts
// from the start of the weights.
func (t *tensor) appendRecord(b []byte, offset int64) []byte {
	b = append(b, byte(t.kind), byte(F32), byte(t.direction), byte(t.tile))
	b = binary.LittleEndian.AppendUint32(b, uint32(t.layer))
	b = binary.LittleEndian.AppendUint32(b, uint32(t.rows))
	b = binary.LittleEndian.AppendUint32(b, uint32(t.depth))
	b = binary.LittleEndian.AppendUint64(b, uint64(offset))
	return binary.LittleEndian.AppendUint64(b, uint64(4*t.numbers()))
}

// at reports whether r is a record of this tensor, whatever its shape.
func (t *tensor) at(r []byte) bool {
	return r[0] == byte(t.kind) && r[2] == byte(t.direction) && binary.LittleEndian.Uint32(r[4:]) == uint32(t.layer)
}

// check compares the record r at byte pos of the directory with what is due.
func (t *tensor) check(r []byte, pos, offset int64) error {
	if !t.at(r) {
		if r[0] > byte(headBias) {
			return fail(ErrUnsupported, tagTensors, pos, "unknown kind of tensor %d, where the %v is due", r[0], t.name())
		}
		return fail(ErrCorrupt, tagTensors, pos, "a record of the %v of layer %d, direction %d, where the %v is due",
			tensorKind(r[0]), binary.LittleEndian.Uint32(r[4:]), r[2], t.name())
	}
	if DType(r[1]) != F32 {
		return fail(ErrUnsupported, tagTensors, pos+1, "the %v has number format %v, where only %v is known", t.name(), DType(r[1]), F32)
	}
	for _, c := range []struct {
		name      string
		at        int64
		got, want uint64
	}{
		{"rows to a tile", 3, uint64(r[3]), uint64(t.tile)},
		{"rows", 8, uint64(binary.LittleEndian.Uint32(r[8:])), uint64(t.rows)},
		{"columns", 12, uint64(binary.LittleEndian.Uint32(r[12:])), uint64(t.depth)},
		{"as offset", 16, binary.LittleEndian.Uint64(r[16:]), uint64(offset)},
		{"bytes", 24, binary.LittleEndian.Uint64(r[24:]), uint64(4 * t.numbers())},
	} {
		if c.got != c.want {
			return fail(ErrCorrupt, tagTensors, pos+c.at, "the %v has %d %s, where the architecture gives %d", t.name(), c.got, c.name, c.want)
		}
	}
	return nil
}
