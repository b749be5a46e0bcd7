"""What the keys of a run stand for: counted, titled, written and read back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit.data import Corpus, Ratings
from toolkit.data.staged import stage
from toolkit.errors import DataError
from toolkit.harness import load_suite
from toolkit.harness.entities import MOST, entity_tables, write_entities
from toolkit.harness.plan import plan
from toolkit.harness.tables import read_entities
from toolkit.report.model import read_results

NASTY = ["=1+1", '<script>alert("x")</script>', "a,b", "two\nlines", "a\rreturn", 'quote"', "NA", " space ", "ünï 寿司"]


def ratings_of(keys: list[str], table: pd.DataFrame | None = None) -> Ratings:
    frame = pd.DataFrame({"user": ["u"] * len(keys), "item": keys, "rating": np.arange(len(keys)) % 5 + 1.0})
    return Ratings.from_frame(frame, item_table=table)


def test_counts_are_those_of_a_plain_loop() -> None:
    train, _ = tk.load_dataset("movielens-100k").split("u1")
    tables = entity_tables(train)
    items = Counter(train.item_keys[code] for code in train.items)
    users = Counter(train.user_keys[code] for code in train.users)
    assert dict(zip(tables["item"]["key"], tables["item"]["count"], strict=True)) == items
    assert dict(zip(tables["user"]["key"], tables["user"]["count"], strict=True)) == users
    assert tables["item"]["count"].is_monotonic_decreasing
    stars = tables["item"].set_index("key").loc["50"]
    assert stars["title"] == "Star Wars (1977)"
    assert stars["genres"].split("|") == ["Action", "Adventure", "Romance", "Sci-Fi", "War"]


def test_words_persons_and_their_attributes() -> None:
    corpus = Corpus.from_sentences([["b", "a", "a"], ["c", "a", "b"]], min_count=1)
    words = entity_tables(corpus)["word"]
    assert words.values.tolist() == [["a", "", 3], ["b", "", 2], ["c", "", 1]]
    persons = entity_tables(tk.load_dataset("family-trees"))["person"]
    assert len(persons) == 24
    assert persons["count"].sum() == 2 * 112
    assert {"nationality", "generation", "branch"} <= set(persons.columns)


def test_columns_with_too_many_values_or_one_are_no_attributes() -> None:
    keys = [f"k{i}" for i in range(MOST + 1)]
    table = pd.DataFrame(
        {"year": range(len(keys)), "made": "film", "kind": ["a", None] + ["b"] * (MOST - 1)}, index=keys
    )
    found = entity_tables(ratings_of(keys, table))["item"]
    assert found.columns.tolist() == ["key", "title", "count", "kind"]
    assert found["kind"].iloc[:3].tolist() == ["a", "", "b"]


def test_what_is_written_is_read_back(tmp_path: Path, suite: Callable[..., Path]) -> None:
    trials = plan(load_suite(suite('splits = ["holdout"]\ntasks = ["ranking"]\nembedders = ["bias"]')))
    table = pd.DataFrame({"title": NASTY[::-1], "genres": ["x|=y", "z"] + ["<b>"] * (len(NASTY) - 2)}, index=NASTY)
    data = ratings_of(NASTY, table)
    stage(data, tmp_path / "train.arrow")
    write_entities(tmp_path, trials, {trial.id: (tmp_path / "train.arrow",) for trial in trials})
    expected = entity_tables(data)
    for entity, frame in expected.items():
        found = read_entities(tmp_path / "entities" / f"films.{entity}.csv")
        pd.testing.assert_frame_equal(found, frame, check_dtype=False)
    assert set(expected["item"]["key"]) == set(NASTY)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "films.item.csv").write_text("key,title,count\na,,1\na,,2\n")
    with pytest.raises(DataError, match="a key stands twice: 'a' in row 2"):
        read_entities(tmp_path / "films.item.csv")


def test_run_holds_the_tables_of_its_first_split(suite: Callable[..., Path], films: Path, tmp_path: Path) -> None:
    body = 'splits = ["kfold"]\ntasks = ["ranking"]\nembedders = ["popularity"]'
    run = tk.run(suite(body), out=tmp_path / "run", quiet=True)
    train, _ = tk.load_ratings(films).split("kfold", fold=1)
    assert set(run.entities) == {("films", "item"), ("films", "user")}
    assert run.entities["films", "item"]["count"].sum() == len(train)
    results = read_results(run.path)
    pd.testing.assert_frame_equal(results.entity_table("films", "user"), run.entities["films", "user"])
    assert results.entity_table("films", "word") is None
    stray = run.path / "entities" / "old.item.csv"
    stray.write_text("key,title,count\n")
    again = tk.run(suite(body), out=run.path, quiet=True, fresh=True)
    assert not stray.exists()
    assert set(again.entities) == set(run.entities)


def test_run_of_an_older_version_has_none(suite: Callable[..., Path], tmp_path: Path) -> None:
    run = tk.run(suite(), out=tmp_path / "run", quiet=True)
    for path in (run.path / "entities").iterdir():
        path.unlink()
    (run.path / "entities").rmdir()
    older = tk.open_run(run.path)
    assert older.entities == {}
    assert read_results(run.path).entity_table("films", "item") is None
