"""Which BLAS computes; and the number of its threads is as it was once nobody limits it any more."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_info

from toolkit import blas


def test_it_says_which_library_computes_for_which_processors() -> None:
    found, libraries = blas.kernels(), threadpool_info()
    for library in libraries:
        if library["user_api"] == "blas":
            assert any(library["version"] in each and library.get("architecture", "") in each for each in found)
    assert len(found) <= len(libraries)


def test_the_names_of_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    class Libraries:
        def info(self) -> list[dict[str, str | None]]:
            openblas = {"internal_api": "openblas", "version": "0.3.31", "architecture": "Haswell"}
            return [
                openblas,
                openblas,
                {"internal_api": "mkl", "version": "2026.0"},
                {"internal_api": "x", "version": None},
            ]

    monkeypatch.setattr(blas, "_blas", lambda with_scipy: Libraries())
    assert blas.kernels() == ["MKL 2026.0", "OpenBLAS 0.3.31 for Haswell", "x"]


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
