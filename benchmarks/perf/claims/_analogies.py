"""What the claims about analogies share: GloVe vectors and Google's questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, faster, same

Counts = dict[str, list[int]]  # by section: right answers and questions answered


def prepare(folder: Path) -> None:
    """Write vectors and questions."""
    from toolkit import load_dataset

    load_dataset("glove-6b-50d").save(folder / "glove.arrow")
    lines: list[str] = []
    for section, questions in load_dataset("google-analogies").sections.items():
        lines += [f": {section}", *map(" ".join, questions)]
    (folder / "questions.txt").write_text("\n".join(lines) + "\n")


def ours(folder: Path, restrict_vocab: int | None, method: str = "3cosadd") -> Iterator[object]:
    """Read and answer the questions here."""
    from toolkit import Embedding, evaluate_analogies, load_analogies

    embedding = Embedding.load(folder / "glove.arrow")
    yield
    found = evaluate_analogies(embedding, load_analogies(folder / "questions.txt"), restrict_vocab, method)
    yield
    yield {row.section: [int(row.correct), int(row.total)] for row in found.sections.itertuples()}


def gensim(folder: Path, restrict_vocab: int) -> Iterator[object]:
    """Read and answer the questions with gensim."""
    from toolkit import Embedding

    vectors = Embedding.load(folder / "glove.arrow").to_gensim()
    yield
    _, sections = vectors.evaluate_word_analogies(folder / "questions.txt", restrict_vocab=restrict_vocab)
    yield
    yield {
        each["section"]: [len(each["correct"]), len(each["correct"]) + len(each["incorrect"])] for each in sections[:-1]
    }


def as_right(ours: Side, peer: Side, goal: float) -> Figure:
    """Return how many times as fast we are, after checking that every section has the same right answers."""
    same(ours.answer, peer.answer, "right answers by section")
    return faster(ours, peer, goal)


def memory(ours: Side) -> Figure:
    """Return the most memory held: a block of the vocabulary, whatever the numbers of words and questions."""
    return Figure("peak memory", ours.peak_mib, 256, at_least=False, unit="MiB")
