"""Figures and runs as a notebook shows them: what the report draws, one at a time."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from toolkit.atomic import replacing, write_text, writing
from toolkit.display import html_table
from toolkit.errors import DataError, UnknownNameError
from toolkit.inert import visible
from toolkit.report import plotting
from toolkit.report.document import build_document
from toolkit.report.figure_data import csv_text
from toolkit.report.html import GLYPHS, WIDTHS, specification
from toolkit.report.model import Results, read_results
from toolkit.report.numbers import count, dimension, written
from toolkit.report.parts import Figure
from toolkit.report.sections.common import best_rows
from toolkit.report.tables import Leaderboard, leaderboards
from toolkit.report.verdict_wording import verdict_part
from toolkit.report.wording import board_title, readout_title

if TYPE_CHECKING:
    import altair as alt

FIRST = 3  # rows of a leaderboard
ENDINGS = (".svg", ".png", ".html", ".json", ".csv")
UNSAID = {"of", "the", "by", "and", "in", "on"}  # words that a name may do without


@dataclass(frozen=True, eq=False)
class Shown:
    """A figure that a notebook shows by itself.

    Parameters
    ----------
    name : str
        How it is asked for.
    figure : Figure
        As in the report.
    """

    name: str
    figure: Figure

    def __repr__(self) -> str:
        return f"<figure {self.name!r}: {self.figure.title}>"

    @cached_property
    def chart(self) -> alt.TopLevelMixin:
        """altair.Chart: the same chart as in the report, as wide as there."""
        chart = self.figure.draw(WIDTHS["wide"])
        shown: alt.TopLevelMixin = chart.configure(background=plotting.PAGE, aria=False).configure_view(stroke=None)
        return shown

    @property
    def data(self) -> pd.DataFrame:
        """pandas.DataFrame: the figure's numbers."""
        return self.figure.numbers.copy()

    @cached_property
    def svg(self) -> str:
        """str: the drawing."""
        import vl_convert

        return visible(vl_convert.vegalite_to_svg(specification(self.chart)))

    def save(self, path: str | Path) -> Path:
        """Write the figure, or its numbers.

        Parameters
        ----------
        path : str or Path
            Its ending says what is written: ``.svg``, ``.png`` (twice the size), ``.html``, ``.json`` (Vega-Lite) or
            ``.csv`` (the numbers).

        Returns
        -------
        Path

        Raises
        ------
        UnknownNameError
            If the ending is none of these.
        DataError
            If there is no such folder, or the file cannot be written.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending not in ENDINGS:
            raise UnknownNameError("ending of a figure's file", ending or path.name, ENDINGS)
        if not path.parent.is_dir():
            raise DataError("there is no folder of this name to write the figure into", path.parent)
        with writing(path):
            if ending == ".png":
                self._write_png(path)
            else:
                write_text(path, self._text(ending))
        return path

    def _write_png(self, path: Path) -> None:
        import vl_convert

        with replacing(path) as partial:
            partial.write_bytes(vl_convert.vegalite_to_png(specification(self.chart), scale=2))

    def _text(self, ending: str) -> str:
        if ending == ".svg":
            return self.svg
        if ending == ".csv":
            return csv_text(self.data, digits=None)
        return str(self.chart.to_json()) if ending == ".json" else self._repr_html_()

    def _repr_html_(self) -> str:
        """Return caption, legend and drawing; as an image, so that nothing in it acts on the page."""
        image = base64.b64encode(self.svg.encode()).decode("ascii")
        legend = " &nbsp; ".join(
            f'<span style="color:{plotting.SERIES[key.series % len(plotting.SERIES)]}">'
            f"{GLYPHS[key.series % len(GLYPHS)]}</span> {escape(key.label)}"
            for key in self.figure.legend
        )
        keys = f"<p>{legend}</p>" if legend else ""
        return visible(
            f"<figure><figcaption><strong>{escape(self.figure.title)}</strong></figcaption>{keys}"
            f'<img alt="{escape(self.figure.description)}" src="data:image/svg+xml;base64,{image}"></figure>'
        )


class Figures(Mapping[str, Shown]):
    """The figures of a run by name, in the order of the report; drawn when they are looked at.

    Parameters
    ----------
    figures : iterable of Figure
        Those of the report.
    """

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._shown = {name: Shown(name, figure) for name, figure in figures.items()}

    def __getitem__(self, name: str) -> Shown:
        return self._shown[name]

    def __iter__(self) -> Any:
        return iter(self._shown)

    def __len__(self) -> int:
        return len(self._shown)

    def __repr__(self) -> str:
        return f"<{count(len(self), 'figure')}: {', '.join(self)}>"

    def _repr_html_(self) -> str:
        rows = [(name, shown.figure.title) for name, shown in self.items()]
        return html_table(count(len(self), "figure"), ["name", "what it shows"], rows)

    def find(self, words: str) -> Shown:
        """Return the figure of a name, or the only one whose name holds all the words.

        Raises
        ------
        UnknownNameError
            If there is none, or the words fit several.
        """
        if words in self._shown:
            return self._shown[words]
        wanted = [word for word in _words(words) if word not in UNSAID]
        fitting = [name for name in self._shown if wanted and set(wanted) <= set(_words(name))]
        if len(fitting) == 1:
            return self._shown[fitting[0]]
        raise UnknownNameError("figure", words, fitting or self._shown)


def _words(name: str) -> list[str]:
    """Return the words of a name without the s of the plural.

    Examples
    --------
    >>> _words("Agreement of items")
    ['agreement', 'of', 'item']
    """
    return [word.removesuffix("s") or word for word in re.findall(r"[^\W_]+", name.lower())]


def run_figures(folder: str | Path) -> Figures:
    """Return the figures of a run's report.

    Parameters
    ----------
    folder : str or Path
        The run directory.

    Returns
    -------
    Figures
        Named after their place in the report: ``"films agreement item heat"``.

    Raises
    ------
    DataError
        If the directory or one of its files is missing or damaged.
    """
    document = build_document(read_results(folder))
    found = [figure for answer in document.answers for figure in answer.figures]
    for chapter in document.chapters:
        found += [figure for board in chapter.boards for figure in board.figures]
        found += [figure for section in chapter.sections for figure in section.figures]
    return Figures({figure.anchor.replace("-", " "): figure for figure in found})


def run_html(folder: str | Path) -> str:
    """Return what came of a run: its status, the verdict's sentences, and the best of each leaderboard.

    Parameters
    ----------
    folder : str or Path
        The run directory.

    Returns
    -------
    str
        HTML, every text escaped.

    Raises
    ------
    DataError
        If the directory or one of its files is missing or damaged.
    """
    results = read_results(folder)
    boards = leaderboards(results)
    ended = results.trials["status"].value_counts()
    status = ", ".join(f"{number:,} {name}" for name, number in ended.items())
    parts = [
        f"<p><strong>{escape(results.info.suite.title)}</strong><br>{escape(count(len(results.trials), 'fit'))}:"
        f" {escape(status)}</p>",
        *_verdicts(results, boards),
        *_firsts(results, boards),
    ]
    report = Path(folder) / "report.html"
    if report.is_file():
        parts.append(f'<p>Report: <a href="{escape(_address(report))}">{escape(str(report))}</a></p>')
    return visible(f"<div>{''.join(parts)}</div>")


def _address(path: Path) -> str:
    """Return the address of a file: a folder that is called ``javascript:`` is a folder."""
    return re.sub("^/+", "/", quote(path.as_posix()))


def _verdicts(results: Results, boards: Sequence[Leaderboard]) -> list[str]:
    """Return the first sentence of each leaderboard's verdict as a list."""
    lines = []
    for experiment in results.info.suite.experiments:
        own = [board for board in boards if board.experiment == experiment.name]
        verdict = verdict_part(experiment.title, "", own, [""] * len(own), results)
        lines += [f"<li>{escape(ruling.topic)}: {escape(ruling.lead)}</li>" for ruling in verdict.rulings]
    return [f"<ul>{''.join(lines)}</ul>"] if lines else []


def _firsts(results: Results, boards: Sequence[Leaderboard]) -> list[str]:
    """Return the best few of each leaderboard as one table."""
    rows = []
    for board in boards:
        for row in best_rows(board).head(FIRST).itertuples():
            readout = readout_title(row.readout) if row.readout else ""
            value = written(board.metric, row.mean)
            place = [board.experiment, board_title(board, results), row.embedder, dimension(row.embedding_dim)]
            rows.append([*place, readout, board.metric, value])
    header = ["experiment", "leaderboard", "embedder", "dim", "readout", "metric", "value"]
    return [html_table("Best of each leaderboard", header, rows)] if rows else []
