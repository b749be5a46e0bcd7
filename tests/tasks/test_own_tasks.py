"""Tasks of other packages: found, judged by, run in a suite and reported."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import toolkit as tk
from tests.packages import install, visible
from toolkit.errors import MissingDependencyError, ParameterError, ToolkitError, ToolkitWarning, UnknownNameError
from toolkit.metrics.base import _METRICS
from toolkit.tasks import base, task_info, task_names
from toolkit.testing import small_ratings

THEIRS = '''
import numpy as np
import pandas as pd
from toolkit.allowed import Allowed
from toolkit.metrics import MetricInfo, declare
from toolkit.tasks import Score, UnitRules, Units, nothing, sample_of, task

declare(MetricInfo("same_half", "Same half", "higher", 0, 1, "Share of items whose nearest is of the same half."))


def _sample(items, metric):
    return sample_of("mean", items["item"].astype(object), items[metric])


@task("halves", "Halves", "Each item's nearest is of its half.", "same_half", "ratings",
      {"n_halves": Allowed(int, 2)}, units=UnitRules("item", _sample))
def halves(subject, *, n_halves=2):
    """Judge whether an item's nearest neighbour has the same number modulo the halves."""
    item, why = subject.directions("item")
    if item is None:
        yield nothing("halves", "item", "cosine", why)
        return
    cosines = item.unit_vectors @ item.unit_vectors.T
    np.fill_diagonal(cosines, -2)
    half = np.array([int(key) % n_halves for key in item.keys])
    right = (half == half[cosines.argmax(axis=1)]).astype(float)
    cases = pd.DataFrame({"item": pd.Categorical(item.keys)})
    units = Units("halves", "item", "", "cosine", cases, pd.DataFrame({"same_half": right}))
    yield Score("halves", "item", "cosine", "same_half", float(right.mean()), len(right), units=units)


def undecorated(subject):
    return iter(())
'''
ENTRIES = {
    "halves": "their_tasks:halves",
    "undecorated": "their_tasks:undecorated",
    "gone": "their_tasks:gone",
    "nowhere": "no_such_module:it",
}


@pytest.fixture(scope="module", autouse=True)
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A package that brings tasks."""
    folder = install(tmp_path_factory.mktemp("package"), "their_tasks", THEIRS, ENTRIES, "tasks")
    with visible(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "_TASKS", dict(base._TASKS))
        patch.setattr("toolkit.metrics.base._METRICS", dict(_METRICS))
        yield folder


def test_they_stand_behind_our_own() -> None:
    assert set(task_names()[-4:]) == set(ENTRIES)
    assert task_info("halves").kind == "ratings"


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("halvs", UnknownNameError, "unknown task 'halvs'; did you mean 'halves'"),
        ("undecorated", ToolkitError, "registered as their_tasks:undecorated, which is not a task of that name"),
        ("gone", ToolkitError, "registered as their_tasks:gone, which is not there"),
        ("nowhere", MissingDependencyError, r"'nowhere' \(no_such_module:it\) cannot be imported"),
    ],
)
def test_what_is_no_task(name: str, kind: type[ToolkitError], message: str) -> None:
    with pytest.raises(kind, match=message):
        task_info(name)


def test_options_are_checked() -> None:
    with pytest.raises(ParameterError, match="option 'n_halves' of task 'halves' is 1"):
        task_info("halves").check_options({"n_halves": 1})


def test_a_broken_one_keeps_no_other_from_being_done() -> None:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        names = task_names("ratings")
    assert set(names) == {"rating-prediction", "ranking", "item-similarity", "halves"}
    assert {str(warning.message).split(" is ")[0].split(" (")[0] for warning in found} == {
        f"left out: task '{name}'" for name in ("undecorated", "gone", "nowhere")
    }
    assert all(warning.category is ToolkitWarning for warning in found)


def test_judged_by_name() -> None:
    scores = tk.evaluate(tk.PCA(embedding_dim=4), small_ratings(), tasks=["halves"])
    assert scores[["task", "metric", "n"]].to_numpy().tolist() == [["halves", "same_half", 20]]
    assert scores["value"][0] > 0.75  # whose halves are the two tastes of the small ratings


def test_in_a_suite_and_its_report(tmp_path: Path) -> None:
    small_ratings().to_frame().to_csv(tmp_path / "small.csv", index=False)
    (tmp_path / "mine.toml").write_text(f"""
title = "Mine"
[[experiments]]
name = "small"
dataset = "{tmp_path / "small.csv"}"
splits = ["holdout"]
tasks = ["halves"]
embedders = [
    {{ name = "pca", params = {{ embedding_dim = 4 }} }},
    {{ name = "random", params = {{ embedding_dim = 4 }} }},
]
""")
    run = tk.run(tmp_path / "mine.toml", tmp_path / "run", workers=1, quiet=True)
    assert run.ok
    assert run.differences[["task", "metric"]].to_numpy().tolist() == [["halves", "same_half"]]
    text = run.report(tmp_path / "report.md").read_text(encoding="utf-8")
    assert "### Halves" in text
    assert "Share of items whose nearest is of the same half." in text
    base._TASKS.pop("halves")
    sys.modules.pop("their_tasks")
    assert run.report(tmp_path / "again.md").read_text(encoding="utf-8") == text  # as in a process of its own
