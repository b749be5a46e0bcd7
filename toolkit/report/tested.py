"""The tested differences of a leaderboard: who is ahead of whom, and who cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

import pandas as pd

from toolkit.harness.tables import ENTRY_COLUMNS, TUNED

LEVEL = 0.05  # of every test that the report speaks of


class Entry(NamedTuple):
    """What is compared in a leaderboard; `dim` is 0 where there are no vectors."""

    embedder: str
    dim: float
    readout: str

    @property
    def method(self) -> str:
        """str: whose entry it is, tuned or not."""
        return plain_name(self.embedder)


class Difference(NamedTuple):
    """The difference of two entries: its interval, tests, effect size, and the share of units with a larger value."""

    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    effect: float
    wins: float
    n: float

    def turned(self) -> Difference:
        """Return the same with the entries the other way round."""
        return self._replace(
            difference=-self.difference, low=-self.high, high=-self.low, effect=-self.effect, wins=1 - self.wins
        )


class Differences:
    """The differences of all pairs of entries, both ways round.

    Parameters
    ----------
    pairs : mapping of pairs of Entry to Difference
        Each pair once, in either order; the difference is the first entry's value minus the second's.
    lower : bool
        Whether lower values are better.
    n_pairs : int, optional
        For how many pairs the p-values are corrected; by default as many as there are.
    """

    def __init__(
        self, pairs: Mapping[tuple[Entry, Entry], Difference], lower: bool, n_pairs: int | None = None
    ) -> None:
        self._pairs = {**pairs, **{(second, first): found.turned() for (first, second), found in pairs.items()}}
        self._given, self._lower = tuple(pairs), lower
        self.n_pairs = len(pairs) if n_pairs is None else n_pairs
        self.entries = frozenset(first for first, _ in self._pairs)

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def only(self, entries: Set[Entry]) -> Differences:
        """Return the differences between some of the entries."""
        kept = {pair: self._pairs[pair] for pair in self._given if set(pair) <= entries}
        return Differences(kept, self._lower, self.n_pairs)

    def between(self, entry: Entry, other: Entry) -> Difference | None:
        """Return the value of an entry minus that of another; None where these were not compared."""
        return self._pairs.get((entry, other))

    def ahead(self, entry: Entry, other: Entry) -> bool:
        """Whether a test says that an entry is better than another."""
        found = self.between(entry, other)
        return found is not None and found.p_holm < LEVEL and (found.difference < 0) == self._lower

    def apart(self, entry: Entry, other: Entry) -> bool:
        """Whether a test tells two entries apart."""
        return self.ahead(entry, other) or self.ahead(other, entry)

    def tied(self, entry: Entry, other: Entry) -> bool:
        """Whether two entries are one and the same, or were compared and no test tells them apart."""
        found = self.between(entry, other)
        return entry == other or (found is not None and found.p_holm >= LEVEL)

    def share_better(self, entry: Entry, other: Entry) -> float:
        """Return on which share of the units an entry is better than another; nan where they were not compared."""
        found = self.between(entry, other)
        if found is None:
            return float("nan")
        return 1 - found.wins if self._lower else found.wins


def plain_name(label: str) -> str:
    """Return the label of a method without the word that its parameters were tuned."""
    return label.removesuffix(TUNED)


def entries_of(frame: pd.DataFrame, columns: Iterable[str] = ENTRY_COLUMNS) -> list[Entry]:
    """Return the entries that the rows of a table are about."""
    embedder, dim, readout = (frame[column] for column in columns)
    return [Entry(*row) for row in zip(embedder, dim.fillna(0.0).astype(float), readout, strict=True)]


def read_differences(table: pd.DataFrame, lower: bool) -> Differences:
    """Return the differences that rows of ``differences.csv`` hold; what has no p-value was not tested."""
    table = table[table["difference"].notna() & table["p_holm"].notna()]
    first = entries_of(table, ["first", "first_dim", "first_readout"])
    second = entries_of(table, ["second", "second_dim", "second_readout"])
    rows = table[list(Difference._fields)].itertuples(index=False, name=None)
    found = [Difference(*row) for row in rows]
    return Differences(dict(zip(zip(first, second, strict=True), found, strict=True)), lower)
