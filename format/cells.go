package format

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

const (
	cellSize       = 88 // bytes of a record of CELL
	cellHeader     = 16 // bytes of it before the activations
	activationSize = 12
	maxActivations = 3 // of a direction
)

// recordedLayers returns how many of the first n layers have a record in CELL.
func (m *Model) recordedLayers(n int) int {
	records := 0
	for i := range m.Layers[:n] {
		if m.Layers[i].recorded() {
			records++
		}
	}
	return records
}

func (m *Model) appendCells(b []byte) []byte {
	for i := range m.Layers {
		l := &m.Layers[i]
		if !l.recorded() {
			continue
		}
		b = l.appendCell(b, i)
	}
	return b
}

// appendCell appends the record of layer i.
func (l *Layer) appendCell(b []byte, i int) []byte {
	b = append(b, make([]byte, cellSize)...)
	r := b[len(b)-cellSize:]
	binary.LittleEndian.PutUint32(r, uint32(i))
	binary.LittleEndian.PutUint32(r[4:], uint32(l.ProjectionSize))
	binary.LittleEndian.PutUint32(r[8:], math.Float32bits(l.Clip))
	for d := range l.Directions {
		list := l.Directions[d].Activations
		r[12+d] = byte(len(list))
		for k, a := range list {
			a.put(r[activationAt(d, k):])
		}
	}
	return b
}

// put writes the activation's record to b.
func (a Activation) put(b []byte) {
	b[0] = byte(a.Kind)
	binary.LittleEndian.PutUint32(b[4:], math.Float32bits(a.Alpha))
	binary.LittleEndian.PutUint32(b[8:], math.Float32bits(a.Beta))
}

// activationOf returns the activation of a record.
func activationOf(b []byte) Activation {
	return Activation{
		Kind:  ActivationKind(b[0]),
		Alpha: math.Float32frombits(binary.LittleEndian.Uint32(b[4:])),
		Beta:  math.Float32frombits(binary.LittleEndian.Uint32(b[8:])),
	}
}

// activationAt returns where a record of CELL has an activation.
func activationAt(direction, k int) int {
	return cellHeader + (direction*maxActivations+k)*activationSize
}

func (m *Model) readCells(s *sections) error {
	b := s.body(tagCells)
	if len(b)%cellSize != 0 {
		return fail(ErrCorrupt, tagCells, 0, "%s, not a multiple of %d", message.Count(len(b), "byte"), cellSize)
	}
	next := 0 // the first layer that the record may describe
	for at := int64(0); at < int64(len(b)); at += cellSize {
		r := b[at:][:cellSize]
		i := binary.LittleEndian.Uint32(r)
		if int64(i) < int64(next) || int64(i) >= int64(len(m.Layers)) {
			return fail(ErrCorrupt, tagCells, at, "a record of layer %d, want one of layers %d to %d", i, next, len(m.Layers)-1)
		}
		next = int(i) + 1
		if err := m.Layers[i].readCell(r); err != nil {
			return err.of(tagCells, at, "")
		}
		if !m.Layers[i].recorded() {
			return fail(ErrInvalid, tagCells, at, "an empty record: omit it")
		}
	}
	return nil
}

// readCell reads the layer's record.
func (l *Layer) readCell(r []byte) *Error {
	projection := binary.LittleEndian.Uint32(r[4:])
	if projection > MaxSize {
		return unfit(ErrInvalid, 4, "a projection to %d, want at most %d", projection, MaxSize)
	}
	l.ProjectionSize = int(projection)
	l.Clip = math.Float32frombits(binary.LittleEndian.Uint32(r[8:]))
	if r[14]|r[15] != 0 {
		return unfit(ErrCorrupt, 14, "reserved bytes are not zero")
	}
	for d := range 2 {
		n := int(r[12+d])
		if n > maxActivations || n > 0 && d >= len(l.Directions) {
			return unfit(ErrCorrupt, 12+int64(d), "%s of direction %d", message.Count(n, "activation"), d)
		}
		for k := range maxActivations {
			start := activationAt(d, k)
			a := r[start:][:activationSize]
			if k >= n && !allZero(a) || !allZero(a[1:4]) {
				return unfit(ErrCorrupt, int64(start), "reserved bytes are not zero")
			}
			if k < n {
				l.Directions[d].Activations = append(l.Directions[d].Activations, activationOf(a))
			}
		}
	}
	return nil
}

// validateCell checks the values of the layer that its record in CELL holds.
func (l *Layer) validateCell() *Error {
	invalid := func(at int64, format string, args ...any) *Error {
		return unfit(ErrInvalid, at, format, args...)
	}
	switch {
	case l.ProjectionSize < 0 || l.ProjectionSize > MaxSize:
		return invalid(4, "a projection to %d, want 1 to %d", l.ProjectionSize, MaxSize)
	case l.ProjectionSize > 0 && !l.Cell.op().traits().projected:
		return invalid(4, "a projection, which only an LSTM has")
	case !(l.Clip >= 0) || !finite(l.Clip) || math.Signbit(float64(l.Clip)):
		return invalid(8, "sums within ±%v, want a number above 0", l.Clip)
	case l.Clip > 0 && !l.Cell.Recurrent():
		return invalid(8, "a bound of its sums, which only a recurrent layer has")
	}
	own := l.Cell.Activations(l.Variant)
	for d := range l.Directions {
		list := l.Directions[d].Activations
		switch {
		case len(list) == 0:
			continue
		case len(list) != len(own):
			return invalid(12+int64(d), "%s, but a %v has %d", message.Count(len(list), "activation"), l.Cell, len(own))
		case l.Cell.op().misspelt(l, d) != "":
			return invalid(12+int64(d), "%s", l.Cell.op().misspelt(l, d))
		case slices.Equal(list, own):
			return invalid(12+int64(d), "the activations of its cell: omit them")
		}
		for k, a := range list {
			if err := a.validate(l.Cell); err != nil {
				err.Offset = int64(activationAt(d, k))
				return err
			}
		}
	}
	return nil
}

// validate says what is wrong with an activation of a layer of that cell.
func (a Activation) validate(cell Cell) *Error {
	zero := func(v float32) bool { return math.Float32bits(v) == 0 }
	n := a.Kind.Constants()
	switch {
	case !a.Kind.Known():
		return &Error{Err: ErrUnsupported, Reason: "the unknown " + a.Kind.String()}
	case !a.Kind.OfGates() && cell.Recurrent():
		return &Error{Err: ErrInvalid, Reason: "the activation " + a.Kind.String() + ", which only a dense layer has"}
	case !finite(a.Alpha) || !finite(a.Beta):
		return &Error{Err: ErrInvalid, Reason: "an infinite constant of the activation " + a.Kind.String()}
	case n < 1 && !zero(a.Alpha) || n < 2 && !zero(a.Beta):
		return &Error{Err: ErrInvalid, Reason: "constants that the activation " + a.Kind.String() + " does not have: they are 0"}
	}
	return nil
}
