"""Suites: what is compared, as a TOML file."""

from toolkit.harness.suite.files import load_suite, suite_names
from toolkit.harness.suite.specs import (
    DATA,
    LONGEST,
    EmbedderSpec,
    Experiment,
    SplitSpec,
    StudySpec,
    Suite,
    TaskSpec,
    TuneSpec,
)

__all__ = [
    "DATA",
    "LONGEST",
    "EmbedderSpec",
    "Experiment",
    "SplitSpec",
    "StudySpec",
    "Suite",
    "TaskSpec",
    "TuneSpec",
    "load_suite",
    "suite_names",
]
