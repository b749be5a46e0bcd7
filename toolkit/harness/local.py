"""The executor that a run uses unless it is given another one: a few threads, each of which waits for a process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from toolkit.harness.isolation import stoppable


class LocalExecutor(Executor):
    """Carries out isolated calls on this machine, a few at a time.

    Parameters
    ----------
    workers : int
        How many at a time.
    """

    def __init__(self, workers: int) -> None:
        self._slots = ThreadPoolExecutor(workers, thread_name_prefix="trial")
        self._stop = threading.Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn(*args, **kwargs)`` in a thread."""
        return self._slots.submit(self._stoppable, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; with `cancel_futures` also end those that run."""
        if cancel_futures:
            self._stop.set()
        self._slots.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _stoppable(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with stoppable(self._stop.is_set):
            return fn(*args, **kwargs)
