"""How methods are judged on somebody's own ratings: by all there is to say, or by what there is time for."""

from __future__ import annotations

from typing import Any

import numpy as np

from toolkit.data import Ratings
from toolkit.harness.own.methods import Load
from toolkit.harness.own.prepared import Budget
from toolkit.harness.suite import SplitSpec, TaskSpec

JUDGED = 20_000  # users who stand for all where there are more: their mean is within some thousandths of that of all
CELLS = 100_000_000  # judged users × items up to which the whole ranking of each is looked at, and not its top alone
LARGE = 2_000_000  # ratings above which readouts that fit anew are left out
PACE, PACE_TOP = 25e6, 100e6  # scores of items that one core ranks in a second: all of them, or the top alone
RIDGES, READING = 5.0, 0.5  # seconds for a million ratings that judging takes with readouts that fit anew, and without
TOP = ["ndcg@k", "recall@k", "precision@k", "hit_rate@k"]
LIGHT = {"rating-prediction": ["native", "mean", "bias"], "ranking": ["native", "cosine"]}
READOUTS = {True: 5, False: 3}  # of ranking, with ratings and without
RARE = 0.02  # share of ratings that count as relevant by the usual rule, below which their upper quarter does


def load_of(data: Ratings, budget: Budget) -> Load:
    """Return how much there is to learn and to judge."""
    light, counts = is_large(data), np.bincount(data.users).astype(np.float64)
    ranked = _cells(data) * (len(LIGHT["ranking"]) / PACE_TOP if light else READOUTS[data.explicit] / PACE)
    anew = data.explicit and not light
    return Load(
        size=len(data),
        seconds=budget.deadline.left(),
        workers=budget.workers,
        history=float((counts**2).sum() / counts.sum()),
        fits=2 if anew else 1,
        judging=ranked + len(data) / 1e6 * (RIDGES if anew else READING),
        slowness=budget.slowness,
    )


def is_large(data: Ratings) -> bool:
    """Return whether there is time for the cheaper readouts and metrics alone."""
    return len(data) > LARGE or _cells(data) > CELLS


def _cells(data: Ratings) -> int:
    return min(len(data.user_keys), JUDGED) * len(data.item_keys)


def division_of(data: Ratings) -> tuple[SplitSpec, str]:
    """Return how the data is divided, and a sentence about it."""
    several = float((np.bincount(data.users) > 1).mean())
    some = len(data.user_keys) > JUDGED
    options = {"users": JUDGED} if some else {}
    whose = f"{JUDGED:,} users, drawn at random" if some else ""
    if not data.explicit and data.timestamps is not None and several >= 0.5:
        who = f"each of {whose}" if some else "each user"
        return SplitSpec(name="leave-last-out", options=options), f"held out to judge by: the last event of {who}"
    what = "ratings" if data.explicit else "events"
    of = f"{what} of {whose} (seed 0)" if some else f"{what}, at random (seed 0)"
    return SplitSpec(name="holdout", options=options), f"held out to judge by: one fifth of the {of}"


def tasks_of(data: Ratings) -> tuple[tuple[TaskSpec, ...], list[str]]:
    """Return what is asked, and sentences about it."""
    light, told = is_large(data), []
    options: dict[str, Any] = {"readouts": LIGHT["ranking"], "metrics": TOP} if light else {}
    if light:
        told.append("the data is large, so readouts that fit anew and metrics of the whole ranking are left out")
    if data.explicit:
        threshold = data.relevance_threshold
        if float((data.values >= threshold).mean()) < RARE:
            threshold = float(np.quantile(data.values, 0.75))
            options["relevance_threshold"] = threshold
            told.append("few ratings lie in the upper quarter of the scale, so the upper quarter of the ratings counts")
        told.append(f"an item is relevant to a user who rated it {threshold:g} or more")
    tasks = [TaskSpec(name="ranking", options=options)]
    if data.explicit:
        predicted = {"readouts": LIGHT["rating-prediction"]} if light else {}
        tasks.insert(0, TaskSpec(name="rating-prediction", options=predicted))
    if data.item_table is not None and "genres" in data.item_table:
        tasks.append(TaskSpec(name="item-similarity"))
        told.append("items are alike that have an attribute in common")
    return tuple(tasks), told
