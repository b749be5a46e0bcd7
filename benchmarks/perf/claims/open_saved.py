"""Vectors that were read once open again from a memory-mapped copy; gensim reads the text each time."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from claim import Figure, Side, faster, same

WORK = "GloVe 6B, 400,000 × 50, opened a second time"
PEER = "gensim load_word2vec_format(no_header=True)"


def prepare(folder: Path) -> None:
    """Write the text and keep the copy of it."""
    from toolkit import load_dataset, load_vectors
    from toolkit.vectors import save_vectors

    save_vectors(load_dataset("glove-6b-50d"), folder / "glove.txt", "glove")
    time.sleep(3)  # the digest of a file that just changed is not remembered
    with patch.dict(os.environ, TOOLKIT_CACHE=str(folder / "cache")):
        load_vectors(folder / "glove.txt", cache=True)


def ours(folder: Path) -> Iterator[object]:
    """Open the copy."""
    from toolkit import load_vectors

    os.environ["TOOLKIT_CACHE"] = str(folder / "cache")
    yield
    found = load_vectors(folder / "glove.txt", cache=True)
    yield
    yield hashlib.sha256(found.vectors.tobytes() + "\n".join(found.keys).encode()).hexdigest()


def peer(folder: Path) -> Iterator[object]:
    """Read the text with gensim."""
    from gensim.models import KeyedVectors

    yield
    found = KeyedVectors.load_word2vec_format(folder / "glove.txt", no_header=True)
    yield
    yield hashlib.sha256(found.vectors.tobytes() + "\n".join(found.index_to_key).encode()).hexdigest()


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Two hundred times as fast, the same bits."""
    same(ours.answer, peer.answer, "keys or vectors")
    return [faster(ours, peer, 200)]
