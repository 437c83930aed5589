package format

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"

	"github.com/rnnrun/rnnrun/internal/binary16"
	"github.com/rnnrun/rnnrun/internal/padding"
)

// numbers are the numbers of a tensor in one number format. They lie in a model,
// which may have none of that format.
type numbers interface {
	// columns returns how many columns a part of a matrix has as stored.
	columns(part int) int
	// bytes returns the size of n numbers in a file.
	bytes(n int64) int64
	// offset returns where in a file number i is stored, in bytes from the first.
	offset(i int64) int64

	// len returns how many numbers there are; -1: they end within a group.
	len() int
	// value returns number i as it is stored: without its scale.
	value(i int) float32
	// broken returns the position of the first number that no model may have, and
	// what is wrong with it; -1: there is none.
	broken() (i int, fault string)
	// set takes the numbers from the bytes of a file, where they stay if they can.
	set(b []byte)
	// file returns the numbers as a file has them, in place if they can be.
	file() []byte
}

// f32s are numbers in [DTypeF32]. They are a store of numbers that are always so.
type f32s []float32

func (*f32s) dtype() *DType { return nil }
func (*f32s) scales() int   { return 0 }

func (n *f32s) in(d DType) numbers {
	if d == DTypeF32 {
		return n
	}
	return nil
}

func (*f32s) columns(part int) int  { return part }
func (*f32s) bytes(n int64) int64   { return 4 * n }
func (*f32s) offset(i int64) int64  { return 4 * i }
func (n *f32s) len() int            { return len(*n) }
func (n *f32s) value(i int) float32 { return (*n)[i] }
func (n *f32s) set(b []byte)        { *n = view[float32](b) }
func (n *f32s) file() []byte        { return fileBytes(*n) }
func (n *f32s) broken() (i int, fault string) {
	for i, v := range *n {
		if !finite(v) {
			return i, notFinite(v, i)
		}
	}
	return -1, ""
}

func notFinite(v float32, i int) string {
	return fmt.Sprintf("%v as number %d: the model is broken, train it again", v, i)
}

// f32 is one number in [DTypeF32]; 0: there is none. It is a store, as f32s.
type f32 float32

func (*f32) dtype() *DType { return nil }
func (*f32) scales() int   { return 0 }

func (n *f32) in(d DType) numbers {
	if d == DTypeF32 {
		return n
	}
	return nil
}

func (*f32) columns(part int) int { return part }
func (*f32) bytes(n int64) int64  { return 4 * n }
func (*f32) offset(i int64) int64 { return 4 * i }
func (n *f32) value(int) float32  { return float32(*n) }
func (n *f32) set(b []byte)       { *n = f32(view[float32](b)[0]) }
func (n *f32) file() []byte       { return fileBytes(unsafe.Slice((*float32)(n), 1)) }
func (n *f32) len() int {
	if math.Float32bits(float32(*n)) == 0 {
		return 0
	}
	return 1
}

func (n *f32) broken() (i int, fault string) {
	if v := float32(*n); !finite(v) {
		return 0, notFinite(v, 0)
	}
	return -1, ""
}

// f16s are numbers in [DTypeF16].
type f16s []uint16

func (*f16s) columns(part int) int  { return part }
func (*f16s) bytes(n int64) int64   { return 2 * n }
func (*f16s) offset(i int64) int64  { return 2 * i }
func (n *f16s) len() int            { return len(*n) }
func (n *f16s) value(i int) float32 { return binary16.Value((*n)[i]) }
func (n *f16s) set(b []byte)        { *n = view[uint16](b) }
func (n *f16s) file() []byte        { return fileBytes(*n) }

func (n *f16s) broken() (i int, fault string) {
	for i, h := range *n {
		if !binary16.Finite(h) {
			return i, notFinite(n.value(i), i)
		}
	}
	return -1, ""
}

// int8s are numbers in [DTypeInt8].
type int8s []int8

func (*int8s) columns(part int) int  { return padding.UpToQuad(part) }
func (*int8s) bytes(n int64) int64   { return n }
func (*int8s) offset(i int64) int64  { return i }
func (n *int8s) len() int            { return len(*n) }
func (n *int8s) value(i int) float32 { return float32((*n)[i]) }
func (n *int8s) set(b []byte)        { *n = view[int8](b) }
func (n *int8s) file() []byte        { return fileBytes(*n) }

// broken finds -128, whose negative is not an int8.
func (n *int8s) broken() (i int, fault string) {
	if i = bytes.IndexByte(raw(*n), 0x80); i < 0 {
		return -1, ""
	}
	return i, fmt.Sprintf("-128 as number %d, want -127 to 127", i)
}

// int4s are numbers in [DTypeInt4], in groups with their scales.
type int4s []byte

func (*int4s) columns(part int) int { return padGroup(part) }
func (*int4s) bytes(n int64) int64  { return n / groupColumns * groupBytes }
func (*int4s) offset(i int64) int64 { return i/groupColumns*groupBytes + 2 + i%groupColumns/2 }
func (n *int4s) set(b []byte)       { *n = b[:len(b):len(b)] }
func (n *int4s) file() []byte       { return *n }

func (n *int4s) len() int {
	if len(*n)%groupBytes != 0 {
		return -1
	}
	return len(*n) / groupBytes * groupColumns
}

func (n *int4s) value(i int) float32 {
	q, _ := int4(*n, i)
	return float32(q)
}

// broken finds a number of -8, or one whose scale is not finite or not above 0.
func (n *int4s) broken() (i int, fault string) {
	for i := range n.len() {
		if q, scale := int4(*n, i); q == -8 || scale == 0 || scale >= 0x7c00 {
			return i, fmt.Sprintf("-8 as number %d, or a scale there that is not finite or not above 0", i)
		}
	}
	return -1, ""
}

// int4 returns number i of an int4 matrix, as it is stored: the integer and the
// scale of its group.
func int4(b []byte, i int) (q int8, scale uint16) {
	group := b[i/groupColumns*groupBytes:][:groupBytes]
	pair := group[2+i%groupColumns/2]
	if i%2 == 0 {
		pair <<= 4
	}
	return int8(pair) >> 4, binary.LittleEndian.Uint16(group)
}
