"""A run with few numbers, all made by hand, for the tests of the sections."""

from __future__ import annotations

import pytest

from toolkit import Embedding
from toolkit.report.model import read_results
from toolkit.report.tables import leaderboards

RATING = {"experiment": "films", "task": "rating-prediction", "target": "", "split": "canonical"}


class Run:
    """Collects rows of a `RunBuilder` and gives them to a section."""

    def __init__(self, builder, folder):
        self.builder, self.folder = builder, folder

    def fit(self, label, *, fold="u1", dim=8, seconds=1.0, **values):
        """Add a fit with the RMSE of some readouts; two_sided stands for ridge-two-sided."""
        trial = self.builder.trial("films", label, dim, "canonical", fold, seconds=seconds)
        for readout, value in values.items():
            name = {"two_sided": "ridge-two-sided"}.get(readout, readout)
            self.builder.score(trial, "rating-prediction", "rmse", value, name)
        return trial

    def compare(self, table, **row):
        self.builder.compare(table, **row)

    def section(self, write):
        """Return the section that a function writes."""
        results = read_results(self.builder.write(self.folder))
        return write(leaderboards(results), results, "s")


@pytest.fixture
def run(builder, tmp_path):
    """Return a `Run` without fits."""
    return Run(builder, tmp_path / "run")


@pytest.fixture
def rating():
    """Return what rows of comparisons on rating prediction have in common."""
    return RATING


@pytest.fixture
def rows_of():
    """Return a function from a table of the report to the texts of its rows."""
    return lambda table: [[cell.text for cell in row.cells] for row in table.rows]


@pytest.fixture
def keep(run):
    """Return a function that fits a method and keeps its vectors: those of items, and of other entities by name."""

    def keep_vectors(label, vectors=None, keys=None, **more):
        score = more.pop("ridge", 0.9)
        entities = {name: more.pop(name) for name in ("user", "word") if name in more}
        trial = run.fit(label, ridge=score, **more)["trial"]
        folder = run.folder / "embeddings"
        folder.mkdir(parents=True, exist_ok=True)
        for entity, matrix in {"item": vectors, **entities}.items():
            if matrix is not None:
                names = range(len(matrix)) if keys is None else keys
                Embedding(names, matrix, entity).save(folder / f"{trial}.{entity}.arrow")
        return trial

    return keep_vectors
