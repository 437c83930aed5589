package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// archiveOf returns a ZIP archive of empty members.
func archiveOf(t *testing.T, members ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range members {
		_, err := z.Create(name)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}

// Files of other programs are known by their content, and the message has the
// command that makes one of them that is read.
func TestConvertKnowsFilesOfOtherPrograms(t *testing.T) {
	var node, graph, meta, coreML onnxtest.Message
	node.Text(1, "wav_data")
	node.Text(2, "Placeholder")
	graph.Bytes(1, node)
	graph.Bytes(1, node)
	meta.Bytes(1, graph)
	coreML.Number(1, 5)
	coreML.Bytes(2, meta)
	coreML.Bytes(500, node)
	for _, c := range []struct{ name, data, kind, command string }{
		{"graph.pbtxt", "node {\n  name: \"x\"\n", "a TensorFlow graph as text", "SerializeToString"},
		{"model.tflite", "\x1c\x00\x00\x00TFL3\x14\x00", "a TensorFlow Lite model", "tf2onnx.convert --tflite"},
		{"m.mlmodel", string(coreML), "a CoreML model", "torch.save"},
		{"cut.mlmodel", "\x08\x05\x12\x99\x09\x0a", "a CoreML model", "torch.save"},
		{"m.mlpackage.zip", archiveOf(t, "m.mlpackage/Data/com.apple.CoreML/model.mlmodel"), "a CoreML package", "torch.save"},
		{"model.gguf", "GGUF\x03\x00\x00\x00", "a GGUF file", "convert the safetensors file"},
		{"old.pt2", archiveOf(t, "serialized_exported_program.json", "serialized_state_dict.pt", "version"), "a .pt2 file", `torch.export.load("FILE").state_dict`},
		{"new.pt2", archiveOf(t, "new/archive_format", "new/models/model.json", "new/data/weights/weight_0"), "a .pt2 file", `torch.export.load("FILE").state_dict`},
		{"model.json", `{"class_name": "Sequential", "config": {"name": "m"}, "keras_version": "2.15.0"}`, `the JSON of a Keras model, "Sequential"`, "with --arch and this file"},
		{"tfjs.json", `{"format": "graph-model", "modelTopology": {}, "weightsManifest": [{}]}`, "a graph model of TensorFlow.js", "convert the Keras model"},
		{"model.ort", "\x20\x00\x00\x00ORTM\x00\x00", "ONNX Runtime's own format", "convert the .onnx file"},
		{"model.tar.gz", "\x1f\x8b\x08\x00", "compressed by gzip", "tar -xzf"},
		{"model.tar", string(make([]byte, 257)) + "ustar\x0000", "a tar archive", "unpack it"},
		{"model.param", "7767517\n75 83\n", "an ncnn model", "convert the model that it was made from"},
		{"model.xml", "<?xml version=\"1.0\"?>\n<net name=\"m\">", "as OpenVINO writes it", "convert the model that it was made from"},
		{"index.json", `{"metadata": {"total_size": 12}, "weight_map": {"lstm.weight_ih_l0": "model-00001-of-00002.safetensors"}}`, "the index of a model in several files", "save_file"},
		{"model.rnn", "\x89RNN\r\n\x1a\n", "a .rnn file already", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range []string{c.name, "nameless" + filepath.Ext(c.name)} {
				model := filepath.Join(t.TempDir(), "model.rnn")
				code, _, stderr := invoke(t, "convert", write(t, name, c.data), "-o", model)
				require.Equal(t, 1, code)
				require.Contains(t, stderr, "not supported: ")
				require.Contains(t, stderr, c.kind)
				require.Contains(t, stderr, c.command)
				require.NoFileExists(t, model)
			}
		})
	}
}

func TestConvertKnowsFolders(t *testing.T) {
	for _, c := range []struct{ name, file, message string }{
		{"Keras", "model.weights.h5", "an unpacked .keras file"},
		{"CoreML", "Manifest.json", "a CoreML package"},
		{"a repository", "model.safetensors", "give the file in it, such as "},
		{"another", "notes.txt", "of an unknown kind: give the model's file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(folder, c.file), nil, 0o600))
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, _, stderr := invoke(t, "convert", folder, "-o", model)
			require.Equal(t, 1, code)
			require.Contains(t, stderr, "it is a folder")
			require.Contains(t, stderr, c.message)
			require.NoFileExists(t, model)
		})
	}
}
