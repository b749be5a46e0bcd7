"""The moment by which the fits of a run must have ended."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """A moment, and what people were promised.

    Parameters
    ----------
    end : float
        The moment, on the clock of `time.monotonic`.
    minutes : float
        Those that the whole command may take.
    """

    end: float
    minutes: float

    def left(self) -> float:
        """Return the seconds until then; negative once it has passed."""
        return self.end - time.monotonic()

    @property
    def reason(self) -> str:
        """str: why something was not done."""
        return f"no time left (--minutes {self.minutes:g})"
