"""What a study is: a function from the evidence of a run to tables of numbers, and its entry in a registry.

A study answers a question that no single trial can: it lays trials side by side, or makes an experiment of its own.
It returns tables; what they say is for the report to put into words.

A package adds one by decorating a function with `study`, and naming it in its own ``pyproject.toml``, with no change
here; the report then shows its tables as they are::

    [project.entry-points."toolkit.studies"]
    my-study = "my_package.module:my_study"
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data.staged import open_staged
from toolkit.embedding import Embedding
from toolkit.errors import DataError, MissingDependencyError, ParameterError, ToolkitError, UnknownNameError

GROUP = "toolkit.studies"
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a study may look at.

    Parameters
    ----------
    folder : Path
        The directory of the run.
    trials, scores : pandas.DataFrame
        The rows of ``trials.csv`` and ``scores.csv`` that belong to the experiments of the study; of trials that
        ended well only, and no variants of scores.
    files : mapping of str to tuple of Path
        By the id of a trial: the staged training and test part, or the staged corpus.
    seed : int
        The first seed of the suite.
    """

    folder: Path
    trials: pd.DataFrame
    scores: pd.DataFrame
    files: Mapping[str, tuple[Path, ...]]
    seed: int

    def embedding(self, trial: str, entity: str) -> Embedding:
        """Open the vectors that a trial learned, memory-mapped."""
        return Embedding.load(self.folder / "embeddings" / f"{trial}.{entity}.arrow")

    def of(self, experiment: str) -> pd.DataFrame:
        """Return the trials of an experiment.

        Raises
        ------
        DataError
            If it has none that ended well.
        """
        found = self.trials[self.trials["experiment"] == experiment]
        if found.empty:
            raise DataError(f"experiment {experiment!r} has no trial that ended well")
        return found

    def data(self, experiment: str) -> tuple[Any, ...]:
        """Open what the trials of an experiment were given, by its first split: training and test part, or corpus."""
        return tuple(open_staged(path) for path in self.files[self.of(experiment)["trial"].iloc[0]])


@dataclass(frozen=True)
class StudyInfo:
    """The facts about a study.

    Parameters
    ----------
    name : str
        As it stands in suites and names its tables.
    title : str
        The question that it answers.
    function : callable
        `Evidence` and keyword options in, tables by name out; a table without rows is not kept.
    allowed : dict of str to Allowed
        What its options may be.
    module, extra : str
        A library that it needs beyond the toolkit's own, and the extra of the toolkit that brings it, if one does.
    """

    name: str
    title: str
    function: Callable[..., Tables]
    allowed: Mapping[str, Allowed]
    module: str = ""
    extra: str = ""

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Refuse an option that the study does not have, a value that is not allowed, and that one is missing.

        Raises
        ------
        UnknownNameError
            If there is no such option.
        ParameterError
            If a value is not allowed, or an option without a default is not given.
        """
        _, *parameters = inspect.signature(self.function).parameters.values()
        known = {parameter.name: parameter.default for parameter in parameters}
        for option, value in options.items():
            if option not in known:
                raise UnknownNameError(f"option of study {self.name!r}", option, known)
            if option in self.allowed:
                self.allowed[option].check(f"option {option!r} of study {self.name!r}", value)
        for option, default in known.items():
            if default is inspect.Parameter.empty and option not in options:
                raise ParameterError(f"study {self.name!r} needs the option {option!r}")

    def check_installed(self) -> None:
        """Refuse where the library that the study needs is not there.

        Raises
        ------
        MissingDependencyError
            With the command that installs it.
        """
        package = self.module.partition(".")[0]  # of a module in a package that is missing, find_spec itself fails
        if package and importlib.util.find_spec(package) is None:
            wanted = f"embedding-comparison-toolkit[{self.extra}]" if self.extra else package
            raise MissingDependencyError(f"study {self.name!r} needs {self.module}: pip install '{wanted}'")


_STUDIES: dict[str, StudyInfo] = {}


def study(
    name: str, title: str, allowed: Mapping[str, Allowed] | None = None, *, module: str = "", extra: str = ""
) -> Callable[[Callable[..., Tables]], Callable[..., Tables]]:
    """Register the decorated function as a study; see `StudyInfo`."""

    def register(function: Callable[..., Tables]) -> Callable[..., Tables]:
        _STUDIES[name] = StudyInfo(name, title, function, allowed or {}, module, extra)
        return function

    return register


def study_names() -> list[str]:
    """Return the names of all studies, our own first."""
    return list(dict.fromkeys([*_STUDIES, *_entries()]))


def study_info(name: str) -> StudyInfo:
    """Return the facts about a study.

    Raises
    ------
    UnknownNameError
        If there is no such study.
    MissingDependencyError
        If the package that registers it cannot be imported.
    ToolkitError
        If what is registered is not a study of that name.
    """
    if name not in study_names():
        raise UnknownNameError("study", name, study_names())
    if name not in _STUDIES:
        _load(_entries()[name])
    return _STUDIES[name]


@cache
def _entries() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _load(entry: EntryPoint) -> None:
    """Import the study of another package, whereupon its decorator registers it."""
    try:
        entry.load()
    except AttributeError as error:
        message = f"study {entry.name!r} is registered as {entry.value}, which is not there: {error}"
        raise ToolkitError(message) from error
    except ImportError as error:
        raise MissingDependencyError(f"study {entry.name!r} ({entry.value}) cannot be imported: {error}") from error
    if entry.name not in _STUDIES:
        raise ToolkitError(f"study {entry.name!r} is registered as {entry.value}, which is not a study of that name")
