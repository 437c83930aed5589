package pickle

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A machine runs a pickle.
type machine struct {
	code  []byte
	pos   int
	stack []any
	memo  map[uint32]any
	// storages are those that the pickle names anywhere.
	storages []*storage
	// left bounds the values that may still be made, so that a hostile file
	// costs no more than a small multiple of its size.
	left   int
	script bool // classes of TorchScript make modules
}

// newMachine returns a machine for the pickle that data starts with, in a file
// of size bytes.
func newMachine(data []byte, size int) *machine {
	// A tensor takes some 25 values and 150 bytes beside its elements, and 250 bytes
	// of the archive; a value takes some 60 bytes of memory.
	return &machine{code: data, memo: map[uint32]any{}, left: 1<<16 + size/16}
}

// run runs the pickle and returns its value and the bytes after it.
func (m *machine) run() (value any, rest []byte, err error) {
	for {
		op, err := m.take(1)
		if err != nil {
			return nil, nil, err
		}
		if op[0] == '.' {
			v, err := m.pop()
			if err == nil && len(m.stack) > 0 {
				err = m.fail("%s left over at its end", message.Count(len(m.stack), "value"))
			}
			return v, m.code[m.pos:], err
		}
		if err := m.step(op[0]); err != nil {
			return nil, nil, err
		}
	}
}

func (m *machine) fail(format string, args ...any) error {
	return damaged("pickle", "at byte %d: "+format, append([]any{m.pos}, args...)...)
}

// take returns the next n bytes of the program.
func (m *machine) take(n int) ([]byte, error) {
	if n < 0 || n > len(m.code)-m.pos {
		return nil, m.fail("it ends within an instruction")
	}
	b := m.code[m.pos : m.pos+n]
	m.pos += n
	return b, nil
}

// number returns the next n bytes as an unsigned number.
func (m *machine) number(n int) (uint64, error) {
	b, err := m.take(n)
	var full [8]byte
	copy(full[:], b)
	return binary.LittleEndian.Uint64(full[:]), err
}

// counted returns as many bytes as a number of n bytes says.
func (m *machine) counted(n int) ([]byte, error) {
	v, err := m.number(n)
	if err != nil {
		return nil, err
	}
	return m.take(int(min(v, math.MaxInt32)))
}

// line returns the bytes up to the next end of a line.
func (m *machine) line() (string, error) {
	n := bytes.IndexByte(m.code[m.pos:], '\n')
	b, err := m.take(n + 1)
	if err != nil || n < 0 {
		return "", m.fail("it ends within a name")
	}
	return string(b[:n]), nil
}

func (m *machine) spend() error {
	if m.left--; m.left < 0 {
		return m.fail("it makes more values than a state_dict of its size has")
	}
	return nil
}

func (m *machine) push(v any) error {
	m.stack = append(m.stack, v)
	return m.spend()
}

func (m *machine) pop() (any, error) {
	v, err := m.top()
	if err == nil {
		m.stack = m.stack[:len(m.stack)-1]
	}
	return v, err
}

func (m *machine) top() (any, error) {
	if len(m.stack) == 0 {
		return nil, m.fail("a value is missing")
	}
	v := m.stack[len(m.stack)-1]
	if _, ok := v.(mark); ok {
		return nil, m.fail("a mark stands in the place of a value")
	}
	return v, nil
}

// popMark returns the values above the last mark, and takes both away.
func (m *machine) popMark() ([]any, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if _, ok := m.stack[i].(mark); ok {
			v := append([]any(nil), m.stack[i+1:]...)
			m.stack = m.stack[:i]
			return v, nil
		}
	}
	return nil, m.fail("a mark is missing")
}

func (m *machine) popN(n int) (tuple, error) {
	t := make(tuple, n)
	for i := n - 1; i >= 0; i-- {
		var err error
		if t[i], err = m.pop(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (m *machine) put(at uint64) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	if at > math.MaxUint32 {
		return m.fail("the place %d in the memo", at)
	}
	m.memo[uint32(at)] = v
	return m.spend()
}

func (m *machine) get(at uint64) error {
	v, ok := m.memo[uint32(at)]
	if !ok || at > math.MaxUint32 {
		return m.fail("there is nothing at the place %d of the memo", at)
	}
	return m.push(v)
}

// appendTo adds items to the list on the stack, or drops them for an opaque
// value.
func (m *machine) appendTo(items []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case *list:
		v.items = append(v.items, items...)
		return nil
	case *opaque:
		return nil
	}
	return m.fail("items are appended to %s", describe(v))
}

// set adds keys and values in turn to the dictionary on the stack, or drops
// them for an opaque value.
func (m *machine) set(items []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	if _, ok := v.(*opaque); ok {
		return nil
	}
	d, ok := v.(*dict)
	if !ok || len(items)%2 != 0 {
		return m.fail("%d keys and values are set in %s", len(items), describe(v))
	}
	for i := 0; i < len(items); i += 2 {
		d.keys, d.values = append(d.keys, items[i]), append(d.values, items[i+1])
	}
	return nil
}
