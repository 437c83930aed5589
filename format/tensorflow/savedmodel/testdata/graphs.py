"""Graphs of functions, as tf.function traces the layers of Keras."""

import numpy as np

from protobuf import *

FLOAT, INT, VARIANT, RESOURCE = 1, 3, 21, 20


def attributes(**values):
    """AttrValues: of an int, float, bool, bytes, or a pair of what kind it is and a value."""
    out = b""
    for name, v in values.items():
        if isinstance(v, tuple):
            kind, v = v
            a = {"type": lambda: number(6, v), "function": lambda: data(10, data(1, v)), "tensor": lambda: data(8, tensor(v)),
                 "shape": lambda: data(7, shape(v)), "ints": lambda: data(1, b"".join(number(3, n) for n in v))}[kind]()
        elif isinstance(v, bool):
            a = number(5, int(v))
        elif isinstance(v, int):
            a = number(3, v)
        elif isinstance(v, float):
            a = varint(4 << 3 | 5) + np.float32(v).tobytes()
        else:
            a = data(2, v)
        out += data(5, data(1, name) + data(2, a))
    return out


# The names of outputs, which references within functions have.
OUTPUTS = {
    "MatMul": "product", "Mul": "z", "AddV2": "z", "Add": "z", "Sub": "z", "Less": "z", "Sigmoid": "y", "Tanh": "y", "Relu": "activations", "Transpose": "y", "Cast": "y",
    "ReadVariableOp": "value", "TensorListGetItem": "item", "TensorListReserve": "handle", "TensorListFromTensor": "output_handle", "TensorListSetItem": "output_handle",
    "TensorListStack": "tensor", "Softmax": "softmax", "LogicalAnd": "z", "Rsqrt": "y", "Maximum": "z", "Minimum": "z", "Square": "y",
}


class Function:
    """A function: nodes by their names, and what references to them look like."""

    def __init__(self, library, name, inputs=()):
        self.library, self.name, self.inputs = library, name, list(inputs)
        self.nodes, self.used, self.results = b"", set(), []

    def fresh(self, name):
        n = 0
        while (name if n == 0 else "%s_%d" % (name, n)) in self.used:
            n += 1
        name = name if n == 0 else "%s_%d" % (name, n)
        self.used.add(name)
        return name

    def node(self, op, *inputs, at=None, **options):
        """Adds a node, and returns its first output."""
        name = self.fresh(at or op)
        self.nodes += data(3, data(1, name) + data(2, op) + b"".join(data(3, i) for i in inputs) + attributes(**options))
        self.last = name
        return "%s:%s:0" % (name, OUTPUTS.get(op, "output"))

    def parts(self, n):
        """The outputs of the last node."""
        return ["%s:output:%d" % (self.last, k) for k in range(n)]

    def const(self, a, dtype=np.int32, at=None):
        a = np.asarray(a, dtype)
        return self.node("Const", at=at, dtype=("type", DTYPES[a.dtype.name]), value=("tensor", a))

    def ret(self, *references):
        self.results = list(references)
        args = b"".join(data(2, data(1, i) + number(3, FLOAT)) for i in self.inputs)
        outs = b"".join(data(3, data(1, "out_%d" % k) + number(3, FLOAT)) for k in range(len(references)))
        rets = b"".join(data(4, data(1, "out_%d" % k) + data(2, r)) for k, r in enumerate(references))
        self.library.append(data(1, data(1, self.name) + args + outs) + self.nodes + rets)
        return self

    # What Keras makes of its backend's functions.

    def slice(self, x, begin, end, mask=1):
        return self.node("StridedSlice", x, self.const([begin], at="strided_slice/stack"), self.const([end], at="strided_slice/stack_1"), self.const([1], at="strided_slice/stack_2"),
                         at="strided_slice", shrink_axis_mask=mask)

    def bias(self, x, b):
        return self.node("BiasAdd", x, b)

    def split(self, x, n):
        self.node("Split", self.const(1, at="split/split_dim"), x, at="split", num_split=n)
        return self.parts(n)

    def zeros(self, x, units):
        batch = self.slice(self.node("Shape", x), 0, 1)
        return self.node("Fill", self.node("Pack", batch, self.const(units), N=2, axis=0), self.const(0, np.float32), at="zeros")

    def activation(self, name, x):
        if name == "linear":
            return x
        if name == "hard_sigmoid":
            y = self.node("AddV2", self.node("Mul", self.const(0.2, np.float32), x), self.const(0.5, np.float32))
            return self.node("Maximum", self.node("Minimum", y, self.const(1, np.float32), at="clip_by_value/Minimum"), self.const(0, np.float32), at="clip_by_value")
        return self.node({"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "softmax": "Softmax", "elu": "Elu", "selu": "Selu", "softplus": "Softplus", "softsign": "Softsign"}[name], x)

    def loop(self, x, states, step, captures, backwards=False, stateless=True, limit=None):
        """K.rnn over x [batch, steps, features]: the last output, all outputs, the states.

        step(f, x, states, captures) gives the output and the states. limit: the loop counts
        to the length (maximum_iterations), which is this if it is more than 1.
        """
        turned = self.node("Transpose", x, self.const([1, 0, 2], at="transpose/perm"), at="transpose")
        steps = self.slice(self.node("Shape", turned), 0, 1) if limit is None or limit < 2 else self.const(limit)
        if backwards:
            turned = self.node("ReverseV2", turned, self.const([0], at="ReverseV2/axis"))
        sequence = self.node("TensorListFromTensor", turned, self.const([-1, 3]), element_dtype=("type", FLOAT))
        # Keras runs a step before the loop, to see what it gives.
        first = self.slice(turned, 0, 1)
        step(self, first, states, captures)
        outputs = self.node("TensorListReserve", self.const([-1, 5]), steps, element_dtype=("type", FLOAT))
        most = self.const(-1, at="while/maximum_iterations") if limit is None else steps
        variables = [self.const(0, at="while/loop_counter"), most, self.const(0, at="time"), outputs, *states, steps, sequence, *captures]
        n, k = len(states), len(captures)
        names = ["counter", "maximum", "placeholder", "placeholder_1"] + ["placeholder_%d" % (i + 2) for i in range(n)] + ["steps_0", "sequence_0"] + ["capture_%d_0" % i for i in range(k)]
        cond = Function(self.library, "while_cond_%d" % len(self.library), names)
        test = cond.node("Less", "placeholder", "steps_0", at="while/Less")
        if limit is not None:
            test = cond.node("LogicalAnd", cond.node("Less", "counter", "maximum"), test)
        cond.ret(cond.node("Identity", test, at="while/Identity"))
        body = Function(self.library, "while_body_%d" % len(self.library), names)
        item = body.node("TensorListGetItem", "sequence_0", "placeholder", body.const([-1, 3]), at="while/TensorArrayV2Read/TensorListGetItem", element_dtype=("type", FLOAT))
        y, after = step(body, item, names[4 : 4 + n], names[6 + n :])
        wrote = body.node("TensorListSetItem", "placeholder_1", "placeholder", y, element_dtype=("type", FLOAT))
        time = body.node("AddV2", "placeholder", body.const(1), at="while/add")
        counter = body.node("AddV2", "counter", body.const(1), at="while/add")
        body.ret(*[body.node("Identity", r, at="while/Identity") for r in (counter, "maximum", time, wrote, *after)], "steps_0", "sequence_0", *names[6 + n :])
        self.node("StatelessWhile" if stateless else "While", *variables, at="while", cond=("function", cond.name), body=("function", body.name), parallel_iterations=32)
        done = self.parts(len(variables))
        stack = self.node("TensorListStack", done[3], self.const([-1, 5]), at="TensorArrayV2Stack/TensorListStack", element_dtype=("type", FLOAT))
        last = self.slice(stack, -1, 0)
        all = self.node("Transpose", stack, self.const([1, 0, 2], at="transpose_1/perm"), at="transpose_1")
        return last, all, done[4 : 4 + n]

    def call(self, function, *inputs, op="PartitionedCall"):
        self.node(op, *inputs, f=("function", function.name))
        return self.parts(len(function.results))


def apart(f, x, h, k, u, b, units, n):
    """The gates of implementation 1, which has a product for each of them."""
    f.node("Split", f.const(1, at="split/split_dim"), k, at="split", num_split=n)
    parts = [f.node("MatMul", x, r) for r in f.parts(n)]
    if b:
        f.node("Split", f.const(0, at="split_1/split_dim"), b[0], at="split_1", num_split=n)
        parts = [f.bias(p, r) for p, r in zip(parts, f.parts(n))]
    gates = []
    for i, p in enumerate(parts):
        u_i = f.node("StridedSlice", u, f.const([0, i * units]), f.const([0, (i + 1) * units % (n * units)]), f.const([1, 1]), at="strided_slice", begin_mask=1, end_mask=1 | 2 * (i == n - 1))
        gates.append(f.node("AddV2", p, f.node("MatMul", h, u_i)))
    return gates


def lstm_step(activation="tanh", recurrent="sigmoid", resource=False, units=0, implementation=2, three=False):
    def step(f, x, states, w):
        h, c = states
        k, u, *b = [f.node("ReadVariableOp", v) for v in w] if resource else w
        if implementation == 1:
            i, g, n, o = apart(f, x, h, k, u, b, units, 4)
        else:
            z = f.node("AddV2", f.node("MatMul", x, k), f.node("MatMul", h, u))
            if b:
                z = f.node("AddV2", z, b[0]) if three else f.bias(z, b[0])
            i, g, n, o = f.split(z, 4)
        i, g = f.activation(recurrent, i), f.activation(recurrent, g)
        c = f.node("AddV2", f.node("Mul", g, c), f.node("Mul", i, f.activation(activation, n)))
        h = f.node("Mul", f.activation(recurrent, o), f.activation(activation, c))
        return h, [h, c]
    return step


def gru_step(units, activation="tanh", recurrent="sigmoid", resource=False, reset_after=True, bias=True, three=False):
    def step(f, x, states, w):
        (h,) = states
        add = (lambda y, b: f.node("AddV2", y, b)) if three else f.bias
        if resource:
            w = [f.node("ReadVariableOp", v) for v in w]
            if bias and reset_after and three:
                f.node("Split", f.const(0), w.pop(), num_split=2)
                w += [f.node("Squeeze", r, squeeze_dims=("ints", [0])) for r in f.parts(2)]
            elif bias and reset_after:
                f.node("Unpack", w.pop(), num=2, axis=0)
                w += f.parts(2)
        k, u, *b = w
        m = f.node("MatMul", x, k)
        if b:
            m = add(m, b[0])
        xz, xr, xh = f.split(m, 3)
        if reset_after:
            inner = f.node("MatMul", h, u)
            if b:
                inner = add(inner, b[1])
            hz, hr, hh = f.split(inner, 3)
        else:
            two = f.node("StridedSlice", u, f.const([0, 0]), f.const([0, 2 * units]), f.const([1, 1]), at="strided_slice", begin_mask=3, end_mask=1)
            hz, hr = f.split(f.node("MatMul", h, two), 2)
        z = f.activation(recurrent, f.node("AddV2", xz, hz))
        r = f.activation(recurrent, f.node("AddV2", xr, hr))
        if reset_after:
            hh = f.node("Mul", r, hh)
        else:
            third = f.node("StridedSlice", u, f.const([0, 2 * units]), f.const([0, 0]), f.const([1, 1]), at="strided_slice", begin_mask=1, end_mask=3)
            hh = f.node("MatMul", f.node("Mul", r, h), third)
        n = f.activation(activation, f.node("AddV2", xh, hh))
        h = f.node("AddV2", f.node("Mul", z, h), f.node("Mul", f.node("Sub", f.const(1, np.float32), z), n))
        return h, [h]
    return step


def rnn_step(activation="tanh", resource=False):
    def step(f, x, states, w):
        k, u, *b = [f.node("ReadVariableOp", v) for v in w] if resource else w
        y = f.node("MatMul", x, k)
        if b:
            y = f.bias(y, b[0])
        h = f.activation(activation, f.node("AddV2", y, f.node("MatMul", states[0], u)))
        return h, [h]
    return step


class Graph:
    """The function that computes a model of Keras, of its config and its weights."""

    def __init__(self, stored, implementation=2, three=False):
        """implementation: 1 or 2, of LSTM; three: as Keras 3 computes."""
        self.library, self.stored = [], stored
        self.implementation, self.three = implementation, three
        self.variables = []  # (name, array)

    def variable(self, f, name, a):
        """A resource that the function is given."""
        self.variables.append((name, a))
        arg = "unknown_%d" % len(self.variables)
        f.inputs.append(arg)
        return arg

    def recurrent(self, f, x, l, weights, prefix, shape):
        c, cls = l["config"], l["class_name"]
        units, act, rec = c["units"], c.get("activation", "tanh"), c.get("recurrent_activation", "sigmoid")
        states = [f.zeros(x, units) for _ in range(2 if cls == "LSTM" else 1)]
        resources = [self.variable(f, prefix + "/" + n, a) for n, a in weights]
        after = c.get("reset_after", False)
        bias = c.get("use_bias", True)
        backwards = c.get("go_backwards", False)
        if self.implementation == 2 and not self.three and cls != "SimpleRNN" and (act, rec) == ("tanh", "sigmoid") and bias and (cls == "LSTM" or after):
            # One of Keras' own functions, to which variables are given as values.
            values = [f.node("Identity", f.node("ReadVariableOp", r)) for r in resources]
            inner = Function(self.library, "__inference_standard_%s_%d" % (cls.lower(), len(self.library)), ["inputs", "init_h"] + ["init_c"] * (cls == "LSTM") + ["kernel", "recurrent_kernel", "bias"])
            given = ["kernel", "recurrent_kernel", "bias"]
            if cls == "LSTM":
                step = lstm_step()
            else:
                inner.node("Unpack", "bias", num=2, axis=0)
                given[2:] = inner.parts(2)
                step = gru_step(units)
            out = inner.loop("inputs", inner.inputs[1 : 1 + len(states)], step, given, backwards)
            last, all, final = out
            inner.ret(*[inner.node("Identity", r) for r in (last, all, *final, inner.const(1, np.float32, at="runtime"))])
            last, all, *_ = f.call(inner, x, *states, *values)
        else:
            step = {"LSTM": lambda: lstm_step(act, rec, True, units, self.implementation, self.three), "GRU": lambda: gru_step(units, act, rec, True, after, bias, self.three), "SimpleRNN": lambda: rnn_step(act, True)}[cls]()
            last, all, _ = f.loop(x, states, step, resources, backwards, False, limit=max(shape[1], 1))
        return all if c.get("return_sequences") else last

    def dense(self, f, x, l, weights, prefix, rank):
        c = l["config"]
        k = f.node("ReadVariableOp", self.variable(f, prefix + "/kernel", weights[0][1]))
        if rank == 2:
            y = f.node("MatMul", x, k)
        elif self.three:
            s = f.node("Shape", x)
            flat = f.node("Reshape", x, f.const([-1, weights[0][1].shape[0]]))
            y = f.node("Reshape", f.node("MatMul", flat, k), f.node("Pack", *[f.slice(s, i, i + 1) for i in range(rank - 1)], f.const(c["units"]), N=rank, axis=0))
        else:
            free, axes = f.const(list(range(rank - 1))), f.const([rank - 1])
            s = f.node("Shape", x)
            kept = f.node("GatherV2", s, free, f.const(0), at="Tensordot/GatherV2")
            summed = f.node("GatherV2", s, axes, f.const(0), at="Tensordot/GatherV2")
            rows = f.node("Prod", kept, f.const([0]), at="Tensordot/Prod")
            columns = f.node("Prod", summed, f.const([0]), at="Tensordot/Prod")
            turned = f.node("Transpose", x, f.node("ConcatV2", free, axes, f.const(0), N=2))
            flat = f.node("Reshape", turned, f.node("Pack", rows, columns, N=2, axis=0))
            y = f.node("Reshape", f.node("MatMul", flat, k), f.node("ConcatV2", kept, f.const([c["units"]]), f.const(0), N=2))
        if c.get("use_bias", True):
            y = (f.node if self.three else f.bias)(*["AddV2"] * self.three, y, f.node("ReadVariableOp", self.variable(f, prefix + "/bias", weights[1][1])))
        return f.activation(c.get("activation", "linear"), y)

    def conv(self, f, x, l, weights, prefix):
        c = l["config"]
        one = lambda v: v[0] if isinstance(v, list) else v
        stride, dilation, size = one(c.get("strides", 1)), one(c.get("dilation_rate", 1)), one(c["kernel_size"])
        pad = c.get("padding", "valid")
        if pad == "causal":
            x = f.node("Pad", x, f.const([[0, 0], [dilation * (size - 1), 0], [0, 0]]))
            pad = "valid"
        k = f.node("ReadVariableOp", self.variable(f, prefix + "/kernel", weights[0][1]))
        y = f.node("Conv2D", f.node("ExpandDims", x, f.const(-3), at="conv1d/ExpandDims"), f.node("ExpandDims", k, f.const(0), at="conv1d/ExpandDims"),
                   padding=pad.upper(), strides=("ints", [1, 1, stride, 1]), dilations=("ints", [1, 1, dilation, 1]), data_format="NHWC")
        y = f.node("Squeeze", y, squeeze_dims=("ints", [-3]))
        if c.get("use_bias", True):
            y = f.bias(y, f.node("ReadVariableOp", self.variable(f, prefix + "/bias", weights[1][1])))
        return f.activation(c.get("activation", "linear"), y)

    def norm(self, f, x, l, weights, prefix):
        w = {n: f.node("ReadVariableOp", self.variable(f, prefix + "/" + n, a), at="batchnorm/ReadVariableOp") for n, a in weights}
        scale = f.node("Rsqrt", f.node("AddV2", w["moving_variance"], f.const(l["config"]["epsilon"], np.float32)))
        if "gamma" in w:
            scale = f.node("Mul", scale, w["gamma"])
        y = f.node("Mul", x, scale)
        shift = f.node("Mul", w["moving_mean"], scale)
        shift = f.node("Sub", w["beta"], shift) if "beta" in w else f.node("Neg", shift)
        return f.node("AddV2", y, shift)

    def pool(self, f, x, l):
        c = l["config"]
        one = lambda v: v[0] if isinstance(v, list) else v
        size = one(c["pool_size"])
        stride = one(c["strides"]) or size
        x = f.node("ExpandDims", x, f.const(2))
        y = f.node("MaxPool" if l["class_name"].startswith("Max") else "AvgPool", x, ksize=("ints", [1, size, 1, 1]), strides=("ints", [1, stride, 1, 1]), padding=c["padding"].upper(), data_format="NHWC")
        return f.node("Squeeze", y, squeeze_dims=("ints", [2]))

    def layer(self, f, x, l, weights, prefix, shape):
        """What a layer gives, and its shape: [-1, -1, 4]."""
        c, cls = l["config"], l["class_name"]
        if cls in ("LSTM", "GRU", "SimpleRNN"):
            return self.recurrent(f, x, l, weights, prefix, shape), shape[:-1] + [c["units"]] if c.get("return_sequences") else [-1, c["units"]]
        if cls == "Bidirectional":
            inner = c["layer"]
            other = dict(inner, config=dict(inner["config"], go_backwards=not inner["config"].get("go_backwards", False)))
            n = len(weights) // 2
            a, s = self.layer(f, x, inner, weights[:n], prefix + "/forward", shape)
            b, _ = self.layer(f, x, other, weights[n:], prefix + "/backward", shape)
            if inner["config"].get("return_sequences"):
                b = f.node("ReverseV2", b, f.const([1]))
            mode = c["merge_mode"]
            if mode == "concat":
                return f.node("ConcatV2", a, b, f.const(len(s) - 1), N=2), s[:-1] + [2 * s[-1]]
            y = f.node("Mul" if mode == "mul" else "AddV2", a, b)
            return (f.node("RealDiv", y, f.const(2, np.float32)) if mode == "ave" else y), s
        if cls == "TimeDistributed":
            flat = f.node("Reshape", x, f.const([-1, shape[-1]]))
            y, s = self.layer(f, flat, c["layer"], weights, prefix, [-1, shape[-1]])
            return f.node("Reshape", y, f.const([-1, shape[1], s[-1]])), shape[:-1] + s[-1:]
        if cls == "Dense":
            return self.dense(f, x, l, weights, prefix, len(shape)), shape[:-1] + [c["units"]]
        if cls == "Embedding":
            ids = f.node("Cast", x, SrcT=("type", FLOAT), DstT=("type", INT))
            y = f.node("ResourceGather", self.variable(f, prefix + "/embeddings", weights[0][1]), ids, dtype=("type", FLOAT), Tindices=("type", INT))
            return f.node("Identity", y), shape + [c["output_dim"]]
        if cls in ("Dropout", "SpatialDropout1D"):
            return f.node("Identity", x), shape
        if cls == "Activation":
            return f.activation(c["activation"], x), shape
        if cls == "Conv1D":
            return self.conv(f, x, l, weights, prefix), shape[:-1] + [c["filters"]]
        if cls == "BatchNormalization":
            return self.norm(f, x, l, weights, prefix), shape
        if cls in ("MaxPooling1D", "AveragePooling1D"):
            return self.pool(f, x, l), shape
        if cls == "GlobalMaxPooling1D":
            return f.node("Max", x, f.const(1)), [-1, shape[-1]]
        if cls == "GlobalAveragePooling1D":
            return f.node("Mean", x, f.const(1)), [-1, shape[-1]]
        raise Exception(cls)

    def sequential(self, config):
        """The GraphDef, the signature, and the checkpoint's tensors by name."""
        layers = config["config"]["layers"]
        shape = [n or -1 for n in layers[0]["config"]["batch_input_shape"]]
        f = Function(self.library, "__inference__wrapped_model_1", ["x"])
        y, s = "x", list(shape)
        for l in layers:
            y, s = self.layer(f, y, l, self.stored(l["config"]["name"]), l["config"]["name"], s)
        f.ret(f.node("Identity", y))
        wrapper = Function(self.library, "__inference_signature_wrapper_2", list(f.inputs))
        (y,) = wrapper.call(f, *wrapper.inputs, op="StatefulPartitionedCall")
        wrapper.ret(wrapper.node("Identity", y, "^" + wrapper.last))
        return self.top(wrapper, shape, s)

    def top(self, wrapper, shape, out):
        nodes, tensors, handles = b"", {}, []

        def node(name, op, *inputs, **options):
            nonlocal nodes
            nodes += data(1, data(1, name) + data(2, op) + b"".join(data(3, i) for i in inputs) + attributes(**options))

        for i, (name, a) in enumerate(self.variables):
            node(name, "VarHandleOp", dtype=("type", FLOAT), shape=("shape", a.shape), shared_name=name)
            node(name + "/Read/ReadVariableOp", "ReadVariableOp", name, dtype=("type", FLOAT))
            handles.append(name)
            tensors["variables/%d/.ATTRIBUTES/VARIABLE_VALUE" % i] = a
        node("serving_default_x", "Placeholder", dtype=("type", FLOAT), shape=("shape", shape))
        node("StatefulPartitionedCall", "StatefulPartitionedCall", "serving_default_x", *handles, f=("function", wrapper.name))
        node("saver_filename", "Placeholder", dtype=("type", 7), shape=("shape", []))
        # Variables are restored by a function of its own.
        r = Function(self.library, "__inference__traced_restore_3", ["file_prefix"] + ["assign_%d" % i for i in range(len(handles))])
        texts = lambda list: number(1, 7) + data(2, data(2, number(1, len(list)))) + b"".join(data(8, t) for t in list)
        for at, list in (("RestoreV2/tensor_names", sorted(tensors, key=lambda k: int(k.split("/")[1]))), ("RestoreV2/shape_and_slices", [""] * len(tensors))):
            r.nodes += data(3, data(1, at) + data(2, "Const") + attributes(dtype=("type", 7)) + data(5, data(1, "value") + data(2, data(8, texts(list)))))
        r.node("RestoreV2", "file_prefix", "RestoreV2/tensor_names:output:0", "RestoreV2/shape_and_slices:output:0")
        for i in range(len(handles)):
            r.node("AssignVariableOp", "assign_%d" % i, r.node("Identity", "RestoreV2:tensors:%d" % i), dtype=("type", FLOAT))
        r.ret(r.node("Identity", "file_prefix", "^AssignVariableOp"))
        node("StatefulPartitionedCall_1", "StatefulPartitionedCall", "saver_filename", *handles, f=("function", r.name))
        graph = nodes + data(2, b"".join(data(1, f) for f in self.library))
        info = lambda name, s: data(1, name) + number(2, FLOAT) + data(3, shape_of(s))
        signature = data(1, data(1, "x") + data(2, info("serving_default_x:0", shape))) + data(2, data(1, "output_0") + data(2, info("StatefulPartitionedCall:0", out))) + data(3, "tensorflow/serving/predict")
        return graph, signature, tensors


def shape_of(sizes):
    return b"".join(data(2, number(1, n)) for n in sizes)
