"""`WordPairs` and `Analogies`: what people say about words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class WordPairs:
    """Pairs of words with the similarity that people gave them.

    Parameters
    ----------
    first, second : tuple of str, length n
        The words of each pair.
    scores : tuple of float, length n
        What people said; only its order and spacing matter.
    name : str, default "pairs"
        Name of the set.
    malformed : tuple of int, default ()
        Lines of the file that were passed over, counted from 1.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    scores: tuple[float, ...]
    name: str = "pairs"
    malformed: tuple[int, ...] = ()

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str, float]], name: str = "pairs") -> WordPairs:
        """Build from rows of word, word, score."""
        first, second, scores = zip(*rows, strict=True)
        return cls(tuple(first), tuple(second), tuple(map(float, scores)), name)

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True)
class Analogies:
    """Questions *a is to b as c is to d*, in sections.

    Parameters
    ----------
    sections : mapping of str to sequences of 4-tuples of str
        The questions by section, in the order of the file.
    name : str, default "analogies"
        Name of the set.
    malformed : tuple of int, default ()
        Lines of the file that were passed over, counted from 1.
    """

    sections: Mapping[str, Sequence[tuple[str, str, str, str]]]
    name: str = "analogies"
    malformed: tuple[int, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.sections.values()))
