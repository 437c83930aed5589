"""Runs networks with PyTorch: a request a line on standard input, as JSON, and
an answer a line on standard output.

{"do": "open", ...}     a network, whose parameters and inputs are in files
{"do": "outputs"}       writes its outputs to a file
{"do": "measure", ...}  the median time of a step in ns
{"do": "train", ...}    tokens a second of training
"""

import ctypes
import json
import sys
import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)


def median(values):
    return sorted(values)[len(values) // 2]


class Network(nn.Module):
    """Embedding (or none), recurrent layers, dense layer and softmax (or none)."""

    def __init__(self, cell, inputs, hidden, layers, tokens, outputs, softmax=True):
        super().__init__()
        self.embedding = nn.Embedding(tokens, inputs) if tokens else nn.Identity()
        self.rnn = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}[cell](inputs, hidden, layers)
        self.dense = nn.Linear(hidden, outputs) if outputs else nn.Identity()
        self.output = nn.Softmax(-1) if outputs and softmax else nn.Identity()

    def forward(self, x, state):
        y, state = self.rnn(self.embedding(x), state)
        return self.output(self.dense(y)), state


class Cells(nn.Module):
    """The same network of single cells, which have less to do for a step."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        rnn = network.rnn
        kind = {nn.RNN: nn.RNNCell, nn.LSTM: nn.LSTMCell, nn.GRU: nn.GRUCell}[type(rnn)]
        self.cells = nn.ModuleList()
        for i, parameters in enumerate(rnn.all_weights):
            cell = kind(rnn.input_size if i == 0 else rnn.hidden_size, rnn.hidden_size)
            cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh = parameters
            self.cells.append(cell)

    def forward(self, x, state):
        x, states = self.network.embedding(x[0]), []
        for i, cell in enumerate(self.cells):
            s = cell(x, None if state is None else state[i])
            x = s[0] if isinstance(s, tuple) else s
            states.append(s)
        return self.network.output(self.network.dense(x)), states


def zeros(network):
    rnn = network.rnn
    h = torch.zeros(rnn.num_layers, 1, rnn.hidden_size)
    return (h, h.clone()) if isinstance(rnn, nn.LSTM) else h


def engines():
    """The engines for quantized products."""
    return [e for e in torch.backends.quantized.supported_engines if e != "none"]


def quantized(network):
    kinds = {nn.LSTM, nn.GRU, nn.LSTMCell, nn.GRUCell, nn.RNNCell, nn.Linear}
    return torch.quantization.quantize_dynamic(network, kinds, dtype=torch.qint8)


def kernel():
    """The kernel that OpenBLAS chose for this CPU, or nothing on another library."""
    with open("/proc/self/maps") as maps:
        libraries = sorted({line.split()[-1] for line in maps if "libblas" in line})
    for library in map(ctypes.CDLL, libraries):
        if hasattr(library, "openblas_get_corename"):
            library.openblas_get_corename.restype = ctypes.c_char_p
            return library.openblas_get_corename().decode()
    return ""


class Run:
    def __init__(self, request):
        self.steps = request["steps"]
        network = Network(*(request[k] for k in ("cell", "inputs", "hidden", "layers", "tokens", "outputs")))
        values = torch.from_numpy(np.fromfile(request["parameters"], dtype=np.float32))
        with torch.no_grad():
            at = 0
            for p in network.parameters():
                p.copy_(values[at : at + p.numel()].reshape(p.shape))
                at += p.numel()
        assert at == len(values), (at, len(values))
        network.eval()
        if request["tokens"]:
            x = torch.from_numpy(np.fromfile(request["data"], dtype=np.int32)).long().reshape(-1, 1)
        else:
            x = torch.from_numpy(np.fromfile(request["data"], dtype=np.float32)).reshape(-1, 1, request["inputs"])
        self.x = [x] if self.steps else list(x.split(1))
        self.forms = {}
        if request["int8"]:
            for engine in engines():
                torch.backends.quantized.engine = engine
                self.add(engine + " ", network, quantized)
        else:
            self.add("", network, lambda network: network)
        self.form = min(self.forms, key=lambda form: self.measure(form, 0.05))

    def add(self, prefix, network, convert):
        """Adds the forms of a network."""
        start = zeros(network)
        whole = convert(network)
        # An RNN that is no single cell cannot be quantized, so it would stay as it is.
        if whole is network or not isinstance(whole.rnn, nn.RNN):
            self.forms[prefix + "module"] = whole, start
            self.forms[prefix + "traced"] = torch.jit.freeze(torch.jit.trace(whole, (self.x[0], start))), start
        if not self.steps:
            self.forms[prefix + "cells"] = convert(Cells(network).eval()), None

    def outputs(self):
        call, state = self.forms[self.form]
        all = []
        for x in self.x:
            y, state = call(x, state)
            all.append(y.reshape(-1))
        return torch.cat(all)

    def measure(self, form, seconds):
        call, state = self.forms[form]
        xs, n = self.x, max(1, 64 // max(self.steps, 1))
        samples, end = [], time.perf_counter() + seconds
        warm = 2
        while len(samples) < 3 or time.perf_counter() < end:
            start = time.perf_counter_ns()
            if self.steps:
                call(xs[0], state)
            else:
                for i in range(n):
                    _, state = call(xs[i], state)
            if warm:
                warm -= 1
                continue
            samples.append((time.perf_counter_ns() - start) / (self.steps or n))
        return median(samples)


def train(request):
    """Trains on random tokens; the work does not depend on what they are."""
    tokens, batch, steps = request["tokens"], request["batch"], request["steps"]
    torch.set_num_threads(request["threads"])
    network = Network(request["cell"], request["inputs"], request["hidden"], 1, tokens, tokens, softmax=False)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    loss = nn.CrossEntropyLoss()
    x = torch.randint(tokens, (steps + 1, batch))
    samples, end = [], time.perf_counter() + request["seconds"]
    state, warm = None, 2
    while len(samples) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        if state is not None:
            state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        y, state = network(x[:-1], state)
        optimizer.zero_grad(set_to_none=True)
        loss(y.reshape(-1, tokens), x[1:].reshape(-1)).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if warm:
            warm -= 1
            continue
        samples.append(batch * steps / (time.perf_counter() - start))
    torch.set_num_threads(1)
    return median(samples)


def main():
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        answer = {"version": torch.__version__, "engines": engines(), "kernel": kernel()}
        try:
            if request["do"] == "train":
                answer["rate"] = train(request)
            else:
                with torch.inference_mode():
                    if request["do"] == "open":
                        run = Run(request)
                        answer["form"] = run.form
                    elif request["do"] == "outputs":
                        run.outputs().numpy().astype(np.float32).tofile(request["file"])
                    elif request["do"] == "measure":
                        answer["ns"] = run.measure(run.form, request["seconds"])
        except Exception as e:
            answer["error"] = repr(e)
        print(json.dumps(answer), flush=True)


main()
