"""When ratings were given: numbers and dates of any form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from toolkit import Ratings
from toolkit.errors import DataError


def test_dates_keep_their_order(frame: pd.DataFrame) -> None:
    dates = ["2021-05-01 00:00:00", "1969-12-31 23:59:59", "2021-05-01 00:00:01", "2020-01-01 00:00:00"]
    for column in (dates, pd.to_datetime(dates), pd.to_datetime(dates, utc=True).tz_convert("Asia/Tokyo")):
        ratings = Ratings.from_frame(frame.assign(when=column), timestamp="when")
        assert ratings.timestamps is not None
        assert np.argsort(ratings.timestamps).tolist() == [1, 3, 0, 2]


def test_dates_may_have_fractions_of_a_second(frame: pd.DataFrame) -> None:
    dates = ["2021-05-01T10:00:01", "2021-05-01T10:00:00.500000", "2021-05-01T10:00:00", "2021-05-02T00:00:00"]
    ratings = Ratings.from_frame(frame.assign(when=dates), timestamp="when")  # as datetime.isoformat writes them
    assert ratings.timestamps is not None
    assert np.argsort(ratings.timestamps).tolist() == [2, 1, 0, 3]


@pytest.mark.parametrize("dtype", [object, str, "Int64", np.float32])
def test_numbers_of_any_column(frame: pd.DataFrame, dtype: object) -> None:
    times = pd.Series([9, 8, 7, 10], index=frame.index).astype(dtype)
    ratings = Ratings.from_frame(frame.assign(when=times), timestamp="when")
    assert ratings.timestamps is not None
    assert ratings.timestamps.tolist() == [9, 8, 7, 10]


def test_dates_of_any_year(frame: pd.DataFrame) -> None:
    dates = ["2021-05-01", "0001-01-01", "9999-12-31", "1600-01-01"]
    ratings = Ratings.from_frame(frame.assign(when=dates), timestamp="when")
    assert ratings.timestamps is not None
    assert np.argsort(ratings.timestamps).tolist() == [1, 3, 0, 2]


def test_numbers_may_have_fractions(frame: pd.DataFrame) -> None:
    ratings = Ratings.from_frame(frame.assign(when=[1.75, 1.0, 1.25, 0.0]), timestamp="when")
    assert next(iter(ratings.sequences())) == ["x", "y"]


@pytest.mark.parametrize("dtype", [np.float64, np.uint64])
def test_numbers_too_large_for_integers(frame: pd.DataFrame, dtype: type) -> None:
    ratings = Ratings.from_frame(frame.assign(when=np.array([2**63, 1, 2**62, 0], dtype=dtype)), timestamp="when")
    assert ratings.timestamps is not None
    assert ratings.timestamps.tolist() == [2.0**63, 1.0, 2.0**62, 0.0]


@pytest.mark.parametrize("times", [["2020-01-01", "x", "", "y"], [1.0, np.nan, 2.0, 3.0], [1.0, np.inf, 2.0, 3.0]])
def test_missing_time_names_the_row(frame: pd.DataFrame, times: list[Any]) -> None:
    with pytest.raises(DataError, match="column 'when' has no time in row 2"):
        Ratings.from_frame(frame.assign(when=times), timestamp="when")
