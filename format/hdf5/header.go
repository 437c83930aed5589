package hdf5

// The messages of an object header that are read, by their types.
const (
	messageNil           = 0x00
	messageDataspace     = 0x01
	messageLinkInfo      = 0x02
	messageDatatype      = 0x03
	messageLink          = 0x06
	messageExternal      = 0x07
	messageLayout        = 0x08
	messageFilters       = 0x0b
	messageAttribute     = 0x0c
	messageContinuation  = 0x10
	messageSymbolTable   = 0x11
	messageAttributeInfo = 0x15
	lastMessage          = 0x18
)

// The flags of a message.
const (
	flagShared       = 1 << 1 // it is stored elsewhere
	flagFailsUnknown = 1<<3 | 1<<7
)

// A message of an object header.
type message struct {
	kind   int
	shared bool
	body   cursor // a copy is read
}

// An Object is a group or a dataset.
type Object struct {
	file     *File
	address  int64
	messages []message
	links    map[string]int64 // nil: not yet read
	attrs    map[string]attribute
}

// object returns the object at an address.
func (f *File) object(address int64) (*Object, error) {
	if o := f.objects[address]; o != nil {
		return o, nil
	}
	o := &Object{file: f, address: address}
	c := f.cursor(address, len(f.data))
	if string(c.b[:min(4, len(c.b))]) == "OHDR" {
		o.readVersion2(&c)
	} else {
		o.readVersion1(&c)
	}
	if c.err != nil {
		return nil, c.err
	}
	f.objects[address] = o
	return o, nil
}

// readVersion1 reads a header, and the blocks in which it goes on.
func (o *Object) readVersion1(c *cursor) {
	c.version("an object header", 1, 1)
	c.skip(1)
	count := c.u16()
	c.skip(4) // references
	size := c.u32()
	c.skip(4)
	if c.err != nil {
		return
	}
	blocks := []cursor{o.file.block(c.at, size, "an object header")}
	for len(blocks) > 0 {
		b := blocks[0]
		blocks = blocks[1:]
		for b.err == nil && len(b.b) >= 8 && count > 0 {
			count--
			kind, size, flags := b.u16(), b.u16(), b.u8()
			b.skip(3)
			o.add(&b, &blocks, kind, size, flags)
		}
		if b.err != nil {
			c.fail(b.err)
			return
		}
	}
}

// readVersion2 does the same for a header with checksums.
func (o *Object) readVersion2(c *cursor) {
	c.signature("OHDR")
	c.version("an object header", 2, 2)
	flags := c.u8()
	if flags&(1<<5) != 0 {
		c.skip(16) // times
	}
	if flags&(1<<4) != 0 {
		c.skip(4) // where attributes become dense
	}
	size := int64(c.number(1 << (flags & 3)))
	if c.err != nil {
		return
	}
	if size < 0 || size > int64(len(c.b))-4 {
		c.fail(damaged(c.at, "an object header of %d bytes, but %d are left of the file", size, len(c.b)))
		return
	}
	sum := o.file.cursor(c.at+size, 4)
	if o.file.checksum(&sum, o.address); sum.err != nil {
		c.fail(sum.err)
		return
	}
	blocks := []cursor{o.file.block(c.at, size, "an object header")}
	for first := true; len(blocks) > 0; first = false {
		b := blocks[0]
		blocks = blocks[1:]
		if !first && b.err == nil {
			o.continued(&b)
		}
		header := 4
		if flags&(1<<2) != 0 {
			header += 2
		}
		for b.err == nil && len(b.b) >= header {
			kind, size, flags := b.u8(), b.u16(), b.u8()
			b.skip(header - 4) // order of creation
			o.add(&b, &blocks, kind, size, flags)
		}
		if b.err != nil {
			c.fail(b.err)
			return
		}
	}
}

// continued checks the signature and the checksum of a block, and leaves its
// messages to read.
func (o *Object) continued(b *cursor) {
	start, n := b.at, len(b.b)
	b.signature("OCHK")
	if b.err != nil {
		return
	}
	if n < 8 {
		b.fail(damaged(start, "a block OCHK of %d bytes", n))
		return
	}
	sum := o.file.cursor(start+int64(n)-4, 4)
	o.file.checksum(&sum, start)
	b.fail(sum.err)
	b.b = b.b[:len(b.b)-4]
}

// add adds the message that b is at, or the block that it names.
func (o *Object) add(b *cursor, blocks *[]cursor, kind, size, flags int) {
	at := b.at
	m := message{kind: kind, shared: flags&flagShared != 0, body: cursor{file: b.file, at: at}}
	m.body.b = b.bytes(size)
	b.fail(b.file.known(at))
	switch {
	case b.err != nil || kind == messageNil:
	case kind == messageContinuation:
		address, length := m.body.address(), m.body.length()
		if b.fail(m.body.err); b.err == nil {
			*blocks = append(*blocks, o.file.block(address, length, "the rest of an object header"))
		}
	case kind > lastMessage && flags&flagFailsUnknown != 0:
		b.fail(unsupported(at, "a message of the unknown type %d", kind))
	case kind == messageExternal:
		b.fail(unsupported(at, "a dataset whose numbers are in other files"))
	default:
		o.messages = append(o.messages, m)
	}
}

// find returns the only message of a kind; false: there is none.
func (o *Object) find(kind int, what string) (c cursor, found bool, err error) {
	for _, m := range o.messages {
		if m.kind != kind {
			continue
		}
		if found {
			return c, true, damaged(m.body.at, "an object with two messages of %s", what)
		}
		if m.shared {
			return c, true, unsupported(m.body.at, "%s that other objects share", what)
		}
		c, found = m.body, true
	}
	return c, found, nil
}

// IsDataset reports whether the object is an array.
func (o *Object) IsDataset() bool {
	for _, m := range o.messages {
		if m.kind == messageLayout {
			return true
		}
	}
	return false
}
