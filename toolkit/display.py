"""How things look in a notebook: small HTML tables whose every text is escaped, without a style sheet of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from toolkit.inert import visible

LONGEST = 60  # letters of a cell


def html_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> str:
    """Return a table as HTML that follows the notebook's own style.

    Parameters
    ----------
    caption : str
        What it shows.
    header : sequence of str, length m
        The heads of the columns; the first names the rows.
    rows : iterable of sequence of length m
        Numbers are written with four digits; long texts are cut.
    note : str, optional
        A line below.

    Returns
    -------
    str

    Examples
    --------
    >>> "<th>a&amp;b</th><td>0.5</td>" in html_table("Keys", ["key", "norm"], [["a&b", 0.5]])
    True
    """
    heads = "".join(f"<th>{escape(visible(name))}</th>" for name in header)
    lines = "".join(f"<tr>{''.join(_cell(value, place) for place, value in enumerate(row))}</tr>" for row in rows)
    below = f"<p>{escape(visible(note))}</p>" if note else ""
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return f"<div><p><strong>{escape(visible(caption))}</strong></p>{table}{below}</div>"


def _cell(value: object, place: int) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else visible(str(value))
    text = escape(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
    return f"<td>{text}</td>" if place else f"<th>{text}</th>"
