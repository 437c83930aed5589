package main

import (
	"maps"
	"math"
	"slices"
)

// The types of values, as WebAssembly's binary format has them.
const (
	i32  = valueType(0x7f)
	f32  = valueType(0x7d)
	v128 = valueType(0x7b)
)

type valueType byte

// A signature is the type of a function. Kernels take a set before their own
// parameters where Go calls them.
type signature struct {
	params, results []valueType
}

func (s signature) withSet() signature {
	return signature{append([]valueType{i32}, s.params...), s.results}
}

func (s signature) bytes() code { return "\x60" + values(s.params) + values(s.results) }

// A module is a WebAssembly module of functions that may import the memory and the
// table of others.
type module struct {
	imports   []code
	functions []*function
	types     []signature // of calls through the table, after those of the functions
	table     code        // its own
	globals   []code
	exports   []code
	elements  []code
}

const version = "\x00asm\x01\x00\x00\x00"

// bytes returns the module in the binary format. Each function has its own type.
func (m *module) bytes() []byte {
	var types, kinds, bodies []code
	for i, f := range m.functions {
		types = append(types, f.signature.bytes())
		kinds = append(kinds, unsigned(uint32(i)))
		bodies = append(bodies, f.bytes())
	}
	for _, t := range m.types {
		types = append(types, t.bytes())
	}
	b := code(version)
	section := func(id byte, items []code) {
		if len(items) > 0 {
			v := vector(items)
			b += code([]byte{id}) + unsigned(uint32(len(v))) + v
		}
	}
	section(1, types)
	section(2, m.imports)
	section(3, kinds)
	if m.table != "" {
		section(4, []code{m.table})
	}
	section(6, m.globals)
	section(7, m.exports)
	section(9, m.elements)
	section(10, bodies)
	return []byte(b)
}

// A function is a function under construction.
type function struct {
	signature
	locals    []valueType
	constants map[[4]uint32]local
	body      code
}

// A local is a parameter or a variable of a function.
type local uint32

func (f *function) local(t valueType) local {
	f.locals = append(f.locals, t)
	return local(len(f.params) + len(f.locals) - 1)
}

func (f *function) vectors(n int) []local {
	l := make([]local, n)
	for i := range l {
		l[i] = f.local(v128)
	}
	return l
}

// constant returns a variable that has the value from the beginning, since the constant
// of an instruction takes 18 bytes each time.
func (f *function) constant(v [4]uint32) local {
	if f.constants == nil {
		f.constants = map[[4]uint32]local{}
	}
	if _, ok := f.constants[v]; !ok {
		f.constants[v] = f.local(v128)
	}
	return f.constants[v]
}

func (f *function) constantInts(v uint32) local { return f.constant([4]uint32{v, v, v, v}) }

func (f *function) constantFloats(v float32) local { return f.constantInts(math.Float32bits(v)) }

func (f *function) do(c ...code) { f.body += sequence(c...) }

// inner returns the code that write adds to the function, for the body of a loop.
func (f *function) inner(write func()) code {
	outer := f.body
	f.body = ""
	write()
	c := f.body
	f.body = outer
	return c
}

// bytes returns the entry of the code section.
func (f *function) bytes() code {
	var runs []code
	for i := 0; i < len(f.locals); {
		n := i
		for n < len(f.locals) && f.locals[n] == f.locals[i] {
			n++
		}
		runs = append(runs, unsigned(uint32(n-i))+code([]byte{byte(f.locals[i])}))
		i = n
	}
	var constants code
	for _, v := range slices.SortedFunc(maps.Keys(f.constants), func(a, b [4]uint32) int { return slices.Compare(a[:], b[:]) }) {
		constants += set(f.constants[v], constant(v))
	}
	b := vector(runs) + constants + f.body + "\x0b"
	return unsigned(uint32(len(b))) + b
}

func values(types []valueType) code {
	c := unsigned(uint32(len(types)))
	for _, t := range types {
		c += code([]byte{byte(t)})
	}
	return c
}

func vector(items []code) code { return unsigned(uint32(len(items))) + sequence(items...) }

func name(s string) code { return unsigned(uint32(len(s))) + code(s) }
