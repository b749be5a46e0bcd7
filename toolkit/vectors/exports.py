"""Embeddings for other people's viewers and libraries: what they open without a line of code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from toolkit.atomic import replacing, write_text
from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.inert import cell

Exporter = Callable[[Embedding, pd.DataFrame, Path, str], Path]

CONFIG = "projector_config.json"


def export_projector(embedding: Embedding, facts: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write the pair of tables that TensorFlow's Embedding Projector opens.

    Parameters
    ----------
    embedding : Embedding
        What to write.
    facts : pandas.DataFrame
        What is known of the keys, indexed by key in the order of the embedding: titles, counts and so on.
    folder : Path
        Where to.
    name : str
        Stem of the files.

    Returns
    -------
    Path
        ``NAME.vectors.tsv``: a vector a line. ``NAME.metadata.tsv`` stands beside it: keys and facts, with a header
        where there is more than the keys, as the projector wants it. Tabs and ends of lines become spaces, and a
        text that a spreadsheet would compute has an apostrophe before it.
    """
    path = folder / f"{name}.vectors.tsv"
    with replacing(path) as partial, open(partial, "w", encoding="utf-8", newline="") as sink:
        for vector in embedding.vectors:
            sink.write("\t".join(map(str, vector)) + "\n")
    table = facts.reset_index(names="key")
    rows = [[_field(value) for value in row] for row in table.itertuples(index=False)]
    header = [[_field(name) for name in table.columns]] if len(table.columns) > 1 else []
    write_text(folder / f"{name}.metadata.tsv", "".join("\t".join(row) + "\n" for row in header + rows))
    return path


def _field(value: object) -> str:
    """Return a field of the projector's tables, which know no quotation marks."""
    if not isinstance(value, str):
        return str(value)
    return str(cell(re.sub(r"[\s\0]+", " ", value)))


def export_parquet(embedding: Embedding, facts: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write a Parquet table for viewers and data bases: a row a key, with what is known of it.

    Parameters
    ----------
    embedding, facts, folder, name
        As `export_projector` takes them.

    Returns
    -------
    Path
        ``NAME.parquet`` with the columns ``key``, those of `facts`, and ``vector``, a list of float32.
    """
    offsets = np.arange(len(embedding) + 1, dtype=np.int32) * embedding.dim
    flat = pa.array(np.ascontiguousarray(embedding.vectors).reshape(-1))
    table = pa.Table.from_pandas(facts.reset_index(names="key"), preserve_index=False).replace_schema_metadata()
    table = table.append_column("vector", pa.ListArray.from_arrays(pa.array(offsets), flat))
    path = folder / f"{name}.parquet"
    with replacing(path) as partial:
        pa.parquet.write_table(table, partial, compression="zstd")
    return path


def export_gensim(embedding: Embedding, facts: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write what ``gensim.models.KeyedVectors.load`` opens.

    Parameters
    ----------
    embedding, facts, folder, name
        As `export_projector` takes them; facts become attributes of the vectors (``get_vecattr``).

    Returns
    -------
    Path
        ``NAME.kv``, beside which gensim puts large matrices in files of their own. It is a pickle, as all of gensim's
        own files are: open it only where you trust who wrote it.
    """
    vectors: Any = embedding.to_gensim()
    for column, values in facts.items():
        for key, value in zip(embedding.keys, values.tolist(), strict=True):
            vectors.set_vecattr(key, column, value)
    path = folder / f"{name}.kv"
    vectors.lifecycle_events = None  # which would say when it was saved
    vectors.save(str(path))
    return path


EXPORTERS: dict[str, Exporter] = {
    "projector": export_projector,
    "parquet": export_parquet,
    "gensim": export_gensim,
}


def write_config(written: Sequence[tuple[Path, Embedding]]) -> Path:
    """Write the file by which a projector that is served from a folder finds all embeddings in it.

    Parameters
    ----------
    written : sequence of (Path, Embedding)
        What `export_projector` returned, in one folder, and what is in it.

    Returns
    -------
    Path
        ``projector_config.json``.
    """
    tensors = [
        {
            "tensorName": path.name.removesuffix(".vectors.tsv"),
            "tensorShape": [len(embedding), embedding.dim],
            "tensorPath": path.name,
            "metadataPath": path.name.replace(".vectors.tsv", ".metadata.tsv"),
        }
        for path, embedding in written
    ]
    if not tensors:
        raise DataError("there are no embeddings to write a configuration for")
    path = written[0][0].parent / CONFIG
    write_text(path, json.dumps({"embeddings": tensors}, indent=1) + "\n")
    return path
