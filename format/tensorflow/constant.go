package tensorflow

import (
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
)

// maxIntegers bounds the integers of a constant, such as shapes, axes and places, and
// allIntegers those of all computed constants.
const (
	maxIntegers = 1 << 16
	allIntegers = 1 << 21
)

// A content is the content of a TensorProto.
type content struct {
	dtype  int64
	shape  *shape
	raw    []byte
	hasRaw bool
	floats []float32
	ints   []int64
}

// readTensor reads a TensorProto. If it has fewer numbers than elements, the last number
// fills the others.
func readTensor(b []byte) (*tensor, error) {
	c := content{shape: &shape{}}
	if err := c.read(b); err != nil {
		return nil, err
	}
	t := &tensor{dtype: dtype(c.dtype), constant: true, reversed: -1}
	if c.shape.unknown {
		return nil, damaged("", "a constant without a shape")
	}
	n := 1
	for _, size := range c.shape.sizes {
		if size < 0 || size > 0 && int64(n) > math.MaxInt32/size {
			return nil, damaged("", "a constant of the shape %v", c.shape.sizes)
		}
		n *= int(size)
		t.shape = append(t.shape, dimension{n: int(size)})
	}
	switch {
	case t.dtype.isFloat():
		return t, c.decodeFloats(t, n)
	case t.dtype.isInteger():
		return t, c.decodeIntegers(t, n)
	}
	return t, nil // texts and the like; a node that reads it is refused
}

func (c *content) read(b []byte) error {
	return protobuf.ReadFields("TensorProto", b, protobuf.Numbers(5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17), func(f protobuf.Field) (err error) {
		switch f.Number {
		case 1:
			return f.Integer(&c.dtype)
		case 2:
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			c.shape, err = readShape(b)
			return err
		case 4:
			c.raw, err = f.Bytes()
			c.hasRaw = len(c.raw) > 0
			return err
		case 5:
			return f.Floats(&c.floats)
		case 6:
			return f.Doubles(&c.floats)
		case 7, 10, 11, 13:
			if err := f.Integers(&c.ints); err != nil {
				return err
			}
			return nil
		case 3, 8, 9, 12, 14, 15, 16, 17: // version, texts, complex numbers, resources, unsigned integers: the type tells
			return nil
		}
		return f.Unknown()
	})
}

// decodeFloats sets the numbers of a tensor of n elements.
func (c *content) decodeFloats(t *tensor, n int) error {
	of := statedict.FloatF32
	switch t.dtype {
	case typeDouble:
		of = statedict.FloatF64
	case typeHalf:
		of = statedict.FloatF16
	case typeBFloat16:
		of = statedict.FloatBF16
	}
	switch {
	case c.hasRaw && (len(c.floats)+len(c.ints) > 0 || len(c.raw) != n*of.Size()):
		return damaged("", "a constant of the shape %s and the type %v with %s of content", shapeText(t.shape), t.dtype, message.Count(len(c.raw), "byte"))
	case c.hasRaw:
		t.floats = of.Decode(c.raw)
		return nil
	}
	for _, v := range c.ints { // of a half
		if v < 0 || v > math.MaxUint16 || of.Size() != 2 {
			return damaged("", "a constant of the type %v of integers", t.dtype)
		}
		c.floats = append(c.floats, of.At(binary.LittleEndian.AppendUint16(nil, uint16(v))))
	}
	switch k := len(c.floats); {
	case k == 0 && n > 0:
		c.floats = []float32{0}
	case k > n:
		return damaged("", "a constant of the shape %s with %s", shapeText(t.shape), message.Count(k, "number"))
	case k > 1 && k < n:
		if n > 4*k+maxIntegers {
			return network.Refuse(network.ErrUnsupported, "", "a constant of the shape %s with only %s", shapeText(t.shape), message.Count(k, "number"))
		}
		for len(c.floats) < n {
			c.floats = append(c.floats, c.floats[k-1])
		}
	}
	t.floats = c.floats
	return nil
}

// decodeIntegers sets the numbers of a tensor of n elements.
func (c *content) decodeIntegers(t *tensor, n int) error {
	if n > maxIntegers {
		return network.Refuse(network.ErrUnsupported, "", "a constant of %s, want up to %d", message.Count(n, "integer"), maxIntegers)
	}
	width := t.dtype.width()
	if c.hasRaw && (len(c.floats)+len(c.ints) > 0 || len(c.raw) != n*width) {
		return damaged("", "a constant of the shape %s and the type %v with %s of content", shapeText(t.shape), t.dtype, message.Count(len(c.raw), "byte"))
	}
	for i := 0; c.hasRaw && i < n; i++ {
		var v int64
		switch b := c.raw[i*width:]; t.dtype {
		case typeInt8:
			v = int64(int8(b[0]))
		case typeUint8:
			v = int64(b[0])
		case typeBool:
			v = int64(min(b[0], 1))
		case typeInt16:
			v = int64(int16(binary.LittleEndian.Uint16(b)))
		case typeInt32:
			v = int64(int32(binary.LittleEndian.Uint32(b)))
		default:
			v = int64(binary.LittleEndian.Uint64(b))
		}
		c.ints = append(c.ints, v)
	}
	if len(c.floats) > 0 || len(c.ints) > n {
		return damaged("", "a constant of the shape %s and the type %v with %s", shapeText(t.shape), t.dtype, message.Count(len(c.floats)+len(c.ints), "number"))
	}
	t.ints = make([]number, n)
	for i := range t.ints {
		if k := len(c.ints); k > 0 {
			t.ints[i].n = c.ints[min(i, k-1)]
		}
	}
	return nil
}
