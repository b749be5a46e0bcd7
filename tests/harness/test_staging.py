"""The data of a run: loaded once, handed to the trials as files, and gone when the run is over."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import toolkit as tk
from toolkit.data.staged import open_staged
from toolkit.errors import DataError
from toolkit.harness import data, load_suite, work
from toolkit.harness.data import stage_data
from toolkit.harness.isolation import warm
from toolkit.harness.plan import plan
from toolkit.tasks import SCORE_FIELDS

Write = Callable[..., Path]
FILMS = """
splits = [{ name = "kfold", folds = [1, 3] }, "holdout"]
tasks = ["rating-prediction", "ranking"]
embedders = [
    { name = "svd", params = { embedding_dim = 2, epochs = 3 } },
    "bias",
    { name = "pca", params = { embedding_dim = 2 } },
]
"""
WORDS = """
[[experiments]]
name = "words"
dataset = "lee"
options = { min_count = 20 }
tasks = ["word-similarity"]
embedders = ["popularity", "random"]
"""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which temporary folders are made."""
    warm(1)  # multiprocessing's own folder, made at the first start, lies elsewhere
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_every_data_set_is_loaded_once(suite: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    load = data.load_source
    monkeypatch.setattr(
        data, "load_source", lambda name, *rest, **more: loaded.append(name) or load(name, *rest, **more)
    )
    trials = plan(load_suite(suite(FILMS, WORDS)))
    described, files = stage_data(trials, tmp_path)
    assert loaded == [trials[0].dataset, "lee"]
    assert set(files) == {trial.id for trial in trials}
    assert len(set(files.values())) == 4  # three divisions and a corpus
    assert {name: facts["role"] for name, facts in described.items()} == {
        trials[0].dataset: "training",
        "lee": "training",
        "wordsim353": "evaluation",
        "simlex999": "evaluation",
    }
    ratings = tk.load_ratings(trials[0].dataset)
    for trial in trials:
        found = [open_staged(path).fingerprint() for path in files[trial.id]]
        if trial.kind == "ratings":
            parts = ratings.split(trial.split_method, **trial.split_options)
            assert found == [part.fingerprint() for part in parts]
        else:
            assert found == [tk.load_dataset("lee", min_count=20).fingerprint()]


def test_scores_are_those_of_the_data_in_memory(suite: Write, films: Path, tmp_path: Path) -> None:
    run = tk.run(suite(FILMS), out=tmp_path / "run", quiet=True)
    columns = [name for name in SCORE_FIELDS if name != "note"]  # in which the label stands
    methods = {"svd": tk.SVD(2, epochs=3), "bias": tk.Bias(), "pca": tk.PCA(2)}
    for fold, options in (("1", {"fold": 1}), ("3", {"fold": 3}), ("", {})):
        parts = tk.load_ratings(films).split("kfold" if options else "holdout", **options)
        for label, embedder in methods.items():
            expected = tk.evaluate(embedder, parts, tasks=["rating-prediction", "ranking"])
            found = run.scores[(run.scores["fold"] == fold) & (run.scores["embedder"] == label)]
            pd.testing.assert_frame_equal(
                found[columns].reset_index(drop=True), expected[columns], check_dtype=False, rtol=1e-9
            )


def test_nothing_is_left_of_it(suite: Write, scratch: Path, tmp_path: Path) -> None:
    assert tk.run(suite(), out=tmp_path / "run", quiet=True).ok
    assert list(scratch.iterdir()) == []


def test_nothing_is_left_of_a_run_that_is_stopped(
    suite: Write, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    def stopped(*_: object) -> None:
        seen.extend((tmp_path / "run" / ".work").glob("*.arrow"))
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "_answer_of", stopped)
    with pytest.raises(KeyboardInterrupt):
        tk.run(suite(), out=tmp_path / "run", quiet=True)
    assert [path.name for path in sorted(seen)] == ["films-001.test.arrow", "films-001.train.arrow"]
    assert list(scratch.iterdir()) == []
    assert [path.name for path in (tmp_path / "run").iterdir() if path.name.startswith(".")] == []


def test_nothing_is_left_of_a_run_that_cannot_begin(suite: Write, scratch: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("precious")
    with pytest.raises(DataError, match="holds no run"):
        tk.run(suite(), out=tmp_path / "run", quiet=True)
    with pytest.raises(DataError, match="u1 is a fold of MovieLens-100k"):
        tk.run(suite('splits = ["u1"]\ntasks = ["ranking"]\nembedders = ["bias"]'), out=tmp_path / "new", quiet=True)
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "new").exists()
