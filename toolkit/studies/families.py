"""Whether a network learns distributed representations of persons, as in Hinton's family trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from toolkit.data import Triples
from toolkit.errors import DataError
from toolkit.stats import wilson_interval
from toolkit.studies.base import Evidence, Tables, study
from toolkit.studies.chosen import learned

COMPLETION, PROBE = "fact-completion", "attribute-probe"
MEASURES = {
    "probe_accuracy": "accuracy",
    "probe_shuffled": "shuffled",
    "probe_shuffled_high": "shuffled_high",
    "probe_p": "p",
}


@study("family-trees", "Does it learn distributed representations, as in Hinton's family trees?")
def family_trees(evidence: Evidence, *, shown: str = "family-tree") -> Tables:
    """Sum up the runs on facts with held-out inputs, and take out the weights of one.

    Parameters
    ----------
    evidence : Evidence
        Of experiments on triples with the tasks ``fact-completion`` and ``attribute-probe``.
    shown : str, default "family-tree"
        Label of the method whose weights are taken out, of its first trial.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``runs``: right answers of every run; ``completion``: those of all runs, with 95 % intervals; ``probes``: what
        can be read from the persons' vectors, in the mean over runs; ``weights``: of each person and unit.
    """
    scores = evidence.scores.merge(evidence.trials[["trial", "is_null"]], on="trial")
    runs = pd.DataFrame(list(_runs(scores)))
    if runs.empty:
        raise DataError(f"the experiments have no score of {COMPLETION}; the study needs some")
    tables = {
        "runs": runs,
        "completion": pd.DataFrame(list(_completion(runs))),
        "probes": pd.DataFrame(list(_probes(scores[scores["task"] == PROBE]))),
        "weights": pd.DataFrame(list(_weights(evidence, shown))),
    }
    return {name: table for name, table in tables.items() if len(table)}


def _runs(scores: pd.DataFrame) -> Iterator[dict[str, Any]]:
    completed = scores[(scores["task"] == COMPLETION) & scores["metric"].isin(["right", "right_strict"])]
    for (trial, embedder), rows in completed.groupby(["trial", "embedder"], sort=False):
        found = rows.set_index("metric")["value"]
        n = int(rows["n"].iloc[0])
        yield {
            "trial": trial,
            "embedder": embedder,
            "is_null": bool(rows["is_null"].iloc[0]),
            "fold": rows["fold"].iloc[0],
            "right": round(found["right"] * n),
            "strict": round(found["right_strict"] * n) if "right_strict" in found else np.nan,
            "n": n,
        }


def _completion(runs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield each method's share of right answers; inputs, however often asked, are the units of the interval."""
    for embedder, rows in runs.groupby("embedder", sort=False):
        n = int(rows.drop_duplicates("fold")["n"].sum())
        right = rows["right"].sum() / rows["n"].sum() * n  # of several seeds in the mean: they share their inputs
        found = wilson_interval(right, n)
        yield {
            "embedder": embedder,
            "is_null": bool(rows["is_null"].iloc[0]),
            "runs": len(rows),
            "right": int(rows["right"].sum()),
            "asked": int(rows["n"].sum()),
            "inputs": n,
            "share": found.value,
            "low": found.low,
            "high": found.high,
            "strict": rows["strict"].sum(min_count=1) / rows["n"].sum(),
            "of_eight": 8 * found.value,
        }


def _probes(scores: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (embedder, attribute), rows in scores[scores["value"].notna()].groupby(["embedder", "target"], sort=False):
        wide = rows.pivot_table(index="trial", columns="metric", values="value")[list(MEASURES)]
        means = wide.mean().rename(MEASURES)
        above = wide["probe_accuracy"] > wide["probe_shuffled_high"]
        yield {
            "embedder": embedder,
            "is_null": bool(rows["is_null"].iloc[0]),
            "attribute": attribute,
            **means[["accuracy", "shuffled", "shuffled_high"]],
            "above": int(above.sum()),
            "runs": len(wide),
            "n": int(rows["n"].iloc[0]),
        }


def _weights(evidence: Evidence, shown: str) -> Iterator[dict[str, Any]]:
    """Yield the weight from each person to each unit, with what is known about the person."""
    for experiment in evidence.trials["experiment"].unique():
        data = evidence.data(experiment)[0]
        for each in [each for each in learned(evidence, experiment) if each.label == shown][:1]:
            facts = data.attributes if isinstance(data, Triples) and data.attributes is not None else pd.DataFrame()
            keys = each.embedding.keys
            for person in [*facts.index.intersection(keys, sort=False), *keys.difference(facts.index, sort=False)]:
                known = facts.loc[person].to_dict() if person in facts.index else {}
                for unit, weight in enumerate(each.embedding[person], start=1):
                    yield {"trial": each.trial, "person": person, "unit": unit, "weight": float(weight), **known}
