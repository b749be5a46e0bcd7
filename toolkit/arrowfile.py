"""The toolkit's own vector file: an Arrow IPC file that is read back memory-mapped.

One record batch with two columns, ``key`` (string) and ``vector`` (fixed-size list of float32); the entity stands
in the schema's metadata, and so does a digest of the keys, which were found to be unique when it was written. Any Arrow
reader opens it, and nothing in it is pickled.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from toolkit.atomic import replacing
from toolkit.errors import DataError
from toolkit.ipc import open_ipc, read_batches

FloatArray = npt.NDArray[np.float32]


def write(path: str | Path, keys: pd.Index, vectors: FloatArray, entity: str) -> None:
    """Write keys and vectors; the file appears whole or not at all.

    Parameters
    ----------
    path : str or Path
        Where to write.
    keys : pandas.Index, shape (n,)
        The keys, unique.
    vectors : ndarray of float32, shape (n, d)
        A row for each key.
    entity : str
        What the keys name, such as ``"word"``.
    """
    flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).reshape(-1))
    names = pa.array(keys, type=pa.large_string())
    table = pa.table(
        {"key": names, "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1])}
    ).replace_schema_metadata({"entity": entity, "keys": _digest(names)})
    try:
        with replacing(path) as partial, open(partial, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            for batch in table.to_batches():
                writer.write_batch(batch)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path) from error


def read(path: str | Path) -> tuple[pd.Index, FloatArray, str]:
    """Open a file written by `write`.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    keys : pandas.Index, shape (n,)
        The keys.
    vectors : ndarray of float32, shape (n, d)
        Read-only, backed by the memory-mapped file.
    entity : str
        What the keys name.

    Raises
    ------
    DataError
        If the file is missing, is not of this form, or says of itself that it holds more than it can.
    """
    with open_ipc(Path(path), "not an Arrow vector file") as reader:
        if problem := _problem(reader.schema):
            raise DataError(f"not a vector file of the toolkit: {problem}", path)
        table = read_batches(reader, ("key", "vector"))
        if problem := _missing(table):
            raise DataError(f"not a vector file of the toolkit: {problem}", path)
        column = table["vector"]
        # combining copies, and is only needed where there are several batches or none
        batch = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        vectors = batch.flatten().to_numpy(zero_copy_only=True).reshape(len(table), column.type.list_size)
        keys = pd.Index(table["key"].to_numpy(zero_copy_only=False), dtype=object)
        entity = (table.schema.metadata or {}).get(b"entity", b"key").decode()
    return keys, vectors, entity


def _problem(schema: pa.Schema) -> str:
    """Return in what way columns are not those of our form; empty if they are."""
    if any(schema.names.count(name) != 1 for name in ("key", "vector")):
        shown = ", ".join(schema.names[:8]) + (" and more" if len(schema.names) > 8 else "")
        return f"it has the columns {shown}, not one key and one vector"
    key, vector = schema.field("key"), schema.field("vector")
    if not (pa.types.is_large_string(key.type) or pa.types.is_string(key.type)):
        return f"its keys are {key.type}, not strings"
    if not pa.types.is_fixed_size_list(vector.type) or vector.type.value_type != pa.float32():
        return f"its vectors are {vector.type}, not lists of float32 of one size"
    return "" if vector.type.list_size > 0 else "its vectors are without dimensions"


def _missing(table: pa.Table) -> str:
    """Return what a table of our form lacks; empty if it is whole."""
    key, vector = table["key"], table["vector"]
    if key.null_count or vector.null_count or any(chunk.values.null_count for chunk in vector.chunks):
        return "a key or a value is missing"
    return "" if _unique(key, table.schema) else "a key stands twice"


def _unique(keys: pa.ChunkedArray, schema: pa.Schema) -> bool:
    if keys.num_chunks == 1 and (schema.metadata or {}).get(b"keys", b"").decode() == _digest(keys.chunk(0)):
        return True  # they are what `write` was given; counting them takes thrice as long as all the rest
    return bool(pc.count_distinct(keys).as_py() == len(keys))


def _digest(keys: pa.Array) -> str:
    """Return a SHA-256 of the offsets and the text of strings."""
    digest = hashlib.sha256()
    for buffer in keys.buffers()[1:]:
        digest.update(buffer or b"")
    return digest.hexdigest()
