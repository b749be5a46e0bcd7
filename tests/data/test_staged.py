"""Data sets written for other processes, and opened there: the same, and not to be changed."""

from __future__ import annotations

import multiprocessing as mp
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import toolkit as tk
from toolkit.data.staged import open_staged, stage
from toolkit.errors import DataError
from toolkit.testing import small_corpus, small_ratings

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
TIMES = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def ratings(draw: st.DrawFn) -> tk.Ratings:
    rows = draw(st.lists(st.tuples(KEYS, KEYS, st.floats(-5, 5)), min_size=1, max_size=12))
    frame = pd.DataFrame(rows, columns=["user", "item", "rating"]).astype({"user": object, "item": object})
    columns: dict[str, Any] = {"rating": draw(st.sampled_from(["rating", None]))}
    if draw(st.booleans()):
        frame["when"] = draw(st.lists(TIMES, min_size=len(rows), max_size=len(rows)))
        columns["timestamp"] = "when"
    if draw(st.booleans()):
        frame["part"] = draw(
            st.lists(st.sampled_from(["train", "test", None, "é"]), min_size=len(rows), max_size=len(rows))
        )
        columns["part"] = "part"
    if draw(st.booleans()):
        known = frame["item"].drop_duplicates()
        titles = draw(st.lists(KEYS | st.none(), min_size=len(known), max_size=len(known)))
        columns["item_table"] = pd.DataFrame({"title": titles, "year": range(len(known))}, index=known)
    return tk.Ratings.from_frame(frame, **columns, name=draw(KEYS))


@st.composite
def corpora(draw: st.DrawFn) -> tk.Corpus:
    sentences = draw(st.lists(st.lists(KEYS, min_size=1, max_size=6), min_size=1, max_size=6))
    return tk.Corpus.from_sentences(sentences, min_count=1, name=draw(KEYS), window=draw(st.integers(1, 9)))


@st.composite
def triples(draw: st.DrawFn) -> tk.Triples:
    facts = draw(st.lists(st.tuples(KEYS, KEYS, KEYS), min_size=1, max_size=9))
    persons = list(dict.fromkeys(fact[0] for fact in facts))
    values = draw(st.lists(KEYS | st.none(), min_size=len(persons), max_size=len(persons)))
    attributes = pd.DataFrame({"branch": values}, index=pd.Index(persons, dtype=object))
    return tk.Triples(tuple(facts), draw(KEYS), draw(st.sampled_from([None, attributes])))


def same(first: Any, second: Any) -> None:
    assert type(first) is type(second)
    for field in fields(first):
        before, after = getattr(first, field.name), getattr(second, field.name)
        if isinstance(before, pd.DataFrame):
            pd.testing.assert_frame_equal(before, after)
        elif isinstance(before, pd.Index):
            pd.testing.assert_index_equal(before, after, exact=True)
        elif isinstance(before, pd.Categorical):
            assert before.tolist() == after.tolist()
            pd.testing.assert_index_equal(before.categories, after.categories, exact=True)
        elif isinstance(before, np.ndarray):
            assert before.dtype == after.dtype
            np.testing.assert_array_equal(before, after)
        else:
            assert before == after
            assert type(before) is type(after)


@given(data=ratings() | corpora() | triples())
def test_what_is_opened_is_what_was_staged(data: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("staged") / "data.arrow"
    stage(data, path)
    found = open_staged(path)
    same(data, found)
    assert found.fingerprint() == data.fingerprint()


@given(data=ratings())
def test_a_part_of_a_split_too(data: tk.Ratings, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("staged") / "data.arrow"
    part = data.take(np.arange(0, len(data), 2))
    stage(part, path)
    same(part, open_staged(path))


def test_real_data(movielens: tk.Ratings, lee: tk.Corpus, tmp_path: Path) -> None:
    families = tk.load_dataset("family-trees")
    for number, data in enumerate([movielens, *movielens.split("u1"), lee, *families.split("inputs")]):
        stage(data, tmp_path / f"{number}.arrow")
        same(data, open_staged(tmp_path / f"{number}.arrow"))


@pytest.mark.parametrize("data", [replace(small_ratings(), timestamps=None), small_corpus()], ids=["ratings", "corpus"])
def test_nobody_changes_staged_data(data: Any, tmp_path: Path) -> None:
    path = tmp_path / "data.arrow"
    stage(data, path)
    before = path.read_bytes()
    found = open_staged(path)
    arrays = [getattr(found, field.name) for field in fields(found)]
    arrays = [array for array in arrays if isinstance(array, np.ndarray)]
    assert len(arrays) >= 2
    for array in arrays:
        assert not array.flags.owndata
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True
    assert path.read_bytes() == before


def test_another_process_opens_it(tmp_path: Path) -> None:
    data = small_ratings()
    stage(data, tmp_path / "data.arrow")
    with mp.get_context("spawn").Pool(1) as pool:
        assert pool.apply(digest, (tmp_path / "data.arrow",)) == data.fingerprint()


def digest(path: Path) -> str:
    return open_staged(path).fingerprint()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data\.arrow: cannot be written"):
        stage(small_ratings(), tmp_path / "nowhere" / "data.arrow")


def test_an_item_table_that_arrow_cannot_hold(tmp_path: Path) -> None:
    data = small_ratings()
    table = pd.DataFrame({"mixed": ["a", 1]}, index=data.item_keys[:2])
    with pytest.raises(DataError, match="the item table cannot be shared with other processes"):
        stage(replace(data, item_table=table), tmp_path / "data.arrow")
