"""A cluster of Dask on this machine, each worker a process of its own, and an embedder that goes wrong when asked."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.packages import install
from tests.processes import wait_until

FAULTY = '''
import os, signal, time
import psutil
from toolkit.adapters.null import Random

class Faulty(Random):
    """Random vectors, after a fault or a while; it notes where it is fitted."""

    library = "faulty"
    module = "faulty"

    def __init__(self, embedding_dim=4, fault="", seconds=0.0, random_state=0):
        self.embedding_dim = embedding_dim
        self.fault = fault
        self.seconds = seconds
        self.random_state = random_state

    def _learn_matrix(self, matrix):
        if "FAULTY_LOG" in os.environ:
            with open(os.environ["FAULTY_LOG"], "a") as stream:
                stream.write(f"{self.embedding_dim} {self.random_state} {os.getpid()}" + chr(10))
        time.sleep(self.seconds)
        if self.fault == "raise":
            raise ValueError("as asked")
        if self.fault == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if self.fault == "worker":
            psutil.Process(psutil.Process(os.getppid()).ppid()).kill()
            time.sleep(60)
        return super()._learn_matrix(matrix)
'''


def install_faulty(folder: Path, version: str = "1.0") -> Path:
    """Write a package with the embedder ``faulty`` into a folder, which is returned."""
    return install(folder, "faulty", FAULTY, {"faulty": "faulty:Faulty"}, version=version)


class Cluster:
    """A scheduler and workers on free ports of the loopback device.

    Parameters
    ----------
    folder : Path
        For logs, and for what workers keep.
    workers : int
        How many.
    variables : dict of str to str
        Further environment variables of the workers.
    """

    def __init__(self, folder: Path, workers: int, variables: Mapping[str, str] | None = None) -> None:
        self.folder, self.started, self.processes = folder, workers, []
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "fits"
        self.log.touch()
        self.variables = {"FAULTY_LOG": str(self.log), **(variables or {})}
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(folder / "scheduler.json"))
        wait_until((folder / "scheduler.json").is_file)
        wait_until((folder / "scheduler.json").read_text)
        self.address: str = json.loads((folder / "scheduler.json").read_text())["address"]
        for _ in range(workers):
            self.add_worker()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self.processes):
            with contextlib.suppress(psutil.NoSuchProcess):
                for each in [*psutil.Process(process.pid).children(recursive=True), process]:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.kill()
            process.wait()

    def add_worker(self, **variables: str) -> subprocess.Popen[bytes]:
        """Start one more worker, with a nanny that starts it anew."""
        scratch = str(self.folder / "scratch")
        return self._start("worker", self.address, "--nthreads", "1", "--local-directory", scratch, **variables)

    def worker_processes(self) -> list[psutil.Process]:
        """Return the processes that take calls, without the nannies that start them anew."""
        found = []
        for nanny in self.processes[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                children = psutil.Process(nanny.pid).children()
                found += [child for child in children if "spawn_main" in " ".join(child.cmdline())]
        return found

    def fitted(self) -> list[list[str]]:
        """Return what the embedder has noted: its dimension, seed and process."""
        return [line.split() for line in self.log.read_text().splitlines()]

    def _start(self, what: str, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
        command += arguments
        with (self.folder / f"{what}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.variables, **variables},
                start_new_session=True,
            )
        self.processes.append(process)
        return process
