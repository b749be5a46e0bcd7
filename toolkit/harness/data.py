"""What a report says about a data set."""

from __future__ import annotations

from typing import Any

from toolkit.data import Dataset
from toolkit.datasets import dataset_info
from toolkit.datasets.catalog import catalog
from toolkit.embedding import Embedding


def describe_data(name: str, data: Dataset | Embedding, role: str) -> dict[str, str]:
    """Return what a report says about a data set: title, licence, link, size and a digest of its content."""
    facts = {"title": name, "kind": type(data).__name__.lower(), "licence": "", "link": ""}
    if name in catalog():
        info = dataset_info(name)
        facts = {"title": info.title, "kind": info.kind, "licence": info.licence, "link": info.link}
    fingerprint = getattr(data, "fingerprint", None)
    return {
        **facts,
        "summary": _summary(data),
        "fingerprint": fingerprint() if fingerprint is not None else "",
        "role": role,
    }


def _summary(data: Any) -> str:
    """Return the size in words: what stands in its ``repr`` behind the name."""
    return repr(data).partition("(")[2].rstrip(")").partition(": ")[2] or f"{len(data):,} entries"
