"""Reading a run directory."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from toolkit.errors import DataError
from toolkit.report.model import COMPARISONS, read_results


def test_sample_run_is_read_whole(run_dir):
    results = read_results(run_dir)
    assert [experiment.name for experiment in results.info.suite.experiments] == ["words", "films"]
    assert results.info.datasets["movielens-100k"].fingerprint == "0f" * 32
    assert len(results.trials) == 26
    assert results.trials["is_null"].sum() == 4
    assert results.scores.loc[results.scores["note"] != "", "value"].isna().all()


@pytest.mark.parametrize("label", ["null", "NA", "nan", "", "1.0"])
def test_labels_stay_text(builder, tmp_path, label):
    trial = builder.trial("films", label, 8, "canonical", "u1")
    builder.score(trial, "rating-prediction", "rmse", 1.0, "ridge")
    results = read_results(builder.write(tmp_path))
    assert results.trials["embedder"].tolist() == results.scores["embedder"].tolist() == [label]


def test_missing_directory_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere: no such run directory"):
        read_results(tmp_path / "nowhere")


@pytest.mark.parametrize("file", ["run.json", "trials.csv", "scores.csv"])
def test_missing_and_empty_files_are_named(builder, tmp_path, file):
    folder = builder.write(tmp_path)
    (folder / file).write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=file.replace(".", r"\.")):
        read_results(folder)
    (folder / file).unlink()
    with pytest.raises(DataError, match=file.replace(".", r"\.") + ": no such file; a run directory holds run.json"):
        read_results(folder)


def test_bad_bytes_in_a_table_are_an_error_of_the_file(builder, tmp_path):
    folder = builder.write(tmp_path)
    (folder / "trials.csv").write_bytes(b"trial\n\xff\xfe\n")
    with pytest.raises(DataError, match=r"trials\.csv: not a CSV table"):
        read_results(folder)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("format",), 3, r"format: Input should be 1 or 2"),
        (("suite", "seeds"), "zero", r"suite\.seeds: Input should be a valid array"),
        (("seconds",), "long", r"seconds: Input should be a valid number"),
    ],
)
def test_wrong_values_in_run_json_are_placed(builder, tmp_path, place, value, message):
    *parents, last = place
    part = builder.info
    for parent in parents:
        part = part[parent]
    part[last] = value
    with pytest.raises(DataError, match=rf"run\.json: {message}"):
        read_results(builder.write(tmp_path))


def test_missing_entry_in_run_json_is_named(builder, tmp_path):
    del builder.info["command"]
    with pytest.raises(DataError, match=r"run\.json: command: Field required"):
        read_results(builder.write(tmp_path))


def test_broken_json_is_an_error_of_the_file(builder, tmp_path):
    folder = builder.write(tmp_path)
    (folder / "run.json").write_text(json.dumps(builder.info)[:-5], encoding="utf-8")
    with pytest.raises(DataError, match=r"run\.json: cannot be read as JSON"):
        read_results(folder)


def test_missing_column_is_named(builder, tmp_path):
    folder = builder.write(tmp_path)
    text = (folder / "scores.csv").read_text(encoding="utf-8")
    (folder / "scores.csv").write_text(text.replace("readout", "reader"), encoding="utf-8")
    with pytest.raises(DataError, match=r"scores\.csv: column 'readout' is missing; there are dataset, split"):
        read_results(folder)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("value", "abc", "value must be a number or empty: 'abc' in row 2"),
        ("value", "inf", "value must be a number or empty: 'inf' in row 2"),
        ("trial", "films-999", "trials.csv has no such trial: 'films-999' in row 2"),
        ("metric", "rmse", "a trial has two values of one metric: 'rmse' in row 2"),
    ],
)
def test_wrong_cells_in_scores_are_placed(builder, tmp_path, column, value, message):
    trial = builder.trial("films", "ALS", 8, "canonical", "u1")
    builder.score(trial, "rating-prediction", "rmse", 1.0, "ridge")
    builder.score(trial, "rating-prediction", "mae", 0.8, "ridge")
    builder.scores[1][column] = value
    with pytest.raises(DataError) as raised:
        read_results(builder.write(tmp_path))
    assert str(raised.value) == f"{tmp_path / 'scores.csv'}: {message}"


def test_studies_are_read(builder, tmp_path):
    assert read_results(builder.write(tmp_path / "before")).studies == ()
    builder.study("my-study", {"found": pd.DataFrame({"x": [1.5, None], "label": ["NA", "b"]})})
    builder.study("other", status="left out", error="torch is not installed")
    first, second = read_results(builder.write(tmp_path / "run")).studies
    assert (first.study.name, first.status, first.error) == ("my-study", "ok", "")
    assert first.tables["found"]["label"].tolist() == ["NA", "b"]
    assert first.tables["found"]["x"].isna().tolist() == [False, True]
    assert (second.study.name, second.status, second.tables) == ("other", "left out", {})
    assert second.error == "torch is not installed"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a CSV table"),
        ("study,status\nmy-study,ok\n", "column 'error' is missing; there are study, status"),
        ("study,status,error,seconds\nmy-study,ok,,long\n", "seconds must be a number or empty: 'long' in row 1"),
        ("study,status,error,seconds\nmine,ok,,1\n", "run.json has no such study: 'mine' in row 1"),
        ("study,status,error,seconds\nmy-study,ok,,1\nmy-study,ok,,1\n", "a study stands twice: 'my-study' in row 2"),
    ],
)
def test_a_damaged_table_of_studies_is_named(builder, tmp_path, text, message):
    builder.study("my-study", {"found": pd.DataFrame({"x": [1]})})
    folder = builder.write(tmp_path)
    (folder / "studies.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read_results(folder)
    assert str(raised.value).startswith(f"{folder / 'studies.csv'}: {message}")


@pytest.mark.parametrize("damage", [b"", b"a,b\n1,2,3\n4,5,6,7\n", b"x\n\xff\xfe\n"])
def test_a_damaged_table_of_a_study_is_named(builder, tmp_path, damage):
    builder.study("my-study", {"found": pd.DataFrame({"x": [1]})})
    folder = builder.write(tmp_path)
    (folder / "studies" / "my-study" / "found.csv").write_bytes(damage)
    with pytest.raises(DataError, match=r"my-study.found\.csv: not a CSV table"):
        read_results(folder)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("is_null", "maybe", "is_null must be true or false: 'maybe' in row 2"),
        ("trial", "films-000", "a trial stands twice: 'films-000' in row 2"),
        ("experiment", "songs", "run.json has no such experiment: 'songs' in row 2"),
        ("fit_seconds", "long", "fit_seconds must be a number or empty: 'long' in row 2"),
    ],
)
def test_wrong_cells_in_trials_are_placed(builder, tmp_path, column, value, message):
    builder.trial("films", "ALS", 8, "canonical", "u1")
    builder.trial("films", "PCA", 8, "canonical", "u1")
    builder.trials[1][column] = value
    with pytest.raises(DataError) as raised:
        read_results(builder.write(tmp_path))
    assert str(raised.value) == f"{tmp_path / 'trials.csv'}: {message}"


TEXT = [
    "experiment",
    "task",
    "target",
    "split",
    "fold",
    "metric",
    "embedder",
    "readout",
    "first",
    "first_readout",
    "second",
    "second_readout",
    "unit",
]
TEXT += ["trait", "over", "state", "parameters", "error"]
ENTRY = {"experiment": "films", "task": "ranking", "embedder": "ALS", "readout": "dot", "metric": "auc"}


def test_a_run_without_comparisons_has_tables_without_rows(builder, tmp_path):
    results = read_results(builder.write(tmp_path))
    for name, (columns, _) in COMPARISONS.items():
        table = getattr(results, name)
        assert (len(table), table.columns.tolist()) == (0, columns)
        assert (table.dtypes.drop(TEXT, errors="ignore").map(str).isin(["float64", "bool"])).all()


def test_a_run_made_before_there_were_variants_is_read(builder, tmp_path):
    trial = builder.trial("films", "ALS", 8, "canonical", "u1")
    builder.score(trial, "rating-prediction", "rmse", 1.0, "ridge")
    results = read_results(builder.write(tmp_path))
    assert results.scores["variant"].tolist() == [""]
    assert results.trials["tuned"].tolist() == [False]


def test_variants_and_tuned_fits_are_read(builder, tmp_path):
    trial = builder.trial("films", "ALS", 8, "canonical", "u1", tuned="True")
    builder.trial("films", "PCA", 8, "canonical", "u1", tuned="")
    builder.score(trial, "rating-prediction", "rmse", 1.0, "ridge")
    builder.score(trial, "rating-prediction", "rmse", 1.1, "ridge", variant="oov=zero")
    results = read_results(builder.write(tmp_path))
    assert results.scores["variant"].tolist() == ["", "oov=zero"]
    assert results.trials["tuned"].tolist() == [True, False]


def test_comparisons_are_read_with_numbers_flags_and_gaps(builder, tmp_path):
    builder.compare("intervals", **ENTRY, value=0.5, low=0.4, high=0.6, unit="user", n=100)
    builder.compare("differences", experiment="films", metric="auc", first="ALS", second="NA", second_dim=8, p=0.5)
    builder.compare("strata", **ENTRY, trait="item_count", stratum=1, least=1, most=7)
    builder.compare("ranks", experiment="films", over="folds", rank=1.5, blocks=5)
    builder.compare("tuning", experiment="films", number=0, chosen="true", parameters='{"epochs": 3}')
    results = read_results(builder.write(tmp_path))
    assert results.intervals[["low", "high", "n"]].to_numpy().tolist() == [[0.4, 0.6, 100]]
    assert results.intervals["embedding_dim"].isna().all()
    assert results.differences[["second", "second_dim", "p"]].iloc[0].tolist() == ["NA", 8.0, 0.5]
    assert results.strata["most"].tolist() == [7.0]
    assert results.ranks["rank"].tolist() == [1.5]
    assert results.tuning["chosen"].tolist() == [True]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("intervals", "", "not a CSV table"),
        ("intervals", "experiment,task\n", "column 'target' is missing; there are experiment, task"),
        ("intervals", {"low": "few"}, "low must be a number or empty: 'few' in row 1"),
        ("differences", {"effect": "inf"}, "effect must be a number or empty: 'inf' in row 1"),
        ("strata", {"stratum": "all"}, "stratum must be a number or empty: 'all' in row 1"),
        ("ranks", {"experiment": "songs"}, "run.json has no such experiment: 'songs' in row 1"),
        ("tuning", {"chosen": ""}, "chosen must be true or false: '' in row 1"),
    ],
)
def test_a_damaged_table_of_comparisons_is_named(builder, tmp_path, file, text, message):
    if isinstance(text, dict):
        builder.compare(file, **({"experiment": "films", "metric": "auc"} | text))
    folder = builder.write(tmp_path)
    if isinstance(text, str):
        (folder / f"{file}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read_results(folder)
    assert str(raised.value).startswith(f"{folder / file}.csv: {message}")


@pytest.mark.parametrize("file", ["intervals", "differences", "strata", "ranks"])
def test_a_comparison_that_stands_twice_is_refused(builder, tmp_path, file):
    for n in (1, 2):
        values = {"ranks": {"blocks": n}, "strata": {"n": n, "stratum": 1}}.get(file, {"n": n})
        builder.compare(file, experiment="films", metric="auc", **values)
    with pytest.raises(DataError, match=rf"{file}\.csv: a row stands twice, with other values: 'auc' in row 2"):
        read_results(builder.write(tmp_path))
