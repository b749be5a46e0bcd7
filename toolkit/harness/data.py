"""What a report says about a data set."""

from __future__ import annotations

from typing import Any

from toolkit.datasets import dataset_info
from toolkit.datasets.catalog import catalog


def describe_data(name: str, data: Any, role: str) -> dict[str, str]:
    """Return what a report says about a data set: title, licence, link, size and a digest of its content."""
    facts = {"title": name, "kind": type(data).__name__.lower(), "licence": "", "link": ""}
    if name in catalog():
        info = dataset_info(name)
        facts = {"title": info.title, "kind": info.kind, "licence": info.licence, "link": info.link}
    return {**facts, "summary": data.summary, "fingerprint": data.fingerprint(), "role": role}
