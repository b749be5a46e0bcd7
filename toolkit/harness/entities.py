"""What the keys of a run stand for: titles, how often each was met in training, and what is known of it.

The report shows these tables beside the vectors, and so needs no data set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.atomic import write_text
from toolkit.data import Corpus, Ratings
from toolkit.data.staged import Staged, open_staged
from toolkit.data.vocabulary import Vocabulary
from toolkit.harness.plan import Trial
from toolkit.harness.tables import ENTITIES, ENTITY_COLUMNS, csv_text

MOST = 100  # values of an attribute; what has more is no class to which things belong
BETWEEN = "|"  # the values of a cell that holds several, as the item tables of `Ratings` have it


def entity_tables(data: Staged) -> dict[str, pd.DataFrame]:
    """Return a table for each entity that a training set describes.

    Parameters
    ----------
    data : Ratings, Corpus, Triples or Vocabulary
        What methods are trained on.

    Returns
    -------
    dict of str to pandas.DataFrame
        By entity. Columns ``key``, ``title`` (empty where there is none other than the key) and ``count``, the number
        of ratings, occurrences or facts in the data (0 in a vocabulary, whose keys nobody counted); then a column an
        attribute, such as ``genres``, whose cells hold one value, several divided by ``|``, or nothing. Most frequent
        first, equal ones in the order of the data.

    Examples
    --------
    >>> frame = pd.DataFrame({"user": ["u", "v", "v"], "item": ["x", "y", "x"], "rating": [5, 3, 4]})
    >>> known = pd.DataFrame({"title": ["An X", "Y"], "genres": ["Drama|War", "War"]}, index=["x", "y"])
    >>> entity_tables(Ratings.from_frame(frame, item_table=known))["item"]
      key title  count     genres
    0   x  An X      2  Drama|War
    1   y     Y      1        War
    """
    if isinstance(data, Ratings):
        return {
            "item": _table(data.item_keys, _counts(data.items, data.item_keys), data.item_table),
            "user": _table(data.user_keys, _counts(data.users, data.user_keys), None),
        }
    if isinstance(data, Corpus):
        return {"word": _table(data.words, data.counts, None)}
    if isinstance(data, Vocabulary):  # in the order of the vectors' file, and nobody counted
        return {data.entity: _table(data.keys, np.zeros(len(data), dtype=np.int64), data.item_table)}
    persons = pd.Index(data.subjects, dtype=object)
    codes = persons.get_indexer([key for fact in data.facts for key in (fact[0], fact[2])])
    return {"person": _table(persons, _counts(codes, persons), data.attributes)}


def write_entities(path: Path, trials: Sequence[Trial], files: Mapping[str, Sequence[Path]]) -> None:
    """Write the tables of each experiment, of the training part of its first split.

    Parameters
    ----------
    path : Path
        Directory of the run.
    trials : sequence of Trial
        In the order of the plan.
    files : dict of str to sequence of Path
        By the id of a trial: its staged data, the training part first.
    """
    (path / ENTITIES).mkdir(exist_ok=True)
    for experiment, (first, *_) in groupby(trials, lambda trial: trial.experiment):
        for entity, table in entity_tables(open_staged(files[first.id][0])).items():
            write_text(path / ENTITIES / f"{experiment}.{entity}.csv", csv_text(table, quote=True))


def _counts(codes: npt.NDArray[np.integer], keys: pd.Index) -> npt.NDArray[np.int64]:
    return np.bincount(codes, minlength=len(keys))


def _table(keys: pd.Index, counts: npt.NDArray[np.int64], known: pd.DataFrame | None) -> pd.DataFrame:
    about = pd.DataFrame(index=keys) if known is None else known.reindex(keys)
    columns = {"key": keys, "title": _texts(about["title"]) if "title" in about else "", "count": counts}
    table = pd.DataFrame(columns | dict(_attributes(about)), index=range(len(keys)))
    return table.iloc[np.argsort(-counts, kind="stable")].reset_index(drop=True)


def _attributes(about: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield the columns that say to which classes things belong."""
    for name in about.columns:
        texts = _texts(about[name])
        values = {value for text in texts.unique() for value in text.split(BETWEEN) if value}
        if str(name) not in ENTITY_COLUMNS and 1 < len(values) <= MOST:
            yield str(name), texts


def _texts(column: pd.Series) -> pd.Series:
    """Return a column as texts without an index, empty where there is no value."""
    return column.astype(object).where(column.notna(), "").astype(str).reset_index(drop=True)
