package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/npy"
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
	addKeras(t, files)
	addScripts(t, files)
	addTexts(t, files)
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

// addKeras adds small models of Keras and TensorFlow.js.
func addKeras(t *testing.T, files map[string][][]byte) {
	for _, m := range zipped(t, "../../format/keras/testdata/matrix.zip") {
		if kind := filepath.Ext(m.name); (kind == ".h5" || kind == ".keras") && len(m.data) < 24<<10 {
			files[kind] = append(files[kind], m.data)
		}
	}
	for _, m := range zipped(t, "../../format/tensorflow/savedmodel/testdata/layers.zip") {
		if len(m.data) < 24<<10 {
			files["saved"] = append(files["saved"], m.data)
		}
	}
	model, err := os.ReadFile(tfjsFolder + "model.json")
	require.NoError(t, err)
	files["tfjs"] = append(files["tfjs"], model)
}

// tfjsFolder has a model of TensorFlow.js.
const tfjsFolder = converted + "tfjs/"

// addScripts adds programs of TorchScript.
func addScripts(t *testing.T, files map[string][][]byte) {
	for _, m := range zipped(t, "../../testdata/torchscript/networks.zip") {
		if filepath.Ext(m.name) == ".pt" {
			files["script"] = append(files["script"], m.data)
		}
	}
}

// addTexts adds models of Neural Amp Modeler, and weights that are text.
func addTexts(t *testing.T, files map[string][][]byte) {
	for _, c := range []struct {
		architecture, config string
		weights              int
	}{
		{"LSTM", `{"input_size":1,"hidden_size":1,"num_layers":1}`, 16},
		{"ConvNet", `{"channels":2,"dilations":[1],"batchnorm":false,"activation":"Tanh"}`, 9},
		{"WaveNet", `{"layers":[{"input_size":1,"condition_size":1,"head_size":1,"channels":2,"kernel_size":2,"dilations":[1,4],"activation":"Tanh","gated":false,"head_bias":true}],"head":null,"head_scale":0.02}`, 42},
	} {
		weights := strings.Repeat(",0.25", c.weights)[1:]
		files[".nam"] = append(files[".nam"], fmt.Appendf(nil, `{"version":"0.5.4","architecture":%q,"config":%s,"weights":[%s],"sample_rate":48000}`, c.architecture, c.config, weights))
	}
	text, err := os.ReadFile("../../testdata/recipes/deepnano-blitz.txt")
	require.NoError(t, err)
	files[".txt"] = append(files[".txt"], text)
}

// An archived is a file of an archive.
type archived struct {
	name string
	data []byte
}

// zipped returns the files of a ZIP archive.
func zipped(t *testing.T, path string) []archived {
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	var members []archived
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		members = append(members, archived{f.Name, data})
	}
	return members
}

// hostileKinds are the kinds of files whose hostile ones are made in these ways.
var hostileKinds = []struct {
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
	{".h5", hostile.Maker.Bytes, 32},
	{".keras", hostile.Maker.ZIP, 32},
	{"script", hostile.Maker.ZIP, 32},
	{".nam", hostile.Maker.Bytes, 64},
	{".txt", hostile.Maker.Bytes, 64},
	{"tfjs", hostile.Maker.Bytes, 64},
	{"saved", hostile.Maker.ZIP, 32},
}

// hostileSource returns the source of a file of a kind, whose description another
// may be.
func hostileSource(t *testing.T, kind string, data []byte, number int) *source {
	s := &source{name: "model" + kind, data: data, arch: &statedict.Architecture{Pool: []string{"", "last", "none"}[number%3]}}
	switch kind {
	case ".h5", ".keras", "script", ".nam", "saved":
		s.arch = &statedict.Architecture{}
	case ".txt":
		text, err := os.ReadFile("../../docs/architectures/deepnano-blitz.json")
		require.NoError(t, err)
		s.arch, err = statedict.ParseArchitecture(text)
		require.NoError(t, err)
		s.flags = []string{"--arch"}
	case "tfjs":
		s.name = tfjsFolder + "model.json"
	}
	return s
}

// A hostile model of another framework is refused by a short error, or it
// becomes a model that is read again; and neither takes much memory.
func TestHostileModelsOfOtherFrameworks(t *testing.T) {
	files := soundSources(t)
	for _, c := range hostileKinds {
		t.Run(strings.TrimPrefix(c.kind, "."), func(t *testing.T) {
			count, read := hostile.Count(t, 300), 0
			for number := range count {
				m := hostile.New(number)
				s := hostileSource(t, c.kind, c.make(m, m.Pick(files[c.kind]), m.Pick(files[c.kind])), number)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				data, err := convertedBytes(s)
				runtime.ReadMemStats(&after)
				require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20), "file %d", number)
				if err != nil {
					require.Less(t, len(err.Error()), 4<<10, "file %d", number)
					require.True(t, typed(err), "file %d: %v", number, err)
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

// A file that is cut, or of which a part is another, is refused by an error that says
// what is wrong, or it is read.
func TestDamagedModelsOfOtherFrameworks(t *testing.T) {
	places := 25
	if testing.Short() {
		places = 12
	}
	files := soundSources(t)
	for _, c := range hostileKinds {
		t.Run(strings.TrimPrefix(c.kind, "."), func(t *testing.T) {
			for _, file := range files[c.kind][:min(len(files[c.kind]), 4)] {
				_, err := convertedBytes(hostileSource(t, c.kind, file, 1))
				require.True(t, err == nil || typed(err), err)
				for damage, data := range hostile.Damage(file, places) {
					hostile.RequireMemory(t, hostile.Limit(len(data)), func() {
						if _, err := convertedBytes(hostileSource(t, c.kind, data, 1)); err != nil {
							require.True(t, typed(err), "%s: %T %v", damage, err, err)
						}
					})
				}
			}
		})
	}
}

// typed reports whether an error is one of those that the readers promise: it tells
// whether the file is damaged, or what of it is not read.
func typed(err error) bool {
	for _, reason := range []error{
		network.ErrDamaged, network.ErrUnsupported, network.ErrUnknown, network.ErrShape, network.ErrAmbiguous, network.ErrArchitecture, network.ErrInvalid,
		npy.ErrFormat, npy.ErrUnsupported, npy.ErrTruncated, npy.ErrRange, npy.ErrType,
	} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
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
