package hdf5

import "math/bits"

// A fractalHeap holds objects in blocks that grow: rows of a table, whose first
// two have blocks of the first size, and each further one blocks of twice the
// size.
type fractalHeap struct {
	file                 *File
	address              int64
	idLength             int
	checksums            bool
	maxManaged           int64
	hugeTree             int64
	width                int
	firstBlock, maxBlock int64
	maxBits              int // of an offset in the heap
	root                 int64
	rows                 int // of the root, if it is a block of blocks; 0: it holds objects
	huge                 map[uint64][2]int64
	blocks               map[int64]directBlock
}

// A directBlock holds objects, from an offset of the heap on.
type directBlock struct{ start, size, address int64 }

func (f *File) fractalHeap(address int64) (*fractalHeap, error) {
	h := &fractalHeap{file: f, address: address, blocks: map[int64]directBlock{}}
	a, l := f.addressSize, f.lengthSize
	c := f.block(address, int64(4+1+2+2+1+4+3*a+12*l+2+2+2+2+4), "a fractal heap")
	c.signature("FRHP")
	c.version("a fractal heap", 0, 0)
	h.idLength = c.u16()
	at := c.at
	filters := c.u16()
	h.checksums = c.u8()&2 != 0
	h.maxManaged = c.u32()
	c.skip(l)
	h.hugeTree = c.address()
	c.skip(l + a + 8*l)
	h.width = c.u16()
	h.firstBlock, h.maxBlock = c.length(), c.length()
	h.maxBits = c.u16()
	c.skip(2)
	h.root, h.rows = c.address(), c.u16()
	if c.err == nil && filters != 0 {
		return nil, unsupported(at, "a fractal heap with filters")
	}
	f.checksum(&c, address)
	switch {
	case c.err != nil:
		return nil, c.err
	case h.width == 0 || h.width > 64 || !powerOf2(h.firstBlock) || !powerOf2(h.maxBlock) || h.maxBlock < h.firstBlock || h.maxBits > 64 || h.idLength < 1 || h.idLength > 64:
		return nil, damaged(at, "a fractal heap %d blocks wide, with blocks of %d to %d bytes and offsets of %d bits", h.width, h.firstBlock, h.maxBlock, h.maxBits)
	}
	return h, nil
}

func powerOf2(v int64) bool { return v > 0 && v&(v-1) == 0 }

// offsetSize returns the bytes of an offset in the heap.
func (h *fractalHeap) offsetSize() int { return (h.maxBits + 7) / 8 }

// object returns the object of an id.
func (h *fractalHeap) object(id cursor) (cursor, error) {
	at := id.at
	switch kind := id.u8(); {
	case id.err != nil:
		return id, id.err
	case kind>>6 != 0:
		return id, unsupported(at, "version %d of an id", kind>>6)
	case kind>>4 == 0:
		offset := int64(id.number(h.offsetSize()))
		length := int64(id.number(min((bits.Len64(uint64(h.maxBlock))+6)/8, bytesFor(h.maxManaged))))
		if id.err != nil {
			return id, id.err
		}
		return h.managed(at, offset, length)
	case kind>>4 == 1:
		return h.hugeObject(at, id)
	case kind>>4 == 2 && h.idLength <= 18:
		n := kind&15 + 1
		return cursor{file: h.file, at: id.at, b: id.bytes(n)}, id.err
	default:
		return id, unsupported(at, "an object of the kind %d in a fractal heap", kind>>4)
	}
}

// managed returns an object in the blocks.
func (h *fractalHeap) managed(at, offset, length int64) (cursor, error) {
	if offset < 0 || length < 0 {
		return cursor{}, damaged(at, "an object at %d of a heap", offset)
	}
	block := directBlock{0, h.firstBlock, h.root}
	if h.rows > 0 {
		var err error
		if block, err = h.find(at, h.root, h.rows, 0, offset, maxDepth); err != nil {
			return cursor{}, err
		}
	}
	if offset < block.start || length > block.size || offset-block.start > block.size-length {
		return cursor{}, damaged(at, "an object of %d bytes at %d of a heap, beyond its block", length, offset)
	}
	if _, checked := h.blocks[block.address]; !checked {
		c := h.file.block(block.address, block.size, "a block of a fractal heap")
		c.signature("FHDB")
		if c.err != nil {
			return c, c.err
		}
		if h.checksums {
			if err := h.checkBlock(block); err != nil {
				return c, err
			}
		}
		h.blocks[block.address] = block
	}
	c := h.file.block(block.address+offset-block.start, length, "an object of a fractal heap")
	return c, c.err
}

// checkBlock compares the checksum of a direct block, which is computed with
// zeros in its own place.
func (h *fractalHeap) checkBlock(b directBlock) error {
	at := b.address + int64(5+h.file.addressSize+h.offsetSize())
	c := h.file.cursor(at, 4)
	want := uint32(c.number(4))
	if c.err != nil || at+4 > b.address+b.size {
		return damaged(at, "a block of a fractal heap of %d bytes", b.size)
	}
	if err := h.file.unpack(at, b.size); err != nil {
		return err
	}
	data := append([]byte(nil), h.file.data[b.address:b.address+b.size]...)
	clear(data[at-b.address:][:4])
	if got := lookup3(data); got != want {
		return damaged(at, "the checksum is %08x, but that of the block is %08x", want, got)
	}
	return nil
}

// rowSize returns the size of the blocks of a row.
func (h *fractalHeap) rowSize(row int) int64 {
	if row = max(row-1, 0); row > 40 {
		row = 40
	}
	return min(h.firstBlock<<row, 1<<62)
}

// find returns the block that holds an offset, below a block of blocks that starts
// at another.
func (h *fractalHeap) find(at, address int64, rows int, start, offset int64, depth int) (directBlock, error) {
	if depth == 0 || rows > 64 {
		return directBlock{}, damaged(at, "a fractal heap of %d rows, or too deep", rows)
	}
	f := h.file
	direct := bits.Len64(uint64(h.maxBlock/h.firstBlock)) + 1 // rows of blocks that hold objects
	c := f.block(address, int64(5+f.addressSize+h.offsetSize()+rows*h.width*f.addressSize+4), "a block of a fractal heap")
	c.signature("FHIB")
	c.version("a block of a fractal heap", 0, 0)
	c.skip(f.addressSize + h.offsetSize())
	found := directBlock{address: undefined}
	below := 0
	for row := range rows {
		size := h.rowSize(row)
		for range h.width {
			child := c.address()
			if start >= 0 && offset >= start && offset-start < size && found.address == undefined {
				found = directBlock{start, size, child}
				if row >= direct {
					// It has as many rows as give the size of a block of this
					// row.
					below = bits.Len64(uint64(size/(h.firstBlock*int64(h.width)))) - 1 + 1
				}
			}
			if start += size; start < 0 {
				return directBlock{}, damaged(at, "a fractal heap that is too large")
			}
		}
	}
	f.checksum(&c, address)
	switch {
	case c.err != nil:
		return found, c.err
	case found.address == undefined:
		return found, damaged(at, "an object at %d of a heap, but there is no block", offset)
	case below > 0:
		return h.find(at, found.address, below, found.start, offset, depth-1)
	}
	return found, nil
}

// hugeObject returns an object that the file stores outside the heap.
func (h *fractalHeap) hugeObject(at int64, id cursor) (cursor, error) {
	a, l := h.file.addressSize, h.file.lengthSize
	if len(id.b) >= a+l && h.idLength-1 >= a+l { // the id is its place
		address, length := id.address(), id.length()
		if id.err != nil {
			return id, id.err
		}
		c := h.file.block(address, length, "an object of a fractal heap")
		return c, c.err
	}
	if h.huge == nil {
		h.huge = map[uint64][2]int64{}
		if err := h.file.tree2(h.hugeTree, recordHuge, func(r cursor) error {
			address, length := r.address(), r.length()
			h.huge[r.number(l)] = [2]int64{address, length}
			return r.err
		}); err != nil {
			return id, err
		}
	}
	place, ok := h.huge[id.number(min(len(id.b), 8, l))]
	if !ok {
		return id, damaged(at, "an object that is not in its fractal heap")
	}
	c := h.file.block(place[0], place[1], "an object of a fractal heap")
	return c, c.err
}
