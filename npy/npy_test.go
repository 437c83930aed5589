package npy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
)

// file returns a version 1 file with that header and those elements.
func file(header string, elements ...byte) []byte {
	header += "\n"
	b := []byte("\x93NUMPY\x01\x00")
	b = append(b, byte(len(header)), byte(len(header)>>8))
	return append(append(b, header...), elements...)
}

func header(descr, shape string) string {
	return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }"
}

func TestReadConvertsEveryType(t *testing.T) {
	for _, c := range []struct {
		descr    string
		elements []byte
		want     []float32
	}{
		{"<f4", []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}, []float32{1, -2}},
		{">f4", []byte{0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0}, []float32{1, -2}},
		{"<f8", []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0}, []float32{1, -2}},
		{"<f2", []byte{0, 0x3c, 0x01, 0x80}, []float32{1, -0x1p-24}},
		{">f2", []byte{0x7b, 0xff, 0xfc, 0}, []float32{65504, float32(math.Inf(-1))}},
		{"|u1", []byte{0, 255}, []float32{0, 255}},
		{"<u1", []byte{0, 255}, []float32{0, 255}},
		{"|i1", []byte{127, 128}, []float32{127, -128}},
		{"|b1", []byte{0, 1}, []float32{0, 1}},
		{"<i2", []byte{1, 0, 0xff, 0xff}, []float32{1, -1}},
		{">i2", []byte{0, 1, 0xff, 0xfe}, []float32{1, -2}},
		{"<u2", []byte{1, 0, 0xff, 0xff}, []float32{1, 65535}},
		{"<i4", []byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, []float32{1, -1}},
		{"<u4", []byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, []float32{1, 1 << 32}},
		{"<i8", []byte{1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, []float32{1, -1}},
		{"<u8", []byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80}, []float32{1, 1 << 63}},
	} {
		t.Run(c.descr, func(t *testing.T) {
			shape, data, err := npy.ReadAll(bytes.NewReader(file(header(c.descr, "(2,)"), c.elements...)))
			require.NoError(t, err)
			require.Equal(t, []int{2}, shape)
			require.Equal(t, c.want, data)
		})
	}
}

func TestFortranOrderIsPutInOrder(t *testing.T) {
	for _, c := range []struct {
		shape    string
		elements []byte
		want     []float32
	}{
		{"(2, 3)", []byte{0, 3, 1, 4, 2, 5}, []float32{0, 1, 2, 3, 4, 5}},
		{"(2, 1, 3)", []byte{0, 3, 1, 4, 2, 5}, []float32{0, 1, 2, 3, 4, 5}},
		{"(2, 2, 2)", []byte{0, 4, 2, 6, 1, 5, 3, 7}, []float32{0, 1, 2, 3, 4, 5, 6, 7}},
		{"(3, 0)", nil, nil},
	} {
		t.Run(c.shape, func(t *testing.T) {
			h := "{'descr': '|u1', 'fortran_order': True, 'shape': " + c.shape + ", }"
			_, data, err := npy.ReadAll(bytes.NewReader(file(h, c.elements...)))
			require.NoError(t, err)
			require.Equal(t, c.want, data)
		})
	}
}

func TestSkip(t *testing.T) {
	r, err := npy.NewReader(bytes.NewReader(file(header("|u1", "(4,)"), 1, 2, 3, 4)))
	require.NoError(t, err)
	require.NoError(t, r.Skip(2))
	got := make([]float32, 2)
	require.NoError(t, r.ReadFloat32(got))
	require.Equal(t, []float32{3, 4}, got)
	require.ErrorIs(t, r.Skip(1), npy.ErrLength)
}

func TestReadInt32(t *testing.T) {
	for _, c := range []struct {
		name, descr string
		elements    []byte
		want        int32
		err         error
	}{
		{"the least", "<i4", []byte{0, 0, 0, 0x80}, math.MinInt32, nil},
		{"of 64 bits", "<i8", []byte{0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0}, math.MaxInt32, nil},
		{"of 64 bits, too large", "<i8", []byte{0, 0, 0, 0x80, 0, 0, 0, 0}, 0, npy.ErrRange},
		{"unsigned, too large", "<u4", []byte{0, 0, 0, 0x80}, 0, npy.ErrRange},
		{"unsigned of 64 bits, too large", "<u8", []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, 0, npy.ErrRange},
		{"float", "<f4", []byte{0, 0, 0, 0}, 0, npy.ErrType},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := npy.NewReader(bytes.NewReader(file(header(c.descr, "(1,)"), c.elements...)))
			require.NoError(t, err)
			got := make([]int32, 1)
			err = r.ReadInt32(got)
			require.ErrorIs(t, err, c.err)
			require.Equal(t, c.want, got[0])
		})
	}
}

func TestHeaderIsReadInEveryForm(t *testing.T) {
	for _, c := range []struct {
		name  string
		file  []byte
		shape []int
	}{
		{"a single number", file(header("<f4", "()"), 0, 0, 0, 0), []int{}},
		{"empty", file(header("<f4", "(0, 7)")), []int{0, 7}},
		{"three dimensions", file(header("|u1", "(1, 2, 1)"), 1, 2), []int{1, 2, 1}},
		{"long integers of Python 2", file(header("|u1", "(1L, 2L)"), 1, 2), []int{1, 2}},
		{"no trailing comma", file(`{"shape": (2,), "descr": "|u1", "fortran_order": False}`, 1, 2), []int{2}},
		{"Fortran order of one dimension", file("{'descr': '|u1', 'fortran_order': True, 'shape': (2,), }", 1, 2), []int{2}},
		{"version 2", append([]byte("\x93NUMPY\x02\x00\x39\x00\x00\x00"), file(header("|u1", "(2,)"), 1, 2)[10:]...), []int{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			shape, _, err := npy.ReadAll(bytes.NewReader(c.file))
			require.NoError(t, err)
			require.Equal(t, c.shape, shape)
		})
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	good := header("<f4", "(1,)")
	for _, c := range []struct {
		name string
		file []byte
		err  error
		text string
	}{
		{"no bytes", nil, npy.ErrTruncated, "first 8 bytes"},
		{"other magic", []byte("PK\x03\x04....PK"), npy.ErrFormat, "50 4b"},
		{"unknown version", []byte("\x93NUMPY\x09\x00\x00\x00"), npy.ErrUnsupported, "version 9.0"},
		{"endless header", []byte("\x93NUMPY\x02\x00\xff\xff\xff\xff"), npy.ErrUnsupported, "4294967295"},
		{"header cut", file(good)[:40], npy.ErrTruncated, "header"},
		{"elements cut", file(good, 1, 2, 3), npy.ErrTruncated, "[1] of <f4"},
		{"huge shape without elements", file(header("|u1", "(1000000000,)")), npy.ErrTruncated, "1000000000"},
		{"shape overflows", file(header("<f8", "(1000000000, 1000000000, 1000000000)")), npy.ErrFormat, "shape"},
		{"length overflows", file(header("<f4", "(99999999999999999999,)")), npy.ErrFormat, "length"},
		{"negative length", file(header("<f4", "(-1,)")), npy.ErrFormat, "length"},
		{"many dimensions", file(header("<f4", "("+strings.Repeat("1,", 65)+")")), npy.ErrFormat, "dimensions"},
		{"Fortran order, cut", file("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", 1, 2), npy.ErrTruncated, "[2 2] of <f4"},
		{"complex", file(header("<c8", "(1,)")), npy.ErrUnsupported, `"<c8" (complex numbers); convert them with numpy's astype`},
		{"float of 16 bytes", file(header("<f16", "(1,)")), npy.ErrUnsupported, "a float of another size than 2, 4 or 8 bytes"},
		{"bfloat16", file(header("<V2", "(1,)")), npy.ErrUnsupported, "bfloat16"},
		{"text", file(header("<U10", "(1,)")), npy.ErrUnsupported, "text"},
		{"times", file(header("<M8[ns]", "(1,)")), npy.ErrUnsupported, "times"},
		{"objects", file(header("|O", "(1,)")), npy.ErrUnsupported, `"|O" (Python objects`},
		{"structured", file("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }"), npy.ErrUnsupported, "structured"},
		{"no dictionary", file("[]"), npy.ErrFormat, `want "{"`},
		{"no shape", file("{'descr': '<f4', 'fortran_order': False}"), npy.ErrFormat, `no key "shape"`},
		{"key twice", file("{'descr': '<f4', 'descr': '<f4'}"), npy.ErrFormat, "twice"},
		{"unknown key", file("{'shapes': (1,)}"), npy.ErrFormat, "shapes"},
		{"string without end", file("{'descr"), npy.ErrFormat, "without end"},
		{"text after the header", file(good + "x"), npy.ErrFormat, "after"},
		{"order without truth", file("{'fortran_order': 0}"), npy.ErrFormat, "False"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := npy.ReadAll(bytes.NewReader(c.file))
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.text)
		})
	}
}

func TestReadersOwnErrorIsKept(t *testing.T) {
	broken := errors.New("broken")
	for n := range file(header("<f4", "(1,)")) {
		r := io.MultiReader(bytes.NewReader(file(header("<f4", "(1,)"))[:n]), failing{broken})
		_, _, err := npy.ReadAll(r)
		require.ErrorIs(t, err, broken)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestReadMoreThanThereIs(t *testing.T) {
	r, err := npy.NewReader(bytes.NewReader(file(header("|u1", "(3,)"), 1, 2, 3)))
	require.NoError(t, err)
	require.NoError(t, r.ReadFloat32(make([]float32, 2)))
	require.Equal(t, 1, r.Left())
	require.ErrorIs(t, r.ReadFloat32(make([]float32, 2)), npy.ErrLength)
}

func TestWrittenIsReadAgain(t *testing.T) {
	for _, shape := range [][]int{{}, {0}, {1}, {5}, {3, 4}, {20000, 1}, {2, 1, 3, 1}} {
		t.Run(fmt.Sprint(shape), func(t *testing.T) {
			h := npy.Header{Shape: shape}
			floats, ints := make([]float32, h.Len()), make([]int32, h.Len())
			for i := range floats {
				floats[i], ints[i] = float32(i)/3, int32(-i)
			}

			var b bytes.Buffer
			w, err := npy.NewWriter(&b, npy.Float32, shape...)
			require.NoError(t, err)
			require.Zero(t, b.Len()%64, "the elements start at a multiple of 64 bytes")
			half := len(floats) / 2
			require.NoError(t, w.WriteFloat32(floats[:half]))
			require.NoError(t, w.WriteFloat32(floats[half:]))
			require.NoError(t, w.Close())
			gotShape, got, err := npy.ReadAll(&b)
			require.NoError(t, err)
			require.Equal(t, shape, gotShape[:len(shape):len(shape)])
			require.Equal(t, floats, append([]float32{}, got...))

			b.Reset()
			w, err = npy.NewWriter(&b, npy.Int32, shape...)
			require.NoError(t, err)
			require.NoError(t, w.WriteInt32(ints))
			require.NoError(t, w.Close())
			r, err := npy.NewReader(&b)
			require.NoError(t, err)
			require.Equal(t, npy.Int32, r.DType)
			gotInts := make([]int32, r.Len())
			require.NoError(t, r.ReadInt32(gotInts))
			require.Equal(t, ints, gotInts)
		})
	}
}

// What NumPy 1.24 writes for np.arange(6, dtype='<f4').reshape(2, 3).
func TestWrittenIsWhatNumPyWrites(t *testing.T) {
	var b bytes.Buffer
	w, err := npy.NewWriter(&b, npy.Float32, 2, 3)
	require.NoError(t, err)
	require.NoError(t, w.WriteFloat32([]float32{0, 1, 2, 3, 4, 5}))
	require.NoError(t, w.Close())
	want := "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" +
		strings.Repeat(" ", 58) + "\n" +
		"\x00\x00\x00\x00\x00\x00\x80?\x00\x00\x00@\x00\x00@@\x00\x00\x80@\x00\x00\xa0@"
	require.Equal(t, want, b.String())
}

func TestReshape(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "a.npy"))
	require.NoError(t, err)
	defer f.Close()
	w, err := npy.NewWriter(f, npy.Float32, 0)
	require.NoError(t, err)
	require.NoError(t, w.WriteFloat32([]float32{1, 2, 3, 4}))
	require.ErrorIs(t, w.Close(), npy.ErrLength)
	require.NoError(t, w.Reshape(2, 2))
	require.NoError(t, w.Close())

	_, err = f.Seek(0, io.SeekStart)
	require.NoError(t, err)
	shape, data, err := npy.ReadAll(f)
	require.NoError(t, err)
	require.Equal(t, []int{2, 2}, shape)
	require.Equal(t, []float32{1, 2, 3, 4}, data)

	require.ErrorIs(t, w.Reshape(make([]int, 40)...), npy.ErrUnsupported)
	w, err = npy.NewWriter(&bytes.Buffer{}, npy.Float32, 1)
	require.NoError(t, err)
	require.ErrorIs(t, w.Reshape(2), npy.ErrUnsupported)
}

func TestWriterRefusesOtherTypes(t *testing.T) {
	_, err := npy.NewWriter(&bytes.Buffer{}, npy.DType{Kind: 'f', Size: 8}, 1)
	require.ErrorIs(t, err, npy.ErrType)
	w, err := npy.NewWriter(&bytes.Buffer{}, npy.Float32, 1)
	require.NoError(t, err)
	require.ErrorIs(t, w.WriteInt32([]int32{1}), npy.ErrType)
	w, err = npy.NewWriter(&bytes.Buffer{}, npy.Int32, 1)
	require.NoError(t, err)
	require.ErrorIs(t, w.WriteFloat32([]float32{1}), npy.ErrType)
	broken := errors.New("broken")
	_, err = npy.NewWriter(failing{broken}, npy.Int32, 1)
	require.ErrorIs(t, err, broken)
}

func FuzzRead(f *testing.F) {
	f.Add(file(header("<f4", "(1,)"), 0, 0, 0x80, 0x3f))
	f.Add(file(header(">i8", "(1, 1)"), 0, 0, 0, 0, 0, 0, 0, 1))
	f.Add(file("{'descr': '|u1', 'fortran_order': True, 'shape': (2L,)}", 1, 2))
	f.Fuzz(func(t *testing.T, b []byte) {
		shape, data, err := npy.ReadAll(bytes.NewReader(b))
		if err != nil {
			known := false
			for _, e := range []error{npy.ErrFormat, npy.ErrUnsupported, npy.ErrTruncated} {
				known = known || errors.Is(err, e)
			}
			require.True(t, known, "%v", err)
			return
		}
		var out bytes.Buffer
		w, err := npy.NewWriter(&out, npy.Float32, shape...)
		require.NoError(t, err)
		require.NoError(t, w.WriteFloat32(data))
		require.NoError(t, w.Close())
		_, again, err := npy.ReadAll(&out)
		require.NoError(t, err)
		require.Len(t, again, len(data))
		for i := range data {
			require.Equal(t, math.Float32bits(data[i]), math.Float32bits(again[i]))
		}
	})
}

func ExampleReadAll() {
	var b bytes.Buffer
	w, _ := npy.NewWriter(&b, npy.Float32, 2, 2)
	w.WriteFloat32([]float32{1, 2, 3, 4})
	w.Close()
	shape, data, err := npy.ReadAll(&b)
	fmt.Println(shape, data, err)
	// Output: [2 2] [1 2 3 4] <nil>
}

func TestArchiveIsReadAsWritten(t *testing.T) {
	arrays := []npy.Array{
		{Name: "h_n", DType: npy.Float32, Shape: []int{1, 2}, Floats: []float32{1, -2}},
		{Name: "lengths", DType: npy.Int32, Shape: []int{2}, Integers: []int32{3, 4}},
	}
	var b bytes.Buffer
	require.NoError(t, npy.WriteArchive(&b, arrays...))
	got, err := npy.ReadArchive(b.Bytes())
	require.NoError(t, err)
	require.Equal(t, arrays, got)
	require.Equal(t, []float32{3, 4}, got[1].Numbers())

	err = npy.WriteArchive(&b, npy.Array{Name: "a", DType: npy.Float32, Shape: []int{2}})
	require.ErrorIs(t, err, npy.ErrLength)
	require.ErrorContains(t, err, `"a"`)
}

func ExampleReadArchive() {
	var b bytes.Buffer
	npy.WriteArchive(&b, npy.Array{Name: "x", DType: npy.Float32, Shape: []int{2}, Floats: []float32{1, 2}})
	arrays, err := npy.ReadArchive(b.Bytes())
	fmt.Println(arrays[0].Name, arrays[0].DType, arrays[0].Shape, arrays[0].Floats, err)
	// Output: x <f4 [2] [1 2] <nil>
}
