"""The leaderboards and costs as LaTeX tables, to be taken into a paper."""

from __future__ import annotations

from toolkit.report.parts import Cell, Column, Document, Row, Table

PREAMBLE = r"""% Tables of the run "{title}".
% \input this file; the preamble needs \usepackage{{booktabs}}. Wide tables fit with \usepackage{{graphicx}} and \resizebox.
"""
CHARACTERS = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "%": r"\%",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "`": r"\textasciigrave{}",
        "−": r"\ensuremath{-}",
        "–": "--",
        "±": r"\ensuremath{\pm}",
        "·": r"\textperiodcentered{}",
        "†": r"\textdagger{}",
        "…": r"\ldots{}",
        "\n": " ",
    }
)
ARROWS = {"higher": r" $\uparrow$", "lower": r" $\downarrow$"}


def render_latex(document: Document) -> str:
    """Write the leaderboards and costs of a document as LaTeX.

    Parameters
    ----------
    document : Document
        What to show.

    Returns
    -------
    str
        A ``table`` environment each, in the style of booktabs.
    """
    tables = [
        table
        for chapter in document.chapters
        for table in (*(board.table for board in chapter.boards), chapter.costs)
        if table
    ]
    title = " ".join(document.title.split())
    return "\n".join([PREAMBLE.format(title=title), *map(_table, tables)])


def escape(text: str) -> str:
    r"""Return text that LaTeX sets as it is.

    Examples
    --------
    >>> print(escape("50%_$&"))
    50\%\_\$\&
    """
    return text.translate(CHARACTERS)


def _table(table: Table) -> str:
    alignment = "".join("r" if column.kind == "number" else "l" for column in table.columns)
    marks = r"Bold: best of its column; \textit{italics}: null baseline."
    lines = [
        r"\begin{table}[htbp]",
        r"\centering\small",
        rf"\caption{{{escape(' '.join([table.caption, *table.notes]))} {marks}}}",
        rf"\label{{tab:{table.anchor}}}",
        rf"\begin{{tabular}}{{{alignment}}}",
        r"\toprule",
        *_groups(table),
        _line([escape(column.title) if column.group else _heading(column, column.title) for column in table.columns]),
        r"\midrule",
        *map(_row, table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _groups(table: Table) -> list[str]:
    """Return the line of group headings with the rules under them."""
    cells, rules, first = [], [], 1
    for column, span in table.groups:
        cells.append(rf"\multicolumn{{{span}}}{{c}}{{{_heading(column, column.group)}}}" if column.group else "& " * (span - 1))
        if column.group:
            rules.append(rf"\cmidrule(lr){{{first}-{first + span - 1}}}")
        first += span
    return [_line(cells), " ".join(rules)] if cells else []


def _heading(column: Column, text: str) -> str:
    return escape(text) + ARROWS.get(column.direction, "")


def _row(row: Row) -> str:
    label = escape(row.cells[0].text)
    return _line([rf"\textit{{{label}}}" if row.is_null else label, *map(_cell, row.cells[1:])])


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    spread = rf" \ensuremath{{\pm}} {escape(cell.spread)}" if cell.spread else ""
    return (rf"\textbf{{{text}}}" if cell.best else text) + spread


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"
