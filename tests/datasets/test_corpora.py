from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from gensim.models.word2vec import LineSentence
from gensim.utils import simple_preprocess
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.datasets import corpora, load_corpus
from toolkit.errors import DataError, ParameterError, UnknownNameError


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def sentences(path: Path, **options: object) -> list[list[str]]:
    return list(load_corpus(path, min_count=1, **options).sequences())


def test_a_line_is_a_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.txt", "The cat\tsat\r\n\n  on the  mat .\nlast line")
    assert sentences(path) == [["The", "cat", "sat"], ["on", "the", "mat", "."], ["last", "line"]]
    corpus = load_corpus(path, min_count=1, window=3)
    assert (corpus.name, corpus.window) == ("mine", 3)


def test_options_reach_the_corpus(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.txt", "a b a c\nA b d a\n")
    assert list(load_corpus(path, min_count=2).words) == ["a", "b"]
    assert list(load_corpus(path, min_count=1, max_vocabulary=1).words) == ["a"]
    assert load_corpus(path, min_count=4, lowercase=True, name="low").counts.tolist() == [4]


def test_packed_text_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt.gz"
    path.write_bytes(gzip.compress("\ufeffcafé au lait\n".encode()))
    assert sentences(path) == [["café", "au", "lait"]]


@pytest.mark.parametrize("tokens", [1, 9_999, 10_000, 10_001, 20_000, 25_000])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_long_line_is_cut_as_gensim_cuts_it(tmp_path: Path, tokens: int, end: str) -> None:
    path = write(tmp_path / "long.txt", " ".join(f"w{number % 77}" for number in range(tokens)) + end + "x y\n")
    assert sentences(path) == list(LineSentence(str(path)))


@settings(deadline=None)
@given(text=st.text("ab \n\té"), block=st.integers(1, 5), longest=st.integers(1, 4))
def test_the_size_of_the_blocks_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, text: str, block: int, longest: int
) -> None:
    path = write(tmp_path_factory.mktemp("text") / "mine.txt", f"{text}\nlast")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpora, "BLOCK", block)
        patch.setattr(corpora, "LONGEST", longest)
        assert sentences(path) == list(LineSentence(str(path), max_sentence_length=longest))


def test_simple_tokens_are_gensims(tmp_path: Path) -> None:
    text = "Don't stop: 3 of the 300 news-items, e.g. Ångström's, are l o n g.\nA second line!\n"
    path = write(tmp_path / "mine.txt", text)
    assert sentences(path, tokenizer="simple") == [simple_preprocess(line) for line in text.splitlines()]


@pytest.mark.parametrize("long", [False, True])
def test_a_byte_that_is_not_utf8_is_told_with_its_line(tmp_path: Path, long: bool) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(b"one two\n" * 3 + b"word " * (500_000 if long else 1) + b"caf\xe9\n")
    with pytest.raises(DataError, match=r"mine\.txt, line 4: not UTF-8 text"):
        load_corpus(path)


def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.txt", "a b c\n")
    with pytest.raises(DataError, match=r"mine\.txt: no word occurs min_count=5 times"):
        load_corpus(path)
    with pytest.raises(DataError, match=r"other\.txt: no such file"):
        load_corpus(tmp_path / "other.txt")
    with pytest.raises(UnknownNameError, match="unknown tokenizer 'simpel'; did you mean 'simple'"):
        load_corpus(path, tokenizer="simpel")
    with pytest.raises(ParameterError, match="window is 0"):
        load_corpus(path, window=0)
