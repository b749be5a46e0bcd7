"""How many threads BLAS works with."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def n_threads() -> int:
    """Return how many threads BLAS would use now, at least 1."""
    return max((library["num_threads"] for library in _blas().info()), default=1)


def one_thread() -> AbstractContextManager[Any]:
    """Limit BLAS to one thread, where many small products or threads of our own would wait for each other."""
    limit: AbstractContextManager[Any] = _blas().limit(limits=1)
    return limit


@cache
def _blas() -> Any:
    """Return numpy's and scipy's BLAS; looking for them reads the process's map of libraries, which takes 10 ms."""
    import numpy as np  # noqa: F401  # both are loaded before they are looked for
    import scipy.linalg  # noqa: F401

    return ThreadpoolController().select(user_api="blas")
