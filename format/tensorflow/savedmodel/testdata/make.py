#!/usr/bin/python3
"""Writes layers.zip and graphs.zip: python3 make.py (h5py 3.7, numpy).

They have models of format/keras/testdata/matrix.zip, as TensorFlow saves them: NAME.zip is
a SavedModel's folder, and the outputs that are due are in the matrix, as NAME.npz. Those of
layers.zip have the objects of Keras and no graph, those of graphs.zip the other way round.
"""

import io
import json
import zipfile

import h5py
import numpy as np

from graphs import Graph
from protobuf import *

# Attributes of layers that have other names in objects of TensorFlow.
ATTRIBUTES = {"Normalization": {"mean": "adapt_mean", "variance": "adapt_variance"}}

# Models of the matrix, with how they are written.
NAMES = """
simplernn-2-sigmoid simplernn-2-sigmoid-sequences simplernn-backwards bi-simplernn-sum
lstm-2-sigmoid lstm-2-hard_sigmoid lstm-2-sigmoid-sequences lstm-nobias lstm-relu lstm-backwards lstm-stateful lstm-linear
bi-lstm-concat bi-lstm-mul bi-lstm-concat-sequences bi-lstm-ave-sequences
gru-2-sigmoid gru-2-hard_sigmoid gru-2-sigmoid-sequences gru-nobias gru-backwards-sequences gru-before bi-gru-before bi-gru-concat
cudnn-lstm cudnn-gru bi-cudnn-lstm dense-relu dense-softmax dense-nobias activation-selu relu-6 leaky-2 prelu prelu-vector
batchnorm batchnorm-plain batchnorm-folded layernorm normalization masking
tokens tokens-mask tokens-tag tokens-average tokens-flatten tokens-conv tokens-attention textgenrnn-form
conv-same-3-1-1-None conv-causal-3-1-2-None conv-valid-3-2-1-13 conv-groups separable depthwise cnn-lstm time-distributed-cnn
GlobalMaxPooling1D GlobalAveragePooling1D-pool flatten window-cnn autoencoder encoder-decoder
merge-Add-2 merge-Concatenate-2 nested-2 nested-functional attention-scale
""".split()
BUILT = ["time-distributed-cnn", "lstm-nobias", "tokens-tag"]

# Those whose graphs are written.
GRAPHS = """
simplernn-backwards lstm-backwards gru-backwards bi-lstm-concat bi-lstm-mul bi-lstm-concat-sequences bi-lstm-ave-sequences
bi-gru-concat bi-gru-concat-sequences tokens-tag
simplernn-2-sigmoid simplernn-2-sigmoid-sequences lstm-2-sigmoid lstm-2-hard_sigmoid lstm-2-sigmoid-sequences lstm-nobias lstm-relu
gru-2-sigmoid gru-2-hard_sigmoid gru-2-sigmoid-sequences gru-nobias gru-before dense-relu dense-softmax dense-nobias batchnorm
batchnorm-plain batchnorm-folded tokens tokens-conv conv-same-3-1-1-None conv-causal-3-1-2-None cnn-lstm GlobalMaxPooling1D
GlobalAveragePooling1D-pool
""".split()

# Those that are written as Keras 3 computes, and with a product for each gate of an LSTM.
THREE = "lstm-2-sigmoid gru-2-sigmoid gru-nobias bi-gru-concat-sequences tokens-tag lstm-backwards dense-relu".split()
APART = "lstm-2-sigmoid lstm-2-hard_sigmoid lstm-nobias bi-lstm-concat-sequences".split()


class Objects:
    """Objects and their attributes, as the SavedModel and its checkpoint have them."""

    def __init__(self):
        self.nodes = []  # [class, metadata, attributes, variable]

    def add(self, cls, metadata=None):
        self.nodes.append([cls, metadata, [], None])
        return len(self.nodes) - 1

    def variable(self, of, name, value):
        i = self.add(None)
        self.nodes[i][3] = value
        self.nodes[of][2].append((name, i))

    def attribute(self, of, name, to):
        self.nodes[of][2].append((name, to))

    def edges(self, i, field):
        return b"".join(data(field, (number(1, to) if to else b"") + data(2, name)) for name, to in self.nodes[i][2])

    def saved(self, beside):
        """The SavedObjectGraph, and keras_metadata.pb if the metadata is there."""
        out = metadata = b""
        for i, (cls, text, _, value) in enumerate(self.nodes):
            b = self.edges(i, 1)
            if value is not None:
                b += data(7, number(1, DTYPES[value.dtype.name]) + data(2, shape(value.shape)) + data(6, "v%d" % i))
            elif cls:
                b += data(4, data(1, cls) + data(2, number(1, 1)) + (data(3, text) if text and not beside else b""))
                if text and beside:
                    metadata += data(1, (number(2, i) if i else b"") + data(3, "root") + data(4, cls) + data(5, text))
            out += data(1, b)
        return out, metadata

    def keys(self):
        """The variables' names in the checkpoint: the shortest ways from the root."""
        ways, queue = {0: ""}, [0]
        for i in queue:
            for name, to in self.nodes[i][2]:
                if to not in ways:
                    ways[to] = ways[i] + name + "/"
                    queue.append(to)
        return {i: ways[i] + ".ATTRIBUTES/VARIABLE_VALUE" for i in ways if self.nodes[i][3] is not None}

    def checkpoint(self):
        """The TrackableObjectGraph in the checkpoint, and all its tensors."""
        keys, tensors, graph = self.keys(), {}, b""
        for i in range(len(self.nodes)):
            b = self.edges(i, 1)
            if i in keys:
                b += data(2, data(1, "VARIABLE_VALUE") + data(2, "v%d" % i) + data(3, keys[i]))
                tensors[keys[i]] = self.nodes[i][3]
            graph += data(1, b)
        tensors["_CHECKPOINTABLE_OBJECT_GRAPH"] = graph
        return tensors


def layer_name(l):
    return l.get("name") or l["config"]["name"]


class Writer:
    def __init__(self, h5):
        self.objects = Objects()
        self.file = h5

    def layer(self, l, weights):
        """The object of a layer, with its weights in Keras' order."""
        o, config = self.objects, l["config"]
        cls = l["class_name"]
        text = json.dumps({"class_name": cls, "name": layer_name(l), "trainable": True, "config": config})
        i = o.add("_tf_keras_rnn_layer" if cls in ("LSTM", "GRU", "SimpleRNN") else "_tf_keras_layer", text)
        if cls in ("Sequential", "Functional", "Model"):
            o.nodes[i][0] = "_tf_keras_network"
            self.model(l, i, weights)
        elif cls == "Bidirectional":
            for side, part in (("forward_layer", weights[: len(weights) // 2]), ("backward_layer", weights[len(weights) // 2 :])):
                o.attribute(i, side, self.layer(config["layer"], part))
        elif cls == "TimeDistributed":
            o.attribute(i, "layer", self.layer(config["layer"], weights))
        else:
            at = i
            if cls in ("LSTM", "GRU", "SimpleRNN"):
                at = o.add("_tf_keras_layer", json.dumps({"class_name": cls + "Cell", "name": "cell", "config": {}}))
                o.attribute(i, "cell", at)
            for name, a in weights:
                o.variable(at, ATTRIBUTES.get(cls, {}).get(name, name), a)
            o.attribute(i, "keras_api", o.add("_generic_user_object"))
        return i

    def model(self, m, i, weights=None):
        """The attributes of a model, of which i is the object."""
        o = self.objects
        layers = m["config"]["layers"]
        if layers[0]["class_name"] != "InputLayer":
            first = layers[0]["config"].get("batch_input_shape", [None, None])
            layers = [{"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": first}}] + layers
        count = 0
        for k, l in enumerate(layers):
            if weights is None:
                w = self.stored(layer_name(l))
            else:
                w, weights = self.take(l, weights)
            at = self.layer(l, w) if l["class_name"] != "InputLayer" else o.add("_tf_keras_input_layer", json.dumps({"class_name": "InputLayer", "name": layer_name(l), "config": l["config"]}))
            o.attribute(i, "layer-%d" % k, at)
            if w:
                o.attribute(i, "layer_with_weights-%d" % count, at)
                count += 1
        if weights is None:
            o.attribute(i, "keras_api", o.add("_generic_user_object"))

    def stored(self, name):
        """The weights of a layer in the file."""
        g = self.file["model_weights"]
        if name not in g:
            return []
        g = g[name]
        names = [n.decode() if isinstance(n, bytes) else n for n in g.attrs["weight_names"]]
        return [(n.split("/")[-1].split(":")[0], g[n][()]) for n in names]

    def take(self, l, weights):
        """Those of a layer in a nested model, and the rest."""
        prefix = layer_name(l) + "/"
        mine = [w for w in weights if self.home[id(w[1])].startswith(prefix)]
        return mine, [w for w in weights if not any(w is x for x in mine)]


def nested(writer):
    """Remembers the whole names of weights, by which those of nested models are told."""
    writer.home = {}
    original = writer.stored

    def stored(name):
        g = writer.file["model_weights"]
        list = original(name)
        if list:
            names = [n.decode() if isinstance(n, bytes) else n for n in g[name].attrs["weight_names"]]
            for n, w in zip(names, list):
                writer.home[id(w[1])] = n
        return list

    writer.stored = stored


def folder(h5, beside, shards, size, built=False):
    """The files of a SavedModel of Keras."""
    config = json.loads(h5.attrs["model_config"])
    w = Writer(h5)
    nested(w)
    root = w.objects.add("_tf_keras_sequential" if config["class_name"] == "Sequential" else "_tf_keras_network")
    name = config["config"]["name"]
    about = {"class_name": config["class_name"], "name": name, "config": config["config"], "keras_version": "2.11.0", "backend": "tensorflow", "model_config": config}
    if built:  # as of a model that was given no shape before it was trained
        shape = config["config"]["layers"][0]["config"].pop("batch_input_shape")
        about["build_input_shape"] = {"class_name": "TensorShape", "items": shape}
    w.objects.nodes[root][1] = json.dumps(about)
    w.model(config, root)
    # What an optimizer and metrics leave.
    o = w.objects
    api = next(to for n, to in o.nodes[root][2] if n == "keras_api")
    metric = o.add("_tf_keras_metric", json.dumps({"class_name": "Mean", "name": "loss", "config": {}}))
    o.attribute(api, "metrics-0", metric)
    o.variable(metric, "total", np.float32(3))
    adam = o.add("optimizer")
    o.attribute(root, "optimizer", adam)
    o.variable(adam, "iter", np.int64(5))
    objects, metadata = w.objects.saved(beside)
    graph = data(1, data(1, "serving_default_x") + data(2, "Placeholder"))
    meta = data(1, data(4, "serve") + data(5, "2.11.0")) + data(2, graph) + data(5, data(1, "serving_default") + data(2, data(3, "tensorflow/serving/predict"))) + data(7, objects)
    index, parts = bundle(w.objects.checkpoint(), shards, size)
    files = {"saved_model.pb": number(1, 1) + data(2, meta), "variables/variables.index": index}
    for i, b in enumerate(parts):
        files["variables/variables.data-%05d-of-%05d" % (i, shards)] = b
    if beside:
        files["keras_metadata.pb"] = metadata
    return files


def pack(files):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        for name, content in files.items():
            z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return b.getvalue()


def functions(h5, **options):
    """The files of a SavedModel that has a graph of functions."""
    config = json.loads(h5.attrs["model_config"])
    w = Writer(h5)
    graph, signature, tensors = Graph(w.stored, **options).sequential(config)
    tensors["_CHECKPOINTABLE_OBJECT_GRAPH"] = b""
    meta = data(1, data(4, "serve") + data(5, "2.15.0")) + data(2, graph)
    meta += data(5, data(1, "__saved_model_init_op") + data(2, data(2, data(1, "__saved_model_init_op") + data(2, data(1, "NoOp")))))
    meta += data(5, data(1, "serving_default") + data(2, signature)) + data(7, data(1, data(4, data(1, "_generic_user_object"))))
    index, parts = bundle(tensors)
    return {"saved_model.pb": number(1, 1) + data(2, meta), "variables/variables.index": index, "variables/variables.data-00000-of-00001": parts[0]}


def main():
    with zipfile.ZipFile("../../../keras/testdata/matrix.zip") as matrix, zipfile.ZipFile("layers.zip", "w") as out:
        for i, name in enumerate(NAMES):
            with h5py.File(io.BytesIO(matrix.read(name + ".h5")), "r") as h5:
                files = folder(h5, beside=i % 2 == 1, shards=1 + i % 3, size=(4096, 256)[i % 5 == 0], built=name in BUILT)
            out.writestr(zipfile.ZipInfo(name + ".zip", (1980, 1, 1, 0, 0, 0)), pack(files), zipfile.ZIP_DEFLATED, 9)
    with zipfile.ZipFile("../../../keras/testdata/matrix.zip") as matrix, zipfile.ZipFile("graphs.zip", "w") as out:
        for names, suffix, options in ((GRAPHS, "", {}), (THREE, "@3", {"three": True}), (APART, "@1", {"implementation": 1})):
            for name in names:
                with h5py.File(io.BytesIO(matrix.read(name + ".h5")), "r") as h5:
                    out.writestr(zipfile.ZipInfo(name + suffix + ".zip", (1980, 1, 1, 0, 0, 0)), pack(functions(h5, **options)), zipfile.ZIP_DEFLATED, 9)


main()
