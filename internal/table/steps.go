package table

import (
	"errors"
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// ErrList is the error of a text that is not a JSON list.
var ErrList = errors.New("not a JSON list")

// AppendSteps appends the numbers of a JSON list of steps to dst, and returns the width of
// a step. All steps are lists of numbers, or all are numbers, in which case the width is
// 0. null is NaN.
func AppendSteps(dst []float32, text []byte) (numbers []float32, width int, err error) {
	s := scanner{rest: text}
	first, nested := 0, false
	numbers, err = s.list(dst, func(dst []float32, step int) ([]float32, error) {
		begin := len(dst)
		if s.next() != '[' {
			dst, err = s.number(dst)
		} else {
			nested = true
			dst, err = s.list(dst, func(dst []float32, _ int) ([]float32, error) { return s.number(dst) })
		}
		n := len(dst) - begin
		if step == 0 {
			first = n
		}
		switch {
		case err != nil:
			return dst, err
		case n != first:
			return dst, fmt.Errorf("step %d has %s, but the first has %d", step, message.Count(n, "number"), first)
		case n == 0:
			return dst, fmt.Errorf("step %d has no numbers", step)
		}
		return dst, nil
	})
	if s.space(); err == nil && len(s.rest) > 0 {
		err = s.unexpected(ErrList)
	}
	if !nested {
		first = 0
	}
	return numbers, first, err
}

// list appends the values of a list to dst.
func (s *scanner) list(dst []float32, value func(dst []float32, index int) ([]float32, error)) (_ []float32, err error) {
	if !s.take('[') {
		return dst, s.unexpected(ErrList)
	}
	for i, more := 0, !s.take(']'); more; i++ {
		if dst, err = value(dst, i); err != nil {
			return dst, err
		}
		if more = s.take(','); !more && !s.take(']') {
			return dst, s.unexpected(ErrList)
		}
	}
	return dst, nil
}

// next returns the next character; 0: there is none.
func (s *scanner) next() byte {
	if s.space(); len(s.rest) == 0 {
		return 0
	}
	return s.rest[0]
}

// number appends the next number, or NaN for null.
func (s *scanner) number(dst []float32) ([]float32, error) {
	value, ok := s.member()
	switch v, number := ParseNumber[float32](value.Value); {
	case !ok:
		return dst, s.unexpected(ErrList)
	case value.Value == nil:
		return append(dst, float32(math.NaN())), nil
	case value.String, value.Nested, !number:
		return dst, fmt.Errorf("%.40q is neither a number nor a list of numbers", value.Value)
	default:
		return append(dst, v), nil
	}
}
