"""`write_report`: from a run directory to a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from toolkit.errors import DataError, UnknownNameError
from toolkit.report.document import build_document
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


def write_report(run_dir: str | Path, path: str | Path | None = None, format: str | None = None) -> Path:  # noqa: A002
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
        If the run directory or one of its files is missing or damaged, or there is no folder to write into.
    UnknownNameError
        If there is no such format, or the file's ending is none that stands for one.
    """
    if format is None:
        format = "html" if path is None else _format_of(Path(path))  # noqa: A001
    if format not in WRITERS:
        raise UnknownNameError("report format", format, WRITERS)
    ending, write = WRITERS[format]
    results = read_results(run_dir)
    target = Path(run_dir) / f"report{ending}" if path is None else Path(path)
    if not target.parent.is_dir():
        raise DataError("there is no folder of this name to write the report into", target.parent)
    _write_whole(target, write(results))
    return target


def _format_of(path: Path) -> str:
    if path.suffix.lower() not in SUFFIXES:
        raise UnknownNameError("report file ending", path.suffix or path.name, SUFFIXES)
    return SUFFIXES[path.suffix.lower()]


def _csv(results: Results) -> str:
    table = tidy(leaderboards(results))
    dims = table["embedding_dim"].astype("Int64")
    return str(table.assign(embedding_dim=dims).to_csv(index=False, float_format="%.10g", lineterminator="\n"))


def _write_whole(path: Path, text: str) -> None:
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as sink:
            sink.write(text.encode("utf-8"))
        Path(partial).chmod(0o644)
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
