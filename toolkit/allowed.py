"""Which values a parameter may have, said once and checked before anything is done with it."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass

import numpy as np

from toolkit.errors import ParameterError


@dataclass(frozen=True)
class Allowed:
    """The values that a parameter may have.

    Parameters
    ----------
    kind : type, optional
        int or float; a float must be finite, and may be given as an int. Without it only `words` are allowed.
    low : float, default -inf
        The lowest number allowed.
    words : tuple of str, default ()
        Words that are allowed.
    optional : bool, default False
        Whether None is allowed.
    several : bool, default False
        Whether the value is a list of such values, at least one.
    below : float, default inf
        What the number must be below.
    """

    kind: type | None = None
    low: float = -math.inf
    words: tuple[str, ...] = ()
    optional: bool = False
    several: bool = False
    below: float = math.inf

    def check(self, name: str, value: object) -> None:
        """Refuse a value that is not allowed.

        Raises
        ------
        ParameterError
            With the name, the value, what is allowed and, for a word, the nearest one.
        """
        if self.several:
            if not isinstance(value, list | tuple) or not value:
                raise ParameterError(f"{name} is {value!r}; it must be a list with at least one entry")
            for entry in value:
                self._check_one(name, entry)
        elif not (value is None and self.optional):
            self._check_one(name, value)

    def _check_one(self, name: str, value: object) -> None:
        if isinstance(value, str) and value in self.words:
            return
        if self._is_number(value):
            return
        message = f"{name} is {value!r}"
        near = difflib.get_close_matches(str(value), self.words, n=1, cutoff=0.5)
        if near:
            message += f", did you mean {near[0]!r}"
        raise ParameterError(f"{message}; it must be {self._in_words()}")

    def _is_number(self, value: object) -> bool:
        if isinstance(value, bool) or self.kind is None:
            return False
        numbers = (int, np.integer) if self.kind is int else (int, float, np.number)
        return isinstance(value, numbers) and bool(self.low <= value < self.below)

    def _in_words(self) -> str:
        choices = [repr(word) for word in self.words]
        if self.kind is not None:
            limit = "" if self.below == math.inf else f" and below {self.below:g}"
            choices.insert(0, f"{'an integer' if self.kind is int else 'a number'} of at least {self.low:g}{limit}")
        if self.optional:
            choices.append("None")
        return " or ".join(choices)
