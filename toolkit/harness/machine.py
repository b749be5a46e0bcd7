"""What a run has to say about where it ran."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from toolkit.errors import ParameterError

PACKAGES = [
    "embedding-comparison-toolkit",
    "gensim",
    "implicit",
    "scikit-surprise",
    "scikit-learn",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "torch",
    "pyspark",
    "optuna",
]


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that numbers depend on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue  # an extra that is not installed took no part
    return found


def machine(workers: int, threads: int) -> dict[str, Any]:
    """Return what is known about the machine, and how it was shared out."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": available_cores(),
        "memory_gib": round(memory / 2**30, 1),
        "workers": workers,
        "threads_per_worker": threads,
    }


def size(given: int | str) -> int:
    """Return a number of bytes that is given as one, or as a text with a unit.

    Raises
    ------
    ParameterError
        If it is neither, or not above 0.

    Examples
    --------
    >>> size("1.5G"), size(4096)
    (1610612736, 4096)
    """
    found = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,9})?) ?([KMGT]?)(?:i?B)?", str(given), re.IGNORECASE)
    number = round(float(found[1]) * 1024 ** ("KMGT".find(found[2].upper()) + 1 if found[2] else 0)) if found else 0
    if isinstance(given, bool) or number < 1:
        raise ParameterError(
            f"memory is {given!r}; it must be a number of bytes above 0, or one such as '4G' or '500M'"
        )
    return number


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
