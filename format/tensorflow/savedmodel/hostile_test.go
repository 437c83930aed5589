package savedmodel_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow/savedmodel"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// unpack returns the files of an archive as a folder.
func unpack(t testing.TB, archive []byte) fstest.MapFS {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	folder := fstest.MapFS{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		folder[f.Name] = &fstest.MapFile{Data: data}
	}
	return folder
}

// typed requires that an error says what is wrong with the files.
func typed(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		require.True(t, errors.Is(err, network.ErrDamaged) || errors.Is(err, network.ErrUnsupported) || errors.Is(err, network.ErrShape) ||
			errors.Is(err, network.ErrInvalid) || errors.Is(err, network.ErrAmbiguous) || errors.Is(err, fs.ErrNotExist), "%T: %v", err, err)
		require.Less(t, len(err.Error()), 1000)
	}
}

// size returns the bytes of all files.
func size(folder fstest.MapFS) (n uint64) {
	for _, f := range folder {
		n += uint64(len(f.Data))
	}
	return n
}

// Files that are cut or changed anywhere give typed errors, and take no more than four
// times their size, beside a fixed amount.
func TestHostile(t *testing.T) {
	layers, graphs := members(t, "testdata/layers.zip"), members(t, "testdata/graphs.zip")
	for name, archive := range map[string][]byte{
		"tokens-tag": layers["tokens-tag.zip"], "nested": layers["nested-2.zip"], "cnn": layers["time-distributed-cnn.zip"], "normalization": layers["normalization.zip"],
		"LSTM": graphs["lstm-2-sigmoid.zip"], "GRU": graphs["gru-2-hard_sigmoid.zip"],
	} {
		whole := unpack(t, archive)
		for file := range whole {
			for i := range hostile.Count(t, 150) {
				folder := fstest.MapFS{}
				for name, f := range whole {
					folder[name] = f
				}
				m := hostile.New(i)
				data := whole[file].Data
				if i%3 == 0 {
					data = m.Protobuf(data, whole["saved_model.pb"].Data)
				} else {
					data = m.Bytes(data, whole["saved_model.pb"].Data)
				}
				folder[file] = &fstest.MapFile{Data: data}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, err := savedmodel.Read(folder, savedmodel.Options{})
				runtime.ReadMemStats(&after)
				typed(t, err)
				require.LessOrEqual(t, after.TotalAlloc-before.TotalAlloc, 4*size(folder)+2<<20, "%s, %s, file %d", name, file, i)
			}
		}
	}
}

// A file that is missing is told, with what a SavedModel consists of.
func TestMissingFiles(t *testing.T) {
	whole := unpack(t, members(t, "testdata/layers.zip")["tokens-tag.zip"])
	for file := range whole {
		if file == "keras_metadata.pb" {
			continue
		}
		folder := fstest.MapFS{}
		for name, f := range whole {
			if name != file {
				folder[name] = f
			}
		}
		_, err := savedmodel.Read(folder, savedmodel.Options{})
		require.Error(t, err, file)
		require.ErrorContains(t, err, file)
	}
}

// FuzzRead reads models of which any of two files is changed.
func FuzzRead(f *testing.F) {
	whole := unpack(f, members(f, "testdata/layers.zip")["tokens-tag.zip"])
	f.Add(whole["saved_model.pb"].Data, whole["keras_metadata.pb"].Data)
	f.Add(unpack(f, members(f, "testdata/graphs.zip")["lstm-2-sigmoid.zip"])["saved_model.pb"].Data, []byte{})
	f.Fuzz(func(t *testing.T, model, metadata []byte) {
		folder := fstest.MapFS{"saved_model.pb": {Data: model}, "keras_metadata.pb": {Data: metadata}}
		for name, f := range whole {
			if folder[name] == nil {
				folder[name] = f
			}
		}
		_, err := savedmodel.Read(folder, savedmodel.Options{})
		typed(t, err)
	})
}
