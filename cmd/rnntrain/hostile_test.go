package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// soundSources returns models of each kind that is converted, by the kind.
func soundSources(t *testing.T) map[string][][]byte {
	files := map[string][][]byte{}
	for _, pattern := range []string{"*.pt", "*.npz", "*.safetensors", "matrix/lstm-l1-*.safetensors", "*.json"} {
		paths, err := filepath.Glob(converted + pattern)
		require.NoError(t, err)
		require.NotEmpty(t, paths, pattern)
		for _, path := range paths {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			kind := filepath.Ext(path)
			if kind == ".pt" && !bytes.HasPrefix(data, []byte("PK")) {
				kind = "legacy" // without an archive around it
			}
			files[kind] = append(files[kind], data)
		}
	}
	for _, m := range []*format.Model{
		modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 4, Outputs: 2, InitialState: true, Normalized: true}.Model(),
		modeltest.SeededGraph(3), modeltest.SeededGraph(8),
	} {
		e, err := safetensorsOf(m)
		require.NoError(t, err)
		files[".safetensors"] = append(files[".safetensors"], e.data)
	}
	f, err := os.Open("../../testdata/onnx/models.tar.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		require.NoError(t, err)
		if h.Size > 16<<10 {
			continue
		}
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		files[".onnx"] = append(files[".onnx"], data)
	}
}

// A hostile model of another framework is refused by a short error, or it
// becomes a model that is read again; and neither takes much memory.
func TestHostileModelsOfOtherFrameworks(t *testing.T) {
	files := soundSources(t)
	for _, c := range []struct {
		kind string
		make func(m hostile.Maker, file, other []byte) []byte
		few  int // of so many files one at least is read
	}{
		{".pt", hostile.Maker.ZIP, 32},
		{".npz", hostile.Maker.ZIP, 32},
		{".safetensors", hostile.Maker.Safetensors, 32},
		{"legacy", hostile.Maker.Bytes, 64},
		{".json", hostile.Maker.Bytes, 64},
		{".onnx", hostile.Maker.Protobuf, 32},
	} {
		t.Run(strings.TrimPrefix(c.kind, "."), func(t *testing.T) {
			count, read := hostile.Count(t, 1000), 0
			for number := range count {
				m := hostile.New(number)
				s := source{name: "model" + c.kind, arch: &statedict.Architecture{Pool: []string{"", "last", "none"}[number%3]}}
				s.data = c.make(m, m.Pick(files[c.kind]), m.Pick(files[c.kind]))
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				data, err := convertedBytes(&s)
				runtime.ReadMemStats(&after)
				require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20), "file %d", number)
				if err != nil {
					require.Less(t, len(err.Error()), 4<<10, "file %d", number)
					continue
				}
				read++
				_, err = format.Read(data)
				require.NoError(t, err, "file %d", number)
			}
			require.GreaterOrEqual(t, read, count/c.few, "most files are refused, so little is tested")
		})
	}
}

// convertedBytes returns the .rnn file that a source becomes.
func convertedBytes(s *source) ([]byte, error) {
	n, err := s.read()
	if err != nil {
		return nil, err
	}
	m, err := n.Model()
	if err != nil {
		return nil, err
	}
	return m.Append(nil)
}
