"""The command line: what it answers, its exit codes, and that a wrong request leaves everything as it was."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import toolkit.datasets.download as download
from toolkit import Embedding
from toolkit.cli import main

SUITE = """
title = "Small"
[[experiments]]
name = "films"
dataset = "{data}"
splits = ["holdout"]
tasks = ["rating-prediction", "ranking"]
embedders = ["bias", {{ name = "pca", params = {{ embedding_dim = {dim} }} }}]
"""
RATINGS = "user,item,rating\n" + "".join(
    f"u{user},i{item},{1 + (user + item) % 5}\n" for user in range(12) for item in range(9) if (user * item) % 4 != 1
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ratings.csv").write_text(RATINGS)
    (tmp_path / "small.toml").write_text(SUITE.format(data="ratings.csv", dim=3))
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must be refused, and return its one line."""
    try:
        code = main(list(arguments))
    except SystemExit as stop:  # argparse ends the process itself
        code = stop.code
    err = capsys.readouterr().err
    assert code == 2
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1, err
    return err


def test_run_report_and_exit_code_zero(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "small.toml", "--workers", "1"]) == 0
    run = folder / "runs" / "small"
    assert {path.name for path in run.iterdir()} >= {"run.json", "trials.csv", "scores.csv", "report.html", "report.md"}
    assert main(["report", str(run), "--format", "csv"]) == 0
    assert main(["report", str(run), "-o", "table.tex"]) == 0
    assert (folder / "table.tex").is_file()
    assert "report.html" in capsys.readouterr().out


def test_failed_trial_is_a_row_and_exit_code_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "small.toml").write_text(SUITE.format(data="ratings.csv", dim=300))
    assert main(["run", "small.toml", "--workers", "1"]) == 1
    assert "1 of 2 trials failed" in capsys.readouterr().out
    assert "embedding_dim is 300" in (folder / "runs" / "small" / "trials.csv").read_text()
    assert "ParameterError" in (folder / "runs" / "small" / "errors" / "films-002.txt").read_text()


@pytest.mark.parametrize("format", ["html", "md", "csv", "latex"])
def test_run_in_which_everything_failed_has_a_report(
    folder: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    (folder / "small.toml").write_text(SUITE.format(data="ratings.csv", dim=300))
    assert main(["run", "small.toml", "--workers", "1", "--only", "pca"]) == 1
    assert main(["report", "runs/small", "--format", format, "-o", "report.out"]) == 0
    text = (folder / "report.out").read_text()
    assert "nan" not in text
    if format in ("html", "md"):  # the others hold numbers alone
        assert "dim is 300" in text


def test_run_that_was_stopped_has_a_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolkit.harness.work._answer_of", stopped)
        assert main(["run", "small.toml", "--workers", "1"]) == 130
    assert main(["report", "runs/small", "--format", "md"]) == 0
    assert "stopped before its end" in (folder / "runs" / "small" / "report.md").read_text()


def test_report_never_replaces_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "small.toml", "--workers", "1", "--only", "bias"]) == 0
    scores = folder / "runs" / "small" / "scores.csv"
    before = scores.read_bytes()
    capsys.readouterr()
    assert "is part of the run itself" in refused(capsys, "report", "runs/small", "-o", str(scores))
    assert scores.read_bytes() == before


def test_an_answer_that_nobody_reads_is_no_fault() -> None:
    command = [sys.executable, "-m", "toolkit", "embedders"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


def test_used_directory_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "small.toml", "--workers", "1", "--only", "bias"]) == 0
    scores = folder / "runs" / "small" / "scores.csv"
    before = scores.read_bytes()
    capsys.readouterr()
    (folder / "small.toml").rename(folder / "other.toml")
    told = refused(capsys, "run", "other.toml", "--out", "runs/small")
    assert "already holds a run of 'small', and this is one of 'other'; replace it with --fresh, or choose" in told
    assert scores.read_bytes() == before
    assert main(["run", "other.toml", "--out", "runs/small", "--workers", "1", "--only", "pca", "--fresh"]) == 0
    assert scores.read_bytes() != before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("ratings.csv", "nowhere.csv"), "unknown data set or file of ratings 'nowhere.csv'"),
        (('"bias"', '"biass"'), "unknown embedder 'biass'; did you mean 'bias'?"),
        (('"ranking"', '"rankings"'), "unknown task 'rankings'; did you mean 'ranking'?"),
        (("embedding_dim", "embeding_dim"), "unknown parameter of PCA 'embeding_dim'; did you mean 'embedding_dim'?"),
        (('"holdout"', '"hold-out"'), "unknown split 'hold-out'; did you mean 'holdout'?"),
        (("splits", "split"), "'split'; did you mean 'splits'?"),
        (("title =", "titel ="), "'titel'; did you mean 'title'?"),
        (
            ("embedding_dim = 3", "embedding_dim = -5"),
            "embedding_dim of PCA is -5; it must be an integer of at least 1",
        ),
        (('"ranking"', '{ name = "ranking", options = { k = 0 } }'), "option 'k' of task 'ranking' is 0"),
        (
            ('"ranking"', '{ name = "ranking", options = { readouts = ["rigde", "native"] } }'),
            "option 'readouts' of task 'ranking' is 'rigde'",
        ),
        (('"ranking"', '"rating-prediction"'), "has two tasks called 'rating-prediction'"),
        (('["holdout"]', '["u1", "u1"]'), "has two splits that are 'canonical u1'"),
        (('title = "Small"', 'title = "Small'), "small.toml: cannot be read as TOML"),
        (("tasks = [", "tasks = [3, "), "small.toml: experiments.0.tasks.0"),
    ],
)
def test_wrong_suite(folder: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], message: str) -> None:
    path = folder / "small.toml"
    path.write_text(path.read_text().replace(*change))
    assert message in refused(capsys, "run", "small.toml")
    assert not (folder / "runs").exists()


def test_wrong_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "unknown suite 'quickstrat'; did you mean 'quickstart'?" in refused(capsys, "run", "quickstrat")
    assert "nowhere.toml: no such file" in refused(capsys, "run", "nowhere.toml")
    assert "did you mean 'bias'?" in refused(capsys, "run", "small.toml", "--only", "bia")
    assert "workers is 0" in refused(capsys, "run", "small.toml", "--workers", "0")
    for timeout in ("-1", "nan", "inf"):
        assert f"timeout is {timeout}" in refused(capsys, "run", "small.toml", "--timeout", timeout)
    assert "invalid int value: 'two'" in refused(capsys, "run", "small.toml", "--workers", "two")
    assert "holds no run" in refused(capsys, "report", ".")
    assert "required" in refused(capsys)
    assert "did you mean 'movielens-100k'?" in refused(capsys, "fetch", "movielens-100")
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        ("user,item,when\na,x,1\n", "rating"),
        ("user,item,rating\na,x,1\nb,y,good\n", "line 3"),
        ("user,item,rating\n", "ratings.csv"),
        ("", "ratings.csv"),
    ],
)
def test_wrong_ratings(folder: Path, capsys: pytest.CaptureFixture[str], ratings: str, message: str) -> None:
    (folder / "ratings.csv").write_text(ratings)
    line = refused(capsys, "run", "small.toml")
    assert "ratings.csv" in line
    assert message in line
    assert not (folder / "runs").exists()


def test_wrong_vectors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "short.txt").write_text("cat 1 2 3\ndog 1 2\ncow 1 2 3\n")
    out = folder / "out.arrow"
    out.write_text("precious")
    assert "short.txt, line 2" in refused(capsys, "convert", "short.txt", "out.arrow")
    assert out.read_text() == "precious"
    assert "nowhere.bin" in refused(capsys, "neighbors", "nowhere.bin", "cat")
    (folder / "fine.txt").write_text("cat 1 2\ndog 1 3\n")
    assert "unknown word 'cart'; did you mean 'cat'?" in refused(capsys, "neighbors", "fine.txt", "cart")


def test_no_network(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLKIT_CACHE", str(folder / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    main_code = main(["fetch", "men"])
    assert main_code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "toolkit: data set 'men' cannot be had from svd2vec==0.3.3" in last
    assert not list((folder / "cache").rglob("men_dataset.txt"))


def test_digest_that_differs(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def other_wheel(requirement: str, home: Path) -> Path:
        path = home / "other.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr("svd2vec/datasets/similarities/men_dataset.txt", "cat\tdog\t50\n")
        return path

    monkeypatch.setenv("TOOLKIT_CACHE", str(folder / "cache"))
    monkeypatch.setattr(download, "pip_download", other_wheel)
    assert main(["fetch", "men"]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "is not the file that is meant: expected SHA-256" in last
    assert not list((folder / "cache").rglob("men_dataset.txt"))


def test_listings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets"]) == 0
    assert "movielens-100k" in capsys.readouterr().out
    assert main(["embedders"]) == 0
    assert "truncated-svd" in capsys.readouterr().out
    assert main(["fetch", "wordsim353"]) == 0
    assert "wordsim353.tsv" in capsys.readouterr().out


def test_neighbors_and_convert(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Embedding(["cat", "dog", "car"], [[1, 0], [1, 1], [-1, 0]]).save("v.arrow")
    assert main(["convert", "v.arrow", "v.txt"]) == 0
    assert main(["neighbors", "v.txt", "cat", "dog", "-k", "1"]) == 0
    assert capsys.readouterr().out.split() == [
        *("v.txt", "cat", "key", "similarity", "dog", "0.707107"),
        *("dog", "key", "similarity", "cat", "0.707107"),
    ]


def test_import_loads_no_backend() -> None:
    script = (
        "import sys, toolkit;"
        "heavy = {'numpy', 'pandas', 'scipy', 'gensim', 'sklearn', 'implicit', 'surprise', 'torch', 'altair'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_download_module_is_the_only_way_out() -> None:
    """What the tests above cut off is all that there is: no other module imports a client of the network."""
    package = Path(download.__file__).resolve().parents[1]
    clients = ("import requests", "import urllib", "import http", "import socket", "import pooch", "from requests")
    users = {
        path.name for path in package.rglob("*.py") if any(client in path.read_text("utf-8") for client in clients)
    }
    assert users == {"download.py"}
