package hdf5

import (
	"bytes"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// An attribute of an object.
type attribute struct {
	at    int64
	kind  datatype
	shape []int64
	any   bool
	data  cursor
}

// textSize is the memory that a text takes beside its bytes.
const textSize = 16

// Text returns the texts of an attribute, in the order of its elements; one if it
// has no dimensions. There are no texts if it has no elements, whatever its type.
// false: there is no such attribute.
func (o *Object) Text(name string) (texts []string, found bool, err error) {
	if err := o.readAttributes(); err != nil {
		return nil, false, err
	}
	a, found := o.attrs[name]
	if !found {
		return nil, false, nil
	}
	n, ok := elements(a.shape, a.any)
	switch {
	case ok && n == 0:
		return nil, true, nil
	case !ok || n > int64(len(a.data.b)):
		return nil, true, damaged(a.at, "the attribute %s has %v elements in %d bytes", network.Quote(name), a.shape, len(a.data.b))
	case !a.kind.text():
		return nil, true, unsupported(a.kind.at, "the attribute %s is not a text, but of the type %v", network.Quote(name), a.kind)
	}
	c := a.data
	for range n {
		text, err := o.file.text(&c, a.kind)
		if err != nil {
			return nil, true, err
		}
		if err := o.file.unpack(a.at, int64(textSize+len(text))); err != nil {
			return nil, true, err
		}
		texts = append(texts, text)
	}
	return texts, true, nil
}

// text reads an element, which is a text.
func (f *File) text(c *cursor, t datatype) (string, error) {
	if !t.variable {
		b := c.bytes(t.size)
		if t.space {
			return strings.TrimRight(string(b), " "), c.err
		}
		b, _, _ = bytes.Cut(b, []byte{0})
		return string(b), c.err
	}
	at, n := c.at, c.u32()
	address, index := c.address(), c.u32()
	switch {
	case c.err != nil:
		return "", c.err
	case n == 0:
		return "", nil
	}
	b, err := f.global(address, int(index))
	if err != nil {
		return "", err
	}
	if n > int64(len(b)) {
		return "", damaged(at, "a text of %d bytes in an object of %d", n, len(b))
	}
	b, _, _ = bytes.Cut(b[:n], []byte{0})
	return string(b), nil
}

// readAttributes reads the names and places of attributes.
func (o *Object) readAttributes() error {
	if o.attrs != nil {
		return nil
	}
	o.attrs = map[string]attribute{}
	err := error(nil)
	for i := 0; err == nil && i < len(o.messages); i++ {
		if m := o.messages[i]; m.kind == messageAttribute {
			if m.shared {
				err = unsupported(m.body.at, "an attribute that other objects share")
			} else {
				err = o.addAttribute(m.body)
			}
		}
	}
	if err == nil {
		err = o.readDenseAttributes()
	}
	if err != nil {
		o.attrs = nil
	}
	return err
}

func (o *Object) readDenseAttributes() error {
	c, found, err := o.find(messageAttributeInfo, "an attribute info")
	if !found || err != nil {
		return err
	}
	c.version("an attribute info", 0, 0)
	if c.u8()&1 != 0 {
		c.skip(2)
	}
	heap, tree := c.address(), c.address()
	if c.err != nil || heap == undefined {
		return c.err
	}
	return o.file.dense(heap, tree, recordAttribute, o.addAttribute)
}

// addAttribute adds the attribute of a message.
func (o *Object) addAttribute(c cursor) error {
	a := attribute{at: c.at}
	version := c.version("an attribute", 1, 3)
	flags := c.u8()
	sizes := [3]int{c.u16(), c.u16(), c.u16()} // of the name, the type and the shape
	if version == 3 {
		c.skip(1) // character set
	}
	var parts [3]cursor
	for i, n := range sizes {
		parts[i] = cursor{file: c.file, at: c.at}
		parts[i].b = c.bytes(n)
		if version == 1 {
			c.skip(min(-n&7, len(c.b)))
		}
	}
	if c.err != nil {
		return c.err
	}
	name, _, _ := bytes.Cut(parts[0].b, []byte{0})
	if _, twice := o.attrs[string(name)]; twice {
		return damaged(a.at, "two attributes of the name %s", network.Quote(string(name)))
	}
	if version > 1 && flags&1 != 0 {
		a.kind = datatype{class: classVariable, at: a.at} // a committed type, which is not read
	} else {
		a.kind = parts[1].datatype()
	}
	a.shape, a.any = parts[2].dataspace()
	for _, p := range parts[1:] {
		if p.err != nil {
			return p.err
		}
	}
	a.data = c
	o.attrs[string(name)] = a
	return nil
}
