"""The errors that the toolkit raises for a user's request or input.

Every message is one line that says what is wrong, the value, what is allowed and, for a name, the nearest
match. The command line prints it and exits with code 2. Messages hold what stands in people's files, so signs that a
terminal would obey are written out in them, and an end of a line becomes a space.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from toolkit.inert import visible


class ToolkitError(Exception):
    """Base of every error that a caller can put right."""

    def __str__(self) -> str:
        return visible(super().__str__()).replace("\n", " ")


class ToolkitWarning(UserWarning):
    """Something was passed over that the caller should know about."""

    def __str__(self) -> str:
        return visible(super().__str__()).replace("\n", " ")


class DataError(ToolkitError):
    """A file or table does not hold what it should.

    Parameters
    ----------
    message : str
        What is wrong and what is expected.
    path : str or Path, optional
        The file at fault.
    line : int, optional
        Its line, counted from 1.
    """

    def __init__(self, message: str, path: str | Path | None = None, line: int | None = None) -> None:
        self.path, self.line = path, line
        place = "" if path is None else f"{path}: " if line is None else f"{path}, line {line}: "
        super().__init__(place + message)


class FetchError(ToolkitError):
    """A data set could not be had from any of its sources, or its digest differs."""


class ParameterError(ToolkitError, ValueError):
    """A parameter has a value that is not allowed."""


class UnsupportedError(ToolkitError, TypeError):
    """What is asked for does not apply to this object, for the reason that the message gives."""


class NotFittedError(ToolkitError, AttributeError):
    """An embedder was asked for results before ``fit``."""


class MissingDependencyError(ToolkitError, ImportError):
    """An optional package is needed; the message holds the command that installs it."""


class UnknownNameError(ToolkitError, LookupError):
    """A name is not one of those known.

    Parameters
    ----------
    kind : str
        What the name should have been, such as ``"embedder"``.
    name : str
        The name that was given.
    known : iterable of str
        The names that are allowed.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, sorted(set(known))
        message = f"unknown {kind} {str(name)!r}"
        folded = {each.casefold(): each for each in reversed(self.known)}
        near = difflib.get_close_matches(str(name).casefold(), folded, n=1, cutoff=0.5)
        if near:
            message += f"; did you mean {folded[near[0]]!r}?"
        if not self.known:
            message += "; there are none"
        elif len(self.known) <= 40:
            message += f" (known: {', '.join(self.known)})"
        super().__init__(message)

    def __reduce__(self) -> tuple[type[UnknownNameError], tuple[str, object, list[str]]]:
        return type(self), (self.kind, self.name, self.known)
