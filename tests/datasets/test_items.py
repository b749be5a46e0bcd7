from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.datasets.files import DataFile
from toolkit.datasets.items import U_ITEM_GENRES, read_items
from toolkit.errors import DataError


def items(path: Path, content: str | bytes, **options: str) -> dict[str, dict[str, str]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_items(DataFile(path), **options).to_dict("index")


def u_item(key: str, title: str, *genres: str) -> str:
    flags = "|".join("1" if genre in genres else "0" for genre in U_ITEM_GENRES)
    return f"{key}|{title}|01-Jan-1995||http://example.org/|{flags}\n"


def test_csv_has_titles_and_genres(tmp_path: Path) -> None:
    text = 'movieId,title,genres\n1,"Usual Suspects, The (1995)",Crime|Thriller\n2,Blank,(no genres listed)\n'
    assert items(tmp_path / "movies.csv", text) == {
        "1": {"title": "Usual Suspects, The (1995)", "genres": "Crime|Thriller"},
        "2": {"title": "Blank", "genres": ""},
    }


def test_movies_dat_has_no_header_and_colons_in_titles(tmp_path: Path) -> None:
    text = "1::Star Wars: A New Hope (1977)::Action|Adventure|Fantasy|Sci-Fi\n73::Misérables, Les (1995)::Drama\n"
    assert items(tmp_path / "movies.dat", text.encode("latin-1"), encoding="latin-1") == {
        "1": {"title": "Star Wars: A New Hope (1977)", "genres": "Action|Adventure|Fantasy|Sci-Fi"},
        "73": {"title": "Misérables, Les (1995)", "genres": "Drama"},
    }


def test_one_of_title_and_genres_is_enough(tmp_path: Path) -> None:
    assert items(tmp_path / "a.tsv", "name\tid\nLamp\t007\n") == {"007": {"title": "Lamp"}}
    assert items(tmp_path / "a.tsv", "asin\tcategory\nB1\t\n") == {"B1": {"genres": ""}}


def test_recbole_and_grouplens_give_the_same_films(tmp_path: Path) -> None:
    grouplens = (
        u_item("1", "Toy Story (1995)", "Animation", "Children's", "Comedy")
        + u_item("267", "unknown", "unknown")
        + u_item("543", "Misérables, Les (1995)", "Drama")
        + u_item("1201", "Marlene Dietrich: Shadow and Light (1996) ", "Documentary")
        + u_item("1412", "Land Before Time III (1995) (V)", "Animation", "Children's")
    )
    recbole = (
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
        "1\tToy Story\t1995\tAnimation Children's Comedy\n"
        "267\tunkonwn\tunkonwn\tunknown\n"
        "543\tMisérables, Les\t1995\tDrama\n"
        "1201\tMarlene Dietrich: Shadow and Light\t1996\tDocumentary\n"
        "1412\tLand Before Time III (1995)\tV\tAnimation Children's\n"
    )
    first = items(tmp_path / "u.item", grouplens.encode("latin-1"), form="u.item", encoding="latin-1")
    assert first == items(tmp_path / "ml-100k.item", recbole, form="recbole")
    assert first["1"] == {"title": "Toy Story (1995)", "genres": "Animation|Children's|Comedy"}
    assert first["267"] == {"title": "unknown", "genres": "unknown"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item,title\n1,a\n,b\n", "line 3: the item's key is missing"),
        ("item,title\n1,a\n2,b\n1,c\n", "line 4: the item's key stands in the table before"),
        ("item,price\n1,2\n", "this one has item, price"),
        ("title,genres\na,b\n", "this one has title, genres"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        items(tmp_path / "items.csv", text)


def test_recbole_without_titles_has_the_genres(tmp_path: Path) -> None:
    text = "item_id:token\trelease_year:token\tclass:token_seq\n1\t1995\tCrime Drama\n"
    assert items(tmp_path / "a.item", text, form="recbole") == {"1": {"genres": "Crime|Drama"}}
