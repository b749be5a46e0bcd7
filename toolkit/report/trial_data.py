"""The fits behind each row of a leaderboard, as the page shows them on a click."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, dimension, megabytes, seconds

KEYS = ["experiment", "embedder", "embedding_dim"]
TITLES = ("Split", "Fold", "Seed", "Status", "Fit (s)", "CPU (s)", "Evaluation (s)", "Peak memory (MB)", "Error")


def trial_groups(results: Results) -> dict[tuple[str, str, str], int]:
    """Return the number of each group of fits: those of one experiment, embedder and dimension.

    Parameters
    ----------
    results : Results
        A run.

    Returns
    -------
    dict
        From the experiment, the embedder and the dimension as it is written to a number, in the order of the run.
    """
    return {key: number for number, key in enumerate(dict.fromkeys(_keys(results.trials)))}


def trial_data(results: Results) -> dict[str, Any]:
    """Return all fits of a run, as texts.

    Parameters
    ----------
    results : Results
        A run.

    Returns
    -------
    dict
        ``titles``, the headings of a table of fits; ``parameters``, each set of them once, as pairs of name and value;
        ``groups``, in the order of `trial_groups`, each with its name, its facts and its fits: the number of the
        parameters, then a text a heading.
    """
    titles = {experiment.name: experiment.title for experiment in results.info.suite.experiments}
    sets: dict[str, int] = {}
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    for key, trial in zip(_keys(results.trials), results.trials.itertuples(), strict=True):
        facts = {"Experiment": titles[key[0]], "Embedder": trial.name, "Library": trial.library, "Dimension": key[2]}
        group = groups.setdefault(key, {"name": key[1], "facts": [*facts.items()], "fits": []})
        group["fits"].append([sets.setdefault(trial.parameters, len(sets)), *_texts(trial)])
    return {"titles": TITLES, "parameters": [_pairs(text) for text in sets], "groups": [*groups.values()]}


def _keys(trials: pd.DataFrame) -> list[tuple[str, str, str]]:
    return [(key[0], key[1], dimension(key[2])) for key in zip(*(trials[name] for name in KEYS), strict=True)]


def _texts(trial: Any) -> list[str]:
    times = map(seconds, (trial.fit_seconds, trial.cpu_seconds, trial.evaluate_seconds))
    place = (str(text) if text != "" else MISSING for text in (trial.split, trial.fold, trial.seed))
    return [*place, trial.status, *times, megabytes(trial.peak_memory_mb), trial.error]


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return parameters as pairs of name and value; what is no JSON object stands as it is."""
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    if not isinstance(found, dict):
        return [("parameters", text)] if text else []
    return [(name, json.dumps(value, ensure_ascii=False)) for name, value in found.items()]
