"""A package of somebody else, installed as any other: its embedder is in the table, in a suite and in the report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
title = "With a method of somebody else"

[[experiments]]
name = "films"
dataset = "movielens-100k"
splits = ["u1"]
tasks = ["rating-prediction"]
embedders = [
    { name = "random-projection", params = { embedding_dim = 16 } },
    { name = "random", params = { embedding_dim = 16 } },
]
"""
CHECK = """
import toolkit as tk
from toolkit.testing import CHECKS

for check in CHECKS:
    check(tk.make_embedder("random-projection", embedding_dim=4))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory):
    """Return a function that runs Python where the package is installed, and returns what it printed."""
    place = tmp_path_factory.mktemp("installed")
    source = Path(__file__).parent / "projected"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(source)]
    subprocess.run(command, check=True, timeout=300)

    def run(*arguments: str, folder: Path = place) -> str:
        paths = os.pathsep.join(filter(None, (str(place), os.environ.get("PYTHONPATH", ""))))
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_package_is_short() -> None:
    lines = (Path(__file__).parent / "projected" / "projected.py").read_text().splitlines()
    assert len(lines) <= 20


def test_it_is_in_the_table_of_embedders(python) -> None:
    (row,) = [line for line in python("-m", "toolkit", "embedders").splitlines() if "random-projection" in line]
    assert row.split() == ["random-projection", "projected", "matrix", "True"]


def test_it_passes_the_checks_of_every_embedder(python) -> None:
    python("-W", "error::UserWarning", "-c", CHECK)


def test_it_runs_in_a_suite_and_stands_in_the_report(python, tmp_path: Path) -> None:
    (tmp_path / "theirs.toml").write_text(SUITE)
    python("-m", "toolkit", "run", "theirs.toml", "--workers", "1", folder=tmp_path)
    for name in ("report.html", "report.md"):
        assert "random-projection" in (tmp_path / "runs" / "theirs" / name).read_text(encoding="utf-8")
    trials = (tmp_path / "runs" / "theirs" / "trials.csv").read_text()
    assert "random-projection,projected,False,16" in trials
