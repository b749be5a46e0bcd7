"""The report's figures of embeddings of one's own: ``tk.plot.agreement({"a": one, "b": other})``.

Each function returns a figure that a notebook shows, with the Altair chart as ``.chart``, its numbers as ``.data`` and
``.save(path)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from toolkit.embedding import Embedding
from toolkit.errors import ParameterError, UnsupportedError
from toolkit.keys import as_keys, located
from toolkit.report import alike
from toolkit.report.notebook import Shown
from toolkit.report.planar import map_figure
from toolkit.report.sections.agreement import agreement_figure
from toolkit.report.sections.dimensions import gram_figure, spectrum_figure
from toolkit.report.sections.kept import plural
from toolkit.report.spectra import geometry_of

__all__ = ["agreement", "gram", "map", "spectrum"]

NAMED = 12  # keys that a map names unless it is told which

Embeddings = Embedding | Mapping[str, Embedding]


def agreement(embeddings: Mapping[str, Embedding]) -> Shown:
    """Draw how alike each two of some embeddings are: debiased linear CKA as a heat map, beside a tree of the alike.

    Parameters
    ----------
    embeddings : mapping of str to Embedding
        Two or more, by name, of any dimensions.

    Returns
    -------
    Shown
        Its numbers are CKA, the share of common nearest neighbours (Jaccard, of ten) and the Procrustes distance of
        each two.

    Raises
    ------
    ParameterError
        If there are fewer than two, or fewer than 20 keys in common.
    UnsupportedError
        If one is no embedding.

    Examples
    --------
    >>> one = Embedding(range(30), [[i, i * i] for i in range(30)])
    >>> turned = Embedding(range(30), [[-i * i, i] for i in range(30)])
    >>> agreement({"one": one, "turned": turned}).data["CKA"].round(6).tolist()
    [1.0]
    """
    named = _named(embeddings)
    if len(named) < 2:
        raise ParameterError(f"agreement is that of two or more embeddings; {len(named)} given")
    found = alike.likeness(named)
    if found is None or found.left_out:
        names = ", ".join(named) if found is None else ", ".join(found.left_out)
        raise ParameterError(f"fewer than {alike.LEAST} keys in common with the others: {names}")
    return Shown("agreement", agreement_figure(found, set(), _things(named), "agreement"))


def spectrum(embeddings: Embeddings) -> Shown:
    """Draw the singular values of one or several embeddings, a panel each, with their effective ranks.

    Parameters
    ----------
    embeddings : Embedding or mapping of str to Embedding
        Each of at least two keys and dimensions.

    Returns
    -------
    Shown

    Raises
    ------
    ParameterError
        If there is none, or one has a single key or dimension.
    UnsupportedError
        If one is no embedding.
    """
    named = _with_dimensions(embeddings)
    rows = pd.DataFrame([{"embedder": name, **geometry_of(embedding)} for name, embedding in named.items()])
    return Shown("spectrum", spectrum_figure(named, rows, None, _things(named), "spectrum"))


def gram(embeddings: Embeddings) -> Shown:
    """Draw the absolute cosines between the columns of one or several embeddings, a square of shades each.

    Parameters
    ----------
    embeddings : Embedding or mapping of str to Embedding
        Each of at least two keys and dimensions; of more than 100 dimensions, the 100 columns of largest norm.

    Returns
    -------
    Shown

    Raises
    ------
    ParameterError
        If there is none, or one has a single key or dimension.
    UnsupportedError
        If one is no embedding.
    """
    named = _with_dimensions(embeddings)
    return Shown("gram", gram_figure(named, _things(named), "gram"))


def map(  # noqa: A001  # as in tk.plot.map
    embedding: Embedding, named: Iterable[object] | None = None
) -> Shown:
    """Draw an embedding in the plane: unit vectors on the two directions along which they vary most.

    Parameters
    ----------
    embedding : Embedding
        Of at least three keys and two dimensions; of more than 2,000 keys the first are drawn, and those named.
    named : iterable of str, optional
        The keys whose names are written; by default the first twelve.

    Returns
    -------
    Shown

    Raises
    ------
    ParameterError
        If there are fewer keys or dimensions.
    UnknownNameError
        If a key to be named is not known.
    UnsupportedError
        If it is no embedding.
    """
    if not isinstance(embedding, Embedding):
        raise UnsupportedError(f"an embedding is drawn, not {type(embedding).__name__}")
    _with_dimensions(embedding)
    keys = embedding.keys[:NAMED] if named is None else as_keys(named)
    located(embedding.keys, keys, embedding.entity)
    return Shown("map", map_figure(embedding, [str(key) for key in keys], "map"))


def _with_dimensions(embeddings: Embeddings) -> dict[str, Embedding]:
    named = _named(embeddings)
    if not named:
        raise ParameterError("there is no embedding to draw")
    for name, embedding in named.items():
        if min(embedding.vectors.shape) < 2:
            raise ParameterError(f"{name} is {embedding.summary}; it takes two keys and two dimensions or more")
    return named


def _named(embeddings: Embeddings) -> dict[str, Embedding]:
    given = {"embedding": embeddings} if isinstance(embeddings, Embedding) else embeddings
    if not isinstance(given, Mapping):
        raise UnsupportedError(f"give an embedding, or a mapping of names to embeddings, not {type(given).__name__}")
    for name, embedding in given.items():
        if not isinstance(embedding, Embedding):
            raise UnsupportedError(f"{name!r} is {type(embedding).__name__}; only embeddings can be drawn")
    return {str(name): embedding for name, embedding in given.items()}


def _things(named: Mapping[str, Embedding]) -> str:
    entities = {embedding.entity for embedding in named.values()}
    return plural(entities.pop()) if len(entities) == 1 else "keys"
