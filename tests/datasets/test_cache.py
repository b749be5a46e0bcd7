from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from toolkit.datasets.cache import cache_folder, sha256_of, store
from toolkit.errors import FetchError


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_folder_is_the_systems_unless_the_variable_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOOLKIT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("TOOLKIT_CACHE", "~/mine")
    assert cache_folder() == Path.home() / "mine"
    monkeypatch.delenv("TOOLKIT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert "embedding-comparison-toolkit" in cache_folder().parts


def test_a_file_is_stored_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.txt"
    store(target, sha256(b"right"), lambda path: path.write_bytes(b"right"))
    assert target.read_bytes() == b"right"
    assert list(target.parent.iterdir()) == [target]


def test_a_wrong_file_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    expected, found = sha256(b"right"), sha256(b"wrong")
    with pytest.raises(FetchError, match=rf"a\.txt \(5 bytes\).*expected SHA-256 {expected}, found {found}"):
        store(target, expected, lambda path: path.write_bytes(b"wrong"))
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    def half(path: Path) -> None:
        path.write_bytes(b"ri")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(tmp_path / "a.txt", sha256(b"right"), half)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_an_error_that_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError, match="TOOLKIT_CACHE"):
        store(tmp_path / "file" / "a.txt", sha256(b""), lambda path: path.write_bytes(b""))


def test_the_digest_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for content in (b"one", b"three"):
        path.write_bytes(content)
        assert sha256_of(path) == sha256(content)
