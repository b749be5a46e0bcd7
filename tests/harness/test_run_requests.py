"""What may go wrong with a run, and that nothing is written over; where it may be started from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import toolkit as tk
from tests.packages import install, visible
from toolkit.errors import DataError, ParameterError, ToolkitError, UnknownNameError
from toolkit.harness.tables import REPORTS
from toolkit.testing import small_ratings

Write = Callable[..., Path]
ONE = 'splits = ["holdout"]\ntasks = ["ranking"]\nembedders = ["popularity"]\n'


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_directory_that_holds_a_run_is_left_alone(suite: Write, tmp_path: Path) -> None:
    out = tmp_path / "run"
    tk.run(suite(ONE), out=out, quiet=True)
    before = contents(out)
    other = shutil.copy(suite(ONE), tmp_path / "other.toml")
    with pytest.raises(
        DataError, match="already holds a run of 'small', and this is one of 'other'; replace it with --"
    ):
        tk.run(other, out=out, quiet=True)
    with pytest.raises(
        DataError, match=r"already holds a run of 'small' on .*films\.csv, and this is one on .*mine\.csv"
    ):
        tk.run(suite(ONE, data=shutil.copy(out / "scores.csv", tmp_path / "mine.csv")), out=out, quiet=True)
    with pytest.raises(UnknownNameError):
        tk.run(suite(ONE), out=out, quiet=True, fresh=True, only=["no-such"])
    with pytest.raises(ToolkitError):
        tk.run(suite(ONE), out=out, quiet=True, fresh=True, data="nowhere.csv")
    with pytest.raises(ParameterError, match="workers is 0"):
        tk.run(suite(ONE), out=out, quiet=True, fresh=True, workers=0)
    with pytest.raises(ParameterError, match="timeout is -1"):
        tk.run(suite(ONE), out=out, quiet=True, fresh=True, timeout=-1)
    assert contents(out) == before


def test_fresh_replaces_a_run_and_nothing_else(suite: Write, tmp_path: Path) -> None:
    out = tmp_path / "run"
    first = tk.run(suite(ONE.replace("popularity", "random")), out=out, quiet=True)
    assert first.scores["embedder"].unique().tolist() == ["random"]
    (out / "notes.txt").write_text("mine")
    for name in REPORTS:
        (out / name).write_text("old")
    (out / "errors").mkdir()
    (out / "errors" / "old.txt").write_text("old")
    second = tk.run(suite(ONE), out=out, quiet=True, fresh=True)
    assert second.scores["embedder"].unique().tolist() == ["popularity"]
    compared = {f"{name}.csv" for name in ("intervals", "differences", "strata", "ranks", "steps")}
    whole = {"run.json", "trials.csv", "scores.csv", "embeddings", "entities", "units", "store", "notes.txt"}
    assert {path.name for path in out.iterdir()} == whole | compared
    assert {path.name for path in (out / "embeddings").iterdir()} == {
        "films-001.item.arrow",
        "films-001.user.arrow",
    }


@pytest.mark.parametrize("fresh", [False, True])
def test_a_directory_of_something_else_is_left_alone(suite: Write, tmp_path: Path, fresh: bool) -> None:
    out = tmp_path / "thesis"
    (out / "embeddings").mkdir(parents=True)
    (out / "scores.csv").write_text("precious")
    before = contents(out)
    with pytest.raises(DataError, match="is not empty and holds no run"):
        tk.run(suite(ONE), out=out, quiet=True, fresh=fresh)
    assert contents(out) == before
    with pytest.raises(DataError, match=r"small\.toml"):
        tk.run(suite(ONE), out=tmp_path / "small.toml", quiet=True, fresh=fresh)


def test_an_empty_directory_may_be_used(suite: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(suite(ONE), tmp_path / "other.toml")
    (tmp_path / "runs" / "other").mkdir(parents=True)
    run = tk.run("other.toml", quiet=True)
    assert run.path == Path("runs/other")
    assert run.ok
    assert run.info["command"] == "toolkit run other.toml"


def test_other_data_in_place_of_the_suites(suite: Write, tmp_path: Path) -> None:
    other = tmp_path / "my films.csv"
    small_ratings(12, 9).to_frame().to_csv(other, index=False)
    body = 'options = { user = "user" }\n' + ONE
    run = tk.run(suite(body), out=tmp_path / "run", data=str(other), quiet=True)
    assert run.ok
    assert set(run.scores["dataset"]) == {str(other)}
    assert run.info["datasets"][str(other)]["summary"] == tk.load_ratings(other).summary
    assert run.info["suite"]["experiments"][0]["dataset"] == str(other)
    assert run.info["command"].endswith(f"--data '{other}'")
    with pytest.raises(UnknownNameError, match="did you mean 'movielens-100k'"):
        tk.run(suite(ONE), out=tmp_path / "none", data="movielens-10k", quiet=True)
    assert not (tmp_path / "none").exists()


def test_other_data_for_the_experiments_that_are_run(suite: Write, films: Path, tmp_path: Path) -> None:
    words = '[[experiments]]\nname = "words"\ndataset = "lee"\ntasks = ["analogies"]\nembedders = ["popularity"]\n'
    mixed = suite(ONE, words)
    with pytest.raises(ParameterError, match="data can replace one kind only"):
        tk.run(mixed, out=tmp_path / "run", data=str(films), quiet=True)
    run = tk.run(mixed, out=tmp_path / "run", data=str(films), only=["films"], quiet=True)
    assert set(run.trials["experiment"]) == {"films"}


@pytest.mark.parametrize("options", ['{ usr = "user" }', "{ min_count = 3 }"])
def test_an_unknown_option_of_the_data_writes_nothing(suite: Write, tmp_path: Path, options: str) -> None:
    with pytest.raises(ToolkitError):
        tk.run(suite(f"options = {options}\n" + ONE), out=tmp_path / "run", quiet=True)
    assert not (tmp_path / "run").exists()


def test_a_file_that_is_no_table_writes_nothing(suite: Write, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("user,item,rating\na,b,five\n")
    with pytest.raises(DataError, match=r"bad\.csv, line 2"):
        tk.run(suite(ONE, data=str(tmp_path / "bad.csv")), out=tmp_path / "run", quiet=True)
    assert not (tmp_path / "run").exists()


def test_trials_that_take_too_long(suite: Write, tmp_path: Path) -> None:
    run = tk.run(suite(ONE), out=tmp_path / "run", timeout=0.001, quiet=True)
    assert run.trials["status"].tolist() == ["timeout"]
    assert run.trials["error"].tolist() == ["took longer than 0.001 s"]
    assert not run.ok
    assert run.scores.empty


CRASHER = """
import os
from toolkit import Embedder

class Crasher(Embedder):
    view = "matrix"

    def _learn(self, data):
        os._exit(9)
"""


def test_a_crash_is_a_row_and_the_others_go_on(suite: Write, tmp_path: Path) -> None:
    with visible(install(tmp_path / "package", "crasher", CRASHER, {"crasher": "crasher:Crasher"})):
        body = ONE.replace('["popularity"]', '["crasher", "popularity"]')
        run = tk.run(suite(body), out=tmp_path / "run", workers=1, quiet=True)
    assert run.trials["status"].tolist() == ["crashed", "ok"]
    assert run.trials["error"].tolist() == ["its process ended with exit code 9", ""]


def test_a_script_needs_no_guard(suite: Write, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import toolkit as tk\nprint('begin')\nrun = tk.run({str(suite(ONE))!r}, out='run', workers=2, quiet=True)\n"
        "print(run.ok, len(run.trials), __file__.endswith('script.py'))\n"
    )
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["begin", "True 1 True"], done.stderr
    assert done.stderr == ""


def test_progress_goes_to_standard_error(suite: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tk.run(suite(ONE), out=tmp_path / "run")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("[1/1] films popularity: fit ")
