package hdf5

// dataspace reads the message of the sizes of an array. A scalar has none. The
// second result is false for an array without elements.
func (c *cursor) dataspace() (shape []int64, any bool) {
	at := c.at
	version := c.version("a dataspace", 1, 2)
	rank, flags, kind := c.u8(), c.u8(), c.u8()
	if version == 1 {
		c.skip(4)
		kind = min(rank, 1)
	}
	if c.err == nil && (rank > 32 || kind > 2 || flags&2 != 0 || kind == 0 && rank > 0) {
		c.fail(damaged(at, "a dataspace of %d dimensions, of the kind %d", rank, kind))
	}
	for range rank {
		if c.err == nil {
			shape = append(shape, c.length())
		}
	}
	return shape, kind != 2
}

// elements returns how many elements an array has.
func elements(shape []int64, any bool) (int64, bool) {
	n := int64(1)
	for _, d := range shape {
		if d > 0 && n > 1<<40/d {
			return 0, false
		}
		n *= d
	}
	if !any {
		n = 0
	}
	return n, true
}
