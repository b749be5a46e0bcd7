"""Google's analogies among the most frequent 300,000 words, against exact search by faiss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side

from claims import _analogies

WORK = "19,544 analogies, 3CosAdd, 300,000 words × 50"
PEER = "faiss IndexFlatIP"
RESTRICT = 300_000

prepare = _analogies.prepare


def ours(folder: Path) -> Iterator[object]:
    """Answer here."""
    return _analogies.ours(folder, RESTRICT)


def peer(folder: Path) -> Iterator[object]:
    """Answer with faiss: the four nearest are enough to pass over a, b and c, as no word of GloVe has a capital."""
    import faiss
    import numpy as np

    from toolkit import Embedding, load_analogies

    embedding = Embedding.load(folder / "glove.arrow")
    yield
    questions = load_analogies(folder / "questions.txt").sections
    places = {word: row for row, word in enumerate(embedding.keys[:RESTRICT])}
    found = [[places.get(word.lower(), -1) for word in each] for rows in questions.values() for each in rows]
    rows = np.array(found)
    known = (rows >= 0).all(axis=1)
    unit = np.array(embedding.vectors[:RESTRICT])
    faiss.normalize_L2(unit)
    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit)
    a, b, c, expected = rows[known].T
    nearest = index.search(unit[b] - unit[a] + unit[c], 4)[1]
    asked = (nearest[:, :, np.newaxis] == rows[known, np.newaxis, :3]).any(axis=2)
    answer = nearest[np.arange(len(nearest)), asked.argmin(axis=1)]
    section = np.repeat(np.arange(len(questions)), [len(each) for each in questions.values()])[known]
    total = np.bincount(section, minlength=len(questions))
    right = np.bincount(section[answer == expected], minlength=len(questions))
    yield
    yield {name: [int(right[place]), int(total[place])] for place, name in enumerate(questions)}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """No slower, the same right answers in every section."""
    return [_analogies.as_right(ours, peer, 1)]
