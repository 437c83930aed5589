package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/format/network"
)

// An entry describes a tensor.
type entry struct {
	name    string
	dtype   string
	shape   []int
	offsets [2]uint64
}

// parseHeader reads the header token by token, since a JSON library would
// silently take the last of two equal names.
func parseHeader(header []byte) ([]entry, []Property, error) {
	if !utf8.Valid(header) {
		return nil, nil, damaged("header", "it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(header))
	d.UseNumber()
	p := parser{d}
	var entries []entry
	var metadata []Property
	seen := map[string]bool{}
	err := p.object(func(name string) error {
		if seen[name] {
			return damaged(name, "there are two tensors of this name")
		}
		seen[name] = true
		if len(seen) > maxEntries {
			return damaged(name, "it has more than %d tensors", maxEntries)
		}
		if name == "__metadata__" {
			var err error
			metadata, err = p.metadata()
			return err
		}
		e, err := p.entry(name)
		entries = append(entries, e)
		return err
	})
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return entries, metadata, nil
		}
		if err == nil {
			err = fmt.Errorf("there is more after the JSON object")
		}
	}
	var e *network.ImportError
	if errors.As(err, &e) {
		return nil, nil, err
	}
	return nil, nil, damaged("header", "at byte %d: %v", 8+d.InputOffset(), err)
}

type parser struct{ *json.Decoder }

// object reads an object, and calls value for each name to read its value.
func (p parser) object(value func(name string) error) error {
	if err := p.delimiter('{'); err != nil {
		return err
	}
	for p.More() {
		name, err := p.string()
		if err != nil {
			return err
		}
		if err := value(name); err != nil {
			return err
		}
	}
	return p.delimiter('}')
}

func (p parser) token() (json.Token, error) {
	t, err := p.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return t, err
}

func (p parser) delimiter(want json.Delim) error {
	t, err := p.token()
	if err == nil && t != want {
		err = fmt.Errorf("%v, want %v", t, want)
	}
	return err
}

func (p parser) string() (string, error) {
	t, err := p.token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("%v, want a string", t)
	}
	return s, nil
}

func (p parser) numbers() ([]uint64, error) {
	if err := p.delimiter('['); err != nil {
		return nil, err
	}
	var list []uint64
	for p.More() {
		t, err := p.token()
		if err != nil {
			return nil, err
		}
		n, ok := t.(json.Number)
		if !ok {
			return nil, fmt.Errorf("%v, want a number", t)
		}
		v, err := strconv.ParseUint(string(n), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%v, want a whole number", n)
		}
		if list = append(list, v); len(list) > maxNumbers {
			return nil, fmt.Errorf("a list of more than %d numbers", maxNumbers)
		}
	}
	return list, p.delimiter(']')
}

// metadata reads the strings that describe the file as a whole. maxNumbers bounds
// a shape, and maxEntries the tensors and properties, which take several times
// the memory of their text.
const (
	maxNumbers = 64
	maxEntries = 1 << 16
)

func (p parser) metadata() ([]Property, error) {
	seen := map[string]bool{}
	var list []Property
	err := p.object(func(name string) error {
		if seen[name] {
			return damaged("__metadata__", "the name %s occurs twice", network.Quote(name))
		}
		seen[name] = true
		if len(seen) > maxEntries {
			return damaged("__metadata__", "it has more than %d properties", maxEntries)
		}
		value, err := p.string()
		list = append(list, Property{name, value})
		return err
	})
	return list, err
}

func (p parser) entry(name string) (entry, error) {
	e := entry{name: name}
	var found [3]bool
	err := p.object(func(key string) error {
		var field int
		var err error
		switch key {
		case "dtype":
			e.dtype, err = p.string()
		case "shape":
			field = 1
			var shape []uint64
			shape, err = p.numbers()
			for _, v := range shape {
				if v > math.MaxInt32 {
					return damaged(name, "a size of %d in its shape", v)
				}
				e.shape = append(e.shape, int(v))
			}
		case "data_offsets":
			field = 2
			var offsets []uint64
			offsets, err = p.numbers()
			if err == nil && len(offsets) != 2 {
				return damaged(name, "%d data_offsets, want 2", len(offsets))
			}
			copy(e.offsets[:], offsets)
		default:
			return damaged(name, "the key %s is not one of dtype, shape, data_offsets", network.Quote(key))
		}
		if found[field] {
			return damaged(name, "the key %q occurs twice", key)
		}
		found[field] = true
		return err
	})
	if err == nil && found != [3]bool{true, true, true} {
		err = damaged(name, "it lacks one of dtype, shape, data_offsets")
	}
	return e, err
}
