"""Memory-mapped copies of vector files, kept in the cache.

A copy is found by the content of its source, not by its name. The digest of a source is taken again when its inode,
size or times changed since, or when it changed within the last two seconds before it was taken: some file systems count
time no finer. A copy whose own inode, size or times are not those that it was left with is made anew.
"""

from __future__ import annotations

import hashlib
import json
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from toolkit import atomic
from toolkit.cachefolder import cache_folder
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ToolkitWarning
from toolkit.vectors import arrow
from toolkit.vectors.streams import readable

READERS = 1  # to be raised when a reader gives something else for the same file
SETTLED = 2_000_000_000  # nanoseconds


def kept(source: Sequence[str], limit: int | None, read: Callable[[], Embedding]) -> Embedding:
    """Open the copy of vectors, which is made first where there is none.

    Parameters
    ----------
    source : sequence of str
        What the vectors depend on but for the limit, such as the digest of a file.
    limit : int or None
        How many of the first vectors are wanted; a copy of all is used where there is one.
    read : callable
        Reads so many vectors from the source.

    Returns
    -------
    Embedding
        Its vectors stay in the copy.

    Warns
    -----
    ToolkitWarning
        If the copy cannot be written; what was read is returned then.
    """
    places = [_place(source, each) for each in dict.fromkeys((None, limit))]
    for place in places:
        if _recall(place) is not None:
            try:
                return arrow.read(place, limit, "")
            except DataError:  # damaged in a way that left its times alone
                place.unlink(missing_ok=True)
    embedding, place = read(), places[-1]
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        embedding.save(place)
        _note(place, state(place), "whole")
        return arrow.read(place, None, "")
    except (OSError, DataError) as error:
        warnings.warn(f"no copy of the vectors is kept: {error}", ToolkitWarning, stacklevel=3)
        return embedding


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, taken again only where the file may have changed.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    with readable(path), open(path, "rb") as stream:
        if known := _recall(path):
            return known
        before, now = state(path), time.time_ns()
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if max(before[-2:]) < now - SETTLED:
        _note(path, before, found)
    return found


def state(path: Path) -> tuple[int, ...]:
    """Return what differs when a file was changed: its inode, its size, and when it was written and changed."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _place(source: Sequence[str], limit: int | None) -> Path:
    name = hashlib.sha256(json.dumps([READERS, *source, limit], default=int).encode()).hexdigest()
    return cache_folder() / "vectors" / f"{name}.arrow"


def _note_of(path: Path) -> Path:
    return cache_folder() / "vectors" / f"{hashlib.sha256(bytes(path.absolute())).hexdigest()}.state"


def _recall(path: Path) -> str | None:
    """Return what was noted about a file, unless it changed since."""
    try:
        noted, _, value = _note_of(path).read_text().partition("\n")
        return value if noted == str(state(path)) else None
    except (OSError, UnicodeDecodeError):
        return None


def _note(path: Path, known: tuple[int, ...], value: str) -> None:
    """Note something about a file in a state; a cache that cannot be written to forgets it."""
    note = _note_of(path)
    try:
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic.write_text(note, f"{known}\n{value}")
    except OSError:
        return
