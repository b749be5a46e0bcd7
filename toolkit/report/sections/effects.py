"""What tuning brought: the best candidate so far, and the tuned score beside the default's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from toolkit.harness.tables import TUNED
from toolkit.metrics.base import metric_info
from toolkit.report.sections.common import gain


def best_so_far(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the best value among the first so many candidates of each method and fold.

    Returns
    -------
    pandas.DataFrame
        Columns embedder, fold, tried and value; candidates before the first that has a value are left out.
    """
    lower = metric_info(metric).direction == "lower"
    found = []
    for (embedder, fold), part in rows.groupby(["embedder", "fold"], sort=False):
        values = part.sort_values("number", kind="stable")["value"]
        best = (values.cummin() if lower else values.cummax()).ffill()
        tried = range(1, len(best) + 1)
        found.append(pd.DataFrame({"embedder": embedder, "fold": fold, "tried": tried, "value": best.to_numpy()}))
    return pd.concat(found).dropna(subset="value").reset_index(drop=True)


def tuning_effects(rows: pd.DataFrame, scores: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Return the default and the tuned score of each method on the test folds that have both, and the gain.

    Returns
    -------
    pandas.DataFrame
        Columns embedder, readout, tried, failed, seconds, default, tuned, gain (positive where tuning helps) and p
        (Holm's; nan where it was not tested); the largest gain first.
    """
    found = []
    for (embedder, readout), part in rows.groupby(["embedder", "readout"], sort=False):
        metric = part["metric"].iloc[0]
        here = _scores_of(scores, part)
        default, tuned = (_by_fold(here, label, metric) for label in (embedder, f"{embedder}{TUNED}"))
        folds = default.index.intersection(tuned.index)
        before, after = default[folds].mean(), tuned[folds].mean()
        effect = {"default": before, "tuned": after, "gain": gain(metric, after, before)}
        tried = {"tried": len(part), "failed": int(part["value"].isna().sum()), "seconds": part["seconds"].sum()}
        p = _p(differences, part, embedder, readout)
        found.append({"embedder": embedder, "readout": readout, **tried, **effect, "p": p})
    table = pd.DataFrame(found)
    return table.sort_values("gain", ascending=False, kind="stable", na_position="last", ignore_index=True)


def _scores_of(scores: pd.DataFrame, part: pd.DataFrame) -> pd.DataFrame:
    row = part.iloc[0]
    same = [scores[name] == row[name] for name in ("task", "metric", "readout")]
    return scores[np.logical_and.reduce([*same, scores["variant"] == "", scores["split"].isin(part["split"])])]


def _by_fold(scores: pd.DataFrame, label: str, metric: str) -> pd.Series:
    """Return a label's mean over seeds and targets by fold; of several dimensions that of the best.

    A tuned method may have another dimension on each fold: then each fold counts with its own.
    """
    rows = scores[(scores["embedder"] == label) & scores["value"].notna()]
    table = rows.assign(dim=rows["embedding_dim"].fillna(0.0)).pivot_table("value", "dim", "fold", "mean")
    whole = table.dropna()
    if whole.empty:
        return table.mean()
    means = whole.mean(axis=1)
    best: pd.Series = whole.loc[means.idxmin() if metric_info(metric).direction == "lower" else means.idxmax()]
    return best


def _p(differences: pd.DataFrame, part: pd.DataFrame, embedder: str, readout: str) -> float:
    row = part.iloc[0]
    same = [differences[name] == row[name] for name in ("task", "metric", "split")]
    same += [differences[f"{side}_readout"] == readout for side in ("first", "second")]
    pair = [embedder, f"{embedder}{TUNED}"]
    same += [differences[side].isin(pair) for side in ("first", "second")]
    same.append(differences["first"] != differences["second"])
    found = differences.loc[np.logical_and.reduce(same), "p_holm"]
    return float(found.iloc[0]) if len(found) == 1 else float("nan")
