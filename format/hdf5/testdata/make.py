#!/usr/bin/python3
"""Writes the .h5 files of this folder: python3 make.py (h5py 3.7, HDF5 1.10).

earliest.h5 is as h5py and Keras write files, latest.h5 with libver="latest". Both
have the same content, which ../hdf5_test.go expects. short.h5 has addresses and lengths of 4
bytes, and less of it. small*.h5 are where fuzzing starts.
"""

import h5py
import numpy as np


def numbers(n):
    """Numbers that float16 has exactly."""
    return ((np.arange(n) * 37 % 101) - 50) / 8


def whole(n):
    return np.arange(n) * 37 % 101


def write(path, libver, fcpl=None):
    if fcpl is None:
        f = h5py.File(path, "w", libver=libver)
    else:
        f = h5py.File(h5py.h5f.create(path.encode(), fcpl=fcpl))
    with f:
        f.attrs["backend"] = "tensorflow"  # of variable length
        f.attrs["fixed"] = np.bytes_("three")
        f.attrs["names"] = np.array([b"first", b"second one", b"\xec\x95\x88"])
        f.attrs["none"] = []  # as Keras writes it, of float64
        f.attrs["number"] = 3.5
        f.attrs["spaces"] = np.bytes_("")
        f.attrs["long"] = "abcdefgh" * (9000 if fcpl is None else 1)  # beyond 64 kB, in a heap
        f.attrs.create("texts", ["eins", "", "drei"], dtype=h5py.string_dtype())
        many = f.create_group("attributes")
        for i in range(40):
            many.attrs["attribute %02d" % i] = "text %d" % i
        many.attrs["fixed"] = np.array([b"x" * 5000])  # a huge object of a dense heap
        shapes = f.create_group("shapes")
        shapes["scalar"] = np.float32(2.5)
        shapes["empty"] = np.zeros((0, 3), np.float32)
        shapes["null"] = h5py.Empty("f")
        shapes["cube"] = numbers(24).reshape(2, 3, 4).astype(np.float32)
        types = f.create_group("types")
        for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
            for order in "<>":
                values = numbers(12) if kind[0] == "f" else whole(12)
                if kind[0] == "i":
                    values = values - 50
                types[("big " if order == ">" else "") + kind] = values.astype(order + kind)
        types["text"] = np.array([b"a"])
        types["bool"] = np.array([True])
        types["complex"] = np.array([1j])
        types["large"] = np.array([1e300])
        types["odd"] = np.array([2**24 + 1])
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((5,))
        d = h5py.h5d.create(shapes.id, b"compact", h5py.h5t.IEEE_F32LE, space, compact)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, numbers(5).astype(np.float32))
        shapes.create_dataset("unwritten", (3,), np.float32)
        chunked = f.create_group("chunked")
        x = numbers(77).reshape(7, 11).astype(np.float32)
        for name, options in {
            "plain": {},
            "gzip": {"compression": "gzip"},
            "shuffled": {"compression": "gzip", "shuffle": True},
            "checked": {"fletcher32": True},
            "all": {"compression": "gzip", "shuffle": True, "fletcher32": True},
        }.items():
            chunked.create_dataset(name, data=x, chunks=(3, 4), **options)
            chunked.create_dataset(name + " one", data=x, chunks=(7, 11), **options)
        chunked.create_dataset("odd", data=numbers(5).astype(np.float16), chunks=(5,), fletcher32=True, shuffle=True)
        chunked.create_dataset("grows", data=x, chunks=(3, 4), maxshape=(None, 11))
        chunked.create_dataset("holes", (6,), np.float32, chunks=(2,))[:2] = 1
        chunked.create_dataset("lzf", data=x, chunks=(3, 4), compression="lzf")
        if libver == "earliest":
            chunked.create_dataset("many", data=numbers(300).astype(np.float32), chunks=(2,))
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_chunk((3, 4))
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        d = h5py.h5d.create(chunked.id, b"early", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((7, 11)), early)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, x)
        links = f.create_group("links")
        for i in range(300 if fcpl is None else 3):
            links["link %d" % i] = shapes["cube"]
        links["soft"] = h5py.SoftLink("/shapes/cube")
        links["outside"] = h5py.ExternalLink("other.h5", "/x")


write("earliest.h5", "earliest")
write("latest.h5", "latest")
fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
fcpl.set_sizes(4, 4)
write("short.h5", "earliest", fcpl)


def small(path, libver):
    with h5py.File(path, "w", libver=libver) as f:
        f.attrs["backend"] = "tensorflow"
        f.attrs["names"] = np.array([b"first", b"second"])
        g = f.create_group("lstm")
        g.attrs["texts"] = "text"
        for i in range(9 if libver == "latest" else 2):
            g.attrs["attribute %02d" % i] = "text %d" % i
            g["array %d" % i] = f.get("lstm/array 0") or numbers(3).astype(np.float16)
        x = numbers(12).reshape(4, 3)
        g.create_dataset("chunks", data=x, chunks=(2, 3), compression="gzip", shuffle=True, fletcher32=True)


small("small-earliest.h5", "earliest")
small("small-latest.h5", "latest")
