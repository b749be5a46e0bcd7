"""Signs in values: which end of a date is the month, and which column of keys names items."""

from __future__ import annotations

import pandas as pd
import pytest

from toolkit.datasets.guessing import guess_columns
from toolkit.datasets.signs import about_dates, items_first


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (["03/04/2010", "05/02/2010"], "dates such as 03/04/2010 are read with the month first, as no value above 12"),
        (["1/1/10", "3-4-10 9:00"], "dates such as 3-4-10 9:00 are read with the month first, as no value above 12"),
        (["03/04/2010", "25/02/2010 10:00"], "dates such as 25/02/2010 10:00 are read with the day first"),
        (["03/04/2010", "02/25/2010"], "dates such as 02/25/2010 are read with the month first"),
        (["03/03/2010", "04/04/2010"], ""),
        (["2010-03-04", "2010-05-06"], ""),
        (["03.04.2010"], ""),
        ([], ""),
    ],
)
def test_what_is_said_of_dates(dates: list[str], said: str) -> None:
    found = about_dates(pd.Series(dates, dtype=object))
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_a_date_in_doubt_is_among_the_guesses() -> None:
    frame = pd.DataFrame({"user": ["a", "b", "c"], "item": ["x", "y", "x"], "date": ["03/04/2010", None, "05/06/2010"]})
    sentences = guess_columns(list(frame), frame).sentences
    assert any(line.startswith("dates such as 03/04/2010 are read with the month first") for line in sentences)


@pytest.mark.parametrize(
    ("first", "second", "known", "swapped"),
    [
        (["B00006HAXW", "0439784549", "043978454X"], ["A1RSDE90N6RSZF", "A7EJERNB7IH3F", "A1RSDE90N6RSZF"], None, True),
        (
            ["A1RSDE90N6RSZF", "A7EJERNB7IH3F", "A1RSDE90N6RSZF"],
            ["B00006HAXW", "0439784549", "043978454X"],
            None,
            False,
        ),
        (["i1", "i2", "i3"], ["u2", "u3", "u2"], None, True),
        (["u1", "u2", "u3"], ["i2", "i3", "i2"], None, False),
        (["1", "2", "3"], ["7", "8", "9"], ["1", "2", "3", "4"], True),
        (["1", "2", "3"], ["2", "3", "2"], ["1", "2", "3", "4"], False),  # small numbers stand in any table
        (["7", "8", "9"], ["1", "2", "3"], ["1", "2", "3", "4"], False),
        (["1", "2", "3"], ["7", "8", "9"], None, False),
    ],
)
def test_items_in_the_first_column(first: list[str], second: list[str], known: list[str] | None, swapped: bool) -> None:
    frame = pd.DataFrame({0: first, 1: second, 2: ["1", "5", "5", "1"][: len(first)]})
    found = guess_columns(["1", "2", "3"], frame, header=False, item_keys=known)
    assert (found.columns["user"], found.columns["item"]) == (("2", "1") if swapped else ("1", "2"))
    assert bool(items_first(frame[0], frame[1], known)) is swapped
    told = "column 1 holds the items (" if swapped else "column 2 holds the items (by its place)"
    assert any(line.startswith(told) for line in found.sentences)
