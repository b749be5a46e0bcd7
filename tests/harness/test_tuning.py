"""Tuning: equal budgets, nothing of the test part, failures kept, the same choice again."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest

import toolkit as tk
from toolkit import registry
from toolkit.data.staged import open_staged, stage
from toolkit.harness import Run, load_suite
from toolkit.harness.candidates import database
from toolkit.harness.data import stage_data
from toolkit.harness.jobs import tuning_jobs
from toolkit.harness.plan import plan
from toolkit.harness.store import RunWriter, prepare_directory
from toolkit.harness.tables import TUNING_COLUMNS
from toolkit.harness.trial import Outcome
from toolkit.harness.tuning import TuningOutcome, plan_tunings, prepare_tunings, run_tuning

Write = Callable[..., Path]
HEAD = 'title = "Small"\n[[experiments]]\nname = "films"\ndataset = "{data}"\n'
SEARCHED = """
import os
import time
import numpy as np
from toolkit import Embedder, Embedding
from toolkit.search import Whole


class Searched(Embedder):
    '''Good near 9 dimensions; what a test asks for happens from 14 on.'''

    view = "none"
    search_space = {"embedding_dim": Whole(2, 18)}

    def __init__(self, embedding_dim=5, fault="", random_state=0):
        self.embedding_dim = embedding_dim
        self.fault = fault
        self.random_state = random_state

    def _learn(self, data):
        self.train_ = data
        if self.fault == "slow":
            time.sleep(0.2)
        if self.embedding_dim >= 14:
            if self.fault == "raise":
                raise ValueError("too many" + chr(10) + "dimensions")
            if self.fault == "exit":
                os._exit(9)
        return [Embedding(data.item_keys, np.ones((len(data.item_keys), self.embedding_dim)))]

    def predict(self, users, items):
        if self.fault == "nan" and self.embedding_dim >= 14:
            return np.full(len(list(users)), np.nan)
        middle = np.mean(self.train_.scale)
        return np.full(len(list(users)), middle + abs(self.embedding_dim - 9) / 30)
"""


@pytest.fixture
def searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An embedder ``searched`` that was installed with a package of its own."""
    package = tmp_path / "package"
    (package / "searched-1.0.dist-info").mkdir(parents=True)
    (package / "searched.py").write_text(SEARCHED)
    (package / "searched-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: searched\nVersion: 1.0\n"
    )
    (package / "searched-1.0.dist-info" / "entry_points.txt").write_text(
        "[toolkit.embedders]\nsearched = searched:Searched\n"
    )
    monkeypatch.syspath_prepend(package)
    registry._entries.cache_clear()
    yield
    registry._entries.cache_clear()
    sys.modules.pop("searched", None)


def body(embedders: str, tune: str = "trials = 6") -> str:
    return f'splits = ["holdout"]\ntasks = ["rating-prediction"]\nembedders = [{embedders}]\n[tune]\n{tune}\n'


def search(path: Path, folder: Path, only: list[str] | None = None) -> list[TuningOutcome]:
    """Plan a suite's tunings and carry them out in this process."""
    loaded = load_suite(path)
    folder.mkdir(exist_ok=True)
    tunings = prepare_tunings(loaded, plan_tunings(loaded, plan(loaded, only or [])), folder)
    outcomes = []
    for tuning in tunings:
        trial = tuning.trials[0]
        train, _ = tk.load_ratings(trial.dataset).split(trial.split_method, **trial.split_options)
        stage(train, folder / "train.arrow")
        outcomes.append(run_tuning(tuning, folder / "train.arrow", threads=1))
    return outcomes


@pytest.fixture(scope="module")
def tuned(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A tuned run with two folds, two dimensions and two seeds; only to be read."""
    folder = tmp_path_factory.mktemp("tuned")
    (folder / "small.toml").write_text(f"""
title = "Small"
seeds = [3, 4]
[tune]
trials = 4
[[experiments]]
name = "films"
dataset = "{films}"
splits = [{{ name = "kfold", folds = [1, 2] }}]
dims = [3, 5]
tasks = ["rating-prediction", "item-similarity"]
embedders = ["bias", "pca", {{ name = "svd", label = "SVD", params = {{ epochs = 12 }} }}]
""")
    return tk.run(folder / "small.toml", out=folder / "run", workers=2, quiet=True)


def test_what_was_tried_is_kept(tuned: Run) -> None:
    table = tuned.tuning
    assert table.columns.tolist() == TUNING_COLUMNS
    groups = table.groupby(["experiment", "split", "fold", "embedder"], sort=False)
    assert list(groups.groups) == [("films", "kfold", fold, label) for fold in "12" for label in ("pca", "SVD")]
    for (_, _, _, label), rows in groups:
        assert rows["number"].tolist() == [0, 1, 2, 3], "the same number of candidates for each"
        assert rows["chosen"].sum() == 1
        assert rows.loc[rows["chosen"], "confirmed"].item() == rows["confirmed"].min()
        leads = rows["value"] < rows["value"].where(rows["confirmed"].notna()).cummin().shift(fill_value=np.inf)
        assert (rows["confirmed"].notna() >= (leads | (rows["number"] < 2))).all(), "and with them the suite's own"
        assert (rows["state"] == "ok").all()
        assert (rows["seconds"] >= 0).all()
        assert set(rows["readout"]) == {"native" if label == "SVD" else "ridge-two-sided"}
    assert set(table["task"]) == {"rating-prediction"}
    assert set(table["metric"]) == {"rmse"}
    assert (table["error"] == "").all()


def test_the_suites_own_parameters_come_first(tuned: Run) -> None:
    rows = tuned.tuning[tuned.tuning["embedder"] == "SVD"]
    own = [json.loads(text) for text in rows.loc[rows["number"] < 2, "parameters"]]
    assert [params["embedding_dim"] for params in own] == [3, 5, 3, 5]
    assert all(params["epochs"] == 12 and params["learning_rate"] == 0.005 for params in own)
    later = [json.loads(text) for text in rows.loc[rows["number"] >= 2, "parameters"]]
    assert len({params["learning_rate"] for params in later}) > 1


def test_tuned_rows_stand_beside_the_others(tuned: Run) -> None:
    assert tuned.ok
    trials = tuned.trials
    assert trials["tuned"].dtype == bool
    assert set(trials.loc[trials["tuned"], "embedder"]) == {"pca (tuned)", "SVD (tuned)"}
    first = trials[trials["fold"] == "1"]
    assert first["embedder"].drop_duplicates().tolist() == ["bias", "pca", "pca (tuned)", "SVD", "SVD (tuned)"]
    assert first.loc[first["tuned"], "trial"].tolist()[:2] == ["films-002-tuned", "films-003-tuned"]
    table = tuned.tuning[tuned.tuning["chosen"]].set_index(["fold", "embedder"])["parameters"]
    for row in trials[trials["tuned"]].itertuples():
        chosen = json.loads(table[row.fold, row.embedder.removesuffix(" (tuned)")])
        assert json.loads(row.parameters) == {**chosen, "random_state": row.seed}
    assert trials.loc[trials["tuned"], "seed"].tolist() == [3, 4] * 4
    tuned_scores = tuned.scores[tuned.scores["embedder"] == "SVD (tuned)"]
    assert set(tuned_scores["readout"]) >= {"native", "ridge-two-sided"}


def test_a_report_of_a_tuned_run(tuned: Run, tmp_path: Path) -> None:
    for suffix in ("html", "md", "csv", "tex"):
        text = tuned.report(tmp_path / f"report.{suffix}").read_text()
        assert "SVD (tuned)" in text
        assert "nan" not in text


@pytest.mark.parametrize(("dims", "shown"), [((4, 4), 4), ((4, 7), None)])
def test_folds_that_chose_other_dimensions_are_one_row(
    suite: Write, tmp_path: Path, dims: tuple[int, int], shown: int | None
) -> None:
    text = body('{ name = "svd", params = { embedding_dim = 3 } }')
    loaded = load_suite(suite(text.replace('["holdout"]', '[{ name = "kfold", folds = [1, 2] }]')))
    trials = plan(loaded)
    prepare_directory(tmp_path / "run", fresh=False)
    tunings = plan_tunings(loaded, trials)
    writer = RunWriter(tmp_path / "run", trials, tunings=tunings)
    for tuning, dim in zip(tunings, dims, strict=True):
        writer.add_tuning(TuningOutcome(tuning, "ok", params={"embedding_dim": dim}))
    waiting = writer.waiting(trials)
    assert [trial.params["embedding_dim"] for trial in waiting if trial.tuned] == list(dims)
    for trial in waiting:
        score = {"task": "ranking", "entity": "item", "readout": "native", "metric": "auc", "value": 0.5, "n": 1}
        writer.add(Outcome(trial.id, "ok", embedding_dim=trial.params["embedding_dim"], scores=[score]))
    for table in (Run(writer.path).trials, Run(writer.path).scores):
        found = table.set_index("embedder")["embedding_dim"]
        assert found["svd"].tolist() == [3, 3]
        assert found["svd (tuned)"].isna().all() if shown is None else (found["svd (tuned)"] == shown).all()


def test_run_json_tells_how_it_was_tuned(tuned: Run) -> None:
    assert tuned.info["suite"]["tune"]["trials"] == 4
    assert tuned.info["versions"]["optuna"] == optuna.__version__


def test_the_studies_can_be_opened_by_others(tuned: Run) -> None:
    url = database("", tuned.path)
    assert sorted(optuna.get_all_study_names(url)) == [
        *("films kfold 1 SVD", "films kfold 1 pca", "films kfold 2 SVD", "films kfold 2 pca")
    ]
    study = optuna.load_study(study_name="films kfold 2 SVD", storage=url)
    rows = tuned.tuning[(tuned.tuning["fold"] == "2") & (tuned.tuning["embedder"] == "SVD")]
    assert [trial.value for trial in study.trials] == rows["value"].tolist()
    assert study.trials[rows.loc[rows["chosen"], "number"].item()].user_attrs["confirmed"] == rows["confirmed"].min()


def test_no_tuning_no_table(films: Path, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(
        f'title = "Small"\n[[experiments]]\nname = "films"\ndataset = "{films}"\nsplits = ["holdout"]\n'
        'tasks = ["ranking"]\nembedders = ["popularity"]\n'
    )
    run = tk.run(tmp_path / "small.toml", out=tmp_path / "run", quiet=True)
    assert run.tuning.empty
    assert run.tuning.columns.tolist() == TUNING_COLUMNS
    assert not run.trials["tuned"].any()
    assert not list(run.path.glob("tuning.*"))


def test_a_run_from_before_there_was_tuning(tuned: Run, tmp_path: Path) -> None:
    trials = pd.read_csv(tuned.path / "trials.csv", dtype=str, keep_default_na=False).drop(columns="tuned")
    trials.to_csv(tmp_path / "trials.csv", index=False)
    assert not Run(tmp_path).trials["tuned"].any()


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
    prepare_directory(tmp_path / "run", fresh=False)
    tunings = prepare_tunings(loaded, plan_tunings(loaded, trials), tmp_path / "run")
    writer = RunWriter(tmp_path / "run", trials, tunings=tunings)
    jobs = tuning_jobs(tunings, files, 1, writer)
    assert len(jobs) == 2
    for job in jobs:
        tuning, *others = job.arguments
        assert tmp_path / "seen.train.arrow" in others
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


@pytest.mark.usefixtures("searched")
@pytest.mark.parametrize(
    ("fault", "error"), [("raise", "ValueError: too many dimensions"), ("nan", "ParameterError: predicted holds nan")]
)
def test_a_candidate_that_fails_is_kept_and_tuning_goes_on(
    suite: Write, tmp_path: Path, fault: str, error: str
) -> None:
    path = suite(
        body(f'{{ name = "searched", params = {{ fault = "{fault}", embedding_dim = 35 }} }}', tune="trials = 12")
    )
    run = tk.run(path, out=tmp_path / "run", workers=1, quiet=True)
    table = run.tuning
    dims = table["parameters"].map(lambda text: json.loads(text)["embedding_dim"])
    failed = table["state"] == "failed"
    assert len(table) == 12
    assert failed.tolist() == (dims >= 14).tolist()
    assert failed.iloc[0], "the suite's own"
    assert 1 < failed.sum() < 12
    assert table.loc[failed, "value"].isna().all()
    assert table.loc[failed, "error"].str.contains(error).all()
    assert not table["error"].str.contains("\n").any()
    assert (table.loc[~failed, "error"] == "").all()
    best = dims[table["chosen"]].item()
    assert abs(best - 9) == (dims[~failed] - 9).abs().min()
    assert json.loads(run.trials.loc[run.trials["tuned"], "parameters"].item())["embedding_dim"] == best


@pytest.mark.usefixtures("searched")
def test_a_method_of_which_every_candidate_failed(suite: Write, tmp_path: Path) -> None:
    path = suite(
        body('{ name = "searched", params = { fault = "raise", embedding_dim = 35 } }, "svd"', tune="trials = 1")
    )
    run = tk.run(path, out=tmp_path / "run", workers=1, quiet=True)
    rows = run.trials.set_index("embedder")
    assert rows.loc["searched (tuned)", "status"] == "failed"
    assert "tuning: none of 1 candidates could be judged; the last: ValueError" in rows.loc["searched (tuned)", "error"]
    assert rows.loc["svd (tuned)", "status"] == "ok"
    assert run.failures == 2, "its own trial and the tuned one"
    assert run.tuning["chosen"].tolist() == [False, True]


@pytest.mark.usefixtures("searched")
def test_what_was_tried_before_a_crash_is_kept(suite: Write, tmp_path: Path) -> None:
    path = suite(body('{ name = "searched", params = { fault = "exit" } }, "svd"', tune="trials = 25"))
    run = tk.run(path, out=tmp_path / "run", only=["searched"], workers=1, quiet=True)
    table = run.tuning
    assert table["state"].tolist() == ["ok"] * (len(table) - 1) + ["stopped"]
    assert json.loads(table["parameters"].iloc[-1])["embedding_dim"] >= 14
    assert not table["chosen"].any()
    rows = run.trials.set_index("embedder")
    assert rows.loc["searched", "status"] == "ok"
    assert rows.loc["searched (tuned)", "status"] == "crashed"
    assert rows.loc["searched (tuned)", "error"] == "tuning: its process ended with exit code 9"


@pytest.mark.usefixtures("searched")
def test_timeout_ends_a_tuning(suite: Write, tmp_path: Path) -> None:
    path = suite(body('{ name = "searched", params = { fault = "slow" } }', tune="trials = 1000"))
    run = tk.run(path, out=tmp_path / "run", workers=1, timeout=4, quiet=True)
    rows = run.trials.set_index("embedder")
    assert rows["status"].to_dict() == {"searched": "ok", "searched (tuned)": "timeout"}
    assert rows.loc["searched (tuned)", "error"] == "tuning: took longer than 4 s"
    assert len(run.tuning) > 1
    assert set(run.tuning["state"]) <= {"ok", "stopped"}


@pytest.mark.usefixtures("searched")
def test_seconds_for_each_method(suite: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked before each candidate begins; the first one always does."""
    clock = iter(range(10_000))
    monkeypatch.setattr("toolkit.harness.tuning.monotonic", lambda: float(next(clock)))
    path = suite(body('"searched", { name = "searched", label = "again" }', tune="seconds = 30"))
    one, two = search(path, tmp_path / "search")
    assert 3 < len(one.rows) == len(two.rows) < 30
    assert sum(row["seconds"] for row in one.rows) <= 30
    (short,) = search(suite(body('"searched"', tune="seconds = 0.5")), tmp_path / "short")
    assert len(short.rows) == 1


def test_an_elsewhere_kept_database_serves_several_runs(suite: Write, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    path = suite(body('{ name = "svd", params = { epochs = 5 } }', tune=f'trials = 3\nstorage = "{url}"'))
    first = tk.run(path, out=tmp_path / "first", workers=1, quiet=True)
    second = tk.run(path, out=tmp_path / "second", workers=1, quiet=True)
    assert not list(first.path.glob("tuning.db"))
    assert sorted(optuna.get_all_study_names(url)) == ["films holdout svd", "films holdout svd (2)"]
    for run, name in ((first, "films holdout svd"), (second, "films holdout svd (2)")):
        study = optuna.load_study(study_name=name, storage=url)
        assert [trial.value for trial in study.trials] == run.tuning["value"].tolist()
    assert first.info["suite"]["tune"]["storage"] == url


def test_words_stay_as_they_are(suite: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat sat\nthe dog sat\nthe car drove\n" * 20)
    (tmp_path / "mine.tsv").write_text("cat\tdog\t9\ncat\tcar\t2\ndog\tsat\t1\n")
    words = f"""
[[experiments]]
name = "words"
dataset = "{text}"
options = {{ min_count = 1, window = 2 }}
tasks = [{{ name = "word-similarity", options = {{ pairs = ["{tmp_path / "mine.tsv"}"] }} }}]
embedders = [{{ name = "ppmi-svd", params = {{ embedding_dim = 3 }} }}]
"""
    run = tk.run(suite(body('{ name = "pca", params = { embedding_dim = 3 } }') + words), out=tmp_path / "run", tune=2)
    assert run.trials["embedder"].tolist() == ["pca", "pca (tuned)", "ppmi-svd"]
    assert run.info["command"].endswith("--tune 2")
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "not tuned: words; tuning needs ratings to hold out, and a method with a search space"
    assert sum(line.startswith("[") for line in told) == 4, "three trials and a tuning"
    assert any("tune films holdout pca: 2 tried, rmse " in line for line in told)


def test_what_is_not_there_is_not_tuned(suite: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry.embedder_class("svd"), "module", "no_such_module")
    path = suite(body('"svd", { name = "pca", params = { embedding_dim = 3 } }', tune="trials = 2"))
    run = tk.run(path, out=tmp_path / "run", quiet=True)
    assert run.trials.set_index("embedder")["status"].to_dict() == {
        "svd": "left out",
        "svd (tuned)": "left out",
        "pca": "ok",
        "pca (tuned)": "ok",
    }
    assert set(run.tuning["embedder"]) == {"pca"}
    assert run.ok


def test_only_one_method_is_tuned_alone(suite: Write) -> None:
    loaded = load_suite(suite(body('"svd", "pca"')))
    chosen = plan(loaded, ["pca"])
    assert [(trial.id, trial.label) for trial in chosen] == [("films-002", "pca"), ("films-002-tuned", "pca (tuned)")]
    assert [tuning.name for tuning in plan_tunings(loaded, chosen)] == ["films holdout pca"]
