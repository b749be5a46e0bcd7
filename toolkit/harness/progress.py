"""What a person sees while a suite runs: a live bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from toolkit.harness.plan import Trial
from toolkit.harness.trial import Outcome


class Reporter:
    """Tells what is running, how long it took and about how much time is left.

    Parameters
    ----------
    trials : list of Trial
        All trials of the run.
    console : rich.console.Console
        Where to write.
    """

    def __init__(self, trials: list[Trial], console: Console) -> None:
        self.total, self.done = len(trials), 0
        self.console, self.started = console, time.monotonic()
        self._running: dict[str, TaskID] = {}
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[count]}"),
                TimeElapsedColumn(),
                TextColumn("[dim]{task.fields[left]}"),
                console=console,
                transient=True,
            )
            self._all = self._bar.add_task("all trials", total=self.total, count=f"0/{self.total}", left="")

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show_running(self, trials: list[Trial]) -> None:
        """Show which trials run now."""
        if self._bar is None:
            return
        now = {trial.id: trial for trial in trials}
        for gone in set(self._running) - set(now):
            self._bar.remove_task(self._running.pop(gone))
        for new in set(now) - set(self._running):
            self._running[new] = self._bar.add_task(escape(_name(now[new])), total=None, count="", left="")

    def end(self, trial: Trial, outcome: Outcome) -> None:
        """Show how a trial ended."""
        self.done += 1
        if self._bar is not None:
            self._bar.update(self._all, completed=self.done, count=f"{self.done}/{self.total}", left=self._left())
        if self._bar is None or outcome.status != "ok":
            self._line(trial, outcome)

    def _line(self, trial: Trial, outcome: Outcome) -> None:
        if outcome.status == "ok":
            end = f"fit {outcome.fit_seconds:.1f} s, judged {outcome.evaluate_seconds:.1f} s"
        else:
            end = f"{outcome.status}: {outcome.error}"
        left = f" ({self._left()})" if self._left() else ""
        line = f"[{self.done}/{self.total}] {_name(trial)}: {end}{left}"
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _left(self) -> str:
        if not 0 < self.done < self.total:
            return ""
        seconds = (time.monotonic() - self.started) / self.done * (self.total - self.done)
        return f"about {seconds:.0f} s left" if seconds < 100 else f"about {seconds / 60:.0f} min left"


def _name(trial: Trial) -> str:
    dim = trial.params.get("embedding_dim")
    parts = [trial.experiment, trial.label, "" if dim is None else str(dim), trial.fold]
    return " ".join(part for part in parts if part)
