package hdf5

import "math/bits"

// The kinds of records of a B-tree of version 2.
const (
	recordHuge      = 1
	recordLink      = 5
	recordAttribute = 8
)

// A tree2 is a B-tree of version 2.
type tree2 struct {
	file             *File
	kind             int
	nodeSize         int64
	recordSize       int
	countSize        int   // bytes of the number of records of a child
	totalSize        []int // the same with all below it, by depth
	record           func(r cursor) error
	remaining, total int64
}

// tree2 calls record with each record of a B-tree.
func (f *File) tree2(address int64, kind int, record func(r cursor) error) error {
	c := f.block(address, int64(4+1+1+4+2+2+1+1+f.addressSize+2+f.lengthSize+4), "a B-tree")
	t := &tree2{file: f, kind: kind, record: record}
	c.signature("BTHD")
	c.version("a B-tree", 0, 0)
	at := c.at
	got := c.u8()
	t.nodeSize, t.recordSize = c.u32(), c.u16()
	depth := c.u16()
	c.skip(2)
	root, count := c.address(), c.u16()
	t.total = c.length()
	f.checksum(&c, address)
	switch {
	case c.err != nil:
		return c.err
	case got != kind:
		return unsupported(at, "a B-tree of records of the kind %d, want %d", got, kind)
	case t.recordSize == 0 || t.nodeSize < int64(10+t.recordSize) || depth > maxDepth:
		return damaged(at, "a B-tree of %d levels, with nodes of %d bytes and records of %d", depth, t.nodeSize, t.recordSize)
	case root == undefined:
		return nil
	}
	t.layout(depth)
	return t.node(root, count, depth)
}

// bytesFor returns how many bytes a number up to limit takes.
func bytesFor(limit int64) int { return (max(bits.Len64(uint64(limit)), 1)-1)/8 + 1 }

// layout finds the sizes of the numbers in nodes, which follow from how many
// records a node can have.
func (t *tree2) layout(depth int) {
	most := (t.nodeSize - 10) / int64(t.recordSize)
	t.countSize = bytesFor(most)
	t.totalSize = []int{0}
	for range depth {
		pointer := int64(t.file.addressSize + t.countSize + t.totalSize[len(t.totalSize)-1])
		each := max((t.nodeSize-10-pointer)/(int64(t.recordSize)+pointer), 0)
		most = min((each+1)*most+each, 1<<62/(each+2))
		t.totalSize = append(t.totalSize, bytesFor(most))
	}
}

// node reads a node of that many records.
func (t *tree2) node(address int64, count, depth int) error {
	c := t.file.block(address, t.nodeSize, "a node of a B-tree")
	if depth == 0 {
		c.signature("BTLF")
	} else {
		c.signature("BTIN")
	}
	c.version("a node of a B-tree", 0, 0)
	at := c.at
	if kind := c.u8(); c.err == nil && kind != t.kind {
		return damaged(at, "a node of records of the kind %d, want %d", kind, t.kind)
	}
	if t.remaining += int64(count); c.err == nil && t.remaining > t.total {
		return damaged(at, "a B-tree of more than the %d records that it should have", t.total)
	}
	records := make([]cursor, 0, min(count, len(c.b)/t.recordSize))
	for range count {
		r := cursor{file: t.file, at: c.at}
		r.b = c.bytes(t.recordSize)
		if c.err != nil {
			return c.err
		}
		records = append(records, r)
	}
	type child struct {
		address int64
		count   int
	}
	var children []child
	if depth > 0 {
		for range count + 1 {
			children = append(children, child{c.address(), int(c.number(t.countSize))})
			c.skip(t.totalSize[depth-1])
		}
	}
	t.file.checksum(&c, address)
	if c.err != nil {
		return c.err
	}
	for i := range count + 1 {
		if depth > 0 {
			if err := t.node(children[i].address, children[i].count, depth-1); err != nil {
				return err
			}
		}
		if i < count {
			if err := t.record(records[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
