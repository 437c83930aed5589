package hdf5_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/network"
)

// walk reads all of a file, as far as it can. Groups may be in themselves.
func walk(data []byte) error {
	f, err := hdf5.Open(data)
	if err != nil {
		return err
	}
	return walkObject(f.Root(), 0)
}

func walkObject(o *hdf5.Object, depth int) error {
	var errs []error
	for _, name := range []string{"backend", "fixed", "names", "none", "number", "long", "texts", "attribute 07"} {
		_, _, err := o.Text(name)
		errs = append(errs, err)
	}
	if o.IsDataset() {
		_, err := o.Array()
		return errors.Join(append(errs, err)...)
	}
	names, err := o.Names()
	errs = append(errs, err)
	for _, name := range names {
		child, err := o.Open(name)
		if err == nil && depth < 3 {
			err = walkObject(child, depth+1)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// typed requires that all joined errors are those of the package.
func typed(t testing.TB, err error) {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range list.Unwrap() {
			typed(t, err)
		}
		return
	}
	if err != nil {
		require.IsType(t, new(hdf5.Error), err)
		require.True(t, errors.Is(err, network.ErrDamaged) || errors.Is(err, network.ErrUnsupported), err)
		require.Less(t, len(err.Error()), 400)
	}
}

// A file that is cut says so, wherever it is.
func TestTruncated(t *testing.T) {
	for _, name := range files {
		data := read(t, name)
		for n := 0; n < len(data); n += 1 + n/50 {
			_, err := hdf5.Open(data[:n])
			require.ErrorIs(t, err, network.ErrDamaged, "%d bytes", n)
		}
	}
}

func TestBitFlips(t *testing.T) {
	count := 250
	if testing.Short() {
		count = 100
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range files {
		data := read(t, name)
		for range count {
			b := bytes.Clone(data)
			for range 1 + random.IntN(4) {
				b[random.IntN(len(b))] ^= 1 << random.IntN(8)
			}
			typed(t, walk(b))
		}
	}
}

// Numbers that are extreme wherever one may be.
func TestExtremes(t *testing.T) {
	step := 256
	if testing.Short() {
		step = 512
	}
	for _, name := range []string{"latest", "short"} {
		data := read(t, name)
		for at := 8; at+8 < len(data); at += step + at/100 {
			for _, v := range []uint64{0, 1<<64 - 1, 1<<63 - 1, 1 << 32, uint64(len(data)) - 1} {
				b := bytes.Clone(data)
				binary.LittleEndian.PutUint64(b[at:], v)
				typed(t, walk(b))
			}
		}
	}
}

// Blocks that lie in themselves end.
func TestRecursion(t *testing.T) {
	data := read(t, "earliest")
	for _, signature := range []string{"TREE", "SNOD"} {
		place := bytes.Index(data, []byte(signature))
		for at := 8; at+8 <= 4000; at += 24 {
			b := bytes.Clone(data)
			binary.LittleEndian.PutUint64(b[at:], uint64(place))
			typed(t, walk(b))
		}
	}
	loop := bytes.Clone(data)
	tree := bytes.Index(loop, []byte("TREE"))
	loop[tree+5] = 16 // a level above that of its child, which is itself
	binary.LittleEndian.PutUint64(loop[tree+24+8:], uint64(tree))
	f, err := hdf5.Open(loop)
	require.NoError(t, err)
	_, err = f.Root().Names()
	require.ErrorIs(t, err, network.ErrDamaged)
	require.ErrorContains(t, err, "a B-tree of level 16 below one of level 16")
}

// What a small file unpacks to is bounded.
func TestOversize(t *testing.T) {
	data := read(t, "earliest")
	f, err := hdf5.Open(data)
	require.NoError(t, err)
	o, err := f.Root().Open("chunked/gzip one")
	require.NoError(t, err)
	_, err = o.Array()
	require.NoError(t, err)

	// The dataset's sizes and those of its chunk, which are 7 and 11, become large.
	b := bytes.Clone(data)
	shape := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 7), 11)
	large := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 1<<14), 1<<14)
	b = bytes.ReplaceAll(b, shape, large)
	chunk := []byte{7, 0, 0, 0, 11, 0, 0, 0, 4, 0, 0, 0}
	b = bytes.ReplaceAll(b, chunk, []byte{0, 64, 0, 0, 0, 64, 0, 0, 4, 0, 0, 0})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = walk(b)
	runtime.ReadMemStats(&after)
	typed(t, err)
	require.ErrorContains(t, err, "too many for a file of")
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(10*len(data)+4<<20))
}

// A chunk that unpacks to more or less than it should is damaged.
func TestGzipOfWrongSize(t *testing.T) {
	data := read(t, "earliest")
	at := bytes.Index(data, []byte{0x78, 0x5e}) // zlib of h5py's level
	require.Positive(t, at)
	for _, n := range []int{0, 1, 47, 49, 5000} {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, err := w.Write(make([]byte, n))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		b := bytes.Clone(data)
		copy(b[at:], z.Bytes())
		err = walk(b)
		typed(t, err)
		require.ErrorContains(t, err, "a chunk of")
	}
}

// FuzzRead changes bytes of a file: each three of edits are a place and a value.
// The files themselves are too long for the fuzzer to make them short.
func FuzzRead(f *testing.F) {
	files := [2][]byte{read(f, "small-earliest"), read(f, "small-latest")}
	f.Add(false, 0, []byte{})
	f.Add(true, 4000, []byte{8, 0, 1})
	f.Fuzz(func(t *testing.T, latest bool, cut int, edits []byte) {
		data := files[0]
		if latest {
			data = files[1]
		}
		b := bytes.Clone(data[:len(data)-min(max(cut, 0), len(data))])
		for ; len(edits) >= 3 && len(b) > 0; edits = edits[3:] {
			b[int(binary.LittleEndian.Uint16(edits))%len(b)] = edits[2]
		}
		typed(t, walk(b))
	})
}
