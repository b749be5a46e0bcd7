"""The directory of a run: whose it is, what may be done to it, and that one run at a time writes there."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from toolkit.atomic import write_text, writing
from toolkit.errors import DataError
from toolkit.harness.tables import EMBEDDINGS, FILES, FOLDERS, KEPT, LOCK, REPORTS, UNITS, WORK

FORMAT = 2  # of a run that can be gone on with
MOST = 1 << 26  # bytes of a run.json


def check_directory(path: Path, suite: str, fresh: bool, datasets: Collection[str] = ()) -> None:
    """Refuse a directory that a run may not be written to.

    Parameters
    ----------
    path : Path
        Where.
    suite : str
        The name of the suite; a run of another one is not gone on with.
    fresh : bool
        Whether an earlier run there is to be removed.
    datasets : collection of str, optional
        What the suite trains on; a run on nothing of that is not gone on with either.

    Raises
    ------
    DataError
        If it holds anything that is not a run, or cannot be read; or, where `fresh` is false, a run of another suite or
        of an earlier version.
    """
    with writing(path):
        occupied = path.exists() and any(each.name not in (LOCK, WORK) for each in path.iterdir())
        if not occupied:
            return
        if not (path / "run.json").is_file():
            raise DataError("is not empty and holds no run; choose another directory", path)
    if fresh:
        return
    ways = "replace it with --fresh, or choose another directory"
    try:
        info = info_of(path)
        written, name = int(info["format"]), str(info["suite"]["name"])
        trained_on = {str(experiment["dataset"]) for experiment in info["suite"]["experiments"]}
    except (ValueError, TypeError, LookupError):
        return  # it is damaged, and written anew
    if written < FORMAT:
        raise DataError(f"holds a run of an earlier version, which cannot be gone on with; {ways}", path)
    if name != suite:
        raise DataError(f"already holds a run of {name!r}, and this is one of {suite!r}; {ways}", path)
    if datasets and trained_on and trained_on.isdisjoint(datasets):
        other = f"on {', '.join(sorted(trained_on))}, and this is one on {', '.join(sorted(datasets))}"
        raise DataError(f"already holds a run of {name!r} {other}; {ways}", path)


def info_of(path: Path) -> dict[str, Any]:
    """Return what the ``run.json`` of a directory says; nothing, where there is none or it is damaged."""
    if not (path / "run.json").is_file():
        return {}
    with writing(path / "run.json"), (path / "run.json").open("rb") as stream:
        text = stream.read(MOST)
    try:
        info = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return info if isinstance(info, dict) else {}


@contextmanager
def held(path: Path) -> Iterator[Path]:
    """Hold a directory: while it is, no other run writes there. What is not there is made.

    Parameters
    ----------
    path : Path
        The directory.

    Yields
    ------
    Path
        An empty folder in it, for what is needed meanwhile; removed at the end.

    Raises
    ------
    DataError
        If another run holds it, or it cannot be written to.
    """
    made = [each for each in (path, *path.parents) if not each.exists()]
    lock = _locked(path)
    try:
        try:
            with writing(path):
                shutil.rmtree(path / WORK, ignore_errors=True)  # of a run that was killed
                (path / WORK).mkdir()
            yield path / WORK
        finally:
            shutil.rmtree(path / WORK, ignore_errors=True)
            with suppress(OSError):  # of a directory that is gone, or has become read-only
                (path / LOCK).unlink()
            _remove_empty(made)
    finally:
        os.close(lock)


def _locked(path: Path) -> int:
    """Lock a directory, which is made if need be; return the open lock."""
    while True:
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
            lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(lock, path)
            with suppress(FileNotFoundError):
                if os.fstat(lock).st_ino == (path / LOCK).stat().st_ino:
                    return lock
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)  # who had it before has removed it since it was opened here


def _take(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 200, 0).decode(errors="replace").strip() or "another process"
        raise DataError(
            f"another run is writing there ({holder}); wait until it has ended, or choose another directory", path
        ) from None
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP):
            raise DataError(f"cannot be locked: {error.strerror}", path) from error
    with writing(path):
        os.truncate(lock, 0)
        os.pwrite(lock, f"process {os.getpid()} on {platform.node()}".encode(), 0)


def _remove_empty(folders: list[Path]) -> None:
    """Remove those of some folders, each within the next, that hold nothing."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def prepare_directory(path: Path, work: Path, info: str, fresh: bool) -> None:
    """Make what a run writes into, empty. At every moment, the directory is that of a run that can be gone on with.

    Parameters
    ----------
    path : Path
        The directory.
    work : Path
        A folder in it into which goes what is to be removed.
    info : str
        The new ``run.json``.
    fresh : bool
        Whether the results of an earlier run are to be removed too. All but these can be made of them again.

    Raises
    ------
    DataError
        If it cannot be written to.
    """
    with writing(path):
        write_text(path / "run.json", info)
        for name in (*FILES, *REPORTS) if fresh else FILES:
            if name != "run.json":
                (path / name).unlink(missing_ok=True)
        for name in (*FOLDERS, *KEPT) if fresh else FOLDERS:
            if (path / name).is_dir():
                os.rename(path / name, work / name)  # in one step; to remove it takes many
        for name in (EMBEDDINGS, UNITS):
            (path / name).mkdir(parents=True, exist_ok=True)
