"""The data of a run: loaded once by the client, described for the report, and staged for the trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from toolkit.data import Corpus, Vocabulary
from toolkit.data.staged import Staged, open_staged, stage
from toolkit.datasets import dataset_info, load_dataset
from toolkit.datasets.catalog import catalog
from toolkit.datasets.sources import load_source
from toolkit.errors import DataError
from toolkit.harness.plan import Trial
from toolkit.tasks import task_info


def stage_data(trials: Sequence[Trial], folder: Path) -> tuple[dict[str, Any], dict[str, tuple[Path, ...]]]:
    """Load every data set that trials need, once; what is missing or wrong shows here.

    Parameters
    ----------
    trials : sequence of Trial
        In the order of the plan.
    folder : Path
        Where to keep the data, as `toolkit.data.staged` has it; room for every part of every split is needed.

    Returns
    -------
    descriptions : dict
        What a report says about each data set.
    files : dict of str to tuple of Path
        By the id of a trial: the training and the test part, or the corpus.
    """
    descriptions: dict[str, Any] = {}
    files: dict[str, tuple[Path, ...]] = {}
    for _, (*of_experiment,) in groupby(trials, lambda trial: trial.experiment):
        first = of_experiment[0]
        data = load_source(first.dataset, first.kind, **first.options)
        if not isinstance(data, Staged):
            raise DataError(
                f"{first.dataset} holds {type(data).__name__}; a suite is about ratings, a corpus, triples or vectors"
            )
        descriptions[first.dataset] = describe_data(first.dataset, data, "training")
        for _, (*of_split,) in groupby(of_experiment, lambda trial: (trial.split, trial.fold)):
            paths = _staged(data, of_split[0], folder)
            files.update((trial.id, paths) for trial in of_split)
    for name in sorted({name for trial in trials for name in _judged_by(trial)} - set(descriptions)):
        descriptions[name] = describe_data(name, load_dataset(name), "evaluation")
    return descriptions, files


def _staged(data: Staged, trial: Trial, folder: Path) -> tuple[Path, ...]:
    """Write the parts of the data that a trial, and all that share its split, is given."""
    parts: Iterable[Staged] = [data]
    if not isinstance(data, Corpus | Vocabulary):
        parts = data.split(trial.split_method, **trial.split_options)
    paths = []
    for role, part in zip(("train", "test"), parts, strict=False):
        paths.append(folder / f"{trial.id}.{role}.arrow")
        stage(part, paths[-1])
    return tuple(paths)


def without_ratings(trials: Sequence[Trial], files: Mapping[str, tuple[Path, ...]]) -> set[str]:
    """Return the experiments whose staged data says only who met what."""
    first = {trial.experiment: files[trial.id][0] for trial in trials if trial.kind == "ratings"}
    return {name for name, path in first.items() if not getattr(open_staged(path), "explicit", True)}


def _judged_by(trial: Trial) -> list[str]:
    """Return the word sets, and the vectors of others, that a trial reads from the catalog."""
    names = [str(trial.params.get("source", ""))]
    names += [name for task in trial.tasks for name in task_info(task.name).data_of(task.options)]
    return [name for name in names if name in catalog()]


def describe_data(name: str, data: Any, role: str) -> dict[str, str]:
    """Return what a report says about a data set: title, licence, link, size and a digest of its content."""
    facts = {"title": name, "kind": type(data).__name__.lower(), "licence": "", "link": ""}
    if name in catalog():
        info = dataset_info(name)
        facts = {"title": info.title, "kind": info.kind, "licence": info.licence, "link": info.link}
    return {**facts, "summary": data.summary, "fingerprint": data.fingerprint(), "role": role}
