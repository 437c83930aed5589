package hdf5_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/network"
)

// files are those that testdata/make.py writes.
var files = []string{"earliest", "latest", "short"}

func read(t testing.TB, name string) []byte {
	data, err := os.ReadFile("testdata/" + name + ".h5")
	require.NoError(t, err)
	return data
}

// numbers are those of make.py.
func numbers(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i*37%101-50) / 8
	}
	return v
}

func whole(n, less int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i*37%101 - less)
	}
	return v
}

func TestArrays(t *testing.T) {
	type dataset struct {
		path  string
		kind  string
		shape []int
		data  []float32
	}
	list := []dataset{
		{"shapes/scalar", "float32", []int{}, []float32{2.5}},
		{"shapes/empty", "float32", []int{0, 3}, []float32{}},
		{"shapes/null", "float32", []int{}, []float32{}},
		{"shapes/cube", "float32", []int{2, 3, 4}, numbers(24)},
		{"shapes/compact", "float32", []int{5}, numbers(5)},
		{"/chunked/odd", "float16", []int{5}, numbers(5)},
		{"links/link 2", "float32", []int{2, 3, 4}, numbers(24)},
	}
	for _, name := range []string{"plain", "gzip", "shuffled", "checked", "all"} {
		list = append(list, dataset{"chunked/" + name, "float32", []int{7, 11}, numbers(77)}, dataset{"chunked/" + name + " one", "float32", []int{7, 11}, numbers(77)})
	}
	list = append(list, dataset{"chunked/early", "float32", []int{7, 11}, numbers(77)})
	for _, bits := range []int{8, 16, 32, 64} {
		for _, order := range []string{"", "big "} {
			list = append(list, dataset{fmt.Sprintf("types/%si%d", order, bits/8), fmt.Sprintf("int%d", bits), []int{12}, whole(12, 50)},
				dataset{fmt.Sprintf("types/%su%d", order, bits/8), fmt.Sprintf("uint%d", bits), []int{12}, whole(12, 0)})
			if bits > 8 {
				list = append(list, dataset{fmt.Sprintf("types/%sf%d", order, bits/8), fmt.Sprintf("float%d", bits), []int{12}, numbers(12)})
			}
		}
	}
	for _, name := range files {
		f, err := hdf5.Open(read(t, name))
		require.NoError(t, err)
		all := list
		if name != "latest" {
			all = append(all[:len(all):len(all)], dataset{"chunked/many", "float32", []int{300}, numbers(300)}, dataset{"chunked/grows", "float32", []int{7, 11}, numbers(77)})
		}
		for _, want := range all {
			t.Run(name+"/"+want.path, func(t *testing.T) {
				o, err := f.Root().Open(want.path)
				require.NoError(t, err)
				require.True(t, o.IsDataset())
				a, err := o.Array()
				require.NoError(t, err)
				require.Equal(t, &hdf5.Array{Shape: want.shape, Type: want.kind, Data: want.data}, a)
				shape, kind, err := o.Shape()
				require.NoError(t, err)
				require.Equal(t, want.shape, shape)
				require.Equal(t, want.kind, kind)
			})
		}
	}
}

func TestTexts(t *testing.T) {
	for _, name := range files {
		long := 9000
		if name == "short" {
			long = 1
		}
		for _, want := range []struct {
			object, attribute string
			texts             []string
		}{
			{"", "backend", []string{"tensorflow"}},
			{"", "fixed", []string{"three"}},
			{"", "names", []string{"first", "second one", "안"}},
			{"", "none", nil},
			{"", "spaces", []string{""}},
			{"", "texts", []string{"eins", "", "drei"}},
			{"", "long", []string{strings.Repeat("abcdefgh", long)}},
			{"attributes", "attribute 00", []string{"text 0"}},
			{"attributes", "attribute 39", []string{"text 39"}},
			{"attributes", "fixed", []string{strings.Repeat("x", 5000)}},
		} {
			t.Run(name+"/"+want.object+"/"+want.attribute, func(t *testing.T) {
				f, err := hdf5.Open(read(t, name))
				require.NoError(t, err)
				o, err := f.Root().Open(want.object)
				require.NoError(t, err)
				texts, found, err := o.Text(want.attribute)
				require.NoError(t, err)
				require.True(t, found)
				require.Equal(t, want.texts, texts)
				_, found, err = o.Text("another")
				require.NoError(t, err)
				require.False(t, found)
			})
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range files {
		f, err := hdf5.Open(read(t, name))
		require.NoError(t, err)
		names, err := f.Root().Names()
		require.NoError(t, err)
		require.Equal(t, []string{"attributes", "chunked", "links", "shapes", "types"}, names)
		links, err := f.Root().Open("links")
		require.NoError(t, err)
		require.False(t, links.IsDataset())
		names, err = links.Names()
		require.NoError(t, err)
		want := 302
		if name == "short" {
			want = 5
		}
		require.Len(t, names, want)
		for object, has := range map[string]bool{"link 1": true, "soft": true, "link": false} {
			got, err := links.Has(object)
			require.NoError(t, err)
			require.Equal(t, has, got)
		}
	}
}

// What is not read is refused by name, and only if it is asked for.
func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		path, file string // empty: of all
		err        error
		message    string
	}{
		{"shapes/unwritten", "", network.ErrUnsupported, "nothing was written"},
		{"chunked/holes", "earliest", network.ErrUnsupported, "2 of 3 chunks not written"},
		{"chunked/holes", "latest", network.ErrUnsupported, "2 of 3 chunks not written"},
		{"chunked/grows", "latest", network.ErrUnsupported, "an index of chunks of the kind 4, as datasets that can grow"},
		{"chunked/lzf", "", network.ErrUnsupported, "the filter 32000; gzip, shuffle and fletcher32 are read"},
		{"links/soft", "", network.ErrUnsupported, `"soft" is a link to another place`},
		{"links/outside", "", network.ErrUnsupported, `"outside" is a link to another place`},
		{"links/none", "", network.ErrDamaged, `there is no "none" on the path to "links/none"`},
		{"types/f4/x", "", network.ErrDamaged, `there is no "x"`},
		{"types", "", network.ErrDamaged, "it is a group, not a dataset"},
		{"types/text", "", network.ErrUnsupported, "elements of the type text"},
		{"types/bool", "", network.ErrUnsupported, "elements of the type class 8"},
		{"types/complex", "", network.ErrUnsupported, "elements of the type class 6"},
		{"types/large", "", network.ErrUnsupported, "number 0 of the dataset does not fit into a float32"},
		{"types/odd", "", network.ErrUnsupported, "number 0 of the dataset does not fit into a float32"},
	} {
		for _, name := range files {
			if c.file != "" && c.file != name {
				continue
			}
			t.Run(name+"/"+c.path, func(t *testing.T) {
				f, err := hdf5.Open(read(t, name))
				require.NoError(t, err)
				o, err := f.Root().Open(c.path)
				if err == nil {
					_, err = o.Array()
				}
				require.ErrorIs(t, err, c.err)
				require.ErrorContains(t, err, c.message)
				require.IsType(t, new(hdf5.Error), err)
			})
		}
	}
	f, err := hdf5.Open(read(t, "earliest"))
	require.NoError(t, err)
	_, found, err := f.Root().Text("number")
	require.True(t, found)
	require.ErrorIs(t, err, network.ErrUnsupported)
	require.ErrorContains(t, err, `the attribute "number" is not a text, but of the type float64`)
}
