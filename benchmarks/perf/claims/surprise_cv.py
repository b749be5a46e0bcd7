"""Five-fold cross-validation of SVD on MovieLens-100k."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, close, faster

WORK = "5-fold cross-validation of SVD on MovieLens-100k from a file, 2 workers: a suite, run by toolkit.run"
PEER = "surprise.model_selection.cross_validate(n_jobs=2)"
SUITE = """
title = "Five folds"

[[experiments]]
name = "films"
dataset = "{data}"
options = {{ scale = [1, 5] }}
splits = ["kfold"]
tasks = [{{ name = "rating-prediction", options = {{ readouts = ["native"] }} }}]
embedders = ["svd"]
"""


def prepare(folder: Path) -> None:
    """Write the ratings, as a table with a header, and the suite."""
    from toolkit import load_dataset

    table = folder / "ratings.tsv"
    load_dataset("movielens-100k").to_frame().to_csv(table, sep="\t", index=False)
    (folder / "folds.toml").write_text(SUITE.format(data=table))


def ours(folder: Path) -> Iterator[object]:
    """Run the suite: read the file, start the workers, split, fit, judge, write the tables and the vectors."""
    from toolkit import run

    yield
    done = run(folder / "folds.toml", out=folder / "run", workers=2, fresh=True, quiet=True)
    yield
    scores = done.scores[done.scores["metric"] == "rmse"]
    yield dict(zip(scores["fold"], scores["value"], strict=True))


def peer(folder: Path) -> Iterator[object]:
    """Read the file, start the workers, split, fit and judge."""
    from surprise import SVD, Dataset, Reader
    from surprise.model_selection import KFold, cross_validate

    yield
    reader = Reader(line_format="user item rating timestamp", sep="\t", rating_scale=(1, 5), skip_lines=1)
    data = Dataset.load_from_file(str(folder / "ratings.tsv"), reader)
    found = cross_validate(SVD(random_state=0), data, measures=["RMSE"], cv=KFold(5, random_state=0), n_jobs=2)
    yield
    yield {str(fold): float(value) for fold, value in enumerate(found["test_rmse"], start=1)}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """At least 1.2 times as fast, the same error in every fold."""
    close(ours.answer, peer.answer, 1e-9)
    return [faster(ours, peer, 1.2)]
