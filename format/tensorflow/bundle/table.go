package bundle

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// The sizes of parts of a table.
const (
	footerSize  = 48
	trailerSize = 5 // of a block: its compression, and its checksum
	tableMagic  = 0xdb4775248b80fb57
)

// maxKey bounds the length of a key, which is the name of a tensor.
const maxKey = 1 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked returns a checksum as LevelDB stores it: rotated, and with a constant added.
func masked(sum uint32) uint32 { return (sum>>15 | sum<<17) + 0xa282ead8 }

// readTable calls take for each key and value of a table, in the order of their keys.
func readTable(data []byte, take func(key string, value []byte) error) error {
	if len(data) < footerSize || binary.LittleEndian.Uint64(data[len(data)-8:]) != tableMagic {
		return damaged("it does not end as a table of tensors does")
	}
	footer := cursor{data[len(data)-footerSize : len(data)-8]}
	for range 2 { // the block of metadata, which TensorFlow leaves empty
		if _, ok := footer.number(); !ok {
			return damaged("its footer")
		}
	}
	index, err := footer.block(data)
	if err != nil {
		return err
	}
	last, first := "", true
	return readBlock(index, func(_ string, value []byte) error {
		handle := cursor{value}
		block, err := handle.block(data)
		if err != nil {
			return err
		}
		return readBlock(block, func(key string, value []byte) error {
			if !first && key <= last {
				return damaged("its key %s is not in order", network.Quote(key))
			}
			last, first = key, false
			return take(key, value)
		})
	})
}

// readBlock calls take for each entry of a block. A key is stored as how much of the
// key before it begins with, and the rest.
func readBlock(block []byte, take func(key string, value []byte) error) error {
	if len(block) < 4 {
		return damaged("a block of %s", message.Count(len(block), "byte"))
	}
	restarts := uint64(binary.LittleEndian.Uint32(block[len(block)-4:]))
	if restarts > uint64(len(block)-4)/4 {
		return damaged("a block of %s with %s", message.Count(len(block), "byte"), message.Count(restarts, "restart"))
	}
	c := cursor{block[:len(block)-4-4*int(restarts)]}
	var key []byte
	for len(c.data) > 0 {
		shared, ok1 := c.number()
		fresh, ok2 := c.number()
		size, ok3 := c.number()
		if !ok1 || !ok2 || !ok3 || shared > uint64(len(key)) || fresh > uint64(len(c.data)) || size > uint64(len(c.data))-fresh {
			return damaged("an entry of a block that does not lie within it")
		}
		if shared+fresh > maxKey {
			return damaged("a key of %s", message.Count(shared+fresh, "byte"))
		}
		key = append(key[:shared], c.data[:fresh]...)
		value := c.data[fresh:][:size]
		c.data = c.data[fresh+size:]
		if err := take(string(key), value); err != nil {
			return err
		}
	}
	return nil
}

// A cursor reads from the start of bytes.
type cursor struct{ data []byte }

// number reads a number of a varying number of bytes.
func (c *cursor) number() (uint64, bool) {
	v, n := binary.Uvarint(c.data)
	if n <= 0 {
		return 0, false
	}
	c.data = c.data[n:]
	return v, true
}

// block reads where a block lies in a table, and returns the block.
func (c *cursor) block(table []byte) ([]byte, error) {
	offset, ok1 := c.number()
	size, ok2 := c.number()
	whole := uint64(len(table) - footerSize)
	if !ok1 || !ok2 || offset > whole || size > whole-offset || whole-offset-size < trailerSize {
		return nil, damaged("a block that does not lie within it")
	}
	b := table[offset:][:size+trailerSize]
	sum := binary.LittleEndian.Uint32(b[size+1:])
	if masked(crc32.Checksum(b[:size+1], castagnoli)) != sum {
		return nil, damaged("the checksum of the block at byte %d", offset)
	}
	switch b[size] {
	case 0:
		return b[:size], nil
	case 1:
		return nil, unsupported("the block at byte %d is compressed by Snappy, which TensorFlow's own checkpoints are not: save the model again", offset)
	}
	return nil, unsupported("the block at byte %d is compressed by method %d", offset, b[size])
}
