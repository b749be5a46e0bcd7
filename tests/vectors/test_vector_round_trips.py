"""Every format and compression gives back the keys and the very bits that were written."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.vectors import FORMATS, load_vectors, save_vectors

TEXT_AND_BINARY = ("word2vec", "word2vec-bin", "glove", "fasttext")
COMPRESSIONS = ("", ".gz", ".bz2", ".xz", ".zip")
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def embeddings(alphabet, min_dim=2):
    """Embeddings of 1 to 8 keys; one dimension leaves open whether GloVe's first line is a header."""
    keys = st.lists(st.text(alphabet, max_size=6), min_size=1, max_size=8, unique=True)
    return st.tuples(keys, st.integers(min_dim, 5)).flatmap(
        lambda drawn: st.builds(
            lambda vectors: Embedding(drawn[0], vectors),
            npst.arrays(np.float32, (len(drawn[0]), drawn[1]), elements=FLOATS),
        )
    )


def assert_same(read, written):
    assert list(read.keys) == list(written.keys)
    assert read.vectors.dtype == np.float32
    np.testing.assert_array_equal(read.vectors.view(np.uint32), written.vectors.view(np.uint32))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("round-trips")


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("name", TEXT_AND_BINARY)
@settings(max_examples=25, deadline=None)
@given(
    embedding=embeddings(
        st.characters(exclude_categories=["Cs"], exclude_characters=" \n\ufeff"),
    )
)
def test_text_and_binary_formats(folder, name, compression, embedding):
    path = folder / f"{name}{FORMATS[name].suffixes[0]}{compression}"
    save_vectors(embedding, path, name)
    assert_same(load_vectors(path, name), embedding)
    if name != "fasttext":  # it is word2vec's text format by another name
        assert_same(load_vectors(path), embedding)


@settings(max_examples=50, deadline=None)
@given(embedding=embeddings(st.characters(exclude_categories=["Cs"]), min_dim=1))
def test_arrow(folder, embedding):
    save_vectors(embedding, folder / "vectors.arrow")
    assert_same(load_vectors(folder / "vectors.arrow"), embedding)


@settings(max_examples=50, deadline=None)
@given(embedding=embeddings(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_dim=1))
def test_npz(folder, embedding):
    save_vectors(embedding, folder / "vectors.npz")
    assert_same(load_vectors(folder / "vectors.npz"), embedding)


@pytest.mark.parametrize("name", TEXT_AND_BINARY)
def test_one_dimension_with_the_format_named(tmp_path, name):
    embedding = Embedding(["5", "7"], [[1], [3]])
    save_vectors(embedding, tmp_path / "vectors", name)
    assert_same(load_vectors(tmp_path / "vectors", name), embedding)


@pytest.mark.parametrize("name", TEXT_AND_BINARY)
def test_many_blocks(tmp_path, monkeypatch, name):
    monkeypatch.setattr("toolkit.vectors.text.BLOCK", 100)
    monkeypatch.setattr("toolkit.vectors.text.NUMBERS_WRITTEN", 10)
    monkeypatch.setattr("toolkit.vectors.word2vec.BLOCK", 7)
    vectors = np.random.default_rng(0).standard_normal((500, 3))
    embedding = Embedding([f"key{row}" for row in range(500)], vectors)
    save_vectors(embedding, tmp_path / "vectors", name)
    assert_same(load_vectors(tmp_path / "vectors", name), embedding)


@pytest.mark.parametrize("name", ["word2vec", "word2vec-bin", "fasttext", "arrow", "npz"])
def test_no_vectors(tmp_path, name):
    empty = Embedding([], np.empty((0, 3)))
    save_vectors(empty, tmp_path / "vectors", name)
    assert load_vectors(tmp_path / "vectors", name).vectors.shape == (0, 3)


@pytest.mark.parametrize("name", ["arrow", "npz"])
def test_the_entity_is_kept(tmp_path, name):
    save_vectors(Embedding(["50"], [[1]], entity="item"), tmp_path / "vectors", name)
    assert load_vectors(tmp_path / "vectors", name, entity="user").entity == "item"


def test_the_entity_of_other_formats_is_the_callers(tmp_path):
    save_vectors(Embedding(["50"], [[1, 2]], entity="item"), tmp_path / "vectors.txt")
    assert load_vectors(tmp_path / "vectors.txt").entity == "word"
    assert load_vectors(tmp_path / "vectors.txt", entity="item").entity == "item"


@pytest.mark.parametrize("name", TEXT_AND_BINARY)
@pytest.mark.parametrize("key", ["a b", "a\nb", "\ufeffa", "\ud800"])
def test_keys_that_cannot_be_written(tmp_path, name, key):
    path = tmp_path / "vectors"
    path.write_text("old")
    with pytest.raises(DataError, match="cannot be written to this format"):
        save_vectors(Embedding(pd.Index(["ok", key], dtype=object), [[1, 2], [3, 4]]), path, name)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["vectors"]


def test_a_key_that_numpy_would_shorten(tmp_path):
    with pytest.raises(DataError, match="drops a NUL"):
        save_vectors(Embedding(["a\0"], [[1]]), tmp_path / "vectors.npz")


def test_numbers_are_written_in_their_shortest_form(tmp_path):
    save_vectors(Embedding(["a"], np.array([[0.1, -2, 1e-7, 16777216]])), tmp_path / "a.txt", "glove")
    assert (tmp_path / "a.txt").read_text() == "a 0.1 -2 1e-7 16777216\n"


def test_any_float32_survives_the_text():
    from toolkit.vectors.lines import parse_regular
    from toolkit.vectors.text import write_rows

    bits = np.random.default_rng(0).integers(0, 2**32, 40_000, dtype=np.uint32)
    values = bits.view(np.float32)
    matrix = values[np.isfinite(values)][:30_000].reshape(-1, 3)
    stream = io.BytesIO()
    write_rows(stream, Embedding(range(len(matrix)), matrix).keys, matrix)
    _, read = parse_regular(stream.getvalue(), 3)
    np.testing.assert_array_equal(read.view(np.uint32), matrix.view(np.uint32))
