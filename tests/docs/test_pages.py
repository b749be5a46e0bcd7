"""What the pages of the documentation have to hold, seen without building them."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import toolkit as tk
from toolkit import metrics, readouts, stats, testing
from toolkit.metrics import metric_names
from toolkit.readouts import READOUTS
from toolkit.tasks import task_names

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*/*.md"))}
OF_METRICS = "\n".join(text for path, text in PAGES.items() if path.parent.name == "metrics")
API = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.glob("api/*.rst"))


def test_every_metric_has_a_section_and_nothing_else_has() -> None:
    found = re.findall(r"^\(metric-([a-z-]+)\)=\n#+ .+\n\n```\{measure\} (\S+)\n```", OF_METRICS, re.MULTILINE)
    assert sorted(name for _, name in found) == metric_names()
    assert all(label == name.replace("@", "-at-").replace("_", "-") for label, name in found)
    assert OF_METRICS.count("{measure}") == len(found)


@pytest.mark.parametrize("name", metric_names())
def test_every_section_names_a_source(name: str) -> None:
    section = re.split("\n#+ ", OF_METRICS.split(f"```{{measure}} {name}\n")[1])[0]
    assert "Source: " in section


def test_every_public_function_of_the_metrics_is_explained() -> None:
    functions = {name for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))}
    functions -= {"declare", "metric_info", "metric_names"}  # the registry's own
    named = set(re.findall(r"toolkit\.(?:metrics\.)?(\w+)`", OF_METRICS))
    assert functions - named == set()


@pytest.mark.parametrize("name", [*READOUTS, "native"])
def test_every_readout_is_explained(name: str) -> None:
    headings = re.findall("^## (.*)$", (DOCS / "metrics" / "readouts.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert name in " and ".join(headings).split(" and ")


def test_every_task_stands_in_the_page_on_suites() -> None:
    text = (DOCS / "how-to" / "own-suite.md").read_text(encoding="utf-8")
    assert [name for name in task_names() if f"| `{name}` |" not in text] == []


@pytest.mark.parametrize("module", [tk, metrics, stats, readouts, testing], ids=lambda module: module.__name__)
def test_every_public_class_and_function_stands_in_the_api(module: object) -> None:
    names = getattr(module, "__all__", None) or [name for name in vars(module) if name.startswith(("check_", "small_"))]
    wanted = {name for name in names if inspect.isfunction(found := getattr(module, name)) or inspect.isclass(found)}
    listed = set(re.findall(r"^   (\w+)$", API, re.MULTILINE))
    assert wanted - listed == set()
