"""Which format a file has, and what is asked of it: names, limits, duplicates."""

import dataclasses
import gzip
import struct
from importlib.resources import files

import numpy as np
import pytest

from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError, ToolkitWarning, UnknownNameError, UnsupportedError
from toolkit.vectors import FORMATS, load_vectors, save_vectors
from toolkit.vectors.formats import detect

EMBEDDING = Embedding(["a", "b", "c"], [[1, 2], [3, 4.5], [5, 6]])


def test_the_table():
    assert list(FORMATS) == ["word2vec", "word2vec-bin", "glove", "fasttext", "fasttext-bin", "arrow", "npz"]
    assert all(known.name == name for name, known in FORMATS.items())
    assert [name for name, known in FORMATS.items() if known.write is None] == ["fasttext-bin"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        FORMATS["glove"].name = "other"


@pytest.mark.parametrize("compression", ["", ".gz", ".GZ", ".zip"])
@pytest.mark.parametrize(
    ("suffix", "written", "found"),
    [
        (".txt", "word2vec", "word2vec"),
        (".txt", "glove", "glove"),
        (".TXT", "glove", "glove"),
        (".vec", "word2vec", "word2vec"),
        (".vec", "glove", "glove"),
        (".txt", "word2vec-bin", "word2vec-bin"),
        (".bin", "word2vec-bin", "word2vec-bin"),
        (".bin", "word2vec", "word2vec-bin"),  # a header is all that is looked at below .bin
        ("", "word2vec", "word2vec"),
        ("", "word2vec-bin", "word2vec-bin"),
        ("", "glove", "glove"),
        (".50d", "glove", "glove"),
    ],
)
def test_formats_by_suffix_then_content(tmp_path, suffix, written, found, compression):
    path = tmp_path / f"vectors{suffix}{compression}"
    save_vectors(EMBEDDING, path, written)
    assert detect(path).name == found


@pytest.mark.parametrize("name", ["arrow", "npz"])
def test_formats_that_are_known_by_their_first_bytes(tmp_path, name):
    save_vectors(EMBEDDING, tmp_path / "vectors", name)
    assert detect(tmp_path / "vectors").name == name


@pytest.mark.parametrize("name", ["model.bin", "model.txt", "model"])
def test_fasttext_models(tmp_path, name):
    (tmp_path / name).write_bytes((files("gensim") / "test" / "test_data" / "toy-model.bin").read_bytes())
    assert detect(tmp_path / name).name == "fasttext-bin"
    assert len(load_vectors(tmp_path / name)) == 22


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("3 2\na 1 2\n", "word2vec"),
        ("3 2\n4 1 2\n", "word2vec"),
        ("3 2\na b 1 2\n", "word2vec"),
        ("3 2\na 1\n", "glove"),  # the vector of "3" is (2)
        ("400000 50\n1999 2\n", "glove"),
        ("3 1\na 2\n", "word2vec"),
        ("3 2\na 1 2 3\n", "word2vec"),  # and its second line is wrong
        ("3 2\n", "word2vec"),
        ("3 2.5\na 1\n", "glove"),
        ("the 0.1 0.2\n", "glove"),
        ("the 0.1 abc 0.2\n", "glove"),
    ],
)
@pytest.mark.parametrize("file", ["vectors.txt", "vectors.vec", "vectors"])
def test_header_or_not(tmp_path, content, name, file):
    (tmp_path / file).write_text(content)
    assert detect(tmp_path / file).name == name


@pytest.mark.parametrize("content", [b"Once upon a time\n", b"\x89PNG\r\n\x1a\n\0\0", b"\n\n"])
def test_content_that_is_no_vectors(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DataError, match="cannot tell its format; name it with format=, one of word2vec, "):
        load_vectors(tmp_path / "file")
    for suffix in (".txt", ".vec", ".bin"):
        (tmp_path / f"file{suffix}").write_bytes(content)
        with pytest.raises(DataError):
            load_vectors(tmp_path / f"file{suffix}")


def test_a_bin_file_of_neither_kind(tmp_path):
    (tmp_path / "file.bin").write_bytes(struct.pack("<i", -5) * 100)
    with pytest.raises(DataError, match="neither word2vec's format nor a fastText model"):
        load_vectors(tmp_path / "file.bin")


@pytest.mark.parametrize("name", ["word2vec", "word2vec-bin", "glove", "fasttext", "fasttext-bin", "npz", None])
@pytest.mark.parametrize("file", ["v.txt", "v.bin", "v"])
def test_an_empty_file(tmp_path, name, file):
    (tmp_path / file).touch()
    with pytest.raises(DataError, match=r"v.*: .*(empty|No data)"):
        load_vectors(tmp_path / file, format=name)


@pytest.mark.parametrize("name", [*FORMATS, None])
def test_a_missing_file_and_a_folder(tmp_path, name):
    with pytest.raises(DataError, match=r"absent\.txt: no such file"):
        load_vectors(tmp_path / "absent.txt", format=name)
    with pytest.raises(DataError):
        load_vectors(tmp_path, format=name)


def test_unknown_names(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown format 'word2vek'; did you mean 'word2vec'"):
        load_vectors(tmp_path / "v.txt", format="word2vek")
    with pytest.raises(UnknownNameError, match="unknown format 'Glove'; did you mean 'glove'"):
        save_vectors(EMBEDDING, tmp_path / "v.txt", format="Glove")


@pytest.mark.parametrize("name", ["vectors", "vectors.csv", "vectors.gz"])
def test_a_suffix_that_tells_no_format_to_write(tmp_path, name):
    with pytest.raises(
        ParameterError, match=f"'{name}' does not tell the format; name it with format=, one of word2vec, "
    ):
        save_vectors(EMBEDDING, tmp_path / name)


@pytest.mark.parametrize("name", ["v.arrow.gz", "v.npz.zip"])
def test_formats_that_cannot_be_compressed(tmp_path, name):
    with pytest.raises(UnsupportedError, match="cannot be compressed"):
        save_vectors(EMBEDDING, tmp_path / name)
    (tmp_path / "v.arrow.gz").write_bytes(gzip.compress(b"ARROW1"))
    with pytest.raises(UnsupportedError, match="'arrow' cannot be compressed"):
        load_vectors(tmp_path / "v.arrow.gz")


@pytest.mark.parametrize("name", [name for name, known in FORMATS.items() if known.write])
def test_what_cannot_be_written(tmp_path, name):
    with pytest.raises(DataError, match=r"absent/v: cannot be written: No such file"):
        save_vectors(EMBEDDING, tmp_path / "absent" / "v", name)
    with pytest.raises(DataError, match="without dimensions"):
        save_vectors(Embedding(["a"], np.empty((1, 0))), tmp_path / "v", name)
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_only_when_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "v.txt.gz"
    save_vectors(EMBEDDING, path)
    before = path.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("toolkit.vectors.text.write_rows", fail)
    with pytest.raises(DataError, match=r"v\.txt\.gz: cannot be written: No space left"):
        save_vectors(EMBEDDING, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


STREAMED = ["word2vec", "word2vec-bin", "glove", "fasttext"]


@pytest.mark.parametrize("name", STREAMED)
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_limit(tmp_path, monkeypatch, name, limit):
    save_vectors(EMBEDDING, tmp_path / "v", name)
    for block in (1, 1 << 20):
        monkeypatch.setattr("toolkit.vectors.text.BLOCK", block)
        monkeypatch.setattr("toolkit.vectors.word2vec.BLOCK", block)
        emb = load_vectors(tmp_path / "v", format=name, limit=limit)
        assert list(emb.keys) == list(EMBEDDING.keys[:limit])
        np.testing.assert_array_equal(emb.vectors, EMBEDDING.vectors[:limit])


@pytest.mark.parametrize("name", STREAMED)
@pytest.mark.parametrize("block", [1, 1 << 20])
def test_what_comes_after_the_limit_is_not_read(tmp_path, monkeypatch, name, block):
    monkeypatch.setattr("toolkit.vectors.text.BLOCK", block)
    monkeypatch.setattr("toolkit.vectors.word2vec.BLOCK", block)
    save_vectors(EMBEDDING, tmp_path / "v", name)
    content = (tmp_path / "v").read_bytes()
    start_of_c = content.rindex(b"c ")
    (tmp_path / "v").write_bytes(content[:start_of_c] + b"\xff\xff damaged\n")
    assert list(load_vectors(tmp_path / "v", format=name, limit=2).keys) == ["a", "b"]
    with pytest.raises(DataError):
        load_vectors(tmp_path / "v", format=name, limit=3)


def test_a_limit_beyond_what_the_header_promises(tmp_path):
    (tmp_path / "v.txt").write_text("2 1\na 1\nb 2\n")
    assert len(load_vectors(tmp_path / "v.txt", "word2vec", limit=2)) == 2
    assert len(load_vectors(tmp_path / "v.txt", "word2vec", limit=9)) == 2
    (tmp_path / "v.txt").write_text("3 1\na 1\nb 2\n")
    assert len(load_vectors(tmp_path / "v.txt", "word2vec", limit=2)) == 2
    with pytest.raises(DataError, match="the header promises 3 vectors; the file holds 2"):
        load_vectors(tmp_path / "v.txt", "word2vec", limit=3)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one(tmp_path, limit):
    with pytest.raises(ParameterError, match=f"limit is {limit}; it must be at least 1, or None"):
        load_vectors(tmp_path / "v.txt", limit=limit)


@pytest.mark.parametrize("name", STREAMED)
def test_duplicates(tmp_path, monkeypatch, name):
    monkeypatch.setattr("toolkit.vectors.rows.BLOCK", 2)
    save_vectors(Embedding(list("axbycz"), np.arange(12).reshape(6, 2)), tmp_path / "v", name)
    content = (tmp_path / "v").read_bytes()
    for unique, again in ((b"x ", b"a "), (b"y ", b"a "), (b"z ", b"c ")):
        content = content.replace(unique, again)
    (tmp_path / "v").write_bytes(content)
    with pytest.warns(
        ToolkitWarning, match="3 vectors passed over because their key stands above already, such as 'a'"
    ):
        emb = load_vectors(tmp_path / "v", format=name)
    assert list(emb.keys) == ["a", "b", "c"]
    np.testing.assert_array_equal(emb.vectors, [[0, 1], [4, 5], [8, 9]])


def test_the_warning_points_at_the_caller(tmp_path):
    (tmp_path / "v.txt").write_text("a 1 2\na 3 4\n")
    with pytest.warns(ToolkitWarning) as caught:
        load_vectors(tmp_path / "v.txt")
    assert [warning.filename for warning in caught] == [__file__]
