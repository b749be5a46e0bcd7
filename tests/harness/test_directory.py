"""Whose a directory is: one run at a time writes there, and only one that may."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import started
from toolkit.errors import DataError
from toolkit.harness.directory import check_directory, held

HOLD = """
import sys, time
from pathlib import Path
from toolkit.harness.directory import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def written(path: Path, info: object) -> Path:
    path.mkdir(exist_ok=True)
    (path / "run.json").write_text(info if isinstance(info, str) else json.dumps(info))
    return path


def info(name: str = "films", format: int = 2, *datasets: str) -> dict[str, object]:
    experiments = [{"dataset": dataset} for dataset in datasets]
    return {"format": format, "suite": {"name": name, "experiments": experiments}}


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"format": "x"}', "[" * 99_999, '{"format": 2, "suite": 3}'])
def test_a_damaged_run_json_is_written_anew(tmp_path: Path, damaged: str) -> None:
    check_directory(written(tmp_path / "run", damaged), "films", fresh=False)


def test_a_run_of_the_same_suite_is_gone_on_with(tmp_path: Path) -> None:
    check_directory(tmp_path / "none", "films", fresh=False)
    path = written(tmp_path / "run", info("films", 2, "a", "b"))
    check_directory(path, "films", fresh=False)
    check_directory(path, "films", False, ["b", "c"])
    with pytest.raises(
        DataError, match=r"run: already holds a run of 'films' on a, b, and this is one on c; replace it"
    ):
        check_directory(path, "films", False, ["c"])
    with pytest.raises(DataError, match="holds a run of an earlier version, which cannot be gone on with; replace it"):
        check_directory(written(path, info("films", 1)), "films", fresh=False)
    check_directory(path, "films", fresh=True)


def test_nobody_else_has_it_meanwhile(tmp_path: Path) -> None:
    with held(tmp_path / "run") as folder:
        assert folder == tmp_path / "run" / ".work"
        (folder / "data").write_text("x")
        with pytest.raises(DataError, match=rf"another run is writing there \(process {os.getpid()} on .+\); wait"):
            held(tmp_path / "run").__enter__()
        assert (folder / "data").read_text() == "x"
        (tmp_path / "run" / "run.json").touch()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["run.json"]


def test_nothing_is_left_of_a_run_that_wrote_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path / "runs" / "films"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty").mkdir()
    with held(tmp_path / "empty"):
        pass
    assert list((tmp_path / "empty").iterdir()) == []


def test_who_was_killed_holds_nothing(tmp_path: Path) -> None:
    with started([sys.executable, "-c", HOLD, str(tmp_path / "run")], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(DataError, match=f"process {process.pid} on"):
            held(tmp_path / "run").__enter__()
    assert (tmp_path / "run" / ".work").is_dir()
    check_directory(tmp_path / "run", "films", fresh=False)
    with held(tmp_path / "run") as folder:
        assert list(folder.iterdir()) == []


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written: Not a directory"):
        held(tmp_path / "file" / "run").__enter__()


def test_a_directory_that_is_gone_at_the_end_is_no_fault(tmp_path: Path) -> None:
    with held(tmp_path / "run") as folder:
        folder.rmdir()
        (tmp_path / "run" / ".lock").unlink()
        (tmp_path / "run").rmdir()
    assert not (tmp_path / "run").exists()
