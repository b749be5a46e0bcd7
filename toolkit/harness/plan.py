"""From a suite to its trials, one a fit."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from toolkit.errors import ParameterError, UnknownNameError
from toolkit.harness.suite import EmbedderSpec, Experiment, StudySpec, Suite, TaskSpec
from toolkit.harness.tables import TUNED
from toolkit.registry import embedder_class
from toolkit.tasks import Kind

SUFFIX = "-tuned"  # behind the id of the trial as the suite has it


@dataclass(frozen=True)
class Trial:
    """One fit of a suite, and what is asked of it.

    Parameters
    ----------
    id : str
        Unique within the run; names its files.
    experiment, kind, dataset : str
        Where it belongs, and what it is trained on.
    options : dict
        How the data set is loaded.
    split, fold : str
        The division, as score tables name it.
    split_options : dict
        Its options.
    seed : int
        Given to the embedder as ``random_state``.
    embedder, label : str
        Name in the registry, and name shown.
    params : dict
        The embedder's parameters.
    tasks : tuple of TaskSpec
        What is asked.
    tuned : bool, default False
        Whether the parameters are chosen by tuning; until then they are missing.
    """

    id: str
    experiment: str
    kind: Kind
    dataset: str
    options: dict[str, Any]
    split: str
    fold: str
    split_options: dict[str, Any]
    seed: int
    embedder: str
    label: str
    params: dict[str, Any]
    tasks: tuple[TaskSpec, ...] = field(repr=False)
    tuned: bool = False

    @property
    def split_method(self) -> str:
        """str: what the data's own `split` calls the division."""
        return self.fold if self.split == "canonical" else self.split


def plan(suite: Suite, only: Sequence[str] = ()) -> list[Trial]:
    """Return the trials of a suite, in the order in which they are shown.

    Parameters
    ----------
    suite : Suite
        What to run.
    only : sequence of str, optional
        Names of experiments, of studies, which stand for their experiments, or labels of embedders, or some of each:
        only what they have in common is kept.

    Returns
    -------
    list of Trial

    Raises
    ------
    UnknownNameError
        If `only` holds a name that the suite does not.
    ParameterError
        If it leaves nothing.
    """
    experiments = {experiment.name for experiment in suite.experiments}
    labels = {embedder.shown for experiment in suite.experiments for embedder in experiment.embedders}
    known = experiments | labels | {study.name for study in suite.studies}
    for name in only:
        if name not in known:
            raise UnknownNameError("experiment, study or embedder of this suite", name, known)
    trials = [
        trial for experiment in suite.experiments for trial in _trials(experiment, suite.seeds, suite.tune is not None)
    ]
    studies = plan_studies(suite, only) if only else ()
    wanted = (experiments & set(only)).union(*(study.experiments for study in studies))
    if wanted or studies:
        trials = [trial for trial in trials if trial.experiment in wanted]
    if chosen := labels & set(only):
        trials = [trial for trial in trials if base_label(trial) in chosen]
    if only and not trials and not studies:
        raise ParameterError(f"nothing in the suite is all of: {', '.join(only)}")
    return trials


def plan_studies(suite: Suite, only: Sequence[str] = ()) -> tuple[StudySpec, ...]:
    """Return the studies of a suite; those that `only` names, where it is given."""
    return tuple(study for study in suite.studies if not only or study.name in only)


def _trials(experiment: Experiment, seeds: Iterable[int], tuning: bool) -> Iterator[Trial]:
    parts = [part for split in experiment.splits for part in split.parts()] or [("", "", {})]
    number = 0
    for split, fold, split_options in parts:
        for spec in experiment.embedders:
            as_given = []
            for params in _variants(spec, spec.dims or experiment.dims):
                for seed in _seeds(spec, spec.seeds or seeds):
                    number += 1
                    trial = Trial(
                        f"{experiment.name}-{number:03d}",
                        experiment.name,
                        experiment.kind,
                        experiment.dataset,
                        experiment.options,
                        split,
                        fold,
                        split_options,
                        seed,
                        spec.name,
                        spec.shown,
                        {**params, **({"random_state": seed} if _takes(spec.name, "random_state") else {})},
                        experiment.tasks,
                    )
                    as_given.append(trial)
            yield from as_given
            if tuning and experiment.can_tune(spec):
                yield from _tuned(as_given)


def _tuned(as_given: Iterable[Trial]) -> Iterator[Trial]:
    """Yield a trial for each seed, named after the first one of it; all other parameters are still to be chosen."""
    first = {trial.seed: trial for trial in reversed(list(as_given))}
    for trial in sorted(first.values(), key=lambda trial: trial.id):
        params = {name: value for name, value in trial.params.items() if name == "random_state"}
        yield replace(trial, id=f"{trial.id}{SUFFIX}", label=f"{trial.label}{TUNED}", params=params, tuned=True)


def base_label(trial: Trial) -> str:
    """Return the label under which the suite has an embedder."""
    return trial.label.removesuffix(TUNED) if trial.tuned else trial.label


def _variants(spec: EmbedderSpec, dims: Sequence[int]) -> list[dict[str, Any]]:
    """Return the parameters for each dimension asked for; once, where the method or the suite fixes it."""
    if not dims or "embedding_dim" in spec.params or not _takes(spec.name, "embedding_dim"):
        return [spec.params]
    return [{**spec.params, "embedding_dim": dim} for dim in dims]


def _seeds(spec: EmbedderSpec, seeds: Iterable[int]) -> list[int]:
    """Return the seeds; the first alone for a method that draws nothing."""
    return list(seeds) if _takes(spec.name, "random_state") else [next(iter(seeds))]


def _takes(name: str, parameter: str) -> bool:
    return parameter in inspect.signature(embedder_class(name)).parameters
