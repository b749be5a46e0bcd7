"""Vector files as streams of bytes, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from toolkit.atomic import replacing
from toolkit.errors import DataError
from toolkit.inputs import COMPRESSIONS, opening_zip, readable, unpacking

__all__ = ["compression", "member_suffix", "open_to_read", "open_to_write", "plain_suffix", "readable"]

SHOWN = 5  # members that an error names
STREAMED_SUFFIXES = (".txt", ".vec", ".bin")  # which member of a zip is meant, where it holds several files
BYTE_ORDER_MARK = "\ufeff".encode()


def compression(path: Path) -> str:
    """Return the suffix that says how a file is compressed, in lower case; empty where it is not."""
    suffix = path.suffix.lower()
    return suffix if suffix in COMPRESSIONS else ""


def plain_suffix(path: Path) -> str:
    """Return the suffix, in lower case, that a file's name has beneath that of its compression."""
    return (path.with_suffix("") if compression(path) else path).suffix.lower()


def member_suffix(path: Path) -> str:
    """Return the suffix of what is in a file: of a zip's member where that says more than the zip's own name."""
    if compression(path) == ".zip":
        with readable(path), open(path, "rb") as file, opening_zip(file, path) as archive:
            suffix = Path(_member(archive, path).filename).suffix.lower()
        if suffix in STREAMED_SUFFIXES:
            return suffix
    return plain_suffix(path)


@contextmanager
def open_to_read(path: Path) -> Iterator[IO[bytes]]:
    """Open a file and decompress it as it is read.

    Raises
    ------
    DataError
        If the file is missing, cannot be read, or its compressed data are damaged or unpack to far more than the file
        holds; also while it is being read.
    """
    with readable(path), open(path, "rb") as file:
        member = None
        if compression(path) == ".zip":
            with opening_zip(file, path) as archive:
                member = _member(archive, path)
        with unpacking(file, path, member) as stream:
            yield stream


@contextmanager
def open_to_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that appears under its name, compressed by its suffix, once it is complete."""
    with replacing(path) as partial, open(partial, "xb") as file, _packed(file, path) as stream:
        yield stream


def _is_file(name: str) -> bool:
    return bool(name) and not name.endswith("/") and not name.startswith("__MACOSX/")


def _member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    members = [info for info in archive.infolist() if _is_file(info.filename)]
    vectors = [info for info in members if Path(info.filename).suffix.lower() in STREAMED_SUFFIXES]
    chosen = members if len(members) == 1 else vectors
    if len(chosen) != 1:
        names = ", ".join(info.filename for info in members[:SHOWN]) or "nothing"
        more = f" and {len(members) - SHOWN} more" if len(members) > SHOWN else ""
        raise DataError(
            f"a zip must hold one vector file; this one holds {names}{more}. Unpack it and name the file", path
        )
    if chosen[0].flag_bits & 1:
        raise DataError(f"{chosen[0].filename} is encrypted; unpack it first", path)
    return chosen[0]


@contextmanager
def _packed(file: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    kind = compression(path)
    if kind == ".zip":
        with (
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(path.stem, "w", force_zip64=True) as stream,
        ):
            yield stream
    elif kind == ".gz":
        with gzip.GzipFile("", "w", compresslevel=6, fileobj=file, mtime=0) as gzipped:
            yield cast(IO[bytes], gzipped)
    elif kind == ".bz2":
        with bz2.BZ2File(file, "w") as bzipped:
            yield cast(IO[bytes], bzipped)
    elif kind == ".xz":
        with lzma.LZMAFile(file, "w") as xzipped:
            yield cast(IO[bytes], xzipped)
    else:
        yield file
