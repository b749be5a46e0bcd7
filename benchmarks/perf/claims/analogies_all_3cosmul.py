"""Google's analogies among all words, by 3CosMul."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side

from claims import _analogies

WORK = "19,544 analogies, 3CosMul, all 400,000 words × 50"
PEER = "none: gensim has no such evaluation"

prepare = _analogies.prepare


def ours(folder: Path) -> Iterator[object]:
    """Answer here."""
    return _analogies.ours(folder, None, "3cosmul")


def figures(ours: Side, _: None) -> list[Figure]:
    """In ten seconds, with bounded memory."""
    return [Figure("time", ours.seconds, 10, at_least=False, unit="s"), _analogies.memory(ours)]
