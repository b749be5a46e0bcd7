"""GloVe 6B, 50 dimensions, as the text file that everybody downloads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, faster, same

WORK = "GloVe 6B text, 400,000 × 50, to Embedding"
PEER = "gensim load_word2vec_format(no_header=True)"
REPEATS = 7
MATRIX_MIB = 400_000 * 50 * 4 / 2**20


def prepare(folder: Path) -> None:
    """Write the text."""
    from toolkit import load_dataset
    from toolkit.vectors import save_vectors

    save_vectors(load_dataset("glove-6b-50d"), folder / "glove.txt", "glove")


def ours(folder: Path) -> Iterator[object]:
    """Read it here."""
    from toolkit import load_vectors

    yield
    found = load_vectors(folder / "glove.txt")
    yield
    yield hashlib.sha256(found.vectors.tobytes() + "\n".join(found.keys).encode()).hexdigest()


def peer(folder: Path) -> Iterator[object]:
    """Read it with gensim."""
    from gensim.models import KeyedVectors

    yield
    found = KeyedVectors.load_word2vec_format(folder / "glove.txt", no_header=True)
    yield
    yield hashlib.sha256(found.vectors.tobytes() + "\n".join(found.index_to_key).encode()).hexdigest()


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Twenty times as fast, the same bits, and the memory of two and a half matrices."""
    same(ours.answer, peer.answer, "keys or vectors")
    return [
        faster(ours, peer, 20),
        Figure("the matrix at the peak", ours.peak_mib / MATRIX_MIB, 2.5, at_least=False),
    ]
