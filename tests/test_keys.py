"""Keys are strings, whatever was handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import keys as keys_module
from toolkit.errors import DataError
from toolkit.keys import all_unique, as_keys, locate

KEYS = st.one_of(st.text(max_size=3), st.integers(-5, 5))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], ["1", "2"]),
        (np.array([3, 4], dtype=np.int32), ["3", "4"]),
        ([np.int64(5), "a"], ["5", "a"]),
        (np.array(["a", "é"]), ["a", "é"]),
        (pd.Series([7, 8], index=[1, 0]), ["7", "8"]),
        (pd.Series(["b", "a"], dtype="category"), ["b", "a"]),
        (pd.Series(["b", "a"], dtype="string"), ["b", "a"]),
        (pd.Index([2**40]), [str(2**40)]),
        ((str(number) for number in range(2)), ["0", "1"]),
        ("word", ["word"]),
        ("", [""]),
        ([], []),
        ({"a": 1}, ["a"]),
    ],
)
def test_everything_becomes_a_string(values: Iterable[object], expected: list[str]) -> None:
    keys = as_keys(values)
    assert keys.tolist() == expected
    assert keys.dtype == object
    assert all(type(key) is str for key in keys)


@pytest.mark.parametrize("values", [["a", None], [1.0, np.nan], pd.Series(["a", pd.NA], dtype="string")])
def test_a_missing_key_is_refused(values: Iterable[object]) -> None:
    with pytest.raises(DataError):
        as_keys(values)


@given(st.lists(KEYS, unique_by=str, max_size=12), st.lists(KEYS, max_size=12))
def test_locate_against_a_slow_search(known: list[object], wanted: list[object]) -> None:
    names = [str(key) for key in known]
    positions = locate(as_keys(known), wanted)
    assert positions.dtype == np.int64
    assert positions.tolist() == [names.index(str(key)) if str(key) in names else -1 for key in wanted]


@pytest.mark.parametrize("hashed", [hash, lambda key: 7, lambda key: len(key)])
@given(st.lists(st.text(max_size=2), max_size=12))
def test_uniqueness_against_a_set(hashed: Callable[[str], int], keys: list[str]) -> None:
    with patch.object(keys_module, "hash", hashed, create=True):  # hashes may agree where keys do not
        assert all_unique(as_keys(keys)) == (len(set(keys)) == len(keys))


def test_an_index_of_strings_is_returned_as_it_is() -> None:
    keys = pd.Index(["a", "b"], dtype=object)
    assert as_keys(keys) is keys
