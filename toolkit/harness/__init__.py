"""The benchmark harness: suites in, runs out.

The names are imported when they are first used: a process that carries out trials needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.harness.comparisons import compare_again as compare_again
    from toolkit.harness.own.compare import compare as compare
    from toolkit.harness.results import Run as Run
    from toolkit.harness.results import open_run as open_run
    from toolkit.harness.runner import run as run
    from toolkit.harness.suite import Suite as Suite
    from toolkit.harness.suite import load_suite as load_suite
    from toolkit.harness.suite import suite_names as suite_names

_HOMES = {
    "compare": "own.compare",
    "compare_again": "comparisons",
    "run": "runner",
    "Run": "results",
    "open_run": "results",
    "Suite": "suite",
    "load_suite": "suite",
    "suite_names": "suite",
}

__all__ = ["Run", "Suite", "compare", "compare_again", "load_suite", "open_run", "run", "suite_names"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'toolkit.harness' has no attribute {name!r}")
    return getattr(import_module(f"toolkit.harness.{_HOMES[name]}"), name)
