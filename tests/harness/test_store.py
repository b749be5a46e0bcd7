"""Reading runs, and writing them bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import toolkit as tk
from toolkit.atomic import write_text
from toolkit.errors import DataError
from toolkit.harness import load_suite
from toolkit.harness.plan import Trial, plan
from toolkit.harness.store import RunWriter, prepare_directory
from toolkit.harness.tables import SCORE_COLUMNS, TRIAL_COLUMNS
from toolkit.harness.trial import Outcome

SCORE = {
    "task": "ranking",
    "entity": "item",
    "readout": "native",
    "metric": "ndcg@10",
    "value": 0.1 + 0.2,
    "n": 7,
    "target": "",
    "convention": "standard",
    "note": "",
}


@pytest.fixture
def trials(suite: Callable[..., Path]) -> list[Trial]:
    embedders = '"popularity", "bias", { name = "pca", label = "NA" }'
    body = f'splits = ["holdout"]\ntasks = ["ranking"]\nembedders = [{embedders}]'
    return plan(load_suite(suite(body)))


@pytest.fixture
def writer(tmp_path: Path, trials: list[Trial]) -> RunWriter:
    prepare_directory(tmp_path / "run", fresh=False)
    writer = RunWriter(tmp_path / "run", trials)
    writer.write_info({"title": "Größe"})
    return writer


def test_tables_are_in_the_order_of_the_plan(writer: RunWriter, trials: list[Trial]) -> None:
    for trial in reversed(trials):
        writer.add(Outcome(trial.id, "ok", embedding_dim=5, fit_seconds=0.5, scores=[SCORE, SCORE]))
        run = tk.open_run(writer.path)
        assert len(run.scores) == 2 * len(run.trials)
    assert run.trials["embedder"].tolist() == ["popularity", "bias", "NA"]
    assert run.scores["embedder"].tolist() == ["popularity"] * 2 + ["bias"] * 2 + ["NA"] * 2
    assert run.trials.columns.tolist() == TRIAL_COLUMNS
    assert run.scores.columns.tolist() == SCORE_COLUMNS
    assert run.ok
    assert run.info == {"title": "Größe"}
    assert [path.name for path in writer.path.iterdir() if "partial" in path.name] == []


def test_numbers_are_exact_and_text_is_text(writer: RunWriter, trials: list[Trial]) -> None:
    note = 'a "quoted", long\r\nnote; null'
    empty = {**SCORE, "metric": "", "value": float("nan"), "note": note}
    writer.add(Outcome(trials[0].id, "ok", scores=[SCORE, empty]))
    writer.add(Outcome(trials[2].id, "failed", "None", trace="Traceback"))
    run = tk.open_run(writer.path)
    assert run.scores["value"].iloc[0] == 0.1 + 0.2
    assert pd.isna(run.scores["value"].iloc[1])
    assert run.scores["note"].tolist() == ["", note]
    assert run.trials["error"].tolist() == ["", "None"]
    assert run.trials["is_null"].tolist() == [True, False]
    assert (writer.path / "errors" / f"{trials[2].id}.txt").read_text() == "Traceback"
    assert not run.ok


def test_no_scores_at_all(writer: RunWriter, trials: list[Trial]) -> None:
    writer.add(Outcome(trials[0].id, "timeout", "took longer than 1 s"))
    run = tk.open_run(writer.path)
    assert run.scores.empty
    assert run.scores.columns.tolist() == SCORE_COLUMNS


def test_a_directory_that_holds_no_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere: holds no run: run\.json is missing"):
        tk.open_run(tmp_path / "nowhere")
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(DataError, match=r"trials\.csv is missing"):
        tk.open_run(tmp_path)


def test_a_run_whose_tables_are_damaged(writer: RunWriter, trials: list[Trial]) -> None:
    writer.add(Outcome(trials[0].id, "ok", scores=[SCORE]))
    run = tk.open_run(writer.path)
    (writer.path / "scores.csv").write_text("dataset,split\nx,y\n")
    with pytest.raises(DataError, match=r"scores\.csv: column 'fold' is missing; there are dataset, split"):
        run.scores  # noqa: B018  # reading is what fails
    (writer.path / "trials.csv").write_text("")
    with pytest.raises(DataError, match=r"trials\.csv"):
        run.trials  # noqa: B018  # likewise
    (writer.path / "run.json").write_text("{")
    with pytest.raises(DataError, match=r"run\.json"):
        run.info  # noqa: B018  # likewise


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    write_text(tmp_path / "a.csv", "é")
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "a.csv", "\ud800")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "é"
