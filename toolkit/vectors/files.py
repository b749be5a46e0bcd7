"""Reading and writing vector files of any format."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError, UnknownNameError, UnsupportedError
from toolkit.vectors import copies, fasttext, gensim
from toolkit.vectors.formats import FORMATS, Format, detect
from toolkit.vectors.streams import compression, plain_suffix, readable


def load_vectors(
    path: str | Path,
    format: str | None = None,
    limit: int | None = None,
    *,
    entity: str = "word",
    cache: bool = False,
    subwords: bool = False,
    trust: bool = False,
) -> Embedding:
    """Read vectors from a file.

    Parameters
    ----------
    path : str or Path
        The file. One of text or of a ``.bin`` format may be compressed (``.gz``, ``.bz2``, ``.xz``, ``.zip``); it is
        decompressed as it is read.
    format : str, optional
        A name of `FORMATS`: ``"word2vec"`` (text with a header ``n d``), ``"word2vec-bin"``, ``"glove"`` (text
        without a header), ``"fasttext"`` (``.vec``), ``"fasttext-bin"``, ``"arrow"`` (memory-mapped, never copied)
        or ``"npz"``. By default it is told from the suffix and, where that leaves it open, from the content.
    limit : int, optional
        Read only so many vectors, the first ones of the file.
    entity : str, default "word"
        What the keys name, if the file does not say.
    cache : bool, default False
        Keep a memory-mapped copy in the folder that the environment variable TOOLKIT_CACHE names (by default the
        system's place for caches), and open it in the file's stead for as long as the file's content is the same.
    subwords : bool, default False
        Of a fastText ``.bin`` file, return a `SubwordEmbedding`, whose ``infer(keys)`` also gives vectors to unknown
        words. The vectors of the n-grams stay in the file.
    trust : bool, default False
        Read gensim's own files (``.model``, ``.kv``), with format None. They are pickles: a program in one runs with
        your rights as it is read. Of other files, it changes nothing: no other format holds pickles that are read.

    Returns
    -------
    Embedding
        The vectors as float32. Of a key that stands twice the first vector is kept, with a warning.

    Raises
    ------
    DataError
        If the file is missing, empty, damaged or not of the format, or holds a value that is not a finite number
        (which is not looked for in an ``.arrow`` file) or a key that is not UTF-8; the message names the line of a
        text file.
    UnknownNameError
        If there is no such format.
    ParameterError
        If the limit is below 1, or both `cache` and `subwords` are asked for.
    UnsupportedError
        If the file is compressed and of a format that cannot be, has no subwords, or is a pickle and not trusted.

    Warns
    -----
    ToolkitWarning
        If a key stands twice, or a fastText model has keys that are not valid UTF-8. With `cache`, only when the copy
        is made, and if it cannot be. And whenever a pickle is read.

    Notes
    -----
    A key in a text file may contain spaces, as some of GloVe 840B do: the vector is what stands in the last fields,
    as many as the header says or, without one, as most of the first 100 lines have. If the field before them is a
    number too, the line counts as too long.
    """
    if limit is not None and limit < 1:
        raise ParameterError(f"limit is {limit}; it must be at least 1, or None for all vectors")
    if cache and subwords:
        raise ParameterError("cache=True and subwords=True exclude each other: a copy has no n-grams")
    path = Path(path)
    if format is None and _is_pickle(path):
        if not trust:
            raise gensim.refusal(path)
        return gensim.read_trusted(path, limit, entity, subwords)
    chosen = detect(path) if format is None else _named(format)
    _check_compression(chosen, path)
    if subwords:
        if chosen.name != "fasttext-bin":
            raise UnsupportedError(f"{path}: a file of format {chosen.name!r} has no subwords; 'fasttext-bin' has")
        return fasttext.read_subwords(path, limit, entity)
    if not cache or chosen.name == "arrow":  # which is mapped itself
        return chosen.read(path, limit, entity)
    with readable(path):
        before = copies.state(path)  # what is digested and what is read must be the same
    source = (copies.digest(path), chosen.name, compression(path), entity)
    return copies.kept(source, limit, partial(_read_unchanged, chosen, path, limit, entity, before))


def _is_pickle(path: Path) -> bool:
    """Return whether a file is gensim's own: by its ending, or because it begins as pickles do."""
    suffix = plain_suffix(path)
    known = any(suffix in each.suffixes for each in FORMATS.values())
    if known or compression(path):
        return False
    with readable(path), open(path, "rb") as file:
        return suffix in gensim.SUFFIXES or gensim.is_pickle(file.read(2))


def _read_unchanged(chosen: Format, path: Path, limit: int | None, entity: str, before: tuple[int, ...]) -> Embedding:
    embedding = chosen.read(path, limit, entity)
    if copies.state(path) != before:
        raise DataError("the file changed while it was read", path)
    return embedding


def save_vectors(embedding: Embedding, path: str | Path, format: str | None = None) -> None:
    """Write an embedding to a file, which appears whole or not at all.

    Parameters
    ----------
    embedding : Embedding
        What to write.
    path : str or Path
        Where to. A text or ``.bin`` format is compressed if the name ends in ``.gz``, ``.bz2``, ``.xz`` or ``.zip``.
    format : str, optional
        A name of `FORMATS`; by default by the suffix, where ``.txt`` and ``.vec`` mean ``"word2vec"`` and ``.bin``
        means ``"word2vec-bin"``.

    Raises
    ------
    DataError
        If the format cannot hold a key, or the file cannot be written.
    ParameterError
        If the suffix does not tell a format and none is named.
    UnknownNameError
        If there is no such format.
    UnsupportedError
        If the format is only read, or cannot be compressed.

    Examples
    --------
    >>> import tempfile
    >>> emb = Embedding(["cat", "dog"], [[1, 0.1], [0.25, 0]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_vectors(emb, f"{folder}/pets.txt.gz")
    ...     load_vectors(f"{folder}/pets.txt.gz", limit=1)
    Embedding(1 words × 2)
    """
    path = Path(path)
    chosen = _by_suffix(path) if format is None else _named(format)
    _check_compression(chosen, path)
    if chosen.write is None:
        raise UnsupportedError(f"format {chosen.name!r} is read, not written; write one of {', '.join(_writable())}")
    if not embedding.dim:
        raise DataError("an embedding without dimensions cannot be written")
    try:
        chosen.write(embedding, path)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path) from error


def _named(format: str) -> Format:
    if format not in FORMATS:
        raise UnknownNameError("format", format, FORMATS)
    return FORMATS[format]


def _by_suffix(path: Path) -> Format:
    suffix = plain_suffix(path)
    for known in FORMATS.values():
        if suffix in known.suffixes:
            return known
    raise ParameterError(
        f"{path.name!r} does not tell the format; name it with format=, one of {', '.join(_writable())}"
    )


def _writable() -> list[str]:
    return [name for name, known in FORMATS.items() if known.write]


def _check_compression(chosen: Format, path: Path) -> None:
    if compression(path) and not chosen.compressible:
        raise UnsupportedError(f"{path}: a file of format {chosen.name!r} cannot be compressed; use it without")
