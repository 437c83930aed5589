"""Keras' layers in float64, from its documentation: https://keras.io/api/layers.

A tensor is of one sample, without the batch. A layer has a class, a config as Keras
writes it, weights, and a function.
"""

import numpy as np

rng = np.random.default_rng(7)


def weight(*shape):
    return (rng.standard_normal(shape) * 0.5).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def erf(x):
    from math import erf as f

    return np.vectorize(f)(x)


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))


FUNCTIONS = {
    None: lambda x: x,
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "elu": elu,
    "selu": lambda x: 1.05070098 * elu(x, 1.67326324),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "exponential": np.exp,
    "swish": lambda x: x * sigmoid(x),
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x / 2 * (1 + erf(x / np.sqrt(2))),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
}


def function(name, version):
    if name == "hard_sigmoid":
        if version == 3:
            return lambda x: np.clip(x / 6 + 0.5, 0, 1)
        return lambda x: np.clip(0.2 * x + 0.5, 0, 1)
    return FUNCTIONS[name]


class Layer:
    count = 0

    def __init__(self, cls, weights=(), call=None, inner=None, nested=None, **config):
        Layer.count += 1
        self.cls, self.weights, self.call, self.config = cls, list(weights), call, config
        self.inner, self.nested = inner or [], nested
        self.name = "%s_%d" % (cls.lower(), Layer.count)

    def __call__(self, *x):
        return self.call(*x)


def dense(inputs, units, activation="linear", use_bias=True, version=2):
    k = weight(inputs, units)
    w = [("kernel", k)]
    b = np.zeros(units)
    if use_bias:
        b = weight(units)
        w.append(("bias", b))
    f = function(activation, version)
    return Layer("Dense", w, lambda x: f(x @ k.astype(float) + b), units=units, activation=activation, use_bias=use_bias)


def embedding(tokens, size, mask_zero=False):
    e = weight(tokens, size)
    return Layer("Embedding", [("embeddings", e)], lambda x: e[x].astype(float), input_dim=tokens, output_dim=size, mask_zero=mask_zero)


def steps(cell, state, x, backwards, sequences, states=0):
    out = []
    for v in x[::-1] if backwards else x:
        state = cell(v, state)
        out.append(state[0])
    y = np.array(out) if sequences else out[-1]
    return [y, *state[:states]] if states else y


def recurrent(cls, inputs, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True, reset_after=True,
              go_backwards=False, return_sequences=False, version=2, cudnn=False, **extra):
    gates = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[cls]
    k, r = weight(inputs, gates * units), weight(units, gates * units)
    two = cudnn or cls == "GRU" and reset_after
    b = np.zeros((2, gates * units))
    bias = None
    if use_bias:
        if two:
            bias = weight(2, gates * units)
            b = bias.astype(float)
        else:
            bias = weight(gates * units)
            b[0] = bias
    f, s = function(activation, version), function(recurrent_activation, version)
    K, R = k.astype(float), r.astype(float)
    u = units

    def rnn(x, state):
        return [f(x @ K + b[0] + state[0] @ R)]

    def lstm(x, state):
        h, c = state
        z = x @ K + h @ R + b[0] + b[1]
        i, fg, g, o = z[:u], z[u : 2 * u], z[2 * u : 3 * u], z[3 * u :]
        c = s(fg) * c + s(i) * f(g)
        return [s(o) * f(c), c]

    def gru(x, state):
        h = state[0]
        a = x @ K + b[0]
        if two:
            m = h @ R + b[1]
            z, rr = s(a[:u] + m[:u]), s(a[u : 2 * u] + m[u : 2 * u])
            n = f(a[2 * u :] + rr * m[2 * u :])
        else:
            z, rr = s(a[:u] + h @ R[:, :u]), s(a[u : 2 * u] + h @ R[:, u : 2 * u])
            n = f(a[2 * u :] + (rr * h) @ R[:, 2 * u :])
        return [z * h + (1 - z) * n]

    cell = {"SimpleRNN": rnn, "LSTM": lstm, "GRU": gru}[cls]
    state = lambda: [np.zeros(u)] * 2

    states = len(cell(np.zeros(inputs), state())) if extra.get("return_state") else 0

    def call(x, *given):
        return steps(cell, list(given) or state(), x, go_backwards, return_sequences, states)

    config = dict(units=units, return_sequences=return_sequences, go_backwards=go_backwards, **extra)
    if cudnn:  # https://github.com/keras-team/keras/blob/2.2.4/keras/engine/saving.py: preprocess_weights_for_loading
        k = np.hstack([np.ascontiguousarray(p.T).reshape(p.shape) for p in np.hsplit(k, gates)])
        r = np.hstack([p.T for p in np.hsplit(r, gates)])
        bias = bias.reshape(-1)
        cls = {"LSTM": "CuDNNLSTM", "GRU": "CuDNNGRU"}[cls] if cudnn == "class" else cls
    if cudnn != "class":
        config.update(activation=activation, use_bias=use_bias)
        if gates > 1:
            config["recurrent_activation"] = recurrent_activation
        if cls == "GRU":
            config["reset_after"] = reset_after
    w = [("kernel", k), ("recurrent_kernel", r)]
    if use_bias:
        w.append(("bias", bias))
    return Layer(cls, w, call, **config)


def bidirectional(cls, inputs, units, merge_mode="concat", **config):
    f = recurrent(cls, inputs, units, **config)
    b = recurrent(cls, inputs, units, go_backwards=True, **config)
    merge = {
        "concat": lambda x, y: np.concatenate([x, y], -1),
        "sum": lambda x, y: x + y,
        "mul": lambda x, y: x * y,
        "ave": lambda x, y: (x + y) / 2,
    }[merge_mode]

    def call(x):
        a, y, states = f(x), b(x), []
        if config.get("return_state"):
            states = a[1:] + y[1:]
            a, y = a[0], y[0]
        y = y[::-1] if f.config["return_sequences"] else y
        return [merge(a, y), *states] if states else merge(a, y)

    return Layer("Bidirectional", call=call, inner=[f, b], merge_mode=merge_mode)


def time_distributed(layer):
    return Layer("TimeDistributed", call=lambda x: np.array([layer(v) for v in x]), inner=[layer])


def padding(x, span, stride, mode, value=0.0):
    n = len(x)
    before = after = 0
    if mode == "causal":
        before = span - 1
    elif mode == "same":
        total = max((-(-n // stride) - 1) * stride + span - n, 0)
        before, after = total // 2, total - total // 2
    return np.concatenate([np.full((before, x.shape[1]), value), x, np.full((after, x.shape[1]), value)])


def conv(inputs, filters, kernel, strides=1, padding_="valid", dilation=1, groups=1, activation="linear", use_bias=True):
    k = weight(kernel, inputs // groups, filters)
    b = weight(filters) if use_bias else np.zeros(filters)
    f = function(activation, 2)
    span = (kernel - 1) * dilation + 1

    def call(x):
        x = padding(x, span, strides, padding_)
        out = []
        for t in range(0, len(x) - span + 1, strides):
            y = np.array(b, float)
            for j in range(kernel):
                v = x[t + j * dilation]
                for g in range(groups):
                    o, i = filters // groups, inputs // groups
                    y[g * o : (g + 1) * o] += v[g * i : (g + 1) * i] @ k[j, :, g * o : (g + 1) * o].astype(float)
            out.append(f(y))
        return np.array(out)

    w = [("kernel", k)] + ([("bias", b)] if use_bias else [])
    return Layer("Conv1D", w, call, filters=filters, kernel_size=[kernel], strides=[strides], padding=padding_, data_format="channels_last",
                 dilation_rate=[dilation], groups=groups, activation=activation, use_bias=use_bias)


def filtered(x, d, kernel, padding_):
    """Each channel by its filters d [kernel][channels][multiplier]."""
    x = padding(x, kernel, 1, padding_)
    return np.array([(x[t : t + kernel, :, None] * d).sum(0).reshape(-1) for t in range(len(x) - kernel + 1)])


def separable(inputs, filters, kernel, padding_="same", activation="relu", multiplier=1):
    d, p, b = weight(kernel, inputs, multiplier), weight(1, inputs * multiplier, filters), weight(filters)
    f = function(activation, 2)
    return Layer("SeparableConv1D", [("depthwise_kernel", d), ("pointwise_kernel", p), ("bias", b)],
                 lambda x: f(filtered(x, d.astype(float), kernel, padding_) @ p[0].astype(float) + b), filters=filters, kernel_size=[kernel],
                 padding=padding_, depth_multiplier=multiplier, activation=activation)


def depthwise(inputs, kernel, padding_="causal", multiplier=1):
    d, b = weight(kernel, inputs, multiplier), weight(inputs * multiplier)
    return Layer("DepthwiseConv1D", [("depthwise_kernel", d), ("bias", b)], lambda x: filtered(x, d.astype(float), kernel, padding_) + b,
                 kernel_size=[kernel], padding=padding_, depth_multiplier=multiplier)


def transpose(inputs, filters, kernel, strides=1, padding_="valid", activation="linear"):
    k, b = weight(kernel, filters, inputs), weight(filters)
    f = function(activation, 2)

    def call(x):
        y = np.zeros((len(x) * strides + kernel - strides, filters))
        for t, v in enumerate(x):
            y[t * strides : t * strides + kernel] += k.astype(float) @ v
        if padding_ == "same":
            y = y[(kernel - strides) // 2 :][: len(x) * strides]
        return f(y + b)

    return Layer("Conv1DTranspose", [("kernel", k), ("bias", b)], call, filters=filters, kernel_size=[kernel], strides=[strides], padding=padding_,
                 data_format="channels_last", dilation_rate=[1], groups=1, output_padding=None, activation=activation)


def pool(cls, size, strides=None, padding_="valid"):
    s = strides or size

    def call(x):
        y = padding(x, size, s, padding_, np.nan)
        f = np.nanmax if cls == "MaxPooling1D" else np.nanmean
        return np.array([f(y[t : t + size], axis=0) for t in range(0, len(y) - size + 1, s)])

    return Layer(cls, call=call, pool_size=[size], strides=[s], padding=padding_, data_format="channels_last")


def global_pool(cls):
    return Layer(cls, call=lambda x: x.max(0) if "Max" in cls else x.mean(0), data_format="channels_last")


def batch_norm(n, scale=True, center=True, epsilon=0.001):
    g, b, m, v = weight(n), weight(n), weight(n), np.abs(weight(n)) + np.float32(0.3)

    def call(x):
        y = (x - m) / np.sqrt(v.astype(float) + epsilon)
        return (y * g if scale else y) + (b if center else 0)

    w = [("gamma", g)] * scale + [("beta", b)] * center + [("moving_mean", m), ("moving_variance", v)]
    return Layer("BatchNormalization", w, call, axis=[-1], momentum=0.99, epsilon=epsilon, center=center, scale=scale)


def layer_norm(n, scale=True, center=True, epsilon=0.001):
    g, b = weight(n), weight(n)

    def call(x):
        y = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon)
        return (y * g if scale else y) + (b if center else 0)

    return Layer("LayerNormalization", [("gamma", g)] * scale + [("beta", b)] * center, call, axis=[-1], epsilon=epsilon, center=center, scale=scale)


def normalization(n):
    m, v = weight(n), np.abs(weight(n)) + np.float32(0.3)
    return Layer("Normalization", [("mean", m), ("variance", v), ("count", np.zeros((), np.int64))],
                 lambda x: (x - m) / np.sqrt(v.astype(float)), axis=[-1])


def prelu(*shape):
    a = weight(*shape)
    return Layer("PReLU", [("alpha", a)], lambda x: np.where(x > 0, x, a * x), shared_axes=[1] if len(shape) == 2 else None)


def attention_pool(n):
    w = weight(n, 1)

    def call(x):
        a = np.exp(x @ w.astype(float))
        return (x * a / a.sum()).sum(0)

    return Layer("AttentionWeightedAverage", [("W", w)], call, return_attention=False)


def attention(scale=False):
    w = [("scale", np.float32(0.7))] if scale else []
    return Layer("Attention", w, lambda q, v: softmax(q @ v.T * (0.7 if scale else 1)) @ v, use_scale=scale, score_mode="dot", dropout=0.0)


def additive(size, scale=True):
    w = weight(size)

    def call(q, v, k=None):
        k = v if k is None else k
        return softmax((np.tanh(q[:, None] + k[None]) * (w.astype(float) if scale else 1)).sum(-1)) @ v

    return Layer("AdditiveAttention", [("scale", w)] * scale, call, use_scale=scale, causal=False, dropout=0.0)


def multi_head(query, value, heads, size, value_size, outputs, bias=True):
    shapes = {"query": (query, heads, size), "key": (value, heads, size), "value": (value, heads, value_size), "attention_output": (heads, value_size, outputs)}
    k = {n: weight(*s) for n, s in shapes.items()}
    b = {n: weight(*(s[1:] if n != "attention_output" else s[2:])) if bias else np.zeros(1) for n, s in shapes.items()}
    w = [p for n in shapes for p in [(n + "/kernel", k[n])] + [(n + "/bias", b[n])] * bias]

    def call(q, v):
        Q, K, V = [np.einsum("tc,chs->hts", x, k[n].astype(float)) + b[n].reshape(-1, 1, b[n].shape[-1]) for n, x in (("query", q), ("key", v), ("value", v))]
        a = softmax(Q @ K.transpose(0, 2, 1) / np.sqrt(size)) @ V
        return np.einsum("hts,hso->to", a, k["attention_output"].astype(float)) + b["attention_output"]

    return Layer("MultiHeadAttention", w, call, num_heads=heads, key_dim=size, value_dim=value_size, dropout=0.0, use_bias=bias, output_shape=None, attention_axes=[1],
                 kernel_initializer={"class_name": "GlorotUniform", "config": {}}, query_shape=[None, None, query], key_shape=[None, None, value], value_shape=[None, None, value])


def bahdanau(inputs, query, units):
    """A class of its own: the sum of v weighted by the softmax of V tanh(W1 v + W2 q)."""
    w = [weight(inputs, units), weight(units), weight(query, units), weight(units), weight(units, 1), weight(1)]
    names = ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias"]

    def call(v, q):
        w1, b1, w2, b2, k, b = [a.astype(float) for a in w]
        return softmax((np.tanh(v @ w1 + b1 + q @ w2 + b2) @ k + b).T)[0] @ v

    return Layer("BahdanauAttention", list(zip(names, w)), call)


def plain(cls, call, **config):
    return Layer(cls, call=call, **config)


MERGES = {
    "Add": lambda *x: sum(x),
    "Subtract": lambda x, y: x - y,
    "Multiply": lambda *x: np.prod(x, axis=0),
    "Average": lambda *x: sum(x) / len(x),
    "Maximum": lambda *x: np.max(x, axis=0),
    "Minimum": lambda *x: np.min(x, axis=0),
    "Concatenate": lambda *x: np.concatenate(x, -1),
}


def merge(cls, **config):
    return Layer(cls, call=MERGES[cls], **config)
