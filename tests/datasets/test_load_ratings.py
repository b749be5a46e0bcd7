from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.data import Ratings
from toolkit.datasets import load_ratings, tables
from toolkit.errors import DataError, ParameterError, ToolkitError, UnknownNameError

ROWS = [("ann", "007", 4.0, 30), ("bob", "B,1", 2.5, 10), ("ann", "NA", 5.0, 20)]


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def rows(ratings: Ratings) -> list[tuple[str, str, float, int]]:
    return list(ratings.to_frame().itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "text",
    [
        'userId,movieId,rating,timestamp\nann,007,4.0,30\nbob,"B,1",2.5,10\nann,NA,5.0,20\n',
        "timestamp\tscore\titem_id\tuser_id\n30\t4\t007\tann\n10\t2.5\tB,1\tbob\n20\t5\tNA\tann\n",
        '"User-ID";"Product";"Stars";"Time"\n"ann";"007";"4";"30"\n"bob";"B,1";"2.5";"10"\n"ann";"NA";"5";"20"\n',
        "the user, and who;user;item;rating;time\n-;ann;007;4;30\n-;bob;B,1;2.5;10\n-;ann;NA;5;20\n",
        'no of movie,movie id,user id,rating,timestamp\n1,007,ann,4,30\n2,"B,1",bob,2.5,10\n3,NA,ann,5,20\n',
        'user|item|comment|rating|date\nann|007|x|4|30\nbob|B,1||2.5|10\nann|NA|"|5|20\n'.replace('"', "''"),
        "ann\t007\t4\t30\nbob\tB,1\t2.5\t10\nann\tNA\t5\t20\n",
        "ann::007::4::30\nbob::B,1::2.5::10\nann::NA::5::20",
        "ann 007  4 30\nbob B,1 2.5 10\nann NA 5 20\n",
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\nann\t007\t4\t30\nbob\tB,1\t2.5\t10\nann\tNA\t5\t20\n",
        '\ufeffuser,item,rating,timestamp\r\nann,007,4,30\r\n\r\nbob,"B,1",2.5,10\r\nann,NA,5,20\r\n',
    ],
    ids=["csv", "tsv", "semicolon", "comma-in-name", "space-in-name", "bar", "u.data", "dat", "space", "inter", "dos"],
)
def test_every_form_gives_the_same_ratings(tmp_path: Path, text: str) -> None:
    ratings = load_ratings(write(tmp_path / "mine.txt", text))
    assert rows(ratings) == ROWS
    assert (ratings.name, ratings.scale, ratings.explicit) == ("mine", (2.5, 5.0), True)


def test_keys_with_colons_stand_in_a_dat_file(tmp_path: Path) -> None:
    ratings = load_ratings(write(tmp_path / "a.dat", "user::item::rating\nurn:1::a:b::3\n2::c::4\n"))
    assert list(ratings.user_keys) == ["urn:1", "2"]
    assert list(ratings.item_keys) == ["a:b", "c"]


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zip"])
def test_packed_files_are_unpacked(tmp_path: Path, suffix: str) -> None:
    text = b'user,item,rating,timestamp\nann,007,4,30\nbob,"B,1",2.5,10\nann,NA,5,20\n'
    path = tmp_path / f"mine.csv.{suffix}"
    if suffix == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inside.csv", text)
    else:
        path.write_bytes({"gz": gzip, "bz2": bz2, "xz": lzma}[suffix].compress(text))
    assert rows(load_ratings(path)) == ROWS


def test_parquet_is_read(tmp_path: Path) -> None:
    pd.DataFrame(ROWS, columns=["user", "item", "rating", "timestamp"]).to_parquet(tmp_path / "mine.parquet")
    assert rows(load_ratings(tmp_path / "mine.parquet")) == ROWS


def test_columns_can_be_named(tmp_path: Path) -> None:
    text = "who,user,what,mark,when,fold\nann,x,007,4,30,train\nbob,x,8,3,10,test\n"
    path = write(tmp_path / "mine.csv", text)
    ratings = load_ratings(
        path, user="who", item="what", rating="mark", timestamp="when", part="fold", scale=(1, 5), name="ours"
    )
    assert rows(ratings) == [("ann", "007", 4.0, 30), ("bob", "8", 3.0, 10)]
    assert (ratings.name, ratings.scale, list(ratings.parts)) == ("ours", (1.0, 5.0), ["train", "test"])


def test_events_without_ratings(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "user,item,date\nann,x,2020-02-01\nbob,x,2020-01-01\n")
    ratings = load_ratings(path, rating=False)
    assert not ratings.explicit
    assert ratings.values.tolist() == [1.0, 1.0]
    assert ratings.timestamps[0] > ratings.timestamps[1]
    assert load_ratings(path, rating=False, timestamp=False).timestamps is None
    no_rating = write(tmp_path / "events.csv", "ann,x,17\nbob,y,18\n")
    assert not load_ratings(no_rating, rating=False).explicit


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (["03.04.2010", "05.02.2010", "01.01.2010"], [92, 35, 0]),
        (["25.02.2010 10:00", "03.04.2010 10:00", "01.01.2010 10:00"], [55, 92, 0]),
        (["03/04/2010", "05/02/2010", "01/01/2010"], [62, 121, 0]),
        (["03/04/2010", "25/02/2010", "01/01/2010"], [92, 55, 0]),
        (["02/25/2010", "03/04/2010", "01/01/2010"], [55, 62, 0]),
        (["2010-02-25T00:00:00", "2010-04-03T00:00:00.000", "2010-01-01"], [55, 92, 0]),
    ],
)
def test_dates_are_read_as_they_are_meant(tmp_path: Path, dates: list[str], days: list[int]) -> None:
    rows = "".join(f"{user},x,{date}\n" for user, date in zip("abc", dates, strict=True))
    times = load_ratings(write(tmp_path / "mine.csv", f"user,item,date\n{rows}"), rating=False).timestamps
    assert ((times - times[-1]) / 86_400e6).tolist() == days


def test_events_that_repeat_can_be_kept_once(tmp_path: Path) -> None:
    text = "user,item,time\nann,x,5\nbob,x,4\nann,x,3\nann,y,2\nbob,x,9\n"
    path = write(tmp_path / "mine.csv", text)
    assert load_ratings(path, rating=False, distinct=True).timestamps.tolist() == [4, 3, 2]
    assert load_ratings(path, rating=False, timestamp=False, distinct=True).to_frame()["user"].tolist() == [
        "ann",
        "bob",
        "ann",
    ]
    assert len(load_ratings(path, rating=False)) == 5


def test_of_ratings_that_repeat_the_last_is_kept(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.csv", "user,item,rating,time\nann,x,5,3\nbob,x,4,9\nann,x,3,1\nann,y,2,2\nbob,x,1,9\n"
    )
    kept = load_ratings(path, distinct=True)
    assert rows(kept) == [("ann", "x", 5.0, 3), ("ann", "y", 2.0, 2), ("bob", "x", 1.0, 9)]
    in_file = load_ratings(path, timestamp=False, distinct=True)
    assert in_file.to_frame()["rating"].tolist() == [3.0, 2.0, 1.0]
    assert len(load_ratings(path)) == 5


def test_events_that_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "user,item,plays\nann,x,3\nbob,x,1\nann,x,4\nbob,y,0.5\n")
    assert load_ratings(path, rating=False, count="plays").values.tolist() == [3, 1, 4, 0.5]
    once = load_ratings(path, rating=False, count="plays", distinct=True)
    assert once.values.tolist() == [7, 1, 0.5]
    assert (once.explicit, once.scale, once.relevance_threshold) == (False, (0.5, 7.0), 0.5)
    damped = load_ratings(path, rating=False, count="plays", distinct=True, damped=True)
    assert damped.values.tolist() == pytest.approx([3, 1, 0.5849625])
    with pytest.raises(ParameterError, match="one column cannot play two parts"):
        load_ratings(path, rating="plays", count="plays")
    bad = write(tmp_path / "bad.csv", "user,item,plays\nann,x,3\nbob,x,0\n")
    with pytest.raises(DataError, match="line 3: count '0' is not how often something happened: above 0"):
        load_ratings(bad, rating=False, count="plays")


@pytest.mark.parametrize("blank", ["", "\n", " \n", "\r\n\n"])
def test_a_header_below_blank_lines_is_no_event(tmp_path: Path, blank: str) -> None:
    path = write(tmp_path / "mine.csv", blank + "user,item\nann,x\n\nbob,y\n")
    ratings = load_ratings(path, rating=False)
    assert list(ratings.user_keys) == ["ann", "bob"]
    assert list(ratings.item_keys) == ["x", "y"]


def test_titles_and_genres_come_along(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "user,item,rating\nann,1,4\n")
    items = write(tmp_path / "items.csv", "movieId,title,genres\n1,Heat (1995),Action|Crime\n")
    assert load_ratings(path, items=items).item_table.loc["1"].tolist() == ["Heat (1995)", "Action|Crime"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "the file is empty"),
        ("\n\n", None, "the file is empty"),
        ("sep=;\nuser;item;rating\na;x;4\n", None, "delete the line 'sep=;', which is for Excel alone"),
        ('{"user": 1, "item": 2, "rating": 3}\n', None, "holds JSON, by its first line"),
        ("user,item,rating\n", None, "there are no ratings"),
        ("one column\n".replace(" ", ""), None, "no columns in the first line"),
        ("user,item,rating\na,x,4\nb,y,good\n", 3, "rating 'good' is not a rating"),
        ("user,item,rating\na,x,4\n\nb,y,inf\n", 4, "rating 'inf' is not a rating"),
        ('user,item,rating\n"a\n\n",x,4\nb,y,\n', 5, "column 'rating' is empty"),
        ("user,item,rating\na,x,4\n,y,3\n", 3, "column 'user' is empty"),
        ("a\tx\t4\nb\ty\n", 2, "has 2 fields where the first line has 3; a field that is empty needs its tab"),
        ("a::x::4\nb::y::z\n", 2, "rating 'z' is not a rating"),
        ("user,item,rating,time\na,x,4,2020-01-01\nb,y,3,soon\n", 3, "timestamp 'soon' is not a time"),
        ("user,item,rating,time\na,x,4,17\nb,y,3,soon\n", 3, "timestamp 'soon' is not a time"),
        ('user,item,rating\na,"x,4\nb,y,3\n', None, "not a table"),
        ("user,item,price\na,x,4.5.6\n", None, "no column of ratings is found among user, item, price; name it with"),
        (
            "buyer,item,rating\na,x,4\n",
            None,
            "no column of users is found among buyer, item, rating; name it with user=",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    path = write(tmp_path / "mine.csv", text)
    with pytest.raises(DataError) as caught:
        load_ratings(path)
    place = f"{path}: " if line is None else f"{path}, line {line}: "
    assert str(caught.value).startswith(place + message)
    assert caught.value.line == line


def test_a_rating_outside_the_scale_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "user,item,rating\na,x,4\nb,y,7\n")
    with pytest.raises(DataError, match=r"line 3: rating '7' lies outside the scale 1 to 5"):
        load_ratings(path, scale=(1, 5))


def test_a_byte_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(b"user,item,rating\n" + b"a,x,4\n" * 100_000 + b"b,caf\xe9,3\n")
    with pytest.raises(DataError, match="line 100002: not UTF-8 text"):
        load_ratings(path)


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252"])
def test_other_encodings_are_told_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "mine.csv").write_bytes("user,item,rating\na,café,4\n".encode(encoding))
    with pytest.raises(DataError, match=f"not UTF-8 text: .*; save it as UTF-8, such as with iconv -f {encoding} -t"):
        load_ratings(tmp_path / "mine.csv")


def test_a_bad_row_of_parquet_is_told(tmp_path: Path) -> None:
    pd.DataFrame({"user": ["a", "b"], "item": ["x", "y"], "rating": ["4", "good"]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"'good' is not a rating.* \(row 2\)"):
        load_ratings(tmp_path / "a.parquet")


@pytest.mark.parametrize("name", ["none.csv", "none.parquet", "none.csv.gz", "none.zip"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=f"{name}: no such file"):
        load_ratings(tmp_path / name)


@pytest.mark.parametrize("name", ["a.parquet", "a.csv.gz", "a.zip", "a.csv.xz", "a.csv.bz2"])
def test_a_file_that_is_not_what_its_name_says_is_told(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, "user,item,rating\na,x,4\n" * 10)
    with pytest.raises(DataError, match=name):
        load_ratings(path)


def test_an_archive_with_several_files_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "")
        archive.writestr("b.csv", "")
    with pytest.raises(DataError, match="exactly one file; this one holds 2"):
        load_ratings(tmp_path / "a.zip")


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "user,item,stars\na,x,4\n")
    with pytest.raises(UnknownNameError, match="unknown column 'star'; did you mean 'stars'"):
        load_ratings(path, rating="star")
    with pytest.raises(ParameterError, match="two parts"):
        load_ratings(path, user="item")


KEYS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1)
TABLES = st.lists(st.tuples(KEYS, KEYS, st.floats(-1e6, 1e6), st.integers(-(2**53), 2**53)), min_size=1, max_size=20)


@settings(deadline=None)
@given(table=TABLES, delimiter=st.sampled_from(",;\t|"))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, table, delimiter: str) -> None:
    path = tmp_path_factory.mktemp("written") / "mine.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerows([("user", "item", "rating", "timestamp"), *table])
    frame = load_ratings(path).to_frame()
    assert frame["user"].tolist() == [row[0] for row in table]
    assert frame["item"].tolist() == [row[1] for row in table]
    assert frame["timestamp"].tolist() == [row[3] for row in table]
    assert frame["rating"].to_numpy() == pytest.approx([row[2] for row in table], rel=1e-12)


@settings(deadline=None)
@given(keys=st.lists(st.text('ab\n,"', min_size=1), min_size=1, max_size=10), data=st.data())
def test_the_line_of_a_bad_rating_counts_quoted_line_breaks(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str], data: st.DataObject
) -> None:
    bad = data.draw(st.integers(0, len(keys) - 1))
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["user", "item", "rating"])
    for row, key in enumerate(keys):
        if row == bad:
            line = written.getvalue().count("\n") + 1
        writer.writerow([key, "x", "bad" if row == bad else 3])
    path = write(tmp_path_factory.mktemp("written") / "mine.csv", written.getvalue())
    with pytest.raises(DataError) as caught:
        load_ratings(path)
    assert caught.value.line == line


PIECES = [
    "user",
    "item",
    "rating",
    "time",
    "a",
    "7",
    "4.5",
    "-1",
    ",",
    "\t",
    "::",
    ":",
    ";",
    "|",
    " ",
    "\n",
    "\r\n",
    '"',
]


def outcome(path: Path) -> object:
    try:
        ratings = load_ratings(path)
    except ToolkitError as error:
        return str(error)
    return ratings.fingerprint(), rows(ratings)


PLAIN = ["1", "01", "a", "é", "4.5", "5", "1e3", "nan", "inf", "-0.0", "+7", " 8", "x", '"', "", "NA", "\t"]


@settings(deadline=None, max_examples=300)
@given(
    head=st.sampled_from(
        ["user,item,rating,time\n", "", "\n", "\ufeffuser,item,rating,time\r\n", "user,item,rating\n"]
    ),
    lines=st.lists(st.lists(st.sampled_from(PLAIN), min_size=3, max_size=4).map(",".join), max_size=8),
    end=st.sampled_from(["\n", "\r\n", "\n\n", "\r", " \n"]),
    tail=st.sampled_from(["", "\n", "a,b,3,4", '"']),
)
def test_both_parsers_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, head: str, lines: list[str], end: str, tail: str
) -> None:
    path = tmp_path_factory.mktemp("written") / "mine.csv"
    path.write_bytes((head + end.join(["u,i,3,4", *lines, tail])).encode())
    found = outcome(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_read_plain", lambda *_: None)
        assert outcome(path) == found


def test_keys_and_numbers_of_many_blocks_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = [(f"u{row % 37:03}", str(row % 53), row % 9 / 2, row * 10**6) for row in range(5000)]
    path = write(
        tmp_path / "mine.csv", "user,item,rating,time\n" + "".join("{},{},{},{}\n".format(*row) for row in table)
    )
    monkeypatch.setattr(tables, "_BLOCK", 1000)
    assert rows(load_ratings(path)) == table


@settings(deadline=None)
@given(header=st.booleans(), pieces=st.lists(st.sampled_from(PIECES), max_size=40), tail=st.binary(max_size=3))
def test_whatever_a_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, header: bool, pieces: list[str], tail: bytes
) -> None:
    path = tmp_path_factory.mktemp("written") / "mine.csv"
    path.write_bytes(b"user,item,rating\n" * header + "".join(pieces).encode() + tail)
    try:
        read, told = len(load_ratings(path)), ""
    except ToolkitError as error:
        read, told = 0, str(error)
    assert bool(read) != bool(told)
    assert "\n" not in told
