#!/usr/bin/env python3
"""Makes the models in this folder, and what PyTorch computes with them in float64.

README.md in this folder says what they are.

    apt-get install python3-torch
    python3 testdata/convert/generate.py
"""

import collections
import itertools
import json
import pathlib
import struct

import numpy as np
import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent
STEPS, INPUT, HIDDEN, OUTPUT = 500, 3, 4, 2
TOKENS, WIDTH = 11, 6


# --- Files ------------------------------------------------------------------


def save_safetensors(path, state, dtype="F32"):
    """Writes a state_dict by hand; the format is a length, JSON, and bytes."""
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(state):
        t = state[name].detach().contiguous()
        data = {
            "F64": lambda: t.double().numpy().astype("<f8"),
            "F32": lambda: t.float().numpy().astype("<f4"),
            "F16": lambda: t.half().numpy().astype("<f2"),
            "BF16": lambda: (t.bfloat16().float().numpy().view("<u4") >> 16).astype("<u2"),
        }[dtype]().tobytes()
        header[name] = {"dtype": dtype, "shape": list(t.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def save_npz(path, state):
    """Saves a state_dict with the same bytes at every run."""
    np.savez(path, **{name: t.detach().float().numpy() for name, t in state.items()})


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


def every(y):
    """The outputs of every 25th step."""
    return y[24::25]


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


def matrix(goldens, x):
    (FOLDER / "matrix").mkdir(exist_ok=True)
    for cell, layers, bidirectional, bias in itertools.product(
        ["rnn_tanh", "rnn_relu", "lstm", "gru"], [1, 2, 3], [False, True], [True, False]
    ):
        name = f"{cell}-l{layers}-{'bi' if bidirectional else 'uni'}-{'bias' if bias else 'nobias'}"
        torch.manual_seed(len(name) * 1000 + layers)
        state = None
        for batch_first in [False, True]:
            m = Matrix(cell, layers, bidirectional, bias, batch_first)
            if state is None:
                state = m.state_dict()
                save_safetensors(FOLDER / "matrix" / f"{name}.safetensors", state)
            m.load_state_dict(state)
            m.double()
            xs = x if batch_first else x.transpose(0, 1)
            ys, h = m.rnn(xs)
            if not batch_first:
                ys = ys.transpose(0, 1)
            h = (h[0] if cell == "lstm" else h)[-(1 + bidirectional) :, 0]
            order = "batch_first" if batch_first else "time_first"
            goldens.add(f"{name}/{order}/many", every(m.fc(ys[0])))
            goldens.add(f"{name}/{order}/one", m.fc(h.reshape(-1)))


# --- One model in many files -------------------------------------------------


class Words(nn.Module):
    """Tokens in, a class out."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(TOKENS, WIDTH, padding_idx=0)
        self.encoder = nn.Module()
        self.encoder.lstm = nn.LSTM(WIDTH, HIDDEN, num_layers=2, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(2 * HIDDEN, OUTPUT)

    def forward(self, tokens):
        _, (h, _) = self.encoder.lstm(self.embedding(tokens))
        return self.fc(torch.cat([h[-2], h[-1]], dim=1))


def words(goldens, tokens):
    torch.manual_seed(1)
    m = Words()
    state = m.state_dict()
    save = lambda name, state, **k: torch.save(state, FOLDER / name, **k)
    save("words.pt", state)
    save("words-legacy.pt", state, _use_new_zipfile_serialization=False)
    save("words-protocol4.pt", state, pickle_protocol=4)
    save("words-parameters.pt", dict(m.named_parameters()))
    save("words-transposed.pt", {k: v.t().contiguous().t() if v.dim() == 2 else v for k, v in state.items()})
    save("words-f64.pt", {k: v.double() for k, v in state.items()})
    save("words-module.pt", nn.DataParallel(m).state_dict())
    save("words-checkpoint.pt", {"epoch": 3, "state_dict": state, "loss": [0.5, 0.25]})
    save("words-checkpoint-only.pt", {"model_state_dict": state})
    save_npz(FOLDER / "words.npz", state)
    np.savez_compressed(FOLDER / "words-compressed.npz", **{k: v.double().numpy() for k, v in state.items()})
    save_safetensors(FOLDER / "words-f64.safetensors", state, "F64")
    goldens.add("words", m.double()(tokens)[0])
    for dtype, name in [(torch.float16, "F16"), (torch.bfloat16, "BF16")]:
        save_safetensors(FOLDER / f"words-{name.lower()}.safetensors", state, name)
        m.load_state_dict({k: v.to(dtype) for k, v in state.items()})
        goldens.add(f"words-{name.lower()}", m(tokens)[0])
    # Files that must be refused.
    m.load_state_dict(state)
    save("refuse-module.pt", m.float().encoder.lstm)
    torch.jit.script(nn.Linear(2, 2)).save(str(FOLDER / "refuse-script.pt"))


class Cells(nn.Module):
    """Two cells stacked by hand."""

    def __init__(self):
        super().__init__()
        self.cells = nn.ModuleList([nn.GRUCell(INPUT, HIDDEN), nn.GRUCell(HIDDEN, HIDDEN)])
        self.fc = nn.Linear(HIDDEN, OUTPUT)

    def forward(self, xs):
        h, ys = [torch.zeros(1, HIDDEN, dtype=xs.dtype)] * 2, []
        for x in xs:
            x = x[None]
            for i, cell in enumerate(self.cells):
                x = h[i] = cell(x, h[i])
            ys.append(self.fc(x)[0])
        return torch.stack(ys)


class Tied(nn.Module):
    """The head has the embedding's weight, and no bias."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(TOKENS, HIDDEN)
        self.rnn = nn.RNN(HIDDEN, HIDDEN, nonlinearity="relu")
        self.decoder = nn.Linear(HIDDEN, TOKENS, bias=False)
        self.decoder.weight = self.embed.weight

    def forward(self, tokens):
        return self.decoder(self.rnn(self.embed(tokens))[0])


class Learned(nn.Module):
    """Learned initial states, two linear layers, and a skip connection."""

    def __init__(self):
        super().__init__()
        self.h = nn.Parameter(torch.rand(2, 1, HIDDEN))
        self.c = nn.Parameter(torch.rand(2, 1, HIDDEN))
        self.rnn = nn.LSTM(INPUT, HIDDEN, num_layers=2)
        self.hidden = nn.Linear(HIDDEN, 5)
        self.out = nn.Linear(5, INPUT)

    def forward(self, xs):
        y, _ = self.rnn(xs[:, None], (self.h, self.c))
        return xs + self.out(torch.relu(self.hidden(y[:, 0])))


def others(goldens, x, tokens):
    torch.manual_seed(2)
    m = Cells()
    save_npz(FOLDER / "cells.npz", m.state_dict())
    goldens.add("cells", every(m.double()(x[0])))

    m = Tied()
    torch.save(m.state_dict(), FOLDER / "tied.pt")
    goldens.add("tied", every(m.double()(tokens[0])))

    m = Learned()
    torch.save(m.state_dict(), FOLDER / "learned.pt")
    goldens.add("learned", every(m.double()(x[0])))

    m = nn.LSTM(INPUT, 5, num_layers=2, bidirectional=True, proj_size=3)
    save_safetensors(FOLDER / "projected.safetensors", m.state_dict())
    goldens.add("projected", every(m.double()(x[0])[0]))

    m = nn.LSTM(INPUT, HIDDEN)  # a bare module: its names have no prefix
    torch.save(m.state_dict(), FOLDER / "bare.pt")
    xs = x[0, :50]
    np.savez(FOLDER / "bare-check.npz", x=xs.float().numpy(), y=m(xs.float())[0].detach().numpy())


# --- JSON models of the audio world -----------------------------------------


def keras_layer(kind, units, weights, activation=""):
    return {"type": kind, "activation": activation, "shape": [None, None, units], "weights": [w.detach().float().tolist() for w in weights]}


def kernel(w, order):
    """A PyTorch weight [gates * units, inputs] as Keras's kernel."""
    parts = w.reshape(len(order), -1, w.shape[-1])
    return parts[order].reshape(-1, w.shape[-1]).t()


def audio(goldens, x):
    torch.manual_seed(3)
    lstm, gru, fc = nn.LSTM(INPUT, HIDDEN), nn.GRU(HIDDEN, 5), nn.Linear(5, OUTPUT)
    zrh = [1, 0, 2]
    bias = lambda b: b.reshape(3, -1)[zrh].reshape(-1)
    lstm.bias_hh_l0.zero_()  # Keras's LSTM has one bias
    layers = [
        keras_layer("lstm", HIDDEN, [kernel(lstm.weight_ih_l0, [0, 1, 2, 3]), kernel(lstm.weight_hh_l0, [0, 1, 2, 3]), lstm.bias_ih_l0], "tanh"),
        keras_layer(
            "gru",
            5,
            [kernel(gru.weight_ih_l0, zrh), kernel(gru.weight_hh_l0, zrh), torch.stack([bias(gru.bias_ih_l0), bias(gru.bias_hh_l0)])],
            "tanh",
        ),
        keras_layer("time-distributed-dense", OUTPUT, [fc.weight.t(), fc.bias], "sigmoid"),
    ]
    (FOLDER / "keras.json").write_text(json.dumps({"in_shape": [None, None, INPUT], "layers": layers}))
    lstm, gru, fc = lstm.double(), gru.double(), fc.double()
    goldens.add("keras", every(torch.sigmoid(fc(gru(lstm(x[0])[0])[0]))))

    # A GRU that resets before the product, as Keras with reset_after=False.
    w, u, b = torch.rand(3, INPUT, HIDDEN) - 0.5, torch.rand(3, HIDDEN, HIDDEN) - 0.5, torch.rand(3, HIDDEN) - 0.5
    flat = lambda v: v.transpose(0, 1).reshape(v.shape[1], -1)
    layers = [keras_layer("gru", HIDDEN, [flat(w), flat(u), b.reshape(-1)], "tanh")]
    (FOLDER / "keras-before.json").write_text(json.dumps({"in_shape": [None, None, INPUT], "layers": layers, "samplerate": "48000"}))
    w, u, b = w.double(), u.double(), b.double()
    h, ys = torch.zeros(HIDDEN).double(), []
    for v in x[0]:
        z, r = (torch.sigmoid(v @ w[i] + h @ u[i] + b[i]) for i in (0, 1))
        h = z * h + (1 - z) * torch.tanh(v @ w[2] + (r * h) @ u[2] + b[2])
        ys.append(h)
    goldens.add("keras-before", every(torch.stack(ys)))

    for name, unit, skip, size, outputs in [("amp", "GRU", 0, INPUT, 1), ("amp-skip", "LSTM", 1, 1, 1)]:
        m = nn.Module()
        m.rec, m.lin = getattr(nn, unit)(size, HIDDEN, 2 - skip), nn.Linear(HIDDEN, outputs)
        data = {
            "model": "SimpleRNN", "input_size": size, "skip": skip, "output_size": outputs, "unit_type": unit,
            "num_layers": 2 - skip, "hidden_size": HIDDEN, "bias_fl": True,
        }  # fmt: skip
        state = {k: v.tolist() for k, v in m.state_dict().items()}
        (FOLDER / f"{name}.json").write_text(json.dumps({"model_data": data, "state_dict": state}))
        m.double()
        xs = x[0][:, :size]
        goldens.add(name, every(m.lin(m.rec(xs)[0]) + (xs if skip else 0)))
    (FOLDER / "state.json").write_text(json.dumps(nn.GRU(INPUT, HIDDEN).state_dict(), default=lambda t: t.tolist()))


# --- Ragged batches, and states ------------------------------------------------


def ragged():
    """A bidirectional LSTM on a padded batch, from states given and to states kept."""
    torch.manual_seed(5)
    lstm = nn.LSTM(INPUT, HIDDEN, num_layers=2, bidirectional=True, batch_first=True)
    save_safetensors(FOLDER / "ragged.safetensors", lstm.state_dict())
    lstm.double()
    lengths = torch.tensor([4, 7, 2])
    x = torch.randn(3, 7, INPUT).float().double()
    h, c = (torch.randn(4, 3, HIDDEN).float().double() for _ in range(2))
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    y, (h_n, c_n) = lstm(packed, (h, c))
    y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
    arrays = dict(x=x, lengths=lengths, h_0=h, c_0=c, y=y, h_n=h_n, c_n=c_n)
    np.savez(FOLDER / "ragged.npz", **{name: t.numpy() for name, t in arrays.items()})


def main():
    g = np.random.default_rng(0)
    x = g.uniform(-1, 1, (2, STEPS, INPUT)).astype(np.float32)
    tokens = g.integers(0, TOKENS, (1, STEPS))
    np.save(FOLDER / "inputs.npy", x[0])
    np.save(FOLDER / "tokens.npy", tokens[0])
    x, tokens = torch.from_numpy(x.astype(np.float64)), torch.from_numpy(tokens)
    goldens = Goldens()
    matrix(goldens, x)
    words(goldens, tokens)
    others(goldens, x, tokens)
    audio(goldens, x)
    goldens.write()
    ragged()


if __name__ == "__main__":
    with torch.no_grad():
        main()
