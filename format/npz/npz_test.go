package npz_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/npz"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// archive returns a .npz file of names and contents in turn.
func archive(t testing.TB, method uint16, list ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(list); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: list[i], Method: method})
		require.NoError(t, err)
		_, err = w.Write([]byte(list[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// array returns a .npy file.
func array(descr, shape, data string) string {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape)
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(header)), byte(len(header) >> 8)}) + header + data
}

func ExampleRead() {
	data, err := os.ReadFile("../../testdata/convert/words.npz")
	if err != nil {
		fmt.Println(err)
	}
	tensors, err := npz.Read(data)
	fmt.Println(tensors[0].Name, tensors[0].DType, tensors[0].Shape, err)
	// Output: embedding.weight <f4 [11 6] <nil>
}

func TestReadsStoredAndCompressed(t *testing.T) {
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		tensors, err := npz.Read(archive(t, method,
			"a.npy", array("<f4", "(1, 2)", "\x00\x00\x80\x3f\x00\x00\x00\x40"),
			"b.npy", array("<i8", "()", "\xfe\xff\xff\xff\xff\xff\xff\xff"),
		))
		require.NoError(t, err)
		require.Equal(t, statedict.Tensor{Name: "a", DType: "<f4", Shape: []int{1, 2}, Data: []float32{1, 2}}, tensors[0])
		require.Nil(t, tensors[1].Data, "a state_dict has no integers")
	}
}

func TestRefuses(t *testing.T) {
	good := array("<f4", "(1,)", "\x00\x00\x80\x3f")
	flipped := archive(t, zip.Store, "a.npy", good)
	flipped[bytes.Index(flipped, []byte("\x80\x3f"))] ^= 1
	for _, c := range []struct {
		name    string
		data    []byte
		err     error
		message string
	}{
		{"nothing", nil, network.ErrDamaged, "archive"},
		{"a cut archive", archive(t, zip.Store, "a.npy", good)[:60], network.ErrDamaged, "archive"},
		{"another member", archive(t, zip.Store, "a.txt", "hello"), network.ErrUnsupported, `"a.txt": unsupported .npy file: it is not a .npy file`},
		{"a member twice", archive(t, zip.Store, "a.npy", good, "a.npy", good), network.ErrDamaged, "two members of this name"},
		{"no array", archive(t, zip.Store, "a.npy", "hello, world"), network.ErrDamaged, `"a.npy": not a .npy file`},
		{"objects", archive(t, zip.Store, "a.npy", array("|O", "(1,)", "\x80\x04N.")), network.ErrUnsupported, `"a.npy": unsupported .npy file`},
		{"a short array", archive(t, zip.Store, "a.npy", array("<f4", "(2,)", "\x00\x00\x80\x3f")), network.ErrDamaged, "truncated .npy file"},
		{"an endless array", archive(t, zip.Deflate, "a.npy", array("<f4", "(268435456,)", "")), network.ErrDamaged, "truncated .npy file"},
		{"a long array", archive(t, zip.Store, "a.npy", good+"more"), network.ErrDamaged, "there is more after the array"},
		{"a flipped bit", flipped, network.ErrDamaged, "checksum error"},
		{"what inflates without end", archive(t, zip.Deflate, "a.npy", array("<f4", "(8388608,)", string(make([]byte, 1<<25)))), network.ErrDamaged, "too large for its size"},
		{"integers of 64 bits", archive(t, zip.Store, "a.npy", array("<i8", "(1,)", "\x00\x00\x00\x00\x01\x00\x00\x00")), network.ErrUnsupported, "out of range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := npz.Read(c.data)
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// Any bytes give arrays that the file's size bounds, or a typed error.
func FuzzRead(f *testing.F) {
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		data := archive(f, method, "r.weight_ih.npy", array("<f8", "(1, 1)", string(make([]byte, 8))), "r.weight_hh.npy", array(">i2", "(1, 1)", "\x00\x01"))
		f.Add(data)
		f.Add(data[:len(data)-30])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, err := npz.Read(data)
		if err != nil {
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			return
		}
		numbers := 0
		for _, a := range tensors {
			numbers += len(a.Data)
		}
		require.LessOrEqual(t, numbers, 1<<24+16*len(data))
		_, _ = statedict.Network(tensors, &statedict.Architecture{Pool: "none", Nonlinearity: "tanh"})
	})
}
