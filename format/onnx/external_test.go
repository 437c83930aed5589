package onnx_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
)

// outside moves the constants of a model to a file of that name, and returns
// what is in it.
func outside(m *model, location string) (data []byte) {
	for i := range m.Constants {
		t := &m.Constants[i]
		raw := t.Raw()
		t.External = []string{
			"location", location, "offset", strconv.Itoa(len(data)), "length", strconv.Itoa(len(raw)), "checksum", "of no use",
		}
		data = append(data, raw...)
	}
	return data
}

// Data in a file beside the model is read as that in the model.
func TestReadsDataBesideTheModel(t *testing.T) {
	m := gruModel("bidirectional")
	want, err := onnx.Read(m.Marshal())
	require.NoError(t, err)
	for _, location := range []string{"model.onnx.data", "./model.onnx.data", "weights/part 1.bin"} {
		name := strings.TrimPrefix(location, "./")
		data := outside(m, location)
		got, err := onnx.ReadBeside(fstest.MapFS{name: {Data: data}}, m.Marshal())
		require.NoError(t, err, location)
		require.Equal(t, want, got, location)

		last := &m.Constants[len(m.Constants)-1]
		last.External = last.External[:4] // without a length, it is all that follows
		got, err = onnx.ReadBeside(fstest.MapFS{name: {Data: data}}, m.Marshal())
		require.NoError(t, err, location)
		require.Equal(t, want, got, location)
	}
}

// Nothing but a file in the model's folder is read.
func TestRefusesDataElsewhere(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "model"), 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "model", "sub"), 0o755))
	data := outside(gruModel("forward"), "")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secret"), data, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "model", "short"), data[:10], 0o644))
	require.NoError(t, os.Symlink("../secret", filepath.Join(folder, "model", "link")))
	root, err := os.OpenRoot(filepath.Join(folder, "model"))
	require.NoError(t, err)
	defer root.Close()

	for _, c := range []struct {
		name     string
		folder   fs.FS
		location string
		reason   error
		message  string
	}{
		{"no folder", nil, "secret", network.ErrUnsupported, "give the model as a file in the same folder"},
		{"the folder above", root.FS(), "../secret", network.ErrUnsupported, `"../secret", which is not a file in the model's folder`},
		{"the folder above, by a detour", root.FS(), "sub/../../secret", network.ErrUnsupported, "not a file in the model's folder"},
		{"an absolute path", root.FS(), filepath.Join(folder, "secret"), network.ErrUnsupported, "not a file in the model's folder"},
		{"a path of Windows", root.FS(), `..\secret`, network.ErrUnsupported, "not a file in the model's folder"},
		{"a link out of the folder", root.FS(), "link", network.ErrUnsupported, `"link": `},
		{"a folder", root.FS(), "sub", network.ErrUnsupported, `"sub", which is not a regular file`},
		{"nothing", root.FS(), "", network.ErrUnsupported, "not a file in the model's folder"},
		{"a file that is not there", root.FS(), "gone", network.ErrUnsupported, `"gone", which is not in the model's folder: copy that file`},
		{"a short file", root.FS(), "short", network.ErrDamaged, `of "short", which has 10`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			outside(m, c.location)
			_, err := onnx.ReadBeside(c.folder, m.Marshal())
			require.ErrorIs(t, err, c.reason)
			require.ErrorContains(t, err, `tensor "W": its data`)
			require.ErrorContains(t, err, c.message)
		})
	}
}

func TestRefusesWrongPlaces(t *testing.T) {
	for _, c := range []struct {
		name           string
		offset, length string
		message        string
	}{
		{"a negative offset", "-1", "4", `bytes "-1" on`},
		{"a negative length", "0", "-4", `"-4" of them`},
		{"an offset beyond the end", "100000", "4", "which has"},
		{"a length that overflows", "8", "9223372036854775807", "which has"},
		{"another length than the shape's", "0", "4", "it has the shape"},
		{"no number", "x", "4", `bytes "x" on`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			data := outside(m, "data")
			m.Constants[0].External = []string{"location", "data", "offset", c.offset, "length", c.length}
			_, err := onnx.ReadBeside(fstest.MapFS{"data": {Data: data}}, m.Marshal())
			require.ErrorIs(t, err, network.ErrDamaged)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// A small file beside the model does not become large in memory.
func TestRefusesDataThatIsReadWithoutEnd(t *testing.T) {
	m := gruModel("forward")
	data := outside(m, "data")
	for range 40 {
		c := m.Constants[0]
		c.Name += strconv.Itoa(len(m.Constants))
		m.Constants = append(m.Constants, c)
	}
	_, err := onnx.ReadBeside(fstest.MapFS{"data": {Data: data}}, m.Marshal())
	require.ErrorContains(t, err, "more than four times the data")
}
