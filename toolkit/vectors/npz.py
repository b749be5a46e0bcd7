"""NumPy's archive, with the arrays ``keys`` and ``vectors`` and, if it likes, ``entity``; nothing in it is pickled."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.lib.format as npy
import numpy.typing as npt

from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.keys import as_keys
from toolkit.vectors.rows import to_embedding
from toolkit.vectors.streams import open_to_read, open_to_write

Array = npt.NDArray[np.generic]


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
    return to_embedding(as_keys(keys), matrix, str(arrays.get("entity", entity)), path)


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


def _arrays(path: Path, limit: int | None) -> dict[str, Array]:
    with open_to_read(path) as stream:
        try:
            archive = np.load(stream, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError("holds one array; an .npz archive with keys and vectors is expected", path)
            return {name: _rows(archive, name, limit) for name in ("keys", "vectors", "entity") if name in archive}
        except (ValueError, MemoryError) as error:
            raise DataError(f"not an .npz archive of plain arrays: {error}", path) from error


def _rows(archive: np.lib.npyio.NpzFile, name: str, limit: int | None) -> Array:
    """Return an array, or its first rows where they can be read alone."""
    headers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if limit is not None and archive.zip is not None and f"{name}.npy" in archive.zip.namelist():
        with archive.zip.open(f"{name}.npy") as stream:
            header = headers.get(npy.read_magic(stream))
            shape, by_columns, dtype = header(stream) if header else ((), False, np.dtype(object))
            if shape and not (by_columns or dtype.hasobject):
                shape = (min(limit, shape[0]), *shape[1:])
                found: Array = np.frombuffer(stream.read(math.prod(shape) * dtype.itemsize), dtype).reshape(shape)
                return found
    whole: Array | bytes = archive[name]
    if isinstance(whole, bytes):  # what NumPy gives for a member without its mark
        raise ValueError(f"{name} is no array")
    return whole[:limit] if whole.ndim else whole
