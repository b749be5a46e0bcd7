"""The ratings of a test fold, predicted from keys by a fitted model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, close, faster

WORK = "20,000 ratings of MovieLens-100k predicted by a fitted SVD"
PEER = "Surprise algo.test(testset)"
REPEATS = 5
TOLERANCE = 1e-9


def prepare(folder: Path) -> None:
    """Do nothing: both sides load the data set by name."""


def ours(folder: Path) -> Iterator[object]:
    """Predict with the adapter."""
    from toolkit import SVD, load_dataset

    train, test = load_dataset("movielens-100k").split("u1")
    svd = SVD().fit(train)
    users, items = test.user_keys[test.users], test.item_keys[test.items]
    yield
    predicted = svd.predict(users, items)
    yield
    yield predicted.tolist()


def peer(folder: Path) -> Iterator[object]:
    """Predict with Surprise."""
    import surprise

    from toolkit import load_dataset

    train, test = (part.to_frame() for part in load_dataset("movielens-100k").split("u1"))
    columns = ["user", "item", "rating"]
    data = surprise.Dataset.load_from_df(train[columns], surprise.Reader(rating_scale=(1, 5)))
    svd = surprise.SVD(random_state=0).fit(data.build_full_trainset())
    testset = list(test[columns].itertuples(index=False, name=None))
    yield
    predictions = svd.test(testset)
    yield
    yield [prediction.est for prediction in predictions]


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Ten times as fast, each prediction the same."""
    here, there = ({str(row): value for row, value in enumerate(side.answer)} for side in (ours, peer))
    close(here, there, TOLERANCE)
    return [faster(ours, peer, 10)]
