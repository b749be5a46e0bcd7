"""`compare`: a first look at somebody's own data."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from toolkit.errors import ParameterError
from toolkit.harness.deadline import Deadline
from toolkit.harness.directory import check_directory
from toolkit.harness.machine import available_cores
from toolkit.harness.own.inputs import InputKind, kind_of
from toolkit.harness.own.pace import slowness
from toolkit.harness.own.prepared import Budget, Prepared, Wishes, stem_of
from toolkit.harness.own.ratings import prepare_ratings
from toolkit.harness.own.texts import prepare_text
from toolkit.harness.own.vectors import prepare_vectors
from toolkit.harness.plan import plan
from toolkit.harness.results import Run
from toolkit.harness.runner import run
from toolkit.harness.suite import LONGEST
from toolkit.inert import one_line

RESERVED, MOST_RESERVED = 0.15, 0.5  # share of the time in which differences are tested and the report is written
COLUMNS = ("user", "item", "rating", "timestamp", "count")
APPLIES: dict[InputKind, set[str]] = {
    "ratings": {*COLUMNS, "implicit", "scale", "items"},
    "vectors": {"items", "pairs", "analogies"},
    "corpus": {"pairs", "analogies"},
}
WHAT: dict[InputKind, str] = {"ratings": "ratings", "vectors": "vectors", "corpus": "a text"}


def compare(
    *inputs: str | Path,
    out: str | Path | None = None,
    minutes: float = 5.0,
    workers: int | None = None,
    only: Sequence[str] = (),
    timeout: float | None = None,
    memory: int | str | None = None,
    fresh: bool = False,
    user: str | None = None,
    item: str | None = None,
    rating: str | None = None,
    timestamp: str | None = None,
    count: str | None = None,
    implicit: bool = False,
    scale: tuple[float, float] | None = None,
    items: str | Path | None = None,
    pairs: Sequence[str | Path] = (),
    analogies: Sequence[str | Path] = (),
    quiet: bool = False,
    store: str | Path | None = None,
) -> Run:
    """Compare what can be compared on data of your own; what the data is, and how to judge on it, is guessed and said.

    Parameters
    ----------
    *inputs : str or Path
        One table of ratings or events (on which methods are trained), one text (likewise), or one or several files of
        vectors (which are laid side by side over the keys that they share). Names of the catalog stand for its data.
    out : str or Path, optional
        Directory of the run; by default ``runs/`` and the name of the first input.
    minutes : float, default 5
        What the whole may take. Methods are chosen by that; those that have not begun or ended in time are left out.
    workers : int, optional
        How many trials run at a time; by default as many as there are cores.
    only : sequence of str, optional
        Labels of embedders; the others are left out.
    timeout : float, optional
        Seconds that one trial may take.
    memory : int or str, optional
        Bytes, or a text such as ``"4G"``, that one trial may hold.
    fresh : bool, default False
        Replace an earlier run in the directory.
    user, item, rating, timestamp : str, optional
        Columns of ratings, by name or, of a file without a header, by number from 1.
    count : str, optional
        For events, the column that says how often each happened, or how long it took.
    implicit : bool, default False
        Take every row as an event without a rating.
    scale : tuple of float, optional
        The lowest and the highest rating possible.
    items : str or Path, optional
        A table of the items: keys, titles and attributes.
    pairs, analogies : sequence of str or Path
        Sets of your own to judge words by, beside those that ship.
    quiet : bool, default False
        Say nothing.
    store : str or Path, optional
        The folder in which results are kept, which several runs may share; by default ``store`` in the directory.

    Returns
    -------
    Run
        Its `report` writes the report.

    Raises
    ------
    ToolkitError
        If the request or an input is wrong; nothing is written over then.
    """
    started = time.monotonic()
    names = [str(name) for name in inputs]
    columns = dict(zip(COLUMNS, (user, item, rating, timestamp, count), strict=True))
    wishes = Wishes(
        {role: column for role, column in columns.items() if column is not None},
        implicit,
        scale,
        None if items is None else str(items),
        tuple(map(str, pairs)),
        tuple(map(str, analogies)),
        tuple(only),
    )
    kind = kind_of(names)
    _check(kind, wishes, minutes)
    path = Path("runs", stem_of(names[0])) if out is None else Path(out)
    check_directory(path, stem_of(names[0]), fresh)
    workers = available_cores() if workers is None else workers
    if workers < 1:
        raise ParameterError(f"workers is {workers}; it must be at least 1")
    slow = slowness()
    reserved = min(RESERVED * slow, MOST_RESERVED)
    deadline = Deadline(started + 60 * minutes * (1 - reserved), minutes)
    prepared = _prepare(kind, names, wishes, Budget(deadline, workers, slow))
    of_vectors = only if kind == "vectors" else ()  # the other suites hold nothing else
    check_directory(path, prepared.suite.name, fresh, {each.dataset for each in prepared.suite.experiments})
    plan(prepared.suite, of_vectors)  # a name that is unknown shows before anything is said
    console = Console(stderr=True, quiet=quiet)
    for line in prepared.said:
        console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)
    command = _command(names, wishes, minutes, only, timeout, memory)
    return run(
        prepared.suite,
        path,
        workers,
        only=of_vectors,
        timeout=timeout,
        memory=memory,
        fresh=fresh,
        quiet=quiet,
        deadline=deadline,
        command=command,
        store=store,
    )


def _prepare(kind: InputKind, names: Sequence[str], wishes: Wishes, budget: Budget) -> Prepared:
    if kind == "vectors":
        return prepare_vectors(names, wishes)
    prepare = prepare_ratings if kind == "ratings" else prepare_text
    return prepare(names[0], wishes, budget)


def _check(kind: InputKind, wishes: Wishes, minutes: float) -> None:
    if not 0 < minutes <= LONGEST / 60:
        raise ParameterError(f"minutes is {minutes:g}; it must be a number above 0, at most {LONGEST // 60}")
    for name in sorted(wishes.given() - APPLIES[kind]):
        raise ParameterError(f"--{name} does not apply to {WHAT[kind]}; that takes {_options(kind)}")
    if "rating" in wishes.columns and (wishes.implicit or "count" in wishes.columns):
        other = "--implicit" if wishes.implicit else "--count"
        raise ParameterError(f"{other} says that there are no ratings, and --rating where they stand; keep one")
    if wishes.scale and not wishes.scale[0] < wishes.scale[1]:
        raise ParameterError(f"the scale is {wishes.scale[0]:g} to {wishes.scale[1]:g}; the lowest rating comes first")


def _options(kind: InputKind) -> str:
    return ", ".join(f"--{name}" for name in sorted(APPLIES[kind]))


def _command(
    names: Sequence[str],
    wishes: Wishes,
    minutes: float,
    only: Sequence[str],
    timeout: float | None,
    memory: int | str | None,
) -> str:
    words = ["toolkit", "compare", *names, "--minutes", f"{minutes:g}"]
    for role, column in wishes.columns.items():
        words += [f"--{role}", column]
    if wishes.implicit:
        words.append("--implicit")
    if wishes.scale:
        words += ["--scale", *(f"{end:g}" for end in wishes.scale)]
    if wishes.items:
        words += ["--items", wishes.items]
    for option, values in (("pairs", wishes.pairs), ("analogies", wishes.analogies), ("only", only)):
        for value in values:
            words += [f"--{option}", value]
    if timeout is not None:
        words += ["--timeout", f"{timeout:g}"]
    if memory is not None:
        words += ["--memory", str(memory)]
    return shlex.join(words)
