"""Files that are there whole or not at all, and what is said where they cannot be written."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from toolkit.errors import DataError

_unfinished: set[Path] = set()  # what this process is writing


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Write a file beside its place, and move it there when all went well.

    Parameters
    ----------
    path : str or Path
        Where the file shall be; one that is there stays until the new one is whole.

    Yields
    ------
    Path
        What to write to, in the same folder.
    """
    path = Path(path)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    _unfinished.add(partial)
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
        _unfinished.discard(partial)


@contextmanager
def temporary_folder(beside: Path | None = None, name: str = "toolkit") -> Iterator[Path]:
    """Make a folder that is gone after the block, with all that is in it.

    Parameters
    ----------
    beside : Path, optional
        The folder in which it is made, hidden; by default where the system has such folders.
    name : str, default "toolkit"
        What its name begins with.

    Yields
    ------
    Path
    """
    prefix = f"{name}-" if beside is None else f".{name}."
    with tempfile.TemporaryDirectory(dir=beside, prefix=prefix, ignore_cleanup_errors=True) as folder:
        _unfinished.add(Path(folder))
        try:
            yield Path(folder)
        finally:
            _unfinished.discard(Path(folder))


def remove_unfinished() -> None:
    """Remove what is being written, in a process that ends without leaving the blocks that would."""
    for path in list(_unfinished):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a text as UTF-8, with the line ends that it has."""
    with replacing(path) as partial:
        # a part of a letter, as in the name of a file that is not UTF-8, is written out
        partial.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Turn what the system says against writing to a place into an error that says where."""
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path) from error
