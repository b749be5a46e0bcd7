"""The report as GitHub-flavoured Markdown that reads well as plain text too."""

from __future__ import annotations

import re

import jinja2

from toolkit.inert import one_line, visible
from toolkit.report.parts import ARROWS, AT_FLOOR, MARKS, TIED, Cell, Column, Document, Row, Table
from toolkit.report.templating import TEMPLATES


class Ready(str):
    """Text that is Markdown already."""


def render_markdown(document: Document) -> str:
    """Write a document as Markdown.

    Parameters
    ----------
    document : Document
        What to show.

    Returns
    -------
    str
        Tables without the figures.
    """
    environment = jinja2.Environment(
        autoescape=False,  # noqa: S701  # this is no HTML; finalize escapes every value for Markdown
        finalize=lambda value: value if isinstance(value, Ready) else escape(str(value)),
        **TEMPLATES,
    )
    environment.filters["ready"] = Ready
    template = environment.get_template("report.md.j2")
    text = template.render(document=document, table=pipe_table, link=link, fence=fence, marks=MARKS)
    return re.sub(r"\n{3,}", "\n\n", text)


def escape(text: str) -> str:
    r"""Return text that Markdown shows as it is, on one line.

    Examples
    --------
    >>> print(escape("a|b *x* hit_rate@10 50%_$&"))
    a\|b \*x\* hit_rate@10 50%\_\$&amp;
    """
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    text = re.sub(r"([\\`*\[\]|~$#])", r"\\\1", text)
    text = re.sub(r":(?=//)", "&#58;", text)  # an address that stands in a name is no link
    text = re.sub(r"(?i)(?<![A-Za-z0-9])(www)\.", r"\1&#46;", text)
    text = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)
    return re.sub(r"^(>|[-+=](?=[-+=\s]|$)|[0-9]+(?=[.)](?:\s|$)))", _disarm, text)


def _disarm(start: re.Match[str]) -> str:
    """Return the start of a line with the backslash that keeps it from opening a quotation, a heading or a list."""
    return f"{start[0]}\\" if start[0].isdigit() else f"\\{start[0]}"


def link(text: str, address: str) -> Ready:
    """Return a link, or the text alone where there is no address that a link can hold."""
    shown = escape(text)
    plain = re.fullmatch(r"https?://[^\s<>()|\\]+", address)
    return Ready(f"[{shown}]({address})" if plain else shown)


def fence(code: str) -> Ready:
    """Return a block of code, fenced by more backticks than it holds."""
    code = visible(code)
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", code)), default=0))
    return Ready(f"{ticks}\n{code}\n{ticks}")


def pipe_table(table: Table) -> Ready:
    """Return a table whose columns line up in plain text."""
    heads = [_heading(column) for column in table.columns]
    rows = [[_label(row), *map(_cell, row.cells[1:])] for row in table.rows]
    widths = [max(3, *map(len, column)) for column in zip(heads, *rows, strict=True)]
    right = [column.kind == "number" for column in table.columns]
    rule = [("-" * (width - 1) + ":") if flush else "-" * width for width, flush in zip(widths, right, strict=True)]
    lines = [
        " | ".join(
            text.rjust(width) if flush else text.ljust(width)
            for text, width, flush in zip(cells, widths, right, strict=True)
        )
        for cells in (heads, rule, *rows)
    ]
    return Ready("\n".join(f"| {line} |" for line in lines))


def _heading(column: Column) -> str:
    arrow = f" {ARROWS[column.direction]}" if column.direction in ARROWS else ""
    return escape(f"{column.group}{arrow} {column.title}" if column.group else f"{column.title}{arrow}")


def _label(row: Row) -> str:
    tags = [*(["null"] if row.is_null else []), *([row.tag] if row.tag else [])]
    return escape(row.cells[0].text) + "".join(f" ({escape(tag)})" for tag in tags)


def _cell(cell: Cell) -> str:
    text = link(cell.text, cell.link)
    spread = f" ± {escape(cell.spread)}" if cell.spread else ""
    marks = (f"{AT_FLOOR} " if cell.at_floor else "") + (f"{TIED} " if cell.tied else "")
    return marks + (f"**{text}**" if cell.best else text) + spread
