"""An executor for machines that share no disk: a cluster of Dask carries out the calls, and the client alone writes.

The client hands out no more calls than there are threads to take them, so that none waits in line behind a worker that
dies. Workers ask for the data that they lack; what a call has written is fetched once it has ended.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from toolkit.errors import MissingDependencyError, ParameterError, ToolkitError
from toolkit.harness import afar
from toolkit.harness.ferry import Ferry, files_named_in
from toolkit.harness.isolation import Call
from toolkit.harness.workers import ClusterError, Worker, Workers

LOOK = 0.5  # seconds between two looks at the workers
CONNECT = 8.0  # seconds in which the scheduler must answer, and then a first worker be there
GONE = 5.0  # seconds without a connection after which the scheduler has gone
ATTEMPTS = 3  # how often a call is begun whose worker dies
INSTALL = "pip install 'embedding-comparison-toolkit[dask]'"


class DaskExecutor(Executor):
    """Carries out the calls of a run on the workers of a Dask cluster.

    Dask runs what it is sent, on either side: connect to a scheduler that you trust. How the connection is secured is
    said by Dask's own configuration.

    Parameters
    ----------
    scheduler : str or distributed.Client
        The address of the scheduler, such as ``"tcp://host:8786"``, or a client, which is not closed.
    patience : float, default 60
        Seconds that calls wait where there is no worker.

    Attributes
    ----------
    address : str
        That of the scheduler.
    used : dict of str to int
        By the address of a worker, how many calls it has carried out.
    refused : dict of str to str
        By the address of a worker that came later and is given no calls, why.
    ferry : Ferry
        Carries the files.

    Raises
    ------
    MissingDependencyError
        If Dask is not installed.
    ClusterError
        If the scheduler cannot be reached, has no workers, or one whose versions are not the client's: scores would
        not be the same to the last bit.
    """

    def __init__(self, scheduler: Any, patience: float = 60.0) -> None:
        distributed = _distributed()
        self._owned = not isinstance(scheduler, distributed.Client)
        self._client = _connected(distributed, scheduler) if self._owned else scheduler
        self.address = str(self._client.scheduler.address)
        self.used: dict[str, int] = {}
        self._workers = Workers(self._client, GONE)
        self.refused = self._workers.refused
        self._patience = patience
        self._topic = f"toolkit-{uuid.uuid4().hex}"
        self._waiting: deque[_Asked] = deque()
        self._running: dict[_Asked, tuple[Any, Worker]] = {}  # with what Dask knows of it, and where it runs
        self._seen = self._connected = time.monotonic()
        self._broken: ToolkitError | None = None
        self._closing = False
        self._steps: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()  # for the one thread that decides
        self.ferry = Ferry(self._client, self._topic, self._fail)
        try:
            self._workers.meet(CONNECT)
        except BaseException:
            self._leave()
            raise
        self._thread = threading.Thread(target=self._serve, name="dask-calls", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Carry out ``fn(call)`` on a worker; what it writes comes into the folder of the call.

        Raises
        ------
        ParameterError
            If anything but one `Call` is given.
        ClusterError
            If the cluster has gone.
        """
        if kwargs or len(args) != 1 or not isinstance(args[0], Call):
            raise ParameterError("DaskExecutor carries out the calls of a run; other functions are for Dask's Client")
        if self._closing:
            raise RuntimeError("cannot submit a call after shutdown")
        if self._broken is not None:
            raise self._broken
        call: Call = args[0]
        names = tuple(map(self.ferry.name, call.data))
        packed = afar.Packed(replace(call, data=(), folder=Path()), names, files_named_in(call.arguments))
        asked = _Asked(fn, call.folder, packed, self._cancel)
        self._steps.put(partial(self._waiting.append, asked))
        return asked

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; with `cancel_futures` also end those that run."""
        self._closing = True
        self._steps.put(self._cancel_all if cancel_futures else lambda: None)
        if wait:
            self._thread.join()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown(cancel_futures=error is not None)

    def describe(self) -> dict[str, Any]:
        """Return what a run says of where it was carried out; nothing, where all was kept from before."""
        return {"executor": f"Dask {_distributed().__version__}", "workers": len(self.used)} if self.used else {}

    def _serve(self) -> None:
        """Do one step after the other, until nothing is left to be done."""
        look = 0.0
        while not self._closing or self._waiting or self._running or not self._steps.empty():
            try:
                with contextlib.suppress(queue.Empty):
                    self._steps.get(timeout=LOOK)()
                if time.monotonic() >= look:
                    self._look()
                    look = time.monotonic() + LOOK
                self._hand_out()
            except Exception as error:  # whatever it is, nobody may wait for ever
                self._break(error)
        self._leave()

    def _look(self) -> None:
        """See which workers there are: ask new ones for their versions, and take back the calls of those that died."""
        now = time.monotonic()
        if self._client.status == "running":
            self._connected = now
        elif now > self._connected + GONE:
            raise ClusterError(f"the Dask scheduler at {self.address} has gone; the same command goes on from here")
        else:
            return
        workers = self._workers
        if new := workers.survey():
            self.ferry.later(lambda: self._steps.put(partial(workers.judge, workers.introduce(new))))
        for asked, (future, worker) in list(self._running.items()):
            if worker not in workers.there and not asked.fetching:  # whoever fetches will see it
                self._client.cancel([future])
                self._again(asked, future)
        if workers.there or not (self._waiting or self._running):
            self._seen = now
        elif now > self._seen + self._patience:
            refused = "".join(f"; {address} is not fit: {reason}" for address, reason in self.refused.items())
            raise ClusterError(f"the Dask scheduler at {self.address} has lost all workers{refused}")

    def _hand_out(self) -> None:
        """Give calls to workers that have a thread free."""
        busy = Counter(worker for _, worker in self._running.values())
        free = [worker for worker in self._workers.there for _ in range(worker.threads - busy[worker])]
        while self._client.status == "running" and self._waiting and free:
            asked = self._waiting.popleft()
            if asked.attempts == 0 and not asked.set_running_or_notify_cancel():
                continue
            asked.attempts += 1
            worker, key = free.pop(), f"toolkit-{uuid.uuid4().hex}"
            given = self._topic, asked.function, asked.as_now()
            future = self._client.submit(afar.carry_out, *given, key=key, workers=[worker.address], pure=False)
            self._running[asked] = future, worker
            future.add_done_callback(partial(self._collect_later, asked))

    def _collect_later(self, asked: _Asked, future: Any) -> None:
        with contextlib.suppress(RuntimeError):  # of an executor that was shut down
            self.ferry.later(partial(self._collect, asked, future))

    def _collect(self, asked: _Asked, future: Any) -> None:
        """Take what came of a call; in a thread that carries files."""
        try:
            answer: afar.Answer = future.result()
        except (CancelledError, _distributed().KilledWorker):  # also where the connection was lost
            return self._steps.put(partial(self._again, asked, future))
        except Exception as error:
            return self._steps.put(partial(self._end, asked, future, partial(asked.set_exception, error)))
        asked.fetching = True
        try:
            self.ferry.fetch(answer, asked.folder)
        except OSError:
            return self._steps.put(partial(self._again, asked, future))
        except Exception as error:
            return self._steps.put(partial(self._end, asked, future, partial(asked.set_exception, error)))
        self._steps.put(partial(self._end, asked, future, partial(asked.set_result, answer.value), answer.worker))
        return None

    def _end(self, asked: _Asked, future: Any, tell: Callable[[], None], worker: str = "") -> None:
        if self._running.get(asked, (None,))[0] is not future:
            return  # it was cancelled, or begun once more
        del self._running[asked]
        if worker:
            self.used[worker] = self.used.get(worker, 0) + 1
        tell()

    def _again(self, asked: _Asked, future: Any) -> None:
        """Begin a call once more whose worker died before its files had come."""
        if self._running.get(asked, (None,))[0] is not future:
            return
        del self._running[asked]
        asked.fetching = False
        if asked.attempts < ATTEMPTS:
            asked.clear()
            self._waiting.appendleft(asked)
        else:
            asked.set_exception(BrokenExecutor(f"{ATTEMPTS} workers died, one after the other, that carried it out"))

    def _cancel(self, asked: _Asked) -> None:
        self._steps.put(partial(self._stop, [asked]))

    def _cancel_all(self) -> None:
        for asked in self._waiting:
            Future.cancel(asked)
        self._stop([*self._waiting, *self._running])

    def _stop(self, calls: list[_Asked]) -> None:
        """End calls that run; the workers see that nobody waits for them."""
        found = {asked: self._running.pop(asked)[0] for asked in calls if asked in self._running}
        with contextlib.suppress(Exception):  # of a connection that is lost
            self._client.cancel(list(found.values()))
        again = [asked for asked in calls if asked in self._waiting]  # their worker died just now
        for asked in again:
            self._waiting.remove(asked)
        for asked in [*found, *again]:
            if asked.running():
                asked.set_exception(CancelledError())

    def _fail(self, reason: str) -> None:
        self._steps.put(lambda: self._break(ClusterError(reason)))

    def _break(self, error: Exception) -> None:
        """Give up: every call ends with an error, and no more are taken."""
        self._broken = error if isinstance(error, ToolkitError) else ClusterError(f"{type(error).__name__}: {error}")
        for asked in [*self._running, *(each for each in self._waiting if not each.cancelled())]:
            asked.set_exception(self._broken)
        self._running.clear()
        self._waiting.clear()

    def _leave(self) -> None:
        self.ferry.close()
        with contextlib.suppress(Exception):  # of a connection that is lost
            self._client.unsubscribe_topic(self._topic)
        if self._owned:
            with contextlib.suppress(Exception):
                self._client.close(timeout=2)


class _Asked(Future[Any]):
    """A call, and what comes of it.

    Parameters
    ----------
    function : callable
        What is given the call.
    folder : Path
        Into which its files come.
    packed : Packed
        The call as it travels.
    cancel : callable
        Ends it where it runs.
    """

    def __init__(
        self, function: Callable[..., Any], folder: Path, packed: afar.Packed, cancel: Callable[[_Asked], None]
    ) -> None:
        super().__init__()
        self.function, self.folder = function, folder
        self.attempts, self.fetching = 0, False
        self._packed, self._cancel = packed, cancel

    def cancel(self) -> bool:
        """Cancel the call; one that runs is ended soon."""
        if super().cancel():
            return True
        if not self.done():
            self._cancel(self)
        return False

    def as_now(self) -> afar.Packed:
        """Return the call with a deadline in seconds from now: clocks of other machines tell other times."""
        call = self._packed.call
        if call.limits.deadline is None:
            return self._packed
        deadline = replace(call.limits.deadline, end=call.limits.deadline.left())
        return replace(self._packed, call=replace(call, limits=replace(call.limits, deadline=deadline)))

    def clear(self) -> None:
        """Remove files that came before the worker was lost."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.unlink()


@contextlib.contextmanager
def opened(name: str, scheduler: str | None) -> Iterator[Executor | None]:
    """Open the executor that a command asks for; at the end it is shut down, and where something goes wrong, at once.

    Parameters
    ----------
    name : {"local", "dask"}
        Which.
    scheduler : str or None
        The address of Dask's scheduler.

    Yields
    ------
    Executor or None
        None for the processes of this machine, which a run opens itself.

    Raises
    ------
    ParameterError
        If the one is given without the other.
    """
    if name == "local":
        if scheduler is not None:
            raise ParameterError(f"--scheduler is {scheduler!r}, which is for --executor dask")
        yield None
        return
    if scheduler is None:
        raise ParameterError("--executor dask needs --scheduler, such as tcp://host:8786")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told in one line
    with DaskExecutor(scheduler) as executor:
        yield executor


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError:
        raise MissingDependencyError(f"--executor dask needs distributed: {INSTALL}") from None


def _connected(distributed: Any, address: str) -> Any:
    try:
        return distributed.Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError, ImportError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ClusterError(f"no Dask scheduler can be reached at {address}: {reason}") from error
