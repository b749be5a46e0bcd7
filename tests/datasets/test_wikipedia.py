from __future__ import annotations

import bz2
from pathlib import Path

import pytest

from toolkit.data import Corpus
from toolkit.datasets import load_dataset
from toolkit.datasets.files import DataFile
from toolkit.datasets.wikipedia import read_wikipedia
from toolkit.errors import DataError

PAGE = "<page><title>{title}</title><ns>{space}</ns><id>1</id><revision><id>2</id><text>{text}</text></revision></page>"


def dump(path: Path, *pages: tuple[str, str, int]) -> DataFile:
    body = "".join(PAGE.format(title=title, text=text, space=space) for title, text, space in pages)
    path.write_bytes(
        bz2.compress(f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.3/">{body}</mediawiki>'.encode())
    )
    return DataFile(path)


def test_lines_of_articles_are_sentences_without_markup(tmp_path: Path) -> None:
    text = "'''The cat''' is an [[animal|Animal]].\n== Food ==\nIt eats {{cite|fish}} the ''mouse''."
    corpus = read_wikipedia("cats", [dump(tmp_path / "w.xml.bz2", ("Cat", text, 0))], min_count=1)
    assert list(corpus.sequences()) == [["the", "cat", "is", "an", "animal"], ["it", "eats", "the", "mouse"]]


def test_redirections_and_other_pages_are_left_out(tmp_path: Path) -> None:
    pages = ("A", "#REDIRECT [[one two three]]", 0), ("Talk:A", "we talk of it", 1), ("B", "here are words", 0)
    corpus = read_wikipedia("b", [dump(tmp_path / "w.xml.bz2", *pages)], min_count=1)
    assert list(corpus.sequences()) == [["here", "are", "words"]]


def test_a_dump_without_words_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"w\.xml\.bz2: no word occurs min_count=5 times"):
        read_wikipedia("empty", [dump(tmp_path / "w.xml.bz2", ("A", "a b c", 0))])


@pytest.mark.parametrize("cut", [0, 100, 250])
def test_a_dump_that_ends_too_early_is_refused_by_name(tmp_path: Path, cut: int) -> None:
    whole = dump(tmp_path / "w.xml.bz2", ("A", "one two three", 0), ("B", "four five six", 0)).path
    part = tmp_path / "part.xml"
    part.write_bytes(bz2.decompress(whole.read_bytes())[:cut])
    with pytest.raises(DataError, match=r"part\.xml, line \d+: is no whole dump of MediaWiki's XML: "):
        read_wikipedia("part", [DataFile(part)], min_count=1)


def test_other_xml_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_text("<html><p>one two three</p></html>")
    with pytest.raises(DataError, match=r"page\.xml: is no whole dump of MediaWiki's XML: "):
        read_wikipedia("page", [DataFile(tmp_path / "page.xml")], min_count=1)


def test_the_articles_that_come_with_gensim() -> None:
    corpus = load_dataset("wikipedia-106")
    assert isinstance(corpus, Corpus)
    assert (len(corpus), len(corpus.codes), len(corpus.words)) == (11_010, 421_536, 9_147)
    assert list(corpus.words[:3]) == ["the", "of", "and"]
