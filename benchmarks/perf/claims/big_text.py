"""A text file of the size of the largest that are published: what counts is the memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from claim import Figure, Side, same

WORK = "word2vec text, 1,000,000 × 300 (2.2 GB), to Embedding"
PEER = "–"
REPEATS = 1
ROWS, WIDTH, BLOCK = 1_000_000, 300, 10_000
MATRIX_MIB = ROWS * WIDTH * 4 / 2**20


def prepare(folder: Path) -> None:
    """Write a block of lines again and again, each time under other keys."""
    from toolkit import Embedding
    from toolkit.vectors import save_vectors

    vectors = np.random.default_rng(0).standard_normal((BLOCK, WIDTH)).round(4).astype(np.float32)
    save_vectors(Embedding(range(BLOCK), vectors), folder / "block.txt", "glove")
    with open(folder / "block.txt", "rb") as block:
        numbers = [line.partition(b" ")[2] for line in block]
    with open(folder / "big.txt", "wb") as target:
        target.write(f"{ROWS} {WIDTH}\n".encode())
        for start in range(0, ROWS, BLOCK):
            target.writelines(b"word%d %b" % (start + row, line) for row, line in enumerate(numbers))
    np.save(folder / "block.npy", vectors)


def ours(folder: Path) -> Iterator[object]:
    """Read it here."""
    from toolkit import load_vectors

    yield
    found = load_vectors(folder / "big.txt")
    yield
    block = np.load(folder / "block.npy")
    for start in range(0, ROWS, BLOCK):
        same(found.vectors[start : start + BLOCK].tobytes(), block.tobytes(), "vectors")
    yield hashlib.sha256("\n".join(found.keys).encode()).hexdigest()


def figures(ours: Side, peer: Side | None) -> list[Figure]:
    """One and a half matrices."""
    keys = hashlib.sha256("\n".join(f"word{row}" for row in range(ROWS)).encode()).hexdigest()
    same(ours.answer, keys, "keys")
    return [Figure("the matrix at the peak", ours.peak_mib / MATRIX_MIB, 1.5, at_least=False)]
