"""The pairs of words of five data sets against 400,000 vectors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, close, faster

WORK = "similarity of 6,673 word pairs in five sets, 400,000 words × 50"
PEER = "gensim evaluate_word_pairs"
SETS = ("wordsim353", "simlex999", "men", "rare-words", "mturk-287")


def prepare(folder: Path) -> None:
    """Write vectors and pairs."""
    from toolkit import load_dataset

    load_dataset("glove-6b-50d").save(folder / "glove.arrow")
    for name in SETS:
        pairs = load_dataset(name)
        rows = zip(pairs.first, pairs.second, pairs.scores, strict=True)
        (folder / f"{name}.tsv").write_text("".join(f"{first}\t{second}\t{score}\n" for first, second, score in rows))


def ours(folder: Path) -> Iterator[object]:
    """Read and judge them here."""
    from toolkit import Embedding, evaluate_pairs, load_pairs

    embedding = Embedding.load(folder / "glove.arrow")
    yield
    found = {name: evaluate_pairs(embedding, load_pairs(folder / f"{name}.tsv")) for name in SETS}
    yield
    yield _numbers({name: (each.pearson, each.spearman, each.oov) for name, each in found.items()})


def peer(folder: Path) -> Iterator[object]:
    """Read and judge them with gensim."""
    from toolkit import Embedding

    vectors = Embedding.load(folder / "glove.arrow").to_gensim()
    yield
    found = {name: vectors.evaluate_word_pairs(folder / f"{name}.tsv", restrict_vocab=len(vectors)) for name in SETS}
    yield
    yield _numbers({name: (each[0].statistic, each[1].statistic, each[2]) for name, each in found.items()})


def _numbers(found: dict[str, tuple[float, float, float]]) -> dict[str, float]:
    kinds = ("pearson", "spearman", "oov")
    return {
        f"{kind} of {name}": float(value)
        for name, values in found.items()
        for kind, value in zip(kinds, values, strict=True)
    }


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Five times as fast, the same correlations."""
    close(ours.answer, peer.answer, 1e-6)
    return [faster(ours, peer, 5)]
