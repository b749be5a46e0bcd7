"""Makes the nasty files: ``python -m tests.fuzzing.make_nasty``.

Each is named after its reader and what is wrong with it.
Those that fuzzing found are not made here.
"""

# ruff: noqa: E501

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import struct

import numpy as np
import numpy.lib.format as npy
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from tests.fuzzing.targets import NASTY, TARGETS
from tests.fuzzing.valid import RUN_FILES, zipped

MEGA = bytes(1 << 20)


def array(shape: tuple[int, ...], dtype: str, content: bytes = b"") -> bytes:
    """Return an array as NumPy writes it, whatever its header says."""
    stream = io.BytesIO()
    npy.write_array_header_1_0(stream, {"descr": dtype, "fortran_order": False, "shape": shape})
    return stream.getvalue() + content


def npz(vectors: bytes, keys: bytes | None = None) -> bytes:
    """Return an archive of arrays."""
    return zipped(("keys.npy", keys or array((1,), "<U1", b"a\0\0\0")), ("vectors.npy", vectors))


def arrow(table: pa.Table, compression: str | None = None) -> bytes:
    """Return a table as Arrow writes it."""
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def parquet(table: pa.Table) -> bytes:
    """Return a table as Parquet."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def flagged(content: bytes, flag: int = 1) -> bytes:
    """Return an archive whose first member says that it is encrypted."""
    found = bytearray(content)
    found[6] |= flag
    found[content.index(b"PK\x01\x02") + 8] |= flag
    return bytes(found)


def fasttext(words: bytes, entries: int, bucket: int, lengths: tuple[int, int] = (3, 6), dim: int = 2) -> bytes:
    """Return a fastText model with what its header says."""
    head = struct.pack("<2i12id", 793712314, 12, dim, 5, 5, 1, 5, 1, 2, 1, bucket, *lengths, 100, 1e-4)
    return (
        head
        + struct.pack("<3iqq", entries, entries, 0, 1, -1)
        + words
        + struct.pack("<?2q", False, entries + bucket, dim)
    )


def nasty() -> dict[str, bytes]:
    """Return the contents of all files, by their names without the suffix."""
    one = pa.array(["a"])
    vector = pa.FixedSizeListArray.from_arrays(pa.array([1.0, 2.0], pa.float32()), 2)
    wide = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(1 << 22, np.float32)), 1 << 22)
    nan = pa.FixedSizeListArray.from_arrays(pa.array([float("nan"), 2.0], pa.float32()), 2)
    same = pa.array(np.zeros(1_200_000, np.int64)), pa.array(np.zeros(1_200_000))
    long = pa.array(["x" * 10_000] * 10_000).dictionary_encode()
    events = {"user": ["u", "v"], "item": ["x", "y"]}
    suite = json.dumps({"suite": {"title": "x"}})
    trap = pickle.dumps([print, "x"])
    found = {
        "vectors-text--header-promises-ten-gigabytes": b"1000000000000 999999999\na 1\n",
        "vectors-text--thousands-of-columns": b"a" + b" 1" * 2_000,
        "vectors-text--no-line-end-and-no-number": b"x" * 3_000,
        "vectors-text--nul-bytes": b"a 1 2\nb\0 1 2\n\0\0 1 2\n",
        "vectors-text--nan-and-infinity": b"a 1 2\nb nan 2\nc inf -inf\n",
        "vectors-text--numbers-beyond-float32": b"a 1 2\nb 1e300 1e-300\n",
        "vectors-text--a-key-twice": b"2 1\na 1\na 2\n",
        "vectors-text--two-encodings": "é 1 2\n".encode() + "é 1 2\n".encode("latin-1"),
        "vectors-text--utf-16": "a 1 2\nb 3 4\n".encode("utf-16"),
        "vectors-text--byte-order-marks": "\ufeffa 1 2\n\ufeffb 1 2\n".encode(),
        "vectors-text--half-a-surrogate-pair": b"a\xed\xa0\x80 1 2\n",
        "vectors-text--digits-without-end": b"a " + b"9" * 2_000 + b"\n",
        "vectors-text--a-pickle": trap,
        "vectors-any--a-pickle": trap,
        "vectors-vec--header-promises-ten-gigabytes": b"1000000000000 999999999\na 1 2 3\n",
        "vectors-bin--header-promises-ten-gigabytes": b"2500000 1000\na \0\0\0\0",
        "vectors-bin--a-key-without-end": b"3 2\n" + b"k" * 2_000,
        "vectors-bin--not-a-number": b"1 1\na \xff\xff\xff\x7f",
        "vectors-bin--a-pickle": trap,
        "vectors-fasttext--two-billion-words": fasttext(b"", 2**31 - 1, 0),
        "vectors-fasttext--n-grams-of-any-length": fasttext(b"a" * 2_000 + b"\0" + bytes(9), 1, 1, (1, 2**31 - 1)) + bytes(16),
        "vectors-fasttext--a-matrix-that-is-not-there": fasttext(b"a\0" + bytes(9), 1, 2**31 - 2, dim=1000),
        "vectors-arrow--a-bomb": arrow(pa.table({"key": one, "vector": wide}), "zstd"),
        "vectors-arrow--not-a-number": arrow(pa.table({"key": one, "vector": nan})),
        "vectors-arrow--a-key-twice": arrow(pa.table({"key": pa.array(["a", "a"]), "vector": pa.concat_arrays([vector] * 2)})),
        "vectors-arrow--without-dimensions": arrow(pa.table({"key": one, "vector": pa.array([[]], pa.list_(pa.float32(), 0))})),
        "vectors-arrow--cut-off": arrow(pa.table({"key": one, "vector": vector}))[:-40],
        "vectors-npz--shape-of-ten-gigabytes": npz(array((1, 2_500_000_000), "<f4")),
        "vectors-npz--rows-of-nothing": npz(array((10**12, 0), "<f4"), array((10**12,), "<U0")),
        "vectors-npz--negative-shape": npz(array((-1, 2), "<f4")),
        "vectors-npz--pickled-objects": npz(array((1, 1), "|O", trap)),
        "vectors-npz--nested-header": npz(b"\x93NUMPY\x01\0" + struct.pack("<H", 2_000) + b"(" * 2_000),
        "vectors-npz--letters-beyond-unicode": npz(array((1, 1), "<f4", bytes(4)), array((1,), "<U1", b"\xff\xff\xff\x7f")),
        "vectors-npz--a-bomb": npz(array((1, 4 << 20), "<f4", MEGA * 16)),
        "vectors-zip--encrypted": flagged(zipped(("v.txt", b"a 1 2\n"))),
        "vectors-zip--out-of-the-archive": zipped(("../../etc/v.txt", b"a 1 2\n")),
        "vectors-zip--none-inside": zipped(),
        "vectors-zip--many-inside": zipped(*((f"{n}.txt", b"a 1\n") for n in range(20))),
        "vectors-zip--an-archive-inside": zipped(("v.zip", zipped(("v.txt", b"a 1 2\n")))),
        "vectors-zip--a-bomb": zipped(("v.txt", b"a " + b"1 " * (6 << 20))),
        "vectors-gz--a-bomb": gzip.compress(b"a " + b"1 " * (6 << 20)),
        "vectors-bz2--a-bomb": bz2.compress(b"a " + b"1 " * (16 << 20)),
        "vectors-xz--a-bomb": lzma.compress(b"a " + b"1 " * (16 << 20)),
        "vectors-gz--cut-off": gzip.compress(b"a 1 2\n" * 9)[:-9],
        "ratings-csv--empty": b"",
        "ratings-csv--header-alone": b"user,item,rating\n",
        "ratings-csv--nul-bytes": b"user,item,rating\nu\0,x,1\nv,\0,2\n",
        "ratings-csv--a-column-twice": b"user,item,rating,rating\nu,x,1,5\nv,y,2,4\n",
        "ratings-csv--a-field-without-end": b'user,item,rating\nu,"x' + b"x" * 2_000,
        "ratings-csv--a-line-without-end": b"u" * 2_000,
        "ratings-csv--thousands-of-columns": b"," * 3_000 + b"\n" + b"," * 3_000,
        "ratings-csv--ratings-of-1e308": b"user,item,rating\nu,x,1e308\nv,y,1e308\n",
        "ratings-csv--not-a-number": b"user,item,rating\nu,x,nan\nv,y,5\n",
        "ratings-csv--infinity": b"user,item,rating\nu,x,inf\nv,y,5\n",
        "ratings-csv--digits-without-end": b"user,item,rating\nu,x," + b"9" * 4_500 + b"\nv,y,1\n",
        "ratings-csv--times-beyond-int64": b"user,item,rating,time\nu,x,1,99999999999999999999999\nv,y,2,1\n",
        "ratings-csv--dates-out-of-range": b"user,item,rating,date\nu,x,1,99999-01-01\nv,y,2,0000-00-00\n",
        "ratings-csv--two-encodings": b"user,item,rating\n" + "é,x,1\n".encode() + "é,x,1\n".encode("latin-1"),
        "ratings-csv--a-list-of-json": b"[" * 2_000,
        "ratings-parquet--runs-of-one-value": parquet(pa.table({"user": same[0], "item": same[0], "rating": same[1]})),
        "ratings-parquet--one-text-for-all-rows": parquet(pa.table({"user": long, "item": long})),
        "ratings-parquet--lists": parquet(pa.table({**events, "rating": [[1], [2]]})),
        "ratings-parquet--dates-out-of-range": parquet(
            pa.table({**events, "rating": [1, 2], "timestamp": pa.array([2**62, -(2**62)], pa.timestamp("ms"))})
        ),
        "ratings-parquet--cut-off": parquet(pa.table({**events, "rating": [1, 2]}))[:-30],
        "items--a-column-twice": b"item,title,title\nx,A,B\n",
        "items--a-key-twice": b"item,title\nx,A\nx,B\n",
        "own-table--digits-without-end": b"3 " + b"9" * 4_500 + b"\na 1\n",
        "corpus--one-word-without-end": b"x" * 2_000,
        "corpus--hyphens": b"a-" * 2_000,
        "corpus--nul-bytes": b"\0 \0 \0a b\n",
        "wikipedia--a-billion-laughs": b'<!DOCTYPE m [<!ENTITY a "' + b"ha" * 500 + b'">'
        + b"".join(f'<!ENTITY a{n} "{("&a" + (str(n - 1) if n else "") + ";") * 10}">'.encode() for n in range(9))
        + b"]><mediawiki><page><ns>0</ns><text>&a8;</text></page></mediawiki>",
        "wikipedia--a-file-of-the-system": b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/hostname">]><mediawiki><page><ns>0</ns>'
        b"<text>&a;</text></page></mediawiki>",
        "wikipedia--an-encoding-that-is-none": b'<?xml version="1.0" encoding="klingon"?><mediawiki/>',
        "wikipedia--nested": b"<mediawiki>" + b"<a>" * 2_000,
        "wikipedia--bars-of-an-image": wiki("\n[[File:x" + "|" * 2_000),
        "wikipedia--links-never-closed": wiki("[http://a b " * 1_000),
        "wikipedia--tags-never-closed": wiki("&lt;!--" * 2_500),
        "pairs--not-a-number": b"a\tb\tnan\nc\td\tinf\n",
        "pairs--a-line-without-end": b"a" * 2_000,
        "analogies--sections-alone": b": a\n: b\n",
        "triples--two-fields": b"a\tb\nc\td\n",
        "suite-toml--nested": b"a = " + b"[" * 2_000,
        "suite-toml--digits-without-end": b"a = " + b"9" * 4_500,
        "suite-toml--digits-in-base-16": b"a = 0x" + b"f" * 4_500,
        "suite-toml--a-key-twice": b"a = 1\na = 2\n",
        "suite-toml--dots": b"a." * 3_000 + b"b = 1",
        "suite-json--nested": b'{"suite": ' + b"[" * 2_000,
        "suite-json--a-key-twice": b'{"suite": {"title": "a", "title": "b"}}',
        "suite-json--half-a-surrogate-pair": suite.replace("x", "\\ud800").encode(),
        "suite-json--digits-without-end": b'{"suite": ' + b"9" * 4_500 + b"}",
        "suite-json--not-a-number": b'{"suite": {"title": NaN, "seeds": [Infinity]}}',
        "catalog--an-address-without-https": b'[a]\ntitle="t"\nkind="pairs"\nlicence="x"\nlink="https://a"\n[[a.sources]]\n'
        b'reader="pairs"\nurl="http://a"\nsha256="' + b"0" * 64 + b'"\n',
        "catalog--no-table": b"a = 1\n",
    }  # fmt: skip
    for name in RUN_FILES:
        found[f"run--empty-{name.replace('/', '-')}"] = name.encode() + b"\n"
    found["run--info-nested"] = b"run.json\n" + b"[" * 2_000
    found["run--units-a-bomb"] = RUN_FILES[12].encode() + b"\n" + arrow(pa.table({"user": same[0]}), "zstd")
    return found


def wiki(text: str) -> bytes:
    """Return a dump of one article."""
    return f"<mediawiki><page><ns>0</ns><text>one two three {text}</text></page></mediawiki>".encode()


def main() -> None:
    """Write the files."""
    NASTY.mkdir(exist_ok=True)
    for name, content in nasty().items():
        target = TARGETS[name.partition("--")[0]]
        assert len(content) < 20_000, name
        (NASTY / f"{name}{target.suffix}").write_bytes(content)


if __name__ == "__main__":
    main()
