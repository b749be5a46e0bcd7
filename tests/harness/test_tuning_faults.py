"""Tuning where something goes wrong, or takes too long: what was tried is kept, and all else goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import toolkit as tk
from tests.harness.tuning import Write, body, search
from tests.packages import install, visible

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
def searched(tmp_path: Path) -> Iterator[None]:
    """An embedder ``searched`` that was installed with a package of its own."""
    with visible(install(tmp_path / "package", "searched", SEARCHED, {"searched": "searched:Searched"})):
        yield


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
