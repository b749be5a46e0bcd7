"""A pool in which every call has a process of its own, so that one that crashes or hangs takes no other with it."""

from __future__ import annotations

import contextlib
import math
import multiprocessing as mp
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import Any

from toolkit.harness import server
from toolkit.harness.deadline import Deadline

# what every trial needs, imported once in the process that the others are forked from
PRELOAD = ("toolkit.harness.trial", "pyarrow.pandas_compat")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
GRACE = 5.0  # seconds that a process may take to end after it has answered
_starting = threading.Lock()


class TrialTimeoutError(Exception):
    """A call took longer than it may."""


class TrialCrashError(Exception):
    """The process of a call ended without an answer."""


class OutOfTimeError(Exception):
    """The time of a run was up before a call began, or before it ended."""


class TrialFailedError(Exception):
    """A call raised; the message is its error in one line, `trace` the whole traceback."""

    def __init__(self, message: str, trace: str) -> None:
        super().__init__(message)
        self.trace = trace


class IsolatedExecutor(Executor):
    """Runs each call in a fresh process, a few at a time.

    Parameters
    ----------
    workers : int
        How many at a time.
    threads : int
        How many threads BLAS and OpenMP may use in each.
    timeout : float, optional
        Seconds after which a call is ended; its future then raises `TrialTimeoutError`.
    preload : iterable of str, optional
        Modules that calls will import. They are imported once, from now on, in the process that the others are forked
        from; where an earlier executor started it, it stays as it is.
    """

    def __init__(self, workers: int, threads: int, timeout: float | None = None, preload: Iterable[str] = ()) -> None:
        self._threads = threads
        self._timeout = timeout
        self._slots = ThreadPoolExecutor(workers, thread_name_prefix="trial")
        self._processes: set[Any] = set()
        self._closing = False
        method = "forkserver" if "forkserver" in mp.get_all_start_methods() else "spawn"
        self._context: Any = mp.get_context(method)
        if method == "forkserver":
            self._context.set_forkserver_preload([server.__name__])
            with _starting, _environment({**_limits(threads), server.VARIABLE: " ".join([*PRELOAD, *preload])}):
                import_module("multiprocessing.forkserver").ensure_running()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn(*args, **kwargs)``; it and its arguments must be picklable."""
        return self._slots.submit(self._isolated, fn, args, kwargs, None)

    def submit_by(self, deadline: Deadline | None, fn: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Run ``fn(*args)`` if it can begin before a moment, and no longer than until then.

        Otherwise its future raises `OutOfTimeError`.
        """
        return self._slots.submit(self._isolated, fn, args, {}, deadline)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; with `cancel_futures` also end those that run."""
        self._slots.shutdown(wait=False, cancel_futures=cancel_futures)
        if cancel_futures:
            with _starting:  # so that none slips in between
                self._closing = True
                for process in self._processes:
                    process.kill()
        self._slots.shutdown(wait=wait)

    def _isolated(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], deadline: Deadline | None
    ) -> Any:
        left = math.inf if deadline is None else deadline.left()
        if deadline is not None and left <= 0:
            raise OutOfTimeError(deadline.reason)
        receiver, sender = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_answer, args=(sender, fn, args, kwargs), daemon=True)
        with _starting, _environment(_limits(self._threads)), _without_main():
            if self._closing:
                raise TrialCrashError("the run was stopped")
            process.start()
            self._processes.add(process)
        sender.close()
        grace = 0.0
        try:
            allowed = math.inf if self._timeout is None else self._timeout
            if not receiver.poll(None if min(allowed, left) == math.inf else min(allowed, left)):
                if deadline is not None and left < allowed:
                    raise OutOfTimeError(f"ended after {left:.0f} s, as there was {deadline.reason}")
                raise TrialTimeoutError(f"took longer than {self._timeout:g} s")
            grace = GRACE
            answer = _received(receiver)
        finally:
            self._end(process, grace)
            receiver.close()
        if answer is None:
            raise TrialCrashError(f"its process ended with exit code {process.exitcode}")
        error, value = answer
        if error is not None:
            raise TrialFailedError(*error)
        return value

    def _end(self, process: Any, grace: float) -> None:
        wait([process.sentinel], grace)
        with _starting:  # whoever starts a process also asks how the others ended, and the answer is given but once
            process.kill()
            process.join()
            self._processes.discard(process)


def _received(receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        return None


def _answer(sender: Connection, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Send back a call's result, or its error in words: an exception itself may not survive the way."""
    try:
        answer: tuple[Any, Any] = (None, fn(*args, **kwargs))
    except BaseException as error:  # whatever it is, the parent has to know
        words = " ".join(f"{type(error).__name__}: {error}".split())
        answer = ((words, traceback.format_exc()), None)
    sender.send(answer)


def _limits(threads: int) -> dict[str, str]:
    """Return the variables for a number of threads, which the libraries read when they are loaded."""
    return dict.fromkeys(THREAD_VARIABLES, str(threads))


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a process that starts."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep a process that starts from importing the caller's script once more, which would run it again."""
    main = sys.modules["__main__"]
    attributes = vars(main)
    hidden: dict[str, Any] = {name: attributes.pop(name) for name in ("__file__", "__spec__") if name in attributes}
    attributes["__spec__"] = None
    try:
        yield
    finally:
        attributes.update(hidden)
