#!/usr/bin/env python3
"""Makes graphs.zip: frozen graphs as TensorFlow 1 and Keras write them, with inputs and outputs.

README.md in this folder says what they are.

    apt-get install python3-numpy
    python3 format/tensorflow/testdata/generate.py

TensorFlow is not needed: the messages are written here, field by field. The outputs are
those of the layers' definitions, in float64, and not of the nodes.
"""

import io
import pathlib
import struct
import zipfile

import numpy as np

FOLDER = pathlib.Path(__file__).parent

FLOAT, INT32, INT64, BOOL, RESOURCE = 1, 3, 9, 10, 20


def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def number(field, n):
    return varint(field << 3) + varint(n)


def message(field, b):
    if isinstance(b, str):
        b = b.encode()
    return varint(field << 3 | 2) + varint(len(b)) + b


def shape(sizes):
    if sizes is None:
        return number(3, 1)
    return b"".join(message(2, number(1, n)) for n in sizes)


def tensor(value):
    value = np.asarray(value)
    if value.dtype.kind == "f":
        kind, value = FLOAT, value.astype("<f4")
    elif value.dtype.kind == "b":
        kind = BOOL
    else:
        kind, value = INT32, value.astype("<i4")
    head = number(1, kind) + message(2, shape(value.shape))
    if value.size == 1:
        v = value.reshape(-1)[0]
        if kind == FLOAT:
            return head + varint(5 << 3 | 2) + varint(4) + struct.pack("<f", v)
        return head + (number(7, int(v)) if kind == INT32 else number(11, int(v)))
    if kind == FLOAT and (value == value.reshape(-1)[0]).all():
        return head + varint(5 << 3 | 2) + varint(4) + struct.pack("<f", value.reshape(-1)[0])
    return head + message(4, value.tobytes())


class Type(int):
    """A type of elements, as an attribute."""


def attribute(v):
    if isinstance(v, bool):
        return number(5, int(v))
    if isinstance(v, Type):
        return number(6, v)
    if isinstance(v, int):
        return number(3, v)
    if isinstance(v, float):
        return varint(4 << 3 | 5) + struct.pack("<f", v)
    if isinstance(v, str):
        return message(2, v)
    if isinstance(v, np.ndarray):
        return message(8, tensor(v))
    if isinstance(v, tuple):  # a shape
        return message(7, shape(v[0]))
    if isinstance(v, list):
        return message(1, b"".join(number(3, n) for n in v))
    raise TypeError(v)


class Graph:
    """A GraphDef, whose nodes are added in the order in which TensorFlow makes them."""

    def __init__(self):
        self.nodes, self.scope, self.names, self.control = {}, [], set(), None

    def name(self, name):
        """Returns a name that is not there yet."""
        full = unique = "/".join(self.scope + [name])
        n = 0
        while unique in self.names:
            n += 1
            unique = f"{full}_{n}"
        self.names.add(unique)
        return unique

    def extracted(self, output):
        """Returns the nodes that one depends on, as convert_variables_to_constants does."""
        keep, left = set(), [output]
        while left:
            name = left.pop().lstrip("^").split(":")[0]
            if name not in keep:
                keep.add(name)
                left += self.nodes[name][0]
        return b"".join(message(1, b) for name, (_, b) in self.nodes.items() if name in keep)

    def within(self, scope):
        return Scope(self, scope)

    def node(self, op, name, inputs=(), **attributes):
        name = self.name(name)
        inputs = list(inputs)
        if op == "Const" and self.control:
            inputs.append("^" + self.control)
        b = message(1, name) + message(2, op) + b"".join(message(3, i) for i in inputs)
        for key, v in attributes.items():
            b += message(5, message(1, key) + message(2, attribute(v)))
        self.nodes[name] = inputs, b
        return name

    def const(self, name, value):
        value = np.asarray(value)
        kind = FLOAT if value.dtype.kind == "f" else BOOL if value.dtype.kind == "b" else INT32
        return self.node("Const", name, dtype=Type(kind), value=value)

    def variable(self, name, value):
        control, self.control = self.control, None
        v = self.const(name, np.asarray(value, dtype=np.float32))
        self.control = control
        return self.node("Identity", name + "/read", [v], T=Type(FLOAT))

    def placeholder(self, name, sizes, kind=FLOAT):
        return self.node("Placeholder", name, dtype=Type(kind), shape=(sizes,))

    def op(self, op, *inputs, name=None, kind=FLOAT, **attributes):
        return self.node(op, name or op, inputs, T=Type(kind), **attributes)

    def add(self, a, b, kind=FLOAT):
        return self.op("Add", a, b, name="add", kind=kind)

    def mul(self, a, b):
        return self.op("Mul", a, b, name="mul")

    def sub(self, a, b, kind=FLOAT):
        return self.op("Sub", a, b, name="sub", kind=kind)

    def matmul(self, a, b):
        return self.op("MatMul", a, b, transpose_a=False, transpose_b=False)

    def bias(self, a, b):
        return self.op("BiasAdd", a, b, data_format="NHWC")

    def reshape(self, a, *sizes):
        return self.op("Reshape", a, self.const("Reshape/shape", np.array(sizes)), Tshape=Type(INT32))

    def transpose(self, a, *order):
        return self.op("Transpose", a, self.const("transpose/perm", np.array(order)), name="transpose", Tperm=Type(INT32))

    def concat(self, axis, *list):
        return self.op("ConcatV2", *list, self.const("concat/axis", np.array(axis)), name="concat", N=len(list), Tidx=Type(INT32))

    def split(self, axis, n, a):
        s = self.op("Split", self.const("split/split_dim", np.array(axis)), a, name="split", num_split=n)
        return [s] + [f"{s}:{i}" for i in range(1, n)]

    def shape(self, a):
        return self.op("Shape", a, out_type=Type(INT32))

    def cut(self, a, parts, kind=FLOAT):
        """a[parts]: an int, a pair of ends that may be None, or Ellipsis."""
        begin, end, masks = [], [], dict(begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0)
        for i, p in enumerate(parts):
            bit = 1 << i
            if isinstance(p, int):
                begin.append(p), end.append(p + 1)
                masks["shrink_axis_mask"] |= bit
                continue
            if p is Ellipsis:
                begin.append(0), end.append(0)
                masks["ellipsis_mask"] |= bit
                continue
            begin.append(p[0] or 0), end.append(p[1] or 0)
            masks["begin_mask"] |= bit if p[0] is None else 0
            masks["end_mask"] |= bit if p[1] is None else 0
        name = "strided_slice"
        return self.op("StridedSlice", a, self.const(name + "/stack", np.array(begin)), self.const(name + "/stack_1", np.array(end)),
                       self.const(name + "/stack_2", np.ones(len(parts), dtype=int)), name=name, kind=kind, Index=Type(INT32), **masks)

    def softmax(self, a):
        return self.op("Softmax", a)

    def dense(self, a, w, b, function=None):
        """A layer of Keras."""
        kernel, bias = self.variable("kernel", w), self.variable("bias", b)
        y = self.bias(self.matmul(a, kernel), bias)
        return self.op(function, y) if function else y

    def time_dense(self, a, w, b, function=None):
        """A layer of Keras of three axes: K.dot and K.bias_add."""
        kernel, bias = self.variable("kernel", w), self.variable("bias", b)
        sizes = self.node("Unpack", "unstack", [self.shape(a)], T=Type(INT32), num=3, axis=0)
        x = self.reshape(a, -1, w.shape[0])
        k = self.reshape(self.transpose(kernel, 0, 1), w.shape[0], -1)
        sizes = self.op("Pack", sizes, sizes + ":1", self.const("Reshape_2/shape/2", np.array(w.shape[1])), name="Reshape_2/shape", kind=INT32, N=3, axis=0)
        y = self.op("Reshape", self.matmul(x, k), sizes, Tshape=Type(INT32))
        y = self.add(y, self.reshape(bias, 1, 1, w.shape[1]))
        return self.op(function, y) if function else y

    def normalization(self, x, gamma, beta, mean, var):
        """tf.nn.batch_normalization with moving averages."""
        scale = self.op("Rsqrt", self.add(self.variable("moving_variance", var), self.const("add/y", np.float32(0.001))))
        scale = self.mul(scale, self.variable("gamma", gamma))
        y = self.mul(x, scale)
        return self.add(y, self.sub(self.variable("beta", beta), self.mul(self.variable("moving_mean", mean), scale)))


class Scope:
    def __init__(self, graph, name):
        self.graph, self.name = graph, name

    def __enter__(self):
        self.graph.scope.append(self.graph.name(self.name).split("/")[-1])

    def __exit__(self, *_):
        self.graph.scope.pop()


class While:
    """A loop of TensorFlow 1 over the first axis of a tensor, as dynamic_rnn and Keras write it."""

    def __init__(self, g, x, states, newer=False, lengths=None):
        self.g, self.states, self.lengths = g, states, lengths
        steps = self.steps = g.cut(g.shape(x), [0], INT32)
        ta = dict(dtype=Type(FLOAT), element_shape=(None,), dynamic_size=False, clear_after_read=True)
        self.out = g.node("TensorArrayV3", "TensorArray", [steps], tensor_array_name="output", **ta)
        self.source = g.node("TensorArrayV3", "TensorArray", [steps], tensor_array_name="input", **ta)
        with g.within("TensorArrayUnstack"):
            n = g.cut(g.shape(x), [0], INT32)
            places = g.op("Range", g.const("range/start", np.array(0)), n, g.const("range/delta", np.array(1)), name="range", kind=INT32)
        self.filled = g.node("TensorArrayScatterV3", "TensorArrayUnstack/TensorArrayScatter/TensorArrayScatterV3",
                             [self.source, places, x, self.source + ":1"], T=Type(FLOAT))
        self.newer = newer
        time = g.const("time", np.array(0))
        if newer:  # of TensorFlow 1.8 on: maximum_iterations and the longest sequence
            longest = g.op("Max", lengths, g.const("Const", np.array([0])), name="Max", kind=INT32, keep_dims=False) if lengths else steps
            self.bound = g.op("Minimum", steps, g.op("Maximum", g.const("Maximum/x", np.array(1)), longest, kind=INT32), kind=INT32)
        scope = g.within("while")
        scope.__enter__()
        self.scope = scope
        self.frame = "/".join(g.scope) + "/while_context"
        self.variables = []
        if newer:
            self.count = self.variable(g.const("iteration_counter", np.array(0)), INT32)
        self.time = self.variable(time, INT32)
        self.written = self.variable(self.out + ":1", FLOAT)
        self.kept = [self.variable(s, FLOAT) for s in states]
        for v in self.variables:
            v["merge"] = g.node("Merge", "Merge", [v["enter"], v["next name"]], N=2, T=Type(v["kind"]))
        if newer:
            a = g.op("Less", self.count["merge"], self.enter(steps, INT32, "Less/Enter"), kind=INT32)
            b = g.op("Less", self.time["merge"], self.enter(self.bound, INT32, "Less_1/Enter"), kind=INT32)
            condition = g.node("LogicalAnd", "LogicalAnd", [a, b])
        else:
            condition = g.op("Less", self.time["merge"], self.enter(steps, INT32, "Less/Enter"), kind=INT32)
        condition = g.node("LoopCond", "LoopCond", [condition])
        for v in self.variables:
            v["switch"] = g.node("Switch", "Switch", [v["merge"], condition], T=Type(v["kind"]))
            v["value"] = g.node("Identity", "Identity", [v["switch"] + ":1"], T=Type(v["kind"]))
        g.control = self.variables[0]["value"]
        self.step = g.node("TensorArrayReadV3", "TensorArrayReadV3",
                           [self.enter(self.source, RESOURCE, "TensorArrayReadV3/Enter"), self.time["value"], self.enter(self.filled, FLOAT, "TensorArrayReadV3/Enter")],
                           dtype=Type(FLOAT))

    def variable(self, start, kind):
        g = self.g
        v = dict(enter=self.enter(start, kind, "Enter", False), kind=kind)
        n = len(self.variables)
        v["next name"] = "/".join(g.scope) + "/NextIteration" + (f"_{n}" if n else "")
        self.variables.append(v)
        return v

    def enter(self, value, kind, name="Enter", constant=True):
        return self.g.node("Enter", name, [value], T=Type(kind), frame_name=self.frame, is_constant=constant, parallel_iterations=32)

    def weight(self, value, kind=FLOAT):
        return self.enter(value, kind, "weight/Enter")

    def finish(self, output, states):
        """Returns all outputs, the last one, and the last states."""
        g = self.g
        if self.lengths:
            over = g.op("GreaterEqual", self.time["value"], self.enter(self.lengths, INT32), kind=INT32)
            zeros = self.enter(g_zeros(g, self), FLOAT)
            output = g.op("Select", over, zeros, output)
            states = [g.op("Select", over, v["value"], s) for v, s in zip(self.kept, states)]
        written = g.node("TensorArrayWriteV3", "TensorArrayWrite/TensorArrayWriteV3",
                         [self.enter(self.out, RESOURCE, "TensorArrayWrite/Enter"), self.time["value"], output, self.written["value"]], T=Type(FLOAT))
        after = [g.add(self.time["value"], g.const("add/y", np.array(1)), INT32), written] + states
        if self.newer:
            after.insert(0, g.add(self.count["value"], g.const("add/y", np.array(1)), INT32))
        for v, value in zip(self.variables, after):
            name = g.node("NextIteration", "NextIteration", [value], T=Type(v["kind"]))
            assert name == v["next name"], (name, v["next name"])
        for v in self.variables:
            v["exit"] = g.node("Exit", "Exit", [v["switch"]], T=Type(v["kind"]))
        g.control = None
        self.scope.__exit__()
        with g.within("TensorArrayStack"):
            n = g.node("TensorArraySizeV3", "TensorArraySizeV3", [self.out, self.written["exit"]])
            places = g.op("Range", g.const("range/start", np.array(0)), n, g.const("range/delta", np.array(1)), name="range", kind=INT32)
            self.all = g.node("TensorArrayGatherV3", "TensorArrayGatherV3", [self.out, places, self.written["exit"]], dtype=Type(FLOAT), element_shape=(None,))
        self.last = [v["exit"] for v in self.kept]

    def last_output(self):
        g = self.g
        place = g.sub(self.time["exit"], g.const("sub/y", np.array(1)), INT32)
        return g.node("TensorArrayReadV3", "TensorArrayReadV3", [self.out, place, self.written["exit"]], dtype=Type(FLOAT))


def g_zeros(g, loop):
    """Zeros of the output of a step, from outside of the loop."""
    return loop.zero_output


def zeros(g, units, of=None):
    """The zero state of a cell of TensorFlow: of a batch of 1, or of the batch of a tensor."""
    if of is None:
        sizes = g.concat(0, g.const("Const", np.array([1])), g.const("Const", np.array([units])))
    else:
        batch = g.op("ExpandDims", g.cut(g.shape(of), [0], INT32), g.const("ExpandDims/dim", np.array(0)), kind=INT32)
        sizes = g.concat(0, batch, g.const("Const", np.array([units])))
    return g.op("Fill", sizes, g.const("zeros/Const", np.float32(0)), name="zeros")


# Cells of TensorFlow: with_weights() makes the weights, and nodes(step, states, weight)
# the nodes of a step, which return the output and the new states.


class BasicLSTM:
    def __init__(self, r, inputs, units, forget=1.0, **_):
        self.units = units
        self.w, self.b = r.normal(size=(inputs + units, 4 * units)) * 0.3, r.normal(size=4 * units) * 0.1
        self.forget, self.sizes, self.outputs = forget, [units, units], units

    def weights(self, g):
        self.kernel, self.bias = g.variable("basic_lstm_cell/kernel", self.w), g.variable("basic_lstm_cell/bias", self.b)

    def nodes(self, g, x, states, weight):
        c, h = states
        z = g.bias(g.matmul(g.concat(1, x, h), weight(self.kernel)), weight(self.bias))
        i, j, f, o = g.split(1, 4, z)
        f = g.op("Sigmoid", g.add(f, g.const("add/y", np.float32(self.forget))))
        c = g.add(g.mul(c, f), g.mul(g.op("Sigmoid", i), g.op("Tanh", j)))
        h = g.mul(g.op("Tanh", c), g.op("Sigmoid", o))
        return h, [c, h]

    def step(self, x, states):
        c, h = states
        i, j, f, o = np.split(np.concatenate([x, h]) @ f32(self.w) + f32(self.b), 4)
        c = c * sigmoid(f + self.forget) + sigmoid(i) * np.tanh(j)
        h = np.tanh(c) * sigmoid(o)
        return h, [c, h]


class FullLSTM:
    def __init__(self, r, inputs, units, peepholes=True, projection=None, forget=1.0):
        self.units, self.forget, self.peepholes, self.projection = units, forget, peepholes, projection
        self.outputs = projection or units
        self.sizes = [units, self.outputs]
        self.w, self.b = r.normal(size=(inputs + self.outputs, 4 * units)) * 0.3, r.normal(size=4 * units) * 0.1
        self.p = r.normal(size=(3, units)) * 0.3
        self.proj = r.normal(size=(units, self.outputs)) * 0.4

    def weights(self, g):
        self.kernel, self.bias = g.variable("lstm_cell/kernel", self.w), g.variable("lstm_cell/bias", self.b)
        if self.peepholes:
            self.peep = [g.variable(f"lstm_cell/w_{k}_diag", v) for k, v in zip("fio", self.p)]
        if self.projection:
            self.projected = g.variable("lstm_cell/projection/kernel", self.proj)

    def nodes(self, g, x, states, weight):
        c0, h = states
        z = g.bias(g.matmul(g.concat(1, x, h), weight(self.kernel)), weight(self.bias))
        i, j, f, o = g.split(1, 4, z)
        f = g.add(f, g.const("add/y", np.float32(self.forget)))
        if self.peepholes:
            f = g.add(f, g.mul(weight(self.peep[0]), c0))
        f = g.mul(g.op("Sigmoid", f), c0)
        if self.peepholes:
            i = g.add(i, g.mul(weight(self.peep[1]), c0))
        c = g.add(f, g.mul(g.op("Sigmoid", i), g.op("Tanh", j)))
        if self.peepholes:
            o = g.add(o, g.mul(weight(self.peep[2]), c))
        h = g.mul(g.op("Sigmoid", o), g.op("Tanh", c))
        if self.projection:
            h = g.matmul(h, weight(self.projected))
        return h, [c, h]

    def step(self, x, states):
        c, h = states
        p = f32(self.p) * (1 if self.peepholes else 0)
        i, j, f, o = np.split(np.concatenate([x, h]) @ f32(self.w) + f32(self.b), 4)
        new = sigmoid(f + self.forget + p[0] * c) * c + sigmoid(i + p[1] * c) * np.tanh(j)
        h = sigmoid(o + p[2] * new) * np.tanh(new)
        if self.projection:
            h = h @ f32(self.proj)
        return h, [new, h]


class GRU:
    def __init__(self, r, inputs, units, **_):
        self.units = self.outputs = units
        self.sizes = [units]
        self.w, self.b = r.normal(size=(inputs + units, 2 * units)) * 0.3, 1 + r.normal(size=2 * units) * 0.1
        self.wc, self.bc = r.normal(size=(inputs + units, units)) * 0.3, r.normal(size=units) * 0.1

    def weights(self, g):
        self.gates, self.gate_bias = g.variable("gru_cell/gates/kernel", self.w), g.variable("gru_cell/gates/bias", self.b)
        self.candidate, self.candidate_bias = g.variable("gru_cell/candidate/kernel", self.wc), g.variable("gru_cell/candidate/bias", self.bc)

    def nodes(self, g, x, states, weight):
        h = states[0]
        ru = g.op("Sigmoid", g.bias(g.matmul(g.concat(1, x, h), weight(self.gates)), weight(self.gate_bias)))
        r, u = g.split(1, 2, ru)
        c = g.matmul(g.concat(1, x, g.mul(r, h)), weight(self.candidate))
        c = g.op("Tanh", g.bias(c, weight(self.candidate_bias)))
        h = g.add(g.mul(u, h), g.mul(g.sub(g.const("sub/x", np.float32(1)), u), c))
        return h, [h]

    def step(self, x, states):
        h = states[0]
        r, u = np.split(sigmoid(np.concatenate([x, h]) @ f32(self.w) + f32(self.b)), 2)
        c = np.tanh(np.concatenate([x, r * h]) @ f32(self.wc) + f32(self.bc))
        h = u * h + (1 - u) * c
        return h, [h]


class BasicRNN:
    def __init__(self, r, inputs, units, **_):
        self.units = self.outputs = units
        self.sizes = [units]
        self.w, self.b = r.normal(size=(inputs + units, units)) * 0.3, r.normal(size=units) * 0.1

    def weights(self, g):
        self.kernel, self.bias = g.variable("basic_rnn_cell/kernel", self.w), g.variable("basic_rnn_cell/bias", self.b)

    def nodes(self, g, x, states, weight):
        h = g.op("Tanh", g.bias(g.matmul(g.concat(1, x, states[0]), weight(self.kernel)), weight(self.bias)))
        return h, [h]

    def step(self, x, states):
        h = np.tanh(np.concatenate([x, states[0]]) @ f32(self.w) + f32(self.b))
        return h, [h]


class Stacked:
    """Cells one above the other: MultiRNNCell."""

    def __init__(self, make, r, inputs, units, **kw):
        self.cells = [make(r, inputs, units, **kw)]
        self.cells.append(make(r, self.cells[0].outputs, units + 1, **kw))
        self.sizes, self.outputs = self.cells[0].sizes + self.cells[1].sizes, self.cells[1].outputs

    def weights(self, g):
        for i, c in enumerate(self.cells):
            with g.within(f"cell_{i}"):
                c.weights(g)

    def through(self, x, states, step):
        after = []
        for c in self.cells:
            n = len(c.sizes)
            x, new = step(c, x, states[:n])
            states, after = states[n:], after + new
        return x, after

    def nodes(self, g, x, states, weight):
        return self.through(x, states, lambda c, x, s: c.nodes(g, x, s, weight))

    def step(self, x, states):
        return self.through(x, states, lambda c, x, s: c.step(x, s))


# Cells of Keras, by implementation: 0 multiplies the steps before the loop (Keras 2.0),
# 1 gate by gate, 2 all gates at once.


def hard_sigmoid_nodes(g, x):
    y = g.add(g.mul(g.const("mul/x", np.float32(0.2)), x), g.const("add/y", np.float32(0.5)))
    low, high = g.const("Const", np.float32(0)), g.const("Const", np.float32(1))
    return g.op("Maximum", g.op("Minimum", y, high, name="clip_by_value/Minimum"), low, name="clip_by_value")


def activate(g, name, x):
    if name == "linear":
        return x
    if name == "hard_sigmoid":
        return hard_sigmoid_nodes(g, x)
    return g.op({"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu"}[name], x)


FUNCTIONS = {
    "linear": lambda x: x,
    "hard_sigmoid": lambda x: np.clip(np.float64(np.float32(0.2)) * x + 0.5, 0, 1),
    "tanh": np.tanh,
    "sigmoid": lambda x: sigmoid(x),
    "relu": lambda x: np.maximum(x, 0),
}


class KerasCell:
    gates = 1

    def __init__(self, r, inputs, units, implementation=1, activation="tanh", inner="hard_sigmoid", reset_after=False, dropout=0.0, scale=0.3):
        self.units, self.inputs, self.implementation, self.dropout = units, inputs, implementation, dropout
        self.activation, self.inner, self.reset_after = activation, inner, reset_after
        n = self.gates * units
        self.w, self.u, self.b = r.normal(size=(inputs, n)) * scale, r.normal(size=(units, n)) * scale, r.normal(size=n) * 0.2
        self.rb = r.normal(size=n) * 0.2 * (1 if reset_after else 0)

    def parts(self, g, v, axis):
        u = self.units
        if self.gates == 1:
            return [v]
        return [g.cut(v, ([(None, None)] if axis else []) + [(None if i == 0 else i * u, None if i == self.gates - 1 and i > 0 else (i + 1) * u)])
                for i in range(self.gates)]

    def weights(self, g):
        self.kernel, self.recurrent = g.variable("kernel", self.w), g.variable("recurrent_kernel", self.u)
        if self.reset_after:
            both = g.variable("bias", np.stack([self.b, self.rb]))
            self.bias = g.op("Reshape", g.cut(both, [0]), g.const("Reshape/shape", np.array([-1])), Tshape=Type(INT32))
            self.recurrent_bias = g.op("Reshape", g.cut(both, [1]), g.const("Reshape/shape", np.array([-1])), Tshape=Type(INT32))
            self.recurrent_biases = self.parts(g, self.recurrent_bias, 0)
        else:
            self.bias = g.variable("bias", self.b)
        self.kernels, self.recurrents, self.biases = self.parts(g, self.kernel, 1), self.parts(g, self.recurrent, 1), self.parts(g, self.bias, 0)

    def products(self, g, x, weight, mask):
        """Returns the products of a step with the kernels, with biases."""
        u = self.units
        if self.implementation == 0:
            return self.parts(g, x, 1)
        if self.implementation == 2 and self.gates > 1:
            if mask:
                x = g.mul(x, weight(mask[0]))
            z = g.bias(g.matmul(x, weight(self.kernel)), weight(self.bias))
            return self.parts(g, z, 1)
        xs = [g.mul(x, weight(m)) for m in mask] if mask else [x] * self.gates
        out = [g.matmul(v, weight(k)) for v, k in zip(xs, self.kernels)]
        return [g.bias(v, weight(b)) for v, b in zip(out, self.biases)]

    def masks(self, g, x):
        """The masks of a dropout that does not learn: ones like a step."""
        if not self.dropout:
            return None
        return [g.op("OnesLike", x, name="ones_like")] * self.gates


class KerasRNN(KerasCell):
    sizes = property(lambda s: [s.units])

    def nodes(self, g, x, states, weight, mask):
        z = self.products(g, x, weight, mask)[0]
        h = activate(g, self.activation, g.add(z, g.matmul(states[0], weight(self.recurrent))))
        return h, [h]

    def step(self, x, states):
        h = FUNCTIONS[self.activation](x @ f32(self.w) + f32(self.b) + states[0] @ f32(self.u))
        return h, [h]


class KerasLSTM(KerasCell):
    gates = 4
    sizes = property(lambda s: [s.units, s.units])

    def nodes(self, g, x, states, weight, mask):
        h, c = states
        if self.implementation == 2:
            if mask:
                x = g.mul(x, weight(mask[0]))
            z = g.add(g.matmul(x, weight(self.kernel)), g.matmul(h, weight(self.recurrent)))
            z = self.parts(g, g.bias(z, weight(self.bias)), 1)
        else:
            z = [g.add(v, g.matmul(h, weight(k))) for v, k in zip(self.products(g, x, weight, mask), self.recurrents)]
        i, f = activate(g, self.inner, z[0]), activate(g, self.inner, z[1])
        c = g.add(g.mul(f, c), g.mul(i, activate(g, self.activation, z[2])))
        h = g.mul(activate(g, self.inner, z[3]), activate(g, self.activation, c))
        return h, [h, c]

    def step(self, x, states):
        h, c = states
        f, a = FUNCTIONS[self.inner], FUNCTIONS[self.activation]
        z = np.split(x @ f32(self.w) + h @ f32(self.u) + f32(self.b), 4)
        c = f(z[1]) * c + f(z[0]) * a(z[2])
        h = f(z[3]) * a(c)
        return h, [h, c]


class KerasGRU(KerasCell):
    gates = 3
    sizes = property(lambda s: [s.units])

    def nodes(self, g, x, states, weight, mask):
        h, u = states[0], self.units
        xz, xr, xh = self.products(g, x, weight, mask)
        if self.implementation == 2 and self.reset_after:
            inner = self.parts(g, g.bias(g.matmul(h, weight(self.recurrent)), weight(self.recurrent_bias)), 1)
        elif self.implementation == 2:
            both = g.matmul(h, g.cut(weight(self.recurrent), [(None, None), (None, 2 * u)]))
            inner = [g.cut(both, [(None, None), (None, u)]), g.cut(both, [(None, None), (u, 2 * u)])]
        else:
            inner = [g.matmul(h, weight(k)) for k in self.recurrents[:3 if self.reset_after else 2]]
            if self.reset_after:
                inner = [g.bias(v, weight(b)) for v, b in zip(inner, self.recurrent_biases)]
        z, r = activate(g, self.inner, g.add(xz, inner[0])), activate(g, self.inner, g.add(xr, inner[1]))
        if self.reset_after:
            rest = g.mul(r, inner[2])
        elif self.implementation == 2:
            rest = g.matmul(g.mul(r, h), g.cut(weight(self.recurrent), [(None, None), (2 * u, None)]))
        else:
            rest = g.matmul(g.mul(r, h), weight(self.recurrents[2]))
        new = activate(g, self.activation, g.add(xh, rest))
        h = g.add(g.mul(z, h), g.mul(g.sub(g.const("sub/x", np.float32(1)), z), new))
        return h, [h]

    def step(self, x, states):
        h, u = states[0], self.units
        f, a = FUNCTIONS[self.inner], FUNCTIONS[self.activation]
        xz, xr, xh = np.split(x @ f32(self.w) + f32(self.b), 3)
        uz, ur, uh = np.split(f32(self.u), 3, axis=1)
        bz, br, bh = np.split(f32(self.rb), 3)
        z, r = f(xz + h @ uz + bz), f(xr + h @ ur + br)
        rest = r * (h @ uh + bh) if self.reset_after else (r * h) @ uh
        h = z * h + (1 - z) * a(xh + rest)
        return h, [h]


def f32(v):
    return np.asarray(v, dtype=np.float32).astype(np.float64)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def run(cell, x):
    """Returns the outputs of all steps, and the last states."""
    states = [np.zeros(n) for n in cell.sizes]
    out = []
    for v in x:
        y, states = cell.step(v, states)
        out.append(y)
    return np.array(out), states


def keras_layer(g, name, cell, x, steps, sequences=False, backwards=False, unroll=False, masked=True):
    """A recurrent layer of Keras, by K.rnn. steps is None if their number is open."""
    with g.within(name):
        cell.weights(g)
        # The zero state: zeros_like, sum, expand_dims, tile.
        state = g.op("Sum", g.op("ZerosLike", x, name="zeros_like"), g.const("Sum/reduction_indices", np.array([1, 2])), Tidx=Type(INT32), keep_dims=False)
        state = g.op("ExpandDims", state, g.const("ExpandDims/dim", np.array(-1)), Tdim=Type(INT32))
        states = [g.op("Tile", state, g.const("Tile/multiples", np.array([1, n])), Tmultiples=Type(INT32)) for n in cell.sizes]
        if cell.implementation == 0:
            parts = []
            for k, b in zip(cell.kernels, cell.biases):
                z = g.bias(g.matmul(g.reshape(x, -1, cell.inputs), k), b)
                parts.append(g.reshape(z, -1, steps or -1, cell.units) if steps else g.op(
                    "Reshape", z, g.op("Pack", g.const("stack/0", np.array(-1)), g.cut(g.shape(x), [1], INT32), g.const("stack/2", np.array(cell.units)),
                                       name="stack", kind=INT32, N=3, axis=0), Tshape=Type(INT32)))
            x = g.concat(2, *parts) if len(parts) > 1 else parts[0]
        x = g.transpose(x, 1, 0, 2)
        if unroll:
            u = g.node("Unpack", "unstack", [x], T=Type(FLOAT), num=steps, axis=0)
            list = [u] + [f"{u}:{i}" for i in range(1, steps)]
            if backwards:
                list.reverse()
            mask = cell.masks(g, list[0])
            out = []
            for v in list:
                y, states = cell.nodes(g, v, states, lambda w: w, mask)
                out.append(y)
            all = g.op("Pack", *out, name="stack", N=steps, axis=0)
            return g.transpose(all, 1, 0, 2) if sequences else out[-1]
        if backwards:
            x = g.op("ReverseV2", x, g.const("ReverseV2/axis", np.array([0])), Tidx=Type(INT32))
        first = g.cut(x, [0])
        mask = cell.masks(g, first)
        cell.nodes(g, first, states, lambda w: w, mask)  # K.rnn does so to know the type of the output
        loop = While(g, x, states)
        y, after = cell.nodes(g, loop.step, [v["value"] for v in loop.kept], loop.weight, mask)
        loop.finish(y, after)
        last = loop.last_output()
        all = g.transpose(loop.all, 1, 0, 2)
        return all if sequences else last


def dynamic_rnn(g, name, cell, x, time_major=False, newer=False, lengths=None, backwards=False, batch=None):
    """tf.nn.dynamic_rnn. Returns the outputs and the last states."""
    with g.within(name):
        if not time_major:
            rank = g.const("Rank", np.array(3))
            rest = g.op("Range", g.const("range/start", np.array(2)), rank, g.const("range/delta", np.array(1)), name="range", kind=INT32)
            order = g.concat(0, g.const("concat/values_0", np.array([1, 0])), rest)
            x = g.op("Transpose", x, order, name="transpose", Tperm=Type(INT32))
        if backwards and lengths:
            x = g.op("ReverseSequence", x, lengths, Tlen=Type(INT32), seq_dim=0, batch_dim=1)
        elif backwards:
            x = g.op("ReverseV2", x, g.const("ReverseV2/axis", np.array([0])), Tidx=Type(INT32))
        states = [zeros(g, n) for n in cell.sizes]
        zero_output = zeros(g, cell.outputs)
        loop = While(g, x, states, newer or bool(lengths), lengths)
        loop.zero_output = zero_output
        cell.weights(g)
        y, after = cell.nodes(g, loop.step, [v["value"] for v in loop.kept], loop.weight)
        loop.finish(y, after)
        all = loop.all
        if backwards and lengths:
            all = g.op("ReverseSequence", all, lengths, Tlen=Type(INT32), seq_dim=0, batch_dim=1)
        elif backwards:
            all = g.op("ReverseV2", all, g.const("ReverseV2/axis", np.array([0])), Tidx=Type(INT32))
        return (all if time_major else g.transpose(all, 1, 0, 2)), loop.last


def static_rnn(g, name, cell, x, steps):
    """tf.nn.static_rnn of tf.unstack(x, axis=1)."""
    u = g.node("Unpack", "unstack", [x], T=Type(FLOAT), num=steps, axis=1)
    with g.within(name):
        states = [zeros(g, n) for n in cell.sizes]
        cell.weights(g)
        out = []
        for i in range(steps):
            y, states = cell.nodes(g, u if i == 0 else f"{u}:{i}", states, lambda w: w)
            out.append(y)
        return out, states


class Case:
    """A graph with an input and the outputs."""

    def __init__(self, seed):
        self.r, self.g, self.flags = np.random.default_rng(seed), Graph(), ""

    def head(self, units, outputs, function=None):
        self.hw, self.hb = self.r.normal(size=(units, outputs)) * 0.5, self.r.normal(size=outputs) * 0.1

    def apply(self, h, function=None):
        z = h @ f32(self.hw) + f32(self.hb)
        if function == "Softmax":
            e = np.exp(z - z.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
        return sigmoid(z) if function == "Sigmoid" else z


def keyword_spotter(cell, seed, steps, inputs, units, **kw):
    """A keyword spotter as ML-KWS-for-MCU has them, from its features on."""
    c = Case(seed)
    g = c.g
    cell = cell(c.r, inputs, units, **kw)
    c.head(cell.outputs, 12)
    wav = g.node("Placeholder", "wav_data", dtype=Type(7), shape=([],))
    decoded = g.node("DecodeWav", "decoded_sample_data", [wav], desired_channels=1, desired_samples=16000)
    stride = 15360 // (steps - 1)
    spectrum = g.node("AudioSpectrogram", "AudioSpectrogram", [decoded], window_size=640, stride=stride, magnitude_squared=True)
    mfcc = g.node("Mfcc", "Mfcc", [spectrum, decoded + ":1"], upper_frequency_limit=4000.0, lower_frequency_limit=20.0,
                  filterbank_channel_count=40, dct_coefficient_count=inputs)
    x = g.reshape(g.reshape(mfcc, -1, steps * inputs), -1, steps, inputs)
    _, states = dynamic_rnn(g, "rnn", cell, x)
    w, b = g.variable("W_o", c.hw), g.variable("b_o", c.hb)
    g.op("Softmax", g.add(g.matmul(states[-1], w), b), name="labels_softmax")
    c.x = c.r.normal(size=(steps, inputs))
    c.y = c.apply(run(cell, c.x)[1][-1], "Softmax")
    return c


def wake_word(seed, steps=29, inputs=13, units=20, **kw):
    """A wake word of Mycroft Precise."""
    c = Case(seed)
    g = c.g
    cell = KerasGRU(c.r, inputs, units, activation=kw.pop("activation", "linear"), **kw)
    c.head(units, 1)
    x = g.placeholder("net_input", [-1, steps or -1, inputs])
    h = keras_layer(g, "net", cell, x, steps)
    with g.within("dense_1"):
        y = g.dense(h, c.hw, c.hb, "Sigmoid")
    g.op("Identity", y, name="net_output")
    c.x = c.r.normal(size=(steps or 17, inputs))
    c.y = c.apply(run(cell, c.x)[1][0], "Sigmoid")
    return c


def keras(make, seed, steps=None, inputs=5, units=4, sequences=False, layers=1, backwards=False, unroll=False, **kw):
    """A Keras model of recurrent layers and a dense layer."""
    c = Case(seed)
    g = c.g
    y = g.placeholder("x", [-1, steps or -1, inputs])
    c.x = x = c.r.normal(size=(steps or 9, inputs))
    for i in range(layers):
        cell = make(c.r, inputs if i == 0 else units, units, **kw)
        more = sequences or i < layers - 1
        y = keras_layer(g, f"rnn_{i + 1}", cell, y, steps, more, backwards, unroll)
        out, _ = run(cell, x[::-1] if backwards else x)
        x = out if more else out[-1]
    c.head(units, 3)
    with g.within("dense"):
        if sequences:
            y = g.time_dense(y, c.hw, c.hb)
        else:
            y = g.dense(y, c.hw, c.hb)
    g.op("Identity", y, name="y")
    c.y = c.apply(x)
    return c


def tensorflow(make, seed, steps=None, inputs=5, units=4, sequences=False, time_major=False, newer=False, lengths=False, both=False, static=False, **kw):
    """A model of tf.nn: dynamic_rnn, bidirectional_dynamic_rnn, or static_rnn."""
    c = Case(seed)
    g = c.g
    c.x = x = c.r.normal(size=(steps or 9, inputs))
    size = [steps or -1, -1, inputs] if time_major else [-1, steps or -1, inputs]
    of = g.placeholder("x", size)
    n = g.placeholder("lengths", [-1], INT32) if lengths else None
    cell = make(c.r, inputs, units, **kw)
    if static:
        out, states = static_rnn(g, "rnn", cell, of, steps)
        y, last = None, states[-1]
        if sequences:
            y = g.op("Pack", *out, name="stack", N=steps, axis=1)
    else:
        y, states = dynamic_rnn(g, "rnn", cell, of, time_major, newer, n)
        last = states[-1]
    all, after = run(cell, x)
    h = all if sequences else after[-1]
    width = cell.outputs
    value = y if sequences else last
    if both:
        other = make(c.r, inputs, units, **kw)
        y2, states2 = dynamic_rnn(g, "bw", other, of, time_major, newer, n, backwards=True)
        all2, after2 = run(other, x[::-1])
        h = np.concatenate([h, all2[::-1] if sequences else after2[-1]], axis=-1)
        value = g.concat(2 if sequences else 1, value, y2 if sequences else states2[-1])
        width *= 2
    c.head(width, 3)
    if sequences:
        w, b = g.variable("w", c.hw), g.variable("b", c.hb)
        flat = g.bias(g.matmul(g.reshape(value, -1, width), w), b)
        g.op("Softmax", flat, name="y")
    else:
        w, b = g.variable("w", c.hw), g.variable("b", c.hb)
        g.op("Softmax", g.bias(g.matmul(value, w), b), name="y")
    c.y = c.apply(h, "Softmax")
    return c


class LaterLSTM(KerasLSTM):
    """tf.keras of TensorFlow 1.14: variables are read in the loop, and cut there."""

    def weights(self, g):
        self.kernel, self.recurrent, self.bias = g.const("kernel", f32(self.w)), g.const("recurrent_kernel", f32(self.u)), g.const("bias", f32(self.b))

    def nodes(self, g, x, states, weight, mask=None):
        def read(v):
            return g.op("Identity", weight(v), name="ReadVariableOp")

        h, c, u = *states, self.units
        kernels, biases = g.split(1, 4, read(self.kernel)), g.split(0, 4, read(self.bias))
        z = [g.bias(g.matmul(x, k), b) for k, b in zip(kernels, biases)]
        z = [g.op("AddV2", v, g.matmul(h, g.cut(read(self.recurrent), [(None, None), (i * u, (i + 1) * u)])), name="add") for i, v in enumerate(z)]
        i, f = activate(g, self.inner, z[0]), activate(g, self.inner, z[1])
        c = g.op("AddV2", g.mul(f, c), g.mul(i, activate(g, self.activation, z[2])), name="add")
        h = g.mul(activate(g, self.inner, z[3]), activate(g, self.activation, c))
        return h, [h, c]


class LaterGRU(KerasGRU):
    """The same, with reset_after."""

    def weights(self, g):
        self.kernel, self.recurrent = g.const("kernel", f32(self.w)), g.const("recurrent_kernel", f32(self.u))
        self.bias = g.const("bias", f32(np.stack([self.b, self.rb])))

    def nodes(self, g, x, states, weight, mask=None):
        def read(v):
            return g.op("Identity", weight(v), name="ReadVariableOp")

        h, u = states[0], self.units
        u_bias = g.node("Unpack", "unstack", [read(self.bias)], T=Type(FLOAT), num=2, axis=0)
        w = [g.bias(g.matmul(x, g.cut(read(self.kernel), [(None, None), (i * u, (i + 1) * u)])), g.cut(u_bias, [(i * u, (i + 1) * u)])) for i in range(3)]
        r = [g.bias(g.matmul(h, g.cut(read(self.recurrent), [(None, None), (i * u, (i + 1) * u)])), g.cut(u_bias + ":1", [(i * u, (i + 1) * u)])) for i in range(3)]
        z, reset = activate(g, self.inner, g.add(w[0], r[0])), activate(g, self.inner, g.add(w[1], r[1]))
        new = activate(g, self.activation, g.add(w[2], g.mul(reset, r[2])))
        h = g.add(g.mul(z, h), g.mul(g.sub(g.const("sub/x", np.float32(1)), z), new))
        return h, [h]


def later(make, seed, steps=None, **kw):
    """A model of tf.keras of TensorFlow 1.14, with normalization and a dense layer of each step."""
    c = Case(seed)
    g, r = c.g, c.r
    cell = make(r, 5, 4, inner="sigmoid", **kw)
    x = g.placeholder("x", [-1, steps or -1, 5])
    with g.within("rnn"):
        cell.weights(g)
        size = g.op("Pack", g.cut(g.shape(x), [0], INT32), g.const("zeros/packed/1", np.array(4)), name="zeros/packed", kind=INT32, N=2, axis=0)
        states = [g.op("Fill", size, g.const("zeros/Const", np.float32(0)), name="zeros", index_type=Type(INT32)) for _ in cell.sizes]
        loop = While(g, g.transpose(x, 1, 0, 2), states, newer=True)
        y, after = cell.nodes(g, loop.step, [v["value"] for v in loop.kept], loop.weight)
        loop.finish(y, after)
        y = g.transpose(loop.all, 1, 0, 2)
    gamma, beta, mean, var = 1 + 0.1 * r.normal(size=4), r.normal(size=4), r.normal(size=4), np.exp(r.normal(size=4))
    with g.within("batch_normalization"):
        y = g.normalization(y, gamma, beta, mean, var)
    c.head(4, 3)
    with g.within("time_distributed"):
        y = g.time_dense(y, c.hw, c.hb)
    g.softmax(y)
    c.x = r.normal(size=(steps or 9, 5))
    out, _ = run(cell, c.x)
    out = (out - f32(mean)) / np.sqrt(f32(var) + 0.001) * f32(gamma) + f32(beta)
    c.y = c.apply(out, "Softmax")
    return c


def learning_phase(seed):
    """A GRU of Keras whose dropouts are branches of the learning phase."""
    c = Case(seed)
    g = c.g
    cell = KerasGRU(c.r, 5, 4, inner="sigmoid", reset_after=True)
    c.head(4, 2)
    x = g.placeholder("x", [-1, -1, 5])
    usual = g.const("keras_learning_phase/input", np.array(False))
    phase = g.node("PlaceholderWithDefault", "keras_learning_phase", [usual], dtype=Type(BOOL), shape=([],))
    h = keras_layer(g, "gru", cell, x, None)
    with g.within("dropout"):
        with g.within("cond"):
            s = g.node("Switch", "Switch", [phase, phase], T=Type(BOOL))
            on = g.node("Identity", "switch_t", [s + ":1"], T=Type(BOOL))
            off = g.node("Identity", "switch_f", [s], T=Type(BOOL))
            pred = g.node("Identity", "pred_id", [phase], T=Type(BOOL))
            v = g.node("Switch", "mul/Switch", [h, pred], T=Type(FLOAT))
            g.control = on
            v1 = g.mul(v + ":1", g.const("mul/y", np.float32(1)))
            keep = g.const("dropout/keep_prob", np.float32(0.5))
            u = g.node("RandomUniform", "dropout/random_uniform", [g.shape(v1)], T=Type(INT32), dtype=Type(FLOAT))
            v1 = g.mul(g.op("RealDiv", v1, keep), g.op("Floor", g.add(keep, u)))
            g.control = None
            v0 = g.node("Switch", "Switch", [h, pred], T=Type(FLOAT))
            h = g.node("Merge", "Merge", [v0, v1], T=Type(FLOAT), N=2)
    with g.within("dense"):
        y = g.dense(h, c.hw, c.hb)
    g.op("Identity", y, name="y")
    c.x = c.r.normal(size=(9, 5))
    c.y = c.apply(run(cell, c.x)[1][0])
    return c


def words(seed):
    """An Embedding of Keras, a bidirectional LSTM, and a pool over time."""
    c = Case(seed)
    g = c.g
    table = c.r.normal(size=(11, 5))
    x = g.node("Placeholder", "words", dtype=Type(FLOAT), shape=([-1, -1],))
    c.x = c.r.integers(0, 11, size=9)
    with g.within("embedding"):
        at = g.node("Cast", "Cast", [x], SrcT=Type(FLOAT), DstT=Type(INT32))
        y = g.node("GatherV2", "embedding_lookup", [g.variable("embeddings", table), at, g.const("axis", np.array(0))], Tparams=Type(FLOAT), Tindices=Type(INT32))
    values = f32(table)[c.x]
    f, b = KerasLSTM(c.r, 5, 4), KerasLSTM(c.r, 5, 4)
    forward = keras_layer(g, "forward", f, y, None, True)
    backward = keras_layer(g, "backward", b, y, None, True, True)
    backward = g.op("ReverseV2", backward, g.const("ReverseV2/axis", np.array([1])), Tidx=Type(INT32))
    y = g.concat(2, forward, backward)
    y = g.op("Max", y, g.const("Max/reduction_indices", np.array([1])), Tidx=Type(INT32), keep_dims=False)
    c.head(8, 3)
    with g.within("dense"):
        y = g.dense(y, c.hw, c.hb, "Softmax")
    out = np.concatenate([run(f, values)[0], run(b, values[::-1])[0][::-1]], axis=1)
    c.y = c.apply(out.max(axis=0), "Softmax")
    return c


def convolution(seed):
    """A causal Conv1D, as Conv2D of a plane of one row, batch normalization, and a GRU."""
    c = Case(seed)
    g = c.g
    w, b = c.r.normal(size=(3, 4, 6)) * 0.4, c.r.normal(size=6) * 0.1
    cell = GRU(c.r, 6, 5)
    c.head(5, 2)
    x = g.placeholder("x", [-1, -1, 4])
    padded = g.op("Pad", x, g.const("Pad/paddings", np.array([[0, 0], [2, 0], [0, 0]])), Tpaddings=Type(INT32))
    plane = g.op("ExpandDims", padded, g.const("ExpandDims/dim", np.array(1)), Tdim=Type(INT32))
    kernel = g.op("ExpandDims", g.variable("kernel", w), g.const("ExpandDims/dim", np.array(0)), Tdim=Type(INT32))
    y = g.op("Conv2D", plane, kernel, strides=[1, 1, 1, 1], dilations=[1, 1, 1, 1], padding="VALID", data_format="NHWC")
    scale, offset, mean, var = 1 + 0.1 * c.r.normal(size=6), c.r.normal(size=6), c.r.normal(size=6), np.exp(c.r.normal(size=6))
    y = g.bias(y, g.variable("bias", b))
    y = g.node("FusedBatchNorm", "norm", [y, g.variable("gamma", scale), g.variable("beta", offset), g.variable("mean", mean), g.variable("var", var)],
               T=Type(FLOAT), epsilon=0.001, is_training=False, data_format="NHWC")
    y = g.op("Relu", g.op("Squeeze", y, squeeze_dims=[1]))
    y, states = dynamic_rnn(g, "rnn", cell, y, newer=True)
    with g.within("dense"):
        y = g.dense(states[-1], c.hw, c.hb)
    c.x = c.r.normal(size=(9, 4))
    from_zero = np.concatenate([np.zeros((2, 4)), c.x])
    v = np.array([sum(from_zero[t + k] @ f32(w)[k] for k in range(3)) for t in range(9)]) + f32(b)
    v = (v - f32(mean)) / np.sqrt(f32(var) + 0.001) * f32(scale) + f32(offset)
    c.y = c.apply(run(cell, np.maximum(v, 0))[1][-1])
    return c


def dropout(seed):
    """A cell of TensorFlow, and a dropout whose keep_prob is a placeholder with a default."""
    c = Case(seed)
    g = c.g
    cell = GRU(c.r, 5, 4)
    c.head(4, 2)
    x = g.placeholder("x", [-1, -1, 5])
    _, states = dynamic_rnn(g, "rnn", cell, x)
    keep = g.node("PlaceholderWithDefault", "keep_prob", [g.const("keep_prob/input", np.float32(1))], dtype=Type(FLOAT), shape=([],))
    h = states[-1]
    with g.within("dropout"):
        low, high = g.const("random_uniform/min", np.float32(0)), g.const("random_uniform/max", np.float32(1))
        u = g.node("RandomUniform", "random_uniform/RandomUniform", [g.shape(h)], T=Type(INT32), dtype=Type(FLOAT))
        u = g.add(g.mul(u, g.sub(high, low)), low)
        h = g.mul(g.op("RealDiv", h, keep), g.op("Floor", g.add(keep, u)))
    y = g.bias(g.matmul(h, g.variable("w", c.hw)), g.variable("b", c.hb))
    g.op("Identity", y, name="y")
    c.x = c.r.normal(size=(9, 5))
    c.y = c.apply(run(cell, c.x)[1][0])
    return c


def cases():
    yield "kws-basic-lstm", keyword_spotter(BasicLSTM, 1, 49, 10, 11)
    yield "kws-lstm", keyword_spotter(FullLSTM, 2, 25, 10, 12, projection=7)
    yield "kws-lstm-forget", keyword_spotter(FullLSTM, 3, 49, 10, 9, projection=8, forget=0.5)
    yield "kws-gru", keyword_spotter(GRU, 4, 25, 10, 13)
    for i in (0, 1, 2):
        yield f"precise-{i}", wake_word(10 + i, implementation=i)
        yield f"precise-dropout-{i}", wake_word(20 + i, implementation=i, dropout=0.2 if i else 0.0, units=7)
        yield f"precise-open-{i}", wake_word(30 + i, steps=None, implementation=i, units=5, inputs=3)
    yield "precise-long", wake_word(40, steps=148, implementation=1, dropout=0.2)
    n = 100
    for name, make in ("rnn", KerasRNN), ("lstm", KerasLSTM), ("gru", KerasGRU):
        for i in (0, 1, 2):
            n += 1
            yield f"keras-{name}-{i}", keras(make, n, implementation=i, sequences=i == 1)
            yield f"keras-{name}-{i}-fixed", keras(make, n + 20, steps=6, implementation=i, layers=2, dropout=0.3 if i else 0.0)
        yield f"keras-{name}-backwards", keras(make, n + 40, backwards=True)
        yield f"keras-{name}-unrolled", keras(make, n + 50, steps=6, unroll=True)
        yield f"keras-{name}-unrolled-all", keras(make, n + 55, steps=6, unroll=True, sequences=True, implementation=2)
        yield f"keras-{name}-sigmoid", keras(make, n + 60, inner="sigmoid", activation="relu", scale=0.2)
    yield "keras-gru-after-1", keras(KerasGRU, 180, inner="sigmoid", reset_after=True)
    yield "keras-gru-after-2", keras(KerasGRU, 181, inner="sigmoid", reset_after=True, implementation=2, sequences=True)
    n = 200
    for name, make in ("rnn", BasicRNN), ("basic", BasicLSTM), ("lstm", FullLSTM), ("gru", GRU):
        n += 20
        yield f"tf-{name}", tensorflow(make, n)
        yield f"tf-{name}-newer", tensorflow(make, n + 1, newer=True, sequences=True)
        yield f"tf-{name}-fixed", tensorflow(make, n + 2, steps=8, newer=True)
        yield f"tf-{name}-time-major", tensorflow(make, n + 3, time_major=True, newer=True)
        yield f"tf-{name}-lengths", tensorflow(make, n + 4, lengths=True)
        yield f"tf-{name}-both", tensorflow(make, n + 5, both=True, sequences=True)
        yield f"tf-{name}-both-last", tensorflow(make, n + 6, both=True, newer=True)
        yield f"tf-{name}-both-lengths", tensorflow(make, n + 7, both=True, lengths=True, sequences=True)
        yield f"tf-{name}-static", tensorflow(make, n + 8, static=True, steps=6)
        yield f"tf-{name}-static-all", tensorflow(make, n + 9, static=True, steps=6, sequences=True)
    yield "tf-gru-fixed-all", tensorflow(GRU, 399, steps=8, sequences=True)
    yield "tf-lstm-plain", tensorflow(FullLSTM, 400, peepholes=False)
    yield "tf-lstm-projected", tensorflow(FullLSTM, 401, projection=3, sequences=True)
    yield "tf-lstm-projected-plain", tensorflow(FullLSTM, 402, projection=3, peepholes=False, newer=True)
    for name, make in ("basic", BasicLSTM), ("lstm", FullLSTM), ("gru", GRU):
        yield f"tf-{name}-stacked", tensorflow(lambda *a, make=make, **kw: Stacked(make, *a, **kw), n + 30)
        yield f"tf-{name}-stacked-all", tensorflow(lambda *a, make=make, **kw: Stacked(make, *a, **kw), n + 31, sequences=True, newer=True)
        yield f"tf-{name}-stacked-static", tensorflow(lambda *a, make=make, **kw: Stacked(make, *a, **kw), n + 32, static=True, steps=6)
    yield "dropout", dropout(504)
    yield "tfkeras-lstm", later(LaterLSTM, 510)
    yield "tfkeras-lstm-fixed", later(LaterLSTM, 511, steps=7)
    yield "tfkeras-gru", later(LaterGRU, 512, reset_after=True)
    yield "tfkeras-gru-fixed", later(LaterGRU, 513, steps=7, reset_after=True)
    yield "learning-phase", learning_phase(500)
    yield "words", words(501)
    yield "convolution", convolution(502)


def main():
    with zipfile.ZipFile(FOLDER / "graphs.zip", "w", zipfile.ZIP_DEFLATED) as z:
        def put(name, data):
            z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

        for name, c in cases():
            put(name + ".pb", c.g.extracted(list(c.g.nodes)[-1]))
            for key, v in ("x", c.x), ("y", c.y):
                b = io.BytesIO()
                np.save(b, np.asarray(v, dtype=np.float32))
                put(f"{name}.{key}.npy", b.getvalue())


main()
