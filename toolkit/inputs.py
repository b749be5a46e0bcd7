"""Opening what others wrote: regular files alone, unpacked within bounds, and whatever a library raises as an error.

A file may hold anything. What is opened here either gives bytes, no more of them than its true size allows, or a
`DataError` that names it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import re
import stat
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal, cast

from toolkit.errors import DataError

COMPRESSIONS = (".gz", ".bz2", ".xz", ".zip")
RATIO = 100  # times its size that a compressed file may unpack to: texts and numbers do to 2 to 20 times
ALWAYS = 1 << 23  # bytes that any file may unpack to
LARGEST = 1e15  # of the numbers that say something about things, whose squares and sums no type overflows
_DOTTED = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++\s*\.\s*){64}""")  # a key of TOML that no table has
# what decompressors and archives raise for bytes that no packer wrote
DAMAGED = (
    *(EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, struct.error),
    *(OverflowError, MemoryError),
)


def check_regular(path: str | Path) -> int:
    """Return the size of a file in bytes; refuse what is none, such as a pipe, which would be waited for for ever.

    Raises
    ------
    DataError
        If there is no such file, it is a folder, pipe, socket or device, or cannot be reached.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:
        raise DataError("no such file", path) from None
    except (OSError, ValueError) as error:  # the latter for a name with a NUL in it
        raise DataError(f"cannot be read: {getattr(error, 'strerror', None) or error}", path) from error
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "no regular file"
        raise DataError(f"cannot be read: it is {kind}", path)
    return found.st_size


def bound(size: int) -> int:
    """Return how many bytes a packed file of some size may unpack to."""
    return max(RATIO * size, ALWAYS)


def check_bound(wanted: int, size: int, path: str | Path) -> None:
    """Refuse a packed file that says itself that it unpacks to more than `bound` allows.

    Raises
    ------
    DataError
        If it does.
    """
    if wanted > bound(size):
        raise too_large(size, path)


def too_large(size: int, path: str | Path) -> DataError:
    """Return the error for a file of some size that unpacks to more than `bound` allows."""
    return DataError(
        f"unpacks to more than {bound(size):,} bytes, which is the limit for a packed file of {size:,} bytes (RATIO "
        "and ALWAYS in toolkit.inputs); if it is meant, unpack it and give the file that comes of it",
        path,
    )


class _Bounded(io.RawIOBase):
    """What a decompressor gives, up to a number of bytes."""

    def __init__(self, stream: IO[bytes], size: int, path: str | Path) -> None:
        self._stream, self._size, self._path = stream, size, path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: Any) -> int:
        taken: int = self._stream.readinto(buffer)  # type: ignore[attr-defined]  # every decompressor has it
        if self._stream.tell() > bound(self._size):
            raise too_large(self._size, self._path)
        return taken


def bounded(stream: IO[bytes], size: int, path: str | Path) -> IO[bytes]:
    """Return a stream of what a decompressor gives, which raises `too_large` where that is more than `bound` allows."""
    return io.BufferedReader(_Bounded(stream, size, path), 1 << 18)


@contextmanager
def unpacking(file: IO[bytes], path: Path, member: zipfile.ZipInfo | str | None = None) -> Iterator[IO[bytes]]:
    """Yield what is in a file that is compressed as its suffix says, or of a zip, in a member.

    Raises
    ------
    DataError
        If it unpacks to too much.
    """
    kind, size = path.suffix.lower(), os.fstat(file.fileno()).st_size
    if member is not None:
        with zipfile.ZipFile(file) as archive, opening_member(archive, member, size, path) as plain:
            yield plain
    elif kind in _OPENERS:
        with _OPENERS[kind](file) as stream, bounded(stream, size, path) as plain:
            yield plain
    else:
        yield file


_OPENERS: dict[str, Any] = {
    ".gz": lambda file: gzip.GzipFile("", "rb", fileobj=file),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}


@contextmanager
def readable(path: str | Path, place: str | None = None) -> Iterator[None]:
    """Turn what is raised where a file cannot be read, or its compressed data are damaged, into a DataError.

    Parameters
    ----------
    path : str or Path
        The file; nothing but a regular one is let through.
    place : str, optional
        What the error names in its stead, such as a member of an archive.
    """
    check_regular(path)
    try:
        yield
    except FileNotFoundError:
        raise DataError("no such file", path) from None
    except MemoryError as error:
        raise DataError("needs more memory than there is", place or path) from error
    except (OSError, *DAMAGED) as error:
        raise DataError(f"the file cannot be read or is damaged: {error}", place or path) from error


def check_member(archive: zipfile.ZipFile, member: str, path: str | Path) -> zipfile.ZipInfo:
    """Return the entry of an archive for a member that can be read.

    Raises
    ------
    DataError
        If there is none, or it is encrypted.
    """
    try:
        found = archive.getinfo(member)
    except KeyError:
        raise DataError(f"the archive has no member {member!r}", path) from None
    if found.flag_bits & 1:
        raise DataError(f"{member} is encrypted; unpack it first", path)
    return found


@contextmanager
def opening_zip(file: IO[bytes], path: str | Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive, whose list of members may be damaged too."""
    try:
        archive = zipfile.ZipFile(file)
    except (ValueError, RuntimeError) as error:  # names that are no text, places before the beginning
        raise DataError(f"the archive is damaged: {error}", path) from error
    with archive:
        yield archive


@contextmanager
def opening_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, size: int, path: str | Path
) -> Iterator[IO[bytes]]:
    """Open what is in an archive of `size` bytes, up to what `bound` allows; its own header may be damaged too."""
    try:
        packed = archive.open(member)
    except ValueError as error:  # a name that is no text, a place before the beginning
        raise DataError(f"the archive is damaged: {error}", path) from error
    with packed, bounded(packed, size, path) as stream:
        yield stream


def read_structured(path: Path, form: Literal["json", "toml"], table: bool = True) -> dict[str, Any]:
    """Read a file of JSON or TOML, at the top of which stands a table.

    Parameters
    ----------
    path : Path
        The file, in UTF-8.
    form : {"json", "toml"}
        Which.
    table : bool, default True
        Refuse another value at the top of JSON; else the caller does, who can say more.

    Returns
    -------
    dict

    Raises
    ------
    DataError
        If it is missing or is no such file, nests too deeply, or holds a number or a text that nothing can hold.
    """
    check_regular(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        if form == "toml" and _DOTTED.search(text):
            raise RecursionError  # on which the parser would take time and room by the square of the depth
        found = json.loads(text, object_pairs_hook=_once) if form == "json" else tomllib.loads(text)
        json.dumps(found, ensure_ascii=False, default=str).encode()  # finds halves of surrogate pairs
    except (OSError, ValueError) as error:  # the latter also for a number of too many digits
        raise DataError(f"cannot be read as {form.upper()}: {error}", path) from error
    except RecursionError:
        raise DataError(f"cannot be read as {form.upper()}: its tables or lists nest too deeply", path) from None
    if table and not isinstance(found, dict):
        raise DataError(f"is {form.upper()}, but holds no table at its top", path)
    return cast("dict[str, Any]", found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, in which no key stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        again = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {again!r} stands twice in an object")
    return found
