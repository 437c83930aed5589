package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// layersModel returns the model.json of TensorFlow.js of a Sequential model with the
// layers, without weights.
func layersModel(layers string) string {
	return `{"format": "layers-model", "modelTopology": {"class_name": "Sequential", "config": {"layers": [
		{"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [null, null, 3]}}, ` + layers + `]}}, "weightsManifest": [{"paths": [], "weights": []}]}`
}

// kerasLayer returns the JSON of a layer.
func kerasLayer(class, name, config string) string {
	return fmt.Sprintf(`{"class_name": %q, "config": {"name": %q%s}}`, class, name, config)
}

// graphOf returns an ONNX graph of nodes between x and y, "operator name inputs".
func graphOf(nodes ...string) string {
	m := &onnxtest.Model{
		Opset:   13,
		Inputs:  []onnxtest.Value{{Name: "x", Type: onnxtest.Float, Shape: []any{"T", "N", 2}}},
		Outputs: []onnxtest.Value{{Name: "y", Type: onnxtest.Float, Shape: []any{"T", "N", 2}}},
	}
	for _, n := range nodes {
		operator, name, _ := strings.Cut(n, " ")
		domain, operator, found := strings.Cut(operator, "/")
		if !found {
			domain, operator = "", domain
		}
		m.Nodes = append(m.Nodes, onnxtest.Node{Name: name, Operator: operator, Domain: domain, Inputs: []string{"x"}, Outputs: []string{"y"}})
	}
	return string(m.Marshal())
}

// nam returns a model of Neural Amp Modeler.
func nam(version, architecture, config string) string {
	return fmt.Sprintf(`{"version": %q, "architecture": %q, "config": {%s}, "weights": [0]}`, version, architecture, config)
}

// rtneuralOf returns RTNeural's JSON of one layer.
func rtneuralOf(layer string) string {
	return `{"in_shape": [null, null, 1], "layers": [` + layer + `]}`
}

// What is not read is refused by a message that says what it is, where, and what to do.
func TestConvertRefusals(t *testing.T) {
	for _, c := range []struct {
		file, data string
		flags      string
		message    string
	}{
		{"model.tflite", "\x1c\x00\x00\x00TFL3\x14\x00", "", "not supported: it is a TensorFlow Lite model: convert the model that it was made from, or turn it into ONNX:\n" +
			"    python3 -m tf2onnx.convert --tflite FILE --output model.onnx"},
		{"model.mlmodel", "\x08\x05\x12\x99\x09\x0a", "", "not supported: it is a CoreML model: convert the model that it was made from: for a PyTorch model save model.state_dict() with torch.save, for a Keras model export the model to ONNX (tf2onnx), or to RTNeural's JSON. In Python, with Keras 3.8 or later:\n" +
			"    keras.models.load_model(\"FILE\").export(\"model.onnx\", format=\"onnx\")\n" +
			"or in a shell, with Keras 2:\n" +
			"    python3 -m tf2onnx.convert --keras FILE --output model.onnx"},
		{"model.gguf", "GGUF\x03\x00\x00\x00", "", "not supported: it is a GGUF file, as llama.cpp reads it: convert the safetensors file that it was made from"},
		{"net.caffemodel", "\x0a\x05MyNet\xa2\x06\x10", "", `not supported: it is a Caffe model: save its arrays by name with numpy.savez("state.npz", **arrays), and describe the network by --arch (docs/arch.md, Weights of other programs)`},
		{"model.ckpt.index", "\x00\x00\x02\x08\x01", "", "not supported: it is a part of a TensorFlow checkpoint: freeze it in Python, with the name of the network's output node for OUTPUT, and convert frozen.pb:\n" +
			"    tf = tensorflow.compat.v1; tf.disable_eager_execution(); s = tf.Session()\n" +
			"    tf.train.import_meta_graph(\"model.ckpt.meta\").restore(s, \"model.ckpt\")\n" +
			"    g = tf.graph_util.convert_variables_to_constants(s, s.graph_def, [\"OUTPUT\"])\n" +
			"    open(\"frozen.pb\", \"wb\").write(g.SerializeToString())"},
		{"graph.pbtxt", "node {\n  name: \"x\"\n", "", "not supported: it is a TensorFlow graph as text: write it as a binary file, in Python:\n" +
			"    graph = google.protobuf.text_format.Parse(open(\"FILE\").read(), tensorflow.compat.v1.GraphDef())\n" +
			"    open(\"graph.pb\", \"wb\").write(graph.SerializeToString())"},
		{"flax_model.msgpack", "\x81\xa6params\x81", "", "not supported: it is a Flax parameter file: save its arrays, in Python, and describe the network by --arch (docs/arch.md, Weights of other programs):\n" +
			"    tree = flax.serialization.msgpack_restore(open(\"FILE\", \"rb\").read())\n" +
			"    numpy.savez(\"state.npz\", **flax.traverse_util.flatten_dict(tree, sep=\".\"))"},
		{"model.pt2", archiveOf(t, "model/archive_format", "model/data/weights/weight_0"), "", "not supported: it is a program of torch.export, a .pt2 file: save its state_dict, in Python:\n" +
			"    torch.save(dict(torch.export.load(\"FILE\").state_dict), \"state.pt\")"},
		{"resnet.mar", archiveOf(t, "MAR-INF/MANIFEST.json", "model.pt"), "", "not supported: it is an archive of TorchServe: unpack it (unzip), and give the model's .pt"},
		{"export.zip", archiveOf(t, "export/notes.txt", "export/model.onnx"), "", `not supported: it is a ZIP archive with "export/model.onnx": unpack it, and give that file`},
		{"notes.zip", archiveOf(t, "notes.txt"), "", "not supported: it is a ZIP archive, but not one of PyTorch, Keras or NumPy: unpack it, and give the model's file"},
		{"model.tar.gz", "\x1f\x8b\x08\x00", "", "not supported: it is compressed by gzip: unpack it (gunzip or tar -xzf), and give the model's file"},
		{"model.pt.zst", "\x28\xb5\x2f\xfd\x00", "", "not supported: it is compressed by zstd: unpack it, and give the model's file"},
		{"missing.onnx", "<!DOCTYPE html>\n<html>Not found</html>", "", "not supported: it is an HTML page, not a model: download the file itself (on GitHub, the raw file)"},
		{"lfs.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "", "not supported: it is a Git LFS pointer: fetch the file itself with git lfs pull"},
		{"empty.onnx", "", "", "damaged file: the file is empty. The download may be incomplete: fetch the file again"},
		{"train.py", "import torch\n", "", "not supported: it is Python code, which is not run: give the file of the trained model"},
		{"weights.npy", "\x93NUMPY\x01\x00", "", "not supported: it is a single NumPy array: save the whole state_dict with numpy.savez"},
		{"arrays.pkl", "\x80\x03}q\x00.", "", `not supported: it is a Python pickle that torch.save did not write: save model.state_dict() with torch.save, or a dictionary of arrays with numpy.savez("state.npz", **arrays)`},
		{"vocabulary.txt", "the\nof\n", "", "not supported: unknown format. Supported formats: ONNX (.onnx), PyTorch state_dicts (.pt, .pth, .ckpt, .safetensors, .npz), TorchScript (.pt), Keras (.keras, .h5), TensorFlow SavedModels and frozen graphs (.pb), TensorFlow.js (model.json), RTNeural and AIDA-X (.json), Neural Amp Modeler (.nam), and arrays as text, JSON or C source with --arch. docs/convert.md explains how to make one of them"},
		{"whole.pt", testdataOf(t, "convert/refuse-module.pt"), "", "not supported: \"torch.nn.modules.rnn.LSTM\": the file holds a Python object of this name; only state_dicts are read, and nothing is executed. If it is a whole module that you trust, save its state_dict alone, in Python where its classes can be imported:\n" +
			"    torch.save(torch.load(\"FILE\", weights_only=False).state_dict(), \"state.pt\")"},
		{"words.pt", testdataOf(t, "convert/words.pt"), "", "the file does not tell the whole network: which steps feed \"fc\". Say so in the architecture, for instance\n" +
			"\n" +
			"    {\"pool\":\"none\"}\n" +
			"\n" +
			"\"pool\" is \"none\" if every step's output is used, \"last\" if only the last one's (h_n; with two directions output[:, -1] is \"last_output\"), \"max\" or \"mean\" over the steps.\n" +
			"\n" +
			"--arch FILE gives the architecture; --state-dict, --pool and --nonlinearity give parts of it"},
		{"words.pt", testdataOf(t, "convert/words.pt"), "--state-dict ema", `wrong architecture: "ema": the checkpoint has no such key, but "embedding.weight" (a tensor), "encoder.lstm.weight_ih_l0" (a tensor), "encoder.lstm.weight_hh_l0" (a tensor), "encoder.lstm.bias_ih_l0" (a tensor), "encoder.lstm.bias_hh_l0" (a tensor), "encoder.lstm.weight_ih_l0_reverse" (a tensor), "encoder.lstm.weight_hh_l0_reverse" (a tensor), "encoder.lstm.bias_ih_l0_reverse" (a tensor), …; if these are the tensors, it is a state_dict itself, and needs no key`},
		{"state.json", `{"gru.weight_ih_l0": [[1, 2], [1, 2], [1, 2]]}`, "", `wrong shape: "gru.weight_hh_l0": it is missing, though other tensors of "gru" are there: save the whole state_dict`},
		{"state.json", `{"lin.weight": [[1, 2]], "odd.alpha": [1]}`, "", "not understood: \"odd.alpha\": no RNN, LSTM, GRU, Linear, Embedding or BatchNorm1d of PyTorch has tensors of these names. If it is a learned initial state, name it as \"h0\" or \"c0\" of its module in the architecture; if no output depends on it, name it under \"ignore\" there\n" +
			"\n" +
			"--arch FILE gives the architecture; --state-dict, --pool and --nonlinearity give parts of it"},
		{"scores.json", `{"accuracy": 0.9}`, "", `not supported: "accuracy": it is not an array of numbers in equal rows, as a tensor of a state_dict is; an object is known with "layers" (RTNeural, AIDA-X), with "model_data" and "state_dict" (guitar amplifiers), with "architecture", "config" and "weights" (Neural Amp Modeler), or with tensors only; any other JSON by an --arch file with "tensors" (docs/arch.md)`},
		{"cut.onnx", "\x08\x07\x12\x07pytorch", "", "damaged file: the file has no graph. The download may be incomplete: fetch the file again"},
		{"odd.onnx", graphOf("Gumbel /noise"), "", `not supported: node "/noise" (Gumbel): an operator that is not supported: if no output that you need depends on it, name the one that you need (--output)`},
		{"fused.onnx", graphOf("com.microsoft/BiasGelu /gelu"), "", `not supported: node "/gelu" (BiasGelu): an operator of the domain "com.microsoft": export the model without optimizing it for one runtime`},
		{"int8.onnx", graphOf("DynamicQuantizeLSTM /lstm"), "", `not supported: node "/lstm" (DynamicQuantizeLSTM): an operator that is not supported: the weights are quantized; convert the float32 model`},
		{"relu.onnx", graphOf("Relu /relu"), "--output z", `not supported: tensor "z": the graph has no output of this name, but "y"`},
		{"relu.onnx", graphOf("Relu /relu"), "--dimension time=4", `not supported: no input of the graph has an open dimension "time" (--dimension), but "T", "N"`},
		{"model.json", layersModel(kerasLayer("Lambda", "scale", "")), "", `not supported: "scale (Lambda)": it computes with code of its own, which is not run: use layers of Keras instead, such as Multiply, Reshape or GlobalAveragePooling1D`},
		{"model.json", layersModel(kerasLayer("ConvLSTM2D", "plane", "")), "", `not supported: "plane (ConvLSTM2D)": layers of this class are not read: convert the model's ONNX (python3 -m tf2onnx.convert --keras MODEL.h5 --opset 17 --output MODEL.onnx), or describe the network and its weights by an --arch file of nodes`},
		{"model.json", layersModel(kerasLayer("Activation", "act", `, "activation": "cosine"`)), "", `not supported: "act (Activation)": the activation "cosine" is not known; use one of Keras' own instead`},
		{"model.json", layersModel(kerasLayer("Flatten", "flat", "")), "", `not supported: it needs the whole sequence, whose length the shape of the inputs must fix, or --dimension steps=N: "flat (Flatten)": it puts all steps into one vector`},
		{"config.json", `{"class_name": "Sequential", "config": {"name": "m"}, "keras_version": "2.15.0"}`, "", `not supported: "class_name": it is not an array of numbers: the file is the JSON of a Keras model, "Sequential", which has no weights: convert the file of its weights, .h5, with --arch and this file`},
		{"graph.json", `{"format": "graph-model", "modelTopology": {}, "weightsManifest": [{}]}`, "", "not supported: it is a graph model of TensorFlow.js, want layers models: convert the Keras model or the SavedModel that it was made from"},
		{"amp.nam", nam("0.9.0", "WaveNet", ""), "", `not supported: "version": it is "0.9.0", want 0.5, 0.6 or 0.7; export the model again with such a version of the trainer`},
		{"amp.nam", nam("0.5.4", "Transformer", ""), "", `not supported: "architecture": Neural Amp Modeler's "Transformer" is not known; LSTM, WaveNet, ConvNet and Linear are: train one of these`},
		{"amp.nam", nam("0.5.4", "LSTM", `"input_size": 1, "film": 2`), "", `not supported: "config": the key "film" is not known; models of Neural Amp Modeler 0.5 to 0.7 without it are read`},
		{"amp.json", rtneuralOf(`{"type": "conv1d", "shape": [null, null, 1], "weights": []}`), "", `not supported: "layers[0]": a layer of type "conv1d"; lstm, gru, dense, time-distributed-dense, activation, prelu and batchnorm are read; convert the Keras model itself (.keras, .h5), which may have others`},
		{"amp.json", rtneuralOf(`{"type": "lstm", "activation": "relu", "shape": [null, null, 1], "weights": []}`), "", `not supported: "layers[0]": the activation "relu" of a lstm, but RTNeural computes tanh; convert the Keras model itself (.keras, .h5)`},
		{"sharded.json", `{"metadata": {}, "weight_map": {"lstm.weight_ih_l0": "model-00001-of-00002.safetensors"}}`, "", "not supported: \"weight_map\": it is the index of a model in several files: join them into one, in Python:\n" +
			"    from safetensors.torch import load_file, save_file; save_file({k: v for f in FILES for k, v in load_file(f).items()}, \"model.safetensors\")"},
		{"frozen.pb", frozen("Bessel"), "--shape 1,0,3", `not supported: "y": Bessel: the operator is not known; export the network with tf2onnx, or cut the graph before it (--output)`},
		{"model.keras", archiveOf(t, "model.weights.h5"), "", `damaged file: "config.json": the archive lacks it. The download may be incomplete: fetch the file again`},
		{"cut.safetensors", "\x40\x00\x00\x00\x00\x00\x00\x00{", "", `damaged file: "header": its length is given as 64 bytes, but the file has 1 after it, and at most 100000000 are possible. The download may be incomplete: fetch the file again`},
	} {
		t.Run(c.file+" "+c.flags, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, c.file)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, []byte(c.data), 0o600))
			model := filepath.Join(folder, "model.rnn")
			code, _, stderr := invoke(t, append([]string{"convert", path, "-o", model}, strings.Fields(c.flags)...)...)
			require.Equal(t, 1, code)
			require.Equal(t, "rnntrain: "+c.file+": "+c.message+"\n", strings.ReplaceAll(stderr, folder+string(filepath.Separator), ""))
			require.NoFileExists(t, model)
		})
	}
}

// testdataOf returns a file of testdata.
func testdataOf(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../testdata", name))
	require.NoError(t, err)
	return string(data)
}

// frozen returns a graph of TensorFlow with a node of that operator.
func frozen(operator string) string {
	var graph onnxtest.Message
	for _, n := range [][]string{{"x", "Placeholder"}, {"y", operator, "x"}} {
		var node onnxtest.Message
		for i, text := range n {
			node.Text(protowire.Number(i+1), text)
		}
		if n[1] == "Placeholder" {
			var float, dtype onnxtest.Message
			float.Number(6, 1)
			dtype.Text(1, "dtype")
			dtype.Bytes(2, float)
			node.Bytes(5, dtype)
		}
		graph.Bytes(1, node)
	}
	return string(graph)
}
