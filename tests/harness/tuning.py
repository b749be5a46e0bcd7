"""What the tests of tuning share: suites that tune, and a search in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import toolkit as tk
from toolkit.data.staged import stage
from toolkit.harness import load_suite
from toolkit.harness.plan import plan
from toolkit.harness.tuning import TuningOutcome, plan_tunings, prepare_tunings, run_tuning

Write = Callable[..., Path]
HEAD = 'title = "Small"\n[[experiments]]\nname = "films"\ndataset = "{data}"\n'


def body(embedders: str, tune: str = "trials = 6") -> str:
    return f'splits = ["holdout"]\ntasks = ["rating-prediction"]\nembedders = [{embedders}]\n[tune]\n{tune}\n'


def made(path: Path) -> Path:
    """Return the directory of a run that begins."""
    for name in ("embeddings", "units"):
        (path / name).mkdir(parents=True)
    return path


def search(path: Path, folder: Path, only: list[str] | None = None) -> list[TuningOutcome]:
    """Plan a suite's tunings and carry them out in this process."""
    loaded = load_suite(path)
    folder.mkdir(exist_ok=True)
    tunings = prepare_tunings(loaded, plan_tunings(loaded, plan(loaded, only or [])))
    outcomes = []
    for number, tuning in enumerate(tunings):
        (folder / str(number)).mkdir()
        trial = tuning.trials[0]
        train, _ = tk.load_ratings(trial.dataset).split(trial.split_method, **trial.split_options)
        stage(train, folder / "train.arrow")
        outcomes.append(run_tuning([folder / "train.arrow"], folder / str(number), tuning, threads=1))
    return outcomes
