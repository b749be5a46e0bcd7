"""The number of BLAS threads is as it was once nobody limits it any more."""

from __future__ import annotations

import pytest

from toolkit import blas


def test_the_last_to_leave_lifts_the_limit() -> None:
    before = blas.n_threads()
    first, second = blas.one_thread(), blas.one_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)  # as when two threads overlap
    assert blas.n_threads() == 1
    second.__exit__(None, None, None)
    assert blas.n_threads() == before


def test_an_error_lifts_the_limit_too() -> None:
    before = blas.n_threads()
    with pytest.raises(KeyError), blas.one_thread():
        raise KeyError
    assert blas.n_threads() == before
