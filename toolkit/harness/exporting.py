"""`export_run`: the vectors of a run in the formats of other people's viewers and libraries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from toolkit.atomic import writing
from toolkit.embedding import Embedding
from toolkit.errors import DataError, UnknownNameError
from toolkit.harness.results import Run
from toolkit.harness.tables import EMBEDDINGS, EXPORTS
from toolkit.vectors.exports import EXPORTERS, write_config

NAMES = ("experiment", "embedder", "trial", "entity")  # what the vectors of a run are chosen by


def export_run(run: Run, to: str, out: str | Path | None = None, only: Sequence[str] = ()) -> list[Path]:
    """Write the vectors that a run kept for another program.

    Parameters
    ----------
    run : Run
        The run.
    to : {"projector", "parquet", "gensim"}
        ``"projector"``: the pairs of TSV tables of TensorFlow's Embedding Projector, and a configuration that names
        all of them. ``"parquet"``: a table of keys, what is known of them, and vectors. ``"gensim"``: files for
        ``KeyedVectors.load``.
    out : str or Path, optional
        The folder to write into, made where it is missing; by default ``exports/<to>`` in the run's directory.
    only : sequence of str, optional
        Names of experiments or trials, labels of embedders, or entities (``"item"``); of names of several kinds, what
        they have in common is written.

    Returns
    -------
    list of Path
        A file for each embedding, in the order of the run, then the projector's configuration.

    Raises
    ------
    UnknownNameError
        If there is no such format, or a name of `only` stands for nothing in the run.
    DataError
        If nothing is left to write, or it cannot be written.
    """
    if to not in EXPORTERS:
        raise UnknownNameError("format to export to", to, EXPORTERS)
    chosen = _chosen(run, only)
    folder = run.path / EXPORTS / to if out is None else Path(out)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        written = [_exported(run, trial, entity, to, folder) for trial, entity in chosen]
        paths = [path for path, _ in written]
        return [*paths, write_config(written)] if to == "projector" else paths


def _exported(run: Run, trial: pd.Series, entity: str, to: str, folder: Path) -> tuple[Path, Embedding]:
    embedding = run.embedding(trial["trial"], entity)
    label = re.sub(r"[^\w.+-]+", "-", trial["embedder"]).strip("-")
    facts = _facts(run.entities.get((trial["experiment"], entity)), embedding)
    return EXPORTERS[to](embedding, facts, folder, f"{trial['trial']}-{label}.{entity}"), embedding


def _facts(known: pd.DataFrame | None, embedding: Embedding) -> pd.DataFrame:
    """Return what the run knows of the keys, in the order of the embedding: title, count and attributes."""
    if known is None:
        return pd.DataFrame(index=embedding.keys)
    facts = known.set_index("key").reindex(embedding.keys)
    texts = facts.columns.drop("count")
    facts = facts.fillna(dict.fromkeys(texts, "")).astype({"count": "int64"} if facts["count"].notna().all() else {})
    return facts.drop(columns=[name for name in texts if not facts[name].any()])


def _chosen(run: Run, only: Sequence[str]) -> list[tuple[pd.Series, str]]:
    """Return the trials and entities whose vectors are kept and wanted, in the order of the run."""
    files = sorted(path.name.rsplit(".", 2)[:2] for path in (run.path / EMBEDDINGS).glob("*.arrow"))
    kept = pd.DataFrame(files, columns=["trial", "entity"])
    pairs = run.trials.merge(kept, on="trial")
    wanted = {column: set(only) & set(pairs[column]) for column in NAMES}
    for name in only:
        if not any(name in names for names in wanted.values()):
            known = pairs[list(NAMES)].to_numpy().ravel()
            raise UnknownNameError("experiment, embedder, trial or entity with vectors in this run", name, known)
    for column, names in wanted.items():  # as with `run`: of names of several kinds, what they have in common
        pairs = pairs[pairs[column].isin(names)] if names else pairs
    if pairs.empty:
        raise DataError(f"holds no vectors{' of all of: ' * bool(only)}{', '.join(only)}; nothing to export", run.path)
    return [(row, row["entity"]) for _, row in pairs.iterrows()]
