"""Tuning: parameters of a method are chosen on a part of the training ratings, with the same budget as all others.

A tuning job is given the training part alone: what a method is judged by in the end cannot reach it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from statistics import fmean
from time import monotonic
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

from toolkit.data import Ratings
from toolkit.data.staged import open_staged
from toolkit.errors import DataError, ParameterError
from toolkit.harness import candidates
from toolkit.harness.objective import METRICS, Objective, judge, objective_of
from toolkit.harness.plan import Trial, base_label
from toolkit.harness.suite import Suite
from toolkit.harness.tables import CANDIDATES
from toolkit.registry import embedder_class
from toolkit.search import Space, Whole

if TYPE_CHECKING:
    import optuna


BY_RATINGS = "rating-prediction"


@dataclass(frozen=True)
class Tuning:
    """The search for the parameters of one method on one training part.

    Parameters
    ----------
    trials : tuple of Trial
        The trials, one a seed, that wait for what is chosen.
    own : tuple of dict
        The suite's own parameters, one for each dimension that it asks for; they are tried first.
    objective : Objective
        By what candidates are judged.
    n_trials : int or None
        How many candidates are tried; or else
    seconds : float or None
        after how many seconds no more begin. The first one always does.
    validation : float
        Share of the training ratings that candidates are judged by.
    divisions : int
        How often the training part is divided so. All candidates are judged on the first division; one that would be
        the best, or is the suite's own, on all of them.
    seed : int
        Of the first division, the same for every method, and of the search; the other divisions take the next ones.
    storage, study : str, default ""
        The URL of the Optuna storage that the suite names, and the name of the study in it, once it was made. Where it
        names none, what is tried stands in a file of the tuning's own.
    """

    trials: tuple[Trial, ...]
    own: tuple[dict[str, Any], ...]
    objective: Objective
    n_trials: int | None
    seconds: float | None
    validation: float
    divisions: int
    seed: int
    storage: str = field(default="", repr=False)  # it may hold a password
    study: str = ""

    @property
    def name(self) -> str:
        """str: what people call it, which is also the name of the study."""
        first = self.trials[0]
        return " ".join(part for part in (first.experiment, first.split, first.fold, base_label(first)) if part)

    @property
    def id(self) -> str:
        """str: unique within the run; names the file of its trace."""
        return f"{self.trials[0].id}-tuning"

    @property
    def asked(self) -> dict[str, Any]:
        """dict: what the choice depends on, beside the data."""
        names = ("own", "n_trials", "seconds", "validation", "divisions", "seed")
        return {**{name: getattr(self, name) for name in names}, "objective": asdict(self.objective)}

    def at(self, folder: Path) -> tuple[str, str]:
        """Return the URL of the storage and the name of the study in it, by default in a folder."""
        return (self.storage, self.study) if self.study else (candidates.database("", folder), candidates.ALONE)


@dataclass(frozen=True)
class TuningOutcome:
    """What came of a tuning job.

    Parameters
    ----------
    tuning : Tuning
        The job.
    status : {"ok", "failed", "left out", "timeout", "memory", "crashed"}
        How it ended.
    error : str, default ""
        Why, where it did not end well.
    rows : list of dict
        What was tried, a row a candidate.
    params : dict, optional
        What was chosen.
    trace : str, default ""
        The traceback of one that raised.
    folder : Path, optional
        Where the file is in which it tried them.
    """

    tuning: Tuning = field(repr=False)
    status: str
    error: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    params: dict[str, Any] | None = None
    trace: str = ""
    folder: Path | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """dict: what is kept of it."""
        return {"rows": self.rows, "params": self.params}

    def settled(self) -> list[Trial]:
        """Return the trials with the parameters that were chosen."""
        chosen = self.params or {}
        return [replace(trial, params={**chosen, **trial.params}) for trial in self.tuning.trials]


def plan_tunings(suite: Suite, trials: Sequence[Trial], implicit: Collection[str] = ()) -> list[Tuning]:
    """Return what has to be tuned before the tuned trials among some can be carried out, in their order.

    A method whose library is not installed is not tuned; its trials say so.

    Parameters
    ----------
    suite : Suite
        What is run.
    trials : sequence of Trial
        Its trials.
    implicit : collection of str, optional
        Experiments whose data holds no ratings, by which then nothing is tuned.

    Raises
    ------
    ParameterError
        If the readout or the metric that the suite names is none of the task's, the data has nothing to tune by, or
        fewer candidates are asked for than the suite itself has.
    """
    spec = suite.tune
    if spec is None:
        return []
    groups: dict[tuple[str, ...], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.experiment, trial.split, trial.fold, base_label(trial)), []).append(trial)
    tunings = []
    for group in groups.values():
        tuned = tuple(trial for trial in group if trial.tuned)
        cls = embedder_class(group[0].embedder)
        if not tuned or not cls.installed():
            continue
        name, no_ratings = group[0].experiment, group[0].experiment in implicit
        tasks = {task.name: task.options for task in group[0].tasks if not (no_ratings and task.name == BY_RATINGS)}
        if no_ratings and (spec.task == BY_RATINGS or not any(task in METRICS for task in tasks)):
            raise ParameterError(f"experiment {name!r} holds no ratings, so nothing is tuned by {BY_RATINGS}")
        if (objective := objective_of(cls, tasks, spec.task, spec.readout, spec.metric)) is not None:
            own = tuple(trial.params for trial in group if not trial.tuned and trial.seed == tuned[0].seed)
            if spec.trials is not None and spec.trials < len(own):
                raise ParameterError(f"tune.trials is {spec.trials}; the suite's own dims alone are {len(own)}")
            budget = spec.trials, spec.seconds
            tunings.append(Tuning(tuned, own, objective, *budget, spec.validation, spec.divisions, suite.seeds[0]))
    return tunings


def left_untuned(suite: Suite, trials: Sequence[Trial]) -> str:
    """Return why some experiments stay as they are; empty where nothing has to be said."""
    names = dict.fromkeys(trial.experiment for trial in trials)
    stay = [name for name in names if not any(trial.tuned for trial in trials if trial.experiment == name)]
    if suite.tune is None or not stay:
        return ""
    return f"not tuned: {', '.join(stay)}; tuning needs ratings to hold out, and a method with a search space"


def prepare_tunings(suite: Suite, tunings: Sequence[Tuning]) -> list[Tuning]:
    """Make an Optuna study for each in the storage that the suite names, if any, and return them with its name.

    Raises
    ------
    DataError
        If the storage cannot be opened.
    """
    if suite.tune is None or not suite.tune.storage or not tunings:
        return list(tunings)
    storage = candidates.database(suite.tune.storage, Path())
    names = candidates.create_studies(storage, {each.name: each.objective.lower_is_better for each in tunings})
    return [replace(each, storage=storage, study=names[each.name]) for each in tunings]


def run_tuning(data: Sequence[Path], folder: Path, tuning: Tuning, threads: int) -> TuningOutcome:
    """Look for the best parameters of a method.

    Parameters
    ----------
    data : sequence of Path
        The staged training part alone. It is divided at random, for all methods in the same way: candidates learn from
        the greater part and are judged by the other.
    folder : Path
        Into which what is tried is written, unless the suite names a storage.
    tuning : Tuning
        What to do.
    threads : int
        How many threads BLAS and OpenMP may use.

    Returns
    -------
    TuningOutcome
        With status ``ok``, or ``failed`` where no candidate could be judged. A candidate that raises is kept with its
        error, and the search goes on.
    """
    cls = embedder_class(tuning.trials[0].embedder)
    with threadpool_limits(threads), candidates.quiet():
        train: Any = open_staged(data[0])
        seeds = range(tuning.seed, tuning.seed + tuning.divisions)
        parts = [train.split("holdout", test_size=tuning.validation, random_state=seed) for seed in seeds]
        space = _fitting(cls.search_space, parts[0][0])
        if not tuning.study:
            candidates.create_studies(tuning.at(folder)[0], {candidates.ALONE: tuning.objective.lower_is_better})
        study = candidates.load_study(*tuning.at(folder), tuning.seed)
        leader: _Judged | None = None
        for trial, params in _asked(study, tuning, space):
            leader = _try(study, trial, tuning, params, parts, leader) or leader
    tried = study.get_trials(deepcopy=False)
    if leader is None:
        error = f"none of {len(tried)} candidates could be judged; the last: {tried[-1].user_attrs.get('error')}"
        return TuningOutcome(tuning, "failed", error, candidates.rows(tried, None))
    return TuningOutcome(tuning, "ok", "", candidates.rows(tried, leader.number), leader.params)


@dataclass(frozen=True)
class _Judged:
    """A candidate: its value on the first division and its mean over all, both with the sign by which low is good."""

    number: int
    params: dict[str, Any]
    first: float
    mean: float


def gather_tried(tuning: Tuning, folder: Path) -> list[dict[str, Any]]:
    """Return what was tried until a job ended that did not answer, as far as the storage can still tell."""
    if not tuning.study and not (folder / CANDIDATES).is_file():
        return []
    try:
        with candidates.quiet():
            tried = candidates.load_study(*tuning.at(folder), tuning.seed).get_trials(deepcopy=False)
    except (DataError, KeyError):
        return []
    return candidates.rows(tried, None)


def _asked(study: optuna.Study, tuning: Tuning, space: Space) -> Iterator[tuple[optuna.Trial, dict[str, Any]]]:
    """Yield candidates with their parameters until the budget is spent: the suite's own, then what the sampler asks."""
    cls, started = embedder_class(tuning.trials[0].embedder), monotonic()
    for number in count():
        if number >= (tuning.n_trials or math.inf):
            return
        if number and tuning.seconds is not None and monotonic() - started >= tuning.seconds:
            return
        if number < len(tuning.own):
            known = {**cls().get_params(deep=False), **tuning.own[number]}
            inside = {name: known[name] for name, found in space.items() if found.holds(known[name])}
            study.enqueue_trial(inside)
            trial = study.ask()
            for name in inside:  # what lies outside is tried as it is, and tells the sampler nothing
                candidates.suggest(trial, name, space[name])
            yield trial, {**tuning.own[number], **{name: known[name] for name in space}}
        else:
            trial = study.ask()
            chosen = {name: candidates.suggest(trial, name, found) for name, found in space.items()}
            yield trial, {**tuning.own[0], **chosen}


def _try(
    study: optuna.Study,
    trial: optuna.Trial,
    tuning: Tuning,
    params: dict[str, Any],
    parts: Sequence[tuple[Ratings, Ratings]],
    leader: _Judged | None,
) -> _Judged | None:
    """Judge a candidate, write down what came of it, and return it if it is the best so far.

    The best of many is partly luck: where the first division makes it look best, it has to be so over all of them.
    """
    from optuna.trial import TrialState

    kept = {name: value for name, value in params.items() if name != "random_state"}
    trial.set_user_attr("parameters", kept)
    started, sign = monotonic(), 1.0 if tuning.objective.lower_is_better else -1.0
    name, mean = tuning.trials[0].embedder, math.inf
    try:
        first = judge(tuning.objective, name, params, *parts[0])
        if leader is None or trial.number < len(tuning.own) or sign * first < leader.first:
            mean = fmean([first, *(judge(tuning.objective, name, params, *part) for part in parts[1:])])
            trial.set_user_attr("confirmed", mean)
    except Exception as error:  # whatever it is, the others may do better
        trial.set_user_attr("error", " ".join(f"{type(error).__name__}: {error}".split()))
        trial.set_user_attr("seconds", round(monotonic() - started, 3))
        study.tell(trial, state=TrialState.FAIL)
        return None
    trial.set_user_attr("seconds", round(monotonic() - started, 3))
    study.tell(trial, first)
    better = mean < math.inf and (leader is None or sign * mean < leader.mean)
    return _Judged(trial.number, kept, sign * first, sign * mean) if better else None


def _fitting(space: Space, data: Ratings) -> dict[str, Any]:
    """Return a search space without what the data has no room for: dimensions beyond the rank of its matrix."""
    most = min(len(data.user_keys), len(data.item_keys)) - 1
    found = dict(space)
    if isinstance(dim := found.get("embedding_dim"), Whole):
        found["embedding_dim"] = dim.up_to(most)
    return found
