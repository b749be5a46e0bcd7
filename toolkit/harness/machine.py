"""What a run has to say about where it ran."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

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


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
