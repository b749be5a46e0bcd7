"""Loading a data set of the catalog by name."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from toolkit.atomic import temporary_folder
from toolkit.data import Dataset, Triples
from toolkit.datasets.cache import sha256_of
from toolkit.datasets.catalog import dataset_info
from toolkit.datasets.corpora import read_corpus
from toolkit.datasets.fetching import fetch
from toolkit.datasets.files import DataFile, open_binary, open_text
from toolkit.datasets.parquet import open_parquet, read_parquet
from toolkit.datasets.ratings import read_ratings
from toolkit.datasets.wikipedia import read_wikipedia
from toolkit.datasets.wordsets import read_analogies, read_pairs
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.inputs import readable
from toolkit.keys import as_keys
from toolkit.vectors import copies, load_vectors

OPTIONS = {"corpus": ("min_count", "max_vocabulary", "window", "lowercase"), "vectors": ("limit", "cache")}


def load_dataset(name: str, **options: Any) -> Dataset | Embedding:
    """Load a data set by name, and fetch it first where that is needed.

    Parameters
    ----------
    name : str
        One of `list_datasets`.
    **options
        For a corpus: `min_count` (default 5), `max_vocabulary` (default None), `window` (default 5) and `lowercase`
        (default False), as in `load_corpus`. For vectors: `limit`, the number of words to load (default all; the most
        frequent come first), and `cache` (default True), as in `load_vectors`. Other kinds take none.

    Returns
    -------
    Ratings, Corpus, WordPairs, Analogies, Triples or Embedding
        By the data set's kind.

    Raises
    ------
    UnknownNameError
        If there is no such data set or option.
    FetchError
        If its files cannot be had.

    Examples
    --------
    >>> len(load_dataset("wordsim353"))
    353
    >>> len(load_dataset("lee", min_count=2).words)
    3955
    """
    info = dataset_info(name)
    allowed = OPTIONS.get(info.kind, ())
    for option in options:
        if option not in allowed:
            raise UnknownNameError(f"option of data set {name!r}", option, allowed)
    fetched = fetch(name)
    return READERS[fetched.source.reader](name, fetched.files, **{**fetched.source.options, **options})


def read_triples(name: str, files: Sequence[DataFile]) -> Triples:
    """Read facts, and what is known about each subject, from two tab-separated tables with headers."""
    facts, people = files
    rows = []
    with open_text(facts) as stream:
        lines = csv.reader(stream, delimiter="\t")
        try:
            for fields in lines:
                if len(fields) != 3:
                    raise DataError(f"has {len(fields)} fields; a fact has three", str(facts), lines.line_num)
                rows.append((fields[0], fields[1], fields[2]))
        except csv.Error as error:
            raise DataError(f"no line of a table: {error}", str(facts), lines.line_num) from error
    if len(rows) < 2:
        raise DataError("there are no facts: the table is empty", str(facts))
    return Triples(tuple(rows[1:]), name, _people(people))


def _people(file: DataFile) -> pd.DataFrame:
    with open_text(file) as stream:
        try:
            known = pd.read_csv(stream, sep="\t", dtype=str, index_col=False)
        except ValueError as error:
            raise DataError(f"not a table: {' '.join(str(error).split())}", str(file)) from error
    keys = known.iloc[:, 0]
    for bad, problem in ((keys.isna(), "a key is missing"), (keys.duplicated(), "a key stands twice")):
        if bad.any():
            raise DataError(f"{problem} (row {int(np.argmax(bad)) + 1})", str(file))
    return known.iloc[:, 1:].set_axis(as_keys(keys), axis=0)


def read_vectors(name: str, files: Sequence[DataFile], *, limit: int | None = None, cache: bool = True) -> Embedding:
    """Read GloVe's text out of its archive."""

    def read() -> Embedding:
        with temporary_folder(files[0].path.parent, name) as folder:
            unpacked = folder / f"{name}.txt"
            with open_binary(files[0]) as stream, unpacked.open("wb") as target:
                shutil.copyfileobj(stream, target)
            return load_vectors(unpacked, format="glove", limit=limit)

    return _opened(files, limit, cache, read)


def read_array(name: str, files: Sequence[DataFile], *, limit: int | None = None, cache: bool = True) -> Embedding:
    """Read vectors from a ``.npy`` file, memory-mapped, and their keys from a Parquet file."""

    def read() -> Embedding:
        with open_parquet(keys.path) as table:
            words = read_parquet(table, keys.path, table.schema_arrow.names[:1], limit).iloc[:, 0]
        with readable(vectors.path):
            try:
                matrix = np.load(vectors.path, mmap_mode="r", allow_pickle=False)
            except ValueError as error:
                raise DataError(f"not a file of one plain array: {error}", vectors.path) from error
        return Embedding(words, matrix[:limit])

    vectors, keys = files
    return _opened(files, limit, cache, read)


def _opened(files: Sequence[DataFile], limit: int | None, cache: bool, read: Callable[[], Embedding]) -> Embedding:
    if limit is not None and limit < 1:
        raise ParameterError(f"limit is {limit}; at least one vector must be loaded")
    if not cache:
        return read()
    source = [part for file in files for part in (sha256_of(file.path), file.member or "")]
    return copies.kept(source, limit, read)


READERS: dict[str, Callable[..., Dataset | Embedding]] = {
    "analogies": read_analogies,
    "array": read_array,
    "corpus": read_corpus,
    "pairs": read_pairs,
    "ratings": read_ratings,
    "triples": read_triples,
    "vectors": read_vectors,
    "wikipedia": read_wikipedia,
}
