#!/usr/bin/env python3
"""Makes goldens.bin and goldens.txt: what PyTorch computes in float64.

README.md in this folder specifies the cases, the rule that all weights and
inputs come from, and the files. internal/pytorch holds the same rule in Go.

    apt-get install python3-torch
    python3 testdata/pytorch/generate.py
"""

import itertools
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

FOLDER = pathlib.Path(__file__).parent


# --- The rule that weights, inputs and samples come from --------------------


def numbers(name, n):
    """The first n numbers of splitmix64, seeded with FNV-1a of the name."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(name, shape, scale):
    """Numbers in [-scale, scale) that float32 holds exactly, as float64."""
    unit = (numbers(name, int(np.prod(shape))) >> np.uint64(40)).astype(np.float32) / np.float32(2**23) - 1
    return torch.from_numpy((unit * np.float32(scale)).astype(np.float64)).reshape(shape)


def below(name, n, limit):
    """n whole numbers in [0, limit)."""
    return (numbers(name, n) % np.uint64(limit)).astype(np.int64)


class Goldens:
    """Arrays of float64 by name."""

    def __init__(self):
        self.index, self.data = [], []

    def add(self, name, values, limit=0):
        """Keeps the values, or of more than limit of them a sample."""
        values = torch.as_tensor(values).detach().numpy().astype("<f8").reshape(-1)
        if limit and len(values) > limit:
            values = values[below(name, limit, len(values))]
        assert np.isfinite(values).all(), name
        self.index.append(f"{name} {len(values)}\n")
        self.data.append(values)

    def write(self):
        (FOLDER / "goldens.txt").write_text("".join(self.index))
        (FOLDER / "goldens.bin").write_bytes(b"".join(v.tobytes() for v in self.data))


# --- The networks -----------------------------------------------------------


class ResetBeforeGRU(nn.Module):
    """A GRU that resets the state before the product, which PyTorch lacks:

        r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
        z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
        n = tanh(W_in x + b_in + W_hn (r * h) + b_hn)
        h' = (1 - z) * n + z * h

    Names, order of gates and shapes are those of nn.GRU.
    """

    def __init__(self, input_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        self.hidden_size, self.num_layers = hidden_size, num_layers
        self.suffixes = ["", "_reverse"] if bidirectional else [""]
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else hidden_size * len(self.suffixes)
            for suffix in self.suffixes:
                for name, *shape in (
                    ("weight_ih", 3 * hidden_size, inputs),
                    ("weight_hh", 3 * hidden_size, hidden_size),
                    ("bias_ih", 3 * hidden_size),
                    ("bias_hh", 3 * hidden_size),
                ):
                    self.register_parameter(f"{name}_l{layer}{suffix}", nn.Parameter(torch.zeros(shape)))

    def forward(self, x, h0=None, lengths=None):
        """x is [T, B, I]; steps from a sequence's length on leave its state alone."""
        steps, batch, _ = x.shape
        if h0 is None:
            h0 = x.new_zeros(self.num_layers * len(self.suffixes), batch, self.hidden_size)
        last = []
        for layer in range(self.num_layers):
            outputs = []
            for suffix in self.suffixes:
                w_ih, w_hh, b_ih, b_hh = (
                    getattr(self, f"{name}_l{layer}{suffix}")
                    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                )
                w_hrz, w_hn = w_hh.split([2 * self.hidden_size, self.hidden_size])
                b_hrz, b_hn = b_hh.split([2 * self.hidden_size, self.hidden_size])
                h, hs = h0[len(last)], [None] * steps
                for t in reversed(range(steps)) if suffix else range(steps):
                    i_r, i_z, i_n = (x[t] @ w_ih.T + b_ih).chunk(3, 1)
                    h_r, h_z = (h @ w_hrz.T + b_hrz).chunk(2, 1)
                    r, z = torch.sigmoid(i_r + h_r), torch.sigmoid(i_z + h_z)
                    n = torch.tanh(i_n + (r * h) @ w_hn.T + b_hn)
                    new = (1 - z) * n + z * h
                    h = new if lengths is None else torch.where((t < lengths)[:, None], new, h)
                    hs[t] = h
                last.append(h)
                outputs.append(torch.stack(hs))
            x = torch.cat(outputs, 2)
        return x, torch.stack(last)


CELLS = {
    "rnn_tanh": lambda *args, **kw: nn.RNN(*args, nonlinearity="tanh", **kw),
    "rnn_relu": lambda *args, **kw: nn.RNN(*args, nonlinearity="relu", **kw),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
    "gru_before": ResetBeforeGRU,
}


def fill(module, prefix, scale):
    """Gives every parameter the numbers of its name."""
    for name, parameter in module.named_parameters():
        parameter.data = uniform(f"{prefix}/{name}", parameter.shape, scale)


# --- Outputs, final states and gradients ------------------------------------

LAYERS = (1, 2)
DIRECTIONS = {"uni": False, "bi": True}
SIZES = ((1, 8), (7, 5), (40, 64), (64, 128))
STEPS = (1, 3, 50, 200)
STATE_STEPS = 3  # sequences of this length start from states other than zero
OUTPUTS = 256  # kept of a sequence's outputs
GRADIENTS = 32  # kept of a tensor's gradients


def case(goldens, cell, layers, direction, sizes, steps):
    inputs, hidden = sizes
    network = f"{cell}-l{layers}-{direction}-{inputs}-{hidden}"
    name = f"{network}-t{steps}"
    rnn = CELLS[cell](inputs, hidden, num_layers=layers, bidirectional=DIRECTIONS[direction])
    fill(rnn, network, 1 / np.sqrt(hidden))
    states = layers * (1 + DIRECTIONS[direction])

    x = uniform(f"{name}/input", (steps, 1, inputs), 2).requires_grad_()
    state = None
    if steps == STATE_STEPS:
        state = uniform(f"{name}/h0", (states, 1, hidden), 1)
        if cell == "lstm":
            state = state, uniform(f"{name}/c0", (states, 1, hidden), 1)
    y, last = rnn(x, state)
    h, c = last if cell == "lstm" else (last, None)
    assert y.abs().max() < 4, f"{name}: outputs grow to {y.abs().max()}"

    target = uniform(f"{name}/target", y.shape, 1)
    loss = nn.functional.mse_loss(y, target)
    loss.backward()

    goldens.add(f"{name}/output", y, OUTPUTS)
    goldens.add(f"{name}/h", h, OUTPUTS)
    if c is not None:
        goldens.add(f"{name}/c", c, OUTPUTS)
    goldens.add(f"{name}/loss", loss)
    for parameter, p in itertools.chain(rnn.named_parameters(), [("input", x)]):
        goldens.add(f"{name}/gradient/{parameter}", p.grad, GRADIENTS)
        goldens.add(f"{name}/norm/{parameter}", [p.grad.norm(), p.grad.abs().max()])


# --- Training ---------------------------------------------------------------

TOKENS, WIDTH, HIDDEN = 23, 12, 16
TRAINING_STEPS, BATCH, WINDOW, LONGEST, CLASSES = 100, 4, 10, 12, 3
START, END = 21, 22  # of a target, whose other tokens are below them
CLIP = {"language": 0.3, "classify": 1.0, "translate": 1.0}
SGD_LR = {"language": 0.5, "classify": 0.1}
OPTIMIZERS = {
    "sgd": lambda task, p: torch.optim.SGD(p, lr=SGD_LR[task], momentum=0.9),
    "adam": lambda task, p: torch.optim.Adam(p, lr=0.01, betas=(0.9, 0.999), eps=1e-8),
    "adamw": lambda task, p: torch.optim.AdamW(p, lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1),
}


class Network(nn.Module):
    """Embedding, recurrent layers, linear head."""

    def __init__(self, cell, layers, bidirectional, outputs):
        super().__init__()
        self.directions = 1 + bidirectional
        self.embedding = nn.Embedding(TOKENS, WIDTH)
        self.rnn = CELLS[cell](WIDTH, HIDDEN, num_layers=layers, bidirectional=bidirectional)
        self.linear = nn.Linear(HIDDEN * self.directions, outputs)


class EncoderDecoder(nn.Module):
    """An encoder whose final states, of every layer with its directions side by side, start the decoder."""

    def __init__(self, cell, layers, bidirectional):
        super().__init__()
        self.directions = 1 + bidirectional
        width = HIDDEN * self.directions
        self.encoder = nn.ModuleDict({
            "embedding": nn.Embedding(TOKENS, WIDTH),
            "rnn": CELLS[cell](WIDTH, HIDDEN, num_layers=layers, bidirectional=bidirectional),
        })
        self.decoder = nn.ModuleDict({
            "embedding": nn.Embedding(TOKENS, WIDTH),
            "rnn": CELLS[cell](WIDTH, width, num_layers=layers),
            "linear": nn.Linear(width, TOKENS),
        })

    def start(self, state):
        """The decoder's state of the encoder's, [layers * directions, batch, hidden]."""
        layers = state.unflatten(0, (-1, self.directions))
        return torch.cat(layers.unbind(1), 2)


def text():
    """A text in which three tokens of four follow from the last but one."""
    draws = numbers("language/text", BATCH * TRAINING_STEPS * WINDOW + 1)
    tokens = []
    for i, draw in enumerate(draws):
        draw = int(draw)
        follows = i >= 2 and draw % 4 != 0
        tokens.append((5 * tokens[i - 2] + 3) % TOKENS if follows else (draw >> 8) % TOKENS)
    return torch.tensor(tokens)


def language_losses(network):
    """The loss of every window of BATCH streams; the state is carried, its gradient is not."""
    tokens = text()
    stream = TRAINING_STEPS * WINDOW
    starts = torch.arange(BATCH) * stream
    state = None
    for step in range(TRAINING_STEPS):
        at = torch.arange(WINDOW)[:, None] + starts + step * WINDOW  # [WINDOW, BATCH]
        y, state = network.rnn(network.embedding(tokens[at]), state)
        state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        logits = network.linear(y)
        yield nn.functional.cross_entropy(logits.reshape(-1, TOKENS), tokens[at + 1].reshape(-1))


def classify_losses(network):
    """The loss of every batch of sequences of 1 to LONGEST tokens."""
    for step in range(TRAINING_STEPS):
        name = f"classify/step{step}"
        lengths = torch.from_numpy(below(f"{name}/length", BATCH, LONGEST) + 1)
        tokens = torch.from_numpy(below(f"{name}/token", BATCH * LONGEST, TOKENS)).reshape(BATCH, LONGEST)
        labels = tokens[torch.arange(BATCH), lengths - 1] % CLASSES
        x = network.embedding(tokens.T)  # what stands beyond the length is not used
        if isinstance(network.rnn, ResetBeforeGRU):
            _, last = network.rnn(x, lengths=lengths)
        else:
            _, last = network.rnn(pack_padded_sequence(x, lengths, enforce_sorted=False))
        h = last[0] if isinstance(last, tuple) else last
        features = torch.cat(tuple(h[-network.directions :]), 1)  # [forward | reverse]
        yield nn.functional.cross_entropy(network.linear(features), labels)


def translate_losses(network):
    """The loss of every batch of pairs: the target has tokens of the source from its end on, over and over."""
    for step in range(TRAINING_STEPS):
        name = f"translate/step{step}"
        lengths = torch.from_numpy(below(f"{name}/length", BATCH, LONGEST) + 1)
        answers = torch.from_numpy(below(f"{name}/answer", BATCH, LONGEST))
        source = torch.from_numpy(below(f"{name}/token", BATCH * LONGEST, TOKENS)).reshape(BATCH, LONGEST)
        read = torch.zeros(BATCH, LONGEST, dtype=torch.long)
        target = torch.full((BATCH, LONGEST), -100)  # where there is no loss
        for b in range(BATCH):
            n, m = int(lengths[b]), int(answers[b])
            answer = [int(source[b, n - 1 - i % n]) % START for i in range(m)]
            read[b, : m + 1] = torch.tensor([START] + answer)
            target[b, : m + 1] = torch.tensor(answer + [END])
        encoder, decoder = network.encoder, network.decoder
        x = encoder["embedding"](source.T)
        if isinstance(encoder["rnn"], ResetBeforeGRU):
            _, last = encoder["rnn"](x, lengths=lengths)
        else:
            _, last = encoder["rnn"](pack_padded_sequence(x, lengths, enforce_sorted=False))
        state = tuple(map(network.start, last)) if isinstance(last, tuple) else network.start(last)
        y, _ = decoder["rnn"](decoder["embedding"](read.T), state)
        yield nn.functional.cross_entropy(decoder["linear"](y).reshape(-1, TOKENS), target.T.reshape(-1))


def training(goldens, task, cell, layers, direction, optimizer):
    name = f"{task}-{cell}-l{layers}-{direction}-{optimizer}"
    prefix = f"{task}-{cell}-l{layers}-{direction}"
    if task == "translate":
        network = EncoderDecoder(cell, layers, DIRECTIONS[direction])
        fill(network.encoder, f"{prefix}/encoder", 1 / np.sqrt(HIDDEN))
        fill(network.decoder, f"{prefix}/decoder", 1 / np.sqrt(HIDDEN * network.directions))
        batches = translate_losses(network)
    else:
        network = Network(cell, layers, DIRECTIONS[direction], TOKENS if task == "language" else CLASSES)
        fill(network, prefix, 1 / np.sqrt(HIDDEN))
        batches = language_losses(network) if task == "language" else classify_losses(network)
    optimizer = OPTIMIZERS[optimizer](task, network.parameters())
    losses, norms = [], []
    for loss in batches:
        optimizer.zero_grad()
        loss.backward()
        if task == "translate" and not losses:
            for parameter, p in network.named_parameters():
                goldens.add(f"{name}/gradient/{parameter}", p.grad, GRADIENTS)
                goldens.add(f"{name}/norm/{parameter}", [p.grad.norm(), p.grad.abs().max()])
        norms.append(float(nn.utils.clip_grad_norm_(network.parameters(), CLIP[task])))
        optimizer.step()
        losses.append(float(loss))
    goldens.add(f"{name}/loss", losses)
    goldens.add(f"{name}/norm", norms[0])
    clipped = sum(n > CLIP[task] for n in norms)
    print(f"{name}: loss {losses[0]:.4f} {losses[9]:.4f} {losses[49]:.4f} {losses[99]:.4f}, clipped {clipped} of 100")


# --- Optimizers and schedules alone -------------------------------------------

OPTIMIZER_WEIGHTS = 32
OPTIMIZATIONS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.01),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
    "rmsprop_momentum": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.9, weight_decay=0.1),
    "rmsprop_centered": lambda p: torch.optim.RMSprop(p, lr=0.01, centered=True, momentum=0.5),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam_decay": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
}


def optimization(goldens, name):
    """100 steps whose gradients are drawn, plus half of the weights."""
    w = nn.Parameter(uniform("optimizer/weight", (OPTIMIZER_WEIGHTS,), 1))
    optimizer = OPTIMIZATIONS[name]([w])
    for step in range(TRAINING_STEPS):
        w.grad = uniform(f"optimizer/gradient{step}", (OPTIMIZER_WEIGHTS,), 1) + w.detach() / 2
        optimizer.step()
    goldens.add(f"optimizer/{name}", w)


EPOCHS = 20
SCHEDULES = {
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, EPOCHS, eta_min=0.1),
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, 3, gamma=0.5),
    "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.9),
    "plateau": lambda o: torch.optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=1),
}


def schedule(goldens, name):
    """The learning rate of every epoch, from 1; the losses are drawn, and fall."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = SCHEDULES[name](optimizer)
    rates = []
    for loss in uniform("schedule/loss", (EPOCHS,), 1) / torch.arange(1, EPOCHS + 1) + 2:
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*([float(loss)] if name == "plateau" else []))
    goldens.add(f"schedule/{name}", rates)


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    goldens = Goldens()
    goldens.add("rule/uniform", uniform("rule", 8, 1 / np.sqrt(5)))
    goldens.add("rule/below", below("rule", 8, 1000))
    for args in itertools.product(CELLS, LAYERS, DIRECTIONS, SIZES, STEPS):
        case(goldens, *args)
    for args in itertools.product(CELLS, LAYERS, OPTIMIZERS):
        training(goldens, "language", *args[:2], "uni", args[2])
    for args in itertools.product(CELLS, LAYERS, DIRECTIONS, OPTIMIZERS):
        training(goldens, "classify", *args)
    for args in itertools.product(CELLS, LAYERS, DIRECTIONS):
        training(goldens, "translate", *args, "adam")
    for name in OPTIMIZATIONS:
        optimization(goldens, name)
    for name in SCHEDULES:
        schedule(goldens, name)
    goldens.write()


if __name__ == "__main__":
    main()
