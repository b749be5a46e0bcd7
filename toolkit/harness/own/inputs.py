"""What the files are that somebody wants compared: ratings, vectors or a text; told by ending and content."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

from toolkit.datasets.catalog import catalog
from toolkit.datasets.files import DataFile, open_binary
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.vectors.lines import count_numbers

InputKind = Literal["ratings", "vectors", "corpus"]
RATINGS = (".csv", ".tsv", ".parquet", ".pq", ".inter", ".dat", ".data")
VECTORS = (".bin", ".vec", ".arrow", ".npz")
SAMPLE, LONGEST = 50, 1 << 20  # lines, and bytes of a line, that are looked at
PACKED = (".parquet", ".pq")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
FEWEST = 5  # numbers behind a key that make a vector of a line
COLUMNS = (2, 30)  # fewest and most in a table of ratings
SAID = {"ratings": "a table of ratings", "vectors": "vectors", "corpus": "a text"}


def kind_of(inputs: Sequence[str]) -> InputKind:
    """Tell what some inputs are.

    Parameters
    ----------
    inputs : sequence of str
        Files, or names of the catalog.

    Returns
    -------
    {"ratings", "vectors", "corpus"}

    Raises
    ------
    ParameterError
        If there is none, they are of several kinds, or there are several of a kind of which one is compared at a time.
    UnknownNameError, DataError
        If one is missing, empty or none of the three.
    """
    if not inputs:
        raise ParameterError("nothing to compare: name a file of ratings, files of vectors, or a text")
    kinds = {name: _kind(name) for name in inputs}
    if len({name if name in catalog() else Path(name).resolve() for name in inputs}) < len(inputs):
        raise ParameterError("one input stands twice; name each once")
    first, *others = dict.fromkeys(kinds.values())
    if others:
        found = ", ".join(f"{name} is {SAID[kind]}" for name, kind in kinds.items())
        raise ParameterError(f"the inputs are of several kinds ({found}); compare one kind at a time")
    if len(inputs) > 1 and first != "vectors":
        raise ParameterError(
            f"{len(inputs)} inputs are each {SAID[first]}; only vectors are compared with each other: name one"
        )
    return first


def _kind(name: str) -> InputKind:
    if name in catalog():
        kind = catalog()[name].kind
        if kind not in ("ratings", "vectors", "corpus"):
            raise DataError(f"data set {name!r} holds {kind}; ratings, vectors or a corpus are needed here")
        return kind
    path = Path(name)
    if not os.path.exists(path):  # which, other than Path's own, takes a name of any length
        near = [each for each, info in catalog().items() if info.kind in SAID]
        raise UnknownNameError("file or data set", name, near)
    if not path.is_file():
        raise DataError("is no file", path)
    file = DataFile(path)
    if not path.stat().st_size:
        raise DataError("the file is empty", path)
    if file.suffix in VECTORS:
        return "vectors"
    lines = [] if file.suffix in PACKED else _first_lines(file)
    found: InputKind = "ratings" if file.suffix in RATINGS else _by_content(file, lines)
    if found == "ratings":
        _check_no_vectors(file, [line.decode(errors="replace") for line in lines])
    return found


def _first_lines(file: DataFile) -> list[bytes]:
    with open_binary(file) as stream:
        return [line for line in islice(iter(lambda: stream.readline(LONGEST), b""), SAMPLE) if line.strip()]


def _check_no_vectors(file: DataFile, lines: Sequence[str]) -> None:
    """Refuse a key and many fractions a line, which no ratings are, divided by what vectors are not divided by."""
    mark = next((mark for mark in ("\t", ";", ",") if lines and mark in lines[-1]), None)
    rows = [[field.strip().strip('"') for field in line.split(mark)] for line in lines] if mark else []
    body = rows[1:] if rows and not all(map(NUMBER.fullmatch, rows[0][1:])) else rows
    if not body or len({len(row) for row in body}) > 1 or len(body[0]) <= FEWEST:
        return
    columns = list(zip(*body, strict=True))[1:]
    if all(all(map(NUMBER.fullmatch, column)) and any("." in field for field in column) for column in columns):
        what = "a tab" if mark == "\t" else repr(mark)
        raise DataError(
            f"looks like vectors, a key and {len(columns)} numbers a line, divided by {what}; vectors in text are read "
            "from a .txt without a header, whose fields are divided by a space",
            str(file),
        )


def _by_content(file: DataFile, lines: Sequence[bytes]) -> InputKind:
    if not lines:
        raise DataError("the file is empty", str(file))
    if any(lines[0].startswith(start) for start in (b"ARROW1", b"PK\x03\x04", b"PAR1")):
        kind: InputKind = "ratings" if lines[0].startswith(b"PAR1") else "vectors"
        return kind
    head = lines[0].split()
    counts = len(head) == 2 and all(field.isdigit() for field in head) and len(lines) > 1
    if counts and (b"\0" in lines[1] or count_numbers(lines[1]) == int(head[1])):
        return "vectors"
    body = lines[1:] or lines
    if all(count_numbers(line) >= FEWEST for line in body[: SAMPLE - 1]):
        return "vectors"
    return "ratings" if _is_table([line.decode(errors="replace").strip("\r\n") for line in lines]) else "corpus"


def _is_table(lines: Sequence[str]) -> bool:
    """Return whether all lines have as many fields, one of which is a number in every line but perhaps the first."""
    for mark in ("::", "\t", ";", "|", ",", None):
        rows = [line.split(mark) for line in lines]
        if len({len(row) for row in rows}) == 1 and COLUMNS[0] <= len(rows[0]) <= COLUMNS[1]:
            body = rows[1:] or rows
            if any(all(re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", row[n]) for row in body) for n in range(len(rows[0]))):
                return True
    return False
