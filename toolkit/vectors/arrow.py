"""The toolkit's own Arrow file, opened memory-mapped."""

from __future__ import annotations

from pathlib import Path

from toolkit.embedding import Embedding


def read(path: Path, limit: int | None, entity: str) -> Embedding:
    """Open a file that `Embedding.save` wrote; its vectors stay in the file, and its own entity counts.

    Parameters
    ----------
    path : Path
        The file.
    limit : int or None
        Show only so many vectors.
    entity : str
        Not used: the file says what its keys name.

    Returns
    -------
    Embedding

    Raises
    ------
    DataError
        If the file is missing or is not such a file.
    """
    embedding = Embedding.load(path)
    if limit is None or limit >= len(embedding):
        return embedding
    return Embedding(embedding.keys[:limit], embedding.vectors[:limit], embedding.entity)


def write(embedding: Embedding, path: Path) -> None:
    """Write the Arrow file."""
    embedding.save(path)
