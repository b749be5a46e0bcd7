"""Which BLAS computes, and how many threads it works with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController

NAMES = {"openblas": "OpenBLAS", "mkl": "MKL", "blis": "BLIS", "flexiblas": "FlexiBLAS"}

_lock = Lock()
_limits: list[Any] = []  # one for each that wants it now; the first is what lifts it


def kernels() -> list[str]:
    """Return which BLAS this process has loaded, and for which processors: another one adds up in another order.

    Returns
    -------
    list of str
        Such as ``["OpenBLAS 0.3.31 for Haswell"]``; none where threadpoolctl knows of none, as of Apple's.
    """
    found = set()
    for library in _blas("scipy.linalg" in sys.modules).info():
        name = NAMES.get(library["internal_api"], library["internal_api"])
        made_for = library.get("architecture")
        found.add(f"{name} {library['version'] or ''}".strip() + (f" for {made_for}" if made_for else ""))
    return sorted(found)


def n_threads() -> int:
    """Return how many threads BLAS would use now, at least 1."""
    return max((library["num_threads"] for library in _blas("scipy.linalg" in sys.modules).info()), default=1)


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit BLAS to one thread, where many small products or threads of our own would wait for each other.

    The limit is that of the process: of several threads that want it, the last to leave lifts it.
    """
    with _lock:
        _limits.append(None if _limits else _blas("scipy.linalg" in sys.modules).limit(limits=1))
    try:
        yield
    finally:
        with _lock:
            limit = _limits.pop()
            if limit is not None:
                limit.restore_original_limits()


@cache
def _blas(with_scipy: bool) -> Any:
    """Return numpy's BLAS, and scipy's once it is loaded; looking for them takes 10 ms, so it is done but once."""
    return ThreadpoolController().select(user_api="blas")
