package safetensors_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/safetensors"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// file returns a file of that header and size bytes of data.
func file(header string, size int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	b = append(b, header...)
	return append(b, make([]byte, size)...)
}

func ExampleRead() {
	header := `{"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	data := file(header, 8)
	copy(data[len(data)-4:], "\x00\x00\x80\x3f")
	tensors, err := safetensors.Read(data)
	fmt.Println(tensors[0].Name, tensors[0].Shape, tensors[0].Data, err)
	// Output: fc.bias [2] [0 1] <nil>
}

func TestReadsEveryType(t *testing.T) {
	header := `{"__metadata__":{"format":"pt"},
		"b":{"data_offsets":[24,26],"shape":[1],"dtype":"F16"},
		"a":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},
		"c":{"dtype":"I64","shape":[],"data_offsets":[16,24]},
		"d":{"dtype":"BF16","shape":[1,1],"data_offsets":[26,28]},
		"e":{"dtype":"F32","shape":[0,3],"data_offsets":[28,28]}}   `
	data := file(header, 28)
	body := data[len(data)-28:]
	copy(body[8:], "\x00\x00\x00\x00\x00\x00\xf0\x3f") // 1
	copy(body[24:], "\x00\x40")                        // 2
	copy(body[26:], "\x80\xbf")                        // -1
	tensors, err := safetensors.Read(data)
	require.NoError(t, err)
	require.Equal(t, []statedict.Tensor{
		{Name: "a", DType: "F64", Shape: []int{1, 2}, Data: []float32{0, 1}},
		{Name: "c", DType: "I64"},
		{Name: "b", DType: "F16", Shape: []int{1}, Data: []float32{2}},
		{Name: "d", DType: "BF16", Shape: []int{1, 1}, Data: []float32{-1}},
		{Name: "e", DType: "F32", Shape: []int{0, 3}},
	}, tensors)
}

// What shares a tensor is read under its own name, too.
func TestReadsSharedTensors(t *testing.T) {
	data := file(`{"__metadata__":{"format":"pt","b":"a","a":"a","c":"gone"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4)
	tensors, err := safetensors.Read(data)
	require.NoError(t, err)
	require.Equal(t, []statedict.Tensor{
		{Name: "a", DType: "F32", Shape: []int{1}, Data: []float32{0}},
		{Name: "b", DType: "F32", Shape: []int{1}, Data: []float32{0}},
	}, tensors)
}

func TestMatchKnowsAHeaderThatStartsWithSpaces(t *testing.T) {
	require.True(t, safetensors.Match(file("  \n{}", 0)))
	require.False(t, safetensors.Match(file("  []", 0)))
}

func TestRefuses(t *testing.T) {
	one := func(fields string) []byte { return file(`{"a":{`+fields+`}}`, 8) }
	for _, c := range []struct {
		name    string
		data    []byte
		message string
	}{
		{"empty", nil, "the file has 0 bytes"},
		{"a header beyond the end", file("{}", 0)[:9], "its length is given as 2 bytes, but the file has 1"},
		{"an endless header", []byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"), "at most 100000000 are possible"},
		{"no JSON", file("hello", 0), "invalid character"},
		{"a cut header", file(`{"a":{"dtype":"F32"`, 0), "unexpected EOF"},
		{"an array", file("[]", 0), "[, want {"},
		{"two objects", file("{}{}", 0), "there is more after the JSON object"},
		{"not UTF-8", file("{\"\xff\":{}}", 0), "it is not UTF-8"},
		{"a name twice", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), `"a": there are two tensors of this name`},
		{"a key twice", one(`"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]`), `the key "dtype" occurs twice`},
		{"an unknown key", one(`"dtype":"F32","shape":[2],"data_offsets":[0,8],"scale":1`), `the key "scale" is not one of`},
		{"no shape", one(`"dtype":"F32","data_offsets":[0,8]`), "it lacks one of"},
		{"an unknown dtype", one(`"dtype":"F4","shape":[16],"data_offsets":[0,8]`), `its dtype "F4" is not known`},
		{"a dtype that is a number", one(`"dtype":4,"shape":[2],"data_offsets":[0,8]`), "4, want a string"},
		{"three offsets", one(`"dtype":"F32","shape":[2],"data_offsets":[0,4,8]`), "3 data_offsets"},
		{"a negative offset", one(`"dtype":"F32","shape":[2],"data_offsets":[-8,0]`), "-8, want a whole number"},
		{"a fraction in the shape", one(`"dtype":"F32","shape":[2.5],"data_offsets":[0,8]`), "2.5, want a whole number"},
		{"offsets beyond the end", one(`"dtype":"F32","shape":[4],"data_offsets":[0,16]`), `"a": its bytes are 0 to 16 of 8`},
		{"offsets that fall", one(`"dtype":"F32","shape":[2],"data_offsets":[8,0]`), "its bytes are 8 to 0"},
		{"a shape that is too large", one(`"dtype":"F32","shape":[3],"data_offsets":[0,8]`), "it has 8 bytes, which its shape [3] of F32 does not fill"},
		{"a shape that overflows", one(`"dtype":"F32","shape":[2147483647,2147483647,2147483647,8],"data_offsets":[0,8]`), "does not fill"},
		{"a size beyond 32 bits", one(`"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]`), "a size of 4294967298"},
		{"bytes of none", one(`"dtype":"F32","shape":[1],"data_offsets":[0,4]`), "4 bytes after the last tensor"},
		{"a gap", one(`"dtype":"F32","shape":[1],"data_offsets":[4,8]`), "there is a gap"},
		{"an overlap", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), `"b": it starts at byte 4, but the tensor before it ends at 8: they overlap`},
		{"metadata that is no text", file(`{"__metadata__":{"a":1}}`, 0), "1, want a string"},
		{"metadata twice", file(`{"__metadata__":{"a":"","a":""}}`, 0), `the name "a" occurs twice`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := safetensors.Read(c.data)
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// Any bytes give tensors that are no larger than the file, or a typed error.
func FuzzRead(f *testing.F) {
	gru := `{"r.weight_ih_l0":{"dtype":"F16","shape":[3,1],"data_offsets":[0,6]},"r.weight_hh_l0":{"dtype":"BF16","shape":[3,1],"data_offsets":[6,12]}}`
	f.Add(file(gru, 12))
	f.Add(file(gru, 12)[:100])
	f.Add(file(strings.Replace(gru, "[6,12]", "[5,12]", 1), 12))
	f.Add(file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(file(`{"__metadata__":{"b":"a"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, err := safetensors.Read(data)
		if err != nil {
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			return
		}
		numbers, counted := 0, map[*float32]bool{}
		for _, x := range tensors { // which may share their numbers
			if len(x.Data) > 0 && !counted[&x.Data[0]] {
				counted[&x.Data[0]] = true
				numbers += len(x.Data)
			}
		}
		require.LessOrEqual(t, 2*numbers, len(data))
		_, _ = statedict.Network(tensors, &statedict.Architecture{Pool: "none", Nonlinearity: "tanh"})
	})
}
