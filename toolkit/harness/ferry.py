"""Files between a client and workers that share no disk with it: sent as they are asked for, fetched in parts."""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from toolkit.atomic import writing
from toolkit.datasets.cache import sha256_of
from toolkit.datasets.catalog import catalog
from toolkit.errors import DataError
from toolkit.harness import afar
from toolkit.registry import embedder_names

PART = 4 << 20  # bytes that travel at a time
CARRIERS = 4  # threads that send and fetch
ATTEMPTS = 3  # how often a file is sent to a worker that asks for it again


class Ferry:
    """Carries files for one client, a part at a time, so that none has to fit into memory.

    Parameters
    ----------
    client : distributed.Client
        The client.
    topic : str
        Under which workers ask for data.
    fail : callable
        Told of a worker that is there, but to which data cannot be sent.

    Attributes
    ----------
    sent : list of tuple
        The folder of the worker, and the name, of every file of data that was sent.
    """

    def __init__(self, client: Any, topic: str, fail: Callable[[str], None]) -> None:
        self.sent: list[tuple[str, str]] = []
        self._client, self._topic, self._fail = client, topic, fail
        self._failures: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._begun: set[tuple[str, str]] = set()
        self._paths: dict[str, Path] = {}  # of data, by the names that workers ask for
        self._digests: dict[tuple[Path, int, int], str] = {}
        self._carriers = ThreadPoolExecutor(CARRIERS, thread_name_prefix="dask-files")
        client.subscribe_topic(topic, self._asked_for)

    def close(self) -> None:
        """Send and fetch nothing more."""
        self._carriers.shutdown(wait=False, cancel_futures=True)

    def later(self, function: Callable[[], None]) -> None:
        """Do something in a thread of its own, as soon as one is free."""
        self._carriers.submit(function)

    def name(self, path: Path) -> str:
        """Return the name under which workers ask for a file of data: its SHA-256, with its suffix."""
        state = path.stat()
        known = path, state.st_size, state.st_mtime_ns
        if known not in self._digests:
            self._digests[known] = sha256_of(path)
        name = f"{self._digests[known]}{path.suffix}"
        self._paths[name] = path
        return name

    def fetch(self, answer: afar.Answer, folder: Path) -> None:
        """Write the files of a call into a folder here, and have them removed there.

        Raises
        ------
        OSError
            If the worker is lost.
        DataError
            If a file cannot be written here, or is not what the worker said.
        """
        for name, size, digest in answer.files:
            path = folder / name
            if not path.resolve().is_relative_to(folder.resolve()):
                raise DataError(f"worker {answer.worker} gave a file that is none of the call's", path)
            with writing(folder):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            for offset in range(0, size, PART):
                part = self._run(answer.worker, afar.read, f"{answer.folder}/{name}", offset, min(PART, size - offset))
                with writing(path), path.open("ab") as stream:
                    stream.write(part)
            if sha256_of(path) != digest:
                raise DataError(f"was not received as worker {answer.worker} sent it", path)
        if answer.folder:
            self._run(answer.worker, afar.forget, answer.folder)

    def _asked_for(self, event: tuple[float, Mapping[str, str]]) -> None:
        """Send what a worker asks for, once; called by the thread that also listens to the scheduler."""
        asked = event[1]
        wanted = asked["place"], asked["name"]
        with self._lock:
            if wanted in self._begun:
                return
            self._begun.add(wanted)
        self.later(lambda: self._send(asked["worker"], *wanted))

    def _send(self, worker: str, place: str, name: str) -> None:
        path, offset = self._paths[name], 0
        try:
            size = path.stat().st_size
            with path.open("rb") as stream:
                while True:
                    part = stream.read(PART)
                    last = offset + len(part) >= size
                    self._run(worker, afar.receive, name, self._topic, offset, part, last)
                    offset += len(part)
                    if last:
                        break
        except Exception as error:
            self._begun.discard((place, name))  # the worker asks again, if it is there
            self._failures[place, name] += 1
            if self._failures[place, name] == ATTEMPTS:
                self._fail(f"data cannot be sent to worker {worker}: {type(error).__name__}: {error}")
        else:
            self.sent.append((place, name))

    def _run(self, worker: str, function: Callable[..., Any], *arguments: Any) -> Any:
        return self._client.run(function, *arguments, workers=[worker])[worker]


def files_named_in(value: Any) -> dict[str, str]:
    """Return the files that the arguments of a call name, with the SHA-256 of each.

    Examples
    --------
    >>> files_named_in(({"source": "nowhere.txt"}, 3))
    {}
    """
    names = {text for text in _texts(value) if 0 < len(text) < 4096 and "\0" not in text}
    names -= {*catalog(), *embedder_names()}
    return {name: sha256_of(Path(name)) for name in sorted(names) if Path(name).is_file()}


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts within a value, but not those of sets, which hold words."""
    if isinstance(value, str | Path):
        yield str(value)
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _texts([getattr(value, field.name) for field in dataclasses.fields(value)])
