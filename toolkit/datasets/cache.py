"""The folder that fetched files are kept in.

A file appears under its name only when it is whole and its SHA-256 is the expected one. The digest of a cached file is
taken again before its first use in each process (about a second for a gigabyte, far less than reading it takes), so
that a damaged file is never read.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from toolkit.atomic import temporary_folder
from toolkit.cachefolder import VARIABLE, cache_folder
from toolkit.errors import FetchError

__all__ = ["VARIABLE", "cache_folder", "digest_of", "sha256_of", "store", "verify"]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; taken once a process unless the file changes."""
    state = path.stat()
    return _kept_digest(path, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


@functools.cache
def _kept_digest(path: Path, *_: int) -> str:  # what tells versions of a path apart; nobody can set the last of it
    return digest_of(path)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal, as it is now."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def store(target: Path, sha256: str, fill: Callable[[Path], None]) -> None:
    """Put a file into its place, whole and verified, or not at all.

    Parameters
    ----------
    target : Path
        Where it shall be.
    sha256 : str
        The digest it must have.
    fill : callable
        Writes the content to the path that it is given.

    Raises
    ------
    FetchError
        If the digest differs or the folder cannot be written to.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(target.parent, target.name) as folder:
            partial = folder / target.name
            fill(partial)
            verify(partial, sha256, target.name)
            os.replace(partial, target)
    except OSError as error:
        raise FetchError(
            f"cannot write {target}: {error.strerror or error}; set {VARIABLE} to a folder that can be written to"
        ) from error


def verify(path: Path, sha256: str, label: str) -> None:
    """Raise FetchError unless a file has the expected digest."""
    found = sha256_of(path)
    if found != sha256:
        raise FetchError(
            f"{label} ({path.stat().st_size:,} bytes) is not the file that is meant: "
            f"expected SHA-256 {sha256}, found {found}"
        )
