"""Ratings, corpora, facts and keys as files that many processes open at once, memory-mapped: nothing is read twice.

An Arrow IPC file with one row, in which every column of the data set is a list; what is no column stands in the
schema's metadata. The arrays of an opened data set are the file's own pages, shared and read-only.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc

from toolkit.data import columns
from toolkit.data.corpus import Corpus
from toolkit.data.ratings import Ratings
from toolkit.data.triples import Triples
from toolkit.data.vocabulary import Vocabulary
from toolkit.errors import DataError

Staged = Ratings | Corpus | Triples | Vocabulary
KINDS: dict[str, type[Staged]] = {kind.__name__: kind for kind in (Ratings, Corpus, Triples, Vocabulary)}

TEXTS = pa.large_string()
FACTS = pa.list_(TEXTS, 3)


def stage(data: Staged, path: str | Path) -> None:
    """Write a data set for `open_staged`.

    Parameters
    ----------
    data : Ratings, Corpus, Triples or Vocabulary
        What to write.
    path : str or Path
        The file.

    Raises
    ------
    DataError
        If it cannot be written, or the item table holds what Arrow cannot hold.
    """
    lists: dict[str, pa.Array] = {}
    facts: dict[str, Any] = {"kind": type(data).__name__}
    for name in (field.name for field in fields(data)):
        value = getattr(data, name)
        if isinstance(value, pd.Index | pd.Categorical | np.ndarray) or name == "facts":
            flat = pa.array(value, type=FACTS if name == "facts" else TEXTS if isinstance(value, pd.Index) else None)
            lists[name] = pa.LargeListArray.from_arrays(pa.array([0, len(flat)], type=pa.int64()), flat)
        elif isinstance(value, pd.DataFrame):
            lists[name] = pa.array([_packed(value)], type=pa.large_binary())
        else:
            facts[name] = value
    batch = pa.record_batch(lists).replace_schema_metadata({"facts": json.dumps(facts)})
    try:
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
            writer.write_batch(batch)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path) from error


def open_staged(path: str | Path) -> Staged:
    """Open a file that `stage` wrote.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Ratings, Corpus, Triples or Vocabulary
        What was staged; its arrays are read-only and take no memory of their own. Facts, which are no arrays, are read.
    """
    batch = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
    facts = json.loads(batch.schema.metadata[b"facts"])
    kind = KINDS[facts.pop("kind")]
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return kind(**values, **{name: _value(batch.column(name)) for name in batch.schema.names})


def _value(column: pa.Array) -> Any:
    if pa.types.is_large_binary(column.type):
        with pa.ipc.open_stream(column[0].as_buffer()) as packed:
            return columns.item_table(packed.read_pandas(use_threads=False))
    flat = column.values
    if pa.types.is_fixed_size_list(flat.type):
        return tuple(map(tuple, flat.to_pylist()))
    if pa.types.is_large_string(flat.type):
        return _index(flat)
    if pa.types.is_dictionary(flat.type):
        return pd.Categorical.from_codes(flat.indices.to_numpy(), _index(flat.dictionary))
    return flat.to_numpy(zero_copy_only=True)


def _index(texts: pa.Array) -> pd.Index:
    return pd.Index(texts.to_numpy(zero_copy_only=False), dtype=object)


def _packed(table: pd.DataFrame) -> bytes:
    sink = pa.BufferOutputStream()
    try:
        rows = pa.Table.from_pandas(table)
    except pa.ArrowException as error:
        raise DataError(f"the item table cannot be shared with other processes: {error}") from error
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed
