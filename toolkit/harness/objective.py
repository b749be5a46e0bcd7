"""By what candidates are judged when a method is tuned: one number of one task, on ratings held out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.data import Ratings
from toolkit.embedder import Embedder
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.metrics import metric_info
from toolkit.metrics.ranking import RANKING_METRICS
from toolkit.registry import make_embedder
from toolkit.tasks import Score, Subject, task_info

# the tasks that judge by what was held out; for the others no part of the training data says what is right
METRICS: Mapping[str, tuple[str, ...]] = {
    "rating-prediction": ("rmse", "mae", "rmse_user"),
    "ranking": RANKING_METRICS,
}
CAPABILITY = {"rating-prediction": "predicts-ratings", "ranking": "ranks-items"}
WITHOUT = {"rating-prediction": "ridge-two-sided", "ranking": "cosine"}  # for methods without a predictor of their own


@dataclass(frozen=True)
class Objective:
    """One number by which candidates are judged.

    Parameters
    ----------
    task : str
        The task.
    options : dict
        Its options but for the readouts and metrics.
    readout : str
        How predictions are made.
    metric : str
        The number.
    """

    task: str
    options: dict[str, Any]
    readout: str
    metric: str

    @property
    def lower_is_better(self) -> bool:
        """bool: whether it is to be small."""
        return metric_info(self.metric).direction == "lower"


def check_objective(task: str, readout: str, metric: str) -> None:
    """Refuse a task, readout or metric that nothing can be tuned by; an empty one stands for the default.

    Raises
    ------
    UnknownNameError
        If there is no such task, readout or metric.
    """
    if task and task not in METRICS:
        raise UnknownNameError("task to tune by", task, METRICS)
    tasks = [task] if task else list(METRICS)
    readouts = {word for name in tasks for word in task_info(name).allowed["readouts"].words}
    if readout and readout not in readouts:
        raise UnknownNameError("readout to tune by", readout, readouts)
    metrics = {name.replace("@k", "@10") for of in tasks for name in METRICS[of]}
    if metric and _stem(metric).replace("@k", "@10") not in metrics:
        raise UnknownNameError("metric to tune by", metric, metrics)


def objective_of(
    cls: type[Embedder], tasks: Mapping[str, dict[str, Any]], task: str = "", readout: str = "", metric: str = ""
) -> Objective | None:
    """Return by what the candidates of a method are judged.

    Parameters
    ----------
    cls : type
        The method.
    tasks : dict of str to dict
        The tasks that an experiment asks, with their options.
    task, readout, metric : str, default ""
        What was chosen; by default the first of the tasks that judges by what was held out, the method's own predictor
        if it has one, and the task's main metric.

    Returns
    -------
    Objective or None
        None where no task judges by what was held out.

    Raises
    ------
    ParameterError
        If the task has no such readout or metric.
    """
    name = task or next((name for name in tasks if name in METRICS), "")
    if not name:
        return None
    options = {key: value for key, value in tasks.get(name, {}).items() if key not in ("readouts", "metrics")}
    if metric and _stem(metric) not in METRICS[name]:
        raise ParameterError(f"tune.metric is {metric!r}; task {name!r} has {', '.join(METRICS[name])}")
    if readout and readout not in task_info(name).allowed["readouts"].words:
        known = ", ".join(task_info(name).allowed["readouts"].words)
        raise ParameterError(f"tune.readout is {readout!r}; task {name!r} has {known}")
    usual = "native" if CAPABILITY[name] in cls.capabilities() else WITHOUT[name]
    stem, _, cutoff = (metric or task_info(name).main_metric).partition("@")
    if cutoff:
        options["k"] = int(cutoff) if metric else options.get("k", int(cutoff))
        stem = f"{stem}@{options['k']}"
    return Objective(name, options, readout or usual, stem)


def judge(objective: Objective, name: str, params: Mapping[str, Any], train: Ratings, validation: Ratings) -> float:
    """Fit a candidate on one part, and judge it by the other with the task's own function.

    Parameters
    ----------
    objective : Objective
        By what.
    name : str
        The embedder's name in the registry.
    params : dict
        Its parameters.
    train, validation : Ratings
        Two parts of the training ratings.

    Returns
    -------
    float
        The metric.

    Raises
    ------
    DataError
        If there is no number; the task's note says why.
    """
    embedder = make_embedder(name, **params).fit(train)
    subject = Subject(name, embedder.embeddings_, embedder, train, validation)
    options = {**objective.options, "readouts": [objective.readout]}
    if "@" in objective.metric:
        options["metrics"] = [_stem(objective.metric)]  # the top alone, which is faster than the whole ranking
    note = "the task does not yield it"
    for found in task_info(objective.task).function(subject, **options):
        if isinstance(found, Score) and found.metric == objective.metric and math.isfinite(found.value):
            return found.value
        note = getattr(found, "note", "") or note
    raise DataError(f"there is no {objective.metric} by readout {objective.readout!r}: {note}")


def _stem(metric: str) -> str:
    """Return the name of a metric as the tasks know it, with ``@k`` for its cutoff; empty where that is no number."""
    stem, _, cutoff = metric.partition("@")
    return f"{stem}@k" if re.fullmatch("[1-9][0-9]*", cutoff) else "" if cutoff else metric
