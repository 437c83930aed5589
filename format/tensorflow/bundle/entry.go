package bundle

import (
	"errors"
	"math"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/internal/message"
)

// maxShards bounds how many files a bundle may have.
const maxShards = 1 << 12

// maxRank bounds the number of a tensor's axes.
const maxRank = 16

// An entry says where a tensor lies.
type entry struct {
	dtype  DType
	shape  []int
	shard  int
	offset int64
	size   int64
	sum    uint32 // the masked checksum of its bytes
	slices int
}

// header reads a BundleHeaderProto, and returns the number of shards.
func header(b []byte) (shards int, err error) {
	err = protobuf.ReadFields("BundleHeaderProto", b, 0, func(f protobuf.Field) error {
		var n int64
		switch f.Number {
		case 1:
			if err := f.Integer(&n); err != nil {
				return err
			}
			if n < 1 || n > maxShards {
				return unsupported("a bundle of %s, want 1 to %d", message.Count(n, "shard"), maxShards)
			}
			shards = int(n)
			return nil
		case 2:
			if err := f.Integer(&n); err != nil {
				return err
			}
			if n != 0 {
				return unsupported("big-endian numbers: save the model on a little-endian machine, as nearly all are")
			}
			return nil
		case 3: // versions
			return nil
		}
		return f.Unknown()
	})
	if err == nil && shards == 0 {
		err = damaged("it does not say how many shards there are")
	}
	return shards, err
}

// entryOf reads a BundleEntryProto.
func entryOf(name string, b []byte, shards int) (*entry, error) {
	e := &entry{}
	var dtype, shard int64
	err := protobuf.ReadFields("BundleEntryProto", b, protobuf.Numbers(7), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Integer(&dtype)
		case 2:
			return e.readShape(f)
		case 3:
			return f.Integer(&shard)
		case 4:
			return f.Integer(&e.offset)
		case 5:
			return f.Integer(&e.size)
		case 6:
			return f.Fixed32(&e.sum)
		case 7:
			e.slices++
			return nil
		}
		return f.Unknown()
	})
	switch {
	case err != nil:
	case shard < 0 || shard >= int64(shards):
		err = damaged("it is in shard %d of %d", shard, shards)
	case e.offset < 0 || e.size < 0 || e.offset > math.MaxInt64-e.size:
		err = damaged("it has %s from byte %d on", message.Count(e.size, "byte"), e.offset)
	}
	e.dtype, e.shard = DType(dtype), int(shard)
	return e, named(name, err)
}

// readShape reads a TensorShapeProto.
func (e *entry) readShape(f protobuf.Field) error {
	return f.Message("TensorShapeProto", protobuf.Numbers(2), func(f protobuf.Field) error {
		switch f.Number {
		case 2:
			var size int64
			err := f.Message("TensorShapeProto.Dim", 0, func(f protobuf.Field) error {
				switch f.Number {
				case 1:
					return f.Integer(&size)
				case 2: // its name
					return nil
				}
				return f.Unknown()
			})
			if err == nil && (size < 0 || size > math.MaxInt32 || len(e.shape) == maxRank) {
				err = damaged("its shape: size %d of axis %d", size, len(e.shape))
			}
			e.shape = append(e.shape, int(size))
			return err
		case 3:
			var unknown int64
			if err := f.Integer(&unknown); err != nil {
				return err
			}
			if unknown != 0 {
				return damaged("its shape is not known")
			}
			return nil
		}
		return f.Unknown()
	})
}

// count returns how many numbers a tensor has, if it has no more bytes than that
// many.
func (e *entry) count(bytes int64) (int64, bool) {
	n := int64(1)
	for _, d := range e.shape {
		if d > 0 && n > bytes/int64(d) {
			return 0, false
		}
		n *= int64(d)
	}
	return n, true
}

// named gives an error this name, if it has none yet.
func named(name string, err error) error {
	var of *network.ImportError
	var message *protobuf.Error
	switch {
	case errors.As(err, &message):
		return network.Refuse(message.Err, name, "%s", message.Reason)
	case errors.As(err, &of) && of.Name == "":
		return network.Refuse(of.Err, name, "%s", of.Reason)
	}
	return err
}
