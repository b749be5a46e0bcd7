"""The suite that people run first."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from claim import DisagreementError, Figure, Side

WORK = "the command `toolkit run quickstart`, from its start to the written report, the data being there"
PEER = "none"
REPEATS = 1


def prepare(folder: Path) -> None:
    """Fetch the data."""
    from toolkit.datasets import fetch

    for name in ("movielens-100k", "glove-6b-50d", "lee", "wordsim353", "simlex999", "men", "google-analogies"):
        fetch(name)


def ours(folder: Path) -> Iterator[object]:
    """Run it as a person would."""
    out = folder / "run"
    yield
    command = [Path(sysconfig.get_path("scripts")) / "toolkit", "run", "quickstart", "--out", out, "--fresh"]
    code = subprocess.run(command, check=False, capture_output=True).returncode
    yield
    yield {"code": code, "report": (out / "report.html").is_file()}


def figures(ours: Side, peer: None) -> list[Figure]:
    """Two minutes, and every trial well."""
    if ours.answer != {"code": 0, "report": True}:
        raise DisagreementError(f"the run was to end with 0 and a report, and ended with {ours.answer}")
    return [Figure("in all", ours.seconds, 120, at_least=False, unit="s")]
