package proto

import "fmt"

// An Attribute is an option of a node. Its value is an int, a float32, a string,
// a Tensor, a *Model, whose graph it is, or a slice of one of the first three.
type Attribute struct {
	Name  string
	Value any
}

// The types of attributes, as onnx.proto numbers them.
const (
	isFloat = 1 + iota
	isInt
	isString
	isTensor
	isGraph
	isFloats
	isInts
	isStrings
)

func (a *Attribute) marshal() (m Message) {
	m.Text(1, a.Name)
	kind := int64(0)
	switch v := a.Value.(type) {
	case float32:
		kind = isFloat
		m.Float(2, v)
	case int:
		kind = isInt
		m.Number(3, int64(v))
	case string:
		kind = isString
		m.Text(4, v)
	case Tensor:
		kind = isTensor
		m.Bytes(5, v.Marshal())
	case *Model:
		kind = isGraph
		m.Bytes(6, v.Graph())
	case []float32:
		kind = isFloats
		for _, x := range v {
			m.Float(7, x)
		}
	case []int:
		kind = isInts
		for _, x := range v {
			m.Number(8, int64(x))
		}
	case []string:
		kind = isStrings
		for _, s := range v {
			m.Text(9, s)
		}
	default:
		panic(fmt.Sprintf("an attribute of the type %T", v))
	}
	m.Number(20, kind)
	return m
}
