"""The same 400,000 × 50 vectors in word2vec's binary format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, faster, same

WORK = "word2vec binary, 400,000 × 50, to Embedding"
PEER = "gensim load_word2vec_format(binary=True)"
REPEATS = 7


def prepare(folder: Path) -> None:
    """Write the file."""
    from toolkit import load_dataset
    from toolkit.vectors import save_vectors

    save_vectors(load_dataset("glove-6b-50d"), folder / "glove.bin")


def ours(folder: Path) -> Iterator[object]:
    """Read it here."""
    from toolkit import load_vectors

    yield
    found = load_vectors(folder / "glove.bin")
    yield
    yield hashlib.sha256(found.vectors.tobytes() + "\n".join(found.keys).encode()).hexdigest()


def peer(folder: Path) -> Iterator[object]:
    """Read it with gensim."""
    from gensim.models import KeyedVectors

    yield
    found = KeyedVectors.load_word2vec_format(folder / "glove.bin", binary=True)
    yield
    yield hashlib.sha256(found.vectors.tobytes() + "\n".join(found.index_to_key).encode()).hexdigest()


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Eight times as fast, the same bits."""
    same(ours.answer, peer.answer, "keys or vectors")
    return [faster(ours, peer, 8)]
