"""The answer to the question whether latent features are orthogonal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from toolkit.report.answers import charts
from toolkit.report.answers.tables import Formats, number, plain_table, share, spoken
from toolkit.report.parts import Answer, Fact, Figure, Table
from toolkit.report.wording import listed

EXACT = 1e-9  # off-diagonal share below which columns count as orthogonal; float32 vectors leave about 1e-13


def orthogonal_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``orthogonal`` found."""
    geometry, rotation = tables["geometry"], tables["rotation"]
    return Answer(
        anchor,
        question,
        (_verdict(geometry), _unused(geometry), _rotated(rotation)),
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
    found = []
    for experiment, rows in geometry[~geometry["is_null"].astype(bool)].groupby("experiment", sort=False):
        exact = rows["orthogonality"] < EXACT
        names, others = rows.loc[exact, "embedder"].tolist(), rows[~exact]
        made = f"the columns of {listed(names)} are orthogonal" if names else "no method has orthogonal columns"
        rest = ""
        if len(others):
            low, high = (share(value) for value in (others["orthogonality"].min(), others["orthogonality"].max()))
            rest = f", those of the other {len(others)} are not ({low} to {high} off the diagonal)"
        found.append(f"on {experiment}, {made}{rest}")
    few = (geometry.loc[~geometry["is_null"].astype(bool), "orthogonality"] >= EXACT).any()
    return f"{'Only where the method makes them so' if few else 'Yes'}: {'; '.join(found)}."


def _unused(geometry: pd.DataFrame) -> str:
    found = []
    for experiment, rows in geometry[~geometry["is_null"].astype(bool)].groupby("experiment", sort=False):
        least, most = (rows.loc[getattr(rows["participation_ratio"], pick)()] for pick in ("idxmin", "idxmax"))
        found.append(
            f"on {experiment} from {number(least['participation_ratio'], '.0f')} ({least['embedder']}) to "
            f"{number(most['participation_ratio'], '.0f')} ({most['embedder']})"
        )
    return f"Nor are all columns used alike: counted by their variance there are {'; '.join(found)} directions."


def _rotated(rotation: pd.DataFrame) -> str:
    rows = rotation[~rotation["is_null"].astype(bool)]
    exact = rows[rows["orthogonality_before"] < EXACT]
    lost = (
        f" {spoken(exact['embedder'].drop_duplicates().tolist())} lose their orthogonal columns (off-diagonal share "
        f"{share(exact['orthogonality_after'].min())} to {share(exact['orthogonality_after'].max())})."
        if len(exact)
        else ""
    )
    return (
        f"A random rotation changes no dot product by more than {number(rows['predictions'].max(), '.0e')} of the"
        f" largest, leaves neighbours (overlap at least {number(rows['neighbors'].min(), '.3f')}) and CKA (at least"
        f" {number(rows['cka'].min(), '.3f')}) as they were, and mixes the axes: a column's mean correlation with"
        f" itself falls to between {number(rows['axes'].min(), '.2f')} and {number(rows['axes'].max(), '.2f')}.{lost}"
    )


def _figures(gram: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    for experiment, rows in gram.groupby("experiment", sort=False):
        yield Figure(
            f"{anchor}-{experiment}-gram",
            f"{str(experiment).capitalize()}: cosines between the {rows['row'].max()} strongest columns of each method;"
            " the darker, the further from orthogonal.",
            "A square of shades a method: the absolute cosine of each two columns. The table of geometry sums them up.",
            partial(charts.gram_panels, rows),
        )


def _geometry_tables(geometry: pd.DataFrame, anchor: str) -> Iterator[Table]:
    titles = {
        "embedder": "Method",
        "orthogonality": "Off-diagonal share",
        "effective_rank": "Effective rank",
        "participation_ratio": "Participation ratio",
        "isoscore": "IsoScore",
        "mean_cosine": "Mean cosine",
        "hubness": "Hubness",
        "norm_frequency": "Norm with frequency",
    }
    formats: Formats = {
        "orthogonality": lambda value: number(value, ".0e" if 0 < value < 0.001 else ".3f"),
        "effective_rank": ".1f",
        "participation_ratio": ".1f",
        **dict.fromkeys(("isoscore", "mean_cosine", "norm_frequency"), ".2f"),
        "hubness": ".1f",
    }
    for experiment, rows in geometry.groupby("experiment", sort=False):
        ordered = rows.sort_values("orthogonality", kind="stable")
        caption = f"{str(experiment).capitalize()}: geometry of the vectors, most orthogonal columns first."
        yield plain_table(ordered, f"{anchor}-{experiment}-geometry", caption, titles, formats)


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
    for experiment, rows in rotation.groupby("experiment", sort=False):
        caption = f"{str(experiment).capitalize()}: what a random rotation changes, and what it cannot."
        notes = ("– : the method has no vectors of the other side.",) if rows["predictions"].isna().any() else ()
        yield plain_table(rows, f"{anchor}-{experiment}-rotation", caption, titles, formats, notes)
