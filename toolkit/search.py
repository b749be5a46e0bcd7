"""Where the values of a parameter are looked for when a method is tuned, said beside the method itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from toolkit.errors import ParameterError


@dataclass(frozen=True)
class Whole:
    """Whole numbers from `low` to `high`, both of them included.

    Parameters
    ----------
    low, high : int
        The bounds.
    log : bool, default False
        Draw evenly by the logarithm: right where 10 and 20 differ as much as 100 and 200.
    """

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        _check_bounds(self.low, self.high, self.log)

    def holds(self, value: object) -> bool:
        """Return whether a value lies within."""
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        return whole and bool(self.low <= value <= self.high)  # type: ignore[operator]  # a number, as just seen

    def bounds(self) -> tuple[int, int]:
        """Return the outermost values."""
        return self.low, self.high

    def up_to(self, most: int) -> Self:
        """Return the range without what is above a number; its lowest value always stays."""
        return replace(self, high=max(self.low, min(self.high, most)))


@dataclass(frozen=True)
class Real:
    """Real numbers from `low` to `high`.

    Parameters
    ----------
    low, high : float
        The bounds.
    log : bool, default False
        Draw evenly by the logarithm: right for steps and penalties, of which the order of magnitude is not known.
    """

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        _check_bounds(self.low, self.high, self.log)

    def holds(self, value: object) -> bool:
        """Return whether a value lies within."""
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        return number and bool(self.low <= value <= self.high)  # type: ignore[operator]  # a number, as just seen

    def bounds(self) -> tuple[float, float]:
        """Return the outermost values, which are real numbers even where they were written as whole ones."""
        return float(self.low), float(self.high)


@dataclass(frozen=True)
class Choice:
    """One of a few values, in no order.

    Parameters
    ----------
    values : tuple of str, int, float or bool
        The values, at least one.
    """

    values: tuple[str | int | float | bool, ...]

    def __post_init__(self) -> None:
        if not self.values or any(not isinstance(value, str | int | float) for value in self.values):
            raise ParameterError(f"the values to choose from are {self.values!r}; give words or numbers")

    def holds(self, value: object) -> bool:
        """Return whether a value is among them; true and false are no numbers."""
        return any(value == known and isinstance(value, bool) == isinstance(known, bool) for known in self.values)

    def bounds(self) -> tuple[str | int | float | bool, ...]:
        """Return all values."""
        return self.values


Range = Whole | Real | Choice
Space = Mapping[str, Range]


def _check_bounds(low: float, high: float, log: bool) -> None:
    if not -np.inf < low <= high < np.inf:
        raise ParameterError(f"a range goes from {low!r} to {high!r}; its ends must be numbers, the lower one first")
    if log and low <= 0:
        raise ParameterError(f"a logarithmic range begins at {low!r}; it must begin above 0")
