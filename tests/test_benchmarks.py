"""What stands in benchmarks/: suites that ship, and claims that can be measured."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PERF = ROOT / "benchmarks" / "perf"
CLAIMS = sorted(path.stem for path in (PERF / "claims").glob("[a-z]*.py"))


def test_every_suite_ships_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    suites = {f"benchmarks/{path.name}" for path in (ROOT / "benchmarks").glob("*.toml")}
    assert suites == {path for path in shipped if path.startswith("benchmarks/")}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_says_what_it_measures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PERF))
    claim = __import__(f"claims.{name}", fromlist=[name])
    assert claim.WORK
    assert claim.PEER
    assert all(callable(getattr(claim, part)) for part in ("prepare", "ours", "figures"))


def test_an_unknown_claim_is_refused_before_anything_is_measured() -> None:
    done = subprocess.run(
        [sys.executable, str(PERF / "run.py"), "no-such-claim"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "no-such-claim" in done.stderr
    assert not done.stdout


def test_a_missing_interpreter_of_a_peer_is_told_before_anything_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERF_LENSKIT_PYTHON", raising=False)
    asked = [sys.executable, str(PERF / "run.py"), "ridge_readout", "lenskit_ranking"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "lenskit_ranking: set PERF_LENSKIT_PYTHON" in done.stderr
    assert not done.stdout
