package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
)

// dtype is the type of a tensor's elements.
type dtype int64

const (
	typeFloat    dtype = 1
	typeUint8    dtype = 2
	typeInt8     dtype = 3
	typeUint16   dtype = 4
	typeInt16    dtype = 5
	typeInt32    dtype = 6
	typeInt64    dtype = 7
	typeBool     dtype = 9
	typeFloat16  dtype = 10
	typeDouble   dtype = 11
	typeBFloat16 dtype = 16
)

var typeNames = [...]string{"undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16",
	"double", "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
	"uint4", "int4", "float4e2m1"}

// String returns the type's name in ONNX.
func (t dtype) String() string {
	if t >= 0 && int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type %d", int64(t))
}

func (t dtype) isFloat() bool {
	return t == typeFloat || t == typeFloat16 || t == typeDouble || t == typeBFloat16
}

// float returns the format of a float type.
func (t dtype) float() statedict.Float {
	switch t {
	case typeFloat16:
		return statedict.FloatF16
	case typeBFloat16:
		return statedict.FloatBF16
	case typeDouble:
		return statedict.FloatF64
	}
	return statedict.FloatF32
}

func (t dtype) isInteger() bool {
	_, _, ok := t.bounds()
	return ok
}

// bounds returns the least and the greatest number of a type of integers.
func (t dtype) bounds() (least, greatest int64, ok bool) {
	switch t {
	case typeBool:
		return 0, 1, true
	case typeUint8:
		return 0, math.MaxUint8, true
	case typeInt8:
		return math.MinInt8, math.MaxInt8, true
	case typeUint16:
		return 0, math.MaxUint16, true
	case typeInt16:
		return math.MinInt16, math.MaxInt16, true
	case typeInt32:
		return math.MinInt32, math.MaxInt32, true
	case typeInt64:
		return math.MinInt64, math.MaxInt64, true
	}
	return 0, 0, false
}

const (
	maxRank = 16
	// maxIntegers bounds a file's integers that are not weights: they are shapes
	// and axes, which are few.
	maxIntegers = 1 << 16
)

// A tensor is a constant of the file.
type tensor struct {
	name   string
	dtype  dtype
	shape  []int
	floats []float32 // of the float types, rounded to float32
	ints   []int64   // of the integer types
}

func tensorError(name string, reason error, format string, args ...any) error {
	if name == "" {
		name = "(constant)"
	}
	return &Error{Err: reason, Tensor: name, Reason: fmt.Sprintf(format, args...)}
}

// content is the content of a TensorProto.
type content struct {
	name     string
	dtype    int64
	dims     []int64
	raw      []byte
	hasRaw   bool
	floats   []float32 // float_data or double_data
	doubles  bool      // they are double_data
	ints     []int64   // int32_data or int64_data
	wide     bool      // they are int64_data
	external bool
	place    place // of external data
}

func (p *parser) tensor(b []byte) (*tensor, error) {
	if err := p.count(); err != nil {
		return nil, err
	}
	var c content
	err := protobuf.ReadFields("TensorProto", b, protobuf.Numbers(1, 4, 5, 6, 7, 10, 11, 13, 16), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.FewIntegers(&c.dims, maxIntegers)
		case 2:
			return f.Integer(&c.dtype)
		case 4:
			return f.Floats(&c.floats)
		case 5:
			return f.Integers(&c.ints)
		case 7:
			c.wide = true
			return f.FewIntegers(&c.ints, maxIntegers)
		case 8:
			return f.Text(&c.name)
		case 9:
			var err error
			c.hasRaw = true
			c.raw, err = f.Bytes()
			return err
		case 10:
			c.doubles = true
			return f.Doubles(&c.floats)
		case 12, 16: // documentation, metadata
			return nil
		case 13:
			c.external = true
			return c.place.property(f)
		case 14:
			var at int64
			err := f.Integer(&at)
			c.external = c.external || at != 0
			return err
		case 3:
			return tensorError(c.name, network.ErrUnsupported, "it is a segment of a tensor")
		case 6, 11: // strings, unsigned integers: the type tells
			return nil
		}
		return f.Unknown()
	})
	if err != nil {
		return nil, err
	}
	return c.decode(p)
}

// width returns the number of bytes of an element in raw_data.
func (t dtype) width() int {
	switch t {
	case typeUint8, typeInt8, typeBool:
		return 1
	case typeFloat16, typeBFloat16, typeUint16, typeInt16:
		return 2
	case typeFloat, typeInt32:
		return 4
	}
	return 8
}

// elements returns the number of elements of a shape, and false if that is more
// than fits into a file of this size.
func elements(dims []int64, limit int) (int, bool) {
	n := int64(1)
	for _, d := range dims {
		if d == 0 {
			return 0, true
		}
	}
	for _, d := range dims {
		if d < 0 || d > int64(limit) || n > int64(limit)/d {
			return 0, false
		}
		n *= d
	}
	return int(n), true
}

func (c *content) decode(p *parser) (*tensor, error) {
	fail := func(reason error, format string, args ...any) (*tensor, error) {
		return nil, tensorError(c.name, reason, format, args...)
	}
	t := &tensor{name: c.name, dtype: dtype(c.dtype)}
	switch {
	case !t.dtype.isFloat() && !t.dtype.isInteger():
		return fail(network.ErrUnsupported, "it is of the type %v; float, double, float16, bfloat16, uint8, int8, uint16, int16, int32, int64 and bool are supported", t.dtype)
	case len(c.dims) > maxRank:
		return fail(network.ErrUnsupported, "it has %s, want up to %d", message.Count(len(c.dims), "dimension"), maxRank)
	}
	if c.external {
		if c.hasRaw || len(c.floats)+len(c.ints) > 0 {
			return fail(network.ErrDamaged, "it has data here and in another file")
		}
		raw, err := p.external.bytes(c.name, c.place)
		if err != nil {
			return nil, err
		}
		c.raw, c.hasRaw = raw, true
	}
	stored := len(c.raw) / t.dtype.width()
	typed := len(c.floats) + len(c.ints)
	if c.hasRaw && typed > 0 {
		return fail(network.ErrDamaged, "it has data twice, raw and by type")
	}
	n, ok := elements(c.dims, max(stored, typed))
	if !ok || c.hasRaw && n*t.dtype.width() != len(c.raw) || !c.hasRaw && n != typed {
		return fail(network.ErrDamaged, "it has the shape %v and the type %v, but %s", c.dims, t.dtype, message.Count(max(stored, typed), "element"))
	}
	for _, d := range c.dims {
		if d < 0 || d > math.MaxInt32 {
			return fail(network.ErrDamaged, "it has the shape %v", c.dims)
		}
		t.shape = append(t.shape, int(d))
	}
	if t.dtype.isInteger() {
		if p.integers += n; p.integers > maxIntegers {
			return fail(network.ErrUnsupported, "with it the file has more than %d integers that are not weights", maxIntegers)
		}
	}
	if c.hasRaw {
		c.decodeRaw(t, n)
		return t, nil
	}
	wrong := func() (*tensor, error) {
		return fail(network.ErrDamaged, "its data is not stored as the type %v requires", t.dtype)
	}
	switch t.dtype {
	case typeFloat, typeDouble:
		if len(c.ints) > 0 || n > 0 && c.doubles != (t.dtype == typeDouble) {
			return wrong()
		}
		t.floats = c.floats
	case typeFloat16, typeBFloat16:
		if len(c.floats) > 0 || c.wide {
			return wrong()
		}
		for _, v := range c.ints {
			if v < 0 || v > math.MaxUint16 {
				return wrong()
			}
			t.floats = append(t.floats, t.dtype.float().At([]byte{byte(v), byte(v >> 8)}))
		}
	default:
		if len(c.floats) > 0 || n > 0 && c.wide != (t.dtype == typeInt64) {
			return wrong()
		}
		t.ints = c.ints
		least, greatest, _ := t.dtype.bounds()
		for _, v := range t.ints {
			if v < least || v > greatest {
				return wrong()
			}
		}
	}
	return t, nil
}

func (c *content) decodeRaw(t *tensor, n int) {
	if t.dtype.isFloat() {
		t.floats = t.dtype.float().Decode(c.raw)
		return
	}
	t.ints = make([]int64, n)
	for i := range n {
		switch b := c.raw[i*t.dtype.width():]; t.dtype {
		case typeUint8:
			t.ints[i] = int64(b[0])
		case typeInt8:
			t.ints[i] = int64(int8(b[0]))
		case typeUint16:
			t.ints[i] = int64(binary.LittleEndian.Uint16(b))
		case typeInt16:
			t.ints[i] = int64(int16(binary.LittleEndian.Uint16(b)))
		case typeBool:
			t.ints[i] = int64(min(b[0], 1))
		case typeInt32:
			t.ints[i] = int64(int32(binary.LittleEndian.Uint32(b)))
		case typeInt64:
			t.ints[i] = int64(binary.LittleEndian.Uint64(b))
		}
	}
}
