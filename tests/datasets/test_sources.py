"""Data by name or by file: the options that a suite gives are checked before the loader sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import toolkit as tk
from toolkit.datasets.sources import Kind, check_source, load_source
from toolkit.errors import ParameterError

FILES = {
    "ratings": ("r.csv", "user,item,rating\na,x,3\nb,y,4\n"),
    "corpus": ("c.txt", "cat dog\ncat\n"),
    "vectors": ("v.txt", "cat 1 2\ndog 2 3\n"),
    "vocabulary": ("v.txt", "cat 1 2\ndog 2 3\n"),
}


def written(folder: Path, kind: str) -> str:
    name, content = FILES[kind]
    (folder / name).write_text(content)
    return str(folder / name)


@pytest.mark.parametrize(
    ("kind", "option", "value"),
    [
        ("ratings", "scale", 5),
        ("ratings", "scale", [1]),
        ("ratings", "scale", [1, float("nan")]),
        ("ratings", "scale", {"low": 1}),
        ("ratings", "items", 3),
        ("ratings", "header", [True]),
        ("corpus", "min_count", "few"),
        ("corpus", "max_vocabulary", [1]),
        ("corpus", "window", {}),
        ("vectors", "format", 3),
        ("vectors", "limit", "all"),
        ("vocabulary", "others", "abc"),
        ("vocabulary", "limit", {}),
    ],
)
def test_an_option_of_another_type_is_refused(tmp_path: Path, kind: Kind, option: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"^option '{option}' is "):
        load_source(written(tmp_path, kind), kind, **{option: value})


def test_options_of_a_data_set_are_checked_too() -> None:
    with pytest.raises(ParameterError, match=r"^option 'min_count' is 'few'; input should be a valid"):
        load_source("lee", "corpus", min_count="few")


def test_options_as_toml_has_them_are_taken(tmp_path: Path) -> None:
    found: Any = load_source(written(tmp_path, "ratings"), "ratings", scale=[1, 5], timestamp=False)
    assert isinstance(found, tk.Ratings)
    assert found.scale == (1, 5)


@pytest.mark.parametrize("source", [5, {"a": 1}, ["lee"], None])
def test_what_is_no_name_is_refused(source: Any) -> None:
    with pytest.raises(ParameterError, match="is no data set and no file; give a name or a path"):
        check_source(source, "corpus")
