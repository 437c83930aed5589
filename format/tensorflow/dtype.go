package tensorflow

import "fmt"

// A dtype is the type of a tensor's elements, as types.proto numbers them. One above
// 100 is a reference to a variable of the type 100 below.
type dtype int64

const (
	typeFloat    dtype = 1
	typeDouble   dtype = 2
	typeInt32    dtype = 3
	typeUint8    dtype = 4
	typeInt16    dtype = 5
	typeInt8     dtype = 6
	typeString   dtype = 7
	typeInt64    dtype = 9
	typeBool     dtype = 10
	typeBFloat16 dtype = 14
	typeHalf     dtype = 19
	typeResource dtype = 20
	typeVariant  dtype = 21
)

var typeNames = map[dtype]string{
	typeFloat: "float", typeDouble: "double", typeInt32: "int32", typeUint8: "uint8", typeInt16: "int16", typeInt8: "int8", typeString: "string",
	typeInt64: "int64", typeBool: "bool", typeBFloat16: "bfloat16", typeHalf: "half", typeResource: "resource", typeVariant: "variant",
}

// String returns the type's name in TensorFlow.
func (t dtype) String() string {
	if name, ok := typeNames[t]; ok {
		return name
	}
	return fmt.Sprintf("type %d", int64(t))
}

func (t dtype) isFloat() bool {
	return t == typeFloat || t == typeDouble || t == typeHalf || t == typeBFloat16
}

func (t dtype) isInteger() bool {
	switch t {
	case typeInt32, typeUint8, typeInt16, typeInt8, typeInt64, typeBool:
		return true
	}
	return false
}

// width returns the number of bytes of an element in tensor_content.
func (t dtype) width() int {
	switch t {
	case typeUint8, typeInt8, typeBool:
		return 1
	case typeHalf, typeBFloat16, typeInt16:
		return 2
	case typeFloat, typeInt32:
		return 4
	}
	return 8
}
