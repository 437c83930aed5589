"""Messages of protocol buffers, tables of LevelDB and tensor bundles, byte by byte."""

import struct

import numpy as np

DTYPES = {"float32": 1, "float64": 2, "int32": 3, "int64": 9, "bool": 10, "float16": 19}


def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def number(field, n):
    return varint(field << 3) + varint(n)


def data(field, b):
    if isinstance(b, str):
        b = b.encode()
    return varint(field << 3 | 2) + varint(len(b)) + b


def fixed32(field, n):
    return varint(field << 3 | 5) + struct.pack("<I", n)


def message(*fields):
    return b"".join(fields)


def shape(sizes):
    return b"".join(data(2, number(1, n) if n else b"") for n in sizes)


def tensor(a):
    """A TensorProto."""
    a = np.asarray(a)
    return number(1, DTYPES[a.dtype.name]) + data(2, shape(a.shape)) + data(4, a.tobytes())


TABLE = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
    TABLE.append(i)


def crc32c(b, crc=0):
    crc ^= 0xFFFFFFFF
    for c in b:
        crc = TABLE[(crc ^ c) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def mask(crc):
    return (crc >> 15 | crc << 17) + 0xA282EAD8 & 0xFFFFFFFF


def block(entries, restart=16):
    """A block, and where it ends."""
    out, restarts, last = b"", [], b""
    for i, (key, value) in enumerate(entries):
        shared = 0
        if i % restart == 0:
            restarts.append(len(out))
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    restarts = restarts or [0]
    return out + struct.pack("<%dI" % len(restarts), *restarts) + struct.pack("<I", len(restarts))


def table(entries, size=4096):
    """A table of LevelDB: blocks of about a size, metadata, index, footer."""
    out, index, group = b"", [], []

    def put(b):
        nonlocal out
        at = varint(len(out)) + varint(len(b))
        out += b + b"\0" + struct.pack("<I", mask(crc32c(b + b"\0")))
        return at

    for i, (key, value) in enumerate(entries):
        group.append((key, value))
        if sum(len(k) + len(v) for k, v in group) > size or i == len(entries) - 1:
            index.append((group[-1][0], put(block(group))))
            group = []
    handles = put(block([])) + put(block(index, 1))
    return out + handles + bytes(40 - len(handles)) + struct.pack("<Q", 0xDB4775248B80FB57)


def bundle(tensors, shards=1, size=4096):
    """The index of named arrays and texts, and the shards."""
    files = [b""] * shards
    entries = [(b"", number(1, shards) + data(3, number(1, 1)))]
    for i, (name, a) in enumerate(sorted(tensors.items(), key=lambda t: t[0].encode())):
        shard = i % shards
        if isinstance(a, bytes):
            lengths, crc = varint(len(a)), crc32c(struct.pack("<I", len(a)))
            check = struct.pack("<I", mask(crc))
            raw, crc, dtype, sizes = lengths + check + a, crc32c(check + a, crc), 7, []
        else:
            a = np.asarray(a)
            raw, dtype, sizes = a.tobytes(), DTYPES[a.dtype.name], a.shape
            crc = crc32c(raw)
        e = number(1, dtype) + data(2, shape(sizes))
        if shard:
            e += number(3, shard)
        if files[shard]:
            e += number(4, len(files[shard]))
        entries.append((name.encode(), e + number(5, len(raw)) + fixed32(6, mask(crc))))
        files[shard] += raw
    return table(entries, size), files
