"""Tables of items: keys, titles and attributes, however they are written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from toolkit.datasets.files import DataFile
from toolkit.datasets.item_columns import guess_item_columns
from toolkit.datasets.items import guess_items, read_items
from toolkit.errors import DataError


def read(tmp_path: Path, text: str) -> tuple[pd.DataFrame, str]:
    """Return what a table holds, and what is said about it."""
    (tmp_path / "items.csv").write_text(text)
    return read_items(DataFile(tmp_path / "items.csv")), guess_items(tmp_path / "items.csv").sentence


@pytest.mark.parametrize(
    ("listed", "separator"),
    [("Crime|Drama", "|"), ('"Crime, Drama"', ","), ("Crime; Drama", ";"), ("Crime | Drama", "|")],
)
def test_attributes_between_any_separator(tmp_path: Path, listed: str, separator: str) -> None:
    table, said = read(tmp_path, f"movieId,title,genres\n7,Heat,{listed}\n9,Ran,Drama\n")
    assert table["genres"].to_dict() == {"7": "Crime|Drama", "9": "Drama"}
    assert table["title"].to_dict() == {"7": "Heat", "9": "Ran"}
    assert said.endswith(f"genres the attributes (between {separator!r})")


def test_columns_of_flags(tmp_path: Path) -> None:
    text = "sku,name,toys,Food,books\na1,Bear,1,0,0\na2,Pop-up,1,0,1\na3,Bread,0,1,0\na4,Bag,0,0,0\n"
    table, said = read(tmp_path, text)
    assert table["genres"].to_dict() == {"a1": "toys", "a2": "toys|books", "a3": "Food", "a4": ""}
    assert "3 columns of 0 and 1 the attributes (toys, ...)" in said


def test_attributes_under_another_name(tmp_path: Path) -> None:
    rows = "\n".join(
        f"s{n},tune {n},{'calm, slow' if n % 2 else 'loud'}".replace("calm, slow", '"calm, slow"') for n in range(12)
    )
    table, said = read(tmp_path, f"track,what,mood\n{rows}\n")
    assert table.loc["s1", "genres"] == "calm|slow"
    assert "mood the attributes" in said


def test_without_a_known_name_the_first_column_without_repeats_holds_the_keys() -> None:
    frame = pd.DataFrame([["x", "a"], ["x", "b"], ["y", "c"]])
    assert guess_item_columns(["colour", "code"], frame).key == "code"


def test_nothing_about_the_items(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="one with their title or genres; this one has item, price"):
        read(tmp_path, "item,price\n1,3.5\n2,4.5\n")
