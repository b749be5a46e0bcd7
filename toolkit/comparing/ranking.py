"""Average ranks of embedders over the folds of a split, or over data sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from toolkit.comparing.boards import SEVERAL
from toolkit.metrics.base import metric_info
from toolkit.stats import average_ranks
from toolkit.tasks import main_metric_of, task_info
from toolkit.tasks.rating import WITHOUT_VECTORS

FEWEST = 2  # blocks, and entries, that ranks can be compared over
ENTRY = ["embedder", "embedding_dim", "readout"]


def rank_table(scores: pd.DataFrame) -> list[dict[str, Any]]:
    """Return average ranks, each embedder with the dimension and readout that are best over all blocks.

    Parameters
    ----------
    scores : pandas.DataFrame
        ``scores.csv``.

    Returns
    -------
    list of dict
        Rows of the table ``ranks``: over the folds of each board that has several, and over the data sets of each task
        that is judged on several.
    """
    numbers = scores[scores["value"].notna() & (scores["variant"] == "")]
    rows: list[dict[str, Any]] = []
    for (experiment, task), group in numbers.groupby(["experiment", "task"], sort=False):
        metric = main_metric_of(task, group["metric"].unique().tolist())
        main = group[(group["metric"] == metric) & ~group["readout"].isin(WITHOUT_VECTORS)]
        named = {"experiment": experiment, "task": task, "metric": metric}
        targets, folds, splits = (len(set(main[column])) for column in ("target", "fold", "split"))
        if targets >= FEWEST and task_info(task).sources:  # and not attributes of the same things
            rows += _ranked(main, "target", {**named, "over": "data sets"})
        elif targets == 1 and folds >= FEWEST and splits == 1:
            rows += _ranked(main, "fold", {**named, "over": "folds"})
    return rows


def _ranked(main: pd.DataFrame, block: str, named: dict[str, str]) -> Iterator[dict[str, Any]]:
    higher = metric_info(named["metric"]).direction == "higher"
    main = main.fillna({"embedding_dim": SEVERAL})
    values = main.pivot_table(index=ENTRY, columns=block, values="value", aggfunc="mean", dropna=False).dropna()
    order = values.mean(axis=1).sort_values(ascending=not higher, kind="stable").index
    best = order[~order.get_level_values("embedder").duplicated()]
    if len(best) < FEWEST:
        return
    found = average_ranks(values.loc[best].T, higher_is_better=higher)
    for entry, rank in found.ranks.items():
        yield {
            **named,
            **dict(zip(ENTRY, entry, strict=True)),
            "embedding_dim": entry[1] or None,
            "rank": rank,
            "blocks": found.n_blocks,
            "entries": len(best),
            "friedman_p": found.friedman_p,
            "critical_difference": found.critical_difference,
        }
