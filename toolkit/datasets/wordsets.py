"""Reading word pairs and analogy questions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from toolkit.data import Analogies, WordPairs
from toolkit.datasets.files import DataFile, open_text
from toolkit.errors import DataError, ToolkitWarning
from toolkit.inputs import LARGEST


def load_pairs(path: str | Path, name: str | None = None) -> WordPairs:
    """Read pairs of words with the similarity that people gave them.

    Parameters
    ----------
    path : str or Path
        A text file in UTF-8 with two words and a number a line, divided by a tab, a comma or white space. A line
        that begins with ``#`` is a comment.
    name : str, optional
        Name of the set; by default that of the file.

    Returns
    -------
    WordPairs
        Lines that are not of this form are passed over, listed in its `malformed`, and reported by a ToolkitWarning.

    Raises
    ------
    DataError
        If the file is missing or has no line of this form.
    """
    file = DataFile(Path(path))
    return read_pairs(name or file.stem, [file])


def read_pairs(name: str, files: Sequence[DataFile]) -> WordPairs:
    """Read word pairs of the catalog; see `load_pairs`."""
    rows, malformed = [], []
    for number, line in _lines(files[0]):
        if line.startswith("#"):
            continue
        pair = _pair(line)
        if pair is None:
            malformed.append(number)
        else:
            rows.append(pair)
    _report(files[0], malformed, len(rows), "two words and a number")
    first, second, scores = zip(*rows, strict=True)
    return WordPairs(first, second, scores, name, tuple(malformed))


def load_analogies(path: str | Path, name: str | None = None) -> Analogies:
    """Read questions *a is to b as c is to d*.

    Parameters
    ----------
    path : str or Path
        A text file in UTF-8 with four words a line; ``: name`` begins a section.
    name : str, optional
        Name of the set; by default that of the file.

    Returns
    -------
    Analogies
        Questions before the first section go to one called ``"all"``. Lines that do not have four words are passed
        over, listed in its `malformed`, and reported by a ToolkitWarning.

    Raises
    ------
    DataError
        If the file is missing or has no question.
    """
    file = DataFile(Path(path))
    return read_analogies(name or file.stem, [file])


def read_analogies(name: str, files: Sequence[DataFile]) -> Analogies:
    """Read analogy questions of the catalog; see `load_analogies`."""
    sections: dict[str, list[tuple[str, str, str, str]]] = {}
    section, malformed = "all", []
    for number, line in _lines(files[0]):
        if line.startswith(":"):
            section = line[1:].strip()
            continue
        match line.split():
            case [a, b, c, d]:
                sections.setdefault(section, []).append((a, b, c, d))
            case _:
                malformed.append(number)
    _report(files[0], malformed, len(sections), "four words")
    return Analogies({key: tuple(rows) for key, rows in sections.items()}, name, tuple(malformed))


def _lines(file: DataFile) -> Iterator[tuple[int, str]]:
    with open_text(file) as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, line.strip()


def _pair(line: str) -> tuple[str, str, float] | None:
    mark = next((mark for mark in ("\t", ",") if mark in line), None)
    fields = [field.strip() for field in line.split(mark)]
    try:
        first, second, score = fields
        value = float(score)
    except ValueError:
        return None
    return (first, second, value) if first and second and abs(value) <= LARGEST else None


def _report(file: DataFile, malformed: list[int], read: int, form: str) -> None:
    if not read:
        raise DataError(f"no line holds {form}", str(file))
    if malformed:
        lines = ", ".join(map(str, malformed[:10])) + (", ..." if len(malformed) > 10 else "")
        message = f"{file}: passed over {len(malformed)} lines that do not hold {form}: {lines}"
        warnings.warn(message, ToolkitWarning, stacklevel=4)
