"""How many threads BLAS works with."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def n_threads() -> int:
    """Return how many threads BLAS would use now, at least 1."""
    return max((library["num_threads"] for library in _blas("scipy.linalg" in sys.modules).info()), default=1)


def one_thread() -> AbstractContextManager[Any]:
    """Limit BLAS to one thread, where many small products or threads of our own would wait for each other."""
    limit: AbstractContextManager[Any] = _blas("scipy.linalg" in sys.modules).limit(limits=1)
    return limit


@cache
def _blas(with_scipy: bool) -> Any:
    """Return numpy's BLAS, and scipy's once it is loaded; looking for them takes 10 ms, so it is done but once."""
    return ThreadpoolController().select(user_api="blas")
