"""Reading runs, and writing them bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import toolkit as tk
from tests.harness.tuning import made
from toolkit.atomic import replacing, write_text
from toolkit.errors import DataError
from toolkit.harness import load_suite
from toolkit.harness.directory import held, prepare_directory
from toolkit.harness.plan import Trial, plan
from toolkit.harness.studying import StudyOutcome
from toolkit.harness.tables import SCORE_COLUMNS, STUDY_COLUMNS, TRIAL_COLUMNS
from toolkit.harness.trial import Outcome
from toolkit.harness.writer import RunWriter

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
    made(tmp_path / "run")
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


def test_blas_is_that_of_all_trials(writer: RunWriter, trials: list[Trial]) -> None:
    for trial, libraries in zip(
        trials, (["OpenBLAS 1 for Y"], ["OpenBLAS 1 for X", "OpenBLAS 2 for X"], []), strict=True
    ):
        writer.add(Outcome(trial.id, "ok", scores=[SCORE], blas=libraries))
    assert writer.blas == ["OpenBLAS 1 for X", "OpenBLAS 1 for Y", "OpenBLAS 2 for X"]


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


@pytest.mark.parametrize("name", ["../../secret", "..", ".", "", "a/b", "a\\b"])
def test_no_name_leads_out_of_a_run(writer: RunWriter, trials: list[Trial], name: str) -> None:
    writer.add(Outcome(trials[0].id, "ok", scores=[SCORE]))
    path = writer.path / "trials.csv"
    path.write_text(path.read_text().replace(trials[0].id, name))
    with pytest.raises(DataError, match=r"trials\.csv: a name is none that a file can have: .* in row 1"):
        tk.open_run(writer.path).trials  # noqa: B018  # reading is what fails
    (writer.path / "studies.csv").write_text(f"study,status,error,seconds\n{name},ok,,1\n")
    with pytest.raises(DataError, match=r"studies\.csv: a name is none that a file can have: .* in row 1"):
        tk.open_run(writer.path).studies  # noqa: B018  # likewise


@pytest.fixture
def studying(tmp_path: Path, trials: list[Trial]) -> RunWriter:
    made(tmp_path / "run")
    writer = RunWriter(tmp_path / "run", trials, ["one-hot", "orthogonal", "why-50"])
    writer.write_info({})
    return writer


def test_studies_are_in_the_order_of_the_suite(studying: RunWriter) -> None:
    run = tk.open_run(studying.path)
    assert run.studies.empty
    assert run.studies.columns.tolist() == STUDY_COLUMNS
    assert run.failures == 0
    studying.add_study(StudyOutcome("why-50", "left out", "torch is not installed"))
    studying.add_study(StudyOutcome("orthogonal", "failed", "None, or null", trace="Traceback"))
    studying.add_study(StudyOutcome("one-hot", "ok", "", 2.5, {"cost": pd.DataFrame({"x": [1]})}))
    run = tk.open_run(studying.path)
    assert run.studies["study"].tolist() == ["one-hot", "orthogonal", "why-50"]
    assert run.studies["error"].tolist() == ["", "None, or null", "torch is not installed"]
    assert run.studies["seconds"].tolist()[0] == 2.5
    assert run.studies["seconds"].isna().tolist() == [False, True, True]
    assert run.failures == 1
    assert (studying.path / "errors" / "orthogonal.txt").read_text() == "Traceback"
    assert [list(run.study(name)) for name in run.studies["study"]] == [["cost"], [], []]


def test_tables_of_a_study_come_back_as_they_were(studying: RunWriter) -> None:
    table = pd.DataFrame(
        {
            "text": ["NA", 'a "quoted", long\r\nnote', "None"],
            "value": [0.1 + 0.2, float("nan"), -1e-300],
            "n": [1, 2, 3],
            "same": [True, False, True],
        }
    )
    studying.add_study(StudyOutcome("one-hot", "ok", tables={"b": table, "a": table[["n"]]}))
    found = tk.open_run(studying.path).study("one-hot")
    assert list(found) == ["a", "b"]
    pd.testing.assert_frame_equal(found["b"], table, check_exact=True)
    assert [path for path in studying.path.rglob("*") if "partial" in path.name] == []


@pytest.mark.parametrize("damage", [b"", b"a,b\n1,2,3\n4,5,6,7\n", b"a\n\xff\xfe\n"])
def test_studies_that_are_damaged(studying: RunWriter, damage: bytes) -> None:
    studying.add_study(StudyOutcome("one-hot", "ok", tables={"cost": pd.DataFrame({"x": [1]})}))
    (studying.path / "studies" / "one-hot" / "cost.csv").write_bytes(damage)
    with pytest.raises(DataError, match=r"one-hot.cost\.csv: not a CSV table"):
        tk.open_run(studying.path).study("one-hot")
    (studying.path / "studies.csv").write_text("study,status\none-hot,ok\n")
    with pytest.raises(DataError, match=r"studies\.csv: column 'error' is missing; there are study, status"):
        tk.open_run(studying.path).studies  # noqa: B018  # reading is what fails
    (studying.path / "studies.csv").write_text("study,status,error,seconds\none-hot,ok,,long\n")
    with pytest.raises(DataError, match=r"studies\.csv: seconds must be a number or empty: 'long' in row 1"):
        tk.open_run(studying.path).studies  # noqa: B018  # likewise


def test_fresh_removes_studies(studying: RunWriter) -> None:
    studying.add_study(StudyOutcome("one-hot", "failed", "x", tables={"a": pd.DataFrame({"x": [1]})}, trace="x"))
    with held(studying.path) as work:
        prepare_directory(studying.path, work, "{}", fresh=True)
    assert {path.name for path in studying.path.iterdir()} == {"embeddings", "units", "run.json"}


def test_a_directory_that_is_gone_is_named(writer: RunWriter, trials: list[Trial]) -> None:
    for path in (writer.path / "units", writer.path / "embeddings"):
        path.rmdir()
    for path in writer.path.iterdir():
        path.unlink()
    writer.path.rmdir()
    for write in (lambda: writer.write_info({}), lambda: RunWriter(writer.path, trials)):
        with pytest.raises(DataError, match=r"run: cannot be written: No such file"):
            write()


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    write_text(tmp_path / "a.csv", "é")
    with pytest.raises(IsADirectoryError), replacing(tmp_path / "a.csv") as partial:
        partial.write_bytes(tmp_path.read_bytes())
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "é"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
