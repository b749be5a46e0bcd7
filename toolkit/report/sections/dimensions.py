"""Spectra and Gram matrices: how many of the dimensions asked for are used, and whether they are orthogonal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pandas as pd

from toolkit.blas import one_thread
from toolkit.embedding import Embedding
from toolkit.metrics.base import metric_info
from toolkit.report.answers.orthogonal import EXACT, geometry_table
from toolkit.report.answers.tables import capital, learned, number, share, spoken
from toolkit.report.figure_data import figure_data
from toolkit.report.model import Results
from toolkit.report.parts import Fact, Figure, Section, Table
from toolkit.report.sections.kept import kept_vectors, plural
from toolkit.report.sections.spectrum_chart import spectrum_panels
from toolkit.report.shades import shade_panels
from toolkit.report.spectra import MOST_COLUMNS, MOST_KEYS, geometry_of, gram, gram_cells, spectra
from toolkit.report.tables import Leaderboard

NEARLY, FAR = 0.05, 0.5  # off-diagonal share up to which columns are nearly orthogonal, and from which on far from it
SPOKEN = 6  # names in a sentence; the table holds all
TOLD = 12  # strongest columns whose cosines are among the numbers of a figure
NOTE = f"Hubness: among the {MOST_KEYS:,} keys that come first, where there are more."
METRICS = ("orthogonality", "effective_rank", "participation_ratio", "isoscore", "mean_cosine", "hubness@k")


def dimension_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return what the methods use their dimensions for, for each entity of an experiment.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment.
    results : Results
        Of one experiment, with the folder of its vectors.
    anchor : str
        Identifier of the section.

    Returns
    -------
    Section or None
        None where the run kept no vectors of more than one dimension.
    """
    with one_thread():  # many small products
        return _section(boards, results, anchor)


def _section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    sentences: list[str] = []
    figures: list[Figure] = []
    tables: list[Table] = []
    for entity, methods in kept_vectors(boards, results):
        shown = [each for each in methods if each.embedding.dim > 1 and len(each.embedding) > 1]
        if not shown:
            continue
        things = plural(entity)
        rows = pd.DataFrame(
            [{"embedder": each.label, "is_null": each.is_null, **geometry_of(each.embedding)} for each in shown]
        )
        embeddings = {each.label: each.embedding for each in shown}
        sentences.append(" ".join(_sentences(rows, things)))
        if not tables:  # of the main entity alone: the table says it of the others
            null = rows.loc[rows["is_null"].astype(bool), "embedder"]
            reference = None if null.empty or len(null) == len(rows) else str(null.iloc[0])
            figures = [
                spectrum_figure(embeddings, rows, reference, things, f"{anchor}-{entity}-spectra"),
                gram_figure(embeddings, things, f"{anchor}-{entity}-gram"),
            ]
        tables.append(geometry_table(rows, f"{anchor}-{entity}-geometry", capital(things), [NOTE]))
    if not tables:
        return None
    facts = [Fact(metric_info(name).title, metric_info(name).definition) for name in METRICS]
    return Section(
        anchor,
        "Dimensions: how many are used, and are they orthogonal",
        tuple(filter(None, sentences)),
        tuple(figures),
        tuple(tables),
        tuple(facts),
    )


def spectrum_figure(
    embeddings: Mapping[str, Embedding], rows: pd.DataFrame, reference: str | None, things: str, anchor: str
) -> Figure:
    """Return the singular values of some embeddings.

    Parameters
    ----------
    embeddings : mapping of str to Embedding
        By name.
    rows : pandas.DataFrame
        Their geometry: columns embedder, dim and effective_rank.
    reference : str or None
        The one that is drawn in grey behind all others.
    things, anchor : str
        What the embeddings are of, and the identifier.
    """
    frame = spectra(embeddings)
    remarks = {row.embedder: f"{number(row.effective_rank, '.0f')} of {row.dim}" for row in rows.itertuples()}
    behind = f" Dashed grey: {reference}." if reference else ""
    return Figure(
        anchor,
        f"{capital(things)}: singular values as shares of the largest (log scale), against their rank; in each panel"
        f" the effective rank, of the dimensions asked for.{behind}",
        "Small line plots of the singular values, one a method. The table of geometry sums them up.",
        partial(spectrum_panels, frame, remarks, reference),
        has_null=reference is not None,
        data=figure_data(
            frame.assign(value=frame["value"].round(6)),
            {"embedder": "method", "rank": "rank", "value": "share of the largest"},
        ),
    )


def gram_figure(embeddings: Mapping[str, Embedding], things: str, anchor: str) -> Figure:
    """Return the Gram matrices of the columns of some embeddings, as squares of shades."""
    panels = {name: gram(embedding) for name, embedding in embeddings.items()}
    most = max(len(panel) for panel in panels.values())
    cut = f" (the {MOST_COLUMNS} strongest)" if any(each.dim > MOST_COLUMNS for each in embeddings.values()) else ""
    titles = {"embedder": "method", "row": "column", "column": "other column", "cosine": "cosine"}
    return Figure(
        anchor,
        f"{capital(things)}: absolute cosines between the columns of each method{cut}, strongest column first; the"
        " stronger the shade, the further from orthogonal. Blank but for the diagonal: orthogonal.",
        f"A square of shades a method: the absolute cosine of each two of up to {most} columns. The table of geometry"
        f" sums them up; the numbers of the figure are those of the {TOLD} strongest columns.",
        partial(shade_panels, panels),
        has_null=False,
        shades=("0, orthogonal", "1"),
        data=figure_data(gram_cells(embeddings, TOLD), titles),
    )


def _sentences(geometry: pd.DataFrame, things: str) -> Iterator[str]:
    rows = learned(geometry)
    if rows.empty:
        return
    yield f"{capital(things)}: {'; '.join(_orthogonal(rows))}."
    used = rows.assign(used=rows["effective_rank"] / rows["dim"]).dropna(subset=["used"])
    if used.empty:
        return
    least, most = used.loc[used["used"].idxmin()], used.loc[used["used"].idxmax()]
    if len(used) == 1:
        yield f"By effective rank {least['embedder']} uses {_used(least)} dimensions."
        return
    null = geometry[geometry["is_null"].astype(bool) & geometry["effective_rank"].notna()]
    floor = f" ({null['embedder'].iloc[0]}: {_used(null.iloc[0])})" if len(null) else ""
    yield (
        f"By effective rank {most['embedder']} uses most of the dimensions asked for, {_used(most)}, and"
        f" {least['embedder']} least, {_used(least)}{floor}."
    )


def _used(row: pd.Series) -> str:
    return f"{number(row['effective_rank'], '.1f')} of {row['dim']}"


def _orthogonal(rows: pd.DataFrame) -> Iterator[str]:
    """Yield who has orthogonal columns, who nearly, and who is far from it."""
    found = rows["orthogonality"]
    exact = rows[found < EXACT]
    near = rows[(found >= EXACT) & (found < NEARLY)]
    far = rows[found >= FAR]
    if len(exact):
        yield f"the columns of {spoken(exact['embedder'].tolist(), SPOKEN)} are orthogonal"
    if len(near):
        names = spoken(near["embedder"].tolist(), SPOKEN)
        yield f"{names} {'comes' if len(near) == 1 else 'come'} near it ({_ends(near)} off the diagonal)"
    between = rows[(found >= NEARLY) & (found < FAR)]
    if len(between):
        verb = "is" if len(between) == 1 else "are"
        yield f"{spoken(between['embedder'].tolist(), SPOKEN)} {verb} not orthogonal ({_ends(between)})"
    if len(far):
        yield f"the columns of {spoken(far['embedder'].tolist(), SPOKEN)} mostly repeat each other ({_ends(far)})"


def _ends(rows: pd.DataFrame) -> str:
    low, high = share(rows["orthogonality"].min()), share(rows["orthogonality"].max())
    return low if low == high else f"{low} to {high}"
