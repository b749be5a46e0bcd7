"""What a tuned run holds: what was tried, the tuned rows beside the others, and what stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest

import toolkit as tk
from tests.harness.tuning import Write, body, made
from toolkit import registry
from toolkit.harness import Run, load_suite
from toolkit.harness.candidates import database
from toolkit.harness.plan import plan
from toolkit.harness.tables import TUNING_COLUMNS
from toolkit.harness.trial import Outcome
from toolkit.harness.tuning import TuningOutcome, plan_tunings
from toolkit.harness.writer import RunWriter


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
    made(tmp_path / "run")
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


def test_a_tuning_that_is_kept_is_not_done_again(tuned: Run, tmp_path: Path) -> None:
    """Not even where the experiment has another name; what was tried can be opened under the new one."""
    text = (tuned.path.parent / "small.toml").read_text().replace('name = "films"', 'name = "movies"')
    (tmp_path / "small.toml").write_text(text)
    again = tk.run(tmp_path / "small.toml", out=tmp_path / "run", store=tuned.path / "store", workers=1, quiet=True)
    columns = [name for name in TUNING_COLUMNS if name != "experiment"]
    pd.testing.assert_frame_equal(again.tuning[columns], tuned.tuning[columns], check_exact=True)
    assert again.scores["value"].tolist() == pytest.approx(tuned.scores["value"].tolist(), abs=0, nan_ok=True)
    names = optuna.get_all_study_names(database("", again.path))
    assert sorted(names) == [f"movies kfold {fold} {label}" for fold in "12" for label in ("SVD", "pca")]
    assert again.info["kept"] >= len(again.trials) + len(names)
