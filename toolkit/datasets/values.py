"""What the values of a column are like: numbers, dates, keys, counts, or ratings on one of the common scales."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

SCALES = ((1, 5), (0.5, 5), (0, 5), (1, 10), (0.5, 10), (0, 10), (1, 7), (1, 100), (0, 100), (0, 1), (-1, 1), (-10, 10))
MOST = 101  # values of a column of ratings without a name that says so: 0 to 100
TIMES = ((5e8, 5e9), (5e11, 5e12), (5e14, 5e15))  # seconds, milliseconds and microseconds of 1985 to 2128
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?")


@dataclass(frozen=True)
class Column:
    """What the values of a column are like."""

    name: str
    filled: int
    distinct: int
    number: bool
    whole: bool
    time: bool
    low: float
    high: float
    odd: str = ""  # the first value that is no number

    @property
    def is_rating(self) -> bool:
        """bool: whether the values fill one of the common scales and repeat."""
        fits = self.number and not self.time and any((self.low, self.high) == scale for scale in SCALES)
        return fits and 2 <= self.distinct <= min(MOST, max(11, self.filled // 5)) and self.distinct < self.filled

    @property
    def is_count(self) -> bool:
        """bool: whether the values may say how often something happened."""
        return self.number and not self.time and self.low > 0

    @property
    def is_key(self) -> bool:
        """bool: whether the values may be keys."""
        return self.distinct > 1 and not self.time and (self.whole or not self.number)


def guess_scale(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Guess the lowest and the highest rating possible.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        All ratings.

    Returns
    -------
    tuple of float
        The narrowest common scale on which they lie, if its top and nearly its whole range occur; otherwise the lowest
        and the highest that occur.

    Examples
    --------
    >>> guess_scale(np.array([2.0, 5.0, 3.0])), guess_scale(np.array([1.0, 37.0]))
    ((1.0, 5.0), (1.0, 37.0))
    """
    low, high = float(values.min()), float(values.max())
    fitting = [s for s in SCALES if s[1] == high and s[0] <= low and low - s[0] <= (s[1] - s[0]) / 4]
    lowest, highest = max(fitting, default=(low, high))
    return float(lowest), float(highest)


def column_of(name: str, values: pd.Series) -> Column:
    """Return what the values of a column are like; None and "" are none."""
    texts = values.dropna()
    texts = texts[texts != ""].astype(str)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
    number = bool(len(numbers)) and bool(np.isfinite(numbers).all())
    low, high = (float(numbers.min()), float(numbers.max())) if number else (np.nan, np.nan)
    whole = number and bool((numbers % 1 == 0).all())
    if number:
        time = any(start <= low and high < end for start, end in TIMES)
    else:
        time = bool(len(texts)) and _all_dates(texts)
    odd = "" if number or not len(texts) else str(texts.iloc[int(np.argmin(np.isfinite(numbers)))])
    return Column(name, len(texts), int(texts.nunique()), number, whole, time, low, high, odd)


def _all_dates(texts: Iterable[str]) -> bool:
    return all(DATE.fullmatch(text) for text in texts)
