"""Data frames as tables of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.report.numbers import MISSING, minus
from toolkit.report.parts import Cell, Column, Row, Table
from toolkit.report.wording import listed

Writer = Callable[[Any], str]
Formats = Mapping[str, str | Writer]


def plain_table(
    frame: pd.DataFrame,
    anchor: str,
    caption: str,
    titles: Mapping[str, str] | None = None,
    formats: Formats | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """Return a data frame as a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        What to show. A column ``is_null`` says which rows are null baselines and is not shown itself.
    anchor, caption : str
        Identifier and caption.
    titles : mapping of str to str, optional
        The headings of the columns to show, in this order; by default all, under their own names.
    formats : mapping of str to str or callable, optional
        How a column's numbers are written: a format such as ``".3f"``, or a function of the value.
    notes : sequence of str, optional
        Remarks below.

    Returns
    -------
    Table
    """
    wanted = dict(titles or {str(name): str(name) for name in frame.columns if name != "is_null"})
    forms = formats or {}
    numeric = {name: pd.api.types.is_numeric_dtype(frame[name]) for name in wanted}
    first, *_ = wanted  # it names the rows
    columns = tuple(
        Column(title, kind="number" if numeric[name] and name != first else "text") for name, title in wanted.items()
    )
    rows = tuple(
        Row(tuple(Cell(number(row[name], forms.get(name, ""))) for name in wanted), row.get("is_null") is True)
        for row in frame.to_dict("records")
    )
    return Table(anchor, caption, columns, rows, tuple(notes))


def learned(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of methods that learn; of a table without rows, the table."""
    return rows[~rows["is_null"].astype(bool)] if len(rows) else rows


def by(rows: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the rows of each value of a column, in the order of the table; of a table without rows, nothing."""
    if len(rows):
        yield from ((str(value), group) for value, group in rows.groupby(column, sort=False))


def number(value: Any, form: str | Writer = "") -> str:
    """Return a value as it stands in a table, with a minus sign rather than a hyphen, or a dash where there is none.

    Examples
    --------
    >>> number(-0.25, ".1f"), number(12000), number("als"), number(float("nan"))
    ('−0.2', '12,000', 'als', '–')
    """
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return MISSING
    if callable(form):
        return form(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == 0 and form.endswith("e"):
        return "0"
    text = format(value, form or _form(float(value)))
    if not text.strip("-0.,"):
        text = text.removeprefix("-")  # no minus before a zero
    return minus(text)


def _form(value: float) -> str:
    if value.is_integer():
        return ",.0f"
    return ".3f" if abs(value) >= 0.001 else ".1e"  # which would be 0.000


def interval(value: float, low: float, high: float, form: str = ".2f") -> str:
    """Return a value with the ends of its interval.

    Examples
    --------
    >>> interval(0.512, 0.4567, 0.5612)
    '0.51 [0.46, 0.56]'
    """
    return f"{number(value, form)} [{number(low, form)}, {number(high, form)}]"


def capital(text: str) -> str:
    """Return a text that begins with a capital letter.

    Examples
    --------
    >>> capital("films of IMDb")
    'Films of IMDb'
    """
    return text[:1].upper() + text[1:]


def share(value: float, digits: int = 0) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> share(0.125, 1)
    '12.5 %'
    """
    return minus(f"{100 * value:.{digits}f} %")


def spoken(names: Sequence[str], most: int = 4) -> str:
    """Return names as a phrase, the last of many only counted.

    Examples
    --------
    >>> spoken(["a", "b"]), spoken(["a", "b", "c", "d", "e"], 3)
    ('a and b', 'a, b and 3 more')
    """
    if len(names) <= most:
        return listed(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
