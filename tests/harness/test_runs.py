"""Whole runs on a small table: what is written, that it can be repeated, and that nothing is written over."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit.blas import kernels
from toolkit.errors import DataError
from toolkit.harness import Run

Write = Callable[..., Path]
FIRST_COLUMNS = [
    *("dataset", "split", "fold", "seed", "embedder", "embedding_dim"),
    *("entity", "task", "readout", "metric", "value", "n"),
]
SUITE = """
title = "Small"
seeds = [0, 1]

[[experiments]]
name = "films"
dataset = "{films}"
splits = ["holdout", {{ name = "kfold", folds = [2] }}]
tasks = ["rating-prediction", {{ name = "ranking", options = {{ k = 3 }} }}, "item-similarity"]
embedders = [
    "bias",
    {{ name = "pca", params = {{ embedding_dim = 3 }} }},
    {{ name = "pca", label = "pca, too large", params = {{ embedding_dim = 99 }} }},
    {{ name = "svd", params = {{ embedding_dim = 2, epochs = 3 }} }},
]
"""


@pytest.fixture(scope="module")
def finished(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run in which some trials fail; only to be read."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.toml").write_text(SUITE.format(films=films))
    return tk.run(folder / "small.toml", out=folder / "run", workers=2, quiet=True)


def test_a_row_for_every_trial(finished: Run) -> None:
    trials = finished.trials
    assert trials["trial"].tolist() == [f"films-{number:03d}" for number in range(1, 15)]
    assert (trials["status"] == "ok").tolist() == (trials["embedder"] != "pca, too large").tolist()
    assert not finished.ok
    assert set(trials["fold"]) == {"", "2"}
    assert trials.groupby("embedder")["seed"].apply(set).to_dict() == {
        "bias": {0},
        "pca": {0, 1},
        "pca, too large": {0, 1},
        "svd": {0, 1},
    }
    rows = trials.set_index("embedder")
    assert rows.loc["bias", ["name", "library", "is_null"]].drop_duplicates().to_numpy().tolist() == [
        ["bias", "embedding-comparison-toolkit", True]
    ]
    assert rows.loc["svd", ["name", "library", "is_null"]].drop_duplicates().to_numpy().tolist() == [
        ["svd", "scikit-surprise", False]
    ]
    assert json.loads(rows.loc["svd", "parameters"].iloc[0]) == {"embedding_dim": 2, "epochs": 3, "random_state": 0}
    assert rows["embedding_dim"].groupby(level=0).first().to_dict() == {
        "bias": 1,
        "pca": 3,
        "pca, too large": 99,
        "svd": 2,
    }


def test_times_and_memory_are_measured(finished: Run) -> None:
    done = finished.trials[finished.trials["status"] == "ok"]
    for column in ("fit_seconds", "cpu_seconds", "evaluate_seconds", "peak_memory_mb"):
        assert done[column].between(0, 1000).all(), column
    assert (done["fit_seconds"] > 0).all()
    assert (done["evaluate_seconds"] > 0).all()


def test_a_trial_that_failed_says_why(finished: Run) -> None:
    failed = finished.trials[finished.trials["status"] != "ok"]
    assert set(failed["status"]) == {"failed"}
    assert all("embedding_dim is 99; a matrix of 40 users by 20 items allows at most 19" in e for e in failed["error"])
    assert not failed["error"].str.contains("\n").any()
    assert failed["fit_seconds"].isna().all()
    assert sorted(path.stem for path in (finished.path / "errors").iterdir()) == sorted(failed["trial"])
    trace = (finished.path / "errors" / f"{failed['trial'].iloc[0]}.txt").read_text()
    assert trace.startswith("Traceback")
    assert "ParameterError" in trace
    assert not set(failed["trial"]) & set(finished.scores["trial"])


def test_scores_begin_with_the_columns_that_others_rely_on(finished: Run, films: Path) -> None:
    with (finished.path / "scores.csv").open(newline="") as stream:
        assert next(csv.reader(stream))[:12] == FIRST_COLUMNS
    scores = finished.scores
    assert scores.columns[:12].tolist() == FIRST_COLUMNS
    assert set(scores["dataset"]) == {str(films)}
    assert scores[["seed", "embedding_dim", "n"]].dtypes.astype(str).tolist() == ["int64"] * 3
    assert scores["value"].dtype == np.float64
    assert set(scores["metric"]) >= {"rmse", "mae", "rmse_user", "coverage", "ndcg@3", "recall@3", "mrr", "auc"}
    assert (scores["value"].isna() == (scores["note"] != "")).all()
    assert (scores.loc[scores["note"] == "", "n"] > 0).all()


def test_notes_say_why_there_is_no_number(finished: Run) -> None:
    notes = finished.scores[finished.scores["note"] != ""]
    found = {(row.embedder, row.task, row.readout): row.note for row in notes.itertuples()}
    flat = "bias has item vectors of one dimension: scaled to length 1, nothing is left of them"
    no_genres = "the data has no column 'genres' about its items"
    assert found == {
        ("pca", "rating-prediction", "native"): "pca has no predictor of ratings of its own",
        **{
            ("bias", task, readout): flat
            for task in ("rating-prediction", "ranking")
            for readout in ("dot", "cosine", "ridge", "ridge-two-sided")
        },
        ("bias", "item-similarity", "cosine"): no_genres,
        ("pca", "item-similarity", "cosine"): no_genres,
        ("svd", "item-similarity", "cosine"): no_genres,
    }


def test_scores_are_those_of_evaluate(finished: Run, films: Path) -> None:
    data = tk.load_ratings(films).split("kfold", fold=2)
    expected = tk.evaluate(tk.SVD(2, epochs=3, random_state=1), data, tasks=["rating-prediction"])
    scores = finished.scores
    rows = scores[(scores["embedder"] == "svd") & (scores["fold"] == "2") & (scores["seed"] == 1)]
    found = rows[rows["task"] == "rating-prediction"]
    assert found["metric"].tolist() == expected["metric"].tolist()
    assert found["value"].to_numpy() == pytest.approx(expected["value"].to_numpy(), abs=1e-9)


def test_vectors_are_kept(finished: Run, films: Path) -> None:
    done = finished.trials[finished.trials["status"] == "ok"]
    assert len(list((finished.path / "embeddings").iterdir())) == 2 * len(done)
    trial = done[(done["embedder"] == "pca") & (done["fold"] == "2")].iloc[0]
    train, _ = tk.load_ratings(films).split("kfold", fold=2)
    for entity, keys in (("item", train.item_keys), ("user", train.user_keys)):
        kept = finished.embedding(trial["trial"], entity)
        expected = tk.PCA(3, random_state=0).fit(train).embedding(entity)
        assert (kept.entity, kept.keys.tolist()) == (entity, keys.tolist())
        np.testing.assert_allclose(np.abs(kept.vectors), np.abs(expected.vectors), atol=1e-4)
    with pytest.raises(DataError, match="no such file"):
        finished.embedding("films-999", "item")


def test_what_run_json_says(finished: Run, films: Path) -> None:
    info = json.loads((finished.path / "run.json").read_text())
    assert finished.info == info
    assert set(info) == {"format", "suite", "command", "started", "seconds", "kept", "versions", "machine", "datasets"}
    assert info["suite"]["seeds"] == [0, 1]
    (experiment,) = info["suite"]["experiments"]
    assert [embedder["name"] for embedder in experiment["embedders"]] == ["bias", "pca", "pca", "svd"]
    assert info["seconds"] > 0
    assert info["versions"]["numpy"] == np.__version__
    assert info["machine"]["workers"] == 2
    assert set(info["machine"]["blas"].split(", ")) <= {*kernels(), ""}
    assert info["datasets"] == {
        str(films): {
            "title": str(films),
            "kind": "ratings",
            "licence": "",
            "link": "",
            "summary": tk.load_ratings(films).summary,
            "fingerprint": tk.load_ratings(films).fingerprint(),
            "role": "training",
        }
    }


def test_a_run_can_be_opened(finished: Run) -> None:
    again = tk.open_run(str(finished.path))
    pd.testing.assert_frame_equal(again.scores, finished.scores)
    pd.testing.assert_frame_equal(again.trials, finished.trials)
    assert again.path == finished.path


def test_the_same_scores_again_and_with_one_worker(finished: Run, films: Path, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SUITE.format(films=films))
    alone = tk.run(tmp_path / "small.toml", out=tmp_path / "alone", workers=1, quiet=True)
    again = tk.run(tmp_path / "small.toml", out=tmp_path / "again", workers=1, quiet=True)
    pd.testing.assert_frame_equal(again.scores, alone.scores, check_exact=True)
    pd.testing.assert_frame_equal(alone.scores, finished.scores, check_exact=False, rtol=1e-6)
    measured = ["fit_seconds", "cpu_seconds", "evaluate_seconds", "peak_memory_mb"]
    pd.testing.assert_frame_equal(
        alone.trials.drop(columns=measured), finished.trials.drop(columns=measured), check_exact=True
    )


def test_only_some_of_it(films: Path, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SUITE.format(films=films))
    run = tk.run(tmp_path / "small.toml", out=tmp_path / "run", only=["bias"], quiet=True)
    assert run.trials["trial"].tolist() == ["films-001", "films-008"]
    assert run.info["command"].endswith("--only bias")


def test_words_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("the cat sat\nthe dog sat\nthe car drove\n" * 20)
    (tmp_path / "mine.tsv").write_text("cat\tdog\t9\ncat\tcar\t2\ndog\tsat\t1\n")
    (tmp_path / "words.toml").write_text(
        f"""
        title = "Words"
        [[experiments]]
        name = "words"
        dataset = "{tmp_path / "text.txt"}"
        options = {{ min_count = 1, window = 2 }}
        tasks = [{{ name = "word-similarity", options = {{ pairs = ["{tmp_path / "mine.tsv"}"] }} }}]
        embedders = [{{ name = "ppmi-svd", params = {{ embedding_dim = 3 }} }}, "popularity"]
        """
    )
    run = tk.run(tmp_path / "words.toml", out=tmp_path / "run", quiet=True)
    assert run.ok
    assert run.scores["target"].unique().tolist() == ["mine"]
    assert set(run.scores["split"]) == set(run.scores["fold"]) == {""}
    corpus = tk.load_corpus(tmp_path / "text.txt", min_count=1, window=2)
    pairs = tk.load_pairs(tmp_path / "mine.tsv")
    expected = tk.evaluate_pairs(tk.PPMISVD(3).fit(corpus).embedding("word"), pairs)
    found = run.scores.set_index(["embedder", "metric"])["value"]
    assert found["ppmi-svd", "pearson"] == pytest.approx(expected.pearson, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "heading"),
    [
        ("k = 5", "NDCG@5"),
        ('convention = "cornac"', "Convention cornac"),
        ('convention = "implicit", k = 7', "Convention implicit"),
        ('metrics = ["auc"]', "AUC"),
    ],
)
def test_a_report_of_whatever_was_asked_of_a_ranking(suite: Write, tmp_path: Path, options: str, heading: str) -> None:
    body = f"""
splits = ["holdout"]
tasks = [{{ name = "ranking", options = {{ {options} }} }}]
embedders = ["popularity", {{ name = "als", params = {{ embedding_dim = 3 }} }}]
"""
    run = tk.run(suite(body), out=tmp_path / "run", quiet=True)
    assert run.ok
    for suffix in ("html", "md", "csv", "tex"):
        run.report(tmp_path / f"report.{suffix}")
    assert heading in (tmp_path / "report.html").read_text()
