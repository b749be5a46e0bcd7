"""The leaderboards and what goes with them as LaTeX tables, to be taken into a paper."""

from __future__ import annotations

from toolkit.inert import one_line, visible
from toolkit.report.parts import AT_FLOOR, TIED, Cell, Column, Document, Row, Table

PREAMBLE = r"""% Tables of the run "{title}".
% The preamble of the document needs \usepackage{{booktabs}} and \usepackage{{graphicx}}.
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
        "‡": r"\textdaggerdbl{}",
        "≈": r"\ensuremath{\approx}",
        "…": r"\ldots{}",
        "\n": " ",
        "\t": " ",
    }
)
WIDE = 8  # columns; a table with more is scaled to the width of the text
ARROWS = {"higher": r" $\uparrow$", "lower": r" $\downarrow$"}


def render_latex(document: Document) -> str:
    """Write the tables of a document's answers and experiments as LaTeX.

    Parameters
    ----------
    document : Document
        What to show.

    Returns
    -------
    str
        A ``table`` environment each, in the style of booktabs.
    """
    tables = [table for answer in document.answers for table in answer.tables]
    tables += [
        table
        for chapter in document.chapters
        for table in (
            *(table for board in chapter.boards for table in (board.table, board.metrics) if table),
            *(table for section in chapter.sections for table in section.tables),
        )
    ]
    return "\n".join([PREAMBLE.format(title=one_line(document.title)), *map(_table, tables)])


def escape(text: str) -> str:
    r"""Return text that LaTeX sets as it is.

    Examples
    --------
    >>> print(escape("50%_$&"))
    50\%\_\$\&
    """
    return visible(text).translate(CHARACTERS)


def _table(table: Table) -> str:
    alignment = "".join("r" if column.kind == "number" else "l" for column in table.columns)
    fit = r"\resizebox{\textwidth}{!}{" if len(table.columns) > WIDE else ""
    lines = [
        r"\begin{table}[htbp]",
        r"\centering\small",
        rf"\caption{{{escape(' '.join([table.caption, *table.notes]))}{_marks(table)}}}",
        rf"\label{{tab:{table.anchor}}}",
        rf"{fit}\begin{{tabular}}{{{alignment}}}",
        r"\toprule",
        *_groups(table),
        _line([escape(column.title) if column.group else _heading(column, column.title) for column in table.columns]),
        r"\midrule",
        *map(_row, table.rows),
        r"\bottomrule",
        r"\end{tabular}" + ("}" if fit else ""),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _marks(table: Table) -> str:
    """Return what bold and italics mean, where they occur."""
    bold = any(cell.best and not cell.tied for row in table.rows for cell in row.cells)
    null = any(row.is_null for row in table.rows)
    return (" Bold: best of its column." if bold else "") + (r" \textit{Italics}: null baseline." if null else "")


def _groups(table: Table) -> list[str]:
    """Return the line of group headings with the rules under them."""
    cells, rules, first = [], [], 1
    for column, span in table.groups:
        heading = _heading(column, column.group) if column.group else ""
        cells.append(rf"\multicolumn{{{span}}}{{c}}{{{heading}}}")
        if heading:
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
    marks = (f"{escape(AT_FLOOR)} " if cell.at_floor else "") + (f"{escape(TIED)} " if cell.tied else "")
    return marks + (rf"\textbf{{{text}}}" if cell.best else text) + spread


def _line(cells: list[str]) -> str:
    # a bracket or a star would be taken for an option of the rule or of the end of the line before
    return ("{}" if cells[0].startswith(("[", "*")) else "") + " & ".join(cells) + r" \\"
