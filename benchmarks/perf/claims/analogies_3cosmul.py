"""Google's analogies among the most frequent 30,000 words, by 3CosMul.

gensim's ``evaluate_word_analogies`` takes a ``similarity_function`` but does not use it; so its ``most_similar_cosmul``
is asked each question.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side

from claims import _analogies

WORK = "19,544 analogies, 3CosMul, 30,000 words × 50"
PEER = "gensim most_similar_cosmul"
REPEATS = 2
RESTRICT = 30_000

prepare = _analogies.prepare


def ours(folder: Path) -> Iterator[object]:
    """Answer here."""
    return _analogies.ours(folder, RESTRICT, "3cosmul")


def peer(folder: Path) -> Iterator[object]:
    """Answer with gensim."""
    from toolkit import Embedding, load_analogies

    embedding = Embedding.load(folder / "glove.arrow")
    vectors = Embedding(embedding.keys[:RESTRICT], embedding.vectors[:RESTRICT]).to_gensim()
    yield
    counts: _analogies.Counts = {}
    for section, questions in load_analogies(folder / "questions.txt").sections.items():
        words = [[word.lower() for word in question] for question in questions]  # as all words of GloVe
        known = [each for each in words if all(word in vectors for word in each)]
        right = [vectors.most_similar_cosmul([b, c], [a], topn=1)[0][0] == d for a, b, c, d in known]
        counts[section] = [sum(right), len(right)]
    yield
    yield counts


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Five times as fast, the same right answers in every section, bounded memory."""
    return [_analogies.as_right(ours, peer, 5), _analogies.memory(ours)]
