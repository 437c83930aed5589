#!/usr/bin/env python3
"""Makes the ONNX models in this folder, and what PyTorch computes with some of them in float64.

README.md in this folder says what they are.

    apt-get install python3-torch
    python3 testdata/onnx/generate.py
"""

import gzip
import io
import itertools
import json
import pathlib
import struct
import tarfile
import warnings

import numpy as np
import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent
CONVERT = FOLDER.parent / "convert"
INPUT, HIDDEN, OUTPUT, TOKENS = 3, 4, 2, 11
OPSETS = [9, 11, 13, 16]


def load_safetensors(path):
    data = path.read_bytes()
    (n,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + n])
    header.pop("__metadata__", None)
    state = {}
    for name, t in header.items():
        a, b = t["data_offsets"]
        array = np.frombuffer(data[8 + n + a : 8 + n + b], "<f4").reshape(t["shape"])
        state[name] = torch.from_numpy(array.copy())
    return state


class Archive:
    """A .tar.gz with the same bytes at every run."""

    def __init__(self):
        self.buffer = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.buffer, mode="w", format=tarfile.USTAR_FORMAT)

    def add(self, name, data):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        self.tar.addfile(info, io.BytesIO(data))

    def write(self, path):
        self.tar.close()
        with open(path, "wb") as f, gzip.GzipFile("", "wb", 9, f, mtime=0) as z:
            z.write(self.buffer.getvalue())


class Goldens:
    """Arrays of float64 by name."""

    def __init__(self):
        self.index, self.data = [], []

    def add(self, name, values):
        values = values.detach().numpy().astype("<f8").reshape(-1)
        assert np.isfinite(values).all(), name
        self.index.append(f"{name} {len(values)}\n")
        self.data.append(values)

    def write(self):
        (FOLDER / "goldens.txt").write_text("".join(self.index))
        (FOLDER / "goldens.bin").write_bytes(np.concatenate(self.data).tobytes())


def export(m, args, opset, axes, names=("x",), **options):
    buffer = io.BytesIO()
    torch.onnx.export(m, args, buffer, opset_version=opset, input_names=list(names), dynamic_axes=axes, **options)
    return buffer.getvalue()


# --- The matrix -------------------------------------------------------------


class Matrix(nn.Module):
    def __init__(self, cell, layers, bidirectional, bias, batch_first):
        super().__init__()
        make = {
            "rnn_tanh": lambda **k: nn.RNN(**k, nonlinearity="tanh"),
            "rnn_relu": lambda **k: nn.RNN(**k, nonlinearity="relu"),
            "lstm": nn.LSTM,
            "gru": nn.GRU,
        }[cell]
        self.rnn = make(
            input_size=INPUT, hidden_size=HIDDEN, num_layers=layers, bidirectional=bidirectional, bias=bias, batch_first=batch_first
        )
        self.fc = nn.Linear(HIDDEN * (1 + bidirectional), OUTPUT, bias=bias)
        self.one = False

    def forward(self, x):
        y, h = self.rnn(x)
        if not self.one:
            return self.fc(y)
        h = h[0] if isinstance(h, tuple) else h
        return self.fc(torch.cat((h[-2], h[-1]), 1) if self.rnn.bidirectional else h[-1])


def matrix(archive):
    """The weights, and so the goldens, are those of testdata/convert."""
    for cell, layers, bidirectional, bias in itertools.product(
        ["rnn_tanh", "rnn_relu", "lstm", "gru"], [1, 2, 3], [False, True], [True, False]
    ):
        name = f"{cell}-l{layers}-{'bi' if bidirectional else 'uni'}-{'bias' if bias else 'nobias'}"
        state = load_safetensors(CONVERT / "matrix" / f"{name}.safetensors")
        for opset, batch_first, one in itertools.product(OPSETS, [False, True], [False, True]):
            m = Matrix(cell, layers, bidirectional, bias, batch_first).eval()
            m.load_state_dict(state)
            m.one = one
            n, t = (0, 1) if batch_first else (1, 0)
            # Opset 11 has no open axes: a model of the example's shape.
            x, axes = torch.zeros(*((2, 5) if batch_first else (5, 2)), INPUT), {"x": {n: "n", t: "t"}}
            order = "batch_first" if batch_first else "time_first"
            file = f"matrix/{name}/{order}/{'one' if one else 'many'}/{opset}.onnx"
            archive.add(file, export(m, (x,), opset, None if opset == 11 else axes))


# --- Other models -----------------------------------------------------------


class Model(nn.Module):
    """A recurrent module, a linear one, and a function that joins them."""

    def __init__(self, f, rnn, features, outputs=OUTPUT, embedding=None):
        super().__init__()
        self.f, self.rnn = f, rnn
        self.fc = nn.Linear(features, outputs)
        if embedding:
            self.embedding = nn.Embedding(TOKENS, embedding)

    def forward(self, *x):
        return self.f(self, *x)


def gru(**k):
    return nn.GRU(INPUT, HIDDEN, batch_first=True, **k)


def lstm(**k):
    return nn.LSTM(INPUT, HIDDEN, batch_first=True, **k)


def both_ends(m, x):
    y = m.rnn(x)[0]
    return m.fc(torch.cat((y[:, -1, :HIDDEN], y[:, 0, HIDDEN:]), 1))


def viewed(m, x):
    h = m.rnn(m.embedding(x))[1].view(2, 2, x.shape[0], HIDDEN)[-1]
    return torch.softmax(m.fc(torch.relu(h.permute(1, 0, 2).reshape(x.shape[0], -1))), -1)


def tagged(m, x):
    y = torch.nn.functional.dropout(torch.tanh(m.rnn(m.embedding(x))[0]), 0.5, m.training)
    return torch.log_softmax(m.fc(y), 2)


def zeros(m, x):
    return m.fc(m.rnn(x, torch.zeros(1, x.size(0), HIDDEN, dtype=x.dtype))[0])


def summed(m, x):
    y = m.rnn(x)[0]
    return m.fc(y[:, :, :HIDDEN] + y[:, :, HIDDEN:])


def averaged(m, x):
    y = m.rnn(x)[0]
    return m.fc(y.view(x.size(0), x.size(1), 2, HIDDEN).mean(2))


def sentiment(m, x):
    y = m.rnn(m.embedding(x))[0].contiguous().view(-1, HIDDEN)
    return torch.sigmoid(m.fc(y)).view(x.size(0), -1)[:, -1]


def one_hot(m, x):
    return m.fc(m.rnn(nn.functional.one_hot(x, TOKENS).to(m.fc.weight.dtype))[0])


class Normalized(nn.Module):
    """Batch normalization of every step, and of a hidden layer."""

    def __init__(self):
        super().__init__()
        self.rnn = gru()
        self.norm = nn.BatchNorm1d(HIDDEN)
        self.out = nn.Sequential(nn.Linear(HIDDEN, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, OUTPUT), nn.Softmax(1))
        for norm in (self.norm, self.out[1]):
            nn.init.uniform_(norm.running_mean, -1, 1)
            nn.init.uniform_(norm.running_var, 0.5, 1.5)

    def forward(self, x):
        return self.out(self.norm(self.rnn(x)[0].transpose(1, 2))[:, :, -1])


class Functions(nn.Module):
    """Functions that the exporter composes of others, or that take no part in ONNX's recurrent operators."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(INPUT, 5), nn.Softsign(), nn.Linear(5, INPUT), nn.SELU())
        self.rnn = gru(bidirectional=True)
        self.out = nn.Sequential(
            nn.Linear(2 * HIDDEN, 5), nn.Hardtanh(-0.25, 0.5), nn.Linear(5, 5), nn.PReLU(), nn.Linear(5, 5), nn.Threshold(0, 0), nn.Linear(5, OUTPUT), nn.ReLU6()
        )

    def forward(self, x):
        return self.out(self.rnn(self.first(x))[0])


class Stacked(nn.Module):
    """Recurrent modules of several sizes, and linear ones before, between and after."""

    def __init__(self):
        super().__init__()
        self.first, self.gru = nn.Linear(INPUT, 6), nn.GRU(6, 7, bidirectional=True)
        self.middle, self.lstm = nn.Linear(14, 5), nn.LSTM(5, 3, num_layers=2)
        self.rnn = nn.RNN(3, 9, nonlinearity="relu", bias=False)
        self.hidden, self.out = nn.Linear(9, 4), nn.Linear(4, OUTPUT)

    def forward(self, x):
        y = torch.tanh(self.middle(self.gru(torch.relu(self.first(x.transpose(0, 1))))[0]))
        y = self.rnn(self.lstm(y)[0])[0][-1]
        return torch.log_softmax(self.out(torch.sigmoid(self.hidden(y))), -1)


class Learned(nn.Module):
    """Learned initial states, two linear layers, and a skip connection."""

    def __init__(self):
        super().__init__()
        self.h = nn.Parameter(torch.rand(2, 1, HIDDEN))
        self.c = nn.Parameter(torch.rand(2, 1, HIDDEN))
        self.rnn = nn.LSTM(INPUT, HIDDEN, num_layers=2)
        self.hidden = nn.Linear(HIDDEN, 5)
        self.out = nn.Linear(5, INPUT)

    def forward(self, x):
        state = (v.expand(-1, x.shape[1], -1).contiguous() for v in (self.h, self.c))
        return x + self.out(torch.sigmoid(self.hidden(self.rnn(x, tuple(state))[0])))


def others(archive, goldens, x, tokens):
    """Every model is called NAME-OPSET.onnx. The input is [n, t, ...], but of learned."""
    models = {
        # name: the model, and whether it takes tokens
        "last": (Model(lambda m, x: m.fc(m.rnn(x)[0][:, -1, :]).squeeze(-1), gru(), HIDDEN, 1), False),
        "fc-last": (Model(lambda m, x: m.fc(m.rnn(x)[0])[:, -1], lstm(num_layers=2), HIDDEN), False),
        "mean": (Model(lambda m, x: m.fc(m.rnn(x)[0].mean(1)), lstm(bidirectional=True), 2 * HIDDEN), False),
        "max": (Model(lambda m, x: torch.sigmoid(m.fc(m.rnn(x)[0].amax(1))), gru(), HIDDEN), False),
        "average": (Model(lambda m, x: m.fc(nn.AdaptiveAvgPool1d(1)(m.rnn(x)[0].transpose(1, 2)).squeeze(2)), gru(), HIDDEN), False),
        "ends": (Model(both_ends, lstm(bidirectional=True), 2 * HIDDEN), False),
        "viewed": (Model(viewed, gru(num_layers=2, bidirectional=True), 2 * HIDDEN, embedding=INPUT), True),
        "tagged": (Model(tagged, lstm(bidirectional=True), 2 * HIDDEN, embedding=INPUT), True),
        "argmax": (Model(lambda m, x: m.fc(m.rnn(m.embedding(x))[0]).argmax(-1), gru(), HIDDEN, 5, embedding=INPUT), True),
        "first": (Model(lambda m, x: m.rnn(torch.relu(m.fc(x)))[0], gru(), INPUT, INPUT), False),
        "backward": (Model(lambda m, x: m.fc(m.rnn(x)[1][-1]), gru(bidirectional=True), HIDDEN), False),
        "scaled": (Model(lambda m, x: m.fc(m.rnn((x - 0.25) / 0.5)[0]) * 2 + 1, gru(), HIDDEN), False),
        "flat": (Model(lambda m, x: m.fc(m.rnn(x)[0].reshape(-1, HIDDEN)), gru(), HIDDEN), False),
        "channels": (Model(lambda m, x: m.fc(m.rnn(x)[0]).transpose(1, 2), gru(), HIDDEN, 1), False),
        "zeros": (Model(zeros, gru(), HIDDEN), False),
        "learned": (Learned(), False),
        "summed": (Model(summed, lstm(bidirectional=True), HIDDEN), False),
        "averaged": (Model(averaged, gru(bidirectional=True), HIDDEN), False),
        "sentiment": (Model(sentiment, gru(), HIDDEN, 1, embedding=INPUT), True),
        "one-hot": (Model(one_hot, nn.GRU(TOKENS, HIDDEN, batch_first=True), HIDDEN), True),
        "squeezed": (Model(lambda m, x: m.fc(m.rnn(x)[0]).squeeze(), gru(), HIDDEN, 1), False),
        "normalized": (Normalized(), False),
        "both-last": (Model(lambda m, x: m.fc(m.rnn(x)[0][:, -1]), gru(bidirectional=True, num_layers=2), 2 * HIDDEN), False),
        "fc-both-last": (Model(lambda m, x: torch.softmax(m.fc(m.rnn(x)[0]), -1)[:, -1], lstm(bidirectional=True), 2 * HIDDEN), False),
        "one-direction": (Model(lambda m, x: torch.softmax(m.rnn(torch.tanh(m.fc(x)))[1][-1], 1), gru(bidirectional=True), INPUT, INPUT), False),
        "cut-squeezed": (Model(lambda m, x: m.fc(m.rnn(x)[0][:, -1:, :].squeeze(1)), lstm(), HIDDEN), False),
        "functions": (Functions(), False),
        "stacked": (Stacked(), False),
    }
    for seed, (name, (m, words)) in enumerate(models.items()):
        torch.manual_seed(seed)
        for p in m.parameters():
            nn.init.uniform_(p, -0.7, 0.7)
        m.eval()
        n, t = (1, 0) if name == "learned" else (0, 1)
        example = torch.zeros(2, 5, dtype=torch.long) if words else torch.zeros(2, 5, INPUT)
        for opset in [7, 8] + OPSETS + [17]:
            if name == "average" and opset > 11:
                continue  # the exporter needs a length that is not open
            if opset < 9 and name in ("averaged", "functions", "learned", "one-hot", "viewed"):
                continue  # the exporter lacks an operator
            axes = None if name == "average" else {"x": {n: "n", t: "t"}}
            archive.add(f"others/{name}-{opset}.onnx", export(m, (example,), opset, axes))
            if name == "zeros":
                archive.add(f"others/{name}-unfolded-{opset}.onnx", export(m, (example,), opset, axes, do_constant_folding=False))
        m.double()
        if not words:
            archive.add(f"others/{name}-double-13.onnx", export(m, (example.double(),), 11 if name == "average" else 13, axes))
        xs = tokens if words else x
        y = m(xs.transpose(0, 1) if name == "learned" else xs).double()
        y = y.reshape(-1, 1) if name in ("argmax", "channels", "sentiment", "squeezed") else y.reshape(-1, y.shape[-1])
        if len(y) == xs.shape[1]:
            y = y[24::25]
        goldens.add(name, y)


def states(archive):
    """Models with states, lengths and a single step: they are read, not compared."""
    torch.manual_seed(1)
    x, n = torch.zeros(2, 5, INPUT), {0: "n", 1: "t"}
    state = lambda layers: torch.zeros(layers, 2, HIDDEN)
    for opset in OPSETS:
        m = nn.LSTM(INPUT, HIDDEN, 2, batch_first=True, bidirectional=True).eval()
        axes = {"x": n, "h": {1: "n"}, "c": {1: "n"}}
        names = dict(names=("x", "h", "c"), output_names=["y", "hn", "cn"])
        archive.add(f"states/lstm-{opset}.onnx", export(m, (x, (state(4), state(4))), opset, axes, **names))
        m = nn.GRU(INPUT, HIDDEN, 3).eval()
        names = dict(names=("x", "h"), output_names=["y", "hn"])
        archive.add(f"states/step-{opset}.onnx", export(m, (torch.zeros(1, 1, INPUT), torch.zeros(3, 1, HIDDEN)), opset, None, **names))

        def packed(m, x, lengths):
            p = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
            _, (h, _) = m.rnn(p)
            return m.fc(torch.cat((h[-2], h[-1]), -1))

        m = Model(packed, lstm(bidirectional=True), 2 * HIDDEN).eval()
        axes = {"x": n, "lengths": {0: "n"}}
        archive.add(f"states/lengths-{opset}.onnx", export(m, (x, torch.tensor([5, 4])), opset, axes, names=("x", "lengths")))


def main():
    x = torch.from_numpy(np.load(CONVERT / "inputs.npy").astype(np.float64))[None]
    tokens = torch.from_numpy(np.load(CONVERT / "tokens.npy"))[None]
    torch.manual_seed(0)
    archive, goldens = Archive(), Goldens()
    matrix(archive)
    others(archive, goldens, x, tokens)
    states(archive)
    archive.write(FOLDER / "models.tar.gz")
    goldens.write()


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    with torch.no_grad():
        main()
