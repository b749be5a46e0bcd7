"""The suite ``questions`` from its data to its report, in its quick version with smaller studies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import toolkit as tk
from toolkit.harness import Run
from toolkit.studies import study_info

SUITE = Path(__file__).resolve().parents[2] / "benchmarks" / "questions.toml"
SMALLER = {  # the quick version takes minutes where it is not alone on the machine
    "sizes = [100, 1_000, 10_000]": "sizes = [100, 1_000]",
    "n_keys = 500, vocabulary = 100, pmi_dims = [10, 100], epochs = 5, ratings = 500": (
        "n_keys = 200, vocabulary = 30, pmi_dims = [2, 30], epochs = 3, ratings = 100"
    ),
    "[studies.options.measured]": "[studies.options]\nn_keys = 400\n[studies.options.measured]",
    "folds = [1, 2, 3]": "folds = [1]",
}
TABLES = {
    "one-hot": {"identity", "training", "cost"},
    "family-trees": {"runs", "completion", "probes", "weights"},
    "same-thing": {"agreement", "merges", "pmi", "svd"},  # stability needs two seeds
    "close-together": {"pairs", "attributes", "neighbors"},
    "orthogonal": {"geometry", "gram", "rotation"},
    "why-50": {"curves", "ranges", "native", "pip", "choice"},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run; only to be read."""
    text = SUITE.read_text(encoding="utf-8")
    for old, new in SMALLER.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    folder = tmp_path_factory.mktemp("questions")
    (folder / "questions.toml").write_text(text, encoding="utf-8")
    return tk.run(folder / "questions.toml", out=folder / "run", quick=True, workers=2, quiet=True)


@pytest.fixture(scope="module")
def reports(finished: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reports")
    paths = {ending: finished.report(folder / f"report.{ending}") for ending in ("html", "md", "tex")}
    return {ending: path.read_text(encoding="utf-8") for ending, path in paths.items()}


def test_every_study_ends_well(finished: Run) -> None:
    assert finished.studies["study"].tolist() == list(TABLES)
    assert finished.studies["status"].tolist() == ["ok"] * 6, finished.studies["error"].tolist()
    assert finished.ok


@pytest.mark.parametrize("study", TABLES)
def test_every_table_is_there(finished: Run, study: str) -> None:
    assert set(finished.study(study)) == TABLES[study]


def test_the_identities_hold(finished: Run) -> None:
    identity = finished.study("one-hot")["identity"]
    assert (identity["difference"] <= identity["bound"]).all()
    training = finished.study("one-hot")["training"]
    assert (training["difference"] <= 1e-3 * training["moved"]).all()
    layers = finished.study("same-thing")["svd"]
    assert (layers[["items", "users", "predictions"]] < 1e-12).all(axis=None)
    assert (layers["other_order"] > 1e-6).all()
    assert finished.study("same-thing")["pmi"]["pearson"].iloc[-1] > 0.5
    rotation = finished.study("orthogonal")["rotation"]
    assert rotation["predictions"].max() < 1e-12
    assert (rotation["neighbors"] > 0.999).all()
    assert (rotation["cka"] > 1 - 1e-9).all()
    assert (rotation["axes"] < 0.6).all()
    made = rotation[rotation["embedder"].isin(["pca", "ppmi-svd"])]
    assert len(made) == 4
    assert (made["orthogonality_before"] < 1e-9).all()
    assert (made["orthogonality_after"] > 0.01).all()


def test_both_experiments_are_looked_at(finished: Run) -> None:
    for study, table in (("same-thing", "agreement"), ("orthogonal", "geometry"), ("why-50", "ranges")):
        assert finished.study(study)[table]["experiment"].unique().tolist() == ["films", "words"]


@pytest.mark.parametrize("ending", ["html", "md"])
def test_reports_answer_every_question(reports: dict[str, str], ending: str) -> None:
    text = reports[ending]
    places = [
        text.index(study_info(study).title.replace("'", "&#39;" if ending == "html" else "'")) for study in TABLES
    ]
    assert places == sorted(places)
    assert "Not answered" not in text
    assert text.count("a lookup and one-hot × W give the same numbers to the last bit") == 2, "first, and in its place"


def test_identifiers_are_given_once(reports: dict[str, str]) -> None:
    found = re.findall(r' id="([^"]*)"', reports["html"])
    assert len(found) == len(set(found))
    assert set(re.findall(r'href="#([^"]*)"', reports["html"])) <= set(found)


def test_every_table_of_an_answer_is_in_latex(reports: dict[str, str]) -> None:
    assert len(re.findall(r"\\label\{tab:question-", reports["tex"])) >= 25
