"""One fold of a comparison: learn from its training ratings, predict the others, take the error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, close, faster

WORK = "SVD on fold u1 of MovieLens-100k: fit, predict, RMSE"
PEER = "Surprise, from its raw ratings"
REPEATS = 5
TOLERANCE = 1e-9


def prepare(folder: Path) -> None:
    """Do nothing: both sides load the data set by name."""


def ours(folder: Path) -> Iterator[object]:
    """Go through the fold here."""
    import surprise  # noqa: F401 -- imported before the clock starts, as on the other side

    from toolkit import SVD, load_dataset
    from toolkit.metrics import rmse

    train, test = load_dataset("movielens-100k").split("u1")
    yield
    predicted = SVD().fit(train).predict(test.user_keys[test.users], test.item_keys[test.items])
    error = rmse(test.values, predicted)
    yield
    yield {"rmse": error}


def peer(folder: Path) -> Iterator[object]:
    """Go through the fold with Surprise."""
    import surprise

    from toolkit import load_dataset

    columns = ["user", "item", "rating"]
    train, test = (part.to_frame()[columns] for part in load_dataset("movielens-100k").split("u1"))
    data = surprise.Dataset.load_from_df(train, surprise.Reader(rating_scale=(1, 5)))
    raw = [(*row, None) for row in test.itertuples(index=False, name=None)]
    yield
    svd = surprise.SVD(random_state=0).fit(data.build_full_trainset())
    error = surprise.accuracy.rmse(svd.test(data.construct_testset(raw)), verbose=False)
    yield
    yield {"rmse": float(error)}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Half as fast again, though both run the same gradient descent of Surprise; the same error."""
    close(ours.answer, peer.answer, TOLERANCE)
    return [faster(ours, peer, 1.5)]
