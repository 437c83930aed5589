package hdf5

import (
	"bytes"
)

const magic = "\x89HDF\r\n\x1a\n"

// A File is an HDF5 file in memory.
type File struct {
	data                    []byte
	addressSize, lengthSize int
	root                    *Object
	objects                 map[int64]*Object // by their addresses, so that each is read once
	collections             map[int64]map[int][]byte
	unread, unpacked        int64 // how many bytes may still be read of blocks, and made of data
	messages                int   // how many may still be read, of objects and of what heaps hold
}

// Match reports whether data starts as an HDF5 file does.
func Match(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// Open finds the root of a file. The file keeps data, and so do the arrays that
// it gives. All errors of the package are an [*Error].
func Open(data []byte) (*File, error) { return OpenWithin(data, 1<<20+4*int64(len(data))) }

// OpenWithin opens a file whose data may unpack to at most limit bytes.
func OpenWithin(data []byte, limit int64) (*File, error) {
	f := &File{
		data: data, addressSize: 8, lengthSize: 8, objects: map[int64]*Object{}, collections: map[int64]map[int][]byte{},
		unread: 1<<16 + 4*int64(len(data)), unpacked: limit, messages: 1<<16 + len(data)/32,
	}
	c := f.cursor(0, len(data))
	c.skip(len(magic))
	if !Match(data) {
		return nil, damaged(0, "it does not start as an HDF5 file")
	}
	root := f.superblock(&c)
	if c.err != nil {
		return nil, c.err
	}
	var err error
	f.root, err = f.object(root)
	return f, err
}

// Root returns the group that all others are in.
func (f *File) Root() *Object { return f.root }

// superblock returns the address of the root.
func (f *File) superblock(c *cursor) int64 {
	version := c.version("the superblock", 0, 3)
	if version < 2 {
		c.skip(4) // versions of other parts
		f.sizes(c)
		c.skip(1 + 4 + 4) // sizes of nodes, flags
		if version == 1 {
			c.skip(4)
		}
	} else {
		f.sizes(c)
		c.skip(1)
	}
	at := c.at
	base := c.number(f.addressSize)
	c.skip(f.addressSize) // what only a writer needs
	end := c.number(f.addressSize)
	switch {
	case c.err != nil:
		return 0
	case base != 0:
		c.fail(unsupported(at, "a file in which other data come before HDF5's"))
		return 0
	case end > uint64(len(f.data)):
		c.fail(damaged(at, "the file should have %d bytes, but has %d: it is truncated", end, len(f.data)))
		return 0
	}
	if version < 2 {
		if driver := c.address(); driver != undefined {
			c.fail(unsupported(at, "a file of another driver, in several parts"))
		}
		c.skip(f.addressSize) // of the root's name
		return c.address()
	}
	root := c.address()
	f.checksum(c, 0)
	return root
}

// sizes takes the sizes of addresses and lengths.
func (f *File) sizes(c *cursor) {
	at := c.at
	f.addressSize, f.lengthSize = c.u8(), c.u8()
	for _, n := range []int{f.addressSize, f.lengthSize} {
		if c.err == nil && n != 4 && n != 8 {
			c.fail(unsupported(at, "addresses of %d bytes and lengths of %d, want 4 and 8", f.addressSize, f.lengthSize))
		}
	}
}

// cursor returns a cursor over n bytes from an address on, or fewer if the file
// ends before.
func (f *File) cursor(address int64, n int) cursor {
	if address < 0 || address > int64(len(f.data)) {
		return cursor{file: f, err: damaged(0, "a block is missing")}
	}
	b := f.data[address:]
	if n < len(b) {
		b = b[:n]
	}
	return cursor{file: f, b: b, at: address}
}

// block returns a cursor over n bytes of a block, all of which the file has. It
// bounds the bytes read in all, so that a cycle of blocks ends.
func (f *File) block(address, n int64, what string) cursor {
	if address < 0 || n < 0 || address > int64(len(f.data)) || n > int64(len(f.data))-address {
		return cursor{file: f, err: damaged(max(address, 0), "%s of %d bytes, which the file of %d bytes does not have", what, n, len(f.data))}
	}
	if f.unread -= max(n, 8); f.unread < 0 {
		return cursor{file: f, err: damaged(address, "%s: blocks of the file overlap, or form a cycle", what)}
	}
	return f.cursor(address, int(n))
}

// known counts messages of objects and of heaps, each of which can take more memory
// than it has bytes.
func (f *File) known(at int64) error {
	if f.messages--; f.messages < 0 {
		return damaged(at, "the file has more messages of objects, or objects of heaps, than its size has room for")
	}
	return nil
}

// unpack counts bytes that are unpacked from the file's.
func (f *File) unpack(at, n int64) error {
	if n < 0 || n > f.unpacked {
		return unsupported(at, "%d bytes of data, which are too many for a file of %d bytes: write it anew without compression", n, len(f.data))
	}
	f.unpacked -= n
	return nil
}
