"""GloVe's text format, and the rules that all text formats share."""

import numpy as np
import pytest

from toolkit.errors import DataError
from toolkit.vectors import load_vectors


def write(tmp_path, content, name="glove.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_keys_and_numbers(tmp_path):
    emb = load_vectors(write(tmp_path, 'the 0.5 -1e-3\n" 2 +3\nnull .5 5.\n4 1 2\nna\u00efve 0 1\n'))
    assert list(emb.keys) == ["the", '"', "null", "4", "naïve"]
    np.testing.assert_array_equal(emb.vectors, np.float32([[0.5, -1e-3], [2, 3], [0.5, 5], [1, 2], [0, 1]]))


def test_numbers_are_rounded_as_numpy_rounds_them(tmp_path):
    between = [1 + 2.0**-24, 1 + 3 * 2.0**-24, 0.1 + 2**-30]
    texts = [f"{value:.60f}" for value in between] + ["1.00000005960464477540", "16777217", "1e-46", "123456789e-12"]
    emb = load_vectors(write(tmp_path, f"a {' '.join(texts)}\n"))
    np.testing.assert_array_equal(emb["a"].view(np.uint32), np.array([np.float32(t) for t in texts]).view(np.uint32))


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n", " \r\n"])
def test_line_ends(tmp_path, end):
    emb = load_vectors(write(tmp_path, f"a 1 2{end}b 3 4{end}"))
    assert list(emb.keys) == ["a", "b"]
    np.testing.assert_array_equal(emb.vectors, [[1, 2], [3, 4]])


@pytest.mark.parametrize("tail", ["", "\n", "\n\n\n", "\r\n\r\n", "\n  \n"])
def test_the_end_of_the_file(tmp_path, monkeypatch, tail):
    for block in (1, 4, 1 << 20):
        monkeypatch.setattr("toolkit.vectors.text.BLOCK", block)
        assert list(load_vectors(write(tmp_path, f"a 1 2\nb 3 4{tail}")).keys) == ["a", "b"]


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    assert list(load_vectors(write(tmp_path, "\ufeffthe 1 2\n\ufeffof 3 4\n")).keys) == ["the", "\ufeffof"]


def test_keys_that_contain_spaces(tmp_path):
    lines = ["the 0.1 0.2", "at name@domain.com 0.3 0.4", ". . . 0.5 0.6", "of 0.7 0.8"]
    emb = load_vectors(write(tmp_path, "\n".join(lines)))
    assert list(emb.keys) == ["the", "at name@domain.com", ". . .", "of"]
    np.testing.assert_array_equal(emb.vectors, np.float32([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]]))


def test_a_first_key_that_contains_a_space_does_not_set_the_width(tmp_path):
    emb = load_vectors(write(tmp_path, "new york 1 2\nof 3 4\nto 5 6\n"))
    assert list(emb.keys) == ["new york", "of", "to"]


@pytest.mark.parametrize("key", ["a\rb", "\u2028", "\x85", "a\0b", "\t", ""])
def test_odd_keys(tmp_path, key):
    assert list(load_vectors(write(tmp_path, f"the 1 2\n{key} 3 4\n")).keys) == ["the", key]


GOOD = "the 1 2 3\nof 1 2 3\nto 1 2 3\n"


@pytest.mark.parametrize("block", [1, 1 << 20])
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("in 1 2", "expected 3 numbers after the key, found 2"),
        ("in", "expected 3 numbers after the key, found 0"),
        ("in 1 2 3 4", "expected 3 numbers after the key, found 4"),
        ("a b 1 2", "'b' is not a number; expected 3 numbers after the key"),
        ("in 1 x2 3", "'x2' is not a number; expected 3 numbers after the key"),
        ("in 1 \uff12 3", "'\uff12' is not a number; expected 3 numbers after the key"),
        ("in 1  3", "'' is not a number; expected 3 numbers after the key"),
        ("in\t1\t2\t3", "expected 3 numbers after the key, found 0"),
        ("in 1 nan 3", "the vector of 'in' holds a value that is not finite"),
        ("in 1 2 -inf", "the vector of 'in' holds a value that is not finite"),
        ("in 1 1e39 3", "the vector of 'in' holds a value that is not finite"),
        ("", "the line is blank, but more lines follow"),
        (b"caf\xe9 1 2 3", "byte 0xe9 is not valid UTF-8; convert the file first, such as with iconv"),
        (b"in 1 \xe9 3", "byte 0xe9 is not valid UTF-8; convert the file first, such as with iconv"),
    ],
)
def test_what_is_wrong_with_a_line_and_which(tmp_path, monkeypatch, line, message, block):
    monkeypatch.setattr("toolkit.vectors.text.BLOCK", block)
    content = GOOD.encode() + (line if isinstance(line, bytes) else line.encode()) + b"\nand 1 2 3\n"
    path = write(tmp_path, content)
    with pytest.raises(DataError) as caught:
        load_vectors(path)
    assert str(caught.value).startswith(f"{path}, line 4: {message}")
    assert caught.value.line == 4


def test_a_short_first_line_is_the_one_at_fault(tmp_path):
    with pytest.raises(DataError, match="line 1: expected 3 numbers after the key, found 2"):
        load_vectors(write(tmp_path, "in 1 2\n" + GOOD))


def test_the_first_of_several_faults_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("toolkit.vectors.text.BLOCK", 1)
    with pytest.raises(DataError, match="line 4: expected 3 numbers"):
        load_vectors(write(tmp_path, GOOD + "in 1 2\nand 1 2\nfor 1 2\n"))


def test_prose_is_no_vectors(tmp_path):
    with pytest.raises(DataError, match="line 1: expected a key and its numbers on each line, found no numbers"):
        load_vectors(write(tmp_path, "Once upon a time\nthere was\n"))
