package main

import (
	"encoding/binary"
	"math"
)

// code is a sequence of instructions; as an expression, one that leaves a value.
type code string

func sequence(c ...code) code {
	var s code
	for _, c := range c {
		s += c
	}
	return s
}

// unsigned and signed encode a number as LEB128.
func unsigned(v uint32) code {
	return code(binary.AppendUvarint(nil, uint64(v)))
}

func signed(v int32) code {
	var b []byte
	for {
		low := byte(v & 0x7f)
		v >>= 7
		if v == 0 && low&0x40 == 0 || v == -1 && low&0x40 != 0 {
			return code(append(b, low))
		}
		b = append(b, low|0x80)
	}
}

func get(l local) code              { return "\x20" + unsigned(uint32(l)) }
func set(l local, v code) code      { return v + "\x21" + unsigned(uint32(l)) }
func tee(l local, v code) code      { return v + "\x22" + unsigned(uint32(l)) }
func integer(v int) code            { return "\x41" + signed(int32(v)) }
func call(f uint32) code            { return "\x10" + unsigned(f) }
func advance(l local, by code) code { return set(l, iadd(get(l), by)) }

func iadd(a, b code) code { return a + b + "\x6a" }
func isub(a, b code) code { return a + b + "\x6b" }
func imul(a, b code) code { return a + b + "\x6c" }

func equal(a, b code) code { return a + b + "\x46" }

// atLeast reports whether a >= n.
func atLeast(a code, n int) code { return a + integer(n) + "\x4e" }

// divided returns a / n, if neither is negative.
func divided(a code, n int) code { return a + integer(n) + "\x6d" }

// when runs c if cond is not 0.
func when(cond code, c ...code) code { return cond + "\x04\x40" + sequence(c...) + "\x0b" }

// choose runs the first of the two if cond is not 0, else the second.
func choose(cond, yes, no code) code { return cond + "\x04\x40" + yes + "\x05" + no + "\x0b" }

// while runs c as long as cond is not 0.
func while(cond code, c ...code) code {
	return when(cond, "\x03\x40", sequence(c...), cond, "\x0d\x00\x0b")
}

// repeat runs c n times, and leaves n as 0. n is at least 0.
func repeat(n local, c ...code) code {
	return while(get(n), sequence(c...), set(n, isub(get(n), integer(1))))
}

// unrolled runs c(0), c(1) … c(times-1) and then step while n is at least times, and
// subtracts times from n each time.
func unrolled(n local, times int, c func(i int) code, step code) code {
	var body code
	for i := range times {
		body += c(i)
	}
	return while(atLeast(get(n), times), body, step, set(n, isub(get(n), integer(times))))
}

func vectorOp(number uint32) code { return "\xfd" + unsigned(number) }

func at(op uint32, p code, offset int) code {
	return p + vectorOp(op) + "\x00" + unsigned(uint32(offset)) // no alignment is promised
}

func load(p code, offset int) code      { return at(0x00, p, offset) }
func loadInt8(p code, offset int) code  { return at(0x01, p, offset) } // 8 as int16
func loadInt16(p code, offset int) code { return at(0x03, p, offset) } // 4 as int32
func loadSplat(p code, offset int) code { return at(0x09, p, offset) } // 32 bits
func loadTwo(p code, offset int) code   { return at(0x5d, p, offset) } // 64 bits
func store(p code, offset int, v code) code {
	return p + v + vectorOp(0x0b) + "\x00" + unsigned(uint32(offset))
}

// storeFirst stores the first 32 bits.
func storeFirst(p code, offset int, v code) code {
	return p + v + vectorOp(0x5a) + "\x00" + unsigned(uint32(offset)) + "\x00"
}

func constant(bits [4]uint32) code {
	var b []byte
	for _, v := range bits {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return vectorOp(0x0c) + code(b)
}

func ints(v uint32) code    { return constant([4]uint32{v, v, v, v}) }
func floats(v float32) code { return ints(math.Float32bits(v)) }
func unary(number uint32) func(a code) code {
	return func(a code) code { return a + vectorOp(number) }
}

func binaryOp(number uint32) func(a, b code) code {
	return func(a, b code) code { return a + b + vectorOp(number) }
}

func shift(number uint32) func(a code, n int) code {
	return func(a code, n int) code { return a + integer(n) + vectorOp(number) }
}

// Operations on four float32.
var (
	splat              = unary(0x13)
	abs                = unary(0xe0)
	add, sub, mul, div = binaryOp(0xe4), binaryOp(0xe5), binaryOp(0xe6), binaryOp(0xe7)
	lesser, greater    = binaryOp(0xea), binaryOp(0xeb) // pmin and pmax: a, unless b is less, or greater
	notEqual           = binaryOp(0x42)
	lessEqual          = binaryOp(0x45)
	greaterEqual       = binaryOp(0x46)
	relaxedMulAdd      = vectorOp(0x105)
	fromInts           = unary(0xfa)
	promote            = unary(0x5f) // the first two to float64
)

// Operations on two float64.
var (
	addDoubles, subDoubles = binaryOp(0xf0), binaryOp(0xf1)
	mulDoubles             = binaryOp(0xf2)
	lessDoubles            = binaryOp(0x49)
	demote                 = unary(0x5e) // to float32, and two zeros
)

// Operations on integers: four of 32 bits, unless the name says otherwise.
var (
	addInts, subInts, mulInts = binaryOp(0xae), binaryOp(0xb1), binaryOp(0xb5)
	lesserUnsigned            = binaryOp(0xb7)
	lessUnsigned              = binaryOp(0x3a)
	shiftLeft, shiftRight     = shift(0xab), shift(0xad)
	addLongs, equalLongs      = binaryOp(0xce), binaryOp(0xd6)
	extendLow                 = unary(0x87)                    // the first eight of 8 bits to 16
	dot                       = binaryOp(0xba)                 // sums of two products of 16 bits
	narrow32, narrow16        = binaryOp(0x85), binaryOp(0x65) // to 16, and to 8 bits
)

// Operations on bits.
var (
	and, andNot, or, xor = binaryOp(0x4e), binaryOp(0x4f), binaryOp(0x50), binaryOp(0x51)
	anyTrue              = unary(0x53)
)

// lanes returns a vector of four lanes of a, numbered 0 to 3, and of b, 4 to 7.
func lanes(a, b code, l [4]byte) code {
	c := a + b + vectorOp(0x0d)
	for _, l := range l {
		c += code([]byte{4 * l, 4*l + 1, 4*l + 2, 4*l + 3})
	}
	return c
}
