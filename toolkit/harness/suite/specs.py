"""Suites: what is compared, checked part by part; `files` reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    field_serializer,
    model_validator,
)

from toolkit.data.splits import CANONICAL, MOST_FOLDS, SPLITS, check_split, n_folds_of
from toolkit.errors import ParameterError, UnknownNameError
from toolkit.harness.candidates import shown
from toolkit.harness.objective import METRICS, check_objective
from toolkit.harness.tables import TUNED
from toolkit.registry import embedder_class, make_embedder
from toolkit.studies import study_info
from toolkit.tasks import Kind, task_info

LONGEST = 10**6  # seconds that a trial, or the tuning of a method, may be given
DATA: dict[Kind, str] = {
    "ratings": "ratings",
    "corpus": "words",
    "triples": "facts",
    "vocabulary": "vectors",
}  # as messages name it


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _named(value: Any) -> Any:
    """Let a plain name stand for a table that holds nothing else."""
    return {"name": value} if isinstance(value, str) else value


class EmbedderSpec(_Table):
    """An embedder with its parameters, and the label under which it is shown."""

    name: str
    label: str = ""
    params: dict[str, Any] = {}
    dims: tuple[PositiveInt, ...] = ()  # in place of the experiment's
    seeds: tuple[NonNegativeInt, ...] = ()  # in place of the suite's

    @model_validator(mode="after")
    def _known(self) -> EmbedderSpec:
        if "random_state" in self.params:
            raise ParameterError("random_state is no parameter here: the suite's seeds are given to every embedder")
        embedder = make_embedder(self.name, **self.params)
        embedder.check_params()
        for key, given, parameter in (("dims", self.dims, "embedding_dim"), ("seeds", self.seeds, "random_state")):
            if given and parameter not in embedder.get_params():
                raise ParameterError(f"embedder {self.shown!r} has no parameter {parameter}, so it can have no {key}")
        if self.dims and "embedding_dim" in self.params:
            raise ParameterError(f"embedder {self.shown!r} has both dims and the parameter embedding_dim; keep one")
        return self

    @property
    def shown(self) -> str:
        """str: the label, or else the name."""
        return self.label or self.name


class TaskSpec(_Table):
    """A task with its options."""

    name: str
    options: dict[str, Any] = {}

    @model_validator(mode="after")
    def _known(self) -> TaskSpec:
        task_info(self.name).check_options(self.options)
        return self


class SplitSpec(_Table):
    """A division: a method, its options and, where it makes folds, which of them; all by default."""

    name: str
    folds: tuple[int, ...] = Field(default=(), max_length=MOST_FOLDS)
    options: dict[str, Any] = {}

    @model_validator(mode="after")
    def _known(self) -> SplitSpec:
        check_split(self.name, {**dict.fromkeys(["fold"] if self.folds else []), **self.options})
        return self

    def parts(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield the columns split and fold of score tables, and the options, of each division."""
        if self.name in CANONICAL:
            yield "canonical", self.name, {}
        elif n_folds := n_folds_of(self.name, self.options):
            given = [self.options["fold"]] if "fold" in self.options else range(1, n_folds + 1)
            for fold in self.folds or given:
                yield self.name, str(fold), {**self.options, "fold": fold}
        else:
            yield self.name, ", ".join(f"{name}={value}" for name, value in self.options.items()), self.options


class Experiment(_Table):
    """One data set, and what is tried and asked on it."""

    name: str = Field(pattern=r"^[\w][\w .-]*$")  # it names files
    title: str = ""
    dataset: str
    options: dict[str, Any] = {}
    splits: tuple[Annotated[SplitSpec, BeforeValidator(_named)], ...] = ()
    dims: tuple[PositiveInt, ...] = ()
    tasks: tuple[Annotated[TaskSpec, BeforeValidator(_named)], ...] = Field(min_length=1)
    embedders: tuple[Annotated[EmbedderSpec, BeforeValidator(_named)], ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _titled(cls, given: Any) -> Any:
        return {"title": given.get("name", ""), **given} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _consistent(self) -> Experiment:
        if not self._kinds:
            kinds = {task_info(task.name).kind for task in self.tasks}
            mixed = " and ".join(f"tasks on {DATA[kind]}" for kind in DATA if kind in kinds)
            raise ParameterError(f"experiment {self.name!r} mixes {mixed}")
        self._check_splits()
        labels = [embedder.shown for embedder in self.embedders]
        _once(labels, f"experiment {self.name!r} has two embedders called", "; give one a label")
        _once([task.name for task in self.tasks], f"experiment {self.name!r} has two tasks called")
        parts = [" ".join(part[:2]).strip() for split in self.splits for part in split.parts()]
        _once(parts, f"experiment {self.name!r} has two splits that are")
        return self

    def _check_splits(self) -> None:
        if self.kind not in SPLITS:
            if self.splits:
                raise ParameterError(f"experiment {self.name!r} is on {DATA[self.kind]}, which are not split")
            return
        methods = SPLITS[self.kind]
        if not self.splits:
            example = "holdout" if "holdout" in methods else next(iter(methods))
            raise ParameterError(f'experiment {self.name!r} needs splits, such as splits = ["{example}"]')
        for split in self.splits:
            if split.name not in methods:
                raise UnknownNameError(f"split of {self.kind}", split.name, methods)

    @property
    def kind(self) -> Kind:
        """str: the kind of data."""
        return self._kinds[0]

    @property
    def _kinds(self) -> list[Kind]:
        """The kinds of data that all tasks apply to; first the one that a task belongs to."""
        infos = [task_info(task.name) for task in self.tasks]
        shared = [kind for kind in DATA if all(kind in info.kinds for info in infos)]
        return sorted(shared, key=lambda kind: all(kind != info.kind for info in infos))

    def can_tune(self, spec: EmbedderSpec) -> bool:
        """Return whether an embedder can be tuned: on ratings, of which a part can be held out, and if it has a space.

        No part of a text says what people would judge, and facts are too few to hold more of them out.
        """
        judged = any(task.name in METRICS for task in self.tasks)
        return judged and bool(embedder_class(spec.name).search_space)


class StudySpec(_Table):
    """A study with its options, and the experiments whose trials it looks at."""

    name: str
    experiments: tuple[str, ...] = ()
    options: dict[str, Any] = {}

    @model_validator(mode="after")
    def _known(self) -> StudySpec:
        study_info(self.name).check_options(self.options)
        return self


class TuneSpec(_Table):
    """How methods are tuned: with one budget for each on each training part, by ratings held out of that part."""

    trials: int | None = Field(None, ge=1, strict=True)  # candidates, or else
    seconds: float | None = Field(None, gt=0, le=LONGEST, strict=True)  # after which no more begin
    storage: str = ""  # URL; by default that of a file in the directory of the run
    task: str = ""  # by default the experiment's first that judges by what was held out, by its main metric
    readout: str = ""  # by default the method's own predictor, or else ridge-two-sided or, for ranking, cosine
    metric: str = ""
    validation: float = Field(0.1, gt=0, le=0.5, strict=True)  # share of the training part that is held out
    divisions: int = Field(3, ge=1, le=20, strict=True)  # over which the best so far has to be the best on average

    @model_validator(mode="after")
    def _consistent(self) -> TuneSpec:
        if (self.trials is None) == (self.seconds is None):
            raise ParameterError("give the budget either as trials or as seconds, the same for each method")
        check_objective(self.task, self.readout, self.metric)
        self._published(self.storage)
        return self

    @field_serializer("storage", when_used="json")
    def _published(self, storage: str) -> str:
        return shown(storage) if storage else ""


class Suite(_Table):
    """A set of experiments, and the studies that are made of them."""

    title: str
    description: str = ""
    seeds: tuple[NonNegativeInt, ...] = Field((0,), min_length=1)
    experiments: tuple[Experiment, ...] = ()
    studies: tuple[Annotated[StudySpec, BeforeValidator(_named)], ...] = ()
    tune: TuneSpec | None = None
    name: str = Field(default="", pattern=r"^([^/\\\x00-\x1f.][^/\\\x00-\x1f]*)?$")  # it names the folder of its runs

    @model_validator(mode="after")
    def _consistent(self) -> Suite:
        names = [experiment.name for experiment in self.experiments]
        if not names and not self.studies:
            raise ParameterError("the suite has neither experiments nor studies")
        _once(names, "the suite has two experiments called")
        _once([study.name for study in self.studies], "the suite has two studies called")
        for study in self.studies:
            for name in study.experiments:
                if name not in names:
                    raise UnknownNameError(f"experiment of study {study.name!r}", name, names)
        for experiment in self.experiments if self.tune else ():
            labels = [spec.shown for spec in experiment.embedders]
            labels += [f"{spec.shown}{TUNED}" for spec in experiment.embedders if experiment.can_tune(spec)]
            _once(labels, f"experiment {experiment.name!r} has two embedders called", ", one of them by tuning")
        return self


def _once(names: list[str], message: str, remedy: str = "") -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise ParameterError(f"{message} {name!r}{remedy}")
