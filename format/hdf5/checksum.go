package hdf5

import "math/bits"

// checksum reads the checksum of everything before it in the block, and compares
// it.
func (f *File) checksum(c *cursor, start int64) {
	if c.err != nil {
		return
	}
	at, sum := c.at, lookup3(f.data[start:c.at])
	if got := uint32(c.number(4)); c.err == nil && got != sum {
		c.fail(damaged(at, "the checksum is %08x, but that of the block is %08x", got, sum))
	}
}

// lookup3 is Bob Jenkins' hash of 2006, from 0.
func lookup3(b []byte) uint32 {
	x := uint32(0xdeadbeef) + uint32(len(b))
	y, z := x, x
	word := func(b []byte, i int) (v uint32) {
		for k := 0; k < 4 && i+k < len(b); k++ {
			v |= uint32(b[i+k]) << (8 * k)
		}
		return v
	}
	for len(b) > 12 {
		x, y, z = x+word(b, 0), y+word(b, 4), z+word(b, 8)
		x, z = (x-z)^bits.RotateLeft32(z, 4), z+y
		y, x = (y-x)^bits.RotateLeft32(x, 6), x+z
		z, y = (z-y)^bits.RotateLeft32(y, 8), y+x
		x, z = (x-z)^bits.RotateLeft32(z, 16), z+y
		y, x = (y-x)^bits.RotateLeft32(x, 19), x+z
		z, y = (z-y)^bits.RotateLeft32(y, 4), y+x
		b = b[12:]
	}
	if len(b) == 0 {
		return z
	}
	x, y, z = x+word(b, 0), y+word(b, 4), z+word(b, 8)
	z = (z ^ y) - bits.RotateLeft32(y, 14)
	x = (x ^ z) - bits.RotateLeft32(z, 11)
	y = (y ^ x) - bits.RotateLeft32(x, 25)
	z = (z ^ y) - bits.RotateLeft32(y, 16)
	x = (x ^ z) - bits.RotateLeft32(z, 4)
	y = (y ^ x) - bits.RotateLeft32(x, 14)
	z = (z ^ y) - bits.RotateLeft32(y, 24)
	return z
}

// fletcher32 is the checksum of the filter of that name, of words of 16 bits.
func fletcher32(b []byte) uint32 {
	var x, y uint32
	add := func(v uint32) {
		x += v
		x = x&0xffff + x>>16
		y += x
		y = y&0xffff + y>>16
	}
	for ; len(b) > 1; b = b[2:] {
		add(uint32(b[0])<<8 | uint32(b[1]))
	}
	if len(b) == 1 {
		add(uint32(b[0]) << 8)
	}
	return y<<16 | x
}
