package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format/network"
)

// What to do with files that other programs can turn into one that is read.
const (
	exportKeras = "export the model to ONNX (tf2onnx), or to RTNeural's JSON. In Python, with Keras 3.8 or later:\n" +
		"    keras.models.load_model(\"FILE\").export(\"model.onnx\", format=\"onnx\")\n" +
		"or in a shell, with Keras 2:\n" +
		"    python3 -m tf2onnx.convert --keras FILE --output model.onnx"
	exportLite  = "convert what it was made from; or turn it into ONNX:\n    python3 -m tf2onnx.convert --tflite FILE --output model.onnx"
	exportGraph = "write it as a binary file, in Python:\n" +
		"    graph = google.protobuf.text_format.Parse(open(\"FILE\").read(), tensorflow.compat.v1.GraphDef())\n" +
		"    open(\"graph.pb\", \"wb\").write(graph.SerializeToString())"
	exportProgram = "save its state_dict, in Python:\n    torch.save(dict(torch.export.load(\"FILE\").state_dict), \"state.pt\")"
	exportCoreML  = "convert what it was made from: for a PyTorch model save model.state_dict() with torch.save, for a Keras model " + exportKeras
)

// foreign are the starts of files that are known not to be read, whatever follows.
var foreign = []struct{ start, is string }{
	{"\x89RNN", "a .rnn file already"},
	{"\x93NUMPY", "a single NumPy array: save the whole state_dict with numpy.savez"},
	{"GGUF", "a GGUF file, as llama.cpp reads it: convert the safetensors file that it was made from"},
	{"node {", "a TensorFlow graph as text: " + exportGraph},
	{"\x1f\x8b", "compressed by gzip: unpack it (gunzip or tar -xzf), and give the model's file"},
	{"7767517\n", "a model of ncnn: convert what it was made from"},
	{"<?xml", "XML, as OpenVINO writes it: convert what it was made from"},
	{"version https://git-lfs", "a pointer of Git LFS: fetch the file itself with git lfs pull"},
}

// unreadKinds are the starts of files of which some are read, but not these.
var unreadKinds = []struct{ start, is string }{
	{"PK", "a ZIP archive, but none of PyTorch or NumPy"},
	{"\x80", "a Python pickle, but none of torch.save: save model.state_dict() with torch.save"},
}

// foreignMarks are what lies at some byte of files that are known not to be read.
var foreignMarks = []struct {
	at       int
	mark, is string
}{
	{4, "TFL3", "a TensorFlow Lite model: " + exportLite},
	{4, "ORTM", "a model in ONNX Runtime's own format (.ort): convert the .onnx file that it was made from"},
	{257, "ustar", "a tar archive: unpack it, and give the model's file"},
}

// foreignMembers are the members of ZIP archives that are known not to be read:
// names, or ends of names that start with a slash.
var foreignMembers = []struct{ member, is string }{
	{"serialized_exported_program.json", "a program of torch.export, a .pt2 file: " + exportProgram},
	{"/serialized_exported_program.json", "a program of torch.export, a .pt2 file: " + exportProgram},
	{"archive_format", "a program of torch.export, a .pt2 file: " + exportProgram},
	{"/archive_format", "a program of torch.export, a .pt2 file: " + exportProgram},
	{"/com.apple.CoreML/model.mlmodel", "a CoreML package: " + exportCoreML},
}

// foreignKind says what a file is that is known not to be read, and what to do
// about it; empty where it is not known.
func (s *source) foreignKind() string {
	for _, f := range foreignMarks {
		if len(s.data) >= f.at && bytes.HasPrefix(s.data[f.at:], []byte(f.mark)) {
			return f.is
		}
	}
	members := s.members()
	for _, f := range foreignMembers {
		if slices.ContainsFunc(members, func(name string) bool {
			return name == strings.TrimPrefix(f.member, "/") || strings.HasPrefix(f.member, "/") && strings.HasSuffix(name, f.member)
		}) {
			return f.is
		}
	}
	if kind := foreignBuffer(s.data); kind != "" {
		return kind
	}
	if strings.EqualFold(filepath.Ext(s.name), ".mlmodel") {
		return "a CoreML model: " + exportCoreML
	}
	for _, f := range foreign {
		if bytes.HasPrefix(s.data, []byte(f.start)) {
			return f.is
		}
	}
	return ""
}

// foreignBuffer says which protocol buffer other than ONNX's a file is. They have
// no magic number, but other fields: ONNX's graph is field 7.
func foreignBuffer(data []byte) string {
	if !bytes.HasPrefix(data, []byte{0x08}) {
		return ""
	}
	coreML := false
	for rest := data; len(rest) > 0; {
		field, kind, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return ""
		}
		value := protowire.ConsumeFieldValue(field, kind, rest[n:])
		if value < 0 {
			break // the file is cut; what is before tells
		}
		rest = rest[n+value:]
		if field == 7 {
			return ""
		}
		coreML = coreML || field >= 200
	}
	if coreML {
		return "a CoreML model: " + exportCoreML
	}
	return ""
}

// folderKinds are the files by which a folder is known that is a model.
var folderKinds = []struct{ file, is string }{
	{"model.weights.h5", "an unpacked .keras file: give model.weights.h5, with --arch config.json"},
	{"Manifest.json", "a CoreML package: " + exportCoreML},
	{"archive_format", "an unpacked .pt2 file: " + exportProgram},
}

// unreadFolder says what a folder is, since only files are read.
func unreadFolder(path string) error {
	for _, f := range folderKinds {
		if _, err := os.Stat(filepath.Join(path, f.file)); err == nil {
			return fmt.Errorf("%w: it is a folder, %s", network.ErrUnsupported, f.is)
		}
	}
	for _, pattern := range []string{"*.safetensors", "*.onnx", "*.pt", "*.pth", "pytorch_model.bin", "*.npz"} {
		if list, err := filepath.Glob(filepath.Join(path, pattern)); err == nil && len(list) > 0 {
			return fmt.Errorf("%w: it is a folder: give the file in it, such as %s", network.ErrUnsupported, list[0])
		}
	}
	return fmt.Errorf("%w: it is a folder, but of no kind that is known: give the model's file", network.ErrUnsupported)
}
