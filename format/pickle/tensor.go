package pickle

import (
	"math"

	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A class is the type of a storage's elements, by the name of its class.
type class struct {
	size  int // bytes of an element
	float bool
	as    statedict.Float
}

// classes are the storages that are known.
var classes = map[name]class{
	"torch.FloatStorage":    {4, true, statedict.FloatF32},
	"torch.DoubleStorage":   {8, true, statedict.FloatF64},
	"torch.HalfStorage":     {2, true, statedict.FloatF16},
	"torch.BFloat16Storage": {2, true, statedict.FloatBF16},
	"torch.LongStorage":     {size: 8},
	"torch.IntStorage":      {size: 4},
	"torch.ShortStorage":    {size: 2},
	"torch.CharStorage":     {size: 1},
	"torch.ByteStorage":     {size: 1},
	"torch.BoolStorage":     {size: 1},
}

// storages are the bytes of storages by key.
type storages map[string][]byte

// tensors reads the tensors of a state_dict from a file of size bytes.
func (s storages) tensors(d *dict, size int) ([]statedict.Tensor, error) {
	list := make([]statedict.Tensor, 0, len(d.keys))
	seen := map[string]bool{}
	left := int64(size) // numbers that may still be made: tensors may share a storage, but not without limit
	for i := range d.keys {
		key, ok := d.keys[i].(string)
		if !ok {
			return nil, unsupported(label(d.keys[i]), "the name of an entry is %s, but a state_dict has strings", describe(d.keys[i]))
		}
		if seen[key] {
			return nil, damaged(key, "there are two tensors of this name")
		}
		seen[key] = true
		v, ok := d.values[i].(*tensor)
		if !ok {
			return nil, unsupported(key, "it is %s, but a state_dict has tensors only: save model.state_dict() alone", describe(d.values[i]))
		}
		n, err := s.check(key, v)
		if err != nil {
			return nil, err
		}
		if left -= n; left < 0 {
			return nil, damaged(key, "the tensors up to it have more numbers than a file of %s holds", message.Count(size, "byte"))
		}
		list = append(list, s.read(key, v, int(n)))
	}
	return list, nil
}

// check checks that a tensor lies in its storage, and returns the number of its elements.
func (s storages) check(key string, t *tensor) (int64, error) {
	c, known := classes[t.storage.class]
	data, ok := s[t.storage.key]
	switch have := int64(len(data)); {
	case !known:
		return 0, unsupported(key, "it is a tensor of the storage %.80q, which is not read", string(t.storage.class))
	case !ok:
		return 0, damaged(key, "its storage %.80q is not in the file", t.storage.key)
	case have%int64(c.size) != 0 || have/int64(c.size) != t.storage.elements:
		return 0, damaged(key, "its storage %.80q has %s, want %d elements of %s", t.storage.key, message.Count(have, "byte"), t.storage.elements, message.Count(c.size, "byte"))
	}
	n, last := int64(1), t.offset
	for i, size := range t.size {
		if size > math.MaxInt32 {
			return 0, damaged(key, "a size of %d in its shape", size)
		}
		if size == 0 {
			return 0, nil
		}
		if n *= size; n > t.storage.elements {
			return 0, damaged(key, "it has more than the %d elements of its storage", t.storage.elements)
		}
		if stride := t.stride[i]; size > 1 {
			if stride > t.storage.elements {
				return 0, damaged(key, "a stride of %d in a storage of %s", stride, message.Count(t.storage.elements, "element"))
			}
			last += (size - 1) * stride
		}
	}
	if last >= t.storage.elements || last < 0 {
		return 0, damaged(key, "its last element is number %d of a storage of %d", last, t.storage.elements)
	}
	return n, nil
}

// read reads a checked tensor of n elements.
func (s storages) read(key string, t *tensor, n int) statedict.Tensor {
	out := statedict.Tensor{Name: key, DType: string(t.storage.class)}
	for _, size := range t.size {
		out.Shape = append(out.Shape, int(size))
	}
	c := classes[t.storage.class]
	if !c.float || n == 0 {
		return out
	}
	data := s[t.storage.key]
	out.Data = make([]float32, n)
	index := make([]int64, len(t.size))
	at := t.offset
	for i := range out.Data {
		out.Data[i] = c.as.At(data[at*int64(c.size):])
		for d := len(index) - 1; d >= 0; d-- {
			index[d]++
			at += t.stride[d]
			if index[d] < t.size[d] {
				break
			}
			at -= index[d] * t.stride[d]
			index[d] = 0
		}
	}
	return out
}
