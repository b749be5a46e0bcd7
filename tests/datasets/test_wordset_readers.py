from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.datasets import load_analogies, load_pairs
from toolkit.errors import DataError, ToolkitWarning


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\ncat\tdog\t7.5\nice cream\tsoup\t2\n",
        "cat , dog,7.5\nice cream,soup, 2\n",
        "\ufeffcat \t dog\t 7.5\r\n\r\nice cream\tsoup\t2.0\r\n",
    ],
)
def test_pairs_are_read(tmp_path: Path, text: str) -> None:
    pairs = load_pairs(write(tmp_path / "mine.tsv", text))
    assert (pairs.first, pairs.second, pairs.scores) == (("cat", "ice cream"), ("dog", "soup"), (7.5, 2.0))
    assert (pairs.name, pairs.malformed) == ("mine", ())


def test_pairs_may_be_divided_by_spaces(tmp_path: Path) -> None:
    assert load_pairs(write(tmp_path / "mine.txt", "cat   dog 7.5\n"), name="ours").second == ("dog",)


def test_malformed_pairs_are_passed_over_and_told(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.tsv", "Word 1\tWord 2\tHuman\ncat\tdog\t7\n\ncat\tdog\ncat\t\t3\ncat\tdog\tnan\na\tb\t1\n"
    )
    with pytest.warns(ToolkitWarning, match=r"passed over 4 lines.*: 1, 4, 5, 6$") as caught:
        pairs = load_pairs(path)
    assert caught[0].filename == __file__
    assert pairs.malformed == (1, 4, 5, 6)
    assert pairs.scores == (7.0, 1.0)


def test_only_the_first_ten_lines_are_listed(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.tsv", "x\n" * 12 + "a\tb\t1\n")
    with pytest.warns(ToolkitWarning, match=r"passed over 12 lines.*: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, \.\.\.$"):
        load_pairs(path)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(st.text("abcé", min_size=1), st.text("xyz ", min_size=1), st.floats(-9, 9)), min_size=1))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows) -> None:
    rows = [(first, "x" + second.strip(), score) for first, second, score in rows]
    text = "".join(f"{first}\t{second}\t{score!r}\n" for first, second, score in rows)
    pairs = load_pairs(write(tmp_path_factory.mktemp("written") / "mine.tsv", text))
    assert list(zip(pairs.first, pairs.second, pairs.scores, strict=True)) == rows


def test_analogies_are_read_by_section(tmp_path: Path) -> None:
    text = "a b c d\n: capitals\nAthens Greece  Oslo Norway\n\n: gram1 adverbs\ncalm calmly\tsafe safely\n: empty\n"
    questions = load_analogies(write(tmp_path / "mine.txt", text))
    assert questions.sections == {
        "all": (("a", "b", "c", "d"),),
        "capitals": (("Athens", "Greece", "Oslo", "Norway"),),
        "gram1 adverbs": (("calm", "calmly", "safe", "safely"),),
    }
    assert (questions.name, len(questions), questions.malformed) == ("mine", 3, ())


def test_malformed_questions_are_passed_over_and_told(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.txt", ": s\na b c\na b c d\na b c d e\n")
    with pytest.warns(ToolkitWarning, match=r"passed over 2 lines that do not hold four words: 2, 4$"):
        questions = load_analogies(path)
    assert (len(questions), questions.malformed) == (1, (2, 4))


@pytest.mark.parametrize("load", [load_pairs, load_analogies])
@pytest.mark.parametrize("text", ["", "# nothing\n", "cat\n"])
def test_a_file_without_any_is_refused(tmp_path: Path, load, text: str) -> None:
    with pytest.raises(DataError, match=r"mine\.txt: no line holds"):
        load(write(tmp_path / "mine.txt", text))


@pytest.mark.parametrize("load", [load_pairs, load_analogies])
def test_a_missing_file_is_told(tmp_path: Path, load) -> None:
    with pytest.raises(DataError, match=r"none\.txt: no such file"):
        load(tmp_path / "none.txt")
