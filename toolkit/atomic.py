"""Files that are there whole or not at all, and what is said where they cannot be written."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.errors import DataError


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
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


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
