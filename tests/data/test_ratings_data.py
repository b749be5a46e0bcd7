"""`Ratings`: what a table becomes, and its two views against slow references."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import Ratings
from toolkit.data import TrainingData
from toolkit.errors import DataError, ParameterError, UnknownNameError, UnsupportedError

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from("abcd"), st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=20
)


def table(rows: list[tuple[int, str, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["user", "item", "rating", "time"])


def test_rows_keep_their_order(frame: pd.DataFrame) -> None:
    ratings = Ratings.from_frame(frame, timestamp="when", part="part", scale=(1, 5), name="films")
    assert ratings.user_keys.tolist() == ["30", "10", "20"]
    assert ratings.item_keys.tolist() == ["y", "x", "z"]
    assert ratings.users.tolist() == [0, 1, 0, 2]
    assert ratings.items.tolist() == [0, 1, 1, 2]
    assert ratings.values.tolist() == [4, 1, 5, 2]
    assert ratings.timestamps is not None
    assert ratings.timestamps.tolist() == [9, 8, 7, 6]
    assert ratings.parts is not None
    assert ratings.parts.tolist() == ["test", "train", "train", "test"]
    assert (ratings.scale, ratings.explicit, ratings.name, len(ratings)) == ((1.0, 5.0), True, "films", 4)
    assert repr(ratings) == "Ratings('films': 4 ratings of 3 items by 3 users)"
    dtypes = (ratings.users.dtype, ratings.items.dtype, ratings.values.dtype, ratings.timestamps.dtype)
    assert dtypes == (np.int32, np.int32, np.float64, np.int64)


def test_there_and_back(frame: pd.DataFrame) -> None:
    back = Ratings.from_frame(frame, timestamp="when").to_frame()
    assert back.columns.tolist() == ["user", "item", "rating", "timestamp"]
    assert back["user"].tolist() == ["30", "10", "30", "20"]
    assert back["rating"].tolist() == [4.0, 1.0, 5.0, 2.0]
    again = Ratings.from_frame(back, timestamp="timestamp")
    assert again.fingerprint() == Ratings.from_frame(frame, timestamp="when").fingerprint()
    assert "timestamp" not in Ratings.from_frame(frame).to_frame()


@pytest.mark.parametrize("dtype", ["int64", "int8", "uint16", "Int64", "category", "string", "object"])
def test_keys_are_strings_of_any_column(frame: pd.DataFrame, dtype: str) -> None:
    keys = Ratings.from_frame(frame.astype({"user": dtype})).user_keys
    assert keys.tolist() == ["30", "10", "20"]
    assert all(type(key) is str for key in keys)


def test_a_number_and_its_text_are_one_key() -> None:
    frame = pd.DataFrame({"user": pd.Series([1, "1", 2], dtype=object), "item": ["x", "y", "x"], "rating": [1, 2, 3]})
    ratings = Ratings.from_frame(frame)
    assert ratings.user_keys.tolist() == ["1", "2"]
    assert ratings.users.tolist() == [0, 0, 1]


def test_categories_are_keys_in_order_of_first_occurrence(frame: pd.DataFrame) -> None:
    categories = pd.Categorical.from_codes([3, 0, 2, 3], ["1", "unused", 1, "b"])
    ratings = Ratings.from_frame(frame.assign(user=categories))
    assert ratings.user_keys.tolist() == ["b", "1"]
    assert ratings.users.tolist() == [0, 1, 1, 0]


def test_numbers_of_the_frame_are_copied_unless_it_is_given_away(frame: pd.DataFrame) -> None:
    frame = frame.astype({"rating": np.float64}).reset_index(drop=True)
    given: dict[str, Any] = {"timestamp": "when", "scale": (1, 5)}
    kept, shared = Ratings.from_frame(frame, **given), Ratings.from_frame(frame, **given, copy=False)
    assert kept.fingerprint() == shared.fingerprint()
    assert np.shares_memory(shared.values, frame["rating"].to_numpy())
    for column, name in ((kept.values, "rating"), (kept.timestamps, "when")):
        assert not np.shares_memory(column, frame[name].to_numpy())


def test_the_frame_is_not_changed(frame: pd.DataFrame) -> None:
    before = frame.copy(deep=True)
    ratings = Ratings.from_frame(frame.astype({"rating": "float64"}), timestamp="when")
    ratings.matrix()
    ratings.sequences()
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(("role", "nearest"), [("user", "user"), ("item", "item"), ("rating", "rating")])
def test_missing_column_names_the_nearest(frame: pd.DataFrame, role: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match=f"unknown column '{role}s'; did you mean '{nearest}'"):
        Ratings.from_frame(frame, **{role: f"{role}s"})


@pytest.mark.parametrize("role", ["timestamp", "part"])
def test_missing_optional_column(frame: pd.DataFrame, role: str) -> None:
    with pytest.raises(UnknownNameError, match="unknown column 'wen'"):
        Ratings.from_frame(frame, **{role: "wen"})


@pytest.mark.parametrize("column", ["user", "item"])
@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_key_names_the_row(frame: pd.DataFrame, column: str, missing: Any) -> None:
    frame = frame.astype({column: object}).reset_index(drop=True)
    frame.loc[2, column] = missing
    with pytest.raises(DataError, match=f"column '{column}' has no value in row 3"):
        Ratings.from_frame(frame)


@pytest.mark.parametrize("value", ["five", None, np.inf, "", np.nan])
def test_rating_that_is_no_number_names_the_row(frame: pd.DataFrame, value: Any) -> None:
    frame = frame.astype({"rating": object}).reset_index(drop=True)
    frame.loc[1, "rating"] = value
    with pytest.raises(DataError, match=r"column 'rating' holds .* in row 2, which is not a number"):
        Ratings.from_frame(frame)


@pytest.mark.parametrize(("scale", "row"), [((2, 5), 2), ((1, 4), 3), ((1.5, 4.5), 2)])
def test_rating_outside_the_scale_names_the_row(frame: pd.DataFrame, scale: tuple[float, float], row: int) -> None:
    with pytest.raises(DataError, match=rf"rating \d in row {row} lies outside the scale {scale[0]:g} to {scale[1]:g}"):
        Ratings.from_frame(frame, scale=scale)


@pytest.mark.parametrize("scale", [(5, 1), (1, np.nan)])
def test_a_scale_must_have_a_low_and_a_high_end(frame: pd.DataFrame, scale: tuple[float, float]) -> None:
    with pytest.raises(DataError, match="scale"):
        Ratings.from_frame(frame, scale=scale)


def test_an_empty_table_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="there are no ratings: the table is empty"):
        Ratings.from_frame(frame.iloc[:0])


def test_scale_is_what_occurs_unless_given(frame: pd.DataFrame) -> None:
    assert Ratings.from_frame(frame.iloc[[0, 3]]).scale == (2.0, 4.0)
    assert Ratings.from_frame(frame, scale=(0, 10)).scale == (0.0, 10.0)


@pytest.mark.parametrize(("scale", "threshold"), [((1, 5), 4.0), ((0, 10), 7.5), ((0, 6), 4.5)])
def test_relevant_is_three_quarters_up_the_scale(
    frame: pd.DataFrame, scale: tuple[float, float], threshold: float
) -> None:
    assert Ratings.from_frame(frame, scale=scale).relevance_threshold == threshold


def test_any_event_is_relevant(frame: pd.DataFrame) -> None:
    events = Ratings.from_frame(frame, rating=None)
    assert not events.explicit
    assert events.values.tolist() == [1, 1, 1, 1]
    assert (events.values >= events.relevance_threshold).all()


def test_a_row_may_belong_to_no_part(frame: pd.DataFrame) -> None:
    ratings = Ratings.from_frame(frame.assign(part=["test", None, "test", np.nan]), part="part")
    train, test = ratings.split("column")
    assert (train.user_keys.tolist(), test.user_keys.tolist()) == (["10", "20"], ["30"])
    assert len({ratings.fingerprint(), train.fingerprint(), test.fingerprint()}) == 3


def test_item_table_has_string_keys(frame: pd.DataFrame) -> None:
    titles = pd.DataFrame({"title": ["one", "two"]}, index=[1, 2])
    ratings = Ratings.from_frame(frame, item_table=titles)
    assert ratings.item_table is not None
    assert ratings.item_table.index.tolist() == ["1", "2"]
    assert titles.index.tolist() == [1, 2]


def test_it_offers_both_views(frame: pd.DataFrame) -> None:
    assert isinstance(Ratings.from_frame(frame), TrainingData)


@given(ROWS, st.booleans(), st.data())
def test_take_is_as_if_read_anew(rows: list[tuple[int, str, int, int]], explicit: bool, data: st.DataObject) -> None:
    frame = table(rows).assign(part=[f"p{row[3]}" for row in rows])
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=25))
    options: dict[str, Any] = {"rating": "rating" if explicit else None, "timestamp": "time", "part": "part"}
    whole = Ratings.from_frame(frame, scale=(1, 5), **options)
    taken = whole.take(np.array(chosen))
    anew = Ratings.from_frame(frame.iloc[chosen], scale=(1, 5), **options)
    assert taken.user_keys.tolist() == anew.user_keys.tolist()
    assert taken.item_keys.tolist() == anew.item_keys.tolist()
    assert taken.fingerprint() == anew.fingerprint()
    assert (taken.users.dtype, taken.items.dtype) == (np.int32, np.int32)
    assert list(taken.parts) == list(anew.parts)
    assert (taken.scale, taken.explicit) == (whole.scale, whole.explicit)


@given(ROWS, st.booleans(), st.booleans())
def test_distinct_against_a_dictionary(rows: list[tuple[int, str, int, int]], explicit: bool, timed: bool) -> None:
    kind: dict[str, Any] = {"rating": "rating"} if explicit else {"rating": None, "count": "rating"}
    ratings = Ratings.from_frame(table(rows), **kind, timestamp="time" if timed else None)
    order = sorted(range(len(rows)), key=lambda row: (rows[row][3] if timed else 0, row))
    kept: dict[tuple[int, str], int] = {}
    sums: dict[tuple[int, str], int] = {}
    for row in order if not explicit else reversed(order):
        kept.setdefault(rows[row][:2], row)
        sums[rows[row][:2]] = sums.get(rows[row][:2], 0) + rows[row][2]
    once = ratings.distinct()
    expected = sorted(kept.values())
    assert once.to_frame()["user"].tolist() == [str(rows[row][0]) for row in expected]
    assert once.to_frame()["item"].tolist() == [rows[row][1] for row in expected]
    assert once.values.tolist() == [rows[row][2] if explicit else sums[rows[row][:2]] for row in expected]
    assert ratings.n_repeats == len(rows) - len(expected)
    assert once.n_repeats == 0
    matrix = ratings.matrix()
    found = matrix.row_keys[matrix.rows], matrix.column_keys[matrix.columns], matrix.values
    again = once.to_frame()["user"], once.to_frame()["item"], once.values
    assert set(zip(*found, strict=True)) == set(zip(*again, strict=True))  # the same cells, and the same numbers


def test_counts_are_damped_and_ratings_are_not(frame: pd.DataFrame) -> None:
    counted = Ratings.from_frame(frame, rating=None, count="rating").damped()
    np.testing.assert_allclose(counted.values, np.log2([5, 2, 6, 3]))
    assert counted.scale == (1, np.log2(6))
    assert (counted.values >= counted.relevance_threshold).all()
    with pytest.raises(UnsupportedError, match="holds ratings; only how often something happened is damped"):
        Ratings.from_frame(frame).damped()
    with pytest.raises(DataError, match="count -1 in row 2 is not above 0"):
        Ratings.from_frame(frame.assign(n=[1, -1, 2, 3]), rating=None, count="n")
    with pytest.raises(ParameterError, match="there are ratings in 'rating' and counts in 'when'"):
        Ratings.from_frame(frame, count="when")


@given(ROWS, st.booleans())
def test_matrix_against_a_dictionary(rows: list[tuple[int, str, int, int]], explicit: bool) -> None:
    ratings = Ratings.from_frame(table(rows), rating="rating" if explicit else None, scale=(1, 5))
    matrix = ratings.matrix()
    cells: dict[tuple[str, str], float] = {}
    for user, item, rating, _ in rows:
        events = cells.pop((str(user), item), 0)  # taken out and put back: the place of a cell is its last row
        cells[str(user), item] = rating if explicit else events + 1
    found = zip(matrix.row_keys[matrix.rows], matrix.column_keys[matrix.columns], matrix.values, strict=True)
    assert [((user, item), value) for user, item, value in found] == list(cells.items())
    assert matrix.shape == (len(ratings.user_keys), len(ratings.item_keys))
    dense = np.zeros(matrix.shape)
    dense[matrix.rows, matrix.columns] = matrix.values
    np.testing.assert_array_equal(matrix.csr.toarray(), dense)
    assert matrix.csr.nnz == len(cells)
    assert matrix.scale == ((1.0, 5.0) if explicit else (0.0, max(cells.values())))
    assert (matrix.row_entity, matrix.column_entity, matrix.main_entity) == ("user", "item", "item")
    assert (matrix.rows.dtype, matrix.columns.dtype, matrix.values.dtype) == (np.int32, np.int32, np.float64)


def test_matrix_is_sorted_and_a_zero_is_a_rating() -> None:
    frame = pd.DataFrame({"user": [1, 0, 0], "item": ["b", "b", "a"], "rating": [3, 0, 5]})
    csr = Ratings.from_frame(frame).matrix().csr
    assert csr.nnz == 3
    assert csr.has_sorted_indices
    assert csr.indices.dtype == np.int32


@given(ROWS, st.booleans())
def test_sequences_against_a_slow_sort(rows: list[tuple[int, str, int, int]], timed: bool) -> None:
    ratings = Ratings.from_frame(table(rows), timestamp="time" if timed else None)
    sequences = ratings.sequences()
    histories: dict[int, list[tuple[int, str]]] = {}
    for user, item, _, when in rows:
        histories.setdefault(user, []).append((when if timed else 0, item))
    expected = [[item for _, item in sorted(met, key=lambda pair: pair[0])] for met in histories.values()]
    assert list(sequences) == expected
    assert len(sequences) == len(ratings.user_keys)
    assert sequences.entity == "item"
    assert sequences.counts.sum() == len(rows)


def test_fingerprint_changes_with_every_column(frame: pd.DataFrame) -> None:
    def fingerprint(changed: pd.DataFrame, **options: Any) -> str:
        given: dict[str, Any] = {"timestamp": "when", "part": "part", "scale": (1, 5), **options}
        return Ratings.from_frame(changed, **given).fingerprint()

    prints = [
        fingerprint(frame),
        fingerprint(frame.assign(user=[30, 10, 30, 21])),
        fingerprint(frame.assign(user=[30, 10, 20, 20])),
        fingerprint(frame.assign(item=["y", "x", "x", "w"])),
        fingerprint(frame.assign(rating=[4, 1, 5, 3])),
        fingerprint(frame.assign(when=[9, 8, 7, 5])),
        fingerprint(frame.assign(part=["test", "train", "test", "test"])),
        fingerprint(frame, timestamp=None),
        fingerprint(frame, part=None),
        fingerprint(frame, scale=(0, 5)),
        fingerprint(frame.iloc[::-1]),
        fingerprint(frame.iloc[:3]),
    ]
    assert len(set(prints)) == len(prints)


def test_fingerprint_changes_with_nothing_else(frame: pd.DataFrame) -> None:
    original = Ratings.from_frame(frame, timestamp="when")
    same = [
        Ratings.from_frame(frame.copy(), timestamp="when"),
        Ratings.from_frame(frame.astype({"user": str, "rating": float}), timestamp="when"),
        Ratings.from_frame(frame.reset_index(drop=True), timestamp="when", name="other"),
        replace(original, item_table=pd.DataFrame({"title": ["one"]}, index=["x"])),
    ]
    assert {ratings.fingerprint() for ratings in same} == {original.fingerprint()}
    assert len(original.fingerprint()) == 64
