"""A process for every call, so that one that crashes, hangs or takes too much memory takes no other with it."""

from __future__ import annotations

import contextlib
import math
import multiprocessing as mp
import os
import resource
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import psutil

from toolkit.errors import MissingDependencyError
from toolkit.harness import server
from toolkit.harness.deadline import Deadline
from toolkit.harness.tables import LEFT_OUT

# what every trial needs, imported once in the process that the others are forked from
PRELOAD = ("toolkit.harness.trial", "pyarrow.pandas_compat")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
GRACE = 5.0  # seconds that a process may take to end after it has answered
TICK = 0.1  # seconds between two looks at whether a call is to be stopped, or takes too much memory
MEMORY_TICK = 0.02  # likewise where memory is limited; in that time a process may fill some hundred MiB
_starting = threading.Lock()
_thread = threading.local()


@dataclass(frozen=True)
class Limits:
    """What a call may take.

    Parameters
    ----------
    threads : int, default 1
        How many threads BLAS and OpenMP may use.
    timeout : float, optional
        Seconds.
    memory : int, optional
        Bytes that its process, with those that it starts, may hold.
    deadline : Deadline, optional
        When it must have ended; it does not begin later.
    preload : tuple of str
        Modules that calls will import. They are imported once in the process that the others are forked from; where an
        earlier call started it, it stays as it is.
    """

    threads: int = 1
    timeout: float | None = None
    memory: int | None = None
    deadline: Deadline | None = None
    preload: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """What is to be done in a process of its own.

    Parameters
    ----------
    function : callable
        Of a module, so that it can be found in another process; given the data, the folder and the arguments.
    data : tuple of Path
        Files that it reads.
    folder : Path
        Into which it writes files, if any; it is there, and empty.
    arguments : tuple
        What else it is given; they can be pickled.
    limits : Limits
        What it may take.
    """

    function: Callable[..., Any]
    data: tuple[Path, ...]
    folder: Path
    arguments: tuple[Any, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Ended:
    """How a call ended.

    Parameters
    ----------
    status : {"ok", "failed", "left out", "timeout", "memory", "crashed"}
        Whether it returned, raised, lacked a library, took too long, held too much, or vanished.
    value : object
        What it returned.
    error : str, default ""
        Why it did not, in one line.
    trace : str, default ""
        The traceback of one that raised.
    """

    status: str
    value: Any = None
    error: str = ""
    trace: str = ""


def isolated(call: Call) -> Ended:
    """Carry out a call in a fresh process.

    It may be used from several threads, in any process, and so be submitted to any executor. Whatever goes wrong with
    the call is in what is returned; a fault of the system in starting it is raised.
    """
    limits = call.limits
    left = math.inf if limits.deadline is None else limits.deadline.left()
    if limits.deadline is not None and left <= 0:
        return Ended(LEFT_OUT, error=limits.deadline.reason)
    context = warm(limits.threads, limits.preload)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, call), daemon=True)
    with _starting, _environment(_variables(limits.threads)), _without_main(), _not_a_daemon():
        if _stopped():
            return Ended("crashed", error="the run was stopped")
        process.start()
    sender.close()
    grace = 0.0
    try:
        ended = _watched(process, receiver, limits, left)
        if ended is None and receiver.poll():
            grace = GRACE
            ended = _received(receiver)
    finally:
        _end(process, grace)
        receiver.close()
    return ended or Ended("crashed", error=how_it_ended(process.exitcode))


def warm(threads: int, modules: tuple[str, ...] = ()) -> Any:
    """Start the process that others are forked from, if there is none yet; return the context to start them with."""
    method = "forkserver" if "forkserver" in mp.get_all_start_methods() else "spawn"
    context: Any = mp.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([server.__name__])
        preload = {server.VARIABLE: " ".join([*PRELOAD, *modules])}
        try:
            with _starting, _environment({**_variables(threads), **preload}):
                import_module("multiprocessing.forkserver").ensure_running()
        except ChildProcessError:  # this process was forked from one that has a server, which is none of its own
            return mp.get_context("spawn")
    return context


@contextlib.contextmanager
def stoppable(stopped: Callable[[], bool]) -> Iterator[None]:
    """End the calls that this thread waits for as soon as a function says so."""
    _thread.stopped = stopped
    try:
        yield
    finally:
        del _thread.stopped


def _stopped() -> bool:
    stopped: Callable[[], bool] | None = getattr(_thread, "stopped", None)
    return stopped is not None and stopped()


def _watched(process: Any, receiver: Connection, limits: Limits, left: float) -> Ended | None:
    """Wait for a process; None once it has answered or is gone, or otherwise why there will be no answer."""
    allowed = math.inf if limits.timeout is None else limits.timeout
    end = time.monotonic() + min(allowed, left)
    tick = TICK if limits.memory is None else MEMORY_TICK
    # what it forked may hold the pipe open when it is gone itself
    while not wait([receiver, process.sentinel], max(0.0, min(tick, end - time.monotonic()))):
        if _stopped():
            return Ended("crashed", error="the run was stopped")
        if time.monotonic() >= end:
            if limits.deadline is not None and left < allowed:
                return Ended(LEFT_OUT, error=f"ended after {left:.0f} s, as there was {limits.deadline.reason}")
            return Ended("timeout", error=f"took longer than {limits.timeout:g} s")
        if limits.memory is not None and held(process.pid) > limits.memory:
            return Ended("memory", error=f"held more than {limits.memory / 2**20:,.0f} MiB of memory (--memory)")
    return None


def held(pid: int) -> int:
    """Return how many bytes of memory a process holds, with those that it started; 0 once it has gone."""
    total = 0
    try:
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += each.memory_info().rss
    except psutil.Error:
        return total
    return total


def how_it_ended(code: int | None) -> str:
    """Return what an exit code says of a process that did not answer.

    Examples
    --------
    >>> how_it_ended(3)
    'its process ended with exit code 3'
    >>> how_it_ended(-11)
    'its process was ended by SIGSEGV, a fault in native code'
    """
    if code is None or code >= 0:
        return f"its process ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    why = {
        "SIGKILL": ", from outside; the system does so where memory runs out (--memory limits what a trial may hold)",
        "SIGTERM": ", from outside",
    }
    faults = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT")
    return f"its process was ended by {name}" + (", a fault in native code" if name in faults else why.get(name, ""))


def _end(process: Any, grace: float) -> None:
    wait([process.sentinel], grace)
    with _starting:  # whoever starts a process also asks how the others ended, and the answer is given but once
        process.kill()
        process.join()
    with contextlib.suppress(ProcessLookupError, PermissionError):  # what it started, and left behind
        os.killpg(process.pid, signal.SIGKILL)


def _received(receiver: Connection) -> Ended | None:
    try:
        answer: Ended = receiver.recv()
    except EOFError:
        return None
    return answer


def _answer(sender: Connection, call: Call) -> None:
    """Send back what came of a call: an exception itself may not survive the way."""
    _settle(sender)
    try:
        answer = Ended("ok", call.function(call.data, call.folder, *call.arguments))
    except MissingDependencyError as error:
        answer = Ended(LEFT_OUT, error=str(error))
    except BaseException as error:  # whatever it is, the parent has to know
        words = " ".join(f"{type(error).__name__}: {error}".split())
        answer = Ended("failed", error=words, trace=traceback.format_exc())
    sender.send(answer)


def _settle(sender: Connection) -> None:
    """Make the process one that goes before others: with who waits for it, and where memory runs out."""
    os.setsid()  # a group of its own, with all that it starts
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run is told, and ends its processes itself
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError):  # only Linux has it, and not every container lets it be written
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    threading.Thread(target=_leave_with, args=(sender.fileno(),), daemon=True).start()


def _leave_with(pipe: int) -> None:
    """End this process, with those that it started, when nobody waits for its answer any more."""
    poll = select.poll()
    poll.register(pipe, 0)  # an error, the other end closed, is told in any case
    poll.poll()
    os.killpg(0, signal.SIGKILL)


def _variables(threads: int) -> dict[str, str]:
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


@contextlib.contextmanager
def _not_a_daemon() -> Iterator[None]:
    """Let a worker of somebody's pool start processes though it is a daemon; ours leave with who waits for them."""
    config: dict[str, Any] = vars(mp.current_process()).get("_config", {})
    before = config.pop("daemon", None)
    try:
        yield
    finally:
        if before is not None:
            config["daemon"] = before
