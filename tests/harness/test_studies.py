"""Studies: those of other packages, what they may look at, and what becomes of each in a run."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from tests.packages import install, visible
from toolkit.cli import main
from toolkit.errors import DataError, MissingDependencyError, ParameterError, ToolkitError, UnknownNameError
from toolkit.harness import Run, load_suite
from toolkit.harness.data import stage_data
from toolkit.harness.plan import plan
from toolkit.harness.studying import gather_evidence, run_study
from toolkit.harness.suite import StudySpec
from toolkit.studies import Evidence, base, study_info, study_names
from toolkit.studies.chosen import first_seed, learned

Write = Callable[..., Path]
THEIRS = """
import os
import pandas as pd
from toolkit.allowed import Allowed
from toolkit.errors import MissingDependencyError
from toolkit.studies import study

@study("count", "How many are there?", {"times": Allowed(int, 1)})
def count(evidence, *, times=1):
    found = pd.DataFrame({"trial": evidence.trials["trial"], "number": 0.1 + 0.2, "times": times})
    return {"counts": found, "empty": pd.DataFrame(), "header_only": found[:0]}

@study("broken", "What goes wrong?")
def broken(evidence):
    raise ValueError("no such thing")

@study("dies", "What ends at once?")
def dies(evidence):
    os._exit(9)

@study("absent", "What needs more?", module="no_such_library.part", extra="more")
def absent(evidence):
    raise AssertionError

@study("within", "What needs more than it says?")
def within(evidence):
    raise MissingDependencyError("Surprise is needed: pip install 'scikit-surprise'")

@study("no-table", "What returns something else?")
def no_table(evidence):
    return {"numbers": [1, 2]}

@study("bad-name", "What cannot be a file?")
def bad_name(evidence):
    return {"../numbers": pd.DataFrame({"x": [1]})}

@study("needs", "What must be told?")
def needs(evidence, *, number, other=2):
    return {"numbers": pd.DataFrame({"x": [number, other]})}

def undecorated(evidence):
    return {}
"""
ENTRIES = ("count", "broken", "dies", "absent", "within", "no-table", "bad-name", "needs")
FILMS = """
splits = ["holdout"]
dims = [2, 3]
tasks = ["ranking"]
embedders = ["popularity", { name = "pca", seeds = [3, 4] }, { name = "random", dims = [4] }]
"""
STUDIES = """
[[studies]]
name = "count"
experiments = ["films"]
options = { times = 7 }
[[studies]]
name = "broken"
[[studies]]
name = "dies"
[[studies]]
name = "within"
[[studies]]
name = "absent"
[[studies]]
name = "one-hot"
options = { sizes = [10, 20] }
"""


@pytest.fixture(scope="module", autouse=True)
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A package that brings studies."""
    entries = {name: f"their_studies:{name.replace('-', '_')}" for name in (*ENTRIES, "undecorated", "gone")}
    entries["nowhere"] = "no_such_module:it"
    with visible(install(tmp_path_factory.mktemp("package"), "their_studies", THEIRS, entries, "studies")) as folder:
        yield folder
    for name in ENTRIES:
        base._STUDIES.pop(name, None)


def written(folder: Path, films: Path, body: str = FILMS, studies: str = STUDIES) -> Path:
    path = folder / "small.toml"
    path.write_text(f'title = "Small"\n[[experiments]]\nname = "films"\ndataset = "{films}"\n{body}{studies}')
    return path


@pytest.fixture(scope="module")
def finished(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with studies of which some do not end well; only to be read."""
    folder = tmp_path_factory.mktemp("finished")
    return tk.run(written(folder, films), out=folder / "run", workers=2, quiet=True)


@pytest.fixture(scope="module")
def evidence(finished: Run, films: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """What a study of the films may look at, when that run has ended."""
    folder = tmp_path_factory.mktemp("evidence")
    trials = plan(load_suite(written(folder, films)))
    spec = StudySpec(name="count", experiments=("films",))
    return gather_evidence(spec, finished.path, trials, stage_data(trials, folder)[1], 5)


def test_studies_of_another_package_stand_behind_our_own() -> None:
    names = study_names()
    assert names[: len(names) - len(ENTRIES) - 3][0] == "calibration"
    assert set(names[-len(ENTRIES) - 3 :]) == {*ENTRIES, "undecorated", "gone", "nowhere"}
    assert study_info("count").title == "How many are there?"
    assert study_names() == names


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("coutn", UnknownNameError, "unknown study 'coutn'; did you mean 'count'"),
        ("undecorated", ToolkitError, r"registered as their_studies:undecorated, which is not a study of that name"),
        ("gone", ToolkitError, r"registered as their_studies:gone, which is not there"),
        ("nowhere", MissingDependencyError, r"'nowhere' \(no_such_module:it\) cannot be imported"),
    ],
)
def test_what_is_no_study(name: str, kind: type[ToolkitError], message: str) -> None:
    with pytest.raises(kind, match=message):
        study_info(name)


def test_options_are_checked() -> None:
    needs = study_info("needs")
    needs.check_options({"number": 1})
    with pytest.raises(ParameterError, match="study 'needs' needs the option 'number'"):
        needs.check_options({"other": 3})
    with pytest.raises(UnknownNameError, match="unknown option of study 'needs' 'numbr'; did you mean 'number'"):
        needs.check_options({"numbr": 1})
    with pytest.raises(ParameterError, match="option 'times' of study 'count' is 0"):
        study_info("count").check_options({"times": 0})


def test_library_that_is_missing() -> None:
    study_info("count").check_installed()
    wanted = r"study 'absent' needs no_such_library.part: pip install 'embedding-comparison-toolkit\[more\]'"
    with pytest.raises(MissingDependencyError, match=wanted):
        study_info("absent").check_installed()
    theirs = base.StudyInfo("x", "X?", study_info("count").function, {}, module="no_such_library")
    with pytest.raises(MissingDependencyError, match="pip install 'no_such_library'"):
        theirs.check_installed()


def test_a_row_for_every_study(finished: Run) -> None:
    studies = finished.studies
    assert studies["study"].tolist() == ["count", "broken", "dies", "within", "absent", "one-hot"]
    assert studies["status"].tolist() == ["ok", "failed", "crashed", "left out", "left out", "ok"]
    assert studies["error"].tolist() == [
        "",
        "ValueError: no such thing",
        "its process ended with exit code 9",
        "Surprise is needed: pip install 'scikit-surprise'",
        "study 'absent' needs no_such_library.part: pip install 'embedding-comparison-toolkit[more]'",
        "",
    ]
    assert (studies["seconds"] > 0).tolist() == (studies["status"] == "ok").tolist()
    assert (finished.trials["status"] == "ok").all()
    assert finished.failures == 2
    assert not finished.ok
    assert [spec["name"] for spec in finished.info["suite"]["studies"]] == studies["study"].tolist()


def test_tables_of_a_study(finished: Run) -> None:
    tables = finished.study("count")
    assert list(tables) == ["counts"], "tables without rows are not kept"
    assert tables["counts"]["trial"].tolist() == finished.trials["trial"].tolist()
    assert set(tables["counts"]["number"]) == {0.1 + 0.2}
    assert set(tables["counts"]["times"]) == {7}
    tables = finished.study("one-hot")
    assert set(tables) == {"identity", "training", "cost"}
    assert tables["identity"]["same_bits"].dtype == bool
    assert tables["cost"]["vocabulary"].unique().tolist() == [10, 20]
    assert finished.study("broken") == {}
    with pytest.raises(UnknownNameError, match="unknown study of this run 'one_hot'; did you mean 'one-hot'"):
        finished.study("one_hot")


def test_trace_of_a_study_that_raised(finished: Run) -> None:
    assert [path.name for path in (finished.path / "errors").iterdir()] == ["broken.txt"]
    trace = (finished.path / "errors" / "broken.txt").read_text()
    assert trace.startswith("Traceback")
    assert 'raise ValueError("no such thing")' in trace


def test_reports_of_such_a_run(finished: Run, tmp_path: Path) -> None:
    for suffix in ("html", "md", "csv", "tex"):
        finished.report(tmp_path / f"report.{suffix}")
    text = (tmp_path / "report.md").read_text()
    assert "Not answered: ValueError: no such thing." in text
    assert "How many are there?" in text


def test_evidence_is_of_the_experiments_and_of_trials_that_ended_well(evidence: Evidence, finished: Run) -> None:
    pd.testing.assert_frame_equal(evidence.of("films"), finished.trials)
    pd.testing.assert_frame_equal(evidence.scores, finished.scores)
    assert evidence.seed == 5
    with pytest.raises(DataError, match="experiment 'words' has no trial that ended well"):
        evidence.of("words")
    with pytest.raises(DataError, match="experiment 'words' has no trial that ended well"):
        evidence.data("words")


def test_evidence_without_experiments_is_empty(finished: Run) -> None:
    found = gather_evidence(StudySpec(name="one-hot"), finished.path, [], {}, 0)
    assert found.trials.empty
    assert found.scores.empty
    assert found.files == {}


def test_evidence_passes_over_what_failed(films: Path, tmp_path: Path) -> None:
    body = FILMS.replace('"popularity"', '{ name = "pca", label = "large", params = { embedding_dim = 99 } }')
    path = written(tmp_path, films, body, STUDIES.partition('[[studies]]\nname = "broken"')[0])
    run = tk.run(path, out=tmp_path / "run", quiet=True)
    assert run.failures == 1
    assert len(run.study("count")["counts"]) == len(run.trials) - 1


def test_evidence_opens_data_and_vectors(evidence: Evidence, films: Path) -> None:
    train, test = evidence.data("films")
    expected, others = tk.load_ratings(films).split("holdout")
    assert (train.fingerprint(), test.fingerprint()) == (expected.fingerprint(), others.fingerprint())
    trial = evidence.of("films").query("name == 'random'")["trial"].iloc[0]
    found = evidence.embedding(trial, "item")
    assert found.keys.tolist() == train.item_keys.tolist()
    np.testing.assert_allclose(found.vectors, tk.Random(4, random_state=0).fit(train).embedding("item").vectors)
    with pytest.raises(DataError, match="no such file"):
        evidence.embedding(trial, "word")


def test_vectors_that_are_laid_side_by_side(evidence: Evidence) -> None:
    found = learned(evidence, "films")
    assert [(each.label, each.embedding.dim, each.seed) for each in found] == [
        *(("pca", dim, seed) for dim in (2, 3) for seed in (3, 4)),
        ("random", 4, 0),
    ], "popularity has vectors of one dimension"
    assert [each.is_null for each in found] == [False] * 4 + [True]
    assert {each.embedding.entity for each in found} == {"item"}
    few = first_seed(learned(evidence, "films", 3))
    assert [(each.name, each.embedding.dim, each.seed) for each in few] == [("pca", 3, 3)]
    with pytest.raises(DataError, match="experiment 'films' has no vectors of 50 dimensions"):
        learned(evidence, "films", 50)


@pytest.mark.parametrize(
    ("name", "message"),
    [("no-table", "no attribute 'empty'"), ("bad-name", r"a table is called '../numbers'; use letters, digits")],
)
def test_a_study_that_returns_no_tables_fails_in_its_own_process(
    evidence: Evidence, tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises((AttributeError, ToolkitError), match=message):
        run_study((), tmp_path, StudySpec(name=name), evidence, 1)


def test_a_study_that_finds_nothing(evidence: Evidence, tmp_path: Path) -> None:
    none = Evidence(evidence.folder, evidence.trials[:0], evidence.scores[:0], {}, 0)
    with pytest.raises(DataError, match="study 'count' found nothing; it looked at films, words"):
        run_study((), tmp_path, StudySpec(name="count", experiments=("films", "words")), none, 1)
    with pytest.raises(DataError, match="it looked at no experiment, as the suite names none for it"):
        run_study((), tmp_path, StudySpec(name="count"), none, 1)


def test_command_line_tells_of_studies(
    suite: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(suite(more='[[studies]]\nname = "broken"\n[[studies]]\nname = "absent"\n'))
    assert main(["run", path, "--workers", "1"]) == 1
    told = capsys.readouterr()
    assert "1 of 3 trials and studies failed" in told.out
    ended = [line for line in told.err.splitlines() if line.startswith("[")]
    assert ended[0].startswith("[1/3] films popularity: fit ")
    assert ended[1:] == ["[2/2] study broken: failed: ValueError: no such thing"]
    assert main(["run", path, "--only", "absent", "--fresh"]) == 0
    told = capsys.readouterr()
    pip = "study 'absent' needs no_such_library.part: pip install 'embedding-comparison-toolkit[more]' (left out)"
    assert told.err.splitlines() == [pip]
    assert "Not answered: study 'absent' needs" in (tmp_path / "runs" / "small" / "report.md").read_text()


def test_fresh_removes_what_studies_found(suite: Write, tmp_path: Path) -> None:
    more = '[[studies]]\nname = "count"\nexperiments = ["films"]\n[[studies]]\nname = "broken"\n'
    first = tk.run(suite(more=more), out=tmp_path / "run", quiet=True)
    assert (first.path / "studies" / "count" / "counts.csv").is_file()
    again = tk.run(suite(), out=tmp_path / "run", quiet=True, fresh=True)
    assert {path.name for path in again.path.iterdir()} == {
        *("run.json", "trials.csv", "scores.csv", "embeddings", "entities", "units", "store"),
        *("intervals.csv", "differences.csv", "strata.csv", "ranks.csv", "steps.csv"),
    }
    assert again.ok
    assert again.studies.empty
    with pytest.raises(UnknownNameError, match="unknown study of this run 'count'; there are none"):
        again.study("count")


def test_only_a_study(suite: Write, tmp_path: Path) -> None:
    more = '[[studies]]\nname = "count"\nexperiments = ["films"]\n[[studies]]\nname = "one-hot"\n'
    run = tk.run(suite(more=more), out=tmp_path / "run", only=["count"], quiet=True)
    assert run.studies["study"].tolist() == ["count"]
    assert len(run.trials) == 1
    run.report()
    with pytest.raises(ParameterError, match=r"data is 'lee', but no experiment is run"):
        tk.run(suite(more=more), out=tmp_path / "other", only=["one-hot"], data="lee", quiet=True)
    assert not (tmp_path / "other").exists()


def test_a_suite_of_studies_alone(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text('title = "Small"\nseeds = [9]\n[[studies]]\nname = "needs"\noptions = { number = 1 }\n')
    run = tk.run(path, out=tmp_path / "run", quiet=True)
    assert run.ok
    assert run.trials.empty
    assert run.study("needs")["numbers"]["x"].tolist() == [1, 2]
    for suffix in ("html", "md", "csv", "tex"):
        run.report(tmp_path / f"report.{suffix}")
    assert "What must be told?" in (tmp_path / "report.html").read_text()


def test_studies_that_take_too_long(suite: Write, tmp_path: Path) -> None:
    more = '[[studies]]\nname = "count"\nexperiments = ["films"]\n'
    run = tk.run(suite(more=more), out=tmp_path / "run", only=["count"], timeout=0.001, quiet=True)
    assert run.studies[["status", "error"]].to_numpy().tolist() == [["timeout", "took longer than 0.001 s"]]


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that hides a library from whoever asks whether it is installed."""
    there = importlib.util.find_spec

    def hide(library: str) -> None:
        def find(name: str, package: str | None = None) -> Any:
            return None if name == library else there(name, package)

        monkeypatch.setattr(importlib.util, "find_spec", find)

    return hide


def test_trials_whose_library_is_not_installed(
    films: Path, tmp_path: Path, without: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    without("sklearn")
    path = written(tmp_path, films, studies='[[studies]]\nname = "count"\nexperiments = ["films"]\n')
    assert main(["run", str(path), "--out", str(tmp_path / "run"), "--workers", "1"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "scikit-learn is not installed: pip install 'scikit-learn' (left out: pca)"
    assert [line.partition("]")[0] for line in told[1:] if line[0] == "["] == ["[1/3", "[2/3", "[3/3"]
    run = tk.open_run(tmp_path / "run")
    assert run.ok
    absent = run.trials[run.trials["status"] == "left out"]
    assert absent["embedder"].tolist() == ["pca"] * 4
    assert set(absent["error"]) == {"scikit-learn is not installed: pip install 'scikit-learn'"}
    assert len(run.study("count")["counts"]) == 2
    report = (run.path / "report.md").read_text()
    assert "6, 4 left out" in report
    assert "scikit-learn is not installed: pip install 'scikit-learn'" in report


def test_a_shipped_study_whose_library_is_not_installed(
    tmp_path: Path, without: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    without("torch")
    path = tmp_path / "small.toml"
    path.write_text('title = "Small"\nstudies = ["one-hot"]\n')
    assert main(["run", str(path), "--out", str(tmp_path / "run")]) == 0
    told = capsys.readouterr().err
    assert told == "study 'one-hot' needs torch: pip install 'embedding-comparison-toolkit[torch]' (left out)\n"
    run = tk.open_run(tmp_path / "run")
    assert run.ok
    assert run.studies["status"].tolist() == ["left out"]
    assert "Not answered: study 'one-hot' needs torch" in (run.path / "report.html").read_text().replace("&#39;", "'")
