"""`write_report`: from a run directory to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from toolkit.atomic import write_text, writing
from toolkit.errors import DataError, ToolkitError, UnknownNameError
from toolkit.harness.tables import FILES, FOLDERS, STORE
from toolkit.report.document import build_document
from toolkit.report.figure_data import csv_text
from toolkit.report.html import render_html
from toolkit.report.latex import render_latex
from toolkit.report.markdown import render_markdown
from toolkit.report.model import Results, read_results
from toolkit.report.tables import leaderboards, tidy

SUFFIXES = {".html": "html", ".htm": "html", ".md": "md", ".markdown": "md", ".csv": "csv", ".tex": "latex"}
WRITERS: dict[str, tuple[str, Callable[[Results], str]]] = {
    "html": (".html", lambda results: render_html(build_document(results))),
    "md": (".md", lambda results: render_markdown(build_document(results))),
    "csv": (".csv", lambda results: _csv(results)),
    "latex": (".tex", lambda results: render_latex(build_document(results))),
}
RAW = {*FILES, *FOLDERS, STORE}  # what is not made again where it is lost


def write_report(run_dir: str | Path, path: str | Path | None = None, format: str | None = None) -> Path:
    """Write the report of a run.

    Parameters
    ----------
    run_dir : str or Path
        A run directory.
    path : str or Path, optional
        The file to write; by default ``report`` in the run directory, with the ending of the format.
    format : {"html", "md", "csv", "latex"}, optional
        By default what the ending of `path` says, or HTML. ``"html"`` is one file that needs no network;
        ``"csv"`` holds the leaderboards, a row a number; ``"latex"`` holds their tables in the style of booktabs.

    Returns
    -------
    Path
        The file, which appears whole or not at all. The same run gives the same bytes.

    Raises
    ------
    DataError
        If the run directory or one of its files is missing or damaged, or the file cannot be written.
    UnknownNameError
        If there is no such format, or the file's ending is none that stands for one.
    """
    name = _format_of(path) if format is None else format
    if name not in WRITERS:
        raise UnknownNameError("report format", name, WRITERS)
    ending, write = WRITERS[name]
    results = read_results(run_dir)
    target = Path(run_dir) / f"report{ending}" if path is None else Path(path)
    if any(target.resolve().is_relative_to((Path(run_dir) / part).resolve()) for part in RAW):
        raise DataError("is part of the run itself; write the report elsewhere", target)
    if not target.parent.is_dir():
        raise DataError("there is no folder of this name to write the report into", target.parent)
    text = _written(write, results, run_dir)
    with writing(target):
        write_text(target, text)
    return target


def _written(write: Callable[[Results], str], results: Results, run_dir: str | Path) -> str:
    """Return a report; where the tables of a run, each of them readable, contradict each other, say so."""
    try:
        return write(results)
    except ToolkitError:
        raise
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        reason = f"{type(error).__name__}: {error}"
        message = f"no report can be made of what the files of this run say together ({' '.join(reason.split())})"
        raise DataError(message, run_dir) from error


def _format_of(path: str | Path | None) -> str:
    if path is None:
        return "html"
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnknownNameError("ending of a report", suffix or Path(path).name, SUFFIXES)
    return SUFFIXES[suffix]


def _csv(results: Results) -> str:
    table = tidy(leaderboards(results))
    dims = table["embedding_dim"].astype("Int64")
    return csv_text(table.assign(embedding_dim=dims), digits=10)
