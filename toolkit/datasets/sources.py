"""Data by the name that a user gives it: one of the catalog, or a file of their own."""

from __future__ import annotations

import os
from inspect import signature
from typing import Any, Literal, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from toolkit.data import Dataset
from toolkit.datasets.catalog import catalog
from toolkit.datasets.corpora import load_corpus
from toolkit.datasets.load import load_dataset
from toolkit.datasets.ratings import load_ratings
from toolkit.datasets.vocabulary import load_vocabulary
from toolkit.datasets.wordsets import load_analogies, load_pairs
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.vectors import load_vectors

Kind = Literal["ratings", "corpus", "triples", "vectors", "vocabulary", "pairs", "analogies"]
LOADERS: dict[str, Any] = {
    "ratings": load_ratings,
    "corpus": load_corpus,
    "vectors": load_vectors,
    "vocabulary": load_vocabulary,
    "pairs": load_pairs,
    "analogies": load_analogies,
}
FINITE = ConfigDict(allow_inf_nan=False)  # numbers of options


def check_source(source: str, kind: Kind) -> None:
    """Refuse what is neither a data set of the catalog, of the right kind, nor a file.

    Raises
    ------
    UnknownNameError
        If it is neither.
    ParameterError
        If it is no text.
    DataError
        If the data set is of another kind.
    """
    if not isinstance(source, str | os.PathLike):
        raise ParameterError(f"{source!r} is no data set and no file; give a name or a path")
    if kind == "vocabulary":
        kind = "vectors"  # whose keys are taken
    if source in catalog():
        if catalog()[source].kind != kind:
            raise DataError(f"data set {source!r} holds {catalog()[source].kind}; {kind} are needed here")
    elif kind not in LOADERS or not os.path.isfile(source):
        names = [name for name, info in catalog().items() if info.kind == kind]
        raise UnknownNameError(f"data set {'or file ' if kind in LOADERS else ''}of {kind}", source, names)


def load_source(source: str, kind: Kind, **options: Any) -> Dataset | Embedding:
    """Load a data set by its name in the catalog, or a file.

    Parameters
    ----------
    source : str
        The name or the path.
    kind : {"ratings", "corpus", "triples", "vectors", "vocabulary", "pairs", "analogies"}
        What it has to be; triples come from the catalog alone.
    **options
        Given on to the loader.

    Returns
    -------
    Ratings, Corpus, Triples, Embedding, Vocabulary, WordPairs or Analogies
        By the kind.

    Raises
    ------
    ParameterError
        If an option is of another type than the loader's.
    UnknownNameError, DataError
        As `check_source`, and whatever the loader raises.
    """
    check_source(source, kind)
    if source in catalog() and kind != "vocabulary":
        return load_dataset(source, **_typed(kind, options))
    known = list(signature(LOADERS[kind]).parameters)[1:]
    for option in options:
        if option not in known:
            raise UnknownNameError(f"option for a file of {kind}", option, known)
    loaded: Dataset | Embedding = LOADERS[kind](source, **_typed(kind, options))
    return loaded


def _typed(kind: Kind, options: dict[str, Any]) -> dict[str, Any]:
    """Return options, which a suite may have as anything, as values of the types that the loader asks for."""
    types = get_type_hints(LOADERS[kind]) if kind in LOADERS else {}
    return {name: _as(types[name], name, value) if name in types else value for name, value in options.items()}


def _as(kind: Any, name: str, value: Any) -> Any:
    try:
        return TypeAdapter(kind, config=FINITE).validate_python(value)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].lower()
        raise ParameterError(f"option {name!r} is {value!r}; {reason}") from error
