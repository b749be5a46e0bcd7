"""Which maps a report holds: how many keys there is room for, what is said of them, and the same bytes each time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit.report import write_report
from toolkit.report.document import build_document
from toolkit.report.maps import packing, planning
from toolkit.report.model import read_results

KEYS = [f"i{i}" for i in range(40)]
METHODS = ("ALS", "PCA", "Random")


@pytest.fixture
def run(builder: Any, tmp_path: Path) -> Path:
    """A run of three methods that kept vectors of items and users, and tables of both."""
    builder.tested(dict(zip(METHODS, (0.9, 0.92, 1.1), strict=True)))
    folder: Path = builder.write(tmp_path / "run")
    rng = np.random.default_rng(0)
    (folder / "embeddings").mkdir()
    (folder / "entities").mkdir()
    for place in range(len(METHODS)):
        rows = rng.normal(size=(40, 8))
        tk.Embedding(KEYS, rows, "item").save(folder / "embeddings" / f"films-{place:03d}.item.arrow")
        tk.Embedding(KEYS[:20], rows[:20, : 1 + place], "user").save(
            folder / "embeddings" / f"films-{place:03d}.user.arrow"
        )
    table = pd.DataFrame({"key": KEYS, "title": [f"Title {key}" for key in KEYS], "count": range(40, 0, -1)})
    table.to_csv(folder / "entities" / "films.item.csv", index=False)
    return folder


def contents(html: str) -> dict[str, dict[str, Any]]:
    found = re.findall(r'data-content="(\w+)">([^<]*)</script>', html)
    return {entity: packing.unpack(text)[0] for entity, text in found}


def test_chapter_has_maps_of_each_entity(run: Path) -> None:
    html = write_report(run).read_text(encoding="utf-8")
    found = contents(html)
    assert list(found) == ["item", "user"]
    assert found["item"]["titles"][:2] == ["Title i0", "Title i1"]
    assert found["user"]["titles"] is None
    assert [each["label"] for each in found["item"]["methods"]] == list(METHODS)
    assert [each["label"] for each in found["user"]["methods"]] == ["PCA", "Random"]
    assert '<a href="#films-map">Map and neighbours</a>' in html
    assert "Without a map: ALS, which has fewer than two dimensions." in html
    assert "Items: 40; 3 methods. Users: 20; 2 methods." in html
    assert "Shown first: ALS, the best method on the first leaderboard, and PCA," in html


def test_run_without_vectors_has_none_and_other_formats_neither(run: Path, run_html: str, tmp_path: Path) -> None:
    assert "atlas" not in run_html
    markdown = write_report(run, tmp_path / "report.md").read_text(encoding="utf-8")
    assert "Map and neighbours" not in markdown


def test_run_without_tables_has_maps_with_keys_alone(run: Path) -> None:
    (run / "entities" / "films.item.csv").unlink()
    found = contents(write_report(run).read_text(encoding="utf-8"))["item"]
    assert found["keys"] == KEYS
    assert found["titles"] is None
    assert found["counted"] is None


def test_maps_share_the_room_that_there_is(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    each = planning.bytes_a_key()
    monkeypatch.setattr(planning, "ROOM", (40 * 3 + 20 * 2) * each // 2)
    document = build_document(read_results(run))
    html = write_report(run).read_text(encoding="utf-8")
    found = contents(html)
    assert [len(found[entity]["keys"]) for entity in ("item", "user")] == [20, 10]
    assert found["item"]["keys"] == KEYS[:20]
    assert "Items: 20 of 40, the most frequent" in document.chapters[0].maps.sentences[0]
    assert "Users: 10 of 20, the first" in document.chapters[0].maps.sentences[0]


def test_same_run_gives_the_same_bytes_in_two_processes(run: Path) -> None:
    first = write_report(run, run / "a.html").read_bytes()
    code = f"from toolkit.report import write_report; write_report({str(run)!r}, {str(run / 'b.html')!r})"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": "77"}, check=True)
    assert (run / "b.html").read_bytes() == first
