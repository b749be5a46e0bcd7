"""Why 50 dimensions: measured scores against dimension, and what theory would choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data.cooccurrence import cooccurrence, pmi
from toolkit.data.views import Sequences
from toolkit.errors import DataError, ParameterError
from toolkit.metrics.base import metric_info
from toolkit.metrics.data_matrix import estimate_noise, spectrum
from toolkit.metrics.dimension import pip_loss
from toolkit.studies.base import Evidence, Tables, study

NATIVE = "native"  # the readout that is a method's own predictor
WINDOW = 5  # within which two keys meet
LONGEST = 600  # dimensions for which the loss is computed
ASKED = 50  # the number of dimensions that the question is about
NEAR = 0.05  # a score within so much of the best counts as good as it


@study(
    "why-50",
    "Why 50 and not 10 or 100?",
    {"n_keys": Allowed(int, 20), "exponent": Allowed(float, 0)},
)
def why_50(
    evidence: Evidence, *, measured: Mapping[str, Mapping[str, str]], n_keys: int = 1_500, exponent: float = 0.5
) -> Tables:
    """Lay scores against dimension, and the choice of Yin & Shen (2018) beside them.

    Parameters
    ----------
    evidence : Evidence
        Its experiments' scores are looked at.
    measured : mapping of str to mapping
        For each experiment, which score stands for it: ``task``, ``metric``, ``readout`` and ``target``, of which the
        last two may be left out.
    n_keys : int, default 1,500
        Keys, the most frequent, whose matrix the choice is made from.
    exponent : float, default 0.5
        Singular values are raised to this power.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``curves``: a row a method and dimension, with the lowest and the highest of its seeds, time and memory;
        ``ranges``: the best dimension of each method, and those around it within 5 %; ``pip``: the loss against
        dimension; ``choice``: the dimension that theory chooses, a row an experiment; ``native``: the ranges by the
        methods' own predictors, where the score is by another readout.
    """
    curves = pd.concat([_curves(evidence, name, wanted) for name, wanted in measured.items()], ignore_index=True)
    losses, choices = [], []
    for experiment in measured:
        sequences = evidence.data(experiment)[0].sequences()
        loss, facts = _choice(sequences, n_keys, exponent, evidence.seed)
        losses.append(loss.assign(experiment=experiment))
        choices.append({"experiment": experiment, **facts})
    return {
        "curves": curves,
        "ranges": pd.DataFrame(list(_ranges(curves))),
        "native": pd.DataFrame([row for name, wanted in measured.items() for row in _native(evidence, name, wanted)]),
        "pip": pd.concat(losses, ignore_index=True),
        "choice": pd.DataFrame(choices),
    }


def _curves(evidence: Evidence, experiment: str, wanted: Mapping[str, str]) -> pd.DataFrame:
    """Return mean, lowest and highest score of each method and dimension over its seeds."""
    scores = evidence.scores[evidence.scores["experiment"] == experiment]
    for column, value in wanted.items():
        if column not in ("task", "metric", "readout", "target"):
            raise ParameterError(
                f"measured.{experiment} names {column!r}; it may name task, metric, readout and target"
            )
        scores = scores[scores[column] == value]
    scores = scores[scores["value"].notna()]
    if scores.empty:
        raise DataError(f"experiment {experiment!r} has no score with {dict(wanted)}")
    if scores.duplicated(["trial"]).any():
        raise ParameterError(f"measured.{experiment} leaves several scores a trial; name readout and target as well")
    costs = evidence.trials.set_index("trial")[["fit_seconds", "peak_memory_mb", "is_null"]]
    table = scores.join(costs, on="trial")
    found = table.groupby(["embedder", "embedding_dim"], sort=False).agg(
        value=("value", "mean"),
        low=("value", "min"),
        high=("value", "max"),
        seeds=("value", "size"),
        seconds=("fit_seconds", "mean"),
        memory_mb=("peak_memory_mb", "mean"),
        is_null=("is_null", "first"),
    )
    return (
        found.reset_index()
        .rename(columns={"embedding_dim": "dim"})
        .assign(experiment=experiment, metric=scores["metric"].iloc[0])
    )


def _native(evidence: Evidence, experiment: str, wanted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the ranges by the methods' own predictors, where there are such scores."""
    scores = evidence.scores
    there = scores[(scores["experiment"] == experiment) & (scores["readout"] == NATIVE) & scores["value"].notna()]
    if wanted.get("readout", NATIVE) != NATIVE and (there["metric"] == wanted.get("metric")).any():
        yield from _ranges(_curves(evidence, experiment, {**wanted, "readout": NATIVE}))


def _ranges(curves: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield, for each method with several dimensions, the best one, and the ends of the nearly as good ones around it.

    What lies between the ends is nearly as good as well. The score with 50 is nan where that was not measured.
    """
    for (experiment, embedder), rows in curves.groupby(["experiment", "embedder"], sort=False):
        if len(rows) < 2:
            continue
        lower = metric_info(rows["metric"].iloc[0]).direction == "lower"
        rows = rows.sort_values("dim", ignore_index=True)
        place = rows["value"].idxmin() if lower else rows["value"].idxmax()
        best = rows.loc[place]
        far = (rows["value"] - best["value"]).abs() > NEAR * abs(best["value"])
        stretch = far.cumsum()  # the same number from one that is far off to the next
        near = rows[~far & (stretch == stretch[place])]
        yield {
            "experiment": experiment,
            "embedder": embedder,
            "metric": best["metric"],
            "is_null": bool(best["is_null"]),
            "best_dim": int(best["dim"]),
            "best": best["value"],
            "least": int(near["dim"].min()),
            "most": int(near["dim"].max()),
            "at_50": float(rows.loc[rows["dim"] == ASKED, "value"].mean()),
            "seed_band": float((rows["high"] - rows["low"]).max()),
        }


def _choice(sequences: Sequences, n_keys: int, exponent: float, seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the loss against dimension, and the dimension that it chooses, for the matrix of information of keys."""
    few = sequences.most_frequent(n_keys)
    first, second = halves(few, seed)
    noise = estimate_noise(information(first), information(second))
    found = pip_loss(spectrum(information(few)), noise, exponent, max_dim=min(LONGEST, len(few.keys)))
    low, high = found.within(NEAR)
    facts = {
        "keys": len(few.keys),
        "window": WINDOW,
        "exponent": exponent,
        "noise": noise,
        "best": found.best,
        "low": low,
        "high": high,
    }
    losses = np.asarray(found.losses)
    return pd.DataFrame({"dim": found.dims, "loss": losses / losses.min()}), facts


def halves(sequences: Sequences, seed: int) -> tuple[Sequences, Sequences]:
    """Divide sequences into two halves at random."""
    drawn = np.random.default_rng(seed).permutation(len(sequences)) % 2 == 0
    owner = np.repeat(drawn, np.diff(sequences.offsets))
    first, second = (
        Sequences(
            sequences.keys,
            sequences.codes[owner == side],
            np.concatenate([[0], np.cumsum(np.diff(sequences.offsets)[drawn == side])]).astype(np.int64),
            sequences.entity,
        )
        for side in (True, False)
    )
    return first, second


def information(sequences: Sequences) -> npt.NDArray[np.float64]:
    """Return the pointwise mutual information of keys, 0 where two never meet within the window; shape (n, n)."""
    dense: npt.NDArray[np.float64] = pmi(cooccurrence(sequences, WINDOW, harmonic=False)).toarray()
    return dense
