"""25 million ratings of a CSV file, keys as codes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from claim import Figure, Side, faster, same

from claims.scale_25m import prepare as prepare

WORK = "25,000,000 ratings of a CSV file (650 MB), checked, with users and items as codes"
PEER = "pandas read_csv, and factorize of users and items"


def ours(folder: Path) -> Iterator[object]:
    """Read them here, where keys are text."""
    from toolkit import load_ratings

    yield
    found = load_ratings(folder / "ratings.csv")
    yield
    keys = [keys.astype(int) for keys in (found.user_keys, found.item_keys)]
    yield _digest(*keys, found.users, found.items, found.values, found.timestamps)


def peer(folder: Path) -> Iterator[object]:
    """Read them with pandas, whose keys are numbers here, unchecked."""
    import pandas as pd

    yield
    frame = pd.read_csv(folder / "ratings.csv")
    users, user_keys = pd.factorize(frame["user"])
    items, item_keys = pd.factorize(frame["item"])
    yield
    yield _digest(user_keys, item_keys, users, items, frame["rating"], frame["timestamp"])


def figures(ours: Side, peer: Side) -> list[Figure]:
    """As fast, in two thirds of the memory, the same to the last bit."""
    same(ours.answer, peer.answer, "keys, codes, ratings or times")
    memory = Figure("of its peak", ours.peak_mib / peer.peak_mib, 0.67, at_least=False)
    return [faster(ours, peer, 1), memory]


def _digest(*columns: object) -> str:
    digest = hashlib.sha256()
    for column in map(np.asarray, columns):
        digest.update(column.astype(np.int64 if column.dtype.kind == "i" else np.float64).tobytes())
    return digest.hexdigest()
