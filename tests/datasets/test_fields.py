"""Lines with more or fewer fields than the header: never cut or filled up in silence."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.datasets import fields, load_ratings
from toolkit.datasets.files import DataFile
from toolkit.datasets.items import read_items
from toolkit.datasets.samples import read_sample
from toolkit.errors import DataError

HEAD = "user,title,item,rating\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            HEAD + "a,Heat,x,4\nb,Crash, Bang,y,3\na,Ran,y,5\n",
            3,
            "has 5 fields where the header has 4; a field that holds a ',' needs quotation marks around it, as in "
            '"one, two"',
        ),
        (HEAD + 'a,"Me,\nyou",x,4\n\nb,I,you,y,3\nb,I,you,y,3\nc,d\nb,1,2,3,4\n', 5, "has 5 fields where the header"),
        (HEAD + "b,I,you,y,3\na,Heat,x,4\n", 2, "has 5 fields"),
        (HEAD + "a,Heat,x,4\nb,Ran,x,3,,!\n", 3, "has 6 fields"),
        ("user,item,rating,comment\na,x,4,-\nb,y,4\n", 3, "has 3 fields where the header has 4; a field that is empty"),
        ("a::x::4\nb::y::4::7\n", 2, "has 4 fields where the first line has 3; no field may hold a '::'"),
        ("a x 4\nb y 4 7\n", 2, "has 4 fields where the first line has 3; no field may hold a space"),
        ("user_id:token\titem_id:token\n1\t2\t3\n", 2, "has 3 fields where the header has 2; no field may hold a tab"),
    ],
)
def test_a_line_of_another_length_is_refused(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text)
    for read in (lambda: load_ratings(path, rating=False), lambda: read_sample(path)):
        with pytest.raises(DataError) as caught:
            read()
        assert message in str(caught.value)
        assert caught.value.line == line


def test_the_first_lines_at_fault_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + "a,b,c,d,4\n" * 9)
    with pytest.raises(DataError, match=r"a.csv, line 2: has 5 fields where the header has 4 \(line 3 and 4 too\);"):
        load_ratings(tmp_path / "a.csv")


def test_a_table_of_items_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("item,title\n1,Heat\n2,Crash, Bang\n")
    with pytest.raises(DataError, match="line 3: has 3 fields where the header has 2"):
        read_items(DataFile(tmp_path / "a.csv"))


@pytest.mark.parametrize(
    "text",
    [
        "user,item,rating,\na,x,4\nb,y,3\n",  # a column without a name
        "user,item,rating\na,x,4,\nb,y,3, ,\n",  # nothing is lost
        "user,item,rating,,\na,x,4,,\nb,y,3,,\n",
        'user,item,rating\na,"x",4\n\n \nb,"y",3\n',
        "\ufeffuser;item;rating\r\na;x;4\r\n\r\nb;y;3\r\n",
    ],
)
def test_what_is_empty_at_the_end_is_no_field(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode())
    assert load_ratings(path).to_frame().to_numpy().tolist() == [["a", "x", 4.0], ["b", "y", 3.0]]


ROWS = st.lists(st.lists(st.text('ab ,\n"é', max_size=4), min_size=2, max_size=4), min_size=1, max_size=8)


@settings(deadline=None)
@given(ROWS)
def test_both_counts_agree(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("written") / "mine.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("user", "item", "rating"), *rows])
    layout = fields.Layout(",", ("user", "item", "rating"), True, ("", "", ""), "utf-8-sig")
    wrong = [row for row in rows if len(row) < 3 or any(field.strip() for field in row[3:])]
    if wrong:
        with pytest.raises(DataError, match=f"has {len(wrong[0])} fields"):
            fields.check_fields(DataFile(path), layout)
    else:
        fields.check_fields(DataFile(path), layout)
