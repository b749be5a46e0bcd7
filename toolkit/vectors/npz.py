"""NumPy's archive, with the arrays ``keys`` and ``vectors`` and, if it likes, ``entity``; nothing in it is pickled."""

from __future__ import annotations

import math
import struct
import sys
import warnings
import zipfile
from pathlib import Path
from tokenize import TokenError

import numpy as np
import numpy.lib.format as npy
import numpy.typing as npt
import pandas as pd

from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.inputs import check_bound, check_member, opening_member, opening_zip
from toolkit.keys import as_keys
from toolkit.vectors.rows import to_embedding
from toolkit.vectors.streams import open_to_read, open_to_write

Array = npt.NDArray[np.generic]

_ONE = b"\x93NUMPY"  # how a file of one array begins


def read(path: Path, limit: int | None, entity: str) -> Embedding:
    """Read an ``.npz`` archive.

    Parameters
    ----------
    path : Path
        The file.
    limit : int or None
        Read only so many vectors.
    entity : str
        What the keys name, if the archive does not say.

    Returns
    -------
    Embedding

    Raises
    ------
    DataError
        If the file is damaged, lacks an array, or holds arrays that are not strings and numbers.
    """
    arrays = _arrays(path, limit)
    missing = {"keys", "vectors"} - set(arrays)
    if missing:
        raise DataError(f"lacks the array {min(missing)!r}; it holds {', '.join(arrays) or 'none'}", path)
    keys, vectors = arrays["keys"], arrays["vectors"]
    if keys.ndim != 1 or keys.dtype.kind not in "Uiu":
        raise DataError(f"keys must be one row of strings, not of shape {keys.shape} and dtype {keys.dtype}", path)
    if vectors.ndim != 2 or len(vectors) != len(keys) or vectors.dtype.kind not in "fiu":
        raise DataError(
            f"vectors must be {len(keys)} rows of numbers, a row for each key, not of shape {vectors.shape} "
            f"and dtype {vectors.dtype}",
            path,
        )
    with np.errstate(over="ignore"):  # what is too large for float32 is found below
        matrix = vectors.astype(np.float32, copy=not vectors.flags.writeable)
    return to_embedding(_texts(keys, path), matrix, _entity(arrays, entity, path), path)


def write(embedding: Embedding, path: Path) -> None:
    """Write an ``.npz`` archive.

    Raises
    ------
    DataError
        If a key ends in a NUL character, which NumPy drops.
    """
    for key in embedding.keys:
        if key.endswith("\0"):
            raise DataError(f"key {key!r} cannot be written to this format, because NumPy drops a NUL at the end")
    with open_to_write(path) as stream:
        np.savez(
            stream,
            keys=np.asarray(embedding.keys, dtype=str),
            vectors=embedding.vectors,
            entity=np.array(embedding.entity),
        )


def _texts(keys: Array, path: Path) -> pd.Index:
    """Return keys that are valid Unicode."""
    try:
        _check_letters(keys)
        texts = as_keys(keys)
        "".join(texts).encode()
    except ValueError as error:
        raise DataError(f"a key is not valid Unicode: {error}", path) from error
    return texts


def _check_letters(texts: Array) -> None:
    """Refuse letters beyond Unicode, at which the interpreter gives up."""
    native = np.ascontiguousarray(texts, texts.dtype.newbyteorder("="))
    if texts.dtype.kind == "U" and native.size and native.view(np.uint32).max() > sys.maxunicode:
        raise ValueError(f"there is none above {sys.maxunicode:#x}")


def _entity(arrays: dict[str, Array], entity: str, path: Path) -> str:
    said = arrays.get("entity")
    if said is None:
        return entity
    if said.ndim or said.dtype.kind != "U":
        raise DataError(f"entity must be one string, not of shape {said.shape} and dtype {said.dtype}", path)
    try:
        _check_letters(said)
        str(said).encode()
    except ValueError as error:
        raise DataError(f"the entity is not valid Unicode: {error}", path) from error
    return str(said)


def _arrays(path: Path, limit: int | None) -> dict[str, Array]:
    with open_to_read(path) as stream:
        first = stream.read(len(_ONE))
    if not first:
        raise DataError("the file is empty", path)
    if first != _ONE and not zipfile.is_zipfile(path):
        raise DataError("not an .npz archive of plain arrays: it is no archive", path)
    if first == _ONE:
        raise DataError("holds one array; an .npz archive with keys and vectors is expected", path)
    with open_to_read(path) as stream, opening_zip(stream, path) as archive:
        found = {}
        for name in ("keys", "vectors", "entity"):
            if f"{name}.npy" in archive.namelist():
                try:
                    found[name] = _array(archive, f"{name}.npy", path, limit)
                except _NO_HEADER as error:
                    reason = " ".join(str(error).split()) or "it is damaged"
                    raise DataError(f"not an .npz archive of plain arrays: {name}: {reason}", path) from error
        return found


def _array(archive: zipfile.ZipFile, member: str, path: Path, limit: int | None) -> Array:
    """Return an array, or its first rows where they can be read alone; never more than the archive may hold."""
    size, info = path.stat().st_size, check_member(archive, member, path)
    with opening_member(archive, info, size, path) as stream:
        version = npy.read_magic(stream)
        if version not in _HEADERS:
            raise ValueError(f"version {version} of the format is none that is read")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of headers that Python 2 wrote, which are read
            shape, by_columns, dtype = _HEADERS[version](stream)
        if dtype.hasobject:
            raise ValueError("it holds pickled objects, which can run any program and are never loaded")
        if not dtype.itemsize or any(length < 0 for length in shape):
            raise ValueError(f"shape {shape} and type {dtype} are those of no array")
        if limit is not None and shape and not by_columns:
            shape = (min(limit, shape[0]), *shape[1:])
        wanted = math.prod(shape) * dtype.itemsize
        if wanted > info.file_size:
            raise ValueError(f"it breaks off: shape {shape} takes {wanted:,} bytes, and there are {info.file_size:,}")
        check_bound(wanted, size, path)
        content = stream.read(wanted)
        if len(content) < wanted:
            raise ValueError(f"it breaks off: shape {shape} takes {wanted:,} bytes, and there are {len(content):,}")
    found: Array = np.ndarray(shape, dtype, content, order="F" if by_columns else "C")
    return found[:limit] if found.ndim else found


# what NumPy lets through of a header that is no Python literal, or nests too deeply
_NO_HEADER = (ValueError, RecursionError, MemoryError, SyntaxError, TokenError, TypeError, struct.error)
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
