"""The formats of vector files, and which of them a file has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.vectors import arrow, fasttext, glove, npz, word2vec
from toolkit.vectors.lines import count_numbers
from toolkit.vectors.streams import member_suffix, open_to_read

Reader = Callable[[Path, int | None, str], Embedding]
Writer = Callable[[Embedding, Path], None]

LONGEST_LINE = 1 << 20  # bytes of a line that are looked at


@dataclass(frozen=True)
class Format:
    """A format of vector files.

    Parameters
    ----------
    name : str
        Its name.
    suffixes : tuple of str
        How its files' names end, before the suffix of a compression.
    read : callable
        Takes path, limit and entity; returns the embedding.
    write : callable, optional
        Takes embedding and path; None where the format is only read.
    compressible : bool, default True
        Whether its files may be compressed.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Reader
    write: Writer | None = None
    compressible: bool = True


# Of the formats with one suffix, the first is written, and the last is asked to read what looks like none of them.
FORMATS = {
    known.name: known
    for known in (
        Format("word2vec", (".txt", ".vec"), word2vec.read_text, word2vec.write_text),
        Format("word2vec-bin", (".bin",), word2vec.read_binary, word2vec.write_binary),
        Format("glove", (".txt",), glove.read, glove.write),
        Format("fasttext", (".vec",), word2vec.read_text, word2vec.write_text),
        Format("fasttext-bin", (".bin",), fasttext.read),
        Format("arrow", (".arrow",), arrow.read, arrow.write, compressible=False),
        Format("npz", (".npz",), npz.read, npz.write, compressible=False),
    )
}


def detect(path: Path) -> Format:
    """Tell a file's format, by its suffix and, where several formats share that or none has it, by its content.

    A first line of two whole numbers is a header if the next line has as many numbers as it says, and a key with a
    vector of one dimension if the next line is such a one.

    Raises
    ------
    DataError
        If the file cannot be read, is empty, or is like no known format.
    """
    suffix = member_suffix(path)
    candidates = [known for known in FORMATS.values() if suffix in known.suffixes]
    if len(candidates) == 1:
        return candidates[0]
    with open_to_read(path) as stream:
        first, second = stream.readline(LONGEST_LINE), stream.readline(LONGEST_LINE)
    if not first:
        raise DataError("the file is empty", path)
    if suffix == ".bin":
        return FORMATS["word2vec-bin" if word2vec.parse_header(first) else "fasttext-bin"]
    name = _likeliest(first, second)
    if name is None and not candidates:
        raise DataError(f"cannot tell its format; name it with format=, one of {', '.join(FORMATS)}", path)
    return candidates[-1] if name is None else FORMATS[name]


def _likeliest(first: bytes, second: bytes) -> str | None:
    for name, magic in (("fasttext-bin", fasttext.MAGIC), ("arrow", b"ARROW1"), ("npz", b"PK\x03\x04")):
        if first.startswith(magic):
            return name
    header = word2vec.parse_header(first)
    if header is None:
        return "glove" if count_numbers(first) else None
    numbers = count_numbers(second)
    if numbers == header[1] or not second:
        return "word2vec"
    if b"\0" in second or second.decode(errors="ignore").encode() != second:
        return "word2vec-bin"
    return "glove" if numbers == 1 else "word2vec"
