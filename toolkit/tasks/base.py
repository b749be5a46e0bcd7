"""What a task is: data, protocol and metrics, by which an embedding is judged.

A package adds one by decorating a function with `task`, and naming it in its own ``pyproject.toml``, with no change
here::

    [project.entry-points."toolkit.tasks"]
    my-task = "my_package.module:my_task"
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal

from toolkit.allowed import Allowed
from toolkit.data import Ratings, TrainingData, Triples
from toolkit.datasets.sources import Kind as SourceKind
from toolkit.datasets.sources import check_source
from toolkit.embedder import Embedder
from toolkit.embedding import Embedding
from toolkit.errors import MissingDependencyError, ParameterError, ToolkitError, ToolkitWarning, UnknownNameError
from toolkit.tasks.units import UnitRules, Units

GROUP = "toolkit.tasks"
Kind = Literal["ratings", "corpus", "triples", "vocabulary"]


@dataclass(frozen=True)
class Score:
    """One number, or the reason why there is none.

    Parameters
    ----------
    task : str
        The task's name.
    entity : str
        What the judged vectors describe.
    readout : str
        How predictions were made from them.
    metric : str
        Name known to `toolkit.metrics.metric_info`; empty where a note stands instead.
    value : float
        The number; nan where a note stands instead.
    n : int
        How many units (ratings, users, pairs, questions, items, inputs) it rests on.
    target : str, default ""
        What it was judged against: a set of pairs or questions, or an attribute.
    convention : str, default ""
        Which library's or paper's definition the number follows.
    note : str, default ""
        Why there is no number.
    variant : str, default ""
        What was done otherwise than the table says that methods are compared in, such as ``"oov=zero"``.
    units : Units, optional
        The cases that it is made of; scores may share them.
    """

    task: str
    entity: str
    readout: str
    metric: str
    value: float
    n: int
    target: str = ""
    convention: str = ""
    note: str = ""
    variant: str = ""
    units: Units | None = field(default=None, repr=False, compare=False)

    def row(self) -> dict[str, Any]:
        """Return the fields that stand in tables: all but the units."""
        return {name: getattr(self, name) for name in SCORE_FIELDS}


SCORE_FIELDS = [column.name for column in fields(Score) if column.name != "units"]


@dataclass(frozen=True)
class Subject:
    """What is judged, and on what.

    Parameters
    ----------
    name : str
        What people call it; used in notes.
    embeddings : mapping of str to Embedding
        The vectors by entity.
    embedder : Embedder, optional
        What learned them, fitted; without it there is no native readout.
    train : TrainingData, optional
        What they were learned from.
    test : Ratings or Triples, optional
        What was held out.

    Attributes
    ----------
    kept : dict
        What one task found out and others need too; see `once`.
    """

    name: str
    embeddings: Mapping[str, Embedding]
    embedder: Embedder | None = None
    train: TrainingData | None = None
    test: Ratings | Triples | None = None
    kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what `make` gives: it is called the first time that a key is asked for, and never again."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def directions(self, entity: str) -> tuple[Embedding | None, str]:
        """Return an entity's vectors if their directions can be compared, or else None and the reason."""
        embedding = self.embeddings.get(entity)
        if embedding is None:
            return None, f"{self.name} has no vectors of {entity}s"
        if embedding.dim < 2:
            return (
                None,
                f"{self.name} has {entity} vectors of one dimension: scaled to length 1, nothing is left of them",
            )
        return embedding, ""


@dataclass(frozen=True)
class TaskInfo:
    """The facts about a task.

    Parameters
    ----------
    name : str
        As it stands in suites and score tables.
    title : str
        As people write it.
    definition : str
        What is done, in a sentence or two.
    main_metric : str
        The metric that tables are sorted by.
    kinds : tuple of {"ratings", "corpus", "triples", "vocabulary"}
        The kinds of data that it applies to, the one that it belongs to first.
    function : callable
        What computes the scores: a `Subject` and keyword options in, an iterator of `Score` out.
    allowed : dict of str to Allowed
        What its options may be.
    sources : dict of str to str
        Its options that are lists of data sets, with the kind of these.
    units : UnitRules, optional
        How its scores come from their units; without these no difference can be tested.
    """

    name: str
    title: str
    definition: str
    main_metric: str
    kinds: tuple[Kind, ...]
    function: Callable[..., Iterator[Score]]
    allowed: Mapping[str, Allowed]
    sources: Mapping[str, SourceKind]
    units: UnitRules | None = None

    @property
    def kind(self) -> Kind:
        """str: the kind of data that it belongs to."""
        return self.kinds[0]

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Refuse an option that the task does not have, or a value that is not allowed.

        Raises
        ------
        UnknownNameError
            If there is no such option, or no such data.
        ParameterError
            If a value is not allowed.
        """
        known = list(inspect.signature(self.function).parameters)[1:]
        for option, value in options.items():
            name = f"option {option!r} of task {self.name!r}"
            if option not in known:
                raise UnknownNameError(f"option of task {self.name!r}", option, known)
            if option in self.allowed:
                self.allowed[option].check(name, value)
            if isinstance(value, list | tuple):
                _each_once(name, value, "entry", str)
            if option in self.sources:
                if not isinstance(value, list | tuple):
                    raise ParameterError(f"{name} is {value!r}; it must be a list of names or files")
                for source in value:
                    check_source(source, self.sources[option])
                _each_once(name, value, "data set called", lambda source: Path(source).stem)

    def data_of(self, options: Mapping[str, Any]) -> list[str]:
        """Return the data sets that the task reads under some options."""
        defaults = inspect.signature(self.function).parameters
        return [name for option in self.sources for name in options.get(option, defaults[option].default)]


def _each_once(name: str, values: Sequence[Any], kind: str, called: Callable[[Any], str]) -> None:
    """Refuse what would have the same name in tables of scores."""
    for one, times in Counter(map(called, values)).items():
        if times > 1:
            raise ParameterError(f"{name} has more than one {kind} {one!r}; keep one, or rename the other")


_TASKS: dict[str, TaskInfo] = {}


def task(
    name: str,
    title: str,
    definition: str,
    main_metric: str,
    kind: Kind,
    allowed: Mapping[str, Allowed],
    sources: Mapping[str, SourceKind] | None = None,
    units: UnitRules | None = None,
    also: Sequence[Kind] = (),
) -> Callable[[Callable[..., Iterator[Score]]], Callable[..., Iterator[Score]]]:
    """Register the decorated function as a task; see `TaskInfo`."""

    def register(function: Callable[..., Iterator[Score]]) -> Callable[..., Iterator[Score]]:
        kinds = (kind, *also)
        _TASKS[name] = TaskInfo(name, title, definition, main_metric, kinds, function, allowed, sources or {}, units)
        return function

    return register


def task_names(kind: Kind | None = None) -> list[str]:
    """Return the names of all tasks, our own first, or of those for one kind of data.

    To know its kind, a task of another package is imported; one that cannot be is left out with a warning.
    """
    names = list(dict.fromkeys([*_TASKS, *_entries()]))
    return names if kind is None else [name for name in names if _kind_of(name) == kind]


def task_info(name: str) -> TaskInfo:
    """Return the facts about a task.

    Raises
    ------
    UnknownNameError
        If there is no such task.
    MissingDependencyError
        If the package that registers it cannot be imported.
    ToolkitError
        If what is registered is not a task of that name.
    """
    if name not in task_names():
        raise UnknownNameError("task", name, task_names())
    if name not in _TASKS:
        _load(_entries()[name])
    return _TASKS[name]


@cache
def _entries() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _load(entry: EntryPoint) -> None:
    """Import the task of another package, whereupon its decorator registers it."""
    try:
        entry.load()
    except AttributeError as error:
        message = f"task {entry.name!r} is registered as {entry.value}, which is not there: {error}"
        raise ToolkitError(message) from error
    except ImportError as error:
        raise MissingDependencyError(f"task {entry.name!r} ({entry.value}) cannot be imported: {error}") from error
    if entry.name not in _TASKS:
        raise ToolkitError(f"task {entry.name!r} is registered as {entry.value}, which is not a task of that name")


def _kind_of(name: str) -> Kind | None:
    """Return the kind of data that a task belongs to; None, with a warning, where it cannot be imported."""
    try:
        return task_info(name).kind
    except ToolkitError as error:  # somebody else's fault must not keep our own tasks from being done
        warnings.warn(f"left out: {error}", ToolkitWarning, stacklevel=3)
        return None


def main_metric_of(task: str, present: Sequence[str]) -> str:
    """Return the metric to order by: the task's own, or the same with another cutoff, or the first that is present."""
    wanted = task_info(task).main_metric
    stem = wanted.partition("@")[0]
    return next((metric for metric in (wanted, *present) if metric in present and metric.startswith(stem)), present[0])


def units_of(scores: Iterable[Score]) -> list[Units]:
    """Return the units that scores are made of, each once."""
    return list({id(score.units): score.units for score in scores if score.units is not None}.values())


def nothing(task: str, entity: str, readout: str, note: str, target: str = "") -> Score:
    """Return a score that says why there is no number."""
    return Score(task, entity, readout, "", math.nan, 0, target=target, note=note)
