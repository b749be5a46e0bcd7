"""What a Dask worker does with calls: it has their data sent, carries them out, and hands over the files they wrote.

It shares no disk with the client. A file of data is known by its SHA-256 and lies in the worker's own local directory,
which Dask removes with the worker; so do the folders of calls, until the client has fetched what is in them.
"""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.datasets.cache import sha256_of
from toolkit.errors import DataError
from toolkit.harness.address import versions_of
from toolkit.harness.isolation import Call, Ended, stoppable
from toolkit.registry import embedder_names

PLACE = "toolkit"  # folder in the local directory of a worker
TICK = 0.02  # seconds between two looks at whether a file has come
AGAIN = 5.0  # seconds after which a file is asked for once more
LEAVING = ("closing", "closed", "failed")  # states of a worker that ends

_folders: dict[str, Path] = {}  # of calls that have ended in this process, by their keys


@dataclass(frozen=True)
class Packed:
    """A call as it travels.

    Parameters
    ----------
    call : Call
        Without data and folder, which are the client's; its deadline counts from when it arrives.
    data : tuple of str
        Under which names the worker keeps its data: the SHA-256 of each file, with its suffix.
    named : dict of str to str
        Files that its arguments name, and the SHA-256 of each: they are not sent, and have to be the same here.
    """

    call: Call
    data: tuple[str, ...]
    named: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What a worker sends back.

    Parameters
    ----------
    value : object
        What was returned.
    worker : str
        The address of the worker.
    folder : str
        Where its files are.
    files : list of tuple
        The name, size in bytes and SHA-256 of each.
    """

    value: Any
    worker: str
    folder: str
    files: list[tuple[str, int, str]]


def versions_here() -> dict[str, str]:
    """Return what numbers depend on, for all embedders that are there."""
    found = versions_of([])
    for name in embedder_names():
        try:
            found.update(versions_of([name]))
        except Exception as error:  # whatever a library raises that is broken
            found[name] = type(error).__name__
    return found


async def introduce() -> dict[str, str]:
    """Return the versions of a worker."""
    return await asyncio.to_thread(versions_here)


def carry_out(topic: str, function: Callable[[Call], Any], packed: Packed) -> Answer:
    """Carry out a call on this worker.

    Parameters
    ----------
    topic : str
        Under which the client is asked for data.
    function : callable
        What is given the call.
    packed : Packed
        The call.

    Returns
    -------
    Answer
        One that failed, where a file that the call names is not the client's.

    Raises
    ------
    distributed.Reschedule
        If it was stopped; nobody sees that, unless Dask has changed its mind.
    """
    from distributed import Reschedule, get_worker

    worker = get_worker()
    key: Any = worker.get_current_task()
    stopped = partial(_unwanted, worker, key)
    try:
        _check_named(packed.named, worker.address)
    except DataError as error:
        return Answer(Ended("failed", error=f"{type(error).__name__}: {error}"), worker.address, "", [])
    data = tuple(_have(name, worker, topic, stopped) for name in packed.data)
    deadline = packed.call.limits.deadline
    if deadline is not None:  # clocks of other machines tell other times
        deadline = replace(deadline, end=deadline.end + time.monotonic())
    folder = Path(tempfile.mkdtemp(dir=_place(worker)))
    try:
        with stoppable(stopped):
            limits = replace(packed.call.limits, deadline=deadline)
            value = function(replace(packed.call, data=data, folder=folder, limits=limits))
        if stopped():
            raise Reschedule
        files = _listed(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _sweep(worker)
    _folders[key] = folder
    return Answer(value, worker.address, str(folder), files)


async def receive(name: str, sender: str, offset: int, part: bytes, last: bool, *, dask_worker: Any) -> None:
    """Take a part of a file of data.

    Parameters
    ----------
    name : str
        The SHA-256 of the whole, with its suffix.
    sender : str
        Who sends it; another client may send the same.
    offset : int
        Bytes that have come before.
    part : bytes
        The next ones.
    last : bool
        Whether these are the last.
    dask_worker : distributed.Worker
        Given by Dask.

    Raises
    ------
    DataError
        If the whole is not what it should be.
    """
    await asyncio.to_thread(_receive, _place(dask_worker), name, sender, offset, part, last)


async def read(path: str, offset: int, size: int, *, dask_worker: Any) -> bytes:
    """Return a part of a file that a call has written."""
    return await asyncio.to_thread(_read, _own(dask_worker, path), offset, size)


async def forget(folder: str, *, dask_worker: Any) -> None:
    """Remove a folder that the client has fetched."""
    await asyncio.to_thread(shutil.rmtree, _own(dask_worker, folder), ignore_errors=True)


def _place(worker: Any) -> Path:
    place = Path(worker.local_directory, PLACE)
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def _own(worker: Any, path: str) -> Path:
    """Return a path, if it lies where calls write."""
    place, found = _place(worker).resolve(), Path(path).resolve()
    if not found.is_relative_to(place):
        raise DataError("lies outside the folder of the worker", path)
    return found


def _unwanted(worker: Any, key: str) -> bool:
    """Return whether nobody waits for a task any more: it was cancelled, its client has gone, or the worker ends."""
    task = worker.state.tasks.get(key)
    return task is None or task.state not in ("executing", "long-running") or worker.status.name in LEAVING


def _check_named(named: Mapping[str, str], address: str) -> None:
    for name, digest in named.items():
        path = Path(name)
        if not path.is_file():
            raise DataError(f"is not there on worker {address}; files that a suite names must be on every worker", path)
        if sha256_of(path) != digest:
            raise DataError(f"is another file on worker {address} than on the client", path)


def _have(name: str, worker: Any, topic: str, stopped: Callable[[], bool]) -> Path:
    """Return where a file of data is, once the client has sent it."""
    from distributed import Reschedule

    path, asked = _place(worker) / name, -math.inf
    while not path.is_file():
        if stopped():
            raise Reschedule
        if time.monotonic() >= asked + AGAIN:
            worker.log_event(topic, {"worker": worker.address, "place": str(path.parent), "name": name})
            asked = time.monotonic()
        time.sleep(TICK)
    return path


def _receive(place: Path, name: str, sender: str, offset: int, part: bytes, last: bool) -> None:
    partial_file = place / f".{sender}.{name}"
    with partial_file.open("wb" if offset == 0 else "r+b") as stream:
        stream.seek(offset)
        stream.write(part)
    if last:
        if sha256_of(partial_file) != name.partition(".")[0]:
            raise DataError("was not received as it was sent", partial_file)
        os.replace(partial_file, place / name)


def _read(path: Path, offset: int, size: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(offset)
        return stream.read(size)


def _listed(folder: Path) -> list[tuple[str, int, str]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path.relative_to(folder).as_posix(), path.stat().st_size, sha256_of(path)) for path in paths]


def _sweep(worker: Any) -> None:
    """Remove the folders of calls whose answers nobody waits for any more."""
    for key in [key for key in _folders if key not in worker.state.tasks]:
        if (folder := _folders.pop(key, None)) is not None:
            shutil.rmtree(folder, ignore_errors=True)
