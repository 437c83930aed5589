package bundle

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/regularfile"
)

// maxTensors bounds how many tensors a bundle may have.
const maxTensors = 1 << 14

// A Bundle is the tensors of a checkpoint.
type Bundle struct {
	folder  fs.FS
	prefix  string
	shards  int
	entries map[string]*entry
}

// A Tensor is numbers, or texts.
type Tensor struct {
	DType DType
	Shape []int
	Data  []byte   // of numbers: each in the size of its type, the lowest byte first
	Texts [][]byte // of type String
}

// Open reads the index of the bundle prefix.index, prefix.data-…. The shards are
// opened when a tensor of them is read. The errors are [*network.ImportError]s, or
// those of the folder.
func Open(folder fs.FS, prefix string) (*Bundle, error) {
	name := prefix + ".index"
	index, err := regularfile.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	b := &Bundle{folder: folder, prefix: prefix, entries: map[string]*entry{}}
	names := 1<<20 + 2*len(index) // bytes of names, since a key may repeat much of the one before
	err = readTable(index, func(key string, value []byte) error {
		if key == "" {
			b.shards, err = header(value)
			return err
		}
		if b.shards == 0 {
			return damaged("it does not begin with its header")
		}
		if len(b.entries) == maxTensors {
			return unsupported("it has more than %d tensors", maxTensors)
		}
		if names -= len(key); names < 0 {
			return unsupported("its names are too long")
		}
		e, err := entryOf(key, value, b.shards)
		b.entries[key] = e
		return err
	})
	if err == nil && b.shards == 0 {
		err = damaged("it has no header")
	}
	if err == nil {
		err = b.disjoint()
	}
	return b, named(name, err)
}

// disjoint refuses tensors that have bytes in common, which would take more memory
// than the files.
func (b *Bundle) disjoint() error {
	list := slices.SortedFunc(maps.Values(b.entries), func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.shard, b.shard), cmp.Compare(a.offset, b.offset), cmp.Compare(a.size, b.size))
	})
	for i := 1; i < len(list); i++ {
		if a, b := list[i-1], list[i]; a.shard == b.shard && a.offset+a.size > b.offset {
			return damaged("two tensors have bytes in common, from byte %d of shard %d on", b.offset, b.shard)
		}
	}
	return nil
}

// Names returns the names of all tensors, sorted.
func (b *Bundle) Names() []string { return slices.Sorted(maps.Keys(b.entries)) }

// Has reports whether there is a tensor of this name.
func (b *Bundle) Has(name string) bool { return b.entries[name] != nil }

// Size returns how many bytes the tensor takes in the file; 0 if there is no such
// tensor.
func (b *Bundle) Size(name string) int64 {
	if e := b.entries[name]; e != nil {
		return e.size
	}
	return 0
}

// Tensor reads a tensor.
func (b *Bundle) Tensor(name string) (*Tensor, error) {
	e := b.entries[name]
	if e == nil {
		return nil, network.Refuse(network.ErrDamaged, name, "the variables lack it")
	}
	t, err := b.read(e)
	return t, named(name, err)
}

// read reads the tensor of an entry, and compares its checksum.
func (b *Bundle) read(e *entry) (*Tensor, error) {
	size := int64(e.dtype.size())
	n, ok := e.count(e.size)
	switch {
	case e.slices > 0:
		return nil, unsupported("it is in %s, as a partitioned variable is: save it without a partitioner", message.Count(e.slices, "slice"))
	case size == 0 && e.dtype != String:
		return nil, unsupported("its numbers are of %v", e.dtype)
	case !ok || size > 0 && n*size != e.size || e.dtype == String && n > e.size:
		return nil, damaged("it has the shape %v of %v in %s", e.shape, e.dtype, message.Count(e.size, "byte"))
	}
	data, err := b.bytes(e)
	if err != nil {
		return nil, err
	}
	t := &Tensor{DType: e.dtype, Shape: e.shape, Data: data}
	sum := crc32.Checksum(data, castagnoli)
	if e.dtype == String {
		if t.Texts, sum, err = texts(data, int(n)); err != nil {
			return nil, err
		}
		t.Data = nil
	}
	if masked(sum) != e.sum {
		return nil, damaged("its checksum is %08x, want %08x", masked(sum), e.sum)
	}
	return t, nil
}

// bytes reads the bytes of an entry from its shard.
func (b *Bundle) bytes(e *entry) ([]byte, error) {
	name := fmt.Sprintf("%s.data-%05d-of-%05d", b.prefix, e.shard, b.shards)
	f, err := regularfile.Open(b.folder, name)
	if err != nil {
		return nil, network.Refuse(fmt.Errorf("%w: %w", network.ErrDamaged, err), "", "the variables of a SavedModel are all files of its folder variables; copy all of it")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if e.offset+e.size > info.Size() {
		return nil, damaged("its bytes %d to %d are beyond the end of %s", e.offset, e.offset+e.size, network.Quote(name))
	}
	data := make([]byte, e.size)
	if at, ok := f.(io.ReaderAt); ok {
		_, err = at.ReadAt(data, e.offset)
	} else if _, err = io.CopyN(io.Discard, f, e.offset); err == nil {
		_, err = io.ReadFull(f, data)
	}
	if errors.Is(err, io.EOF) && e.size == 0 {
		err = nil
	}
	return data, err
}

// texts reads the texts of a tensor: their lengths, the checksum of these, and the
// texts. It returns the checksum of all.
func texts(data []byte, n int) (list [][]byte, sum uint32, err error) {
	c := cursor{data}
	var sizes []uint64
	for range n {
		size, ok := c.number()
		if !ok || size > uint64(len(data)) {
			return nil, 0, damaged("the lengths of its texts")
		}
		sizes = append(sizes, size)
		sum = crc32.Update(sum, castagnoli, binary.LittleEndian.AppendUint32(nil, uint32(size)))
	}
	if len(c.data) < 4 || binary.LittleEndian.Uint32(c.data) != masked(sum) {
		return nil, 0, damaged("the checksum of its texts' lengths")
	}
	sum = crc32.Update(sum, castagnoli, c.data[:4])
	c.data = c.data[4:]
	for _, size := range sizes {
		if size > uint64(len(c.data)) {
			return nil, 0, damaged("its texts are longer than it")
		}
		list = append(list, c.data[:size])
		sum = crc32.Update(sum, castagnoli, c.data[:size])
		c.data = c.data[size:]
	}
	if len(c.data) > 0 {
		return nil, 0, damaged("%s left after its texts", message.Count(len(c.data), "byte"))
	}
	return list, sum, nil
}
