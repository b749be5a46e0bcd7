"""The task without a judge: how the vectors lie."""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.allowed import Allowed
from toolkit.metrics.geometry import (
    effective_rank,
    hubness,
    isoscore,
    mean_cosine,
    orthogonality,
    participation_ratio,
)
from toolkit.tasks.base import Score, Subject, nothing, task

NAME = "geometry"
FORMULAS = {
    "effective_rank": effective_rank,
    "participation_ratio": participation_ratio,
    "isoscore": isoscore,
    "mean_cosine": mean_cosine,
    "orthogonality": orthogonality,
}


@task(
    NAME,
    "Geometry",
    "How the vectors lie: how many directions they use, how evenly, and whether a few of them are near to all others. "
    "None of these numbers is good or bad in itself; random vectors and those of another file show what is usual.",
    "effective_rank",
    "vocabulary",
    {"k": Allowed(int, 1), "most": Allowed(int, 2)},
)
def geometry(subject: Subject, *, k: int = 10, most: int = 20_000) -> Iterator[Score]:
    """Measure how vectors lie.

    Parameters
    ----------
    subject : Subject
        With an embedding of any entity; the first one is measured.
    k : int, default 10
        Number of neighbours of which hubs are told.
    most : int, default 20,000
        Only so many vectors, the first ones, are looked at for hubs, as each is compared with each.

    Yields
    ------
    Score
        ``effective_rank``, ``participation_ratio``, ``isoscore``, ``mean_cosine``, ``orthogonality`` and
        ``hubness@k``; n is the number of vectors. Those that are not defined, as of vectors that are all the same, are
        not given.
    """
    entity, found = next(iter(subject.embeddings.items()))
    _, why = subject.directions(entity)
    if why or len(found) <= k:
        yield nothing(NAME, entity, "", why or f"{subject.name} has {len(found)} vectors; {k} neighbours need more")
        return
    for metric, formula in FORMULAS.items():
        value = formula(found.vectors)
        if not math.isnan(value):
            yield Score(NAME, entity, "", metric, value, len(found))
    value = hubness(found.vectors[:most], k)
    if not math.isnan(value):
        yield Score(NAME, entity, "", f"hubness@{k}", value, min(len(found), most))
