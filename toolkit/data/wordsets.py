"""`WordPairs` and `Analogies`: what people say about words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from toolkit.errors import DataError


@dataclass(frozen=True, repr=False)
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
        """Build from rows of word, word, score, at least one.

        Raises
        ------
        DataError
            If there is none.
        """
        rows = list(rows)
        if not rows:
            raise DataError("there are no pairs")
        first, second, scores = zip(*rows, strict=True)
        return cls(tuple(first), tuple(second), tuple(map(float, scores)), name)

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        return f"WordPairs({self.name!r}: {self.summary})"

    @property
    def summary(self) -> str:
        """str: the size in words."""
        return f"{len(self):,} pairs"

    def fingerprint(self) -> str:
        """Return a SHA-256 of the pairs, in hexadecimal."""
        return _digest(zip(self.first, self.second, map(repr, self.scores), strict=True))


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        return f"Analogies({self.name!r}: {self.summary})"

    @property
    def summary(self) -> str:
        """str: the size in words."""
        return f"{len(self):,} questions, sections: {len(self.sections)}"

    def fingerprint(self) -> str:
        """Return a SHA-256 of the questions, in hexadecimal."""
        return _digest((section, *words) for section, asked in self.sections.items() for words in asked)


def _digest(rows: Iterable[tuple[str, ...]]) -> str:
    return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()
