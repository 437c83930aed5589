package rtneural

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/rnnrun/rnnrun/format/network"
)

// A value is a JSON value: nil, a bool, a string, a json.Number, a *tensor, a
// list, or an *object.
type value any

type list []value

// A tensor is an array of numbers, or of tensors of one shape.
type tensor struct {
	shape []int
	data  []float32
}

// An object keeps the order of its keys.
type object struct {
	keys   []string
	values map[string]value
}

// maxDepth bounds how deep arrays and objects nest.
const maxDepth = 16

// parse reads a JSON text, in which no object has a key twice.
func parse(data []byte) (value, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	p := &parser{d, 6<<20 + 3*len(data)}
	v, err := p.value(0)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more after the JSON value")
		}
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, damaged("JSON", "at byte %d: %v", d.InputOffset(), err)
	}
	return v, nil
}

func damaged(name, format string, args ...any) error {
	return network.Refuse(network.ErrDamaged, name, format, args...)
}

func unsupported(name, format string, args ...any) error {
	return network.Refuse(network.ErrUnsupported, name, format, args...)
}

type parser struct {
	*json.Decoder
	left int // bytes of memory that values may still take beside the numbers of tensors
}

// The memory that values take, roughly.
const (
	objectSize = 300
	keySize    = 80
	arraySize  = 100
	scalarSize = 40 // of a text, or of a number that is in no tensor
)

func (p *parser) spend(bytes int) error {
	if p.left -= bytes; p.left < 0 {
		return errors.New("it has more values than a model of its size can have")
	}
	return nil
}

func (p *parser) value(depth int) (value, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("arrays and objects lie more than %d deep", maxDepth)
	}
	t, err := p.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('['):
		if err := p.spend(arraySize); err != nil {
			return nil, err
		}
		return p.array(depth)
	case json.Delim('{'):
		if err := p.spend(objectSize); err != nil {
			return nil, err
		}
		return p.object(depth)
	}
	if _, ok := t.(json.Number); !ok {
		return t, p.spend(scalarSize)
	}
	return t, nil
}

func (p *parser) object(depth int) (value, error) {
	o := &object{values: map[string]value{}}
	for p.More() {
		t, err := p.Token()
		if err != nil {
			return nil, err
		}
		key, ok := t.(string)
		if !ok {
			return nil, fmt.Errorf("the key %v of an object", t)
		}
		if _, twice := o.values[key]; twice {
			return nil, fmt.Errorf("the key %q occurs twice", key)
		}
		if err := p.spend(keySize); err != nil {
			return nil, err
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		o.keys = append(o.keys, key)
		o.values[key] = v
	}
	_, err := p.Token()
	return o, err
}

// array reads an array: a tensor if it is one.
func (p *parser) array(depth int) (value, error) {
	var numbers []float32
	var others list
	for p.More() {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n, ok := v.(json.Number)
		if !ok || others != nil {
			if err := p.spend(scalarSize * (1 + len(numbers))); err != nil {
				return nil, err
			}
			for _, x := range numbers {
				others = append(others, json.Number(strconv.FormatFloat(float64(x), 'g', -1, 32)))
			}
			numbers = nil
			others = append(others, v)
			continue
		}
		x, err := strconv.ParseFloat(string(n), 32)
		if err != nil {
			return nil, fmt.Errorf("the number %v does not fit into float32", n)
		}
		numbers = append(numbers, float32(x))
	}
	if _, err := p.Token(); err != nil {
		return nil, err
	}
	if others == nil {
		return &tensor{[]int{len(numbers)}, numbers}, nil
	}
	return others.merge(), nil
}

// merge joins tensors of one shape to a tensor.
func (l list) merge() value {
	first, ok := l[0].(*tensor)
	if !ok {
		return l
	}
	for _, v := range l {
		if t, ok := v.(*tensor); !ok || !slices.Equal(t.shape, first.shape) {
			return l
		}
	}
	t := &tensor{shape: append([]int{len(l)}, first.shape...), data: make([]float32, 0, len(l)*len(first.data))}
	for _, v := range l {
		t.data = append(t.data, v.(*tensor).data...)
	}
	return t
}

// maxElements bounds a list of numbers that are not weights.
const maxElements = 1 << 16

// elements returns the elements of an array, even if it became a tensor; false
// if the value is not an array, or has too many numbers.
func elements(v value) (list, bool) {
	switch v := v.(type) {
	case list:
		return v, true
	case *tensor:
		if len(v.shape) == 1 {
			if len(v.data) > maxElements {
				return nil, false
			}
			var l list
			for _, x := range v.data {
				l = append(l, json.Number(strconv.FormatFloat(float64(x), 'g', -1, 32)))
			}
			return l, true
		}
		l := make(list, v.shape[0])
		for i := range l {
			n := len(v.data) / len(l)
			l[i] = &tensor{v.shape[1:], v.data[i*n:][:n:n]}
		}
		return l, true
	}
	return nil, false
}

// integer returns a whole number.
func integer(v value) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(string(n))
	return i, err == nil
}

// known refuses an object's keys except those that are known.
func (o *object) known(name string, keys ...string) error {
	for _, k := range o.keys {
		if !slices.Contains(keys, k) {
			return unsupported(name, "the key %.60q is not known", k)
		}
	}
	return nil
}
