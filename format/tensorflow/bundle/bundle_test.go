package bundle_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/format/tensorflow/bundle"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func masked(b ...[]byte) uint32 {
	sum := uint32(0)
	for _, b := range b {
		sum = crc32.Update(sum, castagnoli, b)
	}
	return (sum>>15 | sum<<17) + 0xa282ead8
}

// An item is an entry of a table: its key shares some bytes with the one before.
type item struct {
	shared int
	key    string
	value  []byte
}

// block appends a block of items to a table, and returns where it lies.
func block(table *[]byte, compression byte, items ...item) []byte {
	var b []byte
	for _, e := range items {
		for _, n := range []int{e.shared, len(e.key) - e.shared, len(e.value)} {
			b = binary.AppendUvarint(b, uint64(n))
		}
		b = append(append(b, e.key[e.shared:]...), e.value...)
	}
	b = append(b, 0, 0, 0, 0, 1, 0, 0, 0)
	handle := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(*table))), uint64(len(b)))
	b = append(b, compression)
	*table = binary.LittleEndian.AppendUint32(append(*table, b...), masked(b))
	return handle
}

// index makes the index of a bundle.
func index(compression byte, items ...item) []byte {
	var table []byte
	at := block(&table, compression, items...)
	footer := append(block(&table, 0), block(&table, 0, item{0, "zz", at})...)
	footer = append(footer, make([]byte, 40-len(footer))...)
	return binary.LittleEndian.AppendUint64(append(table, footer...), 0xdb4775248b80fb57)
}

// header makes a BundleHeaderProto.
func header(shards, endianness int) []byte {
	var m onnxtest.Message
	m.Number(1, int64(shards))
	m.Number(2, int64(endianness))
	return m
}

// at makes a BundleEntryProto of a tensor in shard 0.
func at(dtype int, offset int64, data []byte, shape ...int) []byte {
	var m, s onnxtest.Message
	for _, n := range shape {
		var size onnxtest.Message
		size.Number(1, int64(n))
		s.Bytes(2, size)
	}
	m.Number(1, int64(dtype))
	m.Bytes(2, s)
	m.Number(4, offset)
	m.Number(5, int64(len(data)))
	return binary.LittleEndian.AppendUint32(append(m, 6<<3|5), masked(data))
}

func folder(index []byte, data string) fs.FS {
	return fstest.MapFS{"v.index": {Data: index}, "v.data-00000-of-00001": {Data: []byte(data)}}
}

// A tensor has the numbers of its bytes, in each type that weights are of, and keys are
// told by what they share with the one before.
func TestTensors(t *testing.T) {
	data := "\x00\x00\xc0\x3f\x00\x00\x00\xc0" + "\x00\x00\x00\x00\x00\x00\xf8\x3f" + "\x00\x3e" + "\xc0\x3f" + "\x07\x00\x00\x00"
	b, err := bundle.Open(folder(index(0, item{0, "", header(1, 0)},
		item{0, "rnn/bfloat16", at(14, 18, []byte(data[18:20]), 1)},
		item{4, "rnn/double", at(2, 8, []byte(data[8:16]))},
		item{4, "rnn/float", at(1, 0, []byte(data[:8]), 2, 1)},
		item{4, "rnn/half", at(19, 16, []byte(data[16:18]), 1, 1)},
		item{4, "rnn/int", at(3, 20, []byte(data[20:]))},
		item{7, "rnn/int0", at(1, 24, nil, 0, 3)},
	), data), "v")
	require.NoError(t, err)
	require.Equal(t, []string{"rnn/bfloat16", "rnn/double", "rnn/float", "rnn/half", "rnn/int", "rnn/int0"}, b.Names())
	for name, want := range map[string]struct {
		shape   []int
		numbers []float32
		dtype   string
	}{
		"rnn/float":    {[]int{2, 1}, []float32{1.5, -2}, "float32"},
		"rnn/double":   {nil, []float32{1.5}, "float64"},
		"rnn/half":     {[]int{1, 1}, []float32{1.5}, "float16"},
		"rnn/bfloat16": {[]int{1}, []float32{1.5}, "bfloat16"},
		"rnn/int":      {nil, nil, "int32"},
		"rnn/int0":     {[]int{0, 3}, []float32{}, "float32"},
	} {
		got, err := b.Tensor(name)
		require.NoError(t, err, name)
		require.Equal(t, want.shape, got.Shape, name)
		require.Equal(t, want.numbers, got.Floats(), name)
		require.Equal(t, want.dtype, got.DType.String(), name)
	}
	_, err = b.Tensor("rnn/other")
	require.EqualError(t, err, `damaged file: "rnn/other": the variables lack it`)
}

// What is not whole, or not read, is refused where it is.
func TestRefusals(t *testing.T) {
	four := []byte("\x00\x00\x80\x3f")
	one := at(1, 0, four, 1)
	sliced := append(one[:len(one):len(one)], 7<<3|2, 0)
	for _, c := range []struct {
		name  string
		index []byte
		data  string
		err   error
		want  string
	}{
		{"no table", []byte("hello"), "", network.ErrDamaged, "it does not end as a table of tensors does"},
		{"Snappy", index(1, item{0, "", header(1, 0)}), "", network.ErrUnsupported, "compressed by Snappy"},
		{"another compression", index(2, item{0, "", header(1, 0)}), "", network.ErrUnsupported, "compressed by method 2"},
		{"no header", index(0, item{0, "w", one}), "", network.ErrDamaged, "does not begin with its header"},
		{"nothing", index(0), "", network.ErrDamaged, "it has no header"},
		{"big-endian", index(0, item{0, "", header(1, 1)}), "", network.ErrUnsupported, "big-endian numbers"},
		{"no shards", index(0, item{0, "", header(0, 0)}), "", network.ErrUnsupported, "0 shards"},
		{"many shards", index(0, item{0, "", header(1<<20, 0)}), "", network.ErrUnsupported, "1048576 shards"},
		{"unsorted", index(0, item{0, "", header(1, 0)}, item{0, "w", one}, item{0, "v", one}), "", network.ErrDamaged, `its key "v" is not in order`},
		{"a key of the whole before", index(0, item{0, "", header(1, 0)}, item{1, "w", one}), "", network.ErrDamaged, "an entry of a block"},
		{"a slice", index(0, item{0, "", header(1, 0)}, item{0, "w", sliced}), "", network.ErrUnsupported, "in 1 slice"},
		{"the wrong size", index(0, item{0, "", header(1, 0)}, item{0, "w", at(1, 0, four, 2)}), "1234", network.ErrDamaged, "the shape [2] of float32 in 4 bytes"},
		{"a huge shape", index(0, item{0, "", header(1, 0)}, item{0, "w", at(1, 0, four, 1<<30, 1<<30, 1<<30)}), "1234", network.ErrDamaged, "in 4 bytes"},
		{"a negative size", index(0, item{0, "", header(1, 0)}, item{0, "w", at(1, 0, four, -1)}), "1234", network.ErrDamaged, "size -1 of axis 0"},
		{"a short shard", index(0, item{0, "", header(1, 0)}, item{0, "w", one}), "123", network.ErrDamaged, "beyond the end"},
		{"a far offset", index(0, item{0, "", header(1, 0)}, item{0, "w", at(1, 1<<62, four, 1)}), "1234", network.ErrDamaged, "beyond the end"},
		{"other bytes", index(0, item{0, "", header(1, 0)}, item{0, "w", one}), "1234", network.ErrDamaged, "its checksum is"},
		{"bytes in common", index(0, item{0, "", header(1, 0)}, item{0, "v", one}, item{0, "w", at(1, 3, four, 1)}), "1234567", network.ErrDamaged, "bytes in common, from byte 3"},
		{"another type", index(0, item{0, "", header(1, 0)}, item{0, "w", at(8, 0, four)}), "1234", network.ErrUnsupported, "its numbers are of type 8"},
		{"texts", index(0, item{0, "", header(1, 0)}, item{0, "w", at(7, 0, four)}), "\x0012345", network.ErrDamaged, "the checksum of its texts' lengths"},
		{"another field", index(0, item{0, "", header(1, 0)}, item{0, "w", append(one[:len(one):len(one)], 9<<3, 1)}), "1234", network.ErrUnsupported, "unknown field 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := bundle.Open(folder(c.index, c.data), "v")
			if err == nil {
				_, err = b.Tensor("w")
			}
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// A changed byte is found by a checksum or a bound, and a missing file is told.
func TestHostile(t *testing.T) {
	data := "\x00\x00\xc0\x3f\x00\x00\x00\xc0"
	whole := index(0, item{0, "", header(1, 0)}, item{0, "weights", at(1, 0, []byte(data), 2)})
	for n := range whole {
		_, err := bundle.Open(folder(whole[:n], data), "v")
		require.ErrorIs(t, err, network.ErrDamaged, "%d bytes", n)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := append([]byte{}, whole...)
		b[random.IntN(len(b))] ^= 1 << random.IntN(8)
		walk(t, b, data)
	}
	_, err := bundle.Open(fstest.MapFS{}, "v")
	require.ErrorIs(t, err, fs.ErrNotExist)
	b, err := bundle.Open(fstest.MapFS{"v.index": {Data: whole}}, "v")
	require.NoError(t, err)
	_, err = b.Tensor("weights")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// walk reads all of a bundle, whose errors are typed.
func walk(t testing.TB, index []byte, data string) {
	b, err := bundle.Open(folder(index, data), "v")
	if err == nil {
		for _, name := range b.Names() {
			_, e := b.Tensor(name)
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		require.True(t, errors.Is(err, network.ErrDamaged) || errors.Is(err, network.ErrUnsupported) || errors.Is(err, fs.ErrNotExist), err)
		var of *network.ImportError
		var message *protobuf.Error
		var path *fs.PathError
		require.True(t, errors.As(err, &of) || errors.As(err, &message) || errors.As(err, &path), "%T", err)
	}
}

// Checksums are put right, so that what is behind them is reached.
func FuzzOpen(f *testing.F) {
	data := "\x00\x00\xc0\x3f\x00\x00\x00\xc0"
	f.Add([]byte(at(1, 0, []byte(data), 2)), []byte(header(1, 0)), 0)
	f.Add([]byte(at(7, 0, []byte(data))), []byte(header(3, 0)), 1)
	f.Fuzz(func(t *testing.T, entry, head []byte, shared int) {
		items := []item{{0, "", head}, {0, "a", entry}}
		if shared >= 0 && shared <= 2 {
			items = append(items, item{shared, "ab", entry})
		}
		walk(t, index(0, items...), data)
	})
}
