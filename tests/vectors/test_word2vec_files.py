"""word2vec's two formats, beside gensim."""

import numpy as np
import pytest
from gensim.models import KeyedVectors

from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.vectors import load_vectors, save_vectors


@pytest.fixture
def embedding():
    vectors = np.random.default_rng(0).standard_normal((200, 7)).astype(np.float32) ** 5
    return Embedding(["the", "naïve", "東京", "</s>", *map(str, range(196))], vectors)


def assert_same(ours, theirs):
    assert list(ours.keys) == list(theirs.index_to_key)
    np.testing.assert_array_equal(ours.vectors.view(np.uint32), theirs.vectors.view(np.uint32))


@pytest.mark.parametrize("binary", [False, True])
def test_what_gensim_writes_reads_as_gensim_reads_it(tmp_path, embedding, binary):
    path = tmp_path / ("vectors.bin" if binary else "vectors.txt")
    embedding.to_gensim().save_word2vec_format(str(path), binary=binary)
    assert_same(load_vectors(path), KeyedVectors.load_word2vec_format(str(path), binary=binary))
    assert_same(load_vectors(path), embedding.to_gensim())


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_what_is_written(tmp_path, embedding, binary):
    path = tmp_path / ("vectors.bin" if binary else "vectors.txt")
    save_vectors(embedding, path)
    assert_same(embedding, KeyedVectors.load_word2vec_format(str(path), binary=binary))


def test_the_binary_file_is_gensims_byte_for_byte(tmp_path, embedding):
    save_vectors(embedding, tmp_path / "ours.bin")
    embedding.to_gensim().save_word2vec_format(str(tmp_path / "theirs.bin"), binary=True)
    assert (tmp_path / "ours.bin").read_bytes() == (tmp_path / "theirs.bin").read_bytes()


def test_glove_as_gensim_reads_it(tmp_path, embedding):
    path = tmp_path / "glove.txt"
    embedding.to_gensim().save_word2vec_format(str(path), write_header=False)
    assert_same(load_vectors(path), embedding.to_gensim())


def binary_file(tmp_path, header=b"2 3\n", end=b"", rest=b"", keys=(b"a", b"b")):
    path = tmp_path / "vectors.bin"
    rows = [np.arange(3, dtype="<f4") + row for row in range(len(keys))]
    path.write_bytes(header + b"".join(k + b" " + r.tobytes() + end for k, r in zip(keys, rows, strict=True)) + rest)
    return path


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_end_after_each_vector_or_none(tmp_path, end):
    path = binary_file(tmp_path, end=end)
    assert_same(load_vectors(path), KeyedVectors.load_word2vec_format(str(path), binary=True))
    assert list(load_vectors(path).keys) == ["a", "b"]


@pytest.mark.parametrize("size", range(5, 31))
def test_a_binary_file_that_breaks_off(tmp_path, size):
    path = binary_file(tmp_path)
    content = path.read_bytes()
    assert len(content) == 32
    path.write_bytes(content[:size])
    with pytest.raises(DataError, match=f"breaks off in vector {1 + (size >= 18)} of the 2 promised"):
        load_vectors(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"3 3\n", "breaks off in vector 3 of the 3 promised"),
        (b"999999999999 3\n", "breaks off in vector 3 of the 999999999999 promised"),
        (b"2 999999999\n", "breaks off in vector 1 of the 2 promised"),
        (b"1 3\n", "the header promises 1 vectors, but more data follow"),
        (b"0 3\n", "the header promises 0 vectors, but more data follow"),
    ],
)
def test_a_binary_header_that_lies(tmp_path, header, message):
    with pytest.raises(DataError, match=message):
        load_vectors(binary_file(tmp_path, header=header))


@pytest.mark.parametrize("header", [b"2\n", b"two 3\n", b"2 0\n", b"2 9999999999\n", b"-2 3\n"])
@pytest.mark.parametrize("name", ["word2vec", "word2vec-bin"])
def test_a_first_line_that_is_no_header(tmp_path, name, header):
    with pytest.raises(DataError, match="line 1: expected a header such as '400000 50', found"):
        load_vectors(binary_file(tmp_path, header=header), format=name)


def test_a_binary_key_that_is_not_utf8(tmp_path):
    with pytest.raises(DataError, match=r"key of vector 2, b'\\xe9', is not valid UTF-8; load the file with gensim"):
        load_vectors(binary_file(tmp_path, keys=(b"a", b"\xe9")))


def test_a_binary_value_that_is_not_finite(tmp_path):
    path = binary_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-4] + np.float32("nan").tobytes())
    with pytest.raises(DataError, match="the vector of 'b' holds a value that is not finite"):
        load_vectors(path)


def test_binary_data_without_keys(tmp_path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(b"5 3\n" + b"x" * 70_000)
    with pytest.raises(DataError, match="a key is longer than 65536 bytes"):
        load_vectors(path)


def text_file(tmp_path, content):
    path = tmp_path / "vectors.vec"
    path.write_text(content, encoding="utf-8", newline="")
    return path


def test_a_key_with_a_space_below_a_header(tmp_path):
    assert list(load_vectors(text_file(tmp_path, "2 2\nnew york 1 2\nof 3 4\n")).keys) == ["new york", "of"]


def test_a_header_after_a_byte_order_mark(tmp_path):
    assert list(load_vectors(text_file(tmp_path, "\ufeff1 2\r\nof 3 4\r\n")).keys) == ["of"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("3 2\na 1 2\nb 3 4\n", "the header promises 3 vectors; the file holds 2"),
        ("999999999999 2\na 1 2\n", "the header promises 999999999999 vectors; the file holds 1"),
        ("1 2\na 1 2\nb 3 4\n", "the header promises 1 vectors; the file holds 2"),
        ("2 2\n", "the header promises 2 vectors; the file holds 0"),
        ("2 3\na 1 2\nb 3 4\n", "line 2: expected 3 numbers after the key, found 2"),
        ("2 999999999\na 1 2\nb 3 4\n", "line 2: expected 999999999 numbers after the key, found 2"),
        ("2 2\na 1 2\nb 3\n", "line 3: expected 2 numbers after the key, found 1"),
        ("a 1 2\nb 3 4\n", "line 1: expected a header such as '400000 50', found"),
    ],
)
def test_what_is_wrong_with_a_text_file(tmp_path, content, message):
    path = text_file(tmp_path, content)
    with pytest.raises(DataError, match=message):
        load_vectors(path, format="word2vec")
