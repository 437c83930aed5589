package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
)

// The filters that are undone, by their numbers.
const (
	filterGzip     = 1
	filterShuffle  = 2
	filterFletcher = 3
)

// A filter was applied to every chunk.
type filter struct {
	id int
	at int64
}

// filters returns the filters of a dataset, in the order in which they were
// applied.
func (o *Object) filters() ([]filter, bool, error) {
	c, found, err := o.find(messageFilters, "a filter pipeline")
	if !found || err != nil {
		return nil, false, err
	}
	version := c.version("a filter pipeline", 1, 2)
	count := c.u8()
	if version == 1 {
		c.skip(6)
	}
	var list []filter
	for range count {
		f := filter{at: c.at}
		f.id = c.u16()
		name := 0
		if version == 1 || f.id >= 256 {
			name = c.u16()
		}
		c.skip(2) // flags
		values := c.u16()
		if version == 1 {
			name += -name & 7
			values += values & 1
		}
		c.skip(name)
		c.skip(4 * values)
		if c.err != nil {
			return nil, true, c.err
		}
		if f.id < filterGzip || f.id > filterFletcher {
			return nil, true, unsupported(f.at, "the filter %d; gzip, shuffle and fletcher32 are read", f.id)
		}
		list = append(list, f)
	}
	if len(list) > 8 {
		return nil, true, damaged(c.at, "%d filters", len(list))
	}
	return list, len(list) > 0, c.err
}

// unfilter undoes the filters of a chunk, except those that the mask leaves
// out.
func (k *chunks) unfilter(c cursor, mask int64) ([]byte, error) {
	b := c.b
	for i := len(k.filters) - 1; i >= 0; i-- {
		if mask>>i&1 != 0 {
			continue
		}
		switch k.filters[i].id {
		case filterFletcher:
			if len(b) < 4 {
				return nil, damaged(c.at, "a chunk of %d bytes, too few for a checksum", len(b))
			}
			n := len(b) - 4
			if want, got := binary.LittleEndian.Uint32(b[n:]), fletcher32(b[:n]); want != got {
				return nil, damaged(c.at, "the checksum of a chunk is %08x, but that of its bytes is %08x", want, got)
			}
			b = b[:n]
		case filterGzip:
			if err := k.file.unpack(c.at, k.bytes); err != nil {
				return nil, err
			}
			var err error
			if b, err = inflate(b, int(k.bytes)+4*len(k.filters)); err != nil {
				return nil, damaged(c.at, "a chunk of gzip: %v", err)
			}
		case filterShuffle:
			if err := k.file.unpack(c.at, int64(len(b))); err != nil {
				return nil, err
			}
			b = unshuffle(b, k.kind.size)
		}
	}
	return b, nil
}

// inflate unpacks at most that many bytes.
func inflate(b []byte, limit int) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out := make([]byte, limit+1)
	n, err := io.ReadFull(z, out)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // the expected end; a stream that is cut has too few bytes
	}
	return out[:n], err
}

// unshuffle puts the bytes of each element together; b has the first bytes of
// all elements, then the second ones, and so on.
func unshuffle(b []byte, size int) []byte {
	out := make([]byte, len(b))
	n := len(b) / size
	for i := range n {
		for j := range size {
			out[i*size+j] = b[j*n+i]
		}
	}
	copy(out[n*size:], b[n*size:])
	return out
}
