package hdf5

// maxDepth bounds how deep trees are.
const maxDepth = 16

// The kinds of nodes of a B-tree of version 1.
const (
	nodeGroup = 0
	nodeChunk = 1
)

// tree1 calls leaf with the key and the address of each child of the lowest nodes
// of a B-tree of version 1, whose keys have that many bytes.
func (f *File) tree1(address int64, kind, keySize, depth int, leaf func(key cursor, child int64) error) error {
	head := 8 + 2*f.addressSize
	c := f.block(address, int64(head), "a B-tree")
	c.signature("TREE")
	at := c.at
	got, level, count := c.u8(), c.u8(), c.u16()
	switch {
	case c.err != nil:
		return c.err
	case got != kind:
		return damaged(at, "a B-tree of the kind %d, want %d", got, kind)
	case level > depth:
		return damaged(at, "a B-tree of level %d below one of level %d", level, depth+1)
	}
	c = f.block(address+int64(head), int64(count)*int64(keySize+f.addressSize), "a B-tree")
	for range count {
		key := cursor{file: f, at: c.at}
		key.b = c.bytes(keySize)
		child := c.address()
		if c.err != nil {
			return c.err
		}
		err := error(nil)
		if level > 0 {
			err = f.tree1(child, kind, keySize, level-1, leaf)
		} else {
			err = leaf(key, child)
		}
		if err != nil {
			return err
		}
	}
	return c.err
}
