package pickle

import (
	"encoding/binary"
	"math"
)

// step runs an instruction. The letters are those of Python's pickletools.
func (m *machine) step(op byte) error {
	switch op {
	case 0x80: // PROTO
		v, err := m.number(1)
		if err == nil && (v < 2 || v > 5) {
			err = unsupported("pickle", "it is of protocol %d, want 2 to 5", v)
		}
		return err
	case 0x95: // FRAME: its length does not matter
		_, err := m.take(8)
		return err
	case '(': // MARK
		return m.push(mark{})
	case '0': // POP
		_, err := m.pop()
		return err
	case 'N', 0x88, 0x89, ')', ']', '}':
		return m.push(constant(op))
	case 'K', 'M', 'J', 0x8a, 0x8b, 'G':
		return m.pushNumber(op)
	case 'X', 0x8c, 0x8d, 'U', 'T':
		return m.pushString(op)
	case 'B', 'C', 0x8e, 0x96:
		return m.pushBytes(op)
	case 0x8f: // EMPTY_SET
		return m.push(&opaque{"builtins.set"})
	case 0x90: // ADDITEMS
		v, err := m.popMark()
		if err != nil {
			return err
		}
		return m.appendTo(v)
	case 0x91: // FROZENSET
		if _, err := m.popMark(); err != nil {
			return err
		}
		return m.push(&opaque{"builtins.frozenset"})
	case 'q', 'r', 0x94, 'h', 'j':
		return m.memory(op)
	case 't', 0x85, 0x86, 0x87:
		return m.pushTuple(op)
	case 'a': // APPEND
		v, err := m.pop()
		if err != nil {
			return err
		}
		return m.appendTo([]any{v})
	case 'e': // APPENDS
		v, err := m.popMark()
		if err != nil {
			return err
		}
		return m.appendTo(v)
	case 's': // SETITEM
		v, err := m.popN(2)
		if err != nil {
			return err
		}
		return m.set(v)
	case 'u': // SETITEMS
		v, err := m.popMark()
		if err != nil {
			return err
		}
		return m.set(v)
	case 'c', 0x93, 'R', 0x81, 0x92, 'b', 'Q':
		return m.object(op)
	}
	return unsupported("pickle", "at byte %d: the instruction %#02x, which torch.save does not write for a state_dict", m.pos-1, op)
}

// constant returns the value of an instruction without operands.
func constant(op byte) any {
	switch op {
	case 0x88: // NEWTRUE
		return true
	case 0x89: // NEWFALSE
		return false
	case ')': // EMPTY_TUPLE
		return tuple(nil)
	case ']': // EMPTY_LIST
		return &list{}
	case '}': // EMPTY_DICT
		return &dict{}
	}
	return nil // NONE
}

func (m *machine) pushNumber(op byte) error {
	switch op {
	case 'G': // BINFLOAT, big-endian
		b, err := m.take(8)
		if err != nil {
			return err
		}
		return m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case 0x8a, 0x8b: // LONG1, LONG4
		b, err := m.counted(map[byte]int{0x8a: 1, 0x8b: 4}[op])
		if err != nil {
			return err
		}
		if len(b) > 8 {
			return m.push(string(b)) // such as PyTorch's magic number; no tensor needs one
		}
		var full [8]byte
		copy(full[:], b)
		if len(b) > 0 && b[len(b)-1] >= 0x80 {
			for i := len(b); i < 8; i++ {
				full[i] = 0xff
			}
		}
		return m.push(int64(binary.LittleEndian.Uint64(full[:])))
	}
	v, err := m.number(map[byte]int{'K': 1, 'M': 2, 'J': 4}[op])
	if err != nil {
		return err
	}
	if op == 'J' { // BININT is signed, BININT1 and BININT2 are not
		return m.push(int64(int32(uint32(v))))
	}
	return m.push(int64(v))
}

func (m *machine) pushString(op byte) error {
	// BINUNICODE, SHORT_BINUNICODE, BINUNICODE8, SHORT_BINSTRING, BINSTRING
	b, err := m.counted(map[byte]int{'X': 4, 0x8c: 1, 0x8d: 8, 'U': 1, 'T': 4}[op])
	if err != nil {
		return err
	}
	return m.push(string(b))
}

func (m *machine) pushBytes(op byte) error {
	// BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
	b, err := m.counted(map[byte]int{'B': 4, 'C': 1, 0x8e: 8, 0x96: 8}[op])
	if err != nil {
		return err
	}
	return m.push(b)
}

func (m *machine) memory(op byte) error {
	if op == 0x94 { // MEMOIZE
		return m.put(uint64(len(m.memo)))
	}
	size := 1 // BINPUT, BINGET
	if op == 'r' || op == 'j' {
		size = 4 // LONG_BINPUT, LONG_BINGET
	}
	at, err := m.number(size)
	switch {
	case err != nil:
		return err
	case op == 'q' || op == 'r':
		return m.put(at)
	}
	return m.get(at)
}

func (m *machine) pushTuple(op byte) error {
	if op == 't' { // TUPLE
		v, err := m.popMark()
		if err != nil {
			return err
		}
		return m.push(tuple(v))
	}
	t, err := m.popN(int(op) - 0x84) // TUPLE1, TUPLE2, TUPLE3
	if err != nil {
		return err
	}
	return m.push(t)
}
