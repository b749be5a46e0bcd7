"""Opening data files: plain, compressed, or inside an archive."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from toolkit.errors import DataError

BLOCK = 1 << 20
_OPENERS: dict[str, Callable[[Path], object]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


@dataclass(frozen=True)
class DataFile:
    """A file that data are read from.

    Parameters
    ----------
    path : Path
        The file; ``.gz``, ``.bz2``, ``.xz`` and ``.zip`` (with one file inside) are unpacked while reading.
    member : str, optional
        The file inside the zip archive at `path`.
    """

    path: Path
    member: str | None = None

    def __str__(self) -> str:
        return str(self.path) if self.member is None else f"{self.path}: {self.member}"

    @property
    def suffix(self) -> str:
        """str: the ending that tells the format, without that of a compression: ``.csv`` for ``a.csv.gz``."""
        if self.member is not None:
            return Path(self.member).suffix.lower()
        packed = self.path.suffix.lower() in {*_OPENERS, ".zip"}
        return (Path(self.path.stem) if packed else self.path).suffix.lower()

    @property
    def stem(self) -> str:
        """str: the file's name up to the first dot; the name of a data set that was given none."""
        return Path(self.member or self.path).name.split(".")[0]


@contextmanager
def open_binary(file: DataFile) -> Iterator[IO[bytes]]:
    """Open for reading bytes, unpacked.

    Raises
    ------
    DataError
        If the file is missing or cannot be unpacked.
    """
    with ExitStack() as stack:
        try:
            yield stack.enter_context(_open(file, stack))
        except FileNotFoundError:
            raise DataError("no such file", file.path) from None
        except (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile) as error:
            raise DataError(f"cannot be read: {error}", str(file)) from error


def _open(file: DataFile, stack: ExitStack) -> IO[bytes]:
    suffix = file.path.suffix.lower()
    if file.member is not None or suffix == ".zip":
        archive = stack.enter_context(zipfile.ZipFile(file.path))
        return archive.open(file.member or _only_member(archive, file.path))
    if suffix in _OPENERS:
        return cast("IO[bytes]", _OPENERS[suffix](file.path))
    return file.path.open("rb")


def _only_member(archive: zipfile.ZipFile, path: Path) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if len(names) != 1:
        raise DataError(f"an archive must hold exactly one file; this one holds {len(names)}", path)
    return names[0]


@contextmanager
def open_text(file: DataFile, encoding: str = "utf-8-sig", newline: str | None = None) -> Iterator[io.TextIOWrapper]:
    """Open for reading text, unpacked and without a byte order mark.

    Raises
    ------
    DataError
        If the file cannot be opened, or holds a byte that is not of the encoding; the error names the line.
    """
    with open_binary(file) as stream, decoding(file, encoding):
        yield io.TextIOWrapper(stream, encoding=encoding, newline=newline)


@contextmanager
def decoding(file: DataFile, encoding: str) -> Iterator[None]:
    """Turn a decoding error of the body into a DataError with the line."""
    try:
        yield
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        with open_binary(file) as stream:
            wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        likely = "utf-16" if wide else "windows-1252"
        advice = f"save it as {name}, such as with iconv -f {likely} -t {name.lower()}"
        raise DataError(
            f"not {name} text: {error.reason}; {advice}", str(file), _undecodable_line(file, encoding)
        ) from None


def _undecodable_line(file: DataFile, encoding: str) -> int | None:
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with open_binary(file) as stream:
        while True:
            block = stream.read(BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return line + bytes(error.object)[: error.start].count(b"\n")
            if not block:
                return None
            line += block.count(b"\n")
