"""Agreement: which methods learned the same vectors, up to a rotation, and which stand alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.metrics.matrices import Floats
from toolkit.report.alike import MOST, NEIGHBORS, Likeness, groups, likeness, tree
from toolkit.report.answers.tables import capital, number, spoken
from toolkit.report.figure_data import figure_data
from toolkit.report.heat import heat
from toolkit.report.model import Results
from toolkit.report.numbers import count
from toolkit.report.parts import Cell, Column, Fact, Figure, Section, Table
from toolkit.report.sections.common import text_row
from toolkit.report.sections.kept import kept_vectors, plural
from toolkit.report.tables import Leaderboard
from toolkit.report.trees import leaf_order
from toolkit.report.wording import listed

SAME, ALIKE = 0.995, 0.5  # mean CKA from which on methods count as one up to a rotation, and as a group
SPOKEN = 6  # names in a sentence; the tables hold all
TITLES = {
    "first": "method",
    "second": "other method",
    "cka": "CKA",
    "overlap": f"neighbours shared@{NEIGHBORS}",
    "distance": "Procrustes distance",
}
READING = (
    f"CKA is 1 where one method's vectors are a rotation of the other's, up to scale, and 0 in the mean for independent"
    f" ones. Groups: average linkage of 1 − CKA, joined down to a mean CKA of {ALIKE}; the same up to a rotation: from"
    f" {SAME} on. Of more than {MOST:,} keys that all have, those that come first."
)


def agreement_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return how alike the vectors of each two methods are, for each entity of an experiment.

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
        None where the run kept no vectors of two methods with enough keys in common.
    """
    sentences: list[str] = []
    figures: list[Figure] = []
    tables: list[Table] = []
    for entity, methods in kept_vectors(boards, results):
        found = likeness({each.label: each.embedding for each in methods})
        if found is None:
            continue
        nulls = {each.label for each in methods if each.is_null}
        sentences.append(" ".join(_sentences(found, nulls, plural(entity))))
        figures.append(agreement_figure(found, nulls, plural(entity), f"{anchor}-{entity}-heat"))
        tables += _tables(found, nulls, plural(entity), f"{anchor}-{entity}", main=not tables)
    if not tables:
        return None
    facts = (Fact("Reading", READING), Fact("Definition", metric_info("linear_cka").definition))
    return Section(
        anchor, "Agreement: which methods learned the same", tuple(sentences), tuple(figures), tuple(tables), facts
    )


def agreement_figure(found: Likeness, nulls: set[str], things: str, anchor: str) -> Figure:
    """Return the heat map of CKA with its tree; the names in `nulls` are null baselines, `things` says of what."""
    merges = tree(found)
    order = [found.names[leaf] for leaf in leaf_order(merges, len(found.names))]
    at = [found.names.index(name) for name in order]
    cells = [
        {"row": one, "column": other, "value": found.cka[i, j]}
        for one, i in zip(order, at, strict=True)
        for other, j in zip(order, at, strict=True)
    ]
    return Figure(
        anchor,
        f"{capital(things)}: CKA of each two methods, over {count(found.n, 'key')}; the stronger the shade, the more"
        " alike. The tree joins those that are alike; it and the numbers stand where there is room for them.",
        f"Heat map of CKA between methods, in this order: {', '.join(order)}. The tables below hold the values.",
        partial(heat, pd.DataFrame(cells), order, (0.0, 1.0), merges=merges, nulls=sorted(nulls)),
        has_null=False,
        shades=("0", "1, a rotation of one another"),
        data=figure_data(found.pairs, TITLES),
    )


def _sentences(found: Likeness, nulls: set[str], things: str) -> Iterator[str]:
    learned = [name for name in found.names if name not in nulls]
    if len(learned) > 1:
        same = [group for group in groups(found, learned, SAME) if len(group) > 1]
        together = groups(found, learned, ALIKE)
        said = [f"{spoken(group, SPOKEN)} learned the same up to a rotation (CKA {SAME} or more)" for group in same]
        said += [
            f"{spoken(group, SPOKEN)} are alike (mean CKA {number(_mean(found, group), '.2f')})"
            for group in sorted(together, key=len, reverse=True)
            if len(group) > 1 and group not in same
        ]
        alone = [group[0] for group in together if len(group) == 1]
        if alone:
            verb = "stands" if len(alone) == 1 else "stand"
            said.append(f"{spoken(alone, SPOKEN)} {verb} alone{_nearest_words(found, alone, learned)}")
        yield f"{capital(things)}: {'; '.join(said)}."
        yield from _neighbours(found, learned, things)
    floor = _floor(found, nulls, learned)
    if floor:
        yield floor
    if found.left_out:
        yield f"Too few keys in common with the others: {listed(found.left_out)}."


def _mean(found: Likeness, names: Sequence[str]) -> float:
    at = [found.names.index(name) for name in names]
    values = found.cka[np.ix_(at, at)][np.triu_indices(len(at), 1)]
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _nearest_words(found: Likeness, alone: Sequence[str], learned: Sequence[str]) -> str:
    """Say how near those who stand alone come to any other method at most."""
    best = [found.cka[found.names.index(name), _places(found, learned, name)] for name in alone]
    known = [float(np.nanmax(row)) for row in best if np.isfinite(row).any()]
    return f" (CKA with any other at most {number(max(known), '.2f')})" if known else ""


def _places(found: Likeness, names: Sequence[str], without: str) -> list[int]:
    return [found.names.index(name) for name in names if name != without]


def _neighbours(found: Likeness, learned: Sequence[str], things: str) -> Iterator[str]:
    """Say which two share most of the nearest neighbours, and what chance would give."""
    pairs = found.pairs
    pairs = pairs[pairs["first"].isin(learned) & pairs["second"].isin(learned)]
    best = pairs.loc[pairs["overlap"].idxmax()]
    yield (
        f"Of the ten nearest {things}, {best['first']} and {best['second']} share most"
        f" ({number(best['overlap'], '.2f')} by Jaccard); the middle one of all pairs shares"
        f" {number(pairs['overlap'].median(), '.2f')}, neighbours drawn at random {number(found.chance, '.3f')}."
    )


def _floor(found: Likeness, nulls: set[str], learned: Sequence[str]) -> str:
    """Say how near the null baselines come to methods that learn."""
    pairs = found.pairs
    mixed = pairs[(pairs["first"].isin(nulls) != pairs["second"].isin(nulls)) & pairs["cka"].notna()]
    if mixed.empty or not learned:
        return ""
    best = mixed.loc[mixed["cka"].idxmax()]
    null, other = (best["first"], best["second"]) if best["first"] in nulls else (best["second"], best["first"])
    return (
        f"Of the null baselines {null} comes nearest to a method that learns, with CKA {number(best['cka'], '.2f')}"
        f" ({other})."
    )


def _tables(found: Likeness, nulls: set[str], things: str, anchor: str, main: bool) -> Iterator[Table]:
    """Yield all numbers of the main entity; of another one, a reader who asks for the neighbours has the figure's."""
    order = leaf_order(tree(found), len(found.names))
    rows = "Rows and columns in the order of the tree."
    caption = f"{capital(things)}: CKA of each two methods. {rows}"
    yield _matrix(found, nulls, order, found.cka, f"{anchor}-cka", caption)
    if main:
        caption = (
            f"{capital(things)}: share of the {NEIGHBORS} nearest that two methods have in common (Jaccard). {rows}"
        )
        notes = (f"Neighbours drawn at random share {number(found.chance, '.4f')}.",)
        yield _matrix(found, nulls, order, found.overlap, f"{anchor}-neighbours", caption, notes)
    yield _nearest_table(found, nulls, order, things, f"{anchor}-nearest")


def _matrix(
    found: Likeness,
    nulls: set[str],
    order: Sequence[int],
    values: Floats,
    anchor: str,
    caption: str,
    notes: tuple[str, ...] = (),
) -> Table:
    columns = (Column("Method", kind="text"), *(Column(str(place)) for place in range(1, len(order) + 1)))
    rows = []
    for place, i in enumerate(order, 1):
        cells = ["" if i == j else number(values[i, j], ".2f") for j in order]
        rows.append(text_row([f"{place} {found.names[i]}", *cells], is_null=found.names[i] in nulls))
    return Table(anchor, caption, columns, tuple(rows), notes)


def _nearest_table(found: Likeness, nulls: set[str], order: Sequence[int], things: str, anchor: str) -> Table:
    columns = (
        Column("Method", kind="text"),
        Column("Most like", kind="text"),
        Column("CKA"),
        Column("Neighbours shared"),
        Column("Procrustes distance"),
        Column("Mean CKA with all others"),
    )
    rows = []
    for i in order:
        others = [j for j in order if j != i]
        known = np.nan_to_num(found.cka[i, others], nan=-np.inf)
        j = others[int(np.argmax(known))]
        mean = np.nanmean(found.cka[i, others]) if np.isfinite(known).any() else float("nan")
        cells: list[str | Cell] = [found.names[i], found.names[j], number(found.cka[i, j], ".3f")]
        cells += [number(found.overlap[i, j], ".3f"), number(found.distance[i, j], ".3f"), number(mean, ".3f")]
        rows.append(text_row(cells, is_null=found.names[i] in nulls))
    caption = f"{capital(things)}: each method and the one that is most like it, by CKA."
    return Table(anchor, caption, columns, tuple(rows))
