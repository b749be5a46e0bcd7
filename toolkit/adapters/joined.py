"""Several embeddings laid side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.embedder import Embedder, View
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.keys import locate
from toolkit.registry import make_embedder

Part = str | Mapping[str, Any]
TASTES: tuple[Part, ...] = (
    {"name": "pca", "params": {"embedding_dim": 24, "normalization": 0.5}},
    {"name": "pca", "params": {"embedding_dim": 24, "normalization": 0.5, "residuals": True}, "weight": 0.2},
)
WEIGHT = Allowed(float, 1e-6)


class Joined(Embedder):
    """Several embeddings in one: the unit vectors of each part, times its weight, side by side.

    To a ridge readout, a part of half the weight is one that is penalized four times as much. Without parts of your
    own they are what was rated and how: principal components of the ratings and, at a fifth of the weight, of what the
    biases leave of the ratings; of data without ratings, the first alone.

    Parameters
    ----------
    parts : sequence of str or dict
        What learns the parts: the name of an embedder, or a table of its `name`, its `params` and its `weight`, the
        last two optional. The weight is the length of the part's vectors, 1 where it is not given.
    random_state : int, default 0
        Seed of every part that has one and does not set it.

    Notes
    -----
    The length of the vectors is the sum of the parts'; `embedding_dim` is a parameter of each part. Keys are those that
    all parts know, in the order of the first. Entities are those of the first part; a part that knows nothing of an
    entity has no share in it.

    Examples
    --------
    >>> from toolkit.testing import small_ratings
    >>> pca, als = ({"name": name, "params": {"embedding_dim": 3}} for name in ("pca", "als"))
    >>> Joined([pca, {**als, "weight": 0.5}]).fit(small_ratings()).embedding("item")
    Embedding(20 items × 6)
    """

    view: ClassVar[View] = "matrix"

    def __init__(self, parts: Sequence[Part] = TASTES, random_state: int | None = 0) -> None:
        self.parts = parts
        self.random_state = random_state

    def check_params(self) -> None:
        """Refuse parameters whose values are not allowed, those of the parts included.

        Raises
        ------
        ParameterError
            If there is no part, one is neither a name nor such a table, or a value is not allowed.
        UnknownNameError
            If there is no embedder, or no parameter of it, of a name that is given.
        """
        super().check_params()
        for embedder, _ in self._made():
            embedder.check_params()

    def _learn(self, data: Any) -> Sequence[Embedding]:
        made = list(self._made())
        if self.parts == TASTES and not getattr(data, "explicit", True):
            made = made[:1]  # of what was met without a rating, the biases leave nothing
        learned = [(embedder.fit(data).embeddings_, weight) for embedder, weight in made]
        entities, _ = learned[0]
        return [
            _side_by_side([(found[entity], weight) for found, weight in learned if entity in found])
            for entity in entities
        ]

    def _made(self) -> Iterator[tuple[Embedder, float]]:
        """Yield the embedder of each part, not fitted, and its weight."""
        if not isinstance(self.parts, list | tuple) or not self.parts:
            raise ParameterError(f"parts of Joined is {self.parts!r}; it must be a list with at least one entry")
        for number, part in enumerate(self.parts, start=1):
            table: Mapping[str, Any] = {"name": part} if isinstance(part, str) else part
            where = f"part {number} of Joined"
            if not isinstance(table, Mapping) or not isinstance(table.get("name"), str):
                raise ParameterError(f"{where} is {part!r}; it must be an embedder's name, or a table with its name")
            for key in table:
                if key not in ("name", "params", "weight"):
                    raise UnknownNameError(f"entry of {where}", key, ["name", "params", "weight"])
            weight = table.get("weight", 1.0)
            WEIGHT.check(f"weight of {where}", weight)
            params = table.get("params", {})
            if not isinstance(params, Mapping):
                raise ParameterError(f"params of {where} is {params!r}; it must be a table of parameters")
            embedder = make_embedder(table["name"], **params)
            if "random_state" in embedder.get_params() and "random_state" not in params:
                embedder.set_params(random_state=self.random_state)
            yield embedder, weight


def _side_by_side(shares: Sequence[tuple[Embedding, float]]) -> Embedding:
    """Return the weighted unit vectors of several embeddings of one entity, over the keys that all of them have."""
    first, _ = shares[0]
    keys: pd.Index = reduce(lambda common, share: common[locate(share[0].keys, common) >= 0], shares, first.keys)
    if not len(keys):
        raise DataError(f"the parts of Joined have no {first.entity} in common")
    blocks = [weight * part.unit_vectors[locate(part.keys, keys)] for part, weight in shares]
    return Embedding(keys, np.hstack(blocks), first.entity)
