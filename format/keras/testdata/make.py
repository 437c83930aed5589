#!/usr/bin/python3
"""Writes matrix.zip: python3 make.py (h5py 3.7, numpy).

For each case it has NAME.h5 or NAME.keras, as versions of Keras write a model, and
NAME.npz: inputs x of two sequences, and the outputs y of layers.py in float64.
"""

import io
import json
import os
import re
import tempfile
import zipfile

import h5py
import numpy as np

from layers import *

OLD = {  # of Keras 1
    "units": "output_dim", "recurrent_activation": "inner_activation", "filters": "nb_filter", "kernel_size": "filter_length",
    "strides": "subsample_length", "padding": "border_mode", "use_bias": "bias", "rate": "p", "dilation_rate": "atrous_rate",
}


def snake(name):
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def describe(l, version):
    """The layer as its JSON."""
    config = dict(l.config, name=l.name, trainable=True)
    if l.cls == "TimeDistributed":
        config["layer"] = describe(l.inner[0], version)
    if l.cls == "Bidirectional":
        config["layer"] = describe(l.inner[0], version)
    if version == 1:
        config = {OLD.get(k, k): v[0] if isinstance(v, list) and k != "axis" else v for k, v in config.items()}
    if l.cls in MERGES and version == 3 and config.pop("operator", None):
        return {"class_name": l.cls, "module": "keras.src.ops.numpy", "registered_name": l.cls, "config": {"name": l.name}}
    o = {"class_name": "Convolution1D" if version == 1 and l.cls == "Conv1D" else l.cls, "config": config}
    if version == 3:
        config["dtype"] = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
        o.update(module="keras.layers", registered_name=None, build_config={"input_shape": [None, None, 3]})
    if l.nested:
        o = l.nested.json(version)
        o["name"] = l.name
    return o


class Sequential:
    cls = "Sequential"

    def __init__(self, shape, *layers, tokens=False):
        self.shape, self.layers, self.tokens = shape, layers, tokens
        self.name = "sequential"

    def __call__(self, x):
        for l in self.layers:
            x = l(x)
        return x

    def json(self, version):
        layers = [describe(l, version) for l in self.layers]
        key = "batch_shape" if version == 3 else "batch_input_shape"
        if version == 3:
            layers.insert(0, {"module": "keras.layers", "class_name": "InputLayer", "config": {key: [None, *self.shape], "dtype": "float32", "name": "in"}})
        elif layers and isinstance(layers[0]["config"], dict):
            layers[0]["config"][key] = [None, *self.shape]
        if version == 1:
            return {"class_name": "Sequential", "config": layers}
        return {"class_name": "Sequential", "config": {"name": self.name, "layers": layers}}


def history(name):
    """[layer, call, output] of a name."""
    name, _, i = name.partition(" ")
    return [name, 0, int(i or 0)]


class Functional:
    """Nodes are (layer, names of what it reads); a name is that of an input or of a layer, or "name 1" of its output 1."""

    cls = "Functional"

    def __init__(self, inputs, nodes, outputs, tokens=False):
        self.inputs, self.nodes, self.outputs, self.tokens = inputs, nodes, outputs, tokens
        self.name = "model"

    @property
    def layers(self):
        seen = []
        for l, _ in self.nodes:
            if l not in seen:
                seen.append(l)
        return seen

    def run(self, values):
        values = dict(values)
        for l, reads in self.nodes:
            out = l(*[values[r] for r in reads])
            for i, y in enumerate(out if isinstance(out, list) else [out]):
                values[l.name + (" %d" % i if i else "")] = y
        return [values[o] for o in self.outputs]

    def __call__(self, x):
        return self.run({next(iter(self.inputs)): x})[0]

    def json(self, version):
        layers = []
        key = "batch_shape" if version == 3 else "batch_input_shape"
        for name, shape in self.inputs.items():
            layers.append({"class_name": "InputLayer", "name": name, "config": {key: [None, *shape], "name": name}, "inbound_nodes": []})
        for l, reads in self.nodes:
            o = describe(l, version)
            o["name"] = l.name
            if version == 3:
                tensors = [{"class_name": "__keras_tensor__", "config": {"shape": [None], "dtype": "float32", "keras_history": history(r)}} for r in reads]
                o["inbound_nodes"] = [{"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": {"mask": None} if len(tensors) == 1 else {}}]
            else:
                o["inbound_nodes"] = [[[*history(r), {}] for r in reads]]
            layers.append(o)
        refs = [history(o) for o in self.outputs]
        config = {"name": self.name, "layers": layers, "input_layers": [[i, 0, 0] for i in self.inputs],
                  "output_layers": refs[0] if version == 3 and len(refs) == 1 else refs}
        return {"class_name": "Functional" if version > 1 else "Model", "config": config}


FROZEN = ("moving_mean", "moving_variance", "mean", "variance", "count")


def weights(l):
    """All weights in Keras' order, with their names."""
    if l.nested:
        all = [w for k in l.nested.layers for w in weights(k)]
        return [w for w in all if w[0].split("/")[-1] not in FROZEN] + [w for w in all if w[0].split("/")[-1] in FROZEN]
    if l.cls == "Bidirectional":
        return [(l.name + "/" + side + n, w) for k, side in zip(l.inner, ("forward_", "backward_")) for n, w in weights(k)]
    if l.inner:
        return [(l.name + "/" + n.split("/")[-1], w) for n, w in weights(l.inner[0])]
    return [(l.name + "/" + n, w) for n, w in l.weights]


def weights1(l, filters_first):
    """The weights of Keras 1: those of gates one by one, kernels of four dimensions."""
    if l.cls in ("LSTM", "GRU"):
        return gates(l)
    if l.cls == "Bidirectional":
        return [(side + n, w) for k, side in zip(l.inner, ("forward_", "backward_")) for n, w in gates(k)]
    if l.cls == "Conv1D":
        (_, k), (_, b) = l.weights
        return [(l.name + "_W", k.transpose(2, 1, 0)[..., None] if filters_first else k[:, None]), (l.name + "_b", b)]
    return [(n.replace("/", "_"), w) for n, w in weights(l)]


def gates(l):
    """The weights of a recurrent layer of Keras 1, one by one."""
    order = {"LSTM": "ifco", "GRU": "zrh"}[l.cls]
    parts = [np.split(w, len(order), -1) for _, w in l.weights]
    return [(f"{l.name}_{p}_{g}", parts[k][order.index(g)]) for g in ("icfo" if l.cls == "LSTM" else order) for k, p in enumerate("WUb")]


def legacy(path, model, version, whole=True, split=False, backend="tensorflow", filters_first=False):
    """model.save("x.h5"), or model.save_weights. Theano reads kernels from their end."""
    with h5py.File(path, "w") as f:
        g = f
        if whole:
            f.attrs["keras_version"] = {1: "1.2.2", 2: "2.11.0", 3: "3.5.0"}[version]
            f.attrs["backend"] = backend
            f.attrs["model_config"] = json.dumps(model.json(version))
            f.attrs["training_config"] = "{}"
            g = f.create_group("model_weights")
            o = f.create_group("optimizer_weights")
            o["moments"] = np.zeros(3)
        names = [l.name.encode() for l in model.layers]
        if split:
            g.attrs["layer_names0"], g.attrs["layer_names1"] = names[:1], names[1:]
        else:
            g.attrs["layer_names"] = names
        for l in model.layers:
            s = g.create_group(l.name)
            w = weights1(l, filters_first) if version == 1 else [(n + ":0", a) for n, a in weights(l)]
            if backend == "theano":
                w = [(n, a[::-1] if a.ndim == 3 else a) for n, a in w]
            names = [n.encode() for n, _ in w]
            if split and len(names) > 1:
                s.attrs["weight_names0"], s.attrs["weight_names1"] = names[:2], names[2:]
            else:
                s.attrs["weight_names"] = names
            for n, a in w:
                s[n] = a


def paths(layers, group, by_name=False):
    used = {}
    for l in layers:
        name = snake("Functional" if l.nested and l.nested.cls == "Functional" else l.nested.cls if l.nested else l.cls)
        used[name] = used.get(name, -1) + 1
        if used[name]:
            name += "_%d" % used[name]
        store(l, group.create_group(l.name if by_name else name))


def store(l, g):
    if l.nested:
        paths(l.nested.layers, g.create_group("layers"))
    elif l.cls == "Bidirectional":
        store(l.inner[0], g.create_group("forward_layer"))
        store(l.inner[1], g.create_group("backward_layer"))
    elif l.cls == "TimeDistributed":
        store(l.inner[0], g.create_group("layer"))
    else:
        if l.cls in ("LSTM", "GRU", "SimpleRNN", "RNN"):
            g = g.create_group("cell")
        if l.cls == "MultiHeadAttention":
            for i, (n, w) in enumerate(l.weights):
                g[n.replace("attention_output", "output").replace("/kernel", "_dense/vars/0").replace("/bias", "_dense/vars/1")] = w
            return
        v = g.create_group("vars")
        for i, (_, w) in enumerate(l.weights):
            v[str(i)] = w
    if l.cls == "Dropout":
        g.create_group("seed_generator/vars")["0"] = np.zeros(2, np.uint32)


def archive(path, model, by_name=False, group="layers"):
    """model.save("x.keras") of Keras 3."""
    h5 = path + ".h5"
    with h5py.File(h5, "w") as f:
        paths(model.layers, f.create_group(group), by_name)
        f.create_group("optimizer/vars")["0"] = np.zeros(1)
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("metadata.json", json.dumps({"keras_version": "3.5.0", "date_saved": ""}))
        z.writestr("config.json", json.dumps(model.json(3)))
        z.write(h5, "model.weights.h5")
    os.remove(h5)


class Matrix:
    def __init__(self):
        self.zip = zipfile.ZipFile("matrix.zip", "w", zipfile.ZIP_DEFLATED)
        self.folder = tempfile.mkdtemp()

    def file(self, name, write, *args, **options):
        path = os.path.join(self.folder, name)
        write(path, *args, **options)
        with open(path, "rb") as f:
            self.put(name, f.read())

    def put(self, name, data):
        self.zip.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)

    def check(self, name, x, y):
        b = io.BytesIO()
        np.savez(b, x=np.array(x, np.int32 if x[0].dtype.kind == "i" else np.float32), y=np.array(y, np.float32))
        self.put(name + ".npz", b.getvalue())

    def add(self, name, model, version=2, length=8, write=None, **options):
        """A model of one input and one output."""
        shape = model.shape if isinstance(model, Sequential) else next(iter(model.inputs.values()))
        shape = [length if n is None else n for n in shape]
        if model.tokens:
            x = [rng.integers(1, 9, shape) for _ in range(2)]
        else:
            x = [rng.standard_normal(shape).astype(np.float32) for _ in range(2)]
        y = [model(v if v.dtype.kind == "i" else v.astype(float)) for v in x]
        self.check(name, x, y)
        if write is archive:
            self.file(name + ".keras", archive, model, **options)
        else:
            self.file(name + ".h5", legacy, model, version, **options)


m = Matrix()
for cls in ("SimpleRNN", "LSTM", "GRU"):
    low = cls.lower()
    for sequences in (False, True):
        s = "-sequences" if sequences else ""
        for version in (2, 3):
            for gate in ("sigmoid", "hard_sigmoid"):
                if cls != "SimpleRNN" or gate == "sigmoid":
                    m.add(f"{low}-{version}-{gate}{s}", Sequential([None, 3], recurrent(cls, 3, 5, recurrent_activation=gate, return_sequences=sequences, version=version)), version)
        for mode in ("concat", "sum", "mul", "ave"):
            m.add(f"bi-{low}-{mode}{s}", Sequential([None, 3], bidirectional(cls, 3, 4, mode, return_sequences=sequences)))
    m.add(f"{low}-nobias", Sequential([None, 3], recurrent(cls, 3, 5, use_bias=False)))
    m.add(f"{low}-relu", Sequential([None, 3], recurrent(cls, 3, 5, activation="relu")))
    m.add(f"{low}-backwards", Sequential([None, 3], recurrent(cls, 3, 5, go_backwards=True)))
    m.add(f"{low}-backwards-sequences", Sequential([6, 3], recurrent(cls, 3, 5, go_backwards=True, return_sequences=True), dense(5, 2)))
    m.add(f"{low}-stateful", Sequential([None, 3], recurrent(cls, 3, 5, stateful=True, unroll=True, dropout=0.2)))
    m.add(f"{low}-archive", Sequential([None, 3], recurrent(cls, 3, 5, return_sequences=True, version=3), plain("Dropout", lambda x: x, rate=0.1),
          recurrent(cls, 5, 4, version=3), dense(4, 2, "sigmoid")), write=archive)
m.add("gru-before", Sequential([None, 3], recurrent("GRU", 3, 5, reset_after=False)))
m.add("bi-gru-before", Sequential([None, 3], bidirectional("GRU", 3, 5, reset_after=False)))
for cls in ("LSTM", "GRU"):
    m.add(f"cudnn-{cls.lower()}", Sequential([None, 3], recurrent(cls, 3, 5, cudnn="class", return_sequences=True), recurrent(cls, 5, 4, cudnn="class")))
    m.add(f"cudnn-weights-{cls.lower()}", Sequential([None, 3], recurrent(cls, 3, 5, cudnn="weights")))
    m.add(f"bi-cudnn-{cls.lower()}", Sequential([None, 3], bidirectional(cls, 3, 5, cudnn="class")))
    m.add(f"keras1-{cls.lower()}", Sequential([None, 3], recurrent(cls, 3, 5, recurrent_activation="hard_sigmoid", reset_after=False), dense(5, 2, "softmax")), 1)
for a in ("relu", "relu6", "tanh", "sigmoid", "hard_sigmoid", "softmax", "elu", "selu", "softplus", "softsign", "exponential", "swish", "gelu", "leaky_relu"):
    m.add(f"dense-{a}", Sequential([None, 3], recurrent("GRU", 3, 4), dense(4, 5, a), dense(5, 3)))
    m.add(f"activation-{a}", Sequential([None, 3], plain("Activation", function(a, 3), activation=a), dense(3, 2)), 3)
m.add("dense-hard_silu", Sequential([None, 3], dense(3, 4, "hard_silu", version=3)), 3)
m.add("dense-nobias", Sequential([None, 3], dense(3, 4, use_bias=False)))
m.add("dense-only", Sequential([5], dense(5, 4, "relu"), dense(4, 3, "softmax")))
m.add("relu-6", Sequential([None, 3], plain("ReLU", lambda x: np.clip(x, 0, 0.5), max_value=0.5, negative_slope=0.0, threshold=0.0)))
m.add("relu-slope", Sequential([None, 3], plain("ReLU", lambda x: np.where(x > 0, x, 0.1 * x), max_value=None, negative_slope=0.1, threshold=0.0)))
m.add("leaky-2", Sequential([None, 3], plain("LeakyReLU", lambda x: np.where(x > 0, x, 0.3 * x), alpha=0.3)))
m.add("leaky-3", Sequential([None, 3], plain("LeakyReLU", lambda x: np.where(x > 0, x, 0.1 * x), negative_slope=0.1)), 3)
m.add("elu-layer", Sequential([None, 3], plain("ELU", lambda x: elu(x, 0.5), alpha=0.5)))
m.add("softmax-layer", Sequential([None, 3], dense(3, 4), plain("Softmax", softmax, axis=-1)))
m.add("prelu", Sequential([None, 3], prelu(1, 3), recurrent("GRU", 3, 4)))
m.add("prelu-vector", Sequential([None, 3], recurrent("GRU", 3, 4), prelu(4), dense(4, 2)))
m.add("batchnorm", Sequential([None, 3], batch_norm(3), recurrent("LSTM", 3, 4), batch_norm(4, epsilon=0.01), dense(4, 2)))
m.add("batchnorm-plain", Sequential([None, 3], batch_norm(3, scale=False), batch_norm(3, center=False), dense(3, 2)))
m.add("layernorm", Sequential([None, 3], layer_norm(3), recurrent("LSTM", 3, 4), layer_norm(4, scale=False, epsilon=0.1), dense(4, 2)))
m.add("normalization", Sequential([None, 3], normalization(3), recurrent("GRU", 3, 4)))
m.add("rescaling", Sequential([None, 3], plain("Rescaling", lambda x: x * 0.5 + 0.25, scale=0.5, offset=0.25), recurrent("GRU", 3, 4)))
m.add("masking", Sequential([None, 3], plain("Masking", lambda x: x, mask_value=0.0), recurrent("LSTM", 3, 4)))
drop = lambda: plain("SpatialDropout1D", lambda x: x, rate=0.5)
m.add("tokens", Sequential([None], embedding(9, 4), drop(), recurrent("LSTM", 4, 5), dense(5, 2, "softmax"), tokens=True))
m.add("tokens-mask", Sequential([None], embedding(9, 4, True), bidirectional("LSTM", 4, 5), dense(10, 1, "sigmoid"), tokens=True))
m.add("tokens-tag", Sequential([12], embedding(9, 4), bidirectional("GRU", 4, 5, return_sequences=True), time_distributed(dense(10, 3, "softmax")), tokens=True))
m.add("tokens-average", Sequential([None], embedding(9, 4, True), global_pool("GlobalAveragePooling1D"), dense(4, 2), tokens=True))
m.add("tokens-flatten", Sequential([6], embedding(9, 4), plain("Flatten", lambda x: x.reshape(-1), data_format="channels_last"), dense(24, 2), tokens=True))
m.add("tokens-conv", Sequential([10], embedding(9, 4), conv(4, 5, 3, activation="relu"), global_pool("GlobalMaxPooling1D"), dense(5, 2), tokens=True))
m.add("tokens-attention", Sequential([None], embedding(9, 4), recurrent("LSTM", 4, 5, return_sequences=True), attention_pool(5), dense(5, 3, "softmax"), tokens=True))
for pad in ("valid", "same", "causal"):
    for kernel, strides, dilation in ((3, 1, 1), (4, 1, 1), (3, 1, 2), (1, 1, 1), (3, 2, 1), (2, 2, 1), (5, 3, 1)):
        for length in (None, 13):
            if length is None and pad == "valid" and kernel > strides:
                continue
            m.add(f"conv-{pad}-{kernel}-{strides}-{dilation}-{length}",
                  Sequential([length, 3], conv(3, 4, kernel, strides, pad, dilation, activation="tanh"), recurrent("GRU", 4, 3, return_sequences=True)), length=12)
m.add("conv-groups", Sequential([None, 6], conv(6, 4, 3, padding_="causal", groups=2), dense(4, 2)))
m.add("conv-depthwise-groups", Sequential([None, 4], conv(4, 4, 3, padding_="same", groups=4, use_bias=False)))
m.add("separable", Sequential([None, 3], separable(3, 4, 3)))
m.add("depthwise", Sequential([None, 3], depthwise(3, 4)))
for cls in ("MaxPooling1D", "AveragePooling1D"):
    for size, strides, pad, length in ((2, 2, "valid", None), (3, 3, "same", None), (3, 2, "valid", 11), (3, 2, "same", 11), (2, 1, "same", 10), (2, 2, "valid", 11), (2, 2, "same", 11)):
        m.add(f"{cls}-{size}-{strides}-{pad}-{length}", Sequential([length, 3], pool(cls, size, strides, pad), recurrent("LSTM", 3, 4)), length=12)
for cls in ("GlobalMaxPooling1D", "GlobalAveragePooling1D"):
    m.add(cls, Sequential([None, 3], recurrent("LSTM", 3, 4, return_sequences=True), global_pool(cls), dense(4, 2)))
    m.add(cls + "-pool", Sequential([None, 3], conv(3, 4, 3, padding_="same"), pool("MaxPooling1D", 2), global_pool(cls), dense(4, 2)))
m.add("cnn-lstm", Sequential([None, 3], conv(3, 4, 3, padding_="same", activation="relu"), pool("MaxPooling1D", 2), conv(4, 5, 3, padding_="same", activation="relu"),
      pool("MaxPooling1D", 2), recurrent("LSTM", 5, 4), dense(4, 2)), length=16)
flat = lambda: plain("Flatten", lambda x: x.reshape(-1), data_format="channels_last")
m.add("time-distributed-cnn", Sequential([None, 6, 2], time_distributed(conv(2, 4, 3, activation="relu")), time_distributed(pool("MaxPooling1D", 2)), time_distributed(flat()),
      recurrent("LSTM", 8, 5), dense(5, 1)), length=4)
m.add("flatten", Sequential([6, 3], recurrent("LSTM", 3, 4, return_sequences=True), flat(), dense(24, 2)))
m.add("window-cnn", Sequential([20, 3], conv(3, 4, 3, activation="relu"), pool("MaxPooling1D", 2), flat(), dense(36, 2)))
m.add("reshape", Sequential([12], dense(12, 12), plain("Reshape", lambda x: x.reshape(4, 3), target_shape=[-1, 3]), recurrent("GRU", 3, 4)))
m.add("permute", Sequential([5, 3], plain("Permute", lambda x: x.T, dims=[2, 1]), dense(5, 4), recurrent("GRU", 4, 3)))
m.add("autoencoder", Sequential([7, 3], recurrent("LSTM", 3, 4), plain("RepeatVector", lambda x: np.tile(x, (7, 1)), n=7), recurrent("LSTM", 4, 5, return_sequences=True), time_distributed(dense(5, 3))))
m.add("encoder-decoder", Sequential([7, 3], recurrent("LSTM", 3, 4), plain("RepeatVector", lambda x: np.tile(x, (4, 1)), n=4), recurrent("LSTM", 4, 5, return_sequences=True), time_distributed(dense(5, 3))))
m.add("padded", Sequential([7, 3], plain("ZeroPadding1D", lambda x: np.pad(x, ((2, 1), (0, 0))), padding=[2, 1]), plain("Cropping1D", lambda x: x[1:], cropping=[1, 0]), recurrent("GRU", 3, 4)))
m.add("upsampling", Sequential([None, 3], plain("UpSampling1D", lambda x: np.repeat(x, 2, 0), size=2), dense(3, 2)))
m.add("split-names", Sequential([None, 3], recurrent("LSTM", 3, 5), dense(5, 2)), split=True)
m.add("keras3-h5", Sequential([None, 3], bidirectional("LSTM", 3, 5), dense(10, 2)), 3)
m.add("archive-names", Sequential([None, 3], bidirectional("LSTM", 3, 5), dense(10, 2), dense(2, 2)), write=archive, by_name=True)
m.add("archive-older", Sequential([None, 3], time_distributed(dense(3, 4)), recurrent("LSTM", 4, 5), dense(5, 2), dense(2, 2)), write=archive, group="_layer_checkpoint_dependencies")


def functional(inputs, *nodes, outputs=None, tokens=False):
    name = lambda r: r if isinstance(r, str) else r.name if isinstance(r, Layer) else "%s %d" % (r[0].name, r[1])
    nodes = [(l, [name(r) for r in reads]) for l, *reads in nodes]
    return Functional(inputs, nodes, [name(o) for o in outputs or [nodes[-1][0]]], tokens)


for cls in MERGES:
    a, b, c = dense(3, 4), recurrent("GRU", 3, 4, return_sequences=True), merge(cls)
    for version in (2, 3):
        m.add(f"merge-{cls}-{version}", functional({"x": [None, 3]}, (a, "x"), (b, "x"), (c, a, b)), version)
e, l1, l2, cat, att, out = embedding(9, 4), recurrent("LSTM", 4, 5, cudnn="weights", return_sequences=True), recurrent("LSTM", 5, 5, cudnn="weights", return_sequences=True), merge("Concatenate", axis=-1), attention_pool(14), dense(14, 9, "softmax")
m.add("textgenrnn-form", functional({"x": [None]}, (e, "x"), (l1, e), (l2, l1), (cat, e, l1, l2), (att, cat), (out, att), tokens=True))
a, b = dense(3, 4), attention()
m.add("attention", functional({"x": [6, 3]}, (a, "x"), (b, a, a)))
a, b, c = dense(3, 4), dense(3, 4), attention(True)
m.add("attention-scale", functional({"x": [6, 3]}, (a, "x"), (b, "x"), (c, a, b)))
a, b, c, d = dense(3, 4), conv(3, 4, 3, padding_="same"), merge("Add"), recurrent("LSTM", 4, 5)
m.add("archive-functional", functional({"x": [None, 3]}, (a, "x"), (b, "x"), (c, a, b), (d, c)), write=archive)
inner = Sequential([None, 3], batch_norm(3), recurrent("LSTM", 3, 4, return_sequences=True), dense(4, 4))
for version, write in ((2, None), (3, archive)):
    n = Layer("Sequential", call=inner, nested=inner)
    m.add(f"nested-{version}", Sequential([None, 3], n, recurrent("GRU", 4, 3)), version, write=write)
a, b = dense(3, 4), dense(4, 3)
f = functional({"y": [None, 3]}, (a, "y"), (b, a))
n = Layer("Functional", call=f, nested=f)
c = merge("Add")
m.add("nested-functional", functional({"x": [None, 3]}, (n, "x"), (c, n, "x")))
m.add("batchnorm-folded", Sequential([None, 3], conv(3, 4, 3, padding_="causal"), batch_norm(4), plain("Activation", lambda x: np.maximum(x, 0), activation="relu"),
      dense(4, 5, use_bias=False), plain("Dropout", lambda x: x, rate=0.1), batch_norm(5), conv(5, 3, 2, padding_="same", use_bias=False), batch_norm(3, scale=False), recurrent("GRU", 3, 4)))
a, n, c = dense(3, 4), batch_norm(4), merge("Add")
m.add("batchnorm-shared", functional({"x": [None, 3]}, (a, "x"), (n, a), (c, a, n)))
m.add("open-conv", Sequential([None, 3], conv(3, 4, 3, activation="relu"), pool("MaxPooling1D", 2), recurrent("LSTM", 4, 3)), length=12)  # 12 must be said
for cls in ("SimpleRNN", "LSTM", "GRU"):
    m.add(f"{cls.lower()}-linear", Sequential([None, 3], recurrent(cls, 3, 5, activation="linear", recurrent_activation="hard_sigmoid", reset_after=False), dense(5, 1, "sigmoid")))
    m.add(f"{cls.lower()}-odd", Sequential([None, 3], recurrent(cls, 3, 5, activation="softsign", recurrent_activation="relu", return_sequences=True), recurrent(cls, 5, 3, activation="elu")))

# Several inputs and outputs: x and y have those of a step, one after the other.
a, b, c = recurrent("LSTM", 3, 4, return_sequences=True), dense(4, 2), dense(4, 3, "sigmoid")
f = functional({"x": [None, 3]}, (a, "x"), (b, a), (c, a), outputs=[b, c])
x = [rng.standard_normal((8, 3)).astype(np.float32) for _ in range(2)]
m.check("two-outputs", x, [np.concatenate(f.run({"x": v.astype(float)}), -1) for v in x])
m.file("two-outputs.h5", legacy, f, 2)
a, b, c = recurrent("LSTM", 3, 4), merge("Concatenate"), dense(6, 3)
f = functional({"x": [None, 3], "facts": [2]}, (a, "x"), (b, a, "facts"), (c, b))
x = [rng.standard_normal((8, 5)).astype(np.float32) for _ in range(2)]
m.check("facts", x, [f.run({"x": v[:, :3].astype(float), "facts": v[-1, 3:].astype(float)})[0] for v in x])
m.file("facts.h5", legacy, f, 2)
a, b, c = dense(3, 4), recurrent("GRU", 2, 4, return_sequences=True), merge("Multiply")
f = functional({"x": [None, 3], "z": [None, 2]}, (a, "x"), (b, "z"), (c, a, b))
x = [rng.standard_normal((8, 5)).astype(np.float32) for _ in range(2)]
m.check("two-inputs", x, [f.run({"x": v[:, :3].astype(float), "z": v[:, 3:].astype(float)})[0] for v in x])
m.file("two-inputs.h5", legacy, f, 2)

# The states of layers: read by others, outputs, and of a decoder those that it starts from.
for cls, n in (("SimpleRNN", 1), ("GRU", 1), ("LSTM", 2)):
    for version in (2, 3):
        for sequences in (False, True):
            a = recurrent(cls, 3, 4, return_state=True, return_sequences=sequences)
            d, e = dense(4, 2), merge("Concatenate")
            f = functional({"x": [None, 3]}, (a, "x"), (d, (a, n)), outputs=[d, (a, 1), (a, n)])
            x = [rng.standard_normal((7, 3)).astype(np.float32) for _ in range(2)]
            m.check(f"state-{cls}-{version}-{sequences}", x, [np.concatenate(f.run({"x": v.astype(float)}), -1) for v in x])
            m.file(f"state-{cls}-{version}-{sequences}.h5", legacy, f, version)
    a = bidirectional(cls, 3, 4, return_state=True, return_sequences=True)
    c = merge("Concatenate")
    f = functional({"x": [None, 3]}, (a, "x"), (c, *[(a, i + 1) for i in range(2 * n)]))
    m.add(f"bi-state-{cls}", f)
    a = recurrent(cls, 3, 4, return_state=True, go_backwards=True)
    f = functional({"x": [None, 3]}, (a, "x"), outputs=[a, (a, n)])
    x = [rng.standard_normal((7, 3)).astype(np.float32) for _ in range(2)]
    m.check(f"state-backward-{cls}", x, [np.concatenate(f.run({"x": v.astype(float)}), -1) for v in x])
    m.file(f"state-backward-{cls}.h5", legacy, f, 2)
    for version in (2, 3):
        e, a, d = embedding(9, 3), recurrent(cls, 3, 4, return_state=True, return_sequences=True), dense(4, 9, "softmax")
        given = ["h", "c"][:n]
        f = functional({"x": [None], **{g: [4] for g in given}}, (e, "x"), (a, e, *given), (d, a), outputs=[d] + [(a, i + 1) for i in range(n)], tokens=True)
        x = [rng.integers(1, 9, 6) for _ in range(2)]
        m.check(f"decoder-{cls}-{version}", x, [f.run({"x": v, **{g: np.zeros(4) for g in given}})[0] for v in x])
        m.file(f"decoder-{cls}-{version}.h5", legacy, f, version)
a, b, c = recurrent("LSTM", 3, 4, return_state=True, return_sequences=True, recurrent_activation="hard_sigmoid", activation="softsign", use_bias=False), flat(), merge("Concatenate")
m.add("state-whole", functional({"x": [6, 3]}, (a, "x"), (b, a), (c, b, (a, 2))))

# Attentions, and what takes steps for features.
for cls, layer in (("additive", additive(4)), ("additive-plain", additive(4, False)), ("heads", multi_head(4, 5, 3, 2, 4, 6)), ("heads-plain", multi_head(4, 5, 1, 3, 3, 2, False))):
    a, b = dense(3, 4), recurrent("LSTM", 3, 5 if "heads" in cls else 4, return_sequences=True)
    for version, write in ((2, None), (3, None), (3, archive)):
        m.add(f"{cls}-{version}" + ("-archive" if write else ""), functional({"x": [6, 3]}, (a, "x"), (b, "x"), (layer, a, b)), version, write=write)
a, b, c = recurrent("GRU", 3, 4), plain("Reshape", lambda x: x.reshape(1, 4), target_shape=[1, 4]), recurrent("GRU", 3, 4, return_sequences=True)
m.add("additive-one", functional({"x": [6, 3]}, (a, "x"), (b, a), (c, "x"), (additive(4), b, c)))
for axes in ((1, 1), (1, 2), (2, 1), (2, 2), 2, -1):
    p, q = axes if isinstance(axes, tuple) else (2, 2)
    a, b = recurrent("GRU", 3, 6, return_sequences=True), dense(3, 6)
    m.add(f"dot-{axes}".replace(" ", ""), functional({"x": [6, 3]}, (a, "x"), (b, "x"), (plain("Dot", lambda x, y, p=p, q=q: np.tensordot(x, y, ((p - 1,), (q - 1,))), axes=axes if isinstance(axes, int) else list(axes), normalize=False), a, b)))
a, b = recurrent("GRU", 3, 4), dense(4, 4)
m.add("dot-vectors", functional({"x": [6, 3]}, (a, "x"), (b, a), (plain("Dot", lambda x, y: np.array([x @ y]), axes=1, normalize=False), a, b)))
over = lambda: plain("Softmax", lambda x: softmax(x.T).T, axis=1)
a, b, c, d = bidirectional("LSTM", 3, 4, return_sequences=True), dense(8, 1, "tanh"), over(), plain("Dot", lambda x, y: x.T @ y, axes=1, normalize=False)
m.add("attention-dot", functional({"x": [6, 3]}, (a, "x"), (b, a), (c, b), (d, c, a), (flat(), d)))
a, b, c, d, e = recurrent("LSTM", 3, 4, return_sequences=True), dense(4, 1, "tanh"), flat(), plain("Activation", softmax, activation="softmax"), plain("RepeatVector", lambda x: np.tile(x, (4, 1)), n=4)
f, g, h = plain("Permute", lambda x: x.T, dims=[2, 1]), merge("Multiply"), global_pool("GlobalAveragePooling1D")
m.add("attention-written", functional({"x": [6, 3]}, (a, "x"), (b, a), (c, b), (d, c), (e, d), (f, e), (g, a, f), (h, g), (dense(4, 2), h)))
for kernel, strides, pad in ((2, 2, "valid"), (3, 2, "valid"), (3, 2, "same"), (4, 1, "same"), (5, 2, "same"), (3, 1, "valid")):
    m.add(f"transpose-{kernel}-{strides}-{pad}", Sequential([6, 3], conv(3, 4, 3, padding_="same"), transpose(4, 3, kernel, strides, pad, "tanh"), recurrent("GRU", 3, 2)))
m.add("transpose-stream", Sequential([None, 3], transpose(3, 4, 2, 2), transpose(4, 2, 3, 3, "same", "relu"), dense(2, 2)))
m.add("separable-multiplied", Sequential([None, 3], separable(3, 4, 3, multiplier=2), separable(4, 3, 2, "causal", multiplier=3)))
m.add("depthwise-multiplied", Sequential([None, 3], depthwise(3, 4, multiplier=3)))

# Activations that are layers, and RNN of cells.
for name, config, f in (("LeakyReLU", dict(alpha=0.1), lambda x: np.where(x > 0, x, 0.1 * x)), ("ELU", dict(alpha=0.5), lambda x: elu(x, 0.5)),
                        ("ReLU", dict(max_value=0.5, negative_slope=0.1, threshold=0.0), lambda x: np.minimum(np.where(x > 0, x, 0.1 * x), 0.5)),
                        ("ThresholdedReLU", dict(theta=0.25), lambda x: np.where(x > 0.25, x, 0))):
    m.add(f"layer-{name}", Sequential([None, 3], plain(name, f, **config), dense(3, 2)))
    m.add(f"activation-{name}", Sequential([None, 3], dense(3, 4), plain("Activation", f, activation={"class_name": name, "config": dict(config, name="f", trainable=True, dtype="float32")}), dense(4, 2)))
m.add("relu-threshold", Sequential([None, 3], plain("ReLU", lambda x: np.where(x >= 1, 1, np.where(x >= 0.3, x, 0)), max_value=1.0, negative_slope=0.0, threshold=0.3)))
for a, f in (("log_softmax", lambda x: np.log(softmax(x))), ("log_sigmoid", lambda x: np.log(sigmoid(x))), ("hard_tanh", lambda x: np.clip(x, -1, 1))):
    m.add(f"activation-{a}", Sequential([None, 3], plain("Activation", f, activation=a)), 3)


def of_cell(l):
    """RNN of the cell of a layer."""
    outer = {k: l.config.pop(k) for k in ("return_sequences", "go_backwards")}
    r = Layer("RNN", l.weights, l.call, cell={"class_name": l.cls + "Cell", "config": dict(l.config, name="cell")}, **outer)
    return r


for cls in ("SimpleRNN", "LSTM", "GRU"):
    for write in (None, archive):
        m.add(f"cell-{cls}" + ("-archive" if write else ""), Sequential([None, 3], of_cell(recurrent(cls, 3, 4, return_sequences=True)), of_cell(recurrent(cls, 4, 2)), dense(2, 2)), 3 if write else 2, write=write)
a, b = recurrent("LSTM", 3, 4, return_sequences=True), recurrent("LSTM", 4, 2)
both = [{"class_name": "LSTMCell", "config": dict(l.config, name=l.name)} for l in (a, b)]
for o in both:
    del o["config"]["return_sequences"], o["config"]["go_backwards"]
m.add("cells", Sequential([None, 3], Layer("RNN", [(f"{l.name}/{n}", w) for l in (a, b) for n, w in l.weights], lambda x: b(a(x)), return_sequences=False, cell={"class_name": "StackedRNNCells", "config": {"cells": both}})))

for cls in ("Add", "Subtract", "Multiply", "Maximum", "Minimum"):
    a, b, c = dense(3, 4), recurrent("GRU", 3, 4, return_sequences=True), merge(cls, operator=True)
    m.add(f"operator-{cls}", functional({"x": [None, 3]}, (a, "x"), (b, "x"), (c, a, b)), 3, write=archive)
m.add("padded-tokens", Sequential([9], embedding(9, 4), bidirectional("LSTM", 4, 3), dense(6, 2, "softmax"), tokens=True))

# Keras 1, and Theano.
for cls in ("LSTM", "GRU"):
    hard = dict(recurrent_activation="hard_sigmoid", reset_after=False)
    m.add(f"keras1-bi-{cls}", Sequential([None, 3], bidirectional(cls, 3, 4, return_sequences=True, **hard), bidirectional(cls, 8, 3, "sum", **hard), dense(3, 2)), 1)
for first in (False, True):
    c = conv(3, 4, 3, padding_="same", activation="relu")
    for k in ("groups", "data_format", "dilation_rate"):
        del c.config[k]
    m.add(f"keras1-conv-{first}", Sequential([None, 3], c, recurrent("LSTM", 4, 3, recurrent_activation="hard_sigmoid")), 1, filters_first=first)
for mode, cls in (("sum", "Add"), ("mul", "Multiply"), ("ave", "Average"), ("max", "Maximum"), ("concat", "Concatenate")):
    a, b, c = dense(3, 4), recurrent("GRU", 3, 4, return_sequences=True, recurrent_activation="hard_sigmoid", reset_after=False), merge(cls, mode=mode, concat_axis=-1, dot_axes=-1, mode_type="raw")
    c.cls = "Merge"
    m.add(f"keras1-merge-{mode}", functional({"x": [None, 3]}, (a, "x"), (b, "x"), (c, a, b)), 1)
m.add("theano", Sequential([None, 3], conv(3, 4, 3, padding_="causal"), recurrent("LSTM", 4, 3)), backend="theano")

# Weights alone, and the JSON of model.to_json().
s = Sequential([None, 3], recurrent("LSTM", 3, 5), dense(5, 2))
x = [rng.standard_normal((8, 3)).astype(np.float32) for _ in range(2)]
m.check("alone", x, [s(v.astype(float)) for v in x])
m.put("alone.json", json.dumps(dict(s.json(2), keras_version="2.11.0", backend="tensorflow")))
m.file("alone.h5", legacy, s, 2, whole=False)

# The same of layers that are to be described: their weights are read as PyTorch's modules.
s = Sequential([None, 3], conv(3, 4, 3, padding_="causal", activation="relu"), batch_norm(4), recurrent("GRU", 4, 5, return_sequences=True),
               bidirectional("GRU", 5, 4, return_sequences=True, reset_after=False), layer_norm(8), recurrent("LSTM", 8, 3, cudnn="weights", return_sequences=True), recurrent("SimpleRNN", 3, 3), dense(3, 2))
for l, name in zip(s.layers, ("conv", "norm", "gru", "both", "ln", "lstm", "rnn", "out")):
    l.name = name
x = [rng.standard_normal((8, 3)).astype(np.float32) for _ in range(2)]
m.check("modules", x, [s(v.astype(float)) for v in x])
m.file("modules.h5", legacy, s, 2, whole=False)

# The encoders and the decoder of translators, whose states go from one to the other.
e, d, o = embedding(8, 3), recurrent("LSTM", 3, 6, return_state=True, return_sequences=True), dense(6, 8, "softmax")
decoder = functional({"x": [None], "h": [6], "c": [6]}, (e, "x"), (d, e, "h", "c"), (o, d), outputs=[o, (d, 1), (d, 2)], tokens=True)
m.file("translator-decoder.h5", legacy, decoder, 2)
e, a, b = embedding(9, 4), recurrent("LSTM", 4, 6, return_state=True), bidirectional("LSTM", 4, 3, return_state=True)
h, c = merge("Concatenate"), merge("Concatenate")
for name, encoder in (
    ("encoder", functional({"x": [None]}, (e, "x"), (a, e), outputs=[(a, 1), (a, 2)], tokens=True)),
    ("both", functional({"x": [None]}, (e, "x"), (b, e), (h, (b, 1), (b, 3)), (c, (b, 2), (b, 4)), outputs=[h, c], tokens=True)),
):
    m.file(f"translator-{name}.h5", legacy, encoder, 2)
    x, y = [rng.integers(0, 9, 6) for _ in range(6)], []
    for v in x:
        states, token, out = encoder.run({"x": v}), 1, []
        for _ in range(7):
            p, *states = decoder.run({"x": np.array([token]), "h": states[0], "c": states[1]})
            token = int(p[-1].argmax())
            out.append(token)
        y.append([2 if 2 in out[:i] else t for i, t in enumerate(out)])
    data = io.BytesIO()
    np.savez(data, x=np.array(x, np.int32), y=np.array(y, np.int32))
    m.put(f"translator-{name}.npz", data.getvalue())
m.zip.close()

# The weights of docs/arch.md's recipe.
e, a, b, c, d, o = embedding(30, 6), bidirectional("LSTM", 6, 5, return_sequences=True), bidirectional("LSTM", 10, 3, return_sequences=True, return_state=True), merge("Concatenate"), bahdanau(6, 6, 4), dense(6, 2, "softmax")
f = functional({"input_1": [None]}, (e, "input_1"), (a, e), (b, a), (c, (b, 1), (b, 3)), (d, b, c), (o, d), tokens=True)
for l, name in zip((e, a, b, d, o), ("embedding", "bidirectional", "bidirectional_1", "bahdanau_attention", "dense_3")):
    f.nodes = [(k, [r.replace(l.name, name) if r.split()[0] == l.name else r for r in reads]) for k, reads in f.nodes]
    f.outputs = [name if r == l.name else r for r in f.outputs]
    l.name = name
x = [rng.integers(1, 30, 12) for _ in range(3)]
recipes = "../../../testdata/recipes/"
legacy(recipes + "bahdanau.h5", f, 2, whole=False)
np.savez(recipes + "bahdanau-check.npz", x=np.array(x, np.int32), y=np.array([f(v) for v in x], np.float32))
