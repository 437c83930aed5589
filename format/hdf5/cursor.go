package hdf5

// undefined is the address of something that does not exist.
const undefined = -1

// A cursor reads a block of the file from its start. After the first error it gives
// zeros.
type cursor struct {
	file *File
	b    []byte // what is left
	at   int64  // the offset of b in the file
	err  error
}

// fail keeps the first error.
func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// bytes takes n bytes.
func (c *cursor) bytes(n int) []byte {
	if c.err == nil && (n < 0 || n > len(c.b)) {
		c.fail(damaged(c.at, "%d bytes, but %d are left of the block", n, len(c.b)))
	}
	if c.err != nil {
		return nil
	}
	b := c.b[:n:n]
	c.b, c.at = c.b[n:], c.at+int64(n)
	return b
}

// number takes a number of that many bytes, at most 8.
func (c *cursor) number(size int) uint64 {
	v := uint64(0)
	for i, b := range c.bytes(size) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

func (c *cursor) u8() int    { return int(c.number(1)) }
func (c *cursor) u16() int   { return int(c.number(2)) }
func (c *cursor) u32() int64 { return int64(c.number(4)) }

// skip takes bytes that a reader does not need.
func (c *cursor) skip(n int) { c.bytes(n) }

// length takes a size, which is never greater than the file, or than its data once
// unpacked.
func (c *cursor) length() int64 {
	at, v := c.at, c.number(c.file.lengthSize)
	if v > 1<<40 {
		c.fail(damaged(at, "a size of %d bytes", v))
		return 0
	}
	return int64(v)
}

// address takes an address in the file, or undefined.
func (c *cursor) address() int64 {
	at, v := c.at, c.number(c.file.addressSize)
	switch {
	case c.err != nil:
		return undefined
	case v == 1<<(8*c.file.addressSize)-1: // of 8 bytes, 1<<64 is 0
		return undefined
	case v >= uint64(len(c.file.data)):
		c.fail(damaged(at, "the address %d, but the file has %d bytes", v, len(c.file.data)))
		return undefined
	}
	return int64(v)
}

// signature takes the four letters of a block.
func (c *cursor) signature(want string) {
	if at, got := c.at, c.bytes(len(want)); c.err == nil && string(got) != want {
		c.fail(damaged(at, "%q, want a block %s", got, want))
	}
}

// version takes a version, which is at most the last.
func (c *cursor) version(what string, first, last int) int {
	at, v := c.at, c.u8()
	if c.err == nil && (v < first || v > last) {
		c.fail(unsupported(at, "version %d of %s", v, what))
	}
	return v
}
