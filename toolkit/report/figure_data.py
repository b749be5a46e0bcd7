"""The numbers behind a figure, as a reader gets them: tidy, with columns whose names can be read."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

import pandas as pd

from toolkit.inert import cell
from toolkit.report.numbers import minus


def figure_data(frame: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return some columns of what a figure draws, with their titles.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is drawn.
    titles : dict of str to str
        The title of each column that tells a reader something, in their order; what is not in the frame is left out.

    Returns
    -------
    pandas.DataFrame
        No index and no column that only places marks.

    Examples
    --------
    >>> figure_data(pd.DataFrame({"label": ["PCA"], "lane": [0.25]}), {"label": "embedder"})
      embedder
    0      PCA
    """
    kept = {name: title for name, title in titles.items() if name in frame}
    return frame[list(kept)].rename(columns=kept).reset_index(drop=True)


def point_data(
    points: pd.DataFrame, value: str, series: Sequence[str], row: str = "embedder", over: str = "readout"
) -> pd.DataFrame:
    """Return the numbers of a dot plot.

    Parameters
    ----------
    points : pandas.DataFrame
        As `toolkit.report.figures.dots` takes them.
    value : str
        What the values are, such as a metric's title.
    series : sequence of str
        The names of the series; a series without a name is left out.
    row, over : str, optional
        What a row and what a series of the plot is.

    Returns
    -------
    pandas.DataFrame
        A row a mark: its row, series, value, and the ends of its interval or bar where some have a width.
    """
    names = [series[number] for number in points["series"]]
    named = points.assign(**{"series": names, "is_null": points["is_null"].map({True: "yes", False: "no"})})
    titles = {"embedder" if "embedder" in points else "label": row, "dim": "dimension", "series": over, "value": value}
    titles |= {"low": "low", "high": "high"} if (points["low"] < points["high"]).any() else {}
    titles |= {"is_null": "null baseline"} if points["is_null"].any() else {}
    if not any(names):
        titles.pop("series")
    return figure_data(named, titles)


def tips(data: pd.DataFrame) -> list[str]:
    """Return a line for each row of a figure's numbers, which the page shows beside the mark.

    Examples
    --------
    >>> tips(pd.DataFrame({"embedder": ["PCA"], "RMSE": [0.89714], "low": [0.8754], "high": [0.9188]}))
    ['PCA · RMSE 0.8971 · 0.8754 to 0.9188']
    """
    return [" · ".join(_said(row)) for row in data.to_dict("records")]


def _said(row: Mapping[Hashable, object]) -> Iterator[str]:
    for name, value in row.items():
        if isinstance(value, str) and value not in ("yes", "no", ""):
            yield value
        elif name not in ("low", "high") and isinstance(value, int | float) and value == value:
            yield f"{name} {_number(value)}"
    low, high = row.get("low"), row.get("high")
    if isinstance(low, float) and isinstance(high, float) and low < high:
        yield f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return minus(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}")


def csv_text(data: pd.DataFrame, digits: int | None = 8) -> str:
    r"""Return a table as CSV for a reader, in which no text is one that a spreadsheet would compute.

    Parameters
    ----------
    data : pandas.DataFrame
        Its index is left out.
    digits : int, optional
        How many of a number are written; None for all.

    Returns
    -------
    str

    Examples
    --------
    >>> csv_text(pd.DataFrame({"embedder": ["=1+1", "PCA"], "gain": [-0.5, 0.25]}))
    "embedder,gain\n'=1+1,-0.5\nPCA,0.25\n"
    """
    safe = data.rename(columns=_disarmed)
    for place, kind in enumerate(safe.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            safe.isetitem(place, safe.iloc[:, place].map(_disarmed))
    return str(safe.to_csv(index=False, float_format=digits and f"%.{digits}g", lineterminator="\n"))


def _disarmed(value: object) -> object:
    if not isinstance(value, str):
        return value
    # a carriage return pandas does not quote, and readers take it for the end of a row
    return cell(value.replace("\r", " "))
