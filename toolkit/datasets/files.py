"""Opening data files: plain, compressed, or inside an archive."""

from __future__ import annotations

import codecs
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from toolkit.errors import DataError
from toolkit.inputs import COMPRESSIONS, check_member, opening_zip, readable, unpacking

BLOCK = 1 << 20


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
        packed = self.path.suffix.lower() in COMPRESSIONS
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
        If the file is missing, cannot be unpacked, or unpacks to far more than it holds.
    """
    with readable(file.path, str(file)), file.path.open("rb") as packed:
        member = None
        if file.member is not None or file.path.suffix.lower() == ".zip":
            with opening_zip(packed, file.path) as archive:
                member = check_member(archive, file.member or _only_member(archive, file.path), file.path)
        with unpacking(packed, file.path, member) as stream:
            yield stream


def _only_member(archive: zipfile.ZipFile, path: Path) -> str:
    names = [name for name in archive.namelist() if name and not name.endswith("/")]
    names = [name for name in names if not name.startswith("__MACOSX/")]
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
