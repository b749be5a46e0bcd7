"""What a study may look at, made by the tests: vectors on disk, staged data, and rows of trials and scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from toolkit.data.staged import Staged, stage
from toolkit.embedding import Embedding
from toolkit.studies import Evidence


class Gathered:
    """Collects trials and their vectors, and makes evidence of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trials: list[dict[str, Any]] = []
        self.scores: list[dict[str, Any]] = []
        self.files: dict[str, tuple[Path, ...]] = {}
        (folder / "embeddings").mkdir()

    def trial(
        self, experiment: str, label: str, data: Staged | None = None, seed: int = 0, dim: int = 50, **vectors: Any
    ) -> str:
        """Add a trial; `vectors` are keys and rows by entity."""
        name = f"{experiment}-{len(self.trials):03d}"
        row = {"trial": name, "experiment": experiment, "embedder": label, "name": label, "seed": seed}
        row |= {"embedding_dim": dim, "is_null": label == "random", "fit_seconds": 1.0, "peak_memory_mb": 100.0}
        self.trials.append(row)
        for entity, (keys, rows) in vectors.items():
            Embedding(keys, np.asarray(rows)).save(self.folder / "embeddings" / f"{name}.{entity}.arrow")
        if data is not None:
            path = self.folder / f"{experiment}.arrow"
            if not path.exists():
                stage(data, path)
            self.files[name] = (path,)
        return name

    def score(self, trial: str, value: float, **where: Any) -> None:
        """Add a score of a trial."""
        row = next(row for row in self.trials if row["trial"] == trial)
        shared = {key: row[key] for key in ("trial", "experiment", "embedder", "seed", "embedding_dim")}
        self.scores.append({**shared, "metric": "ndcg@10", "task": "ranking", "readout": "", "value": value, **where})

    def evidence(self, seed: int = 0) -> Evidence:
        return Evidence(self.folder, pd.DataFrame(self.trials), pd.DataFrame(self.scores), self.files, seed)


@pytest.fixture
def gathered(tmp_path: Path) -> Gathered:
    return Gathered(tmp_path)


@pytest.fixture
def rotation() -> Callable[[int], Any]:
    """Return a function that draws an orthogonal matrix."""
    return lambda size: np.linalg.qr(np.random.default_rng(3).standard_normal((size, size)))[0]
