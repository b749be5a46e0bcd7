"""The answer of a study that has no words of its own: its tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from toolkit.report.answers.tables import plain_table
from toolkit.report.parts import Answer


def plain_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Return the tables of a study as they are."""
    shown = tuple(
        plain_table(table, f"{anchor}-table-{i}", f"Table {name!r}.")
        for i, (name, table) in enumerate(tables.items(), 1)
    )
    return Answer(anchor, question, ("The tables hold what was found.",), tables=shown)
