package hdf5

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// Names returns the names of the objects in a group, sorted.
func (o *Object) Names() ([]string, error) {
	if err := o.readLinks(); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(o.links)), nil
}

// Has reports whether the group has an object of that name.
func (o *Object) Has(name string) (bool, error) {
	if err := o.readLinks(); err != nil {
		return false, err
	}
	_, ok := o.links[name]
	return ok, nil
}

// Open returns the object at a path, such as "lstm/lstm/kernel:0".
func (o *Object) Open(path string) (*Object, error) {
	for name := range strings.SplitSeq(path, "/") {
		if name == "" {
			continue
		}
		if err := o.readLinks(); err != nil {
			return nil, err
		}
		address, ok := o.links[name]
		if !ok {
			return nil, damaged(o.address, "there is no %s on the path to %s", network.Quote(name), network.Quote(path))
		}
		if address == undefined {
			return nil, unsupported(o.address, "%s is a link to another place", network.Quote(name))
		}
		var err error
		if o, err = o.file.object(address); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// readLinks reads what a group links to. A dataset links to nothing.
func (o *Object) readLinks() error {
	if o.links != nil {
		return nil
	}
	o.links = map[string]int64{}
	err := o.readSymbols()
	for i := 0; err == nil && i < len(o.messages); i++ {
		if m := o.messages[i]; m.kind == messageLink {
			err = o.addLink(m.body)
		}
	}
	if err == nil {
		err = o.readDenseLinks()
	}
	if err != nil {
		o.links = nil
	}
	return err
}

func (o *Object) link(at int64, name string, address int64) error {
	if _, twice := o.links[name]; twice {
		return damaged(at, "two objects of the name %s", network.Quote(name))
	}
	o.links[name] = address
	return nil
}

// readSymbols reads a symbol table.
func (o *Object) readSymbols() error {
	c, found, err := o.find(messageSymbolTable, "a symbol table")
	if !found || err != nil {
		return err
	}
	tree, heap := c.address(), c.address()
	if c.err != nil {
		return c.err
	}
	f := o.file
	h := f.block(heap, int64(8+2*f.lengthSize+f.addressSize), "a local heap")
	h.signature("HEAP")
	h.version("a local heap", 0, 0)
	h.skip(3)
	size := h.length()
	h.skip(f.lengthSize)
	names := f.block(h.address(), size, "a local heap")
	if h.err != nil {
		return h.err
	}
	if names.err != nil {
		return names.err
	}
	return f.tree1(tree, nodeGroup, f.lengthSize, maxDepth, func(_ cursor, leaf int64) error {
		return o.readSymbolNode(leaf, names)
	})
}

// readSymbolNode reads a leaf of a symbol table.
func (o *Object) readSymbolNode(address int64, names cursor) error {
	f := o.file
	c := f.block(address, 8, "a node of symbols")
	c.signature("SNOD")
	c.version("a node of symbols", 1, 1)
	c.skip(1)
	count := c.u16()
	if c.err != nil {
		return c.err
	}
	c = f.block(c.at, int64(count)*int64(2*f.addressSize+24), "a node of symbols")
	for range count {
		at, offset := c.at, c.number(f.addressSize)
		object, kind := c.address(), c.u32()
		c.skip(4 + 16)
		if c.err != nil {
			return c.err
		}
		if offset >= uint64(len(names.b)) {
			return damaged(at, "a name at %d of a heap of %d bytes", offset, len(names.b))
		}
		name, _, ended := bytes.Cut(names.b[offset:], []byte{0})
		if !ended {
			return damaged(at, "a name without an end")
		}
		if kind == 2 { // a soft link
			object = undefined
		}
		if err := o.link(at, string(name), object); err != nil {
			return err
		}
	}
	return c.err
}

// addLink adds the link of a message.
func (o *Object) addLink(c cursor) error {
	at := c.at
	c.version("a link", 1, 1)
	flags := c.u8()
	kind := 0
	if flags&(1<<3) != 0 {
		kind = c.u8()
	}
	if flags&(1<<2) != 0 {
		c.skip(8) // order of creation
	}
	if flags&(1<<4) != 0 {
		c.skip(1) // character set
	}
	n := c.number(1 << (flags & 3))
	if n > uint64(len(c.b)) {
		return damaged(at, "a name of %d bytes, but %d are left", n, len(c.b))
	}
	name := string(c.bytes(int(n)))
	address := int64(undefined) // a link to something outside this file
	if kind == 0 {
		address = c.address()
	}
	if c.err != nil {
		return c.err
	}
	return o.link(at, name, address)
}

// readDenseLinks reads links in a fractal heap.
func (o *Object) readDenseLinks() error {
	c, found, err := o.find(messageLinkInfo, "a link info")
	if !found || err != nil {
		return err
	}
	c.version("a link info", 0, 0)
	if c.u8()&1 != 0 {
		c.skip(8)
	}
	heap, tree := c.address(), c.address()
	if c.err != nil || heap == undefined {
		return c.err
	}
	return o.file.dense(heap, tree, recordLink, o.addLink)
}

// dense calls add with each message in a fractal heap that a B-tree names.
func (f *File) dense(heap, tree int64, kind int, add func(c cursor) error) error {
	h, err := f.fractalHeap(heap)
	if err != nil {
		return err
	}
	return f.tree2(tree, kind, func(r cursor) error {
		if kind == recordLink {
			r.skip(4) // the name's hash
		}
		id := cursor{file: f, at: r.at}
		id.b = r.bytes(min(h.idLength, len(r.b)))
		body, err := h.object(id)
		if err != nil {
			return err
		}
		return add(body)
	})
}
