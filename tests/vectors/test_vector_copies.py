"""Memory-mapped copies in the cache: what is opened is always what the file holds."""

import dataclasses
import os
import stat

import numpy as np
import pytest

from toolkit.embedding import Embedding
from toolkit.errors import DataError, ToolkitWarning
from toolkit.vectors import FORMATS, copies, load_vectors, save_vectors

KEYS = [f"key{row}" for row in range(50)]
FIRST, SECOND = (Embedding(KEYS, np.random.default_rng(seed).standard_normal((50, 3)).round(2)) for seed in (0, 1))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TOOLKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(copies, "SETTLED", 0)  # a file is old enough at once
    return tmp_path / "cache" / "vectors"


@pytest.fixture
def path(tmp_path, cache):
    save_vectors(FIRST, tmp_path / "v.txt", "glove")
    return tmp_path / "v.txt"


@pytest.fixture
def done(monkeypatch):
    """A list of what is done: files read, digests taken."""
    seen = []

    def noted(name, function):
        return lambda *arguments: (seen.append(name), function(*arguments))[1]

    monkeypatch.setitem(
        FORMATS, "glove", dataclasses.replace(FORMATS["glove"], read=noted("read", FORMATS["glove"].read))
    )
    monkeypatch.setattr(copies.hashlib, "file_digest", noted("digest", copies.hashlib.file_digest))
    return seen


def load(path, **options):
    return load_vectors(path, "glove", cache=True, **options)


def assert_same(read, written, limit=None):
    assert list(read.keys) == list(written.keys[:limit])
    np.testing.assert_array_equal(read.vectors, written.vectors[:limit])


def test_a_file_is_read_once(path, done):
    first, second = load(path), load(path)
    assert done == ["digest", "read"]
    for embedding in (first, second):
        assert_same(embedding, FIRST)
        assert not embedding.vectors.flags.owndata


def test_nothing_is_kept_unless_asked_for(path, cache):
    load_vectors(path)
    assert not cache.exists()


def test_a_file_with_the_same_content_elsewhere(path, tmp_path, done):
    load(path)
    (tmp_path / "other.txt").write_bytes(path.read_bytes())
    assert_same(load(tmp_path / "other.txt"), FIRST)
    assert done == ["digest", "read", "digest"]


def test_a_file_that_changed_but_for_its_inode_size_and_time(path):
    load(path)
    before = path.stat()
    content = path.read_bytes().replace(b"key7 ", b"KEY7 ")
    with open(path, "r+b") as file:  # in place: the inode stays
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)
    assert "KEY7" in load(path)


def test_the_digest_of_a_file_that_just_changed_is_not_remembered(path, done, monkeypatch):
    monkeypatch.setattr(copies, "SETTLED", 10**15)
    load(path), load(path)
    assert done == ["digest", "read", "digest"]


def test_a_file_that_changes_while_it_is_read(path, cache, monkeypatch):
    read = FORMATS["glove"].read

    def changing(*arguments):
        save_vectors(SECOND, path, "glove")
        return read(*arguments)

    monkeypatch.setitem(FORMATS, "glove", dataclasses.replace(FORMATS["glove"], read=changing))
    with pytest.raises(DataError, match="changed while it was read"):
        load(path)
    assert not list(cache.glob("*.arrow"))


def test_a_file_that_changes_once_its_digest_is_taken(path, cache, monkeypatch):
    digest = copies.digest

    def changing(*arguments):
        found = digest(*arguments)
        save_vectors(SECOND, path, "glove")
        return found

    monkeypatch.setattr(copies, "digest", changing)
    with pytest.raises(DataError, match="changed while it was read"):
        load(path)
    assert not list(cache.glob("*.arrow"))


def test_a_limit_may_be_a_number_of_numpy(path, done):
    for limit in (3, np.int64(3)):
        assert_same(load(path, limit=limit), FIRST, 3)
    assert done.count("read") == 1


@pytest.mark.parametrize("limit", [1, 7, 50, 99])
def test_a_limit_takes_what_it_needs_of_a_whole_copy(path, done, cache, limit):
    load(path)
    assert_same(load(path, limit=limit), FIRST, limit)
    assert done == ["digest", "read"]
    assert len(list(cache.glob("*.arrow"))) == 1


def test_a_copy_of_some_is_not_taken_for_all_or_more(path, done):
    for limit in (3, 3, 5, None):
        assert_same(load(path, limit=limit), FIRST, limit)
    assert done.count("read") == 3


def test_entity_and_format_are_told_apart(path):
    assert load(path).entity == "word"
    assert load(path, entity="item").entity == "item"
    path.write_text("1 1\n3 4\n")
    assert list(load_vectors(path, "word2vec", cache=True).keys) == ["3"]
    assert list(load(path).keys) == ["1", "3"]


@pytest.mark.parametrize("kind", ["*.arrow", "*.state"])
@pytest.mark.parametrize("harm", ["byte", "cut", "empty", "gone", "another"])
def test_a_damaged_cache_is_made_anew(path, cache, kind, harm):
    load(path)
    for file in cache.glob(kind):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.unlink()  # a mapped file must not change
        if harm == "another" and kind == "*.arrow":
            SECOND.save(file)
        elif harm != "gone":
            harmed = {"byte": content, "cut": content[: len(content) // 2], "another": b"\xff\n"}
            file.write_bytes(harmed.get(harm, b""))
    assert_same(load(path), FIRST)
    assert_same(load(path), FIRST)


def test_a_copy_that_is_damaged_and_looks_untouched(path, cache, done):
    load(path)
    [copy] = cache.glob("*.arrow")
    copy.write_bytes(b"ARROW1")
    copies._note(copy, copies.state(copy), "whole")
    assert_same(load(path), FIRST)
    assert done.count("read") == 2


def test_it_is_private(path, cache):
    load(path)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert {file.suffix for file in cache.iterdir()} == {".arrow", ".state"}  # and nothing half-written


def test_a_cache_that_cannot_be_written_to(path, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TOOLKIT_CACHE", str(tmp_path / "file"))
    with pytest.warns(ToolkitWarning, match="no copy of the vectors is kept") as caught:
        assert_same(load_vectors(path, cache=True), FIRST)
    assert caught[0].filename == __file__


def test_what_is_mapped_itself_is_not_copied(tmp_path, cache):
    FIRST.save(tmp_path / "v.arrow")
    assert_same(load_vectors(tmp_path / "v.arrow", cache=True), FIRST)
    assert not cache.exists()


def test_what_is_wrong_with_a_file_is_said_as_ever(tmp_path, cache):
    with pytest.raises(DataError, match=r"absent\.txt: no such file"):
        load(tmp_path / "absent.txt")
    (tmp_path / "v.txt").write_text("a 1 2\nb 3\n")
    for _ in range(2):
        with pytest.raises(DataError, match="line 2: expected 2 numbers"):
            load(tmp_path / "v.txt")


def test_compressed_files(tmp_path, cache):
    save_vectors(FIRST, tmp_path / "v.txt.gz", "glove")
    for _ in range(2):
        assert_same(load_vectors(tmp_path / "v.txt.gz", cache=True), FIRST)
