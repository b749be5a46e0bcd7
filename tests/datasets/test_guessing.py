"""What the columns of somebody's own table hold: all that is plain is found, all else refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.datasets.guessing import Guess, guess_columns, guess_header
from toolkit.datasets.samples import read_sample
from toolkit.datasets.values import guess_scale
from toolkit.errors import DataError, ToolkitError, UnknownNameError

ROWS = [
    (f"u{user}", f"film {item}", str(1 + (3 * user + item) % 5), str(880_000_000 + 977 * (9 * user + item)))
    for user in range(20)
    for item in range(9)
]
FRAME = pd.DataFrame(ROWS)
PLAIN = {"user": 0, "item": 1, "rating": 2, "timestamp": 3}
NAMED = {
    "user": ["userId", "user_id", "UserID", "reviewerID", "customer", "user_id:token"],
    "item": ["movieId", "item", "asin", "Book-ID", "track_id", "business_id"],
    "rating": ["rating", "Rating", "stars", "overall", "score"],
    "timestamp": ["timestamp", "unixReviewTime", "date", "created_at"],
}


def guessed(path: Path) -> Guess:
    found = read_sample(path)
    return guess_columns(found.columns, found.frame, header=found.header)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], pd.DataFrame, dict[str, int]]:
    """Return names, rows and where each role stands, columns in any order."""
    order = draw(st.permutations(list(PLAIN)))
    names = [draw(st.sampled_from(NAMED[role])) for role in order]
    return names, FRAME[[PLAIN[role] for role in order]], {role: order.index(role) for role in order}


@given(tables())
def test_any_order_of_named_columns_is_found(table: tuple[list[str], pd.DataFrame, dict[str, int]]) -> None:
    names, frame, places = table
    found = guess_columns(names, frame)
    assert found.columns == {role: names[place] for role, place in places.items()}
    assert found.explicit


@given(st.permutations(["rating", "timestamp", "keys"]), st.booleans())
def test_without_names_values_tell_ratings_and_times_and_places_the_rest(order: list[str], named: bool) -> None:
    places = [place for role in order for place in ((0, 1) if role == "keys" else (PLAIN[role],))]
    names = [f"field {'abcd'[n]}" if named else str(n + 1) for n in range(4)]
    found = guess_columns(names, FRAME[places], header=named)
    assert found.columns == {role: names[places.index(place)] for role, place in PLAIN.items()}


@given(st.permutations(list(PLAIN)), st.sampled_from(list(PLAIN)))
def test_what_is_given_is_taken(order: list[str], role: str) -> None:
    names = [f"x{'abcd'[n]}" for n in range(4)]
    given_columns = {"user": names[order.index("user")], role: names[order.index(role)]}
    found = guess_columns(names, FRAME[[PLAIN[each] for each in order]], given=given_columns)
    assert found.columns == {each: names[order.index(each)] for each in PLAIN}


def test_each_guess_is_told() -> None:
    names = ["userId", "movieId", "rating", "timestamp"]
    assert guess_columns([*names, "city"], FRAME.assign(city="x")).sentences == (
        "column userId holds the users (by its name)",
        "column movieId holds the items (by its name)",
        "column rating holds the ratings (by its name)",
        "column timestamp holds the times (by its name)",
        "not used: city",
    )
    assert guess_columns(["1", "2", "3", "4"], FRAME, header=False).sentences[:2] == (
        "column 1 holds the users (by its place)",
        "column 2 holds the items (by its place)",
    )


def test_events_without_ratings() -> None:
    events = FRAME[[0, 1, 3]]
    found = guess_columns(["visitor", "sku", "when"], events)
    assert not found.explicit
    assert found.columns == {"user": "visitor", "item": "sku", "timestamp": "when"}
    counted = events.assign(plays=[str(n % 5 + 1) for n in range(len(events))])
    found = guess_columns(["user", "track", "time", "plays"], counted)
    assert found.columns == {"user": "user", "item": "track", "timestamp": "time", "count": "plays"}
    assert "column plays holds how often, or how long, each event happened (by its name)" in found.sentences
    zero = events.assign(plays=[str(n % 5) for n in range(len(events))])
    found = guess_columns(["user", "track", "time", "plays"], zero)
    assert "count" not in found.columns
    assert any("column plays" in line and "not above 0 in every row" in line for line in found.sentences)
    assert "count" not in guess_columns(["user", "item", "rating", "views"], FRAME.assign(**{"3": "7"})).columns
    ones = FRAME.assign(**{"2": "1"})[[0, 1, "2"]]
    assert not guess_columns(["user", "item", "rating"], ones).explicit
    assert "same value in every row" in " ".join(guess_columns(["user", "item", "rating"], ones).sentences)
    found = guess_columns(["user", "item", "rating", "time"], FRAME, implicit=True)
    assert not found.explicit
    assert "rating" not in found.columns


@pytest.mark.parametrize(
    ("columns", "places", "message"),
    [
        (["a", "b", "c"], [0, 1, 1], "cannot tell which column holds the users: there are a, b, c; name columns with"),
        (["user", "a", "b"], [0, 1, 0], "which column holds the items: there are user, a, b, user holds the users"),
        (["user", "a", "b", "c"], [0, 1, 2, 2], "may stand in b or c; say which with --rating COLUMN"),
        (
            ["user", "item", "rating"],
            [0, 1, 1],
            "'rating' should hold the ratings, by its name, and holds 'film 0', wh",
        ),
        (["user", "item", "rating", "rating"], [0, 1, 2, 1], "several columns are called 'rating'"),
        (["text"], [1], "cannot tell which column holds the users"),
    ],
)
def test_what_is_not_plain_is_refused(columns: list[str], places: list[int], message: str) -> None:
    with pytest.raises(DataError, match=message):
        guess_columns(columns, FRAME[places].set_axis(range(len(places)), axis=1))


def test_a_header_that_comes_again_is_told() -> None:
    again = pd.concat([FRAME.head(5), pd.DataFrame([["user", "item", "rating", "time"]]), FRAME])
    with pytest.raises(DataError, match="the header stands again among the rows, where column 'rating' holds 'rating'"):
        guess_columns(["user", "item", "rating", "time"], again)


def test_a_matrix_of_ratings_is_told() -> None:
    wide = pd.DataFrame({"user": [f"u{n}" for n in range(60)]} | {f"no {k}": [1, 5] * 30 for k in range(4)}).astype(str)
    with pytest.raises(DataError, match="each of 4 columns may hold ratings, such as no 0; if there is a column for"):
        guess_columns(list(wide), wide)


def test_without_names_the_first_row_tells_what_is_in_doubt() -> None:
    events = FRAME.assign(**{"2": "purchase"})[[0, 1, 0, "2"]]
    with pytest.raises(DataError, match=r"there are 1 \(u0\), 2 \(film 0\), 3 \(u0\), 4 \(purchase\); name columns"):
        guess_columns(["1", "2", "3", "4"], events.set_axis(range(4), axis=1), header=False)


def test_a_decimal_comma_is_told() -> None:
    commas = FRAME[[0, 1, 2]].assign(**{"2": FRAME[2] + ",5"})[[0, 1, "2"]]
    with pytest.raises(DataError, match=r"holds '1,5', which is no number \(numbers are written with a point"):
        guess_columns(["user", "item", "rating"], commas)


def test_unknown_column_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown column 'usr'; did you mean 'user'"):
        guess_columns(["user", "item", "rating", "time"], FRAME, given={"user": "usr"})


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1, 2, 5], (1, 5)),
        ([2, 5, 4], (1, 5)),
        ([0.5, 5], (0.5, 5)),
        ([0, 5], (0, 5)),
        ([1, 10], (1, 10)),
        ([0, 10], (0, 10)),
        ([3, 100], (1, 100)),
        ([0, 1], (0, 1)),
        ([-9.9, 10], (-10, 10)),
        ([-9.95, 10], (-10, 10)),
        ([4, 5], (4, 5)),
        ([1, 37], (1, 37)),
        ([-9.9, 9.2], (-9.9, 9.2)),
    ],
)
def test_scale(values: list[float], scale: tuple[float, float]) -> None:
    assert guess_scale(np.array(values, dtype=np.float64)) == scale


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_every_rating_lies_on_the_scale(values: list[float]) -> None:
    low, high = guess_scale(np.array(values))
    assert low <= min(values) <= max(values) <= high


def test_header() -> None:
    rows = pd.DataFrame([["ann", "x"], ["bob", "y"], ["ann", "y"]])
    assert guess_header(["who", "what"], rows)
    assert guess_header(["user", "what"], rows)
    assert not guess_header(["ann", "y"], rows)
    assert not guess_header(["zoe", "7"], rows)
    assert not guess_header(["zoe", "2024-05-01"], rows)


@pytest.mark.parametrize(
    ("name", "text", "columns", "header"),
    [
        ("a.csv", "userId,movieId,rating\n1,2,3\n", ("userId", "movieId", "rating"), True),
        ("a.dat", "1::2::3::978300760\n", ("1", "2", "3", "4"), False),
        ("a.tsv", "ann\tx\nbob\ty\nann\ty\n", ("1", "2"), False),
        ("a.inter", "user_id:token\titem_id:token\n1\t2\n", ("user_id", "item_id"), True),
        ("a.csv", "u1,2024-05-01,x,5,home\nu2,2024-05-02,y,4,web\n", ("1", "2", "3", "4", "5"), False),
        ("a.txt", "1 2 3\n", ("1", "2", "3"), False),
    ],
)
def test_samples(tmp_path: Path, name: str, text: str, columns: tuple[str, ...], header: bool) -> None:
    (tmp_path / name).write_text(text)
    found = read_sample(tmp_path / name)
    assert found.columns == columns
    assert found.header is header
    assert len(found.frame) == len(text.splitlines()) - header


def test_a_sample_of_parquet(tmp_path: Path) -> None:
    times = pd.to_datetime(["2024-05-01", "2024-05-03"])
    pd.DataFrame({"user": [1, 2], "item": ["x", "y"], "when": times}).to_parquet(tmp_path / "a.parquet")
    found = read_sample(tmp_path / "a.parquet")
    assert guess_columns(found.columns, found.frame).columns == {"user": "user", "item": "item", "timestamp": "when"}
    assert len(read_sample(tmp_path / "a.parquet", 1).frame) == 1


def test_a_part_of_a_large_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_text("\n".join(f"{n}::{n % 7}::{n % 5 + 1}" for n in range(500)))
    assert len(read_sample(tmp_path / "a.dat", 20).frame) == 20


@pytest.mark.parametrize("text", ["", "user,item\n", "a single word\n" * 3])
def test_no_table(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ToolkitError):
        guessed(tmp_path / "a.csv")
