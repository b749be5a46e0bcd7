from __future__ import annotations

import errno
import hashlib
import os
import stat
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


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_disk_that_is_full_or_closed_is_one_clear_line_and_leaves_what_was_there(tmp_path: Path, number: int) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    def half(path: Path) -> None:
        path.write_bytes(b"ri")
        raise OSError(number, os.strerror(number), str(path))

    with pytest.raises(FetchError) as caught:
        store(target, sha256(b"right"), half)
    assert str(caught.value) == (
        f"cannot write {target}: {os.strerror(number)}; set TOOLKIT_CACHE to a folder that can be written to"
    )
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"old"


def test_what_is_not_verified_yet_lies_in_a_folder_of_the_user_alone(tmp_path: Path) -> None:
    modes, names = [], []

    def fill(path: Path) -> None:
        modes.append(stat.S_IMODE(path.parent.stat().st_mode))
        names.append(path.parent.name)
        path.write_bytes(b"right")

    for _ in range(2):
        store(tmp_path / "a.txt", sha256(b"right"), fill)
    assert modes == [0o700, 0o700]
    assert names[0] != names[1]


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other, target = tmp_path / "other", tmp_path / "a.txt"
    other.write_bytes(b"other")
    target.symlink_to(other)
    store(target, sha256(b"right"), lambda path: path.write_bytes(b"right"))
    assert (target.read_bytes(), target.is_symlink(), other.read_bytes()) == (b"right", False, b"other")


def test_the_digest_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for content in (b"one", b"three"):
        path.write_bytes(content)
        assert sha256_of(path) == sha256(content)
