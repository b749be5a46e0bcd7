"""A first look at one's own ratings and events: what is guessed, how they are divided, and what becomes of the time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit.errors import DataError, ParameterError, ToolkitError, UnknownNameError
from toolkit.harness import load_suite
from toolkit.harness.deadline import Deadline
from toolkit.harness.own.prepared import Budget, Prepared, Wishes
from toolkit.harness.own.ratings import prepare_ratings

LOOK = {"only": ["popularity", "pca"], "workers": 1, "quiet": True}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """The first users of MovieLens-100k."""
    ratings: Any = tk.load_dataset("movielens-100k")
    return ratings.take(np.flatnonzero(ratings.users < 60)).to_frame().astype({"rating": int})


def prepared(path: Path, minutes: float = 5, **wishes: Any) -> Prepared:
    """Return the suite for a file."""
    return prepare_ratings(str(path), Wishes(**wishes), Budget(Deadline(time.monotonic() + 60 * minutes, minutes), 2))


def written(frame: pd.DataFrame, folder: Path, form: str) -> Path:
    """Write ratings as people have them."""
    path = folder / f"mine.{form.split()[0]}"
    if form == "csv":
        names = {"user": "userId", "item": "movieId"}
        frame.rename(columns=names).to_csv(path, index=False)
    elif form == "csv other names":
        frame.set_axis(["reviewer", "asin", "stars", "when"], axis=1).to_csv(path, index=False)
    elif form == "csv other order":
        frame[["timestamp", "rating", "item", "user"]].to_csv(path, index=False)
    elif form == "dat":
        path.write_text("".join(f"{'::'.join(map(str, row))}\n" for row in frame.itertuples(index=False)))
    elif form == "inter":
        names = ["user_id:token", "item_id:token", "rating:float", "timestamp:float"]
        frame.set_axis(names, axis=1).to_csv(path, sep="\t", index=False)
    elif form == "parquet":
        frame.assign(timestamp=pd.to_datetime(frame["timestamp"], unit="s")).to_parquet(path)
    else:
        frame.to_csv(path, sep="\t", index=False, header=form == "tsv")
    return path


def test_events_that_repeat_are_taken_once_and_that_is_said(tmp_path: Path) -> None:
    plays = [(f"u{user}", f"song {song}", day) for day in range(20) for user in range(8) for song in range(user + 2)]
    pd.DataFrame(plays, columns=["user", "track", "timestamp"]).to_csv(tmp_path / "plays.csv", index=False)
    found = prepared(tmp_path / "plays.csv")
    (experiment,) = found.suite.experiments
    data = tk.load_ratings(experiment.dataset, **experiment.options)
    assert len(data) == 44
    np.testing.assert_allclose(data.values, np.log2(21))  # each song was heard twenty times
    assert any("836 of 880 events repeat an earlier one" in line for line in found.said)
    assert "44 events of 9 items by 8 users, 61 % of all pairs" in found.suite.description


def test_ratings_that_repeat_are_dropped_and_that_is_said(tmp_path: Path, frame: pd.DataFrame) -> None:
    twice = pd.concat([frame.assign(rating=1, timestamp=5), frame, frame.head(7).assign(timestamp=6)])
    twice.to_csv(tmp_path / "mine.csv", index=False)
    run = tk.compare(tmp_path / "mine.csv", out=tmp_path / "run", **LOOK)
    assert run.ok
    n = len(frame)
    said = f"{n + 7:,} of {2 * n + 7:,} ratings are dropped, as the user rated the item more than once: the last by"
    assert said in run.info["suite"]["description"]
    found = prepared(tmp_path / "mine.csv").suite.experiments[0]
    data = tk.load_ratings(found.dataset, **found.options)
    np.testing.assert_array_equal(data.values, frame["rating"])
    twice.drop(columns="timestamp").to_csv(tmp_path / "other.csv", index=False)
    assert any("the last in the file is kept" in line for line in prepared(tmp_path / "other.csv").said)


def test_counts_weigh_events(tmp_path: Path, frame: pd.DataFrame) -> None:
    path = tmp_path / "plays.csv"
    plays = frame.drop(columns="rating").assign(plays=1 + frame.index % 500)
    plays.to_csv(path, index=False)
    found = prepared(path)
    assert "Guessed: column plays holds how often, or how long, each event happened (by its name)." in found.said
    assert any("counts log2(1 + n) with methods that weigh events (als, lmf)" in line for line in found.said)
    (experiment,) = found.suite.experiments
    data = tk.load_ratings(experiment.dataset, **experiment.options)
    np.testing.assert_allclose(data.values, np.log2(2 + frame.index % 500))
    run = tk.compare(path, out=tmp_path / "run", only=["popularity", "als"], workers=1, quiet=True)
    assert run.ok
    assert set(run.scores["task"]) == {"ranking"}
    assert prepared(path, columns={"count": "plays"}).suite.experiments[0].options == experiment.options
    plays.assign(plays=plays["plays"].where(plays.index != 5, 0).astype(float)).to_csv(path, index=False)
    with pytest.raises(DataError, match="line 7: count '0' is not how often"):
        prepared(path, columns={"count": "plays"})


def test_a_count_that_is_none_far_down_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.datasets.samples.read_sample.__defaults__", (50,))
    rows = [(user, item, 1 + (user + item) % 3) for user in range(20) for item in range(user % 9 + 1)]
    rows[70] = (*rows[70][:2], 0)
    pd.DataFrame(rows, columns=["user", "song", "plays"]).to_csv(tmp_path / "plays.csv", index=False)
    found = prepared(tmp_path / "plays.csv")
    left = "column plays is left out after all: not every row has a number above 0, such as line 72"
    assert any(left in line for line in found.said)
    assert "count" not in {k for k, v in found.suite.experiments[0].options.items() if v is not None}


def test_times_that_are_missing_in_a_row_are_left_out(tmp_path: Path, frame: pd.DataFrame) -> None:
    frame.astype({"timestamp": object}).assign(timestamp=lambda own: own["timestamp"].where(own.index != 6, "")).to_csv(
        tmp_path / "mine.csv", index=False
    )
    found = prepared(tmp_path / "mine.csv")
    assert "Guessed: column timestamp is left out after all: not every row has a time, such as line 8." in found.said
    (experiment,) = found.suite.experiments
    assert tk.load_ratings(experiment.dataset, **experiment.options).timestamps is None
    with pytest.raises(DataError, match="column 'timestamp' is empty"):
        prepared(tmp_path / "mine.csv", columns={"timestamp": "timestamp"})


FORMS = ["csv", "csv other names", "csv other order", "dat", "inter", "parquet", "tsv", "data"]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_ratings_however_they_are_written(tmp_path: Path, frame: pd.DataFrame, form: str) -> None:
    found = prepared(written(frame, tmp_path, form))
    (experiment,) = found.suite.experiments
    ratings = tk.load_ratings(experiment.dataset, **experiment.options)
    expected = tk.Ratings.from_frame(frame, timestamp="timestamp", scale=(1, 5))
    assert ratings.user_keys.equals(expected.user_keys)
    assert ratings.item_keys.equals(expected.item_keys)
    np.testing.assert_array_equal(ratings.values, expected.values)
    assert ratings.scale == (1, 5)
    assert ratings.timestamps is not None
    np.testing.assert_array_equal(
        np.argsort(ratings.timestamps, kind="stable"), np.argsort(expected.timestamps, kind="stable")
    )
    assert [task.name for task in experiment.tasks] == ["rating-prediction", "ranking"]
    assert all(line.removeprefix("Guessed: ")[:-1] in found.suite.description for line in found.said)


def test_a_run(tmp_path: Path, frame: pd.DataFrame) -> None:
    path = written(frame, tmp_path, "csv")
    run = tk.compare(path, out=tmp_path / "run", **LOOK)
    assert run.ok
    assert set(run.scores["task"]) == {"rating-prediction", "ranking"}
    report = run.report(tmp_path / "run" / "report.md").read_text()
    assert "Guessed: column userId holds the users (by its name); column movieId holds the items" in report
    assert f"toolkit compare {path} --minutes 5 --only popularity --only pca" in report
    assert "## Verdict" in report


def test_the_frozen_suite_can_be_run_again(tmp_path: Path, frame: pd.DataFrame) -> None:
    first = tk.compare(written(frame, tmp_path, "csv"), out=tmp_path / "run", **LOOK)
    again = tk.run(tmp_path / "run" / "run.json", tmp_path / "again", 1, only=LOOK["only"], quiet=True)
    measured = ["task", "readout", "metric", "value", "n"]
    pd.testing.assert_frame_equal(first.scores[measured], again.scores[measured])
    (tmp_path / "other.json").write_text("[1]")
    with pytest.raises(DataError, match=r"other.json: holds no suite; the run.json of a run does"):
        load_suite(tmp_path / "other.json")


def test_events(tmp_path: Path, frame: pd.DataFrame) -> None:
    path = tmp_path / "events.csv"
    frame[["user", "item", "timestamp"]].to_csv(path, index=False)
    found = prepared(path)
    (experiment,) = found.suite.experiments
    assert [task.name for task in experiment.tasks] == ["ranking"]
    assert experiment.splits[0].name == "leave-last-out"
    assert not {"svd", "svdpp", "bias"} & {spec.name for spec in experiment.embedders}
    run = tk.compare(path, out=tmp_path / "run", **LOOK)
    assert run.ok
    assert "every row is an event" in run.info["suite"]["description"]


def test_events_without_times(tmp_path: Path, frame: pd.DataFrame) -> None:
    frame[["user", "item"]].to_csv(tmp_path / "events.csv", index=False)
    assert prepared(tmp_path / "events.csv").suite.experiments[0].splits[0].name == "holdout"
    frame.to_csv(tmp_path / "rated.csv", index=False)
    taken = prepared(tmp_path / "rated.csv", implicit=True).suite.experiments[0]
    assert taken.options["rating"] is False
    assert [task.name for task in taken.tasks] == ["ranking"]


def test_items(tmp_path: Path, frame: pd.DataFrame) -> None:
    ratings: Any = tk.load_dataset("movielens-100k")
    ratings.item_table.rename_axis("movieId").to_csv(tmp_path / "films.csv")
    run = tk.compare(written(frame, tmp_path, "csv"), items=tmp_path / "films.csv", out=tmp_path / "run", **LOOK)
    assert "item-similarity" in set(run.scores["task"])
    assert "genres the attributes (between '|')" in run.info["suite"]["description"]
    pd.DataFrame({"movieId": ["x"], "title": ["none of them"]}).to_csv(tmp_path / "other.csv", index=False)
    with pytest.raises(DataError, match="none of the items of the ratings stands in the table of items"):
        prepared(written(frame, tmp_path, "csv"), items=str(tmp_path / "other.csv"))


def test_a_table_of_items_tells_which_column_names_them(tmp_path: Path, frame: pd.DataFrame) -> None:
    named = frame.assign(user="ann" + frame["user"].astype(str))[["item", "user", "rating", "timestamp"]]
    named.to_csv(tmp_path / "a.csv", index=False, header=False)
    ratings: Any = tk.load_dataset("movielens-100k")
    ratings.item_table.rename_axis("movieId").to_csv(tmp_path / "films.csv")
    found = prepared(tmp_path / "a.csv", items=str(tmp_path / "films.csv"))
    assert "Guessed: column 1 holds the items (the table of items knows its keys)." in found.said
    assert found.suite.experiments[0].options["user"] == "2"


def test_zeros_are_doubted_where_stars_are_given(tmp_path: Path, frame: pd.DataFrame) -> None:
    path = tmp_path / "a.csv"
    frame.assign(rating=frame["rating"].where(frame.index % 4 > 0, 0)).to_csv(path, index=False)
    doubt = "ratings of 0 are the lowest; if they stand for no rating, leave these rows out of the file"
    assert any(doubt in line for line in prepared(path).said)
    assert not any(doubt in line for line in prepared(path, scale=(0, 5)).said)
    frame.assign(rating=frame["rating"] > 3).astype({"rating": int}).to_csv(path, index=False)
    assert not any(doubt in line for line in prepared(path).said)


def test_a_wide_scale_has_a_threshold_of_its_own(tmp_path: Path, frame: pd.DataFrame) -> None:
    skewed = frame.assign(rating=np.where(np.arange(len(frame)) == 0, 1000, frame["rating"]))
    skewed.to_csv(tmp_path / "a.csv", index=False)
    found = prepared(tmp_path / "a.csv").suite.experiments[0]
    assert found.tasks[1].options["relevance_threshold"] == 4
    assert found.options["scale"] == [1, 1000]
    assert prepared(tmp_path / "a.csv", scale=(0, 1000)).suite.experiments[0].options["scale"] == [0, 1000]


def test_no_time_left(tmp_path: Path, frame: pd.DataFrame) -> None:
    run = tk.compare(written(frame, tmp_path, "csv"), out=tmp_path / "run", minutes=1e-5, **LOOK)
    assert set(run.trials["status"]) == {"left out"}
    assert set(run.trials["error"]) == {"no time left (--minutes 1e-05)"}
    assert run.ok
    assert "no time left" in run.report(tmp_path / "run" / "report.md").read_text()


@pytest.mark.parametrize(
    ("text", "wishes", "message"),
    [
        ("a,b,c\nx,y,z\n", {}, r"mine.csv: cannot tell which column holds the users"),
        ("It was a dark night, and so on\nto the end, my friend\n", {}, "cannot tell which column holds the users"),
        ("user,item,rating\n1,2,3\n", {}, r"holds 1 ratings of 1 items by 1 users; at least 10 of 3 items by 3 users"),
        ("user,item,rating\n1,2,good\n", {}, "'rating' should hold the ratings, by its name"),
        ("user,item,rating\n1,2,3\n", {"columns": {"user": "usr"}}, "unknown column 'usr'; did you mean 'user'"),
        ("user,item,rating\n1,2,3\n2,2,9\n", {"scale": (1.0, 5.0)}, "line 3: rating '9' lies outside the scale 1 to 5"),
        ("user,item\n1,2\n1,3\n2,3\n", {"scale": (1.0, 5.0)}, "--scale is for ratings"),
        ("user,item\n", {}, "the table is empty"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, wishes: dict[str, Any], message: str) -> None:
    (tmp_path / "mine.csv").write_text(text)
    with pytest.raises(ToolkitError, match=message):
        prepared(tmp_path / "mine.csv", **wishes)


def test_what_is_known_of_the_catalog_is_not_guessed(tmp_path: Path) -> None:
    found = prepare_ratings("movielens-100k", Wishes(), Budget(Deadline(time.monotonic() + 200, 5), 2))
    assert found.said == ()
    assert [task.name for task in found.suite.experiments[0].tasks][-1] == "item-similarity"
    with pytest.raises(ParameterError, match="--implicit is for files of your own"):
        prepare_ratings("movielens-100k", Wishes(implicit=True), Budget(Deadline(time.monotonic() + 200, 5), 2))


def test_what_there_is_no_time_for_is_said(tmp_path: Path, frame: pd.DataFrame) -> None:
    found = prepared(written(frame, tmp_path, "csv"), minutes=0.02)
    assert found.said[-1].startswith("Left out, as there is no time for them beside the others (--minutes): ")
    assert found.said[-1] in found.suite.description
    assert "sgns (about" in found.said[-1]
    plenty = prepared(written(frame, tmp_path, "csv"))
    assert "Left out" not in plenty.suite.description
    assert len(plenty.suite.experiments[0].embedders) > len(found.suite.experiments[0].embedders)


def test_a_large_catalogue_is_judged_by_the_top_of_each_ranking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.harness.own.judging.CELLS", 1000)
    events = pd.DataFrame({"user": np.arange(400) % 40, "sku": np.arange(400) * 7 % 50})
    events.to_csv(tmp_path / "a.csv", index=False)
    run = tk.compare(tmp_path / "a.csv", out=tmp_path / "run", **LOOK)
    assert run.ok
    assert set(run.scores["metric"]) - {""} == {"ndcg@10", "recall@10", "precision@10", "hit_rate@10", "coverage"}
    assert "400 events" in run.info["suite"]["description"]


def test_the_time_is_that_of_the_methods_named(tmp_path: Path, frame: pd.DataFrame) -> None:
    path = written(frame, tmp_path, "csv")
    named = prepared(path, minutes=0.2, only=("bpr", "popularity"))
    assert [spec.shown for spec in named.suite.experiments[0].embedders] == ["popularity", "bpr"]
    assert "Left out" not in named.suite.description
    with pytest.raises(UnknownNameError, match="unknown method 'bpt'; did you mean 'bpr'"):
        prepared(path, only=("bpt",))
    run = tk.compare(path, out=tmp_path / "run", minutes=0.001, only=["svdpp", "als", "pca"], workers=1, quiet=True)
    assert set(run.trials["embedder"]) == {"pca"}
    assert "no time for them beside the others (--minutes): als" in run.info["suite"]["description"]


def test_some_of_very_many_users_are_judged(
    tmp_path: Path, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.harness.own.judging.JUDGED", 20)
    run = tk.compare(written(frame, tmp_path, "csv"), out=tmp_path / "run", **LOOK)
    assert run.ok
    assert "one fifth of the ratings of 20 users, drawn at random (seed 0)" in run.info["suite"]["description"]
    counts = run.scores[(run.scores["task"] == "ranking") & (run.scores["metric"] == "ndcg@10")]["n"]
    assert counts.between(1, 20).all()
