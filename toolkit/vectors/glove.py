"""GloVe's text format: a key and its numbers on each line, and no header."""

from __future__ import annotations

from pathlib import Path

from toolkit.embedding import Embedding
from toolkit.vectors import text
from toolkit.vectors.rows import check_keys, to_embedding
from toolkit.vectors.streams import BYTE_ORDER_MARK, open_to_read, open_to_write


def read(path: Path, limit: int | None, entity: str) -> Embedding:
    """Read GloVe's text format.

    The dimension is what most of the first 100 lines have.

    Parameters
    ----------
    path : Path
        The file, compressed or not.
    limit : int or None
        Read only so many vectors.
    entity : str
        What the keys name.

    Returns
    -------
    Embedding

    Raises
    ------
    DataError
        If the file is empty or a line is wrong.
    """
    with open_to_read(path) as stream:
        if stream.read(len(BYTE_ORDER_MARK)) != BYTE_ORDER_MARK:
            stream.seek(0)
        rows = text.read_rows(stream, path, limit=limit)
    return to_embedding(*rows.finish(), entity, path)


def write(embedding: Embedding, path: Path) -> None:
    """Write GloVe's text format."""
    check_keys(embedding.keys)
    with open_to_write(path) as stream:
        text.write_rows(stream, embedding.keys, embedding.vectors)
