"""Runs with made-up numbers and their reports, for the report's tests only."""

from __future__ import annotations

import pytest

from tests.report.boards import APART, VALUES
from tests.report.runs import NASTY, PIPED, RunBuilder, sample_run
from toolkit.report import write_report


@pytest.fixture
def builder():
    """Return a `RunBuilder` with one experiment, ``films``, and no trials."""
    build = RunBuilder(title="One")
    build.dataset("ml", "MovieLens", "ratings", "some ratings", "training")
    build.experiment("films", "Films", "ml", ["ALS", "PCA", "Random"], ["u1"], ["rating-prediction"])
    return build


@pytest.fixture
def tested(builder):
    """Return a `RunBuilder` with one leaderboard, of `VALUES`, in which `APART` are told from each other."""
    builder.tested(VALUES, APART)
    return builder


@pytest.fixture(scope="session")
def run_dir(tmp_path_factory):
    """Return a run of one dimension, fold and seed."""
    return sample_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def sweep_dir(tmp_path_factory):
    """Return a run of three dimensions, two folds and two seeds."""
    return sample_run(tmp_path_factory.mktemp("sweep"), (10, 50, 100), ("u1", "u2"), (0, 1))


@pytest.fixture(scope="session")
def run_html(run_dir, tmp_path_factory):
    """Return the HTML report of `run_dir`."""
    return write_report(run_dir, tmp_path_factory.mktemp("html") / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def sweep_html(sweep_dir, tmp_path_factory):
    """Return the HTML report of `sweep_dir`."""
    return write_report(sweep_dir, tmp_path_factory.mktemp("html") / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def nasty():
    """Return labels that no format may take for markup."""
    return [NASTY, PIPED]
