"""How tuning chooses: equal budgets, nothing of the test part, the best over all divisions, the same choice again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from tests.harness.tuning import HEAD, Write, body, made, search
from toolkit.data.staged import open_staged, stage
from toolkit.harness import Run, load_suite
from toolkit.harness.data import stage_data
from toolkit.harness.jobs import tuning_jobs
from toolkit.harness.plan import plan
from toolkit.harness.tuning import plan_tunings, prepare_tunings
from toolkit.harness.writer import RunWriter

SHORT = '{ name = "svd", params = { epochs = 5 } }, { name = "als", params = { embedding_dim = 3 } }'


@pytest.fixture(scope="module")
def clean(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A tuned run of two methods; only to be read."""
    folder = tmp_path_factory.mktemp("clean")
    (folder / "small.toml").write_text(HEAD.format(data=films) + body(SHORT, "trials = 4"))
    return tk.run(folder / "small.toml", out=folder / "run", workers=1, quiet=True)


def test_the_same_again(clean: Run, suite: Write, tmp_path: Path) -> None:
    again = tk.run(suite(body(SHORT, "trials = 4")), out=tmp_path / "run", workers=1, quiet=True)
    assert len(clean.tuning) == 2 * 4
    tables = [run.tuning.drop(columns="seconds") for run in (clean, again)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    pd.testing.assert_frame_equal(clean.scores, again.scores, check_exact=True)


def test_a_poisoned_test_part_changes_no_choice(
    clean: Run, suite: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands in the test part: the same candidates, the same values on the part held out, the same choice."""

    def poisoned(trials, folder):
        descriptions, files = stage_data(trials, folder)
        for _, path in set(files.values()):
            test = open_staged(path)
            path.unlink()
            garbage = np.where(np.arange(len(test)) % 2, 1e30, -1e30)
            stage(dataclasses.replace(test, values=garbage, item_keys="x" + test.item_keys), path)
        return descriptions, files

    monkeypatch.setattr("toolkit.harness.runner.stage_data", poisoned)
    dirty = tk.run(suite(body(SHORT, "trials = 4")), out=tmp_path / "run", workers=1, quiet=True)
    tables = [run.tuning.drop(columns="seconds") for run in (clean, dirty)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    chosen = [run.trials.set_index("trial")["parameters"].to_dict() for run in (clean, dirty)]
    assert chosen[0] == chosen[1]
    errors = [run.scores.loc[run.scores["metric"] == "rmse", "value"].min() for run in (clean, dirty)]
    assert errors[0] < 2, errors
    assert errors[1] > 1e29, "the poison did reach the scores"


def test_a_tuning_job_is_not_even_told_where_the_test_part_is(suite: Write, tmp_path: Path) -> None:
    loaded = load_suite(suite(body('"pca", "svd"')))
    trials = plan(loaded)
    files = {trial.id: (tmp_path / "seen.train.arrow", tmp_path / "secret.test.arrow") for trial in trials}
    (tmp_path / "seen.train.arrow").touch()
    made(tmp_path / "run")
    tunings = prepare_tunings(loaded, plan_tunings(loaded, trials))
    writer = RunWriter(tmp_path / "run", trials, tunings=tunings)
    jobs = tuning_jobs(tunings, files, 1, writer)
    assert len(jobs) == 2
    for job in jobs:
        tuning, *others = job.arguments
        assert job.data == (tmp_path / "seen.train.arrow",)
        assert "secret" not in f"{dataclasses.asdict(tuning)} {others}"


def test_all_candidates_of_a_fold_see_the_same_division(
    suite: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def watched(objective, name, params, train, validation):
        seen.append((name, train.fingerprint(), validation.fingerprint()))
        return float(len(seen))

    monkeypatch.setattr("toolkit.harness.tuning.judge", watched)
    tune = "trials = 3\nvalidation = 0.25\ndivisions = 1"
    path = suite(body('"pca", "svd", { name = "als", seeds = [5] }', tune=tune))
    search(path, tmp_path / "search")
    assert [name for name, *_ in seen] == ["pca"] * 3 + ["svd"] * 3 + ["als"] * 3
    assert len({parts for _, *parts in map(tuple, seen) for parts in [tuple(parts)]}) == 1
    train, _ = tk.load_ratings(load_suite(path).experiments[0].dataset).split("holdout")
    inner, validation = train.split("holdout", test_size=0.25, random_state=0)
    assert seen[0][1:] == (inner.fingerprint(), validation.fingerprint())


@pytest.mark.parametrize(
    ("metric", "values", "confirmed", "chosen"),
    [
        # a candidate: its value, and if it is confirmed, those on two more divisions
        ("rmse", [[0.5, 0.6, 0.7], [0.9], [0.5], [0.7]], [0.6, None, None, None], 0),
        ("rmse", [[0.5, 0.6, 0.7], [0.4, 0.5, 0.6], [0.45], [0.3, 0.6, 0.61]], [0.6, 0.5, None, 1.51 / 3], 1),
        (
            "rmse",
            [[0.5, 0.6, 0.7], [0.4, 0.9, 0.9], [0.45, 0.5, 0.5], [0.46]],
            [0.6, 2.2 / 3, 1.45 / 3, None],
            2,
        ),
        ("recall@3", [[0.5, 0.6, 0.7], [0.9, 0.6, 0.7], [0.8], [0.95, 0.1, 0.1]], [0.6, 2.2 / 3, None, 1.15 / 3], 1),
    ],
)
def test_the_choice_is_the_best_over_all_divisions_and_never_worse_than_the_suites_own(
    suite: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    metric: str,
    values: list[list[float]],
    confirmed: list[float | None],
    chosen: int,
) -> None:
    given = iter([value for of_candidate in values for value in of_candidate])
    monkeypatch.setattr("toolkit.harness.tuning.judge", lambda *_: next(given))
    task = "ranking" if "@" in metric else "rating-prediction"
    tune = f'trials = 4\ntask = "{task}"\nmetric = "{metric}"'
    path = suite(body('{ name = "svd", params = { embedding_dim = 9 } }', tune=tune))
    (outcome,) = search(path, tmp_path / "search")
    assert [row["value"] for row in outcome.rows] == [first for first, *_ in values]
    assert [row["confirmed"] for row in outcome.rows] == [value and pytest.approx(value) for value in confirmed]
    assert [row["number"] for row in outcome.rows if row["chosen"]] == [chosen]
    assert (outcome.params["embedding_dim"] == 9) == (chosen == 0)
    assert next(given, None) is None


def test_every_division_is_another_one(suite: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(objective, name, params, train, validation):
        seen.append(validation.fingerprint())
        return 1.0

    monkeypatch.setattr("toolkit.harness.tuning.judge", watched)
    search(suite(body('"svd", "pca"', tune="trials = 2\ndivisions = 4")), tmp_path / "search")
    assert len(seen) == 2 * (4 + 1), "equally good is not better"
    assert seen[:4] == seen[5:9]
    assert len(set(seen)) == 4


def test_a_value_outside_the_space_is_tried_as_it_is(suite: Write, tmp_path: Path) -> None:
    embedder = '{ name = "svd", params = { epochs = 1, regularization = 0.0, biased = false } }'
    (outcome,) = search(suite(body(embedder, tune="trials = 3")), tmp_path / "search")
    own, *others = (json.loads(row["parameters"]) for row in outcome.rows)
    assert (own["epochs"], own["regularization"]) == (1, 0.0)
    assert all(params["epochs"] >= 10 and params["regularization"] > 0 for params in others)
    assert all(params["biased"] is False for params in (own, *others)), "what the space does not name stays"
    assert [row["state"] for row in outcome.rows] == ["ok"] * 3


def test_dimensions_stay_below_the_rank_of_the_data(suite: Write, tmp_path: Path) -> None:
    (outcome,) = search(
        suite(body('{ name = "pca", params = { embedding_dim = 4 } }', tune="trials = 12")), tmp_path / "s"
    )
    assert [row["state"] for row in outcome.rows] == ["ok"] * 12
    assert max(json.loads(row["parameters"])["embedding_dim"] for row in outcome.rows) <= 19
