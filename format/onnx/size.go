package onnx

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A size is an integer that may depend on dimensions which the file leaves
// open: a constant plus a sum of terms.
type size struct {
	constant int64
	terms    []term // sorted by their symbols, none with a factor of zero
}

// A term is a factor times open dimensions, each a rune in sorted order.
type term struct {
	symbols string
	factor  int64
}

const (
	maxOpen    = 1 << 12 // dimensions that a file leaves open
	maxTerms   = 8
	maxSymbols = 8 // of a term
)

func number(v int64) size { return size{constant: v} }

// symbol returns the size of open dimension number i.
func symbol(i int) size { return size{terms: []term{{string(rune(i + 1)), 1}}} }

// isNumber returns the value of a size that depends on no open dimension.
func (s size) isNumber() (int64, bool) { return s.constant, len(s.terms) == 0 }

func (s size) is(v int64) bool { return len(s.terms) == 0 && s.constant == v }

func (s size) equal(o size) bool { return s.constant == o.constant && slices.Equal(s.terms, o.terms) }

// known returns the value as an int, or -1 if it is open or not a length.
func (s size) known() int {
	if len(s.terms) > 0 || s.constant < 0 || s.constant > math.MaxInt32 {
		return -1
	}
	return int(s.constant)
}

func product(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	return c, c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64)
}

func sum(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

// plus returns a+b, and false if that is too large to hold.
func (s size) plus(o size) (size, bool) {
	c, ok := sum(s.constant, o.constant)
	r := size{constant: c, terms: slices.Clone(s.terms)}
	for _, t := range o.terms {
		i, found := slices.BinarySearchFunc(r.terms, t, func(a, b term) int { return strings.Compare(a.symbols, b.symbols) })
		if !found {
			r.terms = slices.Insert(r.terms, i, t)
			continue
		}
		f, fits := sum(r.terms[i].factor, t.factor)
		ok = ok && fits
		if r.terms[i].factor = f; f == 0 {
			r.terms = slices.Delete(r.terms, i, i+1)
		}
	}
	if len(r.terms) == 0 {
		r.terms = nil
	}
	return r, ok && len(r.terms) <= maxTerms
}

// times returns a·b, and false if that is too large to hold.
func (s size) times(o size) (size, bool) {
	r := size{}
	for _, a := range s.all() {
		for _, b := range o.all() {
			f, fits := product(a.factor, b.factor)
			symbols := []rune(a.symbols + b.symbols)
			if !fits || len(symbols) > maxSymbols {
				return size{}, false
			}
			slices.Sort(symbols)
			if r, fits = r.plus(single(string(symbols), f)); !fits {
				return size{}, false
			}
		}
	}
	return r, true
}

// minus returns a-b, and false if that is too large to hold.
func (s size) minus(o size) (size, bool) {
	n, ok := o.times(number(-1))
	if !ok {
		return size{}, false
	}
	return s.plus(n)
}

// over returns a/b, and false if that is not a whole number or not known.
func (s size) over(o size) (size, bool) {
	divisor := o.all()
	if len(divisor) != 1 {
		return size{}, false
	}
	r := size{}
	for _, a := range s.all() {
		rest, ok := without(a.symbols, divisor[0].symbols)
		if !ok || divisor[0].factor == 0 || a.factor%divisor[0].factor != 0 || divisor[0].factor == -1 && a.factor == math.MinInt64 {
			return size{}, false
		}
		if r, ok = r.plus(single(rest, a.factor/divisor[0].factor)); !ok {
			return size{}, false
		}
	}
	return r, true
}

// without removes some symbols of a sorted list.
func without(symbols, some string) (string, bool) {
	list := []rune(symbols)
	for _, r := range some {
		i := slices.Index(list, r)
		if i < 0 {
			return "", false
		}
		list = slices.Delete(list, i, i+1)
	}
	return string(list), true
}

// all returns the terms with the constant among them.
func (s size) all() []term {
	if s.constant == 0 {
		return s.terms
	}
	return append([]term{{"", s.constant}}, s.terms...)
}

func single(symbols string, factor int64) size {
	if symbols == "" || factor == 0 {
		return number(factor)
	}
	return size{terms: []term{{symbols, factor}}}
}

// sign returns -1, 0 or 1 where all values of the open dimensions, which are at
// least 1, give that sign; otherwise ok is false.
func (s size) sign() (sign int, ok bool) {
	least, most := s.constant, s.constant
	for _, t := range s.terms {
		if t.factor > 0 {
			least, ok = sum(least, t.factor)
			most = math.MaxInt64
		} else {
			most, ok = sum(most, t.factor)
			least = math.MinInt64
		}
		if !ok || least == math.MinInt64 && most == math.MaxInt64 {
			return 0, false
		}
	}
	switch {
	case least > 0:
		return 1, true
	case most < 0:
		return -1, true
	case least == 0 && most == 0:
		return 0, true
	}
	return 0, false
}

// String writes the size with its open dimensions as d1, d2, …
func (s size) String() string {
	var list []string
	for _, t := range s.terms {
		var names []string
		if t.factor != 1 {
			names = append(names, fmt.Sprint(t.factor))
		}
		for _, r := range t.symbols {
			names = append(names, fmt.Sprintf("d%d", r))
		}
		list = append(list, strings.Join(names, "·"))
	}
	if s.constant != 0 || len(list) == 0 {
		list = append(list, fmt.Sprint(s.constant))
	}
	return strings.Join(list, "+")
}

// total returns the product of sizes, and false if that is too large to hold.
func total(list []size) (size, bool) {
	t, ok := number(1), true
	for _, s := range list {
		if t, ok = t.times(s); !ok {
			break
		}
	}
	return t, ok
}
