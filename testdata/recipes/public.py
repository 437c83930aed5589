"""Saves small models of the public definitions that docs/architectures describes, with inputs and outputs, here.

The definitions are those of github.com/xiph/rnnoise and xiph/opus (torch/) and fmfi-compbio/deepnano-blitz.
"""

import os

import numpy as np
import torch
from torch import nn

torch.manual_seed(1)
os.chdir(os.path.dirname(os.path.abspath(__file__)))


def save(name, **arrays):
    np.savez(name + "-check.npz", **{k: v.numpy() for k, v in arrays.items()})


class RNNoise(nn.Module):
    def __init__(self, cond=4, units=6):
        super().__init__()
        self.conv1 = nn.Conv1d(65, cond, 3)
        self.conv2 = nn.Conv1d(cond, units, 3)
        self.gru1, self.gru2, self.gru3 = (nn.GRU(units, units, batch_first=True) for _ in range(3))
        self.dense_out, self.vad_dense = nn.Linear(4 * units, 32), nn.Linear(4 * units, 1)

    def forward(self, features):
        x = features.transpose(1, 2)
        for conv in self.conv1, self.conv2:
            x = torch.tanh(conv(nn.functional.pad(x, (2, 0))))  # a stream starts with zeros
        seen = [x.transpose(1, 2)]
        for gru in self.gru1, self.gru2, self.gru3:
            seen.append(gru(seen[-1])[0])
        seen = torch.cat(seen, -1)
        return torch.sigmoid(self.dense_out(seen)), torch.sigmoid(self.vad_dense(seen))


class Conv(nn.Module):
    def __init__(self, inputs, outputs, dilation=1):
        super().__init__()
        self.dilation, self.conv = dilation, nn.Conv1d(inputs, outputs, 2, dilation=dilation)

    def forward(self, x):
        return torch.tanh(self.conv(nn.functional.pad(x.transpose(1, 2), (self.dilation, 0)))).transpose(1, 2)


class GLU(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.gate = nn.utils.weight_norm(nn.Linear(size, size, bias=False))

    def forward(self, x):
        return x * torch.sigmoid(self.gate(x))


class Core(nn.Module):
    """What the encoder and the decoder of DRED have in common: every layer reads all outputs below it."""

    def __init__(self, inputs, units, channels, dilations, gated):
        super().__init__()
        self.dense_1, self.units, size = nn.Linear(inputs, units), units, units
        for k, dilation in enumerate(dilations, 1):
            setattr(self, f"gru{k}", nn.GRU(size, units, batch_first=True))
            if gated:
                setattr(self, f"glu{k}", GLU(units))
            size += units
            setattr(self, f"conv{k}", Conv(size, channels, dilation))
            size += channels
        self.size = size

    def run(self, x, states=None):
        x = torch.tanh(self.dense_1(x))
        for k in range(1, 6):
            h = getattr(self, f"gru{k}")(x, None if states is None else states[:, :, (k - 1) * self.units : k * self.units].contiguous())[0]
            x = torch.cat([x, getattr(self, f"glu{k}")(h) if hasattr(self, f"glu{k}") else h], -1)
            x = torch.cat([x, getattr(self, f"conv{k}")(x)], -1)
        return x


class Encoder(Core):
    def __init__(self):
        super().__init__(40, 4, 3, (1, 2, 2, 2, 2), False)
        self.z_dense, self.state_dense_1, self.state_dense_2 = nn.Linear(self.size, 25), nn.Linear(self.size, 8), nn.Linear(8, 24)

    def forward(self, features):
        x = self.run(features.reshape(1, -1, 40))
        return self.z_dense(x), self.state_dense_2(torch.tanh(self.state_dense_1(x)))


class Decoder(Core):
    def __init__(self):
        super().__init__(25, 4, 3, (1, 1, 1, 1, 1), True)
        self.output, self.hidden_init, self.gru_init = nn.Linear(self.size, 80), nn.Linear(24, 8), nn.Linear(8, 20)

    def init(self, state):
        return torch.tanh(self.gru_init(torch.tanh(self.hidden_init(state))))


def deepnano(units=4):
    conv, out = nn.Conv1d(2, units, 33, padding=16), nn.Linear(units, 5)
    grus = [nn.GRU(units, units, batch_first=True) for _ in range(4)]
    arrays = [conv.weight.permute(2, 1, 0).reshape(66, units), conv.bias]
    for gru in grus:
        ir, iz, i_n = gru.weight_ih_l0.chunk(3)
        hr, hz, hn = gru.weight_hh_l0.chunk(3)
        bir, biz, bin_ = gru.bias_ih_l0.chunk(3)
        bhr, bhz, bhn = gru.bias_hh_l0.chunk(3)
        arrays += [i_n.T, hn.T, bin_, bhn, ir.T, iz.T, hr.T, hz.T, bir, bhr, biz, bhz]
    arrays += [out.weight.T, out.bias]
    with open("deepnano-blitz.txt", "w") as f:
        for a in arrays:
            f.write(" ".join(map(str, a.shape)) + "\n" + " ".join("%.9g" % v for v in a.flatten()) + "\n")
    signal = torch.randn(1, 60, 2)
    x = torch.tanh(nn.functional.max_pool1d(conv(signal.transpose(1, 2)), 3)).transpose(1, 2)
    for gru in grus:
        x = gru(x)[0].flip(1)
    np.savez("deepnano-blitz-check.npz", x=signal[0].numpy(), y=out(x)[0].numpy())


with torch.no_grad():
    model, features = RNNoise(), torch.randn(1, 20, 65)
    gains, vad = model(features)
    torch.save({"state_dict": model.state_dict()}, "rnnoise-0.2.pt")
    save("rnnoise-0.2", features=features, gains=gains, vad=vad)

    encoder, decoder = Encoder(), Decoder()
    weights = {"core_encoder.module." + k: v for k, v in encoder.state_dict().items()}
    weights.update({"core_decoder.module." + k: v for k, v in decoder.state_dict().items()})
    weights["statistical_model.quant_embedding.weight"] = torch.zeros(2, 3)
    torch.save({"state_dict": weights}, "dred.pt")
    features = torch.randn(1, 24, 20)
    z, state = encoder(features)
    save("dred-encoder", features=features, z=z, state=state)
    save("dred-decoder-init", x=state[:, :1], y=decoder.init(state[:, :1]))
    save("dred-decoder", z=z, output=decoder.output(decoder.run(z)))

    deepnano()
