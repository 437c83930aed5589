package hdf5

// chunks reads a dataset that is in chunks of equal size.
type chunks struct {
	file    *File
	array   *Array
	kind    datatype
	filters []filter
	at      int64 // of the layout

	dims  []int64 // of a chunk
	bytes int64   // of a chunk, without filters
	grid  []int64 // how many chunks there are along each dimension
	count int64   // of all chunks
	seen  []bool
	left  int64 // chunks that are not read yet
	bad   int   // the place of a number that a float32 cannot hold, or -1
}

// read reads the layout from its class on, and all chunks.
func (k *chunks) read(c *cursor, version int) error {
	if version == 3 {
		rank := c.u8()
		tree := c.address()
		if err := k.sizes(c, rank, 4); err != nil {
			return err
		}
		return k.all(k.readTree(tree))
	}
	flags, rank := c.u8(), c.u8()
	width := c.u8()
	if c.err == nil && (width < 1 || width > 8) {
		return damaged(k.at, "sizes of chunks in %d bytes", width)
	}
	if err := k.sizes(c, rank, width); err != nil {
		return err
	}
	index := c.u8()
	switch {
	case c.err != nil:
		return c.err
	case index == 1 && k.count == 1:
		size, mask := k.bytes, int64(0)
		if flags&2 != 0 {
			size, mask = c.length(), c.u32()
		}
		address := c.address()
		if c.err != nil {
			return c.err
		}
		return k.all(k.chunk(0, address, size, mask))
	case index == 2 && len(k.filters) == 0:
		return k.all(k.readImplicit(c))
	case index == 3:
		c.skip(1) // how the pages of the array are made
		return k.all(k.readFixed(c))
	}
	return unsupported(k.at, "an index of chunks of the kind %d, as datasets that can grow have: write it anew without maxshape", index)
}

// all returns an error if chunks are missing after the others were read.
func (k *chunks) all(err error) error {
	if err == nil && k.left > 0 {
		err = unsupported(k.at, "a dataset with %d of %d chunks not written", k.left, k.count)
	}
	return err
}

// sizes reads the sizes of a chunk, one more than the dataset has: the last is
// that of an element.
func (k *chunks) sizes(c *cursor, rank, width int) error {
	shape := k.array.Shape
	if c.err == nil && rank != len(shape)+1 {
		return damaged(k.at, "chunks of %d dimensions in a dataset of %d", rank-1, len(shape))
	}
	k.bytes, k.count = int64(k.kind.size), 1
	for _, d := range shape {
		n := int64(c.number(width))
		if c.err == nil && (n < 1 || n > 1<<32 || k.bytes > 1<<32/n) {
			return damaged(k.at, "chunks of %d elements along a dimension", n)
		}
		if c.err != nil {
			return c.err
		}
		k.bytes *= n
		along := (int64(d) + n - 1) / n
		k.dims, k.grid = append(k.dims, n), append(k.grid, along)
		k.count *= along // at most the elements of the dataset
	}
	if size := int64(c.number(width)); c.err == nil && size != int64(k.kind.size) {
		return damaged(k.at, "chunks of elements of %d bytes, but they have %d", size, k.kind.size)
	}
	if c.err == nil && k.count > int64(len(k.file.data)) {
		return damaged(k.at, "%d chunks in a file of %d bytes", k.count, len(k.file.data))
	}
	k.seen, k.left = make([]bool, k.count), k.count
	return c.err
}

// readTree reads the chunks of a B-tree.
func (k *chunks) readTree(tree int64) error {
	if tree == undefined {
		return nil
	}
	return k.file.tree1(tree, nodeChunk, 8+8*(len(k.dims)+1), maxDepth, func(key cursor, address int64) error {
		size, mask := key.u32(), key.u32()
		n := int64(0)
		for i, d := range k.dims {
			at, offset := key.at, key.number(8)
			if key.err == nil && (offset%uint64(d) != 0 || offset/uint64(d) >= uint64(k.grid[i])) {
				return damaged(at, "a chunk at %d along a dimension of %d", offset, k.array.Shape[i])
			}
			n = n*k.grid[i] + int64(offset/uint64(d))
		}
		if key.err != nil {
			return key.err
		}
		return k.chunk(n, address, size, mask)
	})
}

// readImplicit reads chunks that follow each other.
func (k *chunks) readImplicit(c *cursor) error {
	address := c.address()
	for n := int64(0); n < k.count && c.err == nil && address != undefined; n++ {
		if err := k.chunk(n, address+n*k.bytes, k.bytes, 0); err != nil {
			return err
		}
	}
	return c.err
}

// readFixed reads the chunks of a fixed array.
func (k *chunks) readFixed(c *cursor) error {
	head := c.address()
	if c.err != nil || head == undefined {
		return c.err
	}
	f := k.file
	h := f.block(head, int64(4+1+1+1+1+f.lengthSize+f.addressSize+4), "a fixed array")
	h.signature("FAHD")
	h.version("a fixed array", 0, 0)
	at := h.at
	filtered, size, page := h.u8(), h.u8(), h.u8()
	count, data := h.length(), h.address()
	f.checksum(&h, head)
	switch {
	case h.err != nil:
		return h.err
	case data == undefined:
		return nil
	case count < k.count || filtered > 1 || size < f.addressSize || filtered == 1 && (size < f.addressSize+5 || size > f.addressSize+12):
		return damaged(at, "a fixed array of %d chunks of %d bytes, want %d chunks", count, size, k.count)
	case page > 30 || count > 1<<page:
		return unsupported(at, "a fixed array of %d chunks, in pages: write it anew with larger chunks", count)
	}
	b := f.block(data, int64(4+1+1+f.addressSize)+count*int64(size)+4, "a fixed array")
	b.signature("FADB")
	b.version("a fixed array", 0, 0)
	b.skip(1 + f.addressSize)
	for n := range count {
		address, bytes, mask := b.address(), k.bytes, int64(0)
		if filtered == 1 {
			bytes = int64(b.number(size - f.addressSize - 4))
			mask = b.u32()
		} else {
			b.skip(size - f.addressSize)
		}
		if b.err != nil {
			return b.err
		}
		if address == undefined || n >= k.count {
			continue
		}
		if err := k.chunk(n, address, bytes, mask); err != nil {
			return err
		}
	}
	f.checksum(&b, data)
	return b.err
}

// chunk reads chunk n, in row-major order, of that many bytes.
func (k *chunks) chunk(n, address, size, mask int64) error {
	c := k.file.block(address, size, "a chunk")
	if c.err != nil {
		return c.err
	}
	if k.seen[n] {
		return damaged(c.at, "the chunk %d is there twice", n)
	}
	k.seen[n] = true
	k.left--
	b, err := k.unfilter(c, mask)
	if err != nil {
		return err
	}
	if int64(len(b)) != k.bytes {
		return damaged(c.at, "a chunk of %d bytes, want %d", len(b), k.bytes)
	}
	k.place(n, b)
	return nil
}

// place puts the numbers of a chunk where they belong in the dataset. It leaves
// out numbers beyond the dataset's ends.
func (k *chunks) place(n int64, b []byte) {
	rank := len(k.dims)
	from, count := make([]int64, rank), make([]int64, rank) // of the chunk
	for i := rank - 1; i >= 0; i-- {
		from[i] = n % k.grid[i] * k.dims[i]
		count[i] = min(k.dims[i], int64(k.array.Shape[i])-from[i])
		n /= k.grid[i]
	}
	rows := int64(1)
	row := int64(1) // numbers that are consecutive in both
	if rank > 0 {
		row = count[rank-1]
	}
	for i := 0; i < rank-1; i++ {
		rows *= count[i]
	}
	for r := range rows {
		in, out, rest, stepIn, stepOut := int64(0), int64(0), r, int64(1), int64(1)
		for i := rank - 1; i >= 0; i-- {
			place := int64(0)
			if i < rank-1 {
				place = rest % count[i]
				rest /= count[i]
			}
			in += place * stepIn
			out += (from[i] + place) * stepOut
			stepIn *= k.dims[i]
			stepOut *= int64(k.array.Shape[i])
		}
		if bad := k.kind.floats(k.array.Data[out:][:row], b[in*int64(k.kind.size):]); bad >= 0 && k.bad < 0 {
			k.bad = int(out) + bad
		}
	}
}
