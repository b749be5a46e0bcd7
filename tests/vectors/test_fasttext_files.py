"""fastText's model files, on those that gensim ships for its own tests."""

import struct
from importlib.resources import files

import numpy as np
import pytest
from gensim.models.fasttext import load_facebook_vectors

from toolkit.errors import DataError, ToolkitWarning, UnsupportedError
from toolkit.vectors import load_vectors, save_vectors

SHIPPED = files("gensim") / "test" / "test_data"


@pytest.fixture
def model(tmp_path):
    """Return the path of a copy of a model: 22 words, 5 dimensions."""
    path = tmp_path / "model.bin"
    path.write_bytes((SHIPPED / "toy-model.bin").read_bytes())
    return path


@pytest.mark.parametrize(
    "name", ["lee_fasttext.bin", "lee_fasttext_new.bin", "toy-model.bin", "crime-and-punishment.bin"]
)
def test_words_and_vectors_are_gensims(name):
    ours, theirs = load_vectors(str(SHIPPED / name)), load_facebook_vectors(str(SHIPPED / name))
    assert list(ours.keys) == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


@pytest.mark.parametrize("stem", ["lee_fasttext", "toy-model", "crime-and-punishment"])
def test_both_files_of_a_model_agree(stem):
    binary, text = (load_vectors(str(SHIPPED / f"{stem}{suffix}")) for suffix in (".bin", ".vec"))
    assert list(binary.keys) == list(text.keys)
    words = binary.keys.drop("</s>", errors="ignore")  # to which fastText, unlike gensim, gives no n-grams
    np.testing.assert_allclose(binary.subset(words).vectors, text.subset(words).vectors, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zip"])
def test_compressed(tmp_path, model, suffix):
    from toolkit.vectors.streams import open_to_write

    with open_to_write(tmp_path / f"small.bin{suffix}") as stream:
        stream.write(model.read_bytes())
    np.testing.assert_array_equal(load_vectors(tmp_path / f"small.bin{suffix}").vectors, load_vectors(model).vectors)


def test_limit(model):
    whole, part = load_vectors(model), load_vectors(model, limit=3)
    assert list(part.keys) == list(whole.keys[:3])
    np.testing.assert_array_equal(part.vectors, whole.vectors[:3])


def test_keys_that_are_not_utf8():
    with pytest.warns(ToolkitWarning, match="69 keys are not valid UTF-8") as caught:
        emb = load_vectors(str(SHIPPED / "cp852_fasttext.bin"))
    assert caught[0].filename == __file__
    assert any("\\x" in key for key in emb.keys)


def test_a_file_that_breaks_off_anywhere(model):
    content = model.read_bytes()
    matrix = len(load_vectors(model)) * 5 * 4  # of the words; those of the n-grams and the output come after
    first_word = content.index(b"the\0")
    for size in [*range(5, first_word + 20), *range(first_word + 20, first_word + matrix, 97)]:
        model.write_bytes(content[:size])
        with pytest.raises(DataError, match="breaks off"):
            load_vectors(model)


def test_an_empty_file(model):
    model.write_bytes(b"")
    with pytest.raises(DataError, match="the file is empty"):
        load_vectors(model, format="fasttext-bin")


@pytest.mark.parametrize(
    ("offset", "layout", "value", "message"),
    [
        (8, "<i", 2**30, "breaks off"),  # dimensions
        (8, "<i", 0, "breaks off"),
        (8 + 4 * 8, "<i", 2**30, "breaks off"),  # buckets
        (8 + 4 * 8, "<i", -1, "breaks off"),
        (64, "<i", 2**30, "breaks off"),  # words
        (64, "<i", -1, "breaks off"),
        (72, "<i", 3, "neither quantized ones nor classifiers"),  # labels
        (84, "<q", 3, "neither quantized ones nor classifiers"),  # n-grams that a quantized model dropped
    ],
)
def test_a_header_that_lies(model, offset, layout, value, message):
    content = bytearray(model.read_bytes())
    struct.pack_into(layout, content, offset, value)
    model.write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_vectors(model)


def test_it_cannot_be_written(tmp_path, model):
    with pytest.raises(UnsupportedError, match="'fasttext-bin' is read, not written; write one of word2vec, "):
        save_vectors(load_vectors(model), tmp_path / "out.bin", "fasttext-bin")
    assert not (tmp_path / "out.bin").exists()


def test_a_word_that_stands_twice(model):
    content = model.read_bytes()
    model.write_bytes(content.replace(b"to\0", b"of\0", 1))
    with pytest.raises(DataError, match="a key stands twice"):
        load_vectors(model)
