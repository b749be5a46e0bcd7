"""What cases are divided by, and where the order of methods changes between thirds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import NamedTuple

import pandas as pd

from toolkit.report.sections.common import gain


class Trait(NamedTuple):
    """What cases are divided by: its name, what the first and the last third are called, and its unit."""

    title: str
    least: str
    most: str
    unit: str

    @property
    def axis(self) -> str:
        """The title of an axis."""
        return f"{self.title} ({self.unit})"


TRAITS = {
    "item_count": Trait("popularity of the item", "the least popular items", "the most popular items", "ratings"),
    "user_count": Trait(
        "length of the history", "users with the shortest histories", "users with the longest histories", "ratings"
    ),
    "rank": Trait("frequency of the rarer word", "the most frequent words", "the rarest words", "rank"),
}


def range_words(row: pd.Series) -> str:
    """Return the range of a third, such as ``12 to 60``."""
    if pd.isna(row["least"]) or pd.isna(row["most"]):
        return f"third {row['stratum']:.0f}"
    low, high = f"{row['least']:,.0f}", f"{row['most']:,.0f}"
    return low if low == high else f"{low} to {high}"


def span_words(row: pd.Series, trait: Trait) -> str:
    """Return the same with its unit: ``12 to 60 ratings``, ``rank 12 to 60``."""
    words = range_words(row)
    if not trait.unit or pd.isna(row["least"]) or pd.isna(row["most"]):
        return words
    return f"rank {words}" if trait.unit == "rank" else f"{words} {trait.unit}"


def order_changes(metric: str, trait: Trait, rows: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    """Yield who is ahead of whom in one third and behind in another, both times with intervals that do not overlap.

    Yields
    ------
    better, worse, here, there : str
        Two labels and the ranges of two thirds: `better` is ahead at `here` and behind at `there`.
    """
    by_label = {label: part.set_index("stratum") for label, part in rows.groupby("label", sort=False)}
    for one, other in combinations(by_label, 2):
        a, b = by_label[one], by_label[other]
        signs = {}
        for stratum in a.index.intersection(b.index):
            x, y = a.loc[stratum], b.loc[stratum]
            if x["low"] > y["high"] or y["low"] > x["high"]:
                signs[stratum] = gain(metric, x["value"], y["value"]) > 0
        ahead = [stratum for stratum, sign in signs.items() if sign]
        behind = [stratum for stratum, sign in signs.items() if not sign]
        if ahead and behind:
            here, there = max(product(ahead, behind), key=lambda pair: abs(pair[0] - pair[1]))
            yield one, other, span_words(a.loc[here], trait), span_words(a.loc[there], trait)
