"""The vectors of a run, written for other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit.cli import main
from toolkit.harness import Run

METHODS = """
splits = ["holdout"]
tasks = ["ranking"]
embedders = [
    { name = "pca", label = "PCA / 3", params = { embedding_dim = 3 } },
    { name = "random", params = { embedding_dim = 4 } },
]
"""


@pytest.fixture
def run(suite: Callable[..., Path], tmp_path: Path) -> Run:
    return tk.run(suite(METHODS), out=tmp_path / "run", workers=1, quiet=True)


def test_every_kept_embedding_is_written(run: Run) -> None:
    names = [path.name for path in run.export("parquet")]
    trials = ("films-001-PCA-3", "films-002-random")
    assert names == [f"{trial}.{entity}.parquet" for trial in trials for entity in ("item", "user")]
    table = pd.read_parquet(run.path / "exports" / "parquet" / names[0])
    embedding = run.embedding("films-001", "item")
    assert list(table["key"]) == list(embedding.keys)
    np.testing.assert_array_equal(np.stack(table["vector"]), embedding.vectors)


def test_what_the_run_knows_of_the_keys_goes_with_them(run: Run) -> None:
    path = next(path for path in run.export("parquet", only=["item", "random"]))
    table = pd.read_parquet(path)
    known = run.entities["films", "item"].set_index("key")["count"]
    assert list(table.columns) == ["key", "count", "vector"]  # no titles are known here
    assert list(table["count"]) == list(known[table["key"]])


@pytest.mark.parametrize(
    ("only", "count"), [(["item"], 2), (["PCA / 3"], 2), (["PCA / 3", "item"], 1), (["films"], 4), (["films-002"], 2)]
)
def test_only_what_is_named_is_written(run: Run, tmp_path: Path, only: list[str], count: int) -> None:
    assert len(run.export("gensim", tmp_path / "there", only)) == count


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "parket"], "did you mean 'parquet'?"),
        (["--to", "parquet", "--only", "itm"], "did you mean 'item'?"),
        (["--to", "parquet", "--only", "films-001", "random"], "nothing to export"),
    ],
)
def test_wrong_requests_are_refused(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["export", str(run.path), *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not (run.path / "exports").exists()


def test_a_fresh_run_leaves_no_export_of_the_one_before(run: Run, suite: Callable[..., Path]) -> None:
    assert main(["export", str(run.path), "--to", "projector"]) == 0
    assert (run.path / "exports" / "projector" / "projector_config.json").is_file()
    tk.run(suite(METHODS), out=run.path, workers=1, quiet=True, fresh=True)
    assert not (run.path / "exports").exists()


def test_a_folder_that_cannot_be_made_is_named(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["export", str(run.path), "--to", "parquet", "-o", str(tmp_path / "file")]) == 2
    assert str(tmp_path / "file") in capsys.readouterr().err
