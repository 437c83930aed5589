"""Writes random networks as torch.onnx.export makes them.

    python3 networks.py FOLDER FIRST COUNT

Each is FOLDER/SEED.onnx, and SEED.json says what it reads and gives. The seed
decides the kind, the sizes, the opset, and whether the time axis is left open.
"""

import json
import random
import sys
import warnings

import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")


class Net(nn.Module):
    """Modules, and a function of them and the inputs."""

    def __init__(self, forward, **modules):
        super().__init__()
        for name, module in modules.items():
            if isinstance(module, nn.Module):
                self.add_module(name, module)
            else:
                setattr(self, name, module)
        self.function = forward

    def forward(self, *inputs):
        return self.function(self, *inputs)


class Random(random.Random):
    def size(self, least=2, most=9):
        return self.randint(least, most)

    def activation(self):
        return self.choice([
            nn.ReLU(), nn.ELU(0.7), nn.SELU(), nn.LeakyReLU(0.1), nn.PReLU(), nn.GELU(), nn.SiLU(), nn.Mish(), nn.Hardswish(),
            nn.Hardsigmoid(), nn.Softplus(), nn.Softsign(), nn.Tanh(), nn.Sigmoid(), nn.Hardtanh(-0.5, 0.7), nn.ReLU6(), nn.LogSigmoid(), nn.CELU(0.8),
        ])

    def norm(self, channels):
        """A norm of [N, C, T]."""
        return self.choice([nn.BatchNorm1d(channels), nn.BatchNorm1d(channels, affine=False), Channels(nn.LayerNorm(channels))])

    def rnn(self, inputs, hidden, **options):
        kind = self.choice([nn.LSTM, nn.GRU, nn.GRU, nn.LSTM, nn.RNN])
        if kind is nn.RNN:
            options["nonlinearity"] = self.choice(["tanh", "relu"])
        return kind(inputs, hidden, **options)


class Channels(nn.Module):
    """A module of the last axis, applied to [N, C, T]."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return self.module(x.transpose(1, 2)).transpose(1, 2)


class Causal(nn.Module):
    """A convolution that sees no later frames."""

    def __init__(self, inputs, outputs, kernel, dilation=1, groups=1, how="pad"):
        super().__init__()
        self.before = (kernel - 1) * dilation
        self.how = how
        self.conv = nn.Conv1d(inputs, outputs, kernel, dilation=dilation, groups=groups, padding=self.before if how == "chomp" else 0)

    def forward(self, x):
        if self.how == "chomp":
            y = self.conv(x)
            return y[:, :, :-self.before] if self.before else y
        return self.conv(F.pad(x, (self.before, 0)))


class RMSNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.gain = nn.Parameter(torch.rand(size) + 0.5)

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.gain


class Example:
    """A network, and its inputs by their shapes, in which "T" is time."""

    def __init__(self, net, inputs, states=(), multiple=1, outputs=1, tokens=0, fixed=False):
        self.net, self.inputs, self.states = net, inputs, list(states)
        self.multiple, self.outputs, self.tokens, self.fixed = multiple, outputs, tokens, fixed


KINDS = {}


def kind(function):
    KINDS[function.__name__] = function
    return function


def series(channels, name="x"):
    return [(name, [1, channels, "T"])]


def steps(features, name="x"):
    return [(name, [1, "T", features])]


def odd(r):
    return r.choice([1, 3, 5, 7])


@kind
def conv_same(r):
    c, h, k, d = r.size(), r.size(), odd(r), r.choice([1, 1, 2, 3])
    e = odd(r)
    return Example(nn.Sequential(nn.Conv1d(c, h, k, padding=k // 2 * d, dilation=d), r.activation(), nn.Conv1d(h, r.size(), e, padding=e // 2)), series(c))


@kind
def conv_causal(r):
    c, h = r.size(), r.size()
    how = r.choice(["pad", "chomp"])
    net = nn.Sequential(Causal(c, h, r.randint(1, 5), r.choice([1, 2, 4]), how=how), r.activation(), Causal(h, r.size(), r.randint(1, 4), how=how))
    return Example(net, series(c))


@kind
def conv_groups(r):
    g = r.randint(2, 3)
    c, h = g * r.randint(1, 3), g * r.randint(1, 3)
    net = nn.Sequential(nn.Conv1d(c, h, 3, padding=1, groups=g), r.activation(), Causal(h, h, r.randint(2, 4), groups=h), r.activation(), nn.Conv1d(h, r.size(), 1))
    return Example(net, series(c))


@kind
def conv_stride(r):
    c, h, s = r.size(), r.size(), r.randint(2, 4)
    k = s + r.randint(0, 2)
    net = nn.Sequential(nn.ConstantPad1d((k - s, 0), 0.0), nn.Conv1d(c, h, k, stride=s), r.activation(), nn.Conv1d(h, r.size(), 1))
    return Example(net, series(c), multiple=s)


@kind
def conv_stride_rnn(r):
    c, h, s = 1, r.size(), r.randint(2, 5)
    net = Net(lambda m, x: m.head(m.rnn(m.conv(x).relu().transpose(1, 2))[0]), conv=nn.Conv1d(c, h, s, stride=s), rnn=r.rnn(h, 7, batch_first=True), head=nn.Linear(7, 3))
    return Example(net, series(c), multiple=s)


@kind
def conv_padding_mode(r):
    c = r.size()
    net = nn.Sequential(nn.Conv1d(c, r.size(), 3, padding=1, padding_mode=r.choice(["reflect", "replicate", "circular"])), nn.Flatten(), nn.LazyLinear(3))
    return Example(net, [("x", [1, c, 12])], fixed=True)


@kind
def conv_valid_fixed(r):
    c, h = r.size(), r.size()
    net = nn.Sequential(nn.Conv1d(c, h, r.randint(2, 4), stride=r.randint(1, 2), dilation=r.randint(1, 2)), r.norm(h), r.activation(), nn.Conv1d(h, 4, 3), r.activation(), nn.Flatten(), nn.LazyLinear(5))
    return Example(net, [("x", [1, c, 20])], fixed=True)


@kind
def cnn_pool_classifier(r):
    c, h = r.size(), r.size()
    pool = lambda: r.choice([nn.MaxPool1d(2), nn.AvgPool1d(2), nn.MaxPool1d(3, stride=2, padding=1), nn.MaxPool1d(2, ceil_mode=True), nn.AvgPool1d(3, 2, 1), nn.AvgPool1d(3, 1, 1, count_include_pad=False)])
    net = nn.Sequential(nn.Conv1d(c, h, 3, padding=1), r.norm(h), r.activation(), pool(), nn.Conv1d(h, h, 3, padding=1), r.activation(), pool(), nn.Flatten(), nn.LazyLinear(8), nn.Dropout(0.3), nn.ReLU(), nn.Linear(8, 3))
    if r.random() < 0.5:
        net.append(r.choice([nn.Softmax(1), nn.LogSoftmax(1)]))
    return Example(net, [("x", [1, c, 32])], fixed=True)


@kind
def cnn_global_pool(r):
    c, h = r.size(), r.size()
    pool = r.choice([nn.AdaptiveAvgPool1d(1), nn.AdaptiveMaxPool1d(1)])
    net = nn.Sequential(nn.Conv1d(c, h, 3, padding=1), r.norm(h), r.activation(), pool, r.choice([nn.Flatten(), Net(lambda m, x: x.squeeze(-1))]), nn.Linear(h, 4))
    return Example(net, series(c))


@kind
def stat_pool(r):
    c, h = r.size(), r.size()
    net = Net(lambda m, x: m.head(torch.cat([m.conv(x).mean(2), m.conv(x).max(2)[0]], 1)), conv=nn.Conv1d(c, h, 3, padding=1), head=nn.Linear(2 * h, 4))
    return Example(net, series(c))


@kind
def conv_transpose(r):
    c, h, s = r.size(), r.size(), r.randint(2, 4)
    k = s + r.randint(0, 2)

    def run(m, x):
        y = m.up(m.inner(x).relu())
        return y[:, :, :-(k - s)] if k > s else y

    return Example(Net(run, inner=Causal(c, h, 3), up=nn.ConvTranspose1d(h, r.size(), k, stride=s)), series(c))


@kind
def conv_transpose_fixed(r):
    c = r.size()
    k = r.randint(2, 5)
    s = r.randint(1, k)
    net = nn.Sequential(nn.ConvTranspose1d(c, 4, k, stride=s, padding=r.randint(0, 1), output_padding=r.choice([0, 0, s - 1])), r.activation(), nn.ConvTranspose1d(4, 2, 3, stride=2, groups=r.choice([1, 2])))
    return Example(net, [("x", [1, c, 6])], fixed=True)


@kind
def unet(r):
    c, h = r.randint(1, 3), r.size(3, 6)

    def run(m, x):
        a = m.d1(x).relu()
        b = m.d2(a).relu()
        y = m.u2(b).relu()
        y = torch.cat([y, a], 1) if m.join == "cat" else y + a
        return m.out(m.u1(y))

    join = r.choice(["cat", "sum"])
    w = 2 * h if join == "cat" else h
    net = Net(run, d1=nn.Conv1d(c, h, 2, stride=2), d2=nn.Conv1d(h, 2 * h, 2, stride=2), u2=nn.ConvTranspose1d(2 * h, h, 2, stride=2),
              u1=nn.ConvTranspose1d(w, h, 2, stride=2), out=nn.Conv1d(h, c, 1), join=join)
    return Example(net, series(c), multiple=4)


@kind
def unet_fixed(r):
    c, h = r.randint(1, 3), r.size(3, 6)

    def run(m, x):
        a = m.act(m.d1(x))
        b = m.act(m.d2(a))
        y = F.interpolate(b, scale_factor=2, mode="nearest")
        return m.out(torch.cat([y, a], 1))

    net = Net(run, d1=nn.Conv1d(c, h, 3, padding=1), d2=nn.Conv1d(h, h, 3, stride=2, padding=1), out=nn.Conv1d(2 * h, c, 3, padding=1), act=r.activation())
    return Example(net, [("x", [1, c, 16])], fixed=True)


class Temporal(nn.Module):
    def __init__(self, r, inputs, outputs, kernel, dilation):
        super().__init__()
        how = r.choice(["pad", "chomp"])
        self.c1, self.c2 = Causal(inputs, outputs, kernel, dilation, how=how), Causal(outputs, outputs, kernel, dilation, how=how)
        self.n1, self.n2 = r.norm(outputs), r.norm(outputs)
        self.act = r.activation()
        self.down = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x):
        y = self.n2(self.c2(self.act(self.n1(self.c1(x)))))
        return torch.relu(y + (x if self.down is None else self.down(x)))


@kind
def tcn(r):
    c, h = r.size(), r.size()
    net = nn.Sequential(Temporal(r, c, h, r.randint(2, 3), 1), Temporal(r, h, h, 2, 2), nn.Conv1d(h, 3, 1))
    return Example(net, series(c))


@kind
def tcn_last(r):
    c, h = r.size(), r.size()
    net = Net(lambda m, x: m.head(m.b(m.a(x))[:, :, -1]), a=Temporal(r, c, h, 2, 1), b=Temporal(r, h, h, 2, 2), head=nn.Linear(h, 3))
    return Example(net, series(c))


@kind
def wavenet(r):
    c, h = r.randint(1, 2), r.size(2, 5)

    def run(m, x):
        x = m.first(x)
        skip = 0
        for conv, mix in zip(m.convs, m.mixes):
            y = conv(x)
            if m.how == "chunk":
                a, b = y.chunk(2, 1)
            elif m.how == "slice":
                a, b = y[:, :h], y[:, h:]
            else:
                a, b = torch.split(y, h, 1)
            y = torch.tanh(a) * torch.sigmoid(b)
            y = mix(y)
            skip = skip + y
            x = x + y
        return m.out(torch.relu(skip))

    net = Net(run, first=nn.Conv1d(c, h, 1), convs=nn.ModuleList([Causal(h, 2 * h, 2, d) for d in (1, 2, 4)]),
              mixes=nn.ModuleList([nn.Conv1d(h, h, 1) for _ in range(3)]), out=nn.Conv1d(h, c, 1), how=r.choice(["chunk", "slice", "split"]))
    return Example(net, series(c))


@kind
def glu_conv(r):
    c, h = r.size(), r.size()
    return Example(nn.Sequential(Causal(c, 2 * h, 3), nn.GLU(1), nn.Conv1d(h, 2, 1)), series(c))


@kind
def cnn_lstm(r):
    c, h, u = r.size(), r.size(), r.size(3, 9)
    bidirectional = r.random() < 0.3
    layers = r.randint(1, 2)
    last = r.random() < 0.5

    def run(m, x):
        y = m.act(m.norm(m.conv(x.transpose(1, 2)))).transpose(1, 2)
        if not m.first:
            y = y.transpose(0, 1)
        y, _ = m.rnn(y)
        if not m.first:
            y = y.transpose(0, 1)
        if last:
            y = y[:, -1]
        return m.head(y)

    first = r.random() < 0.7
    net = Net(run, conv=nn.Conv1d(c, h, 3, padding=1), norm=r.norm(h), act=r.activation(), rnn=r.rnn(h, u, num_layers=layers, batch_first=first, bidirectional=bidirectional),
              head=nn.Linear(u * (1 + bidirectional), 4), first=first)
    return Example(net, steps(c))


@kind
def convnet_gru(r):
    c, h, u = r.size(), r.size(), r.size(3, 9)
    net = Net(lambda m, x: torch.sigmoid(m.head(m.rnn(m.conv(x).permute(0, 2, 1))[0])).squeeze(-1), conv=nn.Sequential(Causal(c, h, 3), nn.BatchNorm1d(h), nn.ReLU(), nn.MaxPool1d(2)), rnn=nn.GRU(h, u, batch_first=True), head=nn.Linear(u, 1))
    return Example(net, series(c), multiple=2)


@kind
def rnn_states(r):
    c, u, layers = r.size(), r.size(3, 9), r.randint(1, 3)
    first = r.random() < 0.5
    lstm = r.random() < 0.5

    def run(m, x, h, c=None):
        y, s = m.rnn(x, (h, c) if lstm else h)
        y = m.head(m.act(y))
        return (y, *s) if lstm else (y, s)

    net = Net(run, rnn=(nn.LSTM if lstm else nn.GRU)(c, u, layers, batch_first=first), head=nn.Linear(u, 3), act=r.activation())
    states = [("h", "hn", [layers, 1, u]), ("c", "cn", [layers, 1, u])][:1 + lstm]
    return Example(net, [("x", [1, "T", c] if first else ["T", 1, c])], states)


@kind
def rnn_states_single(r):
    """One frame a call, as streaming models are exported."""
    c, u = r.size(), r.size(3, 9)

    def run(m, x, h, c):
        y, (h, c) = m.rnn(m.norm(m.pre(x)).unsqueeze(1), (h, c))
        return torch.sigmoid(m.head(y.squeeze(1))), h, c

    net = Net(run, pre=nn.Linear(c, 6), norm=r.choice([nn.LayerNorm(6), RMSNorm(6), nn.Identity()]), rnn=nn.LSTM(6, u, 2, batch_first=True), head=nn.Linear(u, 3))
    return Example(net, [("x", [1, c])], [("h", "hn", [2, 1, u]), ("c", "cn", [2, 1, u])], fixed=True)


@kind
def packed_states(r):
    """The states of several layers in one tensor."""
    c, u = r.size(), r.size(3, 9)
    form = r.choice(["stack", "cat", "chunk"])

    def run(m, x, s):
        if form == "stack":
            h, k = s[0], s[1]
        elif form == "cat":
            h, k = s[:, :, :u], s[:, :, u:]
        else:
            h, k = s.chunk(2, 2)
        y, (h, k) = m.rnn(x, (h.contiguous(), k.contiguous()))
        s = torch.stack([h, k]) if form == "stack" else torch.cat([h, k], 2)
        return m.head(y), s

    net = Net(run, rnn=nn.LSTM(c, u, r.randint(1, 2), batch_first=True), head=nn.Linear(u, 3))
    n = net.rnn.num_layers
    return Example(net, steps(c), [("s", "sn", [2, n, 1, u] if form == "stack" else [n, 1, 2 * u])])


@kind
def two_rnns_states(r):
    c, u, v = r.size(), r.size(3, 6), r.size(3, 6)

    def run(m, x, a, b):
        y, a = m.r1(x, a)
        z, b = m.r2(torch.cat([x, y], -1), b)
        return torch.sigmoid(m.head(z)), a, b

    net = Net(run, r1=nn.GRU(c, u, batch_first=True), r2=nn.GRU(c + u, v, batch_first=True), head=nn.Linear(v, c))
    return Example(net, steps(c), [("a", "an", [1, 1, u]), ("b", "bn", [1, 1, v])])


@kind
def cells(r):
    """A cell a call, with its states as inputs."""
    c, u = r.size(), r.size(3, 8)
    lstm = r.random() < 0.5

    def run(m, x, h, c=None):
        if lstm:
            h, c = m.cell(m.pre(x).relu(), (h, c))
            return m.head(h), h, c
        h = m.cell(m.pre(x).relu(), h)
        return m.head(h), h

    net = Net(run, pre=nn.Linear(c, 6), cell=nn.LSTMCell(6, u) if lstm else r.choice([nn.GRUCell, nn.RNNCell])(6, u), head=nn.Linear(u, 3))
    return Example(net, [("x", [1, c])], [("h", "hn", [1, u]), ("c", "cn", [1, u])][:1 + lstm], fixed=True)


@kind
def cells_by_hand(r):
    """Gates written out."""
    c, u = r.size(), r.size(3, 8)
    lstm = r.random() < 0.5

    def run(m, x, h, c=None):
        if lstm:
            i, f, g, o = (m.x(x) + m.h(h)).chunk(4, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            return m.head(h), h, c
        if m.how == "split":
            xr, xz, xn = m.x(x).chunk(3, -1)
            hr, hz, hn = m.h(h).chunk(3, -1)
            z = torch.sigmoid(xz + hz)
            n = torch.tanh(xn + torch.sigmoid(xr + hr) * hn)
        else:
            z, q = torch.sigmoid(m.gates(torch.cat([x, h], -1))).chunk(2, -1)
            n = torch.tanh(m.candidate(torch.cat([x, q * h], -1)))
        h = (1 - z) * n + z * h if r_form else n + z * (h - n)
        return m.head(h), h

    r_form = r.random() < 0.5
    n = 4 if lstm else 3
    net = Net(run, x=nn.Linear(c, n * u), h=nn.Linear(u, n * u), gates=nn.Linear(c + u, 2 * u), candidate=nn.Linear(c + u, u), head=nn.Linear(u, 3), how=r.choice(["split", "joint"]))
    return Example(net, [("x", [1, c])], [("h", "hn", [1, u]), ("c", "cn", [1, u])][:1 + lstm], fixed=True)


@kind
def smoothing_state(r):
    """A state that no recurrent layer has: an exponential mean, by which frames are scaled."""
    c = r.size()

    def run(m, x, s):
        s = 0.9 * s + 0.1 * x.abs()
        return m.head(x / (s + 1e-3)), s

    return Example(Net(run, head=nn.Linear(c, 3)), [("x", [1, c])], [("s", "sn", [1, c])], fixed=True)


@kind
def unrolled_cell(r):
    """A loop over the steps of a window."""
    c, u, n = r.size(), r.size(3, 6), r.randint(3, 5)

    def run(m, x):
        h = torch.zeros(1, u)
        for i in range(n):
            h = m.cell(x[:, i], h)
        return m.head(h)

    return Example(Net(run, cell=nn.GRUCell(c, u), head=nn.Linear(u, 3)), [("x", [1, n, c])], fixed=True)


@kind
def cache_conv(r):
    """A convolution that goes on from the last frames of the call before."""
    c, h, k, d = r.size(), r.size(), r.randint(2, 4), r.choice([1, 2])
    p = (k - 1) * d
    frames = r.choice(["T", 1, 4])

    def run(m, x, cache):
        y = torch.cat([cache, x], 2)
        return m.out(m.act(m.conv(y))), y[:, :, -p:]

    net = Net(run, conv=nn.Conv1d(c, h, k, dilation=d), out=nn.Conv1d(h, 3, 1), act=r.activation())
    return Example(net, [("x", [1, c, frames])], [("cache", "new", [1, c, p])], fixed=frames != "T")


@kind
def cache_conv_two(r):
    """Two, and a GRU."""
    c, h, u = r.size(), r.size(), r.size()
    frames = r.choice(["T", 1, 2])

    def run(m, x, ca, cb, s):
        y = torch.cat([ca, x], 2)
        ca = y[:, :, -2:] if m.how else y[:, :, y.shape[2] - 2:]
        y = m.a(y).relu()
        y = torch.cat([cb, y], 2)
        cb = y[..., -1:]
        y, s = m.rnn(m.b(y).relu().transpose(1, 2), s)
        return m.head(y), ca, cb, s

    net = Net(run, a=nn.Conv1d(c, h, 3), b=nn.Conv1d(h, h, 2), rnn=nn.GRU(h, u, batch_first=True), head=nn.Linear(u, 3), how=r.random() < 0.5 or frames == "T")
    return Example(net, [("x", [1, c, frames])], [("ca", "na", [1, c, 2]), ("cb", "nb", [1, h, 1]), ("s", "sn", [1, 1, u])], fixed=frames != "T")


@kind
def cache_packed(r):
    """The caches of several blocks in one tensor, as keyword spotters have them."""
    h, k = r.size(), r.randint(2, 4)
    dilations = [1, 2]
    sizes = [(k - 1) * d for d in dilations]
    frames = r.choice(["T", 1, 4])

    def run(m, x, cache):
        y = m.first(x).transpose(1, 2)
        caches, at = [], 0
        for conv, mix, n in zip(m.convs, m.mixes, sizes):
            z = torch.cat([cache[:, :, at:at + n], y], 2)
            caches.append(z[:, :, -n:])
            at += n
            y = torch.relu(mix(conv(z)) + y)
        return torch.sigmoid(m.head(y.transpose(1, 2))), torch.cat(caches, 2)

    c = r.size()
    net = Net(run, first=nn.Linear(c, h), convs=nn.ModuleList([nn.Conv1d(h, h, k, dilation=d, groups=h) for d in dilations]), mixes=nn.ModuleList([nn.Conv1d(h, h, 1) for _ in dilations]), head=nn.Linear(h, 2))
    return Example(net, [("x", [1, frames, c])], [("cache", "new", [1, h, sum(sizes)])], fixed=frames != "T")


@kind
def context_samples(r):
    """Samples of the chunk before in front of those of this one, as Silero has them."""
    n, k, u = 16, 4, r.size()

    def run(m, x, context, h):
        y = torch.cat([context, x], 1)
        new = y[:, -k:]
        z = m.conv(F.pad(y.unsqueeze(1), (0, k), mode="reflect"))
        z = torch.sqrt(z[:, :3] ** 2 + z[:, 3:] ** 2)
        z, h = m.rnn(m.enc(z).relu().transpose(1, 2), h)
        return torch.sigmoid(m.head(z)).mean(1), new, h

    net = Net(run, conv=nn.Conv1d(1, 6, 8, stride=4, bias=False), enc=nn.Conv1d(3, 5, 3, stride=2, padding=1), rnn=nn.GRU(5, u, batch_first=True), head=nn.Linear(u, 1))
    return Example(net, [("x", [1, n])], [("context", "newc", [1, k]), ("h", "hn", [1, 1, u])], fixed=True)


@kind
def kv_cache(r):
    """Attention of a frame to those kept."""
    c, n = r.size(3, 6), r.randint(2, 5)

    def run(m, x, kept):
        kept = torch.cat([kept, x], 1)[:, 1:]
        q, k, v = m.q(x), m.k(kept), m.v(kept)
        a = torch.softmax(q @ k.transpose(1, 2) / c ** 0.5, -1)
        return m.out(a @ v), kept

    net = Net(run, q=nn.Linear(c, c), k=nn.Linear(c, c), v=nn.Linear(c, c), out=nn.Linear(c, 2))
    return Example(net, [("x", [1, 1, c])], [("kept", "now", [1, n, c])], fixed=True)


@kind
def nsnet(r):
    """A mask of a spectrum: linear layers and GRUs."""
    c, u = r.size(5, 12), r.size(4, 9)
    log = r.random() < 0.5

    def run(m, x):
        y = torch.log(x * x + 1e-6) if log else x
        y = m.fc1(y).relu()
        y, _ = m.g1(y)
        y, _ = m.g2(y)
        mask = torch.sigmoid(m.fc3(m.fc2(y).relu()))
        return x * mask if m.apply_mask else mask

    net = Net(run, fc1=nn.Linear(c, u), g1=nn.GRU(u, u, batch_first=True), g2=nn.GRU(u, u, batch_first=True), fc2=nn.Linear(u, u), fc3=nn.Linear(u, c), apply_mask=r.random() < 0.5)
    return Example(net, steps(c))


@kind
def nsnet_channels_first(r):
    c, u = r.size(5, 12), r.size(4, 9)
    net = Net(lambda m, x: x * torch.sigmoid(m.fc(m.g(m.pre(x).relu().permute(2, 0, 1))[0]).permute(1, 2, 0)), pre=nn.Conv1d(c, u, 1), g=nn.GRU(u, u), fc=nn.Linear(u, c))
    return Example(net, series(c))


@kind
def rnnoise(r):
    c, b = r.size(6, 12), r.size(3, 6)

    def run(m, x, h1, h2, h3):
        d = torch.tanh(m.dense(x))
        v, h1 = m.vad(d, h1)
        n, h2 = m.noise(torch.cat([d, v, x], -1), h2)
        y, h3 = m.denoise(torch.cat([v, n, x], -1), h3)
        return torch.sigmoid(m.gains(y)), torch.sigmoid(m.p(v)), h1, h2, h3

    net = Net(run, dense=nn.Linear(c, 4), vad=nn.GRU(4, 4, batch_first=True), noise=nn.GRU(8 + c, 5, batch_first=True), denoise=nn.GRU(9 + c, 6, batch_first=True), gains=nn.Linear(6, b), p=nn.Linear(4, 1))
    return Example(net, steps(c), [("h1", "n1", [1, 1, 4]), ("h2", "n2", [1, 1, 5]), ("h3", "n3", [1, 1, 6])], outputs=2)


@kind
def rnnoise_inside(r):
    c, b = r.size(6, 12), r.size(3, 6)

    def run(m, x):
        y = torch.tanh(m.c2(m.c1(x.permute(0, 2, 1))))
        y = y.permute(0, 2, 1)
        a, _ = m.g1(y)
        d, _ = m.g2(a)
        z = torch.cat([y, a, d], -1)
        return torch.sigmoid(m.gains(z)), torch.sigmoid(m.p(z))

    net = Net(run, c1=Causal(c, 5, 3), c2=Causal(5, 6, 3), g1=nn.GRU(6, 6, batch_first=True), g2=nn.GRU(6, 6, batch_first=True), gains=nn.Linear(18, b), p=nn.Linear(18, 1))
    return Example(net, steps(c), outputs=2)


@kind
def dtln(r):
    """A learned transform, a mask by LSTMs with packed states, and back."""
    n, e, u = r.size(8, 16), r.size(5, 9), r.size(3, 6)

    def run(m, x, s):
        e = m.encode(x.transpose(1, 2)).transpose(1, 2)
        y = m.norm(e)
        y, (h1, c1) = m.l1(y, (s[0:1, :, :, 0].contiguous(), s[0:1, :, :, 1].contiguous()))
        y, (h2, c2) = m.l2(y, (s[1:2, :, :, 0].contiguous(), s[1:2, :, :, 1].contiguous()))
        mask = torch.sigmoid(m.mask(y))
        out = m.decode((e * mask).transpose(1, 2)).transpose(1, 2)
        return out, torch.stack([torch.cat([h1, h2]), torch.cat([c1, c2])], -1)

    net = Net(run, encode=nn.Conv1d(n, e, 1, bias=False), norm=nn.LayerNorm(e), l1=nn.LSTM(e, u, batch_first=True), l2=nn.LSTM(u, u, batch_first=True), mask=nn.Linear(u, e), decode=nn.Conv1d(e, n, 1, bias=False))
    return Example(net, [("x", [1, 1, n])], [("s", "sn", [2, 1, u, 2])], fixed=True)


@kind
def silero(r):
    n, u = 24, r.size(3, 6)

    def run(m, x, s):
        y = F.pad(x.unsqueeze(1), (4, 4), mode="reflect")
        y = m.stft(y)
        k = y.shape[1] // 2
        y = torch.sqrt(y[:, :k] ** 2 + y[:, k:] ** 2)
        y = torch.log1p(y) if m.log else y
        y = m.encoder(y)
        y, (h, c) = m.rnn(y.permute(0, 2, 1), (s[0], s[1]))
        p = torch.sigmoid(m.head(F.relu(y.permute(0, 2, 1)))).squeeze(1).mean(1, keepdim=True)
        return p, torch.stack([h, c])

    encoder = nn.Sequential(nn.Conv1d(4, 6, 3, padding=1), nn.ReLU(), nn.Conv1d(6, 6, 3, stride=2, padding=1), nn.BatchNorm1d(6), nn.ReLU())
    net = Net(run, stft=nn.Conv1d(1, 8, 8, stride=4, bias=False), encoder=encoder, rnn=nn.LSTM(6, u, batch_first=True), head=nn.Conv1d(u, 1, 1), log=r.random() < 0.3)
    return Example(net, [("x", [1, n])], [("s", "sn", [2, 1, 1, u])], fixed=True)


@kind
def silero_last(r):
    n, u = 24, r.size(3, 6)

    def run(m, x, h, c):
        y = m.encoder(x.unsqueeze(1)).squeeze(-1)
        h, c = m.rnn(y, (h, c))
        return torch.sigmoid(m.head(F.relu(h))), h, c

    encoder = nn.Sequential(nn.Conv1d(1, 6, 8, stride=4), nn.ReLU(), nn.Conv1d(6, 6, 5), nn.ReLU())
    net = Net(run, encoder=encoder, rnn=nn.LSTMCell(6, u), head=nn.Linear(u, 1))
    return Example(net, [("x", [1, n])], [("h", "hn", [1, u]), ("c", "cn", [1, u])], fixed=True)


@kind
def keyword_attention(r):
    """A convolution, a GRU, and the steps weighted by attention."""
    c, h, u = r.size(), r.size(), r.size(3, 7)
    both = r.random() < 0.5
    form = r.randint(0, 2)

    def run(m, x):
        y = m.conv(x.transpose(1, 2)).relu().transpose(1, 2)
        y, _ = m.rnn(y)
        s = m.score(torch.tanh(m.proj(y))) if m.two else m.score(y)
        a = torch.softmax(s, 1)
        if form == 0:
            z = (a * y).sum(1)
        elif form == 1:
            z = torch.bmm(a.transpose(1, 2), y).squeeze(1)
        else:
            z = torch.matmul(y.transpose(1, 2), a).squeeze(-1)
        return m.head(z)

    w = u * (1 + both)
    net = Net(run, conv=nn.Conv1d(c, h, 3, padding=1), rnn=nn.GRU(h, u, batch_first=True, bidirectional=both), proj=nn.Linear(w, 5), score=nn.Linear(5, 1), head=nn.Linear(w, 4), two=True)
    if r.random() < 0.5:
        net.two, net.score = False, nn.Linear(w, 1)
    return Example(net, steps(c))


@kind
def bilstm_attention_tokens(r):
    n, e, u = r.size(10, 20), r.size(), r.size(3, 7)

    def run(m, x):
        y, _ = m.rnn(m.embedding(x))
        a = torch.softmax(m.score(y).squeeze(-1), dim=1)
        return m.head((y * a.unsqueeze(-1)).sum(1))

    net = Net(run, embedding=nn.Embedding(n, e), rnn=nn.LSTM(e, u, batch_first=True, bidirectional=True), score=nn.Linear(2 * u, 1), head=nn.Linear(2 * u, 3))
    return Example(net, [("x", [1, "T"])], tokens=n)


@kind
def tokens_heads(r):
    n, e, u = r.size(10, 20), r.size(), r.size(3, 7)

    def run(m, x):
        y, _ = m.rnn(m.embedding(x))
        return m.a(y), torch.log_softmax(m.b(y), -1)

    net = Net(run, embedding=nn.Embedding(n, e), rnn=r.rnn(e, u, batch_first=True, bidirectional=r.random() < 0.5), a=nn.LazyLinear(2), b=nn.LazyLinear(5))
    return Example(net, [("x", [1, "T"])], tokens=n, outputs=2)


@kind
def text_cnn(r):
    n, e = r.size(10, 20), r.size()

    def run(m, x):
        y = m.embedding(x).transpose(1, 2)
        return m.head(torch.cat([conv(y).relu().max(2)[0] for conv in m.convs], 1))

    net = Net(run, embedding=nn.Embedding(n, e), convs=nn.ModuleList([nn.Conv1d(e, 4, k) for k in (2, 3, 4)]), head=nn.Linear(12, 3))
    return Example(net, [("x", [1, "T"])], tokens=n)


@kind
def bilstm_last(r):
    c, u = r.size(), r.size(3, 7)
    form = r.randint(0, 3)

    def run(m, x):
        y, s = m.rnn(x)
        h = s[0] if isinstance(s, tuple) else s
        if form == 0:
            z = torch.cat([h[-2], h[-1]], -1)
        elif form == 1:
            z = y[:, -1]
        elif form == 2:
            z = torch.cat([y[:, -1, :u], y[:, 0, u:]], -1)
        else:
            z = torch.cat([y.mean(1), y.max(1)[0]], -1)
        return m.head(m.norm(z))

    w = 2 * u * (2 if form == 3 else 1)
    net = Net(run, rnn=r.rnn(c, u, num_layers=r.randint(1, 2), batch_first=True, bidirectional=True), norm=r.choice([nn.LayerNorm(w), nn.BatchNorm1d(w), nn.Identity()]), head=nn.Linear(w, 3))
    return Example(net, steps(c))


@kind
def rnn_residual(r):
    c, u = r.size(), r.size(3, 7)

    def run(m, x):
        x = m.pre(x)
        for rnn, norm in zip(m.rnns, m.norms):
            x = norm(x + rnn(x)[0]) if m.after else x + rnn(norm(x))[0]
        return m.head(x)

    norms = nn.ModuleList([r.choice([nn.LayerNorm(u), RMSNorm(u), nn.LayerNorm(u, elementwise_affine=False)]) for _ in range(2)])
    net = Net(run, pre=nn.Linear(c, u), rnns=nn.ModuleList([r.rnn(u, u, batch_first=True) for _ in range(2)]), norms=norms, head=nn.Linear(u, 3), after=r.random() < 0.5)
    return Example(net, steps(c))


@kind
def norms(r):
    c, h = 6, r.size()
    pick = r.choice(["group", "instance", "normalize", "rms", "layer"])
    modules = {"group": nn.GroupNorm(2, 6), "instance": nn.InstanceNorm1d(6, affine=r.random() < 0.5), "normalize": Net(lambda m, x: F.normalize(x, dim=1)), "rms": Channels(RMSNorm(6)), "layer": Channels(nn.LayerNorm(6))}
    net = nn.Sequential(Causal(c, 6, 2), modules[pick], r.activation(), nn.Conv1d(6, h, 1))
    if pick in ("group", "instance"):
        return Example(nn.Sequential(*net, nn.Flatten(), nn.LazyLinear(3)), [("x", [1, c, 10])], fixed=True)
    return Example(net, series(c))


@kind
def mlp(r):
    c = r.size()
    return Example(nn.Sequential(nn.Linear(c, 8), r.choice([nn.BatchNorm1d(8), nn.LayerNorm(8)]), r.activation(), nn.Dropout(), nn.Linear(8, 8), r.activation(), nn.Linear(8, 3), r.choice([nn.Softmax(-1), nn.LogSoftmax(-1), nn.Identity()])), [("x", [1, c])], fixed=True)


@kind
def mlp_rnn_two_inputs(r):
    c, d, u = r.size(), r.size(), r.size(3, 7)

    def run(m, x, w):
        a = m.a(x).relu()
        z = torch.cat([a, m.b(w)], -1) if m.join else a * torch.sigmoid(m.b(w))
        return m.head(m.rnn(z)[0])

    join = r.random() < 0.5
    net = Net(run, a=nn.Linear(c, 5), b=nn.Linear(d, 5), rnn=r.rnn(10 if join else 5, u, batch_first=True), head=nn.Linear(u, 2), join=join)
    return Example(net, [("x", [1, "T", c]), ("w", [1, "T", d])])


@kind
def speaker_vector(r):
    """A vector for the whole sequence beside its steps."""
    c, d, u = r.size(), r.size(), r.size(3, 7)

    def run(m, x, e):
        z = torch.cat([x, e.unsqueeze(1).expand(-1, x.shape[1], -1)], -1)
        return m.head(m.rnn(z)[0])

    net = Net(run, rnn=r.rnn(c + d, u, batch_first=True), head=nn.Linear(u, 2))
    return Example(net, [("x", [1, "T", c]), ("e", [1, d])])


@kind
def window_attention(r):
    """Attention among the frames of a window of a fixed length."""
    c, e, n = r.size(), 2 * r.randint(2, 3), r.randint(4, 7)
    heads = r.choice([1, 1, 2])

    def run(m, x):
        x = m.pre(x)
        if heads == 1:
            q, k, v = m.qkv(x).chunk(3, -1)
            y = torch.softmax(torch.matmul(q, k.transpose(1, 2)) / e ** 0.5, -1) @ v
        else:
            q, k, v = [a.reshape(1, n, heads, e // heads).transpose(1, 2) for a in m.qkv(x).chunk(3, -1)]
            y = torch.softmax(q @ k.transpose(-2, -1) * (e // heads) ** -0.5, -1) @ v
            y = y.transpose(1, 2).reshape(1, n, e)
        x = m.n1(x + m.out(y))
        x = m.n2(x + m.ff(x))
        return m.head(x.mean(1) if m.mean else x[:, 0])

    net = Net(run, pre=nn.Linear(c, e), qkv=nn.Linear(e, 3 * e), out=nn.Linear(e, e), n1=nn.LayerNorm(e), n2=nn.LayerNorm(e), ff=nn.Sequential(nn.Linear(e, 8), r.choice([nn.GELU(), nn.ReLU()]), nn.Linear(8, e)), head=nn.Linear(e, 3), mean=r.random() < 0.5)
    return Example(net, [("x", [1, n, c])], fixed=True)


@kind
def deepspeech(r):
    c, u = r.size(), r.size(4, 8)
    net = Net(lambda m, x: torch.log_softmax(m.f5(m.rnn(m.front(x))[0].clamp(0, 2)), -1), front=nn.Sequential(nn.Linear(c, u), nn.Hardtanh(0, 20), nn.Linear(u, u), nn.Hardtanh(0, 20)), rnn=nn.LSTM(u, u, batch_first=True), f5=nn.Linear(u, 6))
    return Example(net, steps(c))


@kind
def crnn_2d(r):
    """A small convolution over time and frequency, and a GRU over what it gives."""
    f, h, u = r.choice([6, 8]), r.size(2, 4), r.size(3, 7)
    causal = r.random() < 0.5

    def run(m, x):  # [1, 1, T, F]
        y = m.act(m.norm(m.conv(F.pad(x, (1, 1, 2, 0)) if causal else x)))
        y = y.permute(0, 2, 1, 3).flatten(2)
        return m.head(m.rnn(y)[0])

    net = Net(run, conv=nn.Conv2d(1, h, 3, stride=(1, 2), padding=0 if causal else 1), norm=nn.BatchNorm2d(h), act=r.activation(), rnn=nn.GRU(h * f // 2, u, batch_first=True), head=nn.Linear(u, f))
    return Example(net, [("x", [1, 1, "T", f])])


@kind
def conv2d_narrow(r):
    """Kernels that are wide along one axis only."""
    f, h, u = r.choice([6, 8]), r.size(2, 4), r.size(3, 7)

    def run(m, x):
        y = m.act(m.a(x))
        y = m.act(m.b(F.pad(y, (0, 0, 2, 0))))
        y = y.permute(0, 2, 1, 3).reshape(x.shape[0], -1, h * f // 2)
        return m.head(m.rnn(y)[0])

    net = Net(run, a=nn.Conv2d(1, h, (1, 3), stride=(1, 2), padding=(0, 1)), b=nn.Conv2d(h, h, (3, 1)), act=r.activation(), rnn=nn.GRU(h * f // 2, u, batch_first=True), head=nn.Linear(u, 3))
    return Example(net, [("x", [1, 1, "T", f])])


@kind
def conv2d_width_one(r):
    c, h = r.size(), r.size()
    net = nn.Sequential(nn.ZeroPad2d((0, 0, 2, 0)), nn.Conv2d(c, h, (3, 1)), nn.BatchNorm2d(h), r.activation(), nn.Conv2d(h, 2, 1))
    return Example(net, [("x", [1, c, "T", 1])])


@kind
def conv2d_keyword(r):
    """A keyword spotter on a spectrogram of fixed length."""
    h = r.size(2, 4)
    net = nn.Sequential(nn.Conv2d(1, h, (3, 3), stride=(2, 2), padding=1), nn.BatchNorm2d(h), nn.ReLU(), nn.Conv2d(h, h, 3, padding=1, groups=h), nn.Conv2d(h, 4, 1), nn.ReLU(), r.choice([nn.AdaptiveAvgPool2d(1), nn.MaxPool2d(2)]), nn.Flatten(), nn.LazyLinear(4))
    return Example(net, [("x", [1, 1, 12, 8])], fixed=True)


@kind
def mask_complex(r):
    """A complex mask of two channels of a spectrum."""
    f, u = r.size(4, 6), r.size(3, 6)

    def run(m, x):  # [1, 2, T, F]
        y = x.permute(0, 2, 1, 3).flatten(2)
        k = torch.tanh(m.fc(m.rnn(y)[0]))
        k = k.reshape(x.shape[0], -1, 2, f).permute(0, 2, 1, 3)
        re = x[:, 0] * k[:, 0] - x[:, 1] * k[:, 1]
        im = x[:, 1] * k[:, 0] + x[:, 0] * k[:, 1]
        return torch.stack([re, im], 1)

    return Example(Net(run, rnn=nn.GRU(2 * f, u, batch_first=True), fc=nn.Linear(u, 2 * f)), [("x", [1, 2, "T", f])])


@kind
def band_rnn(r):
    """A GRU over the bands of each frame, then one over time, as dual-path networks."""
    f, h = r.size(3, 5), 4

    def run(m, x):  # [1, T, F, 1]
        y = m.pre(x)
        t = y.shape[1]
        z = m.intra(y.reshape(-1, f, h))[0].reshape(1, -1, f, h) + y
        z = z.permute(0, 2, 1, 3).reshape(f, -1, h)
        z = m.inter(z)[0].reshape(1, f, -1, h).permute(0, 2, 1, 3)
        return m.head(z + y)

    return Example(Net(run, pre=nn.Linear(1, h), intra=nn.GRU(h, h, batch_first=True), inter=nn.GRU(h, h, batch_first=True), head=nn.Linear(h, 1)), [("x", [1, "T", f, 1])])


@kind
def squeeze_excite(r):
    c, h = r.size(), r.size(4, 6)

    def run(m, x):
        y = m.conv(x).relu()
        return m.out(y * torch.sigmoid(m.b(m.a(y.mean(2)).relu())).unsqueeze(-1))

    return Example(Net(run, conv=nn.Conv1d(c, h, 3, padding=1), a=nn.Linear(h, 3), b=nn.Linear(3, h), out=nn.Conv1d(h, 2, 1)), series(c))


@kind
def autoencoder(r):
    c, u = r.size(), r.size(3, 6)

    def run(m, x):
        _, (h, _) = m.encoder(x)
        z = h[-1].unsqueeze(1).repeat(1, x.shape[1], 1)
        return m.out(m.decoder(z)[0])

    return Example(Net(run, encoder=nn.LSTM(c, u, batch_first=True), decoder=nn.LSTM(u, u, batch_first=True), out=nn.Linear(u, c)), steps(c))


@kind
def policy(r):
    """A robot's: observations, a GRU or LSTM with its state, an ELU network, actions and a value."""
    c, u = r.size(6, 12), r.size(4, 8)

    def run(m, x, h, k):
        y, (h, k) = m.rnn(m.norm(x).unsqueeze(0), (h, k))
        y = y.squeeze(0)
        return m.actor(y), m.critic(y), h, k

    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.randn(c))
            self.register_buffer("std", torch.rand(c) + 0.5)

        def forward(self, x):
            return ((x - self.mean) / (self.std + 1e-2)).clamp(-5, 5)

    net = Net(run, norm=Scale(), rnn=nn.LSTM(c, u), actor=nn.Sequential(nn.Linear(u, 8), nn.ELU(), nn.Linear(8, 3), nn.Tanh()), critic=nn.Sequential(nn.Linear(u, 8), nn.ELU(), nn.Linear(8, 1)))
    return Example(net, [("x", [1, c])], [("h", "hn", [1, 1, u]), ("k", "kn", [1, 1, u])], outputs=2, fixed=True)


@kind
def forecast(r):
    """Steps in, the next few values out."""
    c, u, n = r.size(), r.size(3, 7), r.randint(2, 4)

    def run(m, x):
        mean = x.mean(1, keepdim=True) if m.centre else 0
        y, _ = m.rnn(x - mean)
        return m.head(y[:, -1, :]).view(-1, n, c) + mean

    return Example(Net(run, rnn=r.rnn(c, u, num_layers=2, batch_first=True), head=nn.Linear(u, n * c), centre=r.random() < 0.3), steps(c))


@kind
def time_distributed(r):
    """Windows of each step through a convolution, then over the steps an LSTM."""
    c, w, u = r.size(), r.randint(4, 6), r.size(3, 7)

    def run(m, x):  # [1, T, C, W]
        y = m.conv(x.reshape(-1, c, w)).relu().flatten(1)
        return m.head(m.rnn(y.view(x.shape[0], -1, 3 * (w - 2)))[0])

    return Example(Net(run, conv=nn.Conv1d(c, 3, 3), rnn=nn.LSTM(3 * (w - 2), u, batch_first=True), head=nn.Linear(u, 2)), [("x", [1, "T", c, w])])


@kind
def downsample_concat(r):
    """Two frames joined as one, as speech encoders do."""
    c, u = r.size(), r.size(3, 7)

    def run(m, x):
        y, _ = m.a(x)
        y = y.reshape(x.shape[0], -1, 2 * u)
        return m.head(m.b(y)[0])

    return Example(Net(run, a=nn.LSTM(c, u, batch_first=True), b=nn.LSTM(2 * u, u, batch_first=True), head=nn.Linear(u, 2)), steps(c), multiple=2)


@kind
def cache_plane(r):
    """A streaming convolution over time and frequency, with its last frames as a state."""
    f, h, u = r.choice([6, 8]), r.size(2, 4), r.size(3, 6)
    frames = r.choice(["T", 1, 2])
    d = r.choice([1, 2])

    def run(m, x, cache):
        y = torch.cat([cache, x], 2)
        z = m.act(m.norm(m.conv(y)))
        return m.up(z), y[:, :, -2 * d:]

    net = Net(run, conv=nn.Conv2d(2, h, 3, stride=(1, 2), padding=(0, 1), dilation=(d, 1)), norm=nn.BatchNorm2d(h), act=r.choice([nn.PReLU(h), nn.ELU(), nn.SiLU()]),
              up=nn.ConvTranspose2d(h, 2, (1, 3), stride=(1, 2), padding=(0, 1), output_padding=(0, 1)))
    return Example(net, [("x", [1, 2, frames, f])], [("cache", "new", [1, 2, 2 * d, f])], fixed=frames != "T")


@kind
def gtcrn(r):
    """A small relative of GTCRN."""
    f, h = 8, 2 * r.randint(1, 2)

    def run(m, x):  # [1, F, T, 2]
        y = x.permute(0, 3, 2, 1)
        mag = torch.sqrt(y[:, 0:1] ** 2 + y[:, 1:2] ** 2 + 1e-6)
        y = torch.cat([mag, y], 1)
        a = m.a1(m.n1(m.e1(y)))
        b = m.e2(F.pad(a, (1, 1, 2 * m.dilation, 0)))
        b = m.n2(b)
        if m.shuffle:
            p, q = b.chunk(2, 1)
            b = torch.cat([q, torch.sigmoid(p)], 1)
        z = b.permute(0, 2, 3, 1).reshape(x.shape[0], -1, h * f // 2)
        z = m.fc(m.rnn(z)[0]).reshape(x.shape[0], -1, f // 2, h).permute(0, 3, 1, 2)
        k = torch.tanh(m.d1(z + a))
        re = k[:, 0] * y[:, 1] - k[:, 1] * y[:, 2]
        im = k[:, 1] * y[:, 1] + k[:, 0] * y[:, 2]
        return torch.stack([re, im], 1).permute(0, 3, 2, 1)

    d = r.randint(1, 2)
    net = Net(run, e1=nn.Conv2d(3, h, (1, 5), stride=(1, 2), padding=(0, 2)), n1=nn.BatchNorm2d(h), a1=nn.PReLU(), e2=nn.Conv2d(h, h, 3, groups=r.choice([1, h, 2]), dilation=(d, 1)), n2=nn.BatchNorm2d(h),
              rnn=nn.GRU(h * f // 2, 6, batch_first=True), fc=nn.Linear(6, h * f // 2), d1=nn.ConvTranspose2d(h, 2, (1, 5), stride=(1, 2), padding=(0, 2), output_padding=(0, 1)), shuffle=r.random() < 0.5, dilation=d)
    return Example(net, [("x", [1, f, "T", 2])])


@kind
def overlap_state(r):
    """A transposed convolution whose tail is added to the next call."""
    c, h, s = r.size(), r.size(2, 4), r.randint(2, 3)

    def run(m, x, tail):
        y = m.up(m.inner(x).relu())
        y = torch.cat([y[:, :, :2] + tail, y[:, :, 2:]], 2)
        return y[:, :, :-2], y[:, :, -2:]

    return Example(Net(run, inner=nn.Conv1d(c, h, 1), up=nn.ConvTranspose1d(h, 2, s + 2, stride=s, bias=False)), [("x", [1, c, 3])], [("tail", "new", [1, 2, 2])], fixed=True)


@kind
def differences(r):
    """What changed since the step before."""
    c, u = r.size(), r.size(3, 6)
    how = r.randint(0, 2)

    def run(m, x):
        if how == 0:
            before = F.pad(x, (0, 0, 1, 0))[:, :-1]
        elif how == 1:
            before = torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)
        else:
            before = m.shift(x.transpose(1, 2)).transpose(1, 2)[:, :-1]
        return m.head(m.rnn(torch.cat([x, x - before], -1))[0])

    return Example(Net(run, shift=nn.ConstantPad1d((1, 0), 0.0), rnn=r.rnn(2 * c, u, batch_first=True), head=nn.Linear(u, 2)), steps(c))


@kind
def zeros_before(r):
    """A causal convolution by zeros that are joined."""
    c, h, k = r.size(), r.size(), r.randint(2, 4)

    def run(m, x):
        y = torch.cat([torch.zeros(x.shape[0], c, k - 1), x], 2)
        return m.act(m.conv(y))

    return Example(Net(run, conv=nn.Conv1d(c, h, k), act=r.activation()), series(c))


@kind
def subpixel(r):
    c, h, s = r.size(), r.size(2, 4), r.randint(2, 3)

    def run(m, x):
        y = m.conv(x)
        n, _, t = y.shape
        return m.out(y.reshape(n, s, h, t).permute(0, 2, 3, 1).reshape(n, h, t * s))

    return Example(Net(run, conv=Causal(c, s * h, 2), out=nn.Conv1d(h, 2, 1)), series(c))


@kind
def spectrum(r):
    """Frames by a convolution, their power, a mel matrix, a logarithm."""
    n, hop = 16, r.choice([4, 8])

    def run(m, x):
        y = m.stft(F.pad(x, (n - hop, 0)))
        p = y[:, :5] ** 2 + y[:, 5:] ** 2
        e = torch.log(torch.clamp(torch.matmul(m.mel, p), min=1e-4)) if r_log else torch.matmul(m.mel, torch.sqrt(p))
        e = m.norm(e)
        return m.head(m.rnn(e.transpose(1, 2))[0])

    r_log = r.random() < 0.5
    net = Net(run, stft=nn.Conv1d(1, 10, n, stride=hop, bias=False), norm=nn.BatchNorm1d(4), rnn=nn.GRU(4, 5, batch_first=True), head=nn.Linear(5, 2))
    net.mel = nn.Parameter(torch.rand(4, 5))
    return Example(net, series(1), multiple=hop)


@kind
def flipped(r):
    """The steps backwards."""
    c, u = r.size(), r.size(3, 6)
    back = r.random() < 0.7

    def run(m, x):
        y, _ = m.rnn(torch.flip(x, [1]))
        return m.head(torch.flip(y, [1]) if back else y)

    return Example(Net(run, rnn=r.rnn(c, u, batch_first=True), head=nn.Linear(u, 2)), steps(c))


@kind
def film(r):
    """Frames scaled and shifted by what a vector of the sequence says."""
    c, d, h = r.size(), r.size(), r.size(3, 6)

    def run(m, x, e):
        g, b = m.film(e).chunk(2, -1)
        return m.out(torch.tanh(m.conv(x) * g.unsqueeze(-1) + b.unsqueeze(-1)))

    return Example(Net(run, film=nn.Linear(d, 2 * h), conv=Causal(c, h, 3), out=nn.Conv1d(h, 2, 1)), series(c) + [("e", [1, d])])


@kind
def positions(r):
    n, e, k = r.size(10, 20), 2 * r.randint(2, 3), r.randint(4, 6)

    def run(m, x):
        y = m.embedding(x) + m.place
        y = m.norm(y + m.mix(y.transpose(1, 2)).transpose(1, 2))
        return m.head(y.flatten(1))

    net = Net(run, embedding=nn.Embedding(n, e), mix=nn.Conv1d(e, e, 3, padding=1, groups=r.choice([1, 2])), norm=nn.LayerNorm(e), head=nn.Linear(k * e, 3))
    net.place = nn.Parameter(torch.randn(1, k, e))
    return Example(net, [("x", [1, k])], tokens=n, fixed=True)


@kind
def two_token_inputs(r):
    n, e, u = r.size(10, 20), r.size(), r.size(3, 6)
    net = Net(lambda m, x, z: m.head(m.rnn(torch.cat([m.a(x), m.b(z)], -1))[0]), a=nn.Embedding(n, e), b=nn.Embedding(n, e), rnn=r.rnn(2 * e, u, batch_first=True), head=nn.Linear(u, 3))
    return Example(net, [("x", [1, "T"]), ("z", [1, "T"])], tokens=n)


@kind
def smoothed(r):
    """Means of the last frames, and the greatest."""
    c = r.size()

    def run(m, x):
        a = F.avg_pool1d(F.pad(x, (2, 0)), 3, 1)
        b = F.max_pool1d(F.relu(x), 2, 2).repeat_interleave(2, 2) if m.both else x
        return m.out(torch.cat([a, b], 1))

    return Example(Net(run, out=nn.Conv1d(2 * c, 2, 1), both=False), series(c))


@kind
def greatest_channels(r):
    c, h = r.size(), r.size(3, 6)

    def run(m, x):
        y = m.conv(x)
        a = y.max(1, keepdim=True)[0] if m.how else y.amax(1, keepdim=True)
        return torch.cat([a, y.mean(1, keepdim=True), y - a], 1)

    return Example(Net(run, conv=Causal(c, h, 2), how=r.random() < 0.5), series(c))


@kind
def strided_twice(r):
    """Down by strides with look-ahead, and up again."""
    c, h = r.randint(1, 2), r.size(2, 4)
    s = r.choice([2, 4])
    net = nn.Sequential(nn.Conv1d(c, h, 2 * s, stride=s, padding=s // 2), r.activation(), nn.ConvTranspose1d(h, h, 2 * s, stride=s, padding=s // 2), r.activation(), nn.Conv1d(h, c, 3, padding=1))
    return Example(net, series(c), multiple=s)


def randomize(net, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in net.modules():
            for name, p in list(module.named_parameters(recurse=False)) + list(module.named_buffers(recurse=False)):
                if not p.dtype.is_floating_point:
                    continue
                if "var" in name:
                    p.copy_(torch.rand(p.shape, generator=generator) + 0.5)
                elif p.ndim <= 1 and isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm1d)) and name == "weight":
                    p.copy_(torch.rand(p.shape, generator=generator) + 0.5)
                elif p.ndim <= 1:
                    p.copy_(torch.rand(p.shape, generator=generator) - 0.5)
                else:
                    fan = p[0].numel()
                    p.copy_((torch.rand(p.shape, generator=generator) - 0.5) * 4 / fan ** 0.5)


def tensor(shape, frames, tokens, seed):
    shape = [frames if n == "T" else n for n in shape]
    generator = torch.Generator().manual_seed(seed)
    if tokens:
        return torch.randint(0, tokens, shape, generator=generator)
    return torch.randn(shape, generator=generator)


def write(folder, seed):
    r = Random(seed)
    names = list(KINDS)
    name = names[seed % len(names)]
    torch.manual_seed(seed)
    example = KINDS[name](r)
    net = example.net.eval()
    frames = 24 if 24 % example.multiple == 0 else 24 - 24 % example.multiple

    def inputs(n):
        real = [tensor(shape, n, example.tokens, seed + i) for i, (_, shape) in enumerate(example.inputs)]
        return real + [torch.zeros(shape) for _, _, shape in example.states]

    def results(n):
        with torch.no_grad():
            y = net(*inputs(n))
        return list(y) if isinstance(y, (tuple, list)) else [y]

    results(frames)  # lazy layers take their sizes
    randomize(net, seed)
    outputs = [f"y{i}" if i else "y" for i in range(example.outputs)]
    times = []
    if example.fixed:
        times = [-1] * len(outputs)
    else:
        for a, b in zip(results(frames)[:len(outputs)], results(2 * frames)):
            changed = [k for k in range(a.ndim) if a.shape[k] != b.shape[k]]
            times.append(changed[0] if changed else -1)
    opset = r.randint(11, 17)
    open_time = not example.fixed and r.random() < 0.8
    axes = {}
    if open_time:
        for n, shape in example.inputs:
            axes[n] = {shape.index("T"): "time"} if "T" in shape else {}
        batch = r.random() < 0.5
        if batch and all(shape[0] == 1 for _, shape in example.inputs):
            for n, shape in example.inputs:
                axes[n][0] = "batch"
        for n, k in zip(outputs, times):
            if k >= 0:
                axes[n] = {k: "time" if example.multiple == 1 else "steps"}
    input_names = [n for n, _ in example.inputs] + [n for n, _, _ in example.states]
    output_names = outputs + [n for _, n, _ in example.states]
    path = f"{folder}/{seed}"
    torch.onnx.export(net, tuple(inputs(frames)), path + ".onnx", opset_version=opset, input_names=input_names, output_names=output_names,
                      dynamic_axes=axes or None, do_constant_folding=r.random() < 0.8)
    with open(path + ".json", "w") as f:
        json.dump({
            "kind": name, "seed": seed, "opset": opset, "open": open_time, "fixed": example.fixed, "frames": frames, "tokens": example.tokens,
            "inputs": [{"name": n, "shape": [frames if d == "T" else d for d in s], "time": s.index("T") if "T" in s else -1} for n, s in example.inputs],
            "states": [{"in": a, "out": b, "shape": s} for a, b, s in example.states],
            "outputs": [{"name": n, "time": k} for n, k in zip(outputs, times)],
        }, f)


def main():
    folder, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    for seed in range(first, first + count):
        try:
            write(folder, seed)
        except Exception as error:  # what PyTorch cannot export is no matter here
            kinds = list(KINDS)
            print(f"{seed} {kinds[seed % len(kinds)]}: {type(error).__name__}: {str(error).splitlines()[0][:150]}", flush=True)


if __name__ == "__main__":
    main()
