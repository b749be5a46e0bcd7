"""Results that are kept: found by what they depend on, whole or not at all, and never with a byte changed."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import DataError
from toolkit.harness.address import address_of
from toolkit.harness.store import Entry, Store

KEY = {"what": "test", "seed": 1}
FACTS = {"value": 0.1 + 0.2, "none": None, "text": "Größe \ud800 </script>", "list": [1, float("inf")]}


class Told(list):
    """What a store said."""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def store(tmp_path: Path, told: Told) -> Store:
    return Store(tmp_path / "store", told.append)


def made(folder: Path) -> Path:
    (folder / "inner").mkdir(parents=True)
    (folder / "vectors.arrow").write_bytes(bytes(range(256)))
    (folder / "inner" / "units.arrow").write_bytes(b"units")
    return folder


def kept(store: Store, folder: Path) -> Entry:
    return store.commit(KEY, made(folder), FACTS)


def test_what_is_kept_is_found(store: Store, told: Told, tmp_path: Path) -> None:
    assert store.find(KEY, "it") is None
    first = kept(store, tmp_path / "work")
    assert not (tmp_path / "work").exists()
    found = store.find(KEY, "it")
    assert found == first
    assert found.facts == FACTS
    assert found.folder == tmp_path / "store" / address_of(KEY)
    assert (found.folder / "vectors.arrow").read_bytes() == bytes(range(256))
    assert store.find({**KEY, "seed": 2}, "it") is None
    assert told == []


def test_an_address_is_that_of_the_content() -> None:
    assert address_of({"a": 1, "b": (1, 2)}) == address_of({"b": [1, 2], "a": 1})
    assert address_of({"a": np.int64(1), "b": np.float64(0.5)}) == address_of({"a": 1, "b": 0.5})
    assert len({address_of({"a": value}) for value in (1, 1.5, "1", None, True, [1], {"1": 1})}) == 7


def test_numbers_of_numpy_are_kept_as_numbers(store: Store, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    facts = store.commit(KEY, tmp_path / "work", {"n": np.int64(3), "value": np.float64(0.1)}).facts
    assert facts == {"n": 3, "value": 0.1}
    assert type(facts["n"]) is int


def damages(folder: Path, draw: random.Random) -> Callable[[], None]:
    """Return something that happens to one of the files of a result."""
    path = draw.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    before = path.read_bytes()
    place = draw.randrange(len(before))
    flipped = bytearray(before)
    flipped[place] ^= 1 << draw.randrange(8)
    return draw.choice(
        [
            lambda: path.write_bytes(bytes(flipped)),
            lambda: path.write_bytes(before[:place]),
            lambda: path.write_bytes(before + b"\0"),
            lambda: path.write_bytes(before[:place] + b"\xff" + before[place:]),
            path.unlink,
            lambda: path.with_name("other.csv").write_bytes(before),
        ]
    )


@pytest.mark.parametrize("seed", range(150))
def test_whatever_happens_to_a_file_is_found(store: Store, told: Told, tmp_path: Path, seed: int) -> None:
    entry = kept(store, tmp_path / "work")
    damages(entry.folder, random.Random(seed))()
    assert store.find(KEY, "films als") is None
    assert len(told) == 1
    assert told[0].startswith("films als: what was kept of it is damaged (")
    assert told[0].endswith("; it is done again")
    assert not entry.folder.exists()
    assert kept(store, tmp_path / "again") == entry


def test_a_result_in_the_place_of_another_is_found(store: Store, told: Told, tmp_path: Path) -> None:
    entry = kept(store, tmp_path / "work")
    other = {**KEY, "seed": 2}
    shutil.copytree(entry.folder, store.path / address_of(other))
    assert store.find(other, "other") is None
    assert len(told) == 1
    assert store.find(KEY, "it") == entry


def test_what_cannot_be_read_is_not_taken_for_damaged(
    store: Store, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = kept(store, tmp_path / "work")
    with monkeypatch.context() as patch:

        def refused(path: Path) -> str:
            raise OSError(errno.EMFILE, "Too many open files")

        patch.setattr("toolkit.harness.store.digest_of", refused)
        with pytest.raises(DataError, match="what was kept of it cannot be read: Too many open files"):
            store.find(KEY, "it")
    assert told == []
    assert store.find(KEY, "it") == entry


def test_a_file_in_the_place_of_a_result(store: Store, told: Told, tmp_path: Path) -> None:
    store.path.mkdir()
    (store.path / address_of(KEY)).write_text("what is that?")
    assert store.find(KEY, "it") is None
    assert len(told) == 1
    assert kept(store, tmp_path / "work") == store.find(KEY, "it")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"key":1,"facts":2,"files":3}', "[" * 100_000, "1" * 10_000])
def test_a_record_of_anything(store: Store, told: Told, tmp_path: Path, text: str) -> None:
    entry = kept(store, tmp_path / "work")
    (entry.folder / "record.json").write_text(text)
    assert store.find(KEY, "it") is None
    assert len(told) == 1


def test_the_record_can_be_read_by_people(store: Store, tmp_path: Path) -> None:
    record = json.loads((kept(store, tmp_path / "work").folder / "record.json").read_text())
    assert record["key"] == KEY
    assert set(record["files"]) == {"vectors.arrow", "inner/units.arrow"}


def test_what_another_run_has_kept_in_the_meantime_stays(store: Store, tmp_path: Path) -> None:
    first = kept(store, tmp_path / "one")
    state = (first.folder / "record.json").stat().st_mtime_ns
    assert kept(store, tmp_path / "two") == first
    assert (first.folder / "record.json").stat().st_mtime_ns == state
    assert not (tmp_path / "two").exists()


def test_a_store_on_another_disk(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def apart(source: Path, target: Path) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    monkeypatch.setattr(os, "rename", apart)
    entry = kept(store, tmp_path / "work")
    assert store.find(KEY, "it") == entry
    assert [path.name for path in store.path.iterdir()] == [address_of(KEY)]
    assert not (tmp_path / "work").exists()


def test_a_store_that_cannot_be_written(tmp_path: Path, told: Told) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match=r"file.*: cannot be written: (Not a directory|File exists)"):
        kept(Store(tmp_path / "file", told.append), tmp_path / "work")
