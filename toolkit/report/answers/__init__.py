"""What studies found, in words, figures and tables: a module a study.

Each takes the tables of its study and returns a `toolkit.report.parts.Answer`. The sentences are made from the numbers
in these tables, so that other numbers give other sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

import pandas as pd

from toolkit.errors import DataError, ToolkitError
from toolkit.report.answers.calibration import calibration_answer
from toolkit.report.answers.closeness import close_together_answer
from toolkit.report.answers.families import family_trees_answer
from toolkit.report.answers.one_hot import one_hot_answer
from toolkit.report.answers.orthogonal import orthogonal_answer
from toolkit.report.answers.plain import plain_answer
from toolkit.report.answers.sameness import same_thing_answer
from toolkit.report.answers.size import why_50_answer
from toolkit.report.model import StudyResult
from toolkit.report.parts import Answer, Figure, Table
from toolkit.studies import study_info

Part = TypeVar("Part", Figure, Table)
Tables = Mapping[str, pd.DataFrame]
WRITERS: dict[str, Callable[[Tables, str, str], Answer]] = {
    "calibration": calibration_answer,
    "close-together": close_together_answer,
    "family-trees": family_trees_answer,
    "one-hot": one_hot_answer,
    "orthogonal": orthogonal_answer,
    "same-thing": same_thing_answer,
    "why-50": why_50_answer,
}


def answer(result: StudyResult, anchor: str) -> Answer:
    """Return the part of the report that says what a study found, or why it found nothing.

    Raises
    ------
    DataError
        If a table that it should have, or a column of one, is missing.
    """
    name = result.study.name
    question = _question(name)
    if result.status != "ok":
        return Answer(anchor, question, (f"Not answered: {result.error or result.status}.",))
    try:
        return _with_anchors(WRITERS.get(name, plain_answer)(result.tables, anchor, question))
    except KeyError as error:
        raise DataError(f"no table, or no column of one, is called {error}", Path("studies", name)) from error


def _with_anchors(found: Answer) -> Answer:
    """Make what is named after experiments and attributes fit for a link; no two of an answer are the same."""
    given: set[str] = set()

    def clean(part: Part) -> Part:
        stem = re.sub("[^a-z0-9]+", "-", part.anchor.lower()).strip("-")
        name = next(name for name in chain([stem], (f"{stem}-{i}" for i in count(2))) if name not in given)
        given.add(name)
        return replace(part, anchor=name)

    return replace(found, figures=tuple(map(clean, found.figures)), tables=tuple(map(clean, found.tables)))


def _question(name: str) -> str:
    try:
        return study_info(name).title
    except ToolkitError:  # a study of a package that is not installed here
        return name
