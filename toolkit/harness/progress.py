"""What a person sees while a suite runs: a live bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from toolkit.inert import one_line


class Reporter:
    """Tells what is running, how long it took and about how much time is left.

    Parameters
    ----------
    total : int
        How many trials and studies there are.
    console : rich.console.Console
        Where to write.
    """

    def __init__(self, total: int, console: Console) -> None:
        self.total, self.done = total, 0
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
            self._all = self._bar.add_task("all", total=self.total, count=f"0/{self.total}", left="")

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show_running(self, names: list[str]) -> None:
        """Show what runs now."""
        if self._bar is None:
            return
        for gone in set(self._running) - set(names):
            self._bar.remove_task(self._running.pop(gone))
        for new in names:
            if new not in self._running:
                self._running[new] = self._bar.add_task(escape(one_line(new)), total=None, count="", left="")

    def end(self, name: str, ok: bool, text: str, counted: bool = True) -> None:
        """Show how a job ended; in a terminal only where it did not end well. Trials and studies are counted."""
        if not counted:
            if self._bar is None or not ok:
                self.say(f"{name}: {text}")
            return
        self.done += 1
        if self._bar is not None:
            self._bar.update(self._all, completed=self.done, count=f"{self.done}/{self.total}", left=self._left())
        if self._bar is None or not ok:
            left = f" ({self._left()})" if self._left() else ""
            self.say(f"[{self.done}/{self.total}] {name}: {text}{left}")

    def leave_out(self, number: int, line: str) -> None:
        """Say why some trials or studies are not carried out, and expect so many fewer."""
        self.expect_fewer(number)
        self.say(line)

    def pass_over(self, number: int, counted: bool) -> None:
        """Say how much of what is to come is kept from before; trials and studies need not be counted any more."""
        if counted and number:
            self.expect_fewer(number)
            self.say(f"{number} of {self.total + number} {'is' if number == 1 else 'are'} there from before")

    def expect_fewer(self, number: int) -> None:
        """Take some trials or studies away from what is to come."""
        self.total -= number
        if self._bar is not None:
            self._bar.update(self._all, total=self.total, count=f"{self.done}/{self.total}")

    def say(self, line: str) -> None:
        """Write a line above the bar."""
        self.console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)

    def _left(self) -> str:
        if not 0 < self.done < self.total:
            return ""
        seconds = (time.monotonic() - self.started) / self.done * (self.total - self.done)
        return f"about {seconds:.0f} s left" if seconds < 100 else f"about {seconds / 60:.0f} min left"
