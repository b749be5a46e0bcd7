"""The workers of a Dask cluster: which are there, and which may take calls since their versions are the client's."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.errors import ToolkitError
from toolkit.harness import afar

PAUSE = 0.5  # seconds between two looks for the first worker


class ClusterError(ToolkitError):
    """A cluster cannot be used, or is not there any more."""


@dataclass(frozen=True)
class Worker:
    """A worker: its address, its folder, which another one at the same address would not have, and its threads."""

    address: str
    place: str
    threads: int


class Workers:
    """The workers of a cluster, as far as they were asked.

    Parameters
    ----------
    client : distributed.Client
        The client.
    timeout : float
        Seconds in which the scheduler must say which workers there are.

    Attributes
    ----------
    there : set of Worker
        Those that are there, as of the last survey, and may take calls.
    refused : dict of str to str
        By the address of a worker that may not, why.
    """

    def __init__(self, client: Any, timeout: float) -> None:
        self.there: set[Worker] = set()
        self.refused: dict[str, str] = {}
        self._client, self._timeout = client, timeout
        self._versions = afar.versions_here()
        self._met: set[Worker] = set()  # those that were asked for their versions
        self._fit: set[Worker] = set()  # those whose versions are the same

    def meet(self, seconds: float) -> None:
        """Meet the workers that are there, or the first one that comes within some seconds.

        Raises
        ------
        ClusterError
            If none comes, or one may not take calls.
        """
        end = time.monotonic() + seconds
        while not self.there:
            self.judge(self.introduce(self.survey()))
            for address, reason in self.refused.items():
                raise ClusterError(f"worker {address} cannot be used: {reason}")
            self.there = set(self._fit)
            if time.monotonic() > end and not self.there:
                address = self._client.scheduler.address
                raise ClusterError(f"the Dask scheduler at {address} has no workers: dask worker {address}")
            time.sleep(0 if self.there else PAUSE)

    def survey(self) -> set[Worker]:
        """Note which workers are there; return new ones, which are to be introduced."""
        try:
            info = self._client.sync(self._client.scheduler.identity, n_workers=-1, callback_timeout=self._timeout)
        except OSError:
            return set()
        workers = {
            Worker(address, each["local_directory"], each["nthreads"])
            for address, each in info["workers"].items()
            if each["status"] in ("running", "paused")
        }
        self.there = workers & self._fit
        new = workers - self._met
        self._met |= new
        return new

    def introduce(self, workers: Collection[Worker]) -> dict[Worker, Any]:
        """Ask workers for their versions; return what they answer. It may take a while."""
        by_address = {worker.address: worker for worker in workers}
        try:
            answers = self._client.run(afar.introduce, workers=list(by_address), on_error="return")
        except OSError as error:
            return dict.fromkeys(workers, error)
        return {by_address[address]: answer for address, answer in answers.items()}

    def judge(self, answers: Mapping[Worker, Any]) -> None:
        """Let workers take calls whose versions are the client's."""
        for worker, found in answers.items():
            self.refused.pop(worker.address, None)
            if isinstance(found, OSError):
                self._met.discard(worker)  # it has gone, or is asked again
            elif isinstance(found, BaseException):
                self.refused[worker.address] = f"it has not what the client has: {type(found).__name__}: {found}"
            elif found != self._versions:
                self.refused[worker.address] = _differences(self._versions, found)
            else:
                self._fit.add(worker)


def _differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """Return in words where two sets of versions differ.

    Examples
    --------
    >>> _differences({"numpy": "2.4.6", "torch": "2.13.0"}, {"numpy": "2.0.2"})
    'numpy is 2.0.2 there and 2.4.6 here, torch is missing there and 2.13.0 here'
    """
    names = [name for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)]
    shown = [f"{name} is {_short(theirs.get(name))} there and {_short(ours.get(name))} here" for name in names[:4]]
    return ", ".join(shown) + (f", and {len(names) - 4} more differ" if len(names) > 4 else "")


def _short(found: str | None) -> str:
    return "missing" if not found else found if len(found) < 40 else f"source {found[:12]}"
