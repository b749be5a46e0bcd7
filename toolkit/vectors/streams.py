"""Vector files as streams of bytes, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, cast

from toolkit.atomic import replacing
from toolkit.errors import DataError

COMPRESSIONS = (".gz", ".bz2", ".xz", ".zip")
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
        with readable(path), zipfile.ZipFile(path) as archive:
            suffix = Path(_member(archive, path).filename).suffix.lower()
        if suffix in STREAMED_SUFFIXES:
            return suffix
    return plain_suffix(path)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what is raised where a file cannot be read, or its compressed data are damaged, into a DataError."""
    try:
        yield
    except FileNotFoundError:
        raise DataError("no such file", path) from None
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(f"the file cannot be read or is damaged: {error}", path) from error


@contextmanager
def open_to_read(path: Path) -> Iterator[IO[bytes]]:
    """Open a file and decompress it as it is read.

    Raises
    ------
    DataError
        If the file is missing, cannot be read, or its compressed data are damaged; also while it is being read.
    """
    with readable(path), open(path, "rb") as file, _through(file, path, "r") as stream:
        yield stream


@contextmanager
def open_to_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that appears under its name, compressed by its suffix, once it is complete."""
    with replacing(path) as partial, open(partial, "xb") as file, _through(file, path, "w") as stream:
        yield stream


def _member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    members = [info for info in archive.infolist() if not (info.is_dir() or info.filename.startswith("__MACOSX/"))]
    vectors = [info for info in members if Path(info.filename).suffix.lower() in STREAMED_SUFFIXES]
    chosen = members if len(members) == 1 else vectors
    if len(chosen) != 1:
        names = ", ".join(info.filename for info in members) or "nothing"
        raise DataError(f"a zip must hold one vector file; this one holds {names}. Unpack it and name the file", path)
    if chosen[0].flag_bits & 1:
        raise DataError(f"{chosen[0].filename} is encrypted; unpack it first", path)
    return chosen[0]


@contextmanager
def _through(file: IO[bytes], path: Path, mode: Literal["r", "w"]) -> Iterator[IO[bytes]]:
    kind = compression(path)
    if kind == ".zip":
        with zipfile.ZipFile(file, mode, zipfile.ZIP_DEFLATED) as archive:
            member = _member(archive, path) if mode == "r" else path.stem
            with archive.open(member, mode, force_zip64=mode == "w") as stream:
                yield stream
    elif kind == ".gz":
        with gzip.GzipFile("", mode, compresslevel=6, fileobj=file, mtime=0) as gzipped:
            yield cast(IO[bytes], gzipped)
    elif kind == ".bz2":
        with bz2.BZ2File(file, mode) as bzipped:
            yield cast(IO[bytes], bzipped)
    elif kind == ".xz":
        with lzma.LZMAFile(file, mode) as xzipped:
            yield cast(IO[bytes], xzipped)
    else:
        yield file
