"""The vectors that studies lay side by side: those of the main entity, of one length, by method and seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.studies.base import Evidence

ENTITIES = ("item", "word", "person")  # what data sets are about


@dataclass(frozen=True, eq=False)
class Learned:
    """The vectors of a trial.

    Parameters
    ----------
    experiment, label, name, trial : str
        Where they are from: the experiment, the method as it is shown and as it is registered, and the trial's id.
    seed : int
        The trial's seed.
    is_null : bool
        Whether the method is a null baseline.
    embedding : Embedding
        The vectors of the main entity.
    """

    experiment: str
    label: str
    name: str
    trial: str
    seed: int
    is_null: bool
    embedding: Embedding


def learned(evidence: Evidence, experiment: str, dim: int | None = None) -> list[Learned]:
    """Return the vectors of an experiment's trials that have some dimension, in the order of the trials.

    Parameters
    ----------
    evidence : Evidence
        The run.
    experiment : str
        Its name.
    dim : int, optional
        Only vectors of this length; by default all of more than one dimension.

    Returns
    -------
    list of Learned
        Trials that keep no vectors, as those that only read them, are passed over.

    Raises
    ------
    DataError
        If there are none.
    """
    found = list(_learned(evidence, experiment, dim))
    if not found:
        wanted = "" if dim is None else f" of {dim} dimensions"
        raise DataError(f"experiment {experiment!r} has no vectors{wanted}; the study needs some")
    return found


def _learned(evidence: Evidence, experiment: str, dim: int | None) -> Iterator[Learned]:
    for trial in evidence.of(experiment).itertuples():
        for entity in ENTITIES:
            if not (evidence.folder / "embeddings" / f"{trial.trial}.{entity}.arrow").is_file():
                continue
            embedding = evidence.embedding(trial.trial, entity)
            if embedding.dim == dim or (dim is None and embedding.dim > 1):
                yield Learned(
                    experiment, trial.embedder, trial.name, trial.trial, int(trial.seed), bool(trial.is_null), embedding
                )


def first_seed(found: list[Learned]) -> list[Learned]:
    """Return the first of each method's trials."""
    kept: dict[str, Learned] = {}
    for each in found:
        kept.setdefault(each.label, each)
    return list(kept.values())
