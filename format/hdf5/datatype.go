package hdf5

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/rnnrun/rnnrun/internal/binary16"
)

// A datatype is the type of the elements of an array or of an attribute.
type datatype struct {
	class    int
	size     int // bytes
	big      bool
	signed   bool
	variable bool // a text of variable length
	space    bool // a text is padded by spaces
	at       int64
	known    bool // elements are read
}

// The classes of types that are read.
const (
	classInteger  = 0
	classFloat    = 1
	classString   = 3
	classVariable = 9
)

// datatype reads the message of a type. The code that reads elements checks
// whether the type is supported.
func (c *cursor) datatype() datatype {
	t := datatype{at: c.at}
	head, flags := c.u8(), c.number(3)
	size := c.u32()
	if t.class = head & 15; c.err == nil && (head>>4 < 1 || head>>4 > 4) {
		c.fail(unsupported(t.at, "version %d of a datatype", head>>4))
	}
	if size > 1<<30 {
		c.fail(damaged(t.at, "elements of %d bytes", size))
	}
	if t.size = int(size); c.err != nil {
		return t
	}
	t.big = flags&1 != 0
	switch t.class {
	case classInteger:
		t.signed = flags&8 != 0
		offset, precision := c.u16(), c.u16()
		t.known = (size == 1 || size == 2 || size == 4 || size == 8) && offset == 0 && precision == 8*t.size
	case classFloat:
		layout := [6]int{c.u16(), c.u16(), c.u8(), c.u8(), c.u8(), c.u8()}
		bias, sign := c.u32(), int(flags>>8&255)
		for _, ieee := range []struct{ size, exponent, mantissa int }{{2, 5, 10}, {4, 8, 23}, {8, 11, 52}} {
			t.known = t.known || t.size == ieee.size && layout == [6]int{0, 8 * ieee.size, ieee.mantissa, ieee.exponent, 0, ieee.mantissa} &&
				bias == 1<<(ieee.exponent-1)-1 && sign == 8*ieee.size-1 && flags&(1<<6) == 0 && flags>>4&3 == 2
		}
	case classString:
		t.known = flags&15 <= 2
		t.space = flags&15 == 2
	case classVariable:
		t.known = flags&15 == 1
		t.variable = true
	}
	return t
}

// text reports whether elements are texts.
func (t datatype) text() bool { return t.known && (t.class == classString || t.class == classVariable) }

// number reports whether elements are numbers.
func (t datatype) number() bool {
	return t.known && t.size > 0 && (t.class == classInteger || t.class == classFloat)
}

// String names the type as NumPy does: "float32", "uint8".
func (t datatype) String() string {
	switch {
	case t.text():
		return "text"
	case !t.number():
		return "class " + strconv.Itoa(t.class)
	case t.class == classFloat:
		return "float" + strconv.Itoa(8*t.size)
	case t.signed:
		return "int" + strconv.Itoa(8*t.size)
	}
	return "uint" + strconv.Itoa(8*t.size)
}

// floats writes the numbers of b into v. It returns the place of one that a
// float32 cannot hold, or -1.
func (t datatype) floats(v []float32, b []byte) int {
	order := binary.ByteOrder(binary.LittleEndian)
	if t.big {
		order = binary.BigEndian
	}
	for i := range v {
		e := b[i*t.size:][:t.size]
		bits := uint64(0)
		switch t.size {
		case 1:
			bits = uint64(e[0])
		case 2:
			bits = uint64(order.Uint16(e))
		case 4:
			bits = uint64(order.Uint32(e))
		case 8:
			bits = order.Uint64(e)
		}
		switch {
		case t.class == classFloat && t.size == 2:
			v[i] = binary16.Value(uint16(bits))
		case t.class == classFloat && t.size == 4:
			v[i] = math.Float32frombits(uint32(bits))
		case t.class == classFloat:
			wide := math.Float64frombits(bits)
			if v[i] = float32(wide); math.IsInf(float64(v[i]), 0) && !math.IsInf(wide, 0) {
				return i
			}
		case t.signed:
			shift := 64 - 8*t.size
			n := int64(bits<<shift) >> shift
			if v[i] = float32(n); n < -1<<24 || n > 1<<24 {
				return i
			}
		default:
			if v[i] = float32(bits); bits > 1<<24 {
				return i
			}
		}
	}
	return -1
}
