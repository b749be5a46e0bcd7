"""Whatever the bytes, a reader returns an embedding or says what is wrong: no other exception comes out."""

import warnings
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.embedding import Embedding
from toolkit.errors import ToolkitError, ToolkitWarning
from toolkit.vectors import FORMATS, load_vectors, save_vectors

TEXT = st.text("ab1 .\n\re-", max_size=40).map(str.encode)
HEADS = st.sampled_from([b"", b"2 2\n", b"1 1\na ", b"a 1 2\n", b"\xef\xbb\xbf", b"\xba\x16\x4f\x2f\x0c\0\0\0"])
SUFFIXES = ("", ".txt", ".vec", ".bin", ".npz", ".arrow", ".txt.gz", ".bin.zip")


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def outcome(path, name=None):
    """Read a file; return the embedding, or the message of the error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ToolkitWarning)
        try:
            return load_vectors(path, name)
        except ToolkitError as error:
            return str(error)


def check(read):
    if isinstance(read, str):
        assert "\n" not in read
    else:
        assert read.vectors.shape == (len(read.keys), read.dim)


@settings(max_examples=300, deadline=None)
@given(
    st.builds(bytes.__add__, HEADS, TEXT | st.binary(max_size=200)),
    st.sampled_from([None, *FORMATS]),
    st.sampled_from(SUFFIXES),
)
def test_any_bytes(folder, content, name, suffix):
    path = folder / f"v{suffix}"
    path.unlink(missing_ok=True)  # a mapped file must not change
    path.write_bytes(content)
    check(outcome(path, name))


@pytest.mark.parametrize("name", ["word2vec", "word2vec-bin", "glove", "arrow", "npz", "fasttext-bin"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_damage(folder, name, data):
    path = folder / "v"
    if name == "fasttext-bin":
        path.write_bytes((files("gensim") / "test" / "test_data" / "toy-model.bin").read_bytes()[:2000])
    else:
        save_vectors(Embedding(["a", "b", "c"], np.arange(6).reshape(3, 2)), path, name)
    content = bytearray(path.read_bytes())
    path.unlink()  # a mapped file must not change
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
    check(outcome(path, name))
