package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format/network"
)

// Advice for files that other programs can turn into a supported format.
const (
	exportKeras = "export the model to ONNX (tf2onnx), or to RTNeural's JSON. In Python, with Keras 3.8 or later:\n" +
		"    keras.models.load_model(\"FILE\").export(\"model.onnx\", format=\"onnx\")\n" +
		"or in a shell, with Keras 2:\n" +
		"    python3 -m tf2onnx.convert --keras FILE --output model.onnx"
	exportLite  = "convert the model that it was made from, or turn it into ONNX:\n    python3 -m tf2onnx.convert --tflite FILE --output model.onnx"
	exportGraph = "write it as a binary file, in Python:\n" +
		"    graph = google.protobuf.text_format.Parse(open(\"FILE\").read(), tensorflow.compat.v1.GraphDef())\n" +
		"    open(\"graph.pb\", \"wb\").write(graph.SerializeToString())"
	exportProgram = "save its state_dict, in Python:\n    torch.save(dict(torch.export.load(\"FILE\").state_dict), \"state.pt\")"
	exportCoreML  = "convert the model that it was made from: for a PyTorch model save model.state_dict() with torch.save, for a Keras model " + exportKeras
	exportArrays  = "save its arrays by name with numpy.savez(\"state.npz\", **arrays), and describe the network by --arch (docs/arch.md, Weights of other programs)"
	exportFlax    = "save its arrays, in Python, and describe the network by --arch (docs/arch.md, Weights of other programs):\n" +
		"    tree = flax.serialization.msgpack_restore(open(\"FILE\", \"rb\").read())\n" +
		"    numpy.savez(\"state.npz\", **flax.traverse_util.flatten_dict(tree, sep=\".\"))"
	freezeCheckpoint = "freeze it in Python, with the name of the network's output node for OUTPUT, and convert frozen.pb:\n" +
		"    tf = tensorflow.compat.v1; tf.disable_eager_execution(); s = tf.Session()\n" +
		"    tf.train.import_meta_graph(\"model.ckpt.meta\").restore(s, \"model.ckpt\")\n" +
		"    g = tf.graph_util.convert_variables_to_constants(s, s.graph_def, [\"OUTPUT\"])\n" +
		"    open(\"frozen.pb\", \"wb\").write(g.SerializeToString())"
	unpackIt = ": unpack it, and give the model's file"
)

// foreign are the first bytes of formats that are known but not supported, whatever
// follows.
var foreign = []struct{ start, is string }{
	{"\x89RNN", "a .rnn file already: rnnrun inspect shows it, rnntrain export writes it for others"},
	{"\x93NUMPY", "a single NumPy array: save the whole state_dict with numpy.savez"},
	{"GGUF", "a GGUF file, as llama.cpp reads it: convert the safetensors file that it was made from"},
	{"lmgg", "a GGML file: convert the PyTorch or safetensors file that it was made from"},
	{"node {", "a TensorFlow graph as text: " + exportGraph},
	{"model_checkpoint_path:", "the list of a folder's TensorFlow checkpoints: " + freezeCheckpoint},
	{"\x1f\x8b", "compressed by gzip: unpack it (gunzip or tar -xzf), and give the model's file"},
	{"BZh", "compressed by bzip2" + unpackIt},
	{"\xfd7zXZ\x00", "compressed by xz" + unpackIt},
	{"\x28\xb5\x2f\xfd", "compressed by zstd" + unpackIt},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive" + unpackIt},
	{"Rar!", "a RAR archive" + unpackIt},
	{"7767517\n", "an ncnn model: convert the model that it was made from"},
	{"<?xml", "XML, as OpenVINO writes it: convert the model that it was made from"},
	{"<!DOCTYPE", htmlPage},
	{"<html", htmlPage},
	{"version https://git-lfs", "a Git LFS pointer: fetch the file itself with git lfs pull"},
	{"ftrt", "a TensorRT engine: convert the ONNX file that it was made from"},
	{"MATLAB 5.0", "a MATLAB file: read its arrays with scipy.io.loadmat, and " + exportArrays},
	{"\x12\x01\x00\x00\x00\x00\x00\x00", "an MXNet parameter file: " + exportArrays},
	{"\x04\x00\x00\x00\x01\x00\x00\x00", "a Torch 7 file: load it with torchfile in Python, and " + exportArrays},
	{"RIFF", "a sound, not a model"},
}

const htmlPage = "an HTML page, not a model: download the file itself (on GitHub, the raw file)"

// foreignNames are the ends of names of files in formats that are known but not
// supported, and whose content does not identify them.
var foreignNames = []struct{ end, is string }{
	{".mlmodel", "a CoreML model: " + exportCoreML},
	{".caffemodel", "a Caffe model: " + exportArrays},
	{".prototxt", "the layers of a Caffe model, whose weights are in a .caffemodel: " + exportArrays},
	{".ckpt.index", "a part of a TensorFlow checkpoint: " + freezeCheckpoint},
	{".ckpt.meta", "the graph of a TensorFlow checkpoint: " + freezeCheckpoint},
	{".msgpack", "a Flax parameter file: " + exportFlax},
	{".py", "Python code, which is not run: give the file of the trained model"},
}

// unreadKinds are the first bytes of formats that are supported only in part. They apply
// to files that no reader reads.
var unreadKinds = []struct{ start, is string }{
	{"\x80", "a Python pickle that torch.save did not write: save model.state_dict() with torch.save, or a dictionary of arrays with numpy.savez(\"state.npz\", **arrays)"},
}

// foreignMarks are bytes at an offset in formats that are known but not supported.
var foreignMarks = []struct {
	at       int
	mark, is string
}{
	{4, "TFL3", "a TensorFlow Lite model: " + exportLite},
	{4, "ORTM", "a model in ONNX Runtime's own format (.ort): convert the .onnx file that it was made from"},
	{257, "ustar", "a tar archive: unpack it, and give the model's file"},
}

// foreignMembers are the members of ZIP archives in formats that are known but not
// supported: names, or ends of names that start with a slash.
var foreignMembers = []struct{ member, is string }{
	{"serialized_exported_program.json", "a program of torch.export, a .pt2 file: " + exportProgram},
	{"/serialized_exported_program.json", "a program of torch.export, a .pt2 file: " + exportProgram},
	{"archive_format", "a program of torch.export, a .pt2 file: " + exportProgram},
	{"/archive_format", "a program of torch.export, a .pt2 file: " + exportProgram},
	{"/MAR-INF/MANIFEST.json", "an archive of TorchServe: unpack it (unzip), and give the model's .pt"},
	{"/com.apple.CoreML/model.mlmodel", "a CoreML package: " + exportCoreML},
}

// foreignKind describes a file in a format that is known but not supported, and says what
// to do; it is empty if the format is unknown.
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
	for _, f := range foreignNames {
		if strings.HasSuffix(strings.ToLower(s.name), f.end) {
			return f.is
		}
	}
	if strings.Contains(filepath.Base(s.name), ".data-00000-of-") {
		return "a part of a TensorFlow checkpoint: " + freezeCheckpoint
	}
	for _, f := range foreign {
		if bytes.HasPrefix(s.data, []byte(f.start)) {
			return f.is
		}
	}
	return ""
}

// foreignBuffer describes a protocol buffer other than ONNX's. Protocol buffers have no
// magic number, but different fields: ONNX's graph is field 7.
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
			break // the file is truncated; the fields before are enough
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

// folderKinds are files that identify a folder as a model.
var folderKinds = []struct{ file, is string }{
	{"model.weights.h5", "an unpacked .keras file: give model.weights.h5, with --arch config.json"},
	{"Manifest.json", "a CoreML package: " + exportCoreML},
	{"archive_format", "an unpacked .pt2 file: " + exportProgram},
}

// modelFiles are the names of files that may be read.
var modelFiles = []string{"*.safetensors", "*.onnx", "*.pt", "*.pth", "pytorch_model.bin", "*.ckpt", "*.keras", "*.h5", "*.hdf5", "*.nam", "*.pb", "*.npz", "model.json"}

// unreadArchive describes a ZIP archive that is not a supported model.
func (s *source) unreadArchive() error {
	for _, name := range s.members() {
		for _, pattern := range modelFiles {
			if ok, err := path.Match(pattern, path.Base(name)); err == nil && ok {
				return fmt.Errorf("%w: it is a ZIP archive with %s: unpack it, and give that file", network.ErrUnsupported, network.Quote(name))
			}
		}
	}
	return fmt.Errorf("%w: it is a ZIP archive, but not one of PyTorch, Keras or NumPy: unpack it, and give the model's file", network.ErrUnsupported)
}

// unreadFolder describes a folder, since only files are read.
func unreadFolder(folder string) error {
	for _, f := range folderKinds {
		if _, err := os.Stat(filepath.Join(folder, f.file)); err == nil {
			return fmt.Errorf("%w: it is a folder, %s", network.ErrUnsupported, f.is)
		}
	}
	if list, err := filepath.Glob(filepath.Join(folder, "*.ckpt*.index")); err == nil && len(list) > 0 {
		return fmt.Errorf("%w: it is the folder of a TensorFlow checkpoint: %s", network.ErrUnsupported, freezeCheckpoint)
	}
	if list, err := filepath.Glob(filepath.Join(folder, "*.msgpack")); err == nil && len(list) > 0 {
		return fmt.Errorf("%w: it is a folder with Flax parameters: %s", network.ErrUnsupported, exportFlax)
	}
	for _, pattern := range modelFiles {
		if list, err := filepath.Glob(filepath.Join(folder, pattern)); err == nil && len(list) > 0 {
			return fmt.Errorf("%w: it is a folder: give the file in it, such as %s", network.ErrUnsupported, list[0])
		}
	}
	return fmt.Errorf("%w: it is a folder of an unknown kind: give the model's file", network.ErrUnsupported)
}
