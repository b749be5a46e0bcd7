"""The two-sided ridge readout: a regression for each user, then one for each item on what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from claim import Figure, Side, close, faster

WORK = "two-sided ridge readout of PCA-50, MovieLens-100k u1: choose penalties, fit, predict 20,000 ratings"
PEER = "scikit-learn Ridge for every user and every item, same search"
TOLERANCE = 1e-8


def prepare(folder: Path) -> None:
    """Learn item vectors: from the training part, and for the choice of penalties without a tenth of it."""
    for name, (train, _) in _parts().items():
        from toolkit import PCA

        PCA(50).fit(train).embedding("item").save(folder / f"{name}.arrow")


def ours(folder: Path) -> Iterator[object]:
    """Choose, fit and predict with the readout."""
    from toolkit import readout

    parts, vectors = _parts(), _vectors(folder)
    train, test = parts["whole"]
    users, items = test.user_keys[test.users], test.item_keys[test.items]
    yield
    penalties = readout("ridge-two-sided", item=vectors["inner"]).choose(*parts["inner"])
    fitted = readout("ridge-two-sided", item=vectors["whole"], **penalties).fit(train)
    predicted = fitted.predict(users, items)
    yield
    yield {**penalties, **{str(row): value for row, value in enumerate(predicted)}}


def peer(folder: Path) -> Iterator[object]:
    """Do the same one regression at a time."""
    import sklearn.linear_model  # noqa: F401 -- imported before the clock starts
    from scipy.optimize import minimize_scalar

    parts, vectors = _parts(), _vectors(folder)

    def least(error: Callable[[float], float], low: float, high: float) -> float:
        found = minimize_scalar(lambda x: error(2.0**x), bounds=(low, high), method="bounded", options={"xatol": 0.25})
        return float(2.0**found.x)

    yield
    inner, validation = parts["inner"]
    plain = _Plain(inner, vectors["inner"])

    def error(penalty: float, item_penalty: float | None) -> float:
        return float(np.mean((plain.predict(validation, penalty, item_penalty) - validation.values) ** 2))

    first = least(lambda value: error(value, None), -3, 10)
    second = least(lambda value: error(first, value), -3, 10)
    penalty = least(lambda value: error(value, second), np.log2(first) - 1.5, np.log2(first) + 1.5)
    item_penalty = least(lambda value: error(penalty, value), np.log2(second) - 1.5, np.log2(second) + 1.5)
    train, test = parts["whole"]
    predicted = _Plain(train, vectors["whole"]).predict(test, penalty, item_penalty)
    yield
    found = {"penalty": penalty, "item_penalty": item_penalty}
    yield {**found, **{str(row): value for row, value in enumerate(predicted)}}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Twenty times as fast: the same penalties, and each prediction the same."""
    close(ours.answer, peer.answer, TOLERANCE)
    return [faster(ours, peer, 20)]


def _parts() -> dict[str, Any]:
    from toolkit import load_dataset

    train, test = load_dataset("movielens-100k").split("u1")
    return {"whole": (train, test), "inner": train.split("holdout", test_size=0.1)}


def _vectors(folder: Path) -> dict[str, Any]:
    from toolkit import Embedding

    return {name: Embedding.load(folder / f"{name}.arrow") for name in ("whole", "inner")}


class _Plain:
    """The readout in so many words; PCA has a vector for each item of its training part, in the same order."""

    def __init__(self, train: Any, item: Any) -> None:
        from toolkit.data.biases import fit_biases

        self.train, self.biases = train, fit_biases(train.matrix())
        self.residual = train.values - self.biases.predict(train.users, train.items)
        self.items = item.unit_vectors.astype(np.float64)
        means = np.stack(
            [self.items[train.items[train.users == user]].mean(axis=0) for user in range(len(train.user_keys))]
        )
        self.users = means / np.linalg.norm(means, axis=1, keepdims=True)
        self.of_users = lru_cache(1)(self._of_users)

    def predict(self, test: Any, penalty: float, item_penalty: float | None) -> Any:
        users = self.train.user_keys.get_indexer(test.user_keys)[test.users]
        items = self.train.item_keys.get_indexer(test.item_keys)[test.items]
        values, both = self.biases.predict(users, items), (users >= 0) & (items >= 0)
        users, items = users[both], items[both]
        weights, left = self.of_users(penalty)
        values[both] += (weights[users] * self.items[items]).sum(axis=1)
        if item_penalty is not None:
            weights = _ridges(self.train.items, self.users[self.train.users], left, item_penalty)
            values[both] += (weights[items] * self.users[users]).sum(axis=1)
        return np.clip(values, *self.train.scale)

    def _of_users(self, penalty: float) -> tuple[Any, Any]:
        seen = self.items[self.train.items]
        weights = _ridges(self.train.users, seen, self.residual, penalty)
        return weights, self.residual - (weights[self.train.users] * seen).sum(axis=1)


def _ridges(owners: Any, regressors: Any, targets: Any, penalty: float) -> Any:
    from sklearn.linear_model import Ridge

    order = np.argsort(owners, kind="stable")
    own = np.split(order, np.cumsum(np.bincount(owners))[:-1])
    fits = (Ridge(alpha=penalty, fit_intercept=False).fit(regressors[rows], targets[rows]) for rows in own)
    return np.stack([fit.coef_ for fit in fits])
