"""Signs in the values of a table: which end of a date is the month, and which of two columns of keys names items."""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

PARTED = r"(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}(?: .*)?"
# products of Amazon have ten letters, the first a B, or are books by their ISBN; its reviewers have an A and 11 to 20
ASIN, REVIEWER = re.compile(r"B[0-9A-Z]{9}|\d{9}[\dX]"), re.compile(r"A[0-9A-Z]{11,20}")
ITEM = re.compile(r"(?:item|movie|film|book|product|song|track|artist|game|i)[_-]?\d+", re.IGNORECASE)
USER = re.compile(r"(?:user|customer|reviewer|member|u)[_-]?\d+", re.IGNORECASE)
LOOKED_AT = 1000  # values of a column
MATCHING = 0.9  # share of keys that a table of items knows from which they are its items, at least


def about_dates(texts: pd.Series) -> str:
    """Tell in which order day and month are read, where dates with strokes or hyphens have the year last.

    Parameters
    ----------
    texts : pandas.Series of str
        The dates.

    Returns
    -------
    str
        A sentence without its full stop; "" where there is no doubt, as in other forms of dates.

    Examples
    --------
    >>> about_dates(pd.Series(["03/04/2010", "25/02/2010"]))
    'dates such as 25/02/2010 are read with the day first'
    """
    parts = texts.str.extract(f"^{PARTED}$")
    if not len(parts) or parts.isna().any(axis=None):
        return ""
    first, second = (parts[column].astype(int) for column in parts)
    for place, order in ((first, "day"), (second, "month")):
        if (place > 12).any():
            return f"dates such as {texts[place > 12].iloc[0]} are read with the {order} first"
    differing = texts[first != second]
    if not len(differing):
        return ""
    return (
        f"dates such as {differing.iloc[0]} are read with the month first, as no value above 12 tells; if the day "
        "stands first, write them as 2010-12-31"
    )


def items_first(first: pd.Series, second: pd.Series, known: Collection[str] | None = None) -> str:
    """Tell why the first of two columns of keys names the items, and the second the users; "" where nothing says so.

    Parameters
    ----------
    first, second : pandas.Series of str
        Their values.
    known : collection of str, optional
        Keys of a table of items.

    Returns
    -------
    str
        The reason, in words.

    Examples
    --------
    >>> items_first(pd.Series(["B00006HAXW", "0439784549"]), pd.Series(["A1RSDE90N6RSZF", "A7EJERNB7IH3F"]))
    "its keys are written like Amazon's of products, and the others like those of its reviewers"
    """
    firsts, seconds = (pd.Series(column.dropna().unique()[:LOOKED_AT]).astype(str) for column in (first, second))
    if known is not None:
        in_first, in_second = (float(column.isin(known).mean()) for column in (firsts, seconds))
        return "the table of items knows its keys" if in_first >= MATCHING and in_second < in_first / 2 else ""
    for item, user, whose in (
        (ASIN, REVIEWER, "its keys are written like Amazon's of products, and the others like those of its reviewers"),
        (ITEM, USER, "its keys are written like those of items, and the others like those of users"),
    ):
        if all(map(item.fullmatch, firsts)) and all(map(user.fullmatch, seconds)):
            return whose
    return ""
