"""`Embedder`: what learns embeddings, and the protocols that say what else it can do.

An adapter subclasses `Embedder`, or one of `SequenceEmbedder` and `MatrixEmbedder`, and writes one method that
returns embeddings. Constructors only store their parameters, as in scikit-learn, so that `get_params`, `set_params`
and `clone` work.
"""

from __future__ import annotations

import copy
import importlib.util
import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from toolkit.allowed import Allowed
from toolkit.data.views import Matrix, Sequences, TrainingData
from toolkit.embedding import Embedding
from toolkit.errors import (
    DataError,
    MissingDependencyError,
    NotFittedError,
    UnknownNameError,
    UnsupportedError,
)
from toolkit.search import Space

View = Literal["sequences", "matrix", "triples", "none"]


@runtime_checkable
class PredictsRatings(Protocol):
    """An embedder with a predictor of ratings of its own."""

    def predict(self, users: Iterable[object], items: Iterable[object]) -> npt.NDArray[np.float64]:
        """Predict the rating of each user for the item beside them, on the rating scale; shape (n,)."""


@runtime_checkable
class RanksItems(Protocol):
    """An embedder that scores items for users."""

    def score_items(self, users: Iterable[object]) -> npt.NDArray[np.floating[Any]]:
        """Score every item for each user, higher is better; shape (n_users, n_items), columns as the item keys.

        It may be called from several threads.
        """


@runtime_checkable
class RanksByProducts(RanksItems, Protocol):
    """One whose scores are dot products, whose best items can be found without scoring the whole catalogue."""

    def score_factors(self, users: Iterable[object]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return vectors of users, shape (n_users, d), and of all items, shape (n_items, d).

        Their products rank the items as `score_items` does; what is the same for all of a user's items may be missing.
        """


@runtime_checkable
class CompletesFacts(Protocol):
    """An embedder that says which persons complete facts, of which it is given subject and relation."""

    def score_objects(self, subjects: Iterable[object], relations: Iterable[object]) -> npt.NDArray[np.floating[Any]]:
        """Score every person for each subject with the relation beside it; shape (k, n_persons).

        Columns as the keys of ``embedding("person")``. From 0 to 1; from .5 a person counts as an answer.
        """


CAPABILITIES: dict[str, type] = {
    "completes-facts": CompletesFacts,
    "predicts-ratings": PredictsRatings,
    "ranks-items": RanksItems,
}


COMMON: Mapping[str, Allowed] = {
    "embedding_dim": Allowed(int, 1),
    "epochs": Allowed(int, 1),
    "learning_rate": Allowed(float, 0),
    "regularization": Allowed(float, 0),
    "random_state": Allowed(int, 0, optional=True),
    "n_jobs": Allowed(int, 0),
}


class Embedder(ABC):
    """Base of everything that learns embeddings.

    Attributes
    ----------
    library : str
        Name on the package index of what does the training.
    module : str
        Its import name; looked for, not imported, to tell whether it is installed.
    view : {"sequences", "matrix", "triples", "none"}
        Which view of the data the method learns from.
    is_null : bool
        True for a baseline that learns nothing, or nothing about similarity.
    allowed : dict of str to Allowed
        What the method's own parameters may be; those with common names are checked for every method.
    search_space : dict of str to Whole, Real or Choice
        Where the values of parameters are looked for when the method is tuned; those that it does not name stay as they
        are. Empty for what is not tuned.
    embeddings_ : dict of str to Embedding
        One an entity, main entity first; set by `fit`.
    """

    library: ClassVar[str] = "embedding-comparison-toolkit"
    module: ClassVar[str] = "toolkit"
    extra: ClassVar[str | None] = None
    view: ClassVar[View]
    is_null: ClassVar[bool] = False
    allowed: ClassVar[Mapping[str, Allowed]] = {}
    search_space: ClassVar[Space] = {}

    embeddings_: dict[str, Embedding]

    def fit(self, data: TrainingData) -> Self:
        """Learn from a data set.

        Parameters
        ----------
        data : TrainingData
            `Ratings`, `Corpus`, `Triples` or anything that offers the view the method needs. Never changed.

        Returns
        -------
        Embedder
            Itself.

        Raises
        ------
        ParameterError
            If a parameter has a value that is not allowed.
        UnsupportedError
            If the data does not offer the view that the method learns from.
        MissingDependencyError
            If the library is not installed.
        """
        self.check_params()
        self._check_installed()
        embeddings = self._learn(data)
        self.embeddings_ = {embedding.entity: embedding for embedding in embeddings}
        return self

    @abstractmethod
    def _learn(self, data: Any) -> Sequence[Embedding]:
        """Train and return an embedding for each entity, the main one first."""

    def embedding(self, entity: str | None = None) -> Embedding:
        """Return what was learned about an entity.

        Parameters
        ----------
        entity : str, optional
            Such as ``"item"`` or ``"word"``; by default the main one.

        Returns
        -------
        Embedding

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        UnknownNameError
            If the method has no embedding of that entity.
        """
        if not hasattr(self, "embeddings_"):
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit(data) first")
        if entity is None:
            return next(iter(self.embeddings_.values()))
        if entity not in self.embeddings_:
            raise UnknownNameError(f"entity of {type(self).__name__}", entity, self.embeddings_)
        return self.embeddings_[entity]

    @classmethod
    def installed(cls) -> bool:
        """Return whether the library that does the training is there."""
        return importlib.util.find_spec(cls.module.partition(".")[0]) is not None

    @classmethod
    def install_command(cls) -> str:
        """Return the command that installs that library."""
        return f"pip install '{f'embedding-comparison-toolkit[{cls.extra}]' if cls.extra else cls.library}'"

    @classmethod
    def capabilities(cls) -> tuple[str, ...]:
        """Return what the method can do beside learning vectors."""
        return tuple(name for name, protocol in CAPABILITIES.items() if issubclass(cls, protocol))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's parameters by name; `deep` is scikit-learn's and changes nothing here."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name.

        Raises
        ------
        UnknownNameError
            If there is no such parameter.
        """
        known = self.get_params(deep=False)
        for name in params:
            if name not in known:
                raise UnknownNameError(f"parameter of {type(self).__name__}", name, known)
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def clone(self) -> Self:
        """Return another of the same parameters, not fitted."""
        return type(self)(**copy.deepcopy(self.get_params()))

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        values = {name: repr(value) for name, value in self.get_params().items()}  # of arrays, == is no truth value
        given = [f"{name}={text}" for name, text in values.items() if text != repr(defaults[name].default)]
        return f"{type(self).__name__}({', '.join(given)})"

    def __sklearn_tags__(self) -> Any:
        from sklearn.base import BaseEstimator  # half a second that only scikit-learn's own tools need

        return BaseEstimator().__sklearn_tags__()

    def check_params(self) -> None:
        """Refuse parameters whose values are not allowed; `fit` does so too.

        Raises
        ------
        ParameterError
            If one is not.
        """
        allowed = {**COMMON, **self.allowed}
        for name, value in self.get_params(deep=False).items():
            if name in allowed:
                allowed[name].check(f"{name} of {type(self).__name__}", value)

    def _check_installed(self) -> None:
        if not self.installed():
            raise MissingDependencyError(f"{type(self).__name__} needs {self.library}: {self.install_command()}")


class SequenceEmbedder(Embedder):
    """Base of the methods that learn from sequences of keys."""

    view: ClassVar[View] = "sequences"

    def _learn(self, data: Any) -> Sequence[Embedding]:
        return self._learn_sequences(_view(self, data, "sequences"))

    @abstractmethod
    def _learn_sequences(self, sequences: Sequences) -> Sequence[Embedding]:
        """Train on sequences and return the embeddings."""


class MatrixEmbedder(Embedder):
    """Base of the methods that learn from a sparse matrix."""

    view: ClassVar[View] = "matrix"

    def _learn(self, data: Any) -> Sequence[Embedding]:
        matrix: Matrix = _view(self, data, "matrix")
        if not len(matrix.values):
            raise DataError(f"{data.name} has no {matrix.row_entity} that goes with any {matrix.column_entity}")
        return self._learn_matrix(matrix)

    @abstractmethod
    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        """Train on a matrix and return the embeddings."""


def _view(embedder: Embedder, data: Any, view: str) -> Any:
    offered = getattr(data, view, None)
    if not callable(offered):
        raise UnsupportedError(
            f"{type(embedder).__name__} learns from {view}, which {type(data).__name__} does not offer"
        )
    return offered()
