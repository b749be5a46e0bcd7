"""Results as they are kept: each in a folder of its own, found by its address, whole or not at all.

A folder holds ``record.json`` (what the result depends on, its facts, and the digest of every file) and the files. It
appears under its name in one step, once all is written. Whatever is read is checked first: a result of which a byte
has changed is told of, removed and made anew.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.atomic import writing
from toolkit.datasets.cache import digest_of
from toolkit.errors import DataError
from toolkit.harness.address import Key, address_of, canonical

RECORD = "record.json"


@dataclass(frozen=True)
class Entry:
    """A result that is kept.

    Parameters
    ----------
    folder : Path
        Where its files are.
    facts : dict
        What it says itself.
    """

    folder: Path
    facts: dict[str, Any]


class Store:
    """A folder of results; several runs may share it.

    Parameters
    ----------
    path : Path
        The folder; made when the first result is kept.
    say : callable
        Told in one line of a result that is damaged.
    """

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self.path, self._say = path, say

    def find(self, key: Key, name: str) -> Entry | None:
        """Return a result, if it is there and nothing of it has changed since it was written.

        Parameters
        ----------
        key : dict
            What it depends on.
        name : str
            What people call it.

        Raises
        ------
        DataError
            If it cannot be read, which need not be a damage, or one that is damaged cannot be removed.
        """
        folder = self.path / address_of(key)
        if not folder.exists():
            return None
        try:
            return Entry(folder, _checked(folder, key))
        except OSError as error:
            raise DataError(f"what was kept of {name} cannot be read: {error.strerror or error}", folder) from error
        except DataError as error:
            self._say(f"{name}: what was kept of it is damaged ({error}); it is done again")
        with writing(folder):
            _remove(folder)
        return None

    def commit(self, key: Key, folder: Path, facts: dict[str, Any]) -> Entry:
        """Keep a result.

        Parameters
        ----------
        key : dict
            What it depends on.
        folder : Path
            Holds its files, and nothing else; it is moved.
        facts : dict
            What it says itself: text, numbers, lists and dicts.

        Returns
        -------
        Entry
            As `find` will return it. Where another run has kept the same in the meantime, that one's.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        place = self.path / address_of(key)
        with writing(place):
            files = {path.relative_to(folder).as_posix(): _state(path) for path in _files(folder)}
            text = _sealed({"key": key, "facts": facts, "files": files})
            (folder / RECORD).write_text(text, encoding="utf-8")
            self.path.mkdir(parents=True, exist_ok=True)
            ours = _move(folder, place)
        return Entry(place, json.loads(text)["facts"] if ours else _checked(place, key))


def _checked(folder: Path, key: Key) -> dict[str, Any]:
    """Return the facts of a result, if every byte of it is as it was written.

    Raises
    ------
    DataError
        If not.
    """
    path = folder / RECORD
    try:
        text = path.read_text(encoding="utf-8")
        record = json.loads(text)
        if _sealed(record) != text or canonical(record["key"]) != canonical(key):
            raise DataError("not as it was written", path)
        if {name.relative_to(folder).as_posix() for name in _files(folder)} != {RECORD, *record["files"]}:
            raise DataError("files are missing or too many", folder)
        for name, state in record["files"].items():
            if _state(folder / name) != state:
                raise DataError("not as it was written", folder / name)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise DataError(f"not as it was written: {error.strerror}", path) from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise DataError(f"not as it was written: {type(error).__name__}", path) from error
    facts: dict[str, Any] = record["facts"]
    return facts


def _sealed(record: dict[str, Any]) -> str:
    """Return a record as text that holds its own digest, and of which no byte can change unseen."""
    body = {name: record[name] for name in ("key", "facts", "files")}
    return canonical({**body, "seal": address_of(body)}) + "\n"


def _state(path: Path) -> list[Any]:
    return [path.stat().st_size, digest_of(path)]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _move(folder: Path, place: Path) -> bool:
    """Put a folder into its place in one step; return False where one is there already, which is as good."""
    try:
        os.rename(folder, place)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            shutil.rmtree(folder)
            return False
        if error.errno != errno.EXDEV:
            raise
        partial = place.with_name(f".{uuid.uuid4().hex}")  # the store is on another disk
        try:
            shutil.copytree(folder, partial)
            moved = _move(partial, place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(folder)
        return moved
    return True


def _remove(place: Path) -> None:
    """Remove what is in the place of a result, in one step, as others see it."""
    gone = place.with_name(f".{uuid.uuid4().hex}")
    try:
        os.rename(place, gone)
    except FileNotFoundError:
        return  # another run has removed it
    if gone.is_dir():
        shutil.rmtree(gone)
    else:
        gone.unlink()
