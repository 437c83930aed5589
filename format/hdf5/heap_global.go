package hdf5

// global returns the bytes of an object of a global heap.
func (f *File) global(address int64, index int) ([]byte, error) {
	objects, read := f.collections[address]
	if !read {
		var err error
		if objects, err = f.collection(address); err != nil {
			return nil, err
		}
		f.collections[address] = objects
	}
	b, ok := objects[index]
	if !ok {
		return nil, damaged(address, "a heap without the object %d", index)
	}
	return b, nil
}

// collection returns the objects of a global heap by their numbers.
func (f *File) collection(address int64) (map[int][]byte, error) {
	c := f.block(address, int64(8+f.lengthSize), "a global heap")
	c.signature("GCOL")
	c.version("a global heap", 1, 1)
	c.skip(3)
	size := c.length()
	if c.err != nil {
		return nil, c.err
	}
	c = f.block(address, size, "a global heap")
	pad := 8 - f.lengthSize // the heads of the heap and of its objects are multiples of 8
	c.skip(8 + f.lengthSize + pad)
	objects := map[int][]byte{}
	for c.err == nil && len(c.b) >= 16 {
		at, index := c.at, c.u16()
		c.skip(6)
		n := c.length()
		c.skip(pad)
		if index == 0 {
			break // the rest is free
		}
		if n > int64(len(c.b)) {
			return nil, damaged(at, "an object of %d bytes in a heap, but %d are left", n, len(c.b))
		}
		if err := f.known(at); err != nil {
			return nil, err
		}
		objects[index] = c.bytes(int(n))
		c.skip(min(int(-n&7), len(c.b)))
	}
	return objects, c.err
}
