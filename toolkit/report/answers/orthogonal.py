"""The answer to the question whether latent features are orthogonal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pandas as pd

from toolkit.report.answers.tables import Formats, Writer, by, capital, learned, number, plain_table, share, spoken
from toolkit.report.figure_data import figure_data
from toolkit.report.parts import Answer, Fact, Figure, Table
from toolkit.report.shades import gram_panels
from toolkit.report.wording import listed

EXACT = 1e-9  # off-diagonal share below which columns count as orthogonal; float32 vectors leave about 1e-13
GEOMETRY: dict[str, tuple[str, str | Writer]] = {  # titles of columns, and how their numbers are written
    "embedder": ("Method", ""),
    "dim": ("Dim", ".0f"),
    "orthogonality": ("Off-diagonal share", lambda value: number(value, ".0e" if 0 < value < 0.001 else ".3f")),
    "effective_rank": ("Effective rank", ".1f"),
    "participation_ratio": ("Participation ratio", ".1f"),
    "isoscore": ("IsoScore", ".2f"),
    "mean_cosine": ("Mean cosine", ".2f"),
    "hubness": ("Hubness", ".1f"),
    "norm_frequency": ("Norm with frequency", ".2f"),
}
KEPT = 0.99  # overlap or alignment from which on something counts as unchanged; ties may order neighbours anew


def orthogonal_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``orthogonal`` found."""
    geometry, rotation = tables["geometry"], tables["rotation"]
    return Answer(
        anchor,
        question,
        (_verdict(geometry), *_unused(geometry), *_rotated(rotation)),
        (
            Fact(
                "Protocol",
                "Off-diagonal share: of the squared cosines between columns, the share that lies off the diagonal; 0"
                f" where all columns are orthogonal, counted as such below {EXACT:.0e}. Participation ratio: as many"
                " directions of equal variance would vary so much. Rotation: a random orthogonal matrix, the same for"
                " the vectors of both sides; predictions are all dot products of the two.",
            ),
            Fact(
                "By construction",
                "Principal components and singular vectors are orthogonal by definition. In the loss of the other"
                " methods nothing asks for it: their predictions stay the same under every rotation, orthogonal columns"
                " do not.",
            ),
            Fact("Null baseline", "Random vectors: independent, and so nearly orthogonal without being made so."),
        ),
        tuple(_figures(tables["gram"], anchor)),
        (*_geometry_tables(geometry, anchor), *_rotation_tables(rotation, anchor)),
    )


def _verdict(geometry: pd.DataFrame) -> str:
    """Say which columns are orthogonal, by experiment."""
    rows = learned(geometry)
    exact = rows["orthogonality"] < EXACT
    first = "Yes" if exact.all() else "Only where the method makes them so" if exact.any() else "No"
    found = (f"on {experiment}, {_made(each)}" for experiment, each in by(rows, "experiment"))
    return f"{first}: {'; '.join(found)}." if len(rows) else "No method that learns was looked at."


def _made(rows: pd.DataFrame) -> str:
    exact = rows["orthogonality"] < EXACT
    names, others = rows.loc[exact, "embedder"].tolist(), rows[~exact]
    made = f"the columns of {listed(names)} are orthogonal" if names else "no method has orthogonal columns"
    if others.empty:
        return made
    low, high = share(others["orthogonality"].min()), share(others["orthogonality"].max())
    ends = low if low == high else f"{low} to {high}"
    if not names:
        return f"{made} ({ends} off the diagonal)"
    others_named = others["embedder"].iloc[0] if len(others) == 1 else f"the other {len(others)}"
    return f"{made}, those of {others_named} are not ({ends} off the diagonal)"


def _unused(geometry: pd.DataFrame) -> Iterator[str]:
    """Say how many directions carry the variance, where that can be told."""
    found = []
    for experiment, rows in by(learned(geometry), "experiment"):
        known = rows.dropna(subset=["participation_ratio"]).sort_values("participation_ratio", kind="stable")
        if len(known):
            least, most = known.iloc[0], known.iloc[-1]
            found.append(
                f"on {experiment} from {number(least['participation_ratio'], '.0f')} ({least['embedder']}) to "
                f"{number(most['participation_ratio'], '.0f')} ({most['embedder']})"
            )
    if found:
        yield f"By their variance, the columns are worth as many directions of equal variance: {'; '.join(found)}."


def _rotated(rotation: pd.DataFrame) -> Iterator[str]:
    """Say what a rotation leaves as it was, what it changes, and whose columns are orthogonal no more."""
    rows = learned(rotation)
    if rows.empty:
        return
    largest, overlap, alike = rows["predictions"].max(), rows["neighbors"].min(), rows["cka"].min()
    kept = overlap >= KEPT and alike >= KEPT
    low, high = rows["axes"].min(), rows["axes"].max()
    axes = number(low, ".2f") if low == high else f"between {number(low, '.2f')} and {number(high, '.2f')}"
    parts = [f"changes no dot product by more than {number(largest, '.0e')} of the largest"] if largest >= 0 else []
    parts += [
        f"{'leaves' if kept else 'changes'} neighbours (overlap at least {number(overlap, '.3f')}) and CKA (at least"
        f" {number(alike, '.3f')}){' as they were' if kept else ''}",
        f"{'mixes the axes' if high < KEPT else 'does not mix all axes'}: a column's mean correlation with itself is"
        f" {axes} afterwards",
    ]
    yield f"A random rotation {listed(parts)}."
    lost = rows[(rows["orthogonality_before"] < EXACT) & (rows["orthogonality_after"] >= EXACT)]
    if len(lost):
        names = lost["embedder"].drop_duplicates().tolist()
        low, high = share(lost["orthogonality_after"].min()), share(lost["orthogonality_after"].max())
        yield (
            f"{spoken(names)} {'loses its' if len(names) == 1 else 'lose their'} orthogonal columns by it (off-diagonal"
            f" share {low if low == high else f'{low} to {high}'})."
        )


def _figures(gram: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    titles = {"embedder": "method", "row": "column", "column": "other column", "cosine": "cosine"}
    for experiment, rows in by(gram, "experiment"):
        yield Figure(
            f"{anchor}-{experiment}-gram",
            f"{capital(experiment)}: cosines between the {rows['row'].max()} strongest columns of each method;"
            " the stronger the shade, the further from orthogonal.",
            "A square of shades a method: the absolute cosine of each two columns. The table of geometry sums them up.",
            partial(gram_panels, rows),
            shades=("0, orthogonal", "1"),
            data=figure_data(rows, titles),
        )


def _geometry_tables(geometry: pd.DataFrame, anchor: str) -> Iterator[Table]:
    for experiment, rows in by(geometry, "experiment"):
        yield geometry_table(rows, f"{anchor}-{experiment}-geometry", capital(experiment))


def geometry_table(rows: pd.DataFrame, anchor: str, name: str, notes: Sequence[str] = ()) -> Table:
    """Return the geometry of vectors as a table, most orthogonal columns first.

    Parameters
    ----------
    rows : pandas.DataFrame
        A row a method: embedder, and some of the columns of `GEOMETRY`.
    anchor, name : str
        Identifier, and how the caption begins.
    notes : sequence of str, optional
        Remarks below.
    """
    titles = {column: title for column, (title, _) in GEOMETRY.items() if column in rows}
    formats: Formats = {column: form for column, (_, form) in GEOMETRY.items()}
    ordered = rows.sort_values("orthogonality", kind="stable")
    caption = f"{name}: geometry of the vectors, most orthogonal columns first."
    return plain_table(ordered, anchor, caption, titles, formats, notes)


def _rotation_tables(rotation: pd.DataFrame, anchor: str) -> Iterator[Table]:
    titles = {
        "embedder": "Method",
        "predictions": "Dot products change by",
        "neighbors": "Neighbours kept",
        "cka": "CKA",
        "axes": "Axes kept",
        "orthogonality_before": "Off-diagonal before",
        "orthogonality_after": "and after",
    }
    formats = {
        "predictions": ".0e",
        "neighbors": ".4f",
        "cka": ".4f",
        "axes": ".2f",
        "orthogonality_before": ".3f",
        "orthogonality_after": ".3f",
    }
    for experiment, rows in by(rotation, "experiment"):
        caption = f"{capital(experiment)}: what a random rotation changes, and what it cannot."
        notes = ("– : the method has no vectors of the other side.",) if rows["predictions"].isna().any() else ()
        yield plain_table(rows, f"{anchor}-{experiment}-rotation", caption, titles, formats, notes)
