"""The null baseline with the geometry of another method and none of its meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

import numpy as np

from toolkit.embedder import Embedder, View
from toolkit.embedding import Embedding
from toolkit.errors import ParameterError
from toolkit.registry import make_embedder

HANDED_ON = ("embedding_dim", "random_state")


class _ViewOfInner:
    """The view of the data that the other method learns from; of the class, which has no other method, none."""

    def __get__(self, embedder: Shuffled | None, owner: type[Shuffled]) -> View:
        return "none" if embedder is None else embedder.make_inner().view


class Shuffled(Embedder):
    """Another method's vectors, dealt out to the keys of each entity at random.

    Lengths, spectrum and hubs are the other method's; which key has which vector is chance. What a task finds in them
    is what it would find without any meaning.

    Parameters
    ----------
    embedder : str, default "pca"
        Name of the other method; of its predictors nothing is left.
    params : dict, optional
        Its parameters, but for the two below.
    embedding_dim : int, default 50
        Handed on to the other method, where it has one.
    random_state : int, default 0
        Seed of the dealing; handed on to the other method, where it draws anything.

    Examples
    --------
    >>> from toolkit.testing import small_ratings
    >>> films = Shuffled("als", {"epochs": 2}, embedding_dim=3).fit(small_ratings()).embedding("item")
    >>> films.dim, films.keys.equals(small_ratings().item_keys)
    (3, True)
    """

    view: ClassVar[View] = cast(View, _ViewOfInner())
    is_null: ClassVar[bool] = True

    def __init__(
        self,
        embedder: str = "pca",
        params: Mapping[str, Any] | None = None,
        embedding_dim: int = 50,
        random_state: int | None = 0,
    ) -> None:
        self.embedder = embedder
        self.params = params
        self.embedding_dim = embedding_dim
        self.random_state = random_state

    def make_inner(self) -> Embedder:
        """Return the other method, not fitted.

        Raises
        ------
        UnknownNameError
            If there is no embedder of that name, or it has no parameter of a name in `params`.
        ParameterError
            If `params` is no mapping, or holds what is handed on.
        """
        params = {} if self.params is None else self.params
        if not isinstance(params, Mapping):
            raise ParameterError(f"params of Shuffled is {params!r}; it must be a table of parameters")
        for name in HANDED_ON:
            if name in params:
                raise ParameterError(f"{name} stands in params of Shuffled; give it to Shuffled itself")
        inner = make_embedder(self.embedder, **params)
        known = inner.get_params(deep=False)
        return inner.set_params(**{name: getattr(self, name) for name in HANDED_ON if name in known})

    def check_params(self) -> None:
        """Refuse parameters whose values are not allowed, here and in the other method.

        Raises
        ------
        ParameterError
            If a value is not allowed.
        UnknownNameError
            If there is no such embedder or parameter.
        """
        super().check_params()
        self.make_inner().check_params()

    def _learn(self, data: Any) -> Sequence[Embedding]:
        draw = np.random.default_rng(self.random_state)
        learned = self.make_inner().fit(data).embeddings_.values()
        return [Embedding(one.keys, one.vectors[draw.permutation(len(one))], one.entity) for one in learned]
