"""What a suite takes beyond its own fits and judgements."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from claim import DisagreementError, Figure, Side

WORKERS = 2
# all five take five times as long; in one, the start of the run and the idle end weigh five times as much
FOLDS = os.environ.get("PERF_FOLDS", "u1").split()
ALL = 'splits = ["u1", "u2", "u3", "u4", "u5"]'
WORK = (
    f"suite movielens on {', '.join(FOLDS)}, all methods, sizes and seeds, {WORKERS} workers: wall time of toolkit.run"
)
PEER = f"none: the seconds of its fits and judgements, added up and divided by {WORKERS}"
REPEATS = 1


def prepare(folder: Path) -> None:
    """Fetch the data, and write the suite with fewer folds."""
    from toolkit.datasets import fetch
    from toolkit.resources import folder as shipped

    fetch("movielens-100k")
    text = (shipped("benchmarks") / "movielens.toml").read_text()
    if ALL not in text:
        raise SystemExit(f"movielens.toml has no line {ALL}")
    (folder / "movielens.toml").write_text(text.replace(ALL, f"splits = {json.dumps(FOLDS)}"))


def ours(folder: Path) -> Iterator[object]:
    """Run the suite: read the data, start the workers, fit, judge, write the tables and the vectors."""
    from toolkit import run

    yield
    done = run(folder / "movielens.toml", folder / "run", WORKERS, fresh=True, quiet=True)
    yield
    own = done.trials[["fit_seconds", "evaluate_seconds"]].to_numpy().sum()
    yield {"ok": done.ok, "trials": len(done.trials), "own": float(own)}


def figures(ours: Side, peer: None) -> list[Figure]:
    """At most eight per cent on top."""
    if not ours.answer["ok"]:
        raise DisagreementError("a trial failed, and its seconds are not counted")
    return [Figure("of its fits and judgements", ours.seconds * WORKERS / ours.answer["own"], 1.08, at_least=False)]
