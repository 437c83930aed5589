// Package carray reads the arrays of numbers in C source, as programs with
// compiled-in weights have it:
//
//	static const float gru_bias[3] = {0.5f, -1, 2e-3};
//
// A tensor has the array's name. Its shape is the sizes in the brackets if all are
// plain numbers, and otherwise the number of its elements. Read skips structures,
// strings, comments and preprocessor lines. Numbers of the type rnn_weight, as in
// RNNoise 0.1, count 256ths.
package carray

import (
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
)

const (
	maxAxes   = 8
	maxArrays = 1 << 16
)

// scales are the units of numbers by their type, if not 1.
var scales = map[string]float32{"rnn_weight": 1. / 256}

// Match reports whether data is C source with an array of numbers.
func Match(data []byte) bool {
	s := scanner{rest: data, line: 1}
	t, err := s.array()
	return err == nil && t != nil
}

// Read returns the arrays in the order of the text. The error is a
// [*network.ImportError], which says the line.
func Read(data []byte) ([]statedict.Tensor, error) {
	s := scanner{rest: data, line: 1}
	var list []statedict.Tensor
	for {
		t, err := s.array()
		if err != nil {
			return nil, err
		}
		if t == nil {
			break
		}
		if len(list) == maxArrays {
			return nil, network.Refuse(network.ErrUnsupported, "", "the source has more than %d arrays", maxArrays)
		}
		list = append(list, *t)
	}
	if len(list) == 0 {
		return nil, s.refuse("the source has no array of numbers")
	}
	return list, nil
}

// array returns the next array of numbers; nil: there is none.
func (s *scanner) array() (*statedict.Tensor, error) {
	var d declaration
	for {
		word := s.word()
		switch {
		case word == "":
			return nil, nil
		case word == "[":
			d.bracket(s)
			continue
		case word == "=" && d.brackets > 0:
			if s.word() != "{" {
				break
			}
			line := s.line
			values, err := s.values(d.scale())
			if err != nil {
				return nil, err
			}
			if values == nil {
				break
			}
			t := &statedict.Tensor{Name: d.name, DType: "C", Shape: d.shape, Data: values}
			if d.open {
				t.Shape = []int{len(values)}
			} else if n, ok := statedict.Numbers(d.shape, int64(len(values))); !ok || n != int64(len(values)) {
				s.line = line
				return nil, s.refuse("the array %s has %s, which is not the number in the shape %v", network.Quote(d.name), message.Count(len(values), "number"), d.shape)
			}
			return t, nil
		case identifier(word):
			if d.brackets == 0 {
				d.kind, d.name = d.name, word
			}
			continue
		}
		d = declaration{}
	}
}

// A declaration is the part of an array's declaration that was read.
type declaration struct {
	kind, name string // the last two words
	shape      []int
	brackets   int
	open       bool // a size is not a plain number, or is left out
}

// scale returns the unit of its numbers.
func (d *declaration) scale() float32 {
	if scale, ok := scales[d.kind]; ok {
		return scale
	}
	return 1
}

// bracket reads the size in a bracket, and what closes it.
func (d *declaration) bracket(s *scanner) {
	d.brackets++
	word := s.word()
	n, err := strconv.ParseUint(word, 10, 31)
	if err == nil && len(d.shape) < maxAxes {
		d.shape = append(d.shape, int(n))
		word = s.word()
	}
	for ; word != "]" && word != ""; word = s.word() {
		d.open = true
	}
	d.open = d.open || err != nil
}

// values returns the numbers up to the closing brace, times the scale; nil: there is
// something else among them, which it skips.
func (s *scanner) values(scale float32) ([]float32, error) {
	ahead := *s
	count := 0
	ok, err := ahead.numbers(func(float32) { count++ })
	if err != nil || !ok || count == 0 {
		*s = ahead
		return nil, err
	}
	list := make([]float32, 0, count)
	_, err = s.numbers(func(v float32) { list = append(list, v*scale) })
	return list, err
}

// numbers yields the numbers up to the closing brace. It reports whether there is
// nothing else.
func (s *scanner) numbers(yield func(float32)) (bool, error) {
	sign := ""
	for depth := 1; depth > 0; {
		word := s.word()
		switch c := word; {
		case c == "":
			return false, s.refuse("the source ends within an array")
		case c == "{":
			depth++
		case c == "}":
			depth--
		case c == ",":
		case c == "-" || c == "+":
			sign = c
			continue
		case c[0] != '.' && (c[0] < '0' || c[0] > '9'):
			return false, nil
		default:
			v, err := number(sign + c)
			if err != nil {
				return false, s.refuse("%s is not a float32 number", network.Quote(c))
			}
			yield(v)
		}
		sign = ""
	}
	return true, nil
}

func number(word string) (float32, error) {
	if n, err := strconv.ParseInt(strings.TrimRight(word, "lLuU"), 0, 64); err == nil {
		return float32(n), nil
	}
	v, err := strconv.ParseFloat(strings.TrimRight(word, "fFlL"), 32)
	return float32(v), err
}
