package rtneural

import (
	"fmt"
	"strconv"

	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
)

// maxArrays bounds how many arrays ReadArrays gives, and maxNames the bytes of their
// names together.
const (
	maxArrays = 1 << 16
	maxNames  = 8 << 20
)

// ReadArrays returns everything that a JSON text holds as named arrays, for an
// architecture that says what each is. A name has the keys of the objects that
// contain the array, and its index in a list, joined by dots. An object of "data"
// and "dim" or "shape" is one array of that shape; "v", the version of such an
// object, is ignored. A number alone is an array without axes; a value that is not
// a number, such as a text, has no Data. The error is a [*network.ImportError].
func ReadArrays(data []byte) ([]statedict.Tensor, error) {
	v, err := parse(data)
	if err != nil {
		return nil, err
	}
	var f flattener
	if err := f.add("", v); err != nil {
		return nil, err
	}
	return f.tensors, nil
}

// A flattener lists the arrays of a JSON value.
type flattener struct {
	tensors []statedict.Tensor
	names   int // bytes so far
}

func (f *flattener) add(name string, v value) error {
	switch v := v.(type) {
	case *tensor:
		return f.put(statedict.Tensor{Name: name, DType: "number", Shape: v.shape, Data: v.data})
	case *object:
		t, err := shaped(name, v)
		if err != nil {
			return err
		}
		if t != nil {
			return f.put(*t)
		}
		for _, key := range v.keys {
			if err := f.add(under(name, key), v.values[key]); err != nil {
				return err
			}
		}
		return nil
	case list:
		for i, element := range v {
			if err := f.add(under(name, strconv.Itoa(i)), element); err != nil {
				return err
			}
		}
		return nil
	case fmt.Stringer: // a json.Number
		x, err := strconv.ParseFloat(v.String(), 32)
		if err != nil {
			return damaged(name, "the number %.40s does not fit into float32", v)
		}
		return f.put(statedict.Tensor{Name: name, DType: "number", Data: []float32{float32(x)}})
	}
	return f.put(statedict.Tensor{Name: name, DType: fmt.Sprintf("%T", v)})
}

func under(name, key string) string {
	if name == "" {
		return key
	}
	return name + "." + key
}

func (f *flattener) put(t statedict.Tensor) error {
	if len(f.tensors) == maxArrays {
		return unsupported(t.Name, "the file has more than %d arrays and values beside one another", maxArrays)
	}
	if f.names += len(t.Name); f.names > maxNames {
		return unsupported(t.Name, "with it the names of the arrays have more than %d bytes", maxNames)
	}
	f.tensors = append(f.tensors, t)
	return nil
}

// shaped returns the array that an object holds with its shape beside it; nil: it
// holds none.
func shaped(name string, o *object) (*statedict.Tensor, error) {
	data, ok := o.values["data"].(*tensor)
	if !ok {
		return nil, nil
	}
	var dims *tensor
	for _, key := range o.keys {
		switch key {
		case "data", "v":
		case "dim", "shape":
			d, ok := o.values[key].(*tensor)
			if !ok || dims != nil {
				return nil, nil
			}
			dims = d
		default:
			return nil, nil
		}
	}
	if dims == nil {
		return nil, nil
	}
	t := &statedict.Tensor{Name: name, DType: "number", Data: data.data}
	for _, d := range dims.data {
		if d != float32(int32(d)) {
			return nil, damaged(name, "its shape has the number %v", d)
		}
		t.Shape = append(t.Shape, int(d))
	}
	if n, ok := statedict.Numbers(t.Shape, int64(len(t.Data))); !ok || n != int64(len(t.Data)) {
		return nil, damaged(name, "it has %s, but its shape is %v", message.Count(len(t.Data), "number"), t.Shape)
	}
	return t, nil
}
