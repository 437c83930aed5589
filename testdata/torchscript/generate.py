#!/usr/bin/env python3
"""Makes networks.zip: networks that PyTorch saved as scripts and as traces, with inputs and outputs.

README.md in this folder says what they are.

    apt-get install python3-torch
    python3 testdata/torchscript/generate.py
"""

import io
import pathlib
import warnings
import zipfile

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FOLDER = pathlib.Path(__file__).parent


class TagLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 6, 2)
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.fc(y)


class LastGRU(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 6, 2, batch_first=True, dropout=0.3)
        self.fc = nn.Linear(6, 3)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        y, h = self.rnn(x)
        return torch.sigmoid(self.fc(self.drop(h[-1])))


class BiRNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(4, 6, 1, batch_first=True, bidirectional=True, nonlinearity="relu")
        self.fc = nn.Linear(12, 3)

    def forward(self, x):
        y, _ = self.rnn(x)
        return F.log_softmax(self.fc(y), dim = -1)


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 5)
        self.rnn = nn.LSTM(5, 6, batch_first=True)
        self.fc = nn.Linear(6, 2)

    def forward(self, x):
        y, (h, c) = self.rnn(self.emb(x))
        return self.fc(h.squeeze(0))


class Carried(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 6, batch_first=True)
        self.fc = nn.Sequential(nn.Linear(6, 8), nn.ELU(), nn.Linear(8, 2), nn.Tanh())

    def forward(self, x, h, c):
        y, (h, c) = self.rnn(x, (h, c))
        return self.fc(y), h, c


class CarriedGRU(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 6)
        self.fc = nn.Linear(6, 2)

    def forward(self, x, h):
        y, h = self.rnn(x, h)
        return self.fc(y), h


class Buffered(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(4, 6)
        self.fc = nn.Linear(6, 2)
        self.register_buffer("h", torch.zeros(1, 6))

    def forward(self, x):
        self.h[:] = self.cell(x, self.h)
        return self.fc(self.h)


class BufferedLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.memory = nn.LSTM(4, 6, 2)
        self.actor = nn.Sequential(nn.Linear(6, 2))
        self.register_buffer("h", torch.zeros(2, 1, 6))
        self.register_buffer("c", torch.zeros(2, 1, 6))

    def forward(self, x):
        out, (h, c) = self.memory(x.unsqueeze(0), (self.h, self.c))
        self.h[:] = h
        self.c[:] = c
        return self.actor(out.squeeze(0))


class CRNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv1d(4, 8, 3, padding=1), nn.BatchNorm1d(8), nn.ReLU(), nn.Conv1d(8, 8, 3, padding=2, dilation=2), nn.LeakyReLU(0.1))
        self.rnn = nn.GRU(8, 6, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(12, 3)
        self.conv[1].running_mean.normal_()
        self.conv[1].running_var.uniform_(.5, 2)

    def forward(self, x):
        y = self.conv(x.permute(0, 2, 1)).permute(0, 2, 1)
        y, _ = self.rnn(y)
        return self.fc(y.mean(1))


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(4, 8)
        self.n1 = nn.LayerNorm(8)
        self.rnn = nn.GRU(8, 8, batch_first=True)
        self.n2 = nn.LayerNorm(8)
        self.fc = nn.Linear(16, 3)
        self.p = nn.PReLU()

    def forward(self, x):
        a = self.n1(F.hardswish(self.inp(x)))
        y, _ = self.rnn(a)
        b = self.n2(y+a)
        return self.p(self.fc(torch.cat([b, F.silu(a)], -1)))


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 12)
        self.rnn = nn.GRU(6, 6, batch_first=True)
        self.h1 = nn.Linear(6, 2)

    def forward(self, x):
        y, _ = self.rnn(F.glu(self.a(x), -1))
        u, v = y.chunk(2, -1)
        return self.h1(torch.cat([u*torch.tanh(v), torch.clamp(u-v, -.5, .5)], -1))


class Causal(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv1d(4, 6, 3, dilation=2)
        self.c2 = nn.Conv1d(6, 6, 2)
        self.rnn = nn.LSTM(6, 5, batch_first=True)

    def forward(self, x):
        y = F.relu(self.c1(F.pad(x.transpose(1, 2), (4, 0))))
        y = torch.tanh(self.c2(F.pad(y, (1, 0))))
        y, _ = self.rnn(y.transpose(1, 2))
        return y


class Masks(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(6, 8, 2, batch_first=True)
        self.fc = nn.Linear(8, 6)

    def forward(self, x):
        y, _ = self.rnn(torch.log(x*x+1e-3))
        return x*torch.sigmoid(self.fc(y))


class TwoLast(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 5, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(10, 3)

    def forward(self, x):
        y, (h, c) = self.rnn(x)
        return torch.softmax(self.fc(torch.cat((h[-2], h[-1]), dim=1)), dim=1)


class Zeros(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 5, batch_first=True)
        self.fc = nn.Linear(5, 1)

    def forward(self, x):
        h0 = torch.zeros(1, x.size(0), 5)
        c0 = torch.zeros(1, x.size(0), 5)
        y, _ = self.rnn(x, (h0, c0))
        return self.fc(y[:, -1, :])


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 5, padding=2)
        self.pool = nn.MaxPool1d(2)
        self.rnn = nn.LSTM(8, 5, batch_first=True)
        self.fc = nn.Linear(5, 2)

    def forward(self, x):
        y = self.pool(torch.relu(self.conv(x)))
        y, _ = self.rnn(y.transpose(1, 2))
        return self.fc(y.max(1)[0])


# A network, the shape of the example that it is traced with, and of the sequence that is checked.
NETWORKS = [
    (TagLSTM, (9, 1, 4), (15, 1, 4)),
    (LastGRU, (1, 9, 4), (1, 15, 4)),
    (BiRNN, (1, 9, 4), (1, 15, 4)),
    (Words, None, None),
    (Carried, (1, 9, 4), (1, 15, 4)),
    (CarriedGRU, (9, 1, 4), (15, 1, 4)),
    (Buffered, (1, 4), (15, 1, 4)),
    (BufferedLSTM, (1, 4), (15, 1, 4)),
    (CRNN, (1, 9, 4), (1, 15, 4)),
    (Norms, (1, 9, 4), (1, 15, 4)),
    (Gated, (1, 9, 4), (1, 15, 4)),
    (Causal, (1, 9, 4), (1, 15, 4)),
    (Masks, (1, 9, 6), (1, 15, 6)),
    (TwoLast, (1, 9, 4), (1, 15, 4)),
    (Zeros, (1, 9, 4), (1, 15, 4)),
    (Pooled, (1, 4, 12), (1, 4, 16)),
]
STATES = {Carried: 2, CarriedGRU: 1}
STEPWISE = (Buffered, BufferedLSTM)  # which keep their states: a trace would not


def pack(archive, name, data):
    archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def bare(module):
    """The module's archive, as torch.jit.save writes it, without what shows where its code comes from."""
    saved = io.BytesIO()
    torch.jit.save(module, saved)
    out = io.BytesIO()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if not info.filename.endswith(".debug_pkl"):
                member = zipfile.ZipInfo(info.filename, (2026, 1, 1, 0, 0, 0))
                new.writestr(member, old.read(info), info.compress_type)
    return out.getvalue()


def rows(x):
    """A sequence as rnnrun reads it: a step in a row."""
    if x.ndim == 3 and x.shape[0] == 1:
        return x[0]
    if x.ndim == 3:
        return x[:, 0]
    return x


def save(archive, name, module, kind, network, example, shape):
    x = torch.randint(0, 20, (1, 12)) if shape is None else torch.randn(*shape)
    states = [torch.zeros(1, 1, 6) for _ in range(STATES.get(kind, 0))]
    with torch.no_grad():
        if kind in STEPWISE:
            y = torch.cat([module(step) for step in x])
        else:
            y = module(x, *states)
    if isinstance(y, tuple):
        y = y[0]
    x = x.numpy()
    if kind is Pooled:
        x = x.transpose(0, 2, 1)
    if shape is None:
        x = x[0].astype(np.float32)
    pack(archive, name + ".pt", network)
    for suffix, array in (("x", rows(x)), ("y", y.numpy())):
        data = io.BytesIO()
        np.save(data, np.ascontiguousarray(array, dtype=np.float32))
        pack(archive, f"{name}.{suffix}.npy", data.getvalue())


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(1)
    with zipfile.ZipFile(FOLDER / "networks.zip", "w") as archive:
        for kind, example, shape in NETWORKS:
            module = kind().eval()
            script = torch.jit.script(module)
            save(archive, f"{kind.__name__}.script", script, kind, bare(script), example, shape)
            if kind in STEPWISE:
                continue
            inputs = [torch.randint(0, 20, (1, 9)) if example is None else torch.randn(*example)]
            inputs += [torch.zeros(1, 1, 6) for _ in range(STATES.get(kind, 0))]
            trace = torch.jit.trace(module, tuple(inputs), check_trace=False)
            save(archive, f"{kind.__name__}.trace", trace, kind, bare(trace), example, shape)


if __name__ == "__main__":
    main()
