"""The benchmark harness: suites in, runs out."""

from toolkit.harness.runner import run
from toolkit.harness.store import Run, open_run
from toolkit.harness.suite import Suite, load_suite, suite_names

__all__ = ["Run", "Suite", "load_suite", "open_run", "run", "suite_names"]
